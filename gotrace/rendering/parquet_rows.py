"""What stands in the columns of :mod:`parquet_schema`: plain dictionaries, made of a report.

A text of a log can be as long as the log: it is cut at ``LONGEST``, since each of a dump's rows has
it. Numbers that have no place in 64 bits are null.
"""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.fingerprints import fingerprints
from gotrace.model import CreatedBy, Goroutine
from gotrace.rendering import crash
from gotrace.rendering.json_frames import language_of, raw_of
from gotrace.rendering.json_values import Json, hexadecimal
from gotrace.rendering.json_values import text as valid
from gotrace.rendering.values import value_text
from gotrace.report import Report
from gotrace.value import Argument, Certainty, WordUse

LONGEST = 1 << 14  # characters of a text
_MOST = 1 << 63
_UNTOLD = {Certainty.ABSENT, Certainty.UNSET}


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
        "labels": [{"key": _text(k), "value": _text(v)} for k, v in goroutine.labels],
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


def words_row(frame: AnnotatedFrame) -> Json:
    """The columns that frames share that were called with the same words."""
    call, arguments = frame.frame.call, frame.arguments
    findings = [
        {"code": i.code, "severity": "warning", "message": _text(i.message)} for i in frame.issues
    ]
    for argument in arguments:
        findings += [
            {"code": f.code, "severity": f.severity.value, "message": _text(f.message)}
            for f in argument.findings
        ]
    return {
        "raw_arguments": _text(call.arguments),
        "inlined": call.inlined,
        "arguments": [_argument(frame, a) for a in arguments],
        "unbound_words": _raws(frame, frame.unbound),
        "findings": findings,
    }


def place_row(
    report: Report, frame: AnnotatedFrame | None, index: int, blamed: AnnotatedFrame | None
) -> tuple[object, ...]:
    """The columns of one frame alone, in the schema's order: there is one for each row."""
    if frame is None:
        return None, None, None, None, None, False
    plain = frame.frame
    place = report.dump.where(plain.span)
    return hexadecimal(plain.pc), index, place[0], place[1], place[2], frame is blamed


def _argument(frame: AnnotatedFrame, argument: Argument) -> Json:
    value = None if argument.certainty in _UNTOLD else argument.value
    origin = argument.provenance
    return {
        "name": _text(argument.name),
        "role": argument.role.value,
        "type": _text(argument.type),
        "certainty": argument.certainty.value,
        "kind": value.kind.value if value else None,
        "value": _text(value_text(value, {})) if value else None,
        "pointer": hexadecimal(value.pointer) if value else None,
        "reason": _text(argument.reason or None),
        "absence": argument.absence.value if argument.absence else None,
        "provenance": _text(origin.text) if origin else None,
        "words": _raws(frame, argument.words),
        "findings": [f.code for f in argument.findings],
    }


def _raws(frame: AnnotatedFrame, words: Sequence[WordUse]) -> list[str]:
    """Numbers as they were printed."""
    call = frame.frame.call
    if not call.arguments.isascii():
        return [raw_of(frame, w) for w in words]
    arguments, first = call.arguments, call.name_end + 1
    return [arguments[w[2] - first : w[3] - first] for w in words]


def _creator(creator: CreatedBy | None) -> Json | None:
    if creator is None:
        return None
    site = creator.site
    return {
        "function": _text(creator.function),
        "file": _text(site.file) if site else None,
        "line": _int(site.line) if site else None,
        "goroutine": _int(creator.goroutine),
    }


def _text(raw: str | None) -> str | None:
    if raw is None or len(raw) <= LONGEST:
        return None if raw is None else valid(raw)
    return f"{valid(raw[:LONGEST])}… ({len(raw) - LONGEST} more characters)"


def _int(number: int | None) -> int | None:
    return number if number is not None and -_MOST <= number < _MOST else None
