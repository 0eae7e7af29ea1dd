"""What stands in the columns of :mod:`parquet_schema`: plain dictionaries and tuples, made of a
report.

A text of a log can be as long as the log: it is cut at ``LONGEST``, since each of a dump's rows has
it. Numbers that have no place in 64 bits are null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.fingerprints import fingerprints
from gotrace.input.sourcemap import PlainMap
from gotrace.model import CreatedBy, Dump, Goroutine, Span
from gotrace.rendering import crash
from gotrace.rendering.json_frames import language_of, raw_of
from gotrace.rendering.json_values import Json, hexadecimal
from gotrace.rendering.json_values import text as valid
from gotrace.rendering.values import value_text
from gotrace.report import Report
from gotrace.scanning.window import WindowMap
from gotrace.value import Argument, Certainty, WordUse

LONGEST = 1 << 14  # characters of a text
# Text, inlined, arguments, unbound words, findings; nothing of all for what is no frame.
Words = tuple[
    str | None,
    bool | None,
    list[tuple[object, ...]] | None,
    list[str] | None,
    list[tuple[str, str, str | None]] | None,
]
NO_WORDS: Words = (None, None, None, None, None)
_MOST = 1 << 63
_UNTOLD = {Certainty.ABSENT, Certainty.UNSET}


def frames_of(report: Report) -> Iterator[tuple[int, int, AnnotatedFrame | None]]:
    """The rows of a report: goroutine, frame, and what stands there. What has no frames is a row
    too, so that nothing is missing: -1 is a dump without goroutines, None no frame."""
    if not report.goroutines:
        yield -1, 0, None
    for number, goroutine in enumerate(report.goroutines):
        if not goroutine.frames:
            yield number, 0, None
        for index, frame in enumerate(goroutine.frames):
            yield number, index, frame


def extent_in(dump: Dump) -> Callable[[Span], tuple[int, int, int]]:
    """Where text starts and ends, and its line; columns take longer than the three, so they are not
    asked for."""
    places = dump.source_map
    if isinstance(places, PlainMap | WindowMap):
        return places.extent
    return lambda span: dump.where(span)[:3]


def dump_row(report: Report) -> Json:
    """The columns that all rows of a dump share."""
    dump, runtime, culprit = report.dump, report.runtime, report.culprit
    prints = fingerprints(dump)
    place = dump.where(dump.span)
    least, most = runtime.facts.min, runtime.facts.max
    moment = crash.nanoseconds(dump.timestamp)
    return {
        "dump": crash.identity(report, prints),
        "source": _text(dump.source),
        "start": _int(place.start),
        "end": _int(place.end),
        "first_line": _int(dump.first_line),
        "last_line": _int(dump.last_line),
        "timestamp": _text(dump.timestamp or None),
        "time": None if moment is None else moment // 1000,
        "stream": _text(dump.stream or None),
        "envelope": list(dump.envelope),
        "kind": dump.kind.value,
        "cause_type": _text(crash.type_of(report)),
        "cause": _text(crash.message_of(report)),
        "signal": None if dump.signal is None else _text(dump.signal.name),
        "go_min": f"1.{least}" if least else None,
        "go_max": None if most is None else f"1.{most}",
        "go": runtime.exact,
        "arch": None if runtime.port.arch is None else runtime.port.arch.name,
        "os": runtime.os,
        **{f"fingerprint_{k}": v for k, v in prints._asdict().items()},
        "culprit": _text(crash.culprit_text(report)),
        "culprit_certainty": culprit.certainty.value if culprit and culprit.expression else None,
        "issues": sorted({i.code for i in report.issues}),
    }


def goroutine_row(goroutine: Goroutine | None, index: int) -> Json:
    """The columns that all rows of a goroutine share; all null for a dump without any."""
    if goroutine is None:
        return {}
    return {
        "goroutine_index": index,
        "goroutine": _int(goroutine.id),
        "state": _text(goroutine.state),
        "wait_minutes": _int(goroutine.wait_minutes),
        "count": _int(goroutine.copies),
        "crashed": goroutine.crashed,
        "labels": [(_text(k), _text(v)) for k, v in goroutine.labels],
        "created_by": _creator(goroutine.created_by),
    }


def function_row(frame: AnnotatedFrame) -> Json:
    """The columns that all frames at a line of a function share."""
    plain, name, site = frame.frame, frame.name, frame.frame.site
    return {
        "function": _text(plain.function),
        "package": _text(name.package),
        "receiver": _text(name.receiver),
        "name": _text(name.name),
        "file": _text(site.file) if site else None,
        "line": _int(site.line) if site else None,
        "offset": hexadecimal(site.offset) if site else None,
        "language": language_of(plain),
        "in_app": frame.in_app,
        "signature_source": frame.signature.source.value if frame.signature else None,
    }


def words_row(frame: AnnotatedFrame) -> Words:
    """The columns that frames share that were called with the same words, in the schema's order."""
    call, arguments = frame.frame.call, frame.arguments
    findings = [(i.code, "warning", _text(i.message)) for i in frame.issues]
    for argument in arguments:
        for found in argument.findings:
            findings.append((found.code, found.severity.value, _text(found.message)))
    return (
        _text(call.arguments),
        call.inlined,
        [_argument(frame, a) for a in arguments],
        _raws(frame, frame.unbound),
        findings,
    )


def _argument(frame: AnnotatedFrame, argument: Argument) -> tuple[object, ...]:
    """What ARGUMENT has, in its order."""
    name, role, kind, certainty, value, words, reason, absence, origin, findings = argument
    if certainty in _UNTOLD:
        value = None
    return (
        _text(name),
        role.value,
        _text(kind),
        certainty.value,
        value.kind.value if value else None,
        _text(value_text(value, {})) if value else None,
        hexadecimal(value.pointer) if value else None,
        _text(reason or None),
        absence.value if absence else None,
        _text(origin.text) if origin else None,
        _raws(frame, words),
        [f.code for f in findings],
    )


def _raws(frame: AnnotatedFrame, words: Sequence[WordUse]) -> list[str]:
    """Numbers as they were printed."""
    call = frame.frame.call
    if not call.arguments.isascii():
        return [raw_of(frame, w) for w in words]
    arguments, first = call.arguments, call.name_end + 1
    return [arguments[w[2] - first : w[3] - first] for w in words]


def _creator(creator: CreatedBy | None) -> tuple[object, ...] | None:
    """What CREATOR has, in its order."""
    if creator is None:
        return None
    site = creator.site
    place = (_text(site.file), _int(site.line)) if site else (None, None)
    return (_text(creator.function), *place, _int(creator.goroutine))


def _text(raw: str | None) -> str | None:
    if raw is None or len(raw) <= LONGEST:
        return raw if raw is None or raw.isascii() else valid(raw)
    return f"{valid(raw[:LONGEST])}… ({len(raw) - LONGEST} more characters)"


def _int(number: int | None) -> int | None:
    return number if number is not None and -_MOST <= number < _MOST else None
