"""What every error tracker wants of a crash: its type, message, text, and where it happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.culprit.frames import failing_frame, user_frame
from gotrace.fingerprints import Fingerprints, fingerprints
from gotrace.model import CauseKind, DumpKind
from gotrace.patterns import lazy_pattern
from gotrace.rendering.json_values import text
from gotrace.rendering.values import value_text
from gotrace.report import Report
from gotrace.tuples import NamedTuple
from gotrace.value import Argument, Certainty

_TIME = lazy_pattern(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\d*(Z|[+-]\d\d:?\d\d)?")
_TYPES = {
    DumpKind.RACE: "DATA RACE",
    DumpKind.SNAPSHOT: "goroutine dump",
    DumpKind.PROFILE: "goroutine profile",
    DumpKind.FRAMES: "stack",
}
_TOLD = {Certainty.EXACT, Certainty.LIKELY}


class Crash(NamedTuple):
    """``type`` and ``message`` are Go's own words; ``trace`` is the traceback without what wrapped
    it, in Go's own form. ``frame`` is where the program's own code failed, None without any.
    ``nanoseconds`` is the log's time since 1970, None where it tells none. ``fatal`` is False for a
    snapshot of a program that lives."""

    type: str
    message: str
    trace: str
    goroutine: AnnotatedGoroutine | None
    frame: AnnotatedFrame | None
    prints: Fingerprints
    nanoseconds: int | None
    fatal: bool


def crash_of(report: Report) -> Crash:
    """The facts of one dump."""
    dump = report.dump
    return Crash(
        text(type_of(report)),
        text(message_of(report)),
        text(_trace(report)),
        _goroutine(report),
        frame_of(report),
        fingerprints(dump),
        nanoseconds(dump.timestamp),
        dump.kind not in {DumpKind.SNAPSHOT, DumpKind.PROFILE, DumpKind.FRAMES},
    )


def identity(report: Report, prints: Fingerprints) -> str:
    """Made from the text and where it stands: the same dump read again has the same one."""
    dump = report.dump
    place = f"{dump.source}:{dump.span.start}:{prints.exact}:{nanoseconds(dump.timestamp)}"
    return sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _goroutine(report: Report) -> AnnotatedGoroutine | None:
    return report.crashed or next(iter(report.goroutines), None)


def type_of(report: Report) -> str:
    """``runtime.Error``, the type of the value, ``fatal error``, a signal's name …"""
    cause = report.dump.causes[-1] if report.dump.causes else None
    if cause is None:
        signal = report.dump.signal
        kind = report.dump.kind
        return _TYPES.get(kind) or (signal.name if signal and signal.name else kind.value)
    if cause.type:
        return cause.type
    if cause.kind is not CauseKind.PANIC:
        return "fatal error"
    return "runtime.Error" if cause.message.startswith("runtime error: ") else "panic"


def message_of(report: Report) -> str:
    """What the last cause says, else the signal; as it was read, with bytes that are not UTF-8."""
    if report.dump.causes:
        return report.dump.causes[-1].message
    signal = report.dump.signal
    return (signal.description or signal.name or "") if signal else ""


def _trace(report: Report) -> str:
    """What Go printed, put together again from what was read."""
    dump = report.dump
    heads = [
        f"{'panic' if c.kind is CauseKind.PANIC else 'fatal error'}: {_indented(c.message)}"
        f"{' [recovered]' if c.recovered else ''}"
        for c in dump.causes
    ]
    if dump.signal is not None and dump.signal.name and dump.causes:
        s = dump.signal
        code = "" if s.code is None else f" code={s.code:#x}"
        address = "" if s.address is None else f" addr={s.address:#x}"
        pc = "" if s.pc is None else f" pc={s.pc:#x}"
        heads.append(f"[signal {s.name}: {s.description or ''}{code}{address}{pc}]")
    stacks = [str(g.goroutine) for g in report.goroutines]
    return "\n\n".join([*(["\n".join(heads)] if heads else []), *stacks]) + "\n"


def _indented(message: str) -> str:
    return message.replace("\n", "\n\t")


def frame_of(report: Report) -> AnnotatedFrame | None:
    """Where the program's own code failed, None without any."""
    if report.culprit is not None:
        return report.goroutines[report.culprit.goroutine].frames[report.culprit.frame]
    goroutine = _goroutine(report)
    if goroutine is None or not goroutine.frames:
        return None
    start = failing_frame(goroutine.frames, report.dump) or 0
    return goroutine.frames[user_frame(goroutine.frames, start)]


def nanoseconds(stamp: str) -> int | None:
    """A log's time, where it is one of RFC 3339's forms; without a zone it is UTC."""
    found = _TIME.search(stamp)
    if found is None:
        return None
    zone = (found[3] or "Z").replace("Z", "+00:00")
    try:
        moment = datetime.fromisoformat(found[1].replace(" ", "T") + zone)
    except ValueError:
        return None
    whole = int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    return whole * 10**9 + int((found[2] or "0").ljust(9, "0"))


def stamp(moment: int | None) -> str | None:
    """RFC 3339 in UTC, with microseconds."""
    if moment is None:
        return None
    seconds, rest = divmod(moment, 10**9)
    told = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{told}.{rest // 1000:06}Z"


def variables(frame: AnnotatedFrame) -> dict[str, str]:
    """The arguments that can be trusted, by name, as text."""
    return {
        text(a.name): value_text(a.value, {})
        for a in frame.arguments
        if a.name and a.value is not None and a.certainty in _TOLD
    }


def culprit_text(report: Report) -> str | None:
    """The culprit in one line; None where only the message's own facts are known."""
    culprit = report.culprit
    if culprit is None or not culprit.expression:
        return None
    more = f": {culprit.root_cause}" if culprit.root_cause else ""
    return text(f"{culprit.explanation} ({culprit.certainty.value}){more}")


def decoded(frames: Iterable[AnnotatedFrame]) -> list[dict[str, str]]:
    """Each frame's arguments, for fields that take any JSON."""
    return [{"function": text(f.frame.function), **_signature(f)} for f in frames]


def _signature(frame: AnnotatedFrame) -> dict[str, str]:
    told = ", ".join(_argument(a) for a in frame.arguments if a.certainty in _TOLD and a.value)
    return {"arguments": told} if told else {}


def _argument(argument: Argument) -> str:
    assert argument.value is not None
    return f"{text(argument.name or '_')}={value_text(argument.value, {})}"
