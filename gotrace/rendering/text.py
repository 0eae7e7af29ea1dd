"""A report as text: what happened first, then the goroutine that crashed, then the others."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.annotated import AnnotatedGoroutine
from gotrace.choosing import LINES
from gotrace.grouping import Bucket, group_exactly
from gotrace.model import Cause, CauseKind, Dump, DumpKind, Goroutine, Signal
from gotrace.rendering.frames import Look, frame_lines, goroutine_title
from gotrace.rendering.paths import ShortNames
from gotrace.rendering.style import Line, Piece, Style, clean, cut, pad, wrap
from gotrace.report import Report
from gotrace.value import Certainty

ISSUES = 12  # so many lines that were not understood are shown, then their number
NOTES = 4
LEAD = 7  # columns of the word before a remark


def lines(
    report: Report, *, width: int = 100, everything: bool = False, explain: bool = False
) -> Iterator[Line]:
    """The lines of one dump.

    Shape:  ``everything`` shows every goroutine in full, ``explain`` all evidence for the culprit.
    Units:  ``width`` in characters.
    """
    dump = report.dump
    look = Look(_short_names(dump), report.pointers, report.mixed, width)
    yield from _heading(report, width)
    if report.culprit is not None:
        from gotrace.rendering.culprit import culprit_lines  # noqa: PLC0415 - only for a crash

        yield from culprit_lines(report, look, explain=explain)
    yield from _goroutines(report, look, everything=everything)
    yield from _footer(report, width)


def _short_names(dump: Dump) -> ShortNames:
    frames = [f for g in dump.goroutines for f in g.frames]
    creators = [g.created_by for g in dump.goroutines if g.created_by is not None]
    functions = [f.function for f in frames if f.language == "go"]
    functions += [c.function for c in creators]
    files = [f.site.file for f in frames if f.site is not None]
    files += [c.site.file for c in creators if c.site is not None]
    return ShortNames(functions, files)


# ---------------------------------------------------------------------- what happened


_KINDS = {
    DumpKind.RACE: "DATA RACE",
    DumpKind.SNAPSHOT: "goroutine dump",
    DumpKind.PROFILE: "goroutine profile",
    DumpKind.FRAMES: "stack",
}


def _heading(report: Report, width: int) -> Iterator[Line]:
    dump = report.dump
    told = _runtime_text(report)
    heads: list[Line] = []
    for cause in dump.causes:
        heads.extend(_cause_lines(cause, first=not heads))
    if dump.signal is not None:
        heads.append((Piece(_signal_text(dump.signal), Style.CAUSE),))
    if not heads:
        title = _KINDS.get(dump.kind, dump.kind.value)
        where = f"  {clean(dump.source)}:{dump.first_line}"
        heads.append((Piece(title, Style.HEADING), Piece(where, Style.DIM)))
    for note in [n for n in dump.notes if n.code in {"runtime", "http"}][:NOTES]:
        heads.append((Piece(clean(note.text), Style.DIM),))
    *before, last = heads
    yield from before
    used = sum(len(p.text) for p in last)
    if used + len(told) + 2 <= width:
        yield (*last, Piece(" " * (width - used - len(told))), Piece(told, Style.DIM))
    else:
        yield last
        yield (Piece(told.rjust(width), Style.DIM),)


def _cause_lines(cause: Cause, *, first: bool) -> Iterator[Line]:
    word = "panic" if cause.kind is CauseKind.PANIC else "fatal error"
    mark = ""
    if cause.repanicked:
        mark = "  (recovered, then panicked again with the same value)"
    elif cause.recovered:
        mark = "  (recovered)"
    head, *rest = cause.message.split("\n")
    lead = "" if first else "then "
    yield (Piece(f"{lead}{word}: {clean(head)}", Style.CAUSE), Piece(mark if not rest else ""))
    for line in rest:
        yield (Piece("    " + clean(line.expandtabs(4)), Style.CAUSE),)
    if rest and mark:
        yield (Piece(mark),)


def _signal_text(signal: Signal) -> str:
    name = clean(signal.name or f"signal {signal.number or 0:#x}")
    text = f"{name} ({clean(signal.description)})" if signal.description else name
    if signal.address is not None:
        text += f" at address {signal.address:#x}"
    return text if signal.pc is None else f"{text}, pc {signal.pc:#x}"


def _runtime_text(report: Report) -> str:
    """``Go 1.18–1.24, amd64, linux``."""
    runtime = report.runtime
    low, high = runtime.facts
    if runtime.exact is not None:
        go = f"Go {runtime.exact}"
    elif low == 0 and high is None:
        go = "Go version unknown"
    elif low == high:
        go = f"Go 1.{low}"
    elif high is None:
        go = f"Go ≥ 1.{low}"
    else:
        go = f"Go ≤ 1.{high}" if low < 5 else f"Go 1.{low}–1.{high}"
    port = runtime.port
    arch = port.arch.name if port.arch is not None else f"{port.word_size * 8}-bit"
    assumed = "" if port.word_size_proven else " (assumed)"
    return ", ".join(x for x in (go, arch + assumed, runtime.os) if x)


# ---------------------------------------------------------------------- goroutines


def _goroutines(report: Report, look: Look, *, everything: bool) -> Iterator[Line]:
    buckets = group_exactly(g.goroutine for g in report.goroutines)
    whole = _whole(report, buckets, everything=everything)
    for bucket in sorted(buckets, key=lambda b: b.indices[0] not in whole):
        if bucket.indices[0] in whole:
            yield ()
            yield from _in_full(report, bucket, look)
    rest = [b for b in buckets if b.indices[0] not in whole]
    if rest:
        count = sum(b.count for b in rest)
        yield ()
        title = f"{count} other goroutine{'' if count == 1 else 's'}"
        grouped = f" in {len(rest)} groups" if len(rest) != count else ""
        yield (Piece(title + grouped, Style.HEADING),)
        for bucket in sorted(rest, key=lambda b: (not _has_app(report, b), -b.count)):
            yield _summary(report, bucket, look)


def _whole(report: Report, buckets: tuple[Bucket, ...], *, everything: bool) -> set[int]:
    """The buckets that are shown in full, by their first goroutine: what crashed; where nothing
    did, the first that runs code of the user's."""
    dump = report.dump
    if everything or dump.kind in {DumpKind.RACE, DumpKind.FRAMES} or len(buckets) == 1:
        return {b.indices[0] for b in buckets}
    crashed = [i for i, g in enumerate(dump.goroutines) if g.crashed]
    if not crashed:
        return {next((b.indices[0] for b in buckets if _has_app(report, b)), 0)}
    before = {i for i in range(crashed[0]) if dump.goroutines[i].id is None}
    return before | set(crashed)


def _in_full(report: Report, bucket: Bucket, look: Look) -> Iterator[Line]:
    annotated = report.goroutines[bucket.indices[0]]
    yield goroutine_title(bucket, look)
    if annotated.goroutine.labels:
        labels = ", ".join(f"{clean(k)}={clean(v)}" for k, v in annotated.goroutine.labels)
        yield (Piece(f"  labels  {labels}", Style.DIM),)
    yield from frame_lines(annotated, look)


def _has_app(report: Report, bucket: Bucket) -> bool:
    return any(f.in_app for f in report.goroutines[bucket.indices[0]].frames)


def _summary(report: Report, bucket: Bucket, look: Look) -> Line:
    """``12 × [semacquire, 3–48 minutes] sync.(*Mutex).Lock ← store.(*Store).Get store.go:120``."""
    annotated = report.goroutines[bucket.indices[0]]
    goroutine = annotated.goroutine
    lead = f"{bucket.count:>5} × " if bucket.count > 1 else f"  {_id(goroutine):>6}  "
    state = f"[{clean(goroutine.state or '')}{_wait(bucket)}] " if goroutine.state else ""
    text = lead + pad(state, 0).rstrip() + " " + _path(annotated, look.short)
    return (Piece(cut(text, look.width)),)


def _id(goroutine: Goroutine) -> str:
    return "" if goroutine.id is None else f"#{goroutine.id}"


def _wait(bucket: Bucket) -> str:
    waits = bucket.waits
    if waits is None:
        return ""
    low, high = waits
    return f", {low} minutes" if low == high else f", {low}–{high} minutes"


def _path(annotated: AnnotatedGoroutine, short: ShortNames) -> str:
    """What it does, and for whom: the innermost frame and the first of the user's own code."""
    frames = [f for f in annotated.frames if f.name.local not in _PARKING]
    if not frames:
        frames = list(annotated.frames)
    if not frames:
        return "stack unavailable" if annotated.goroutine.stack_unavailable else "no frames"
    top = clean(short.function(frames[0].frame.function))
    own = next((f for f in frames if f.in_app), frames[0])
    site = own.frame.site
    place = "" if site is None else f" {clean(short.file(site.file))}:{site.line}"
    if own is frames[0]:
        return f"{top}{place}"
    return f"{top} ← {clean(short.function(own.frame.function))}{place}"


_PARKING = {"gopark", "goparkunlock", "park_m", "mcall", "semacquire1", "sync_runtime_Semacquire"}


# ---------------------------------------------------------------------- what else


def _footer(report: Report, width: int) -> Iterator[Line]:
    remarks = [*_notes(report), *_doubts(report), *_issues(report)]
    if remarks:
        yield ()
    for word, text in remarks:
        yield from _wrapped(word, text, width)


Remark = tuple[str, str]  # "note" or "issue", and what it says


def _notes(report: Report) -> Iterator[Remark]:
    for note in report.dump.notes:
        if note.code == "exit":
            yield "note", clean(note.text)
    printing = [
        f
        for g in report.goroutines
        for f in g.frames
        if f.in_app and f.frame.call.items and not f.frame.call.inlined
    ]
    signed = sum(f.signature is not None for f in printing)
    if signed and signed < len(printing):
        yield "note", f"{signed} of {len(printing)} frames of your code have a signature"
    elif printing and not signed:
        yield (
            "note",
            "no signatures of your code: --binary FILE, --source DIR or --signatures FILE give "
            "its words names and types",
        )
    for evidence in report.runtime.evidence:
        if evidence.span is None and evidence.text.startswith(("the words fit", LINES)):
            yield "note", evidence.text
    dumped = sum(n.code == "hexdump" for n in report.dump.notes)
    if dumped:
        yield "note", f"a hexdump of {dumped} lines is in --format json only"


def _doubts(report: Report) -> Iterator[Remark]:
    """Why some arguments are likely and not exact, a remark for each reason."""
    reasons: dict[str, int] = {}
    for goroutine in report.goroutines:
        for frame in goroutine.frames:
            for argument in frame.arguments:
                if argument.certainty is Certainty.LIKELY:
                    reasons[argument.reason] = reasons.get(argument.reason, 0) + 1
    for reason, count in reasons.items():
        who = "argument is" if count == 1 else "arguments are"
        mark = "marked" if report.mixed else "only"
        yield "note", f"{count} {who} {mark} likely: {clean(reason)}"


def _issues(report: Report) -> Iterator[Remark]:
    issues = report.issues
    for issue in issues[:ISSUES]:
        line = report.dump.where(issue.span).line
        yield "issue", f"line {line}: {clean(issue.message)}"
    if len(issues) > ISSUES:
        yield "issue", f"and {len(issues) - ISSUES} more (--format json lists them)"


def _wrapped(word: str, text: str, width: int) -> Iterator[Line]:
    """A remark in as many lines as it needs."""
    style = Style.WARNING if word == "issue" else Style.DIM
    for number, line in enumerate(wrap(text, width - LEAD)):
        lead = word if number == 0 else ""
        yield (Piece(pad(lead, LEAD), style), Piece(line, Style.DIM))
