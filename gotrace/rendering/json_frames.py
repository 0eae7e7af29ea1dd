"""Frames and their arguments in JSON."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.model import Dump, Frame, Site, Span
from gotrace.pointers import SeenIn, pointers_of
from gotrace.rendering import json_values
from gotrace.rendering.json_values import Json, hexadecimal, text
from gotrace.report import AnnotatedFrame, AnnotatedGoroutine, Report
from gotrace.signature import Signature
from gotrace.value import Argument, BindIssue, Certainty, WordUse

SEEN = 20  # places listed for a pointer; `seen_in_more` counts the others


def span_of(plain: Dump, span: Span) -> Json:
    """A Span object."""
    place = plain.where(span)
    found: Json = {
        "start": place.start,
        "end": place.end,
        "line": place.line,
        "column": place.column,
        "end_column": place.end_column,
    }
    if place.parts:
        found["parts"] = [{"start": p.start, "end": p.end} for p in place.parts]
    return found


def place_of(site: Site | None) -> Json:
    """The keys of a file line."""
    return {
        "file": None if site is None else text(site.file),
        "line": None if site is None else site.line,
        "offset": None if site is None else hexadecimal(site.offset),
    }


def frames_of(report: Report, annotated: AnnotatedGoroutine) -> Iterator[Json]:
    """The Frame objects of a goroutine."""
    index = next(i for i, g in enumerate(report.goroutines) if g is annotated)
    for number, frame in enumerate(annotated.frames):
        yield _frame(report, frame, (index, number))


def _frame(report: Report, frame: AnnotatedFrame, place: tuple[int, int]) -> Json:
    plain, name = frame.frame, frame.name
    return {
        "function": text(plain.function),
        "package": None if name.package is None else text(name.package),
        "receiver": None if name.receiver is None else text(name.receiver),
        "name": text(name.name),
        "closure": name.closure,
        "generic": name.generic,
        "inlined": plain.call.inlined,
        **place_of(plain.site),
        "fp": hexadecimal(plain.fp),
        "sp": hexadecimal(plain.sp),
        "pc": hexadecimal(plain.pc),
        "language": _language(plain),
        "in_app": frame.in_app,
        "raw_arguments": plain.call.arguments,
        "signature": None if frame.signature is None else _signature(frame.signature),
        "arguments": [_argument(report, frame, a, place) for a in frame.arguments],
        "unbound_words": [_word(report, plain, w) for w in frame.unbound],
        "findings": [_finding(report, plain, i) for i in frame.issues],
        "span": span_of(report.dump, plain.span),
    }


def _language(frame: Frame) -> str:
    if frame.language == "go" and frame.site is not None and frame.site.file.endswith(".s"):
        return "asm"
    return frame.language


def _signature(signature: Signature) -> Json:
    location = None
    if signature.file is not None:
        location = {"file": text(signature.file), "line": signature.line}
    return {"text": text(signature.text), "source": signature.source.value, "location": location}


def _argument(
    report: Report, frame: AnnotatedFrame, argument: Argument, place: tuple[int, int]
) -> Json:
    value = argument.value
    places, more = _seen_in(report, argument, place)
    found: Json = {
        "name": None if argument.name is None else text(argument.name),
        "role": argument.role.value,
        "type": text(argument.type),
        "certainty": argument.certainty.value,
        "reason": argument.reason or None,
        "value": None if value is None else json_values.value(value, argument.certainty),
        "provenance": None,
        "words": [_word(report, frame.frame, w) for w in argument.words],
        "seen_in": places,
        "findings": [],
    }
    if more:
        found["seen_in_more"] = more
    return found


def _seen_in(report: Report, argument: Argument, place: tuple[int, int]) -> tuple[list[Json], int]:
    """The other places that hold this argument's pointers, and how many more there are."""
    if argument.value is None or argument.certainty is Certainty.UNSET:
        return [], 0
    found: dict[SeenIn, None] = {}
    for address in pointers_of(argument.value):
        for seen in report.seen.get(address, ()):
            if (seen.place, seen.frame) != place:
                found[seen] = None
    places = [
        {"goroutine": s.goroutine, "frame": s.frame, "argument": s.argument}
        for s in list(found)[:SEEN]
    ]
    return places, max(0, len(found) - SEEN)


def _word(report: Report, frame: Frame, word: WordUse) -> Json:
    span = Span(frame.start + word.start, frame.start + word.end)
    return {
        "raw": f"{word.value:#x}",
        "span": span_of(report.dump, span),
        "stale": word.stale,
        "offset": word.offset,
        "size": word.size,
        "word_offset": word.word_offset,
    }


def _finding(report: Report, frame: Frame, issue: BindIssue) -> Json:
    span = Span(frame.start + issue.start, frame.start + issue.end)
    return {
        "code": issue.code,
        "severity": "warning",
        "message": issue.message,
        "evidence": [],
        "span": span_of(report.dump, span),
    }
