"""Frames and their arguments in JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gotrace.annotated import AnnotatedFrame
from gotrace.model import Dump, Frame, Site, Span
from gotrace.pointers import SeenIn, pointers_of
from gotrace.rendering import json_values
from gotrace.rendering.json_values import Json, hexadecimal, named, text
from gotrace.report import Report
from gotrace.signature import Signature
from gotrace.value import Argument, BindIssue, Certainty, Finding, WordUse

SEEN = 20  # places listed for an argument; `seen_in_truncated` says that there are more

SpanAt = Callable[[int, int], Json]
Origin = tuple[int, int, int]  # byte, line and column of a call line


def span_of(plain: Dump, span: Span) -> Json:
    """A Span object."""
    start, end, line, column, end_column, parts = plain.where(span)
    found: Json = {
        "start": start,
        "end": end,
        "line": line,
        "column": column,
        "end_column": end_column,
    }
    if parts:
        found["parts"] = [{"start": p.start, "end": p.end} for p in parts]
    return found


def place_of(site: Site | None) -> Json:
    """The keys of a file line."""
    if site is None:
        return {"file": None, "line": None, "offset": None}
    return {**named("file", site.file), "line": site.line, "offset": hexadecimal(site.offset)}


def frames_of(report: Report, index: int) -> Iterator[Json]:
    """The Frame objects of the goroutine that is ``index``-th in the report."""
    for number, frame in enumerate(report.goroutines[index].frames):
        yield _frame(report, frame, (index, number))


def _frame(report: Report, frame: AnnotatedFrame, place: tuple[int, int]) -> Json:
    call = frame.frame.call
    at = spans_in(report.dump, frame.frame) if call.items or frame.issues else nowhere
    return {
        **static(frame),
        "arguments": arguments_of(report, frame, place, at),
        "unbound_words": [word(frame, w, at) for w in frame.unbound],
        "findings": findings_of(frame, at),
        "span": span_of(report.dump, frame.frame.span),
    }


def static(frame: AnnotatedFrame) -> Json:
    """The keys of a Frame object that do not depend on where the frame stands."""
    plain, name, signature = frame.frame, frame.name, frame.signature
    call = plain.call
    return {
        **named("function", call.function),
        "package": None if name.package is None else text(name.package),
        "receiver": None if name.receiver is None else text(name.receiver),
        "name": text(name.name),
        "closure": name.closure,
        "generic": name.generic,
        "inlined": call.inlined,
        **place_of(plain.site),
        "fp": hexadecimal(plain.fp),
        "sp": hexadecimal(plain.sp),
        "pc": hexadecimal(plain.pc),
        "language": language_of(plain),
        "in_app": frame.in_app,
        "raw_arguments": text(call.arguments),
        "signature": None if signature is None else _signature(signature),
    }


def arguments_of(
    report: Report, frame: AnnotatedFrame, place: tuple[int, int], at: SpanAt
) -> list[Json]:
    """The Argument objects of a frame."""
    return [_argument(report, frame, a, place, at) for a in frame.arguments]


def findings_of(frame: AnnotatedFrame, at: SpanAt) -> list[Json]:
    """The Finding objects of a frame."""
    return [_issue(i, at) for i in frame.issues]


def origin_of(dump: Dump, frame: Frame) -> Origin | None:
    """Byte, line and column of the call line, where all of its arguments lie in one piece and each
    byte is a column, which is nearly always so; else None."""
    base, first = frame.start, frame.call.name_end
    whole = Span(base + first, base + frame.call.end)
    start, end, line, column, end_column, parts = dump.where(whole)
    if parts or not end - start == end_column - column == whole.end - whole.start:
        return None
    return start - first, line, column - first


def spans_in(dump: Dump, frame: Frame) -> SpanAt:
    """Span objects for parts of ``frame``'s arguments, given as bytes from the call line's start.

    Where they lie in one piece and each byte is a column, which is nearly always so, one question
    to the source map serves all words.
    """
    return spans_from(dump, frame, origin_of(dump, frame))


def spans_from(dump: Dump, frame: Frame, origin: Origin | None) -> SpanAt:
    """As :func:`spans_in`, where it is known already what :func:`origin_of` says."""
    base = frame.start
    if origin is None:
        return lambda first, last: span_of(dump, Span(base + first, base + last))
    start, line, column = origin
    return lambda first, last: {
        "start": start + first,
        "end": start + last,
        "line": line,
        "column": column + first,
        "end_column": column + last,
    }


def nowhere(first: int, last: int) -> Json:
    """For frames that print nothing."""
    raise AssertionError(f"nothing was printed at {first}-{last}")


def language_of(frame: Frame) -> str:
    """go, c or asm."""
    if frame.language == "go" and frame.site is not None and frame.site.file.endswith(".s"):
        return "asm"
    return frame.language


def _signature(signature: Signature) -> Json:
    location = None
    if signature.file is not None:
        location = {**named("file", signature.file), "line": signature.line}
    return {"text": text(signature.text), "source": signature.source.value, "location": location}


def _argument(
    report: Report, frame: AnnotatedFrame, argument: Argument, place: tuple[int, int], at: SpanAt
) -> Json:
    places = seen_of(report, argument, place)
    return {
        **head_of(argument),
        "value": value_of(argument),
        "provenance": provenance_of(report, argument),
        "words": [word(frame, w, at) for w in argument.words],
        "seen_in": places[:SEEN],
        "findings": [finding_of(f, at) for f in argument.findings],
        **({"seen_in_truncated": True} if len(places) > SEEN else {}),
    }


def head_of(argument: Argument) -> Json:
    """The keys of an Argument object that many arguments have alike."""
    return {
        "name": None if argument.name is None else text(argument.name),
        "role": argument.role.value,
        "type": text(argument.type),
        "certainty": argument.certainty.value,
        "reason": text(argument.reason) or None,
        "absence": None if argument.absence is None else argument.absence.value,
    }


def value_of(argument: Argument) -> Json | None:
    """A Value object; None where nothing was printed: the type says what it would have been."""
    value = argument.value
    if value is None or argument.certainty is Certainty.ABSENT:
        return None
    return json_values.value(value, argument.certainty)


def provenance_of(report: Report, argument: Argument) -> Json | None:
    """Where a recovered value comes from."""
    origin = argument.provenance
    if origin is None:
        return None
    span = None if origin.span is None else span_of(report.dump, origin.span)
    return {"text": text(origin.text), "span": span}


def seen_of(report: Report, argument: Argument, place: tuple[int, int]) -> list[Json]:
    """Other frames that hold this argument's pointers: SEEN of them, one more if there are more.

    It stops there: a pointer that a thousand goroutines share must not cost a thousand times a
    thousand.
    """
    if argument.value is None or argument.certainty is Certainty.UNSET:
        return []
    found: dict[SeenIn, None] = {}
    for address in pointers_of(argument.value):
        for seen in report.seen.get(address, ()):
            if len(found) > SEEN:
                break
            if seen[1:3] != place:
                found[seen] = None
    return [
        {
            "goroutine": s.goroutine,
            "frame": s.frame,
            "argument": None if s.argument is None else text(s.argument),
        }
        for s in found
    ]


def word(frame: AnnotatedFrame, used: WordUse, at: SpanAt) -> Json:
    """A Word object."""
    _, stale, start, end, offset, size, word_offset = used
    return {
        "raw": raw_of(frame, used),
        "span": at(start, end),
        "stale": stale,
        "offset": offset,
        "size": size,
        "word_offset": word_offset,
    }


def raw_of(frame: AnnotatedFrame, used: WordUse) -> str:
    """A number as it was printed."""
    raw = f"{used.value:#x}"
    if len(raw) == used.end - used.start:
        return raw
    call = frame.frame.call  # zeros stand in front
    first = call.name_end + 1
    return call.arguments[used.start - first : used.end - first]


def finding_of(finding: Finding, at: SpanAt) -> Json:
    """A Finding object."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": text(finding.message),
        "evidence": [text(e) for e in finding.evidence],
        "span": at(finding.start, finding.end),
    }


def _issue(issue: BindIssue, at: SpanAt) -> Json:
    return {
        "code": issue.code,
        "severity": "warning",
        "message": text(issue.message),
        "evidence": [],
        "span": at(issue.start, issue.end),
    }
