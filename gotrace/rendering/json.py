"""The annotation as JSON (docs/annotation.md). The json modules alone decide its keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from gotrace.fingerprints import fingerprints
from gotrace.model import Ancestor, CreatedBy, Elision, Goroutine
from gotrace.parsing.collector import paused
from gotrace.rendering.json_frames import frames_of, place_of, span_of
from gotrace.rendering.json_plain import heading, issue, location, note, register, thread
from gotrace.rendering.json_text import LONG, Texts, Values, dumps, encode, laid_out, line
from gotrace.rendering.json_values import Json, hexadecimal, named, quoted, text
from gotrace.report import Report
from gotrace.version import VERSION

if TYPE_CHECKING:
    from gotrace.rendering.formats import Page

__all__ = ["SCHEMA", "document", "dump", "dumps", "entry", "pieces", "write"]

SCHEMA = "gotrace/1"


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """One document for all reports, each written as soon as it is there."""
    found = Values(entry(r) for r in reports)
    out.writelines(laid_out(_document(found, page.notes, page.unreadable), indent=2))
    out.write("\n")


def document(reports: Iterable[Report], notes: Iterable[str] = ()) -> Json:
    """The whole document for several reports."""
    return dict(_document([dump(r) for r in reports], notes))


def _document(
    found: list[Json] | Values, notes: Iterable[str], unreadable: Iterable[str] = ()
) -> Iterator[tuple[str, Any]]:
    """The keys of the document in order. ``notes`` and ``unreadable``, what the run had to say of
    itself and of its inputs, grow while the dumps are read."""
    yield "schema", SCHEMA
    yield "tool", {"name": "gotrace", "version": VERSION}
    yield "dumps", found
    yield "issues", [{"code": "unreadable", "message": text(m), "span": None} for m in unreadable]
    yield "notes", list(notes)


def dump(report: Report) -> Json:
    """One Dump object."""
    with paused():
        order = _order(report)
        return _dump(report, [_goroutine(report, i, list(frames_of(report, i))) for i in order])


def entry(report: Report) -> Json:
    """A Dump object to be written; the goroutines of a large one become text when they are asked
    for: it is many times as long as the dump."""
    if len(report.goroutines) <= LONG:
        return dump(report)
    return _dump(report, Texts(_texts(report)))


def pieces(report: Report, changed: Json | None = None) -> Iterator[str]:
    """The text of one Dump object in a line, piece by piece. Keys that are ``changed`` stand in
    their places."""
    return line(entry(report) | (changed or {}))


def _texts(report: Report) -> Iterator[str]:
    from gotrace.rendering.json_bulk import FrameTexts  # noqa: PLC0415 - for large dumps

    frames = FrameTexts(report)
    with paused():
        # No text of a log can look like the mark: its quotes are escaped.
        for i in _order(report):
            yield encode(_goroutine(report, i, [])).replace(_FRAMES, f'"frames": {frames.of(i)}', 1)


_FRAMES = '"frames": []'


def _order(report: Report) -> list[int]:
    """The goroutines, what crashed first."""
    plain = report.dump
    return sorted(range(len(plain.goroutines)), key=lambda i: not plain.goroutines[i].crashed)


def _dump(report: Report, goroutines: list[Json] | Texts) -> Json:
    plain = report.dump
    return {
        **heading(plain),
        "runtime": _runtime(report),
        "registers": [register(r) for r in plain.registers],
        "threads": [thread(plain, t) for t in plain.threads],
        "goroutines": goroutines,
        "location": location(plain),
        "culprit": _culprit(report),
        "waiting": _waiting(report),
        "fingerprints": fingerprints(plain)._asdict(),
        "notes": [note(plain, n) for n in plain.notes],
        "issues": [issue(plain, i) for i in report.issues],
    }


def _culprit(report: Report) -> Json | None:
    if report.culprit is None:
        return None
    from gotrace.rendering.json_culprit import culprit_of  # noqa: PLC0415 - only for a crash

    return culprit_of(report)


def _waiting(report: Report) -> Json | None:
    if report.waiting is None:
        return None
    from gotrace.rendering.json_waiting import waiting_of  # noqa: PLC0415 - for few dumps

    return waiting_of(report)


def _runtime(report: Report) -> Json:
    runtime = report.runtime
    port = runtime.port
    arch = port.arch
    return {
        "style": runtime.style,
        "go": {
            "min": None if runtime.facts.min == 0 else f"1.{runtime.facts.min}",
            "max": None if runtime.facts.max is None else f"1.{runtime.facts.max}",
            "exact": runtime.exact,
            "evidence": [
                {
                    "text": text(e.text),
                    "min": None if e.min is None else f"1.{e.min}",
                    "max": None if e.max is None else f"1.{e.max}",
                    "span": None if e.span is None else span_of(report.dump, e.span),
                }
                for e in runtime.evidence
            ],
        },
        "arch": None if arch is None else arch.name,
        "word_size": port.word_size if port.word_size_proven else None,
        "byte_order": None if arch is None else arch.byte_order,
        "os": runtime.os,
        "assumed": list(runtime.assumed),
    }


# ---------------------------------------------------------------------- goroutines


def _goroutine(report: Report, index: int, frames: list[Json]) -> Json:
    goroutine, plain = report.goroutines[index].goroutine, report.dump
    return {
        "id": goroutine.id,
        **named("state", goroutine.state),
        "wait_minutes": goroutine.wait_minutes,
        "locked_to_thread": goroutine.locked_to_thread,
        **_labels(goroutine.labels),
        "flags": list(goroutine.flags),
        "bubble": goroutine.bubble,
        "gp": hexadecimal(goroutine.gp),
        "m": goroutine.m,
        "mp": hexadecimal(goroutine.mp),
        "crashed": goroutine.crashed,
        "stack_unavailable": goroutine.stack_unavailable,
        "count": goroutine.copies,
        "access": _access(goroutine),
        "frames": frames,
        "elided": _elided(goroutine.elided),
        "created_by": _created_by(goroutine.created_by),
        "ancestors": [_ancestor(a) for a in goroutine.ancestors],
        "span": span_of(plain, goroutine.span),
    }


def _labels(labels: tuple[tuple[str, str], ...]) -> Json:
    found: Json = {"labels": {text(k): text(v) for k, v in labels}}
    if any(text(k) + text(v) != k + v for k, v in labels):
        found["labels_escaped"] = {quoted(k): quoted(v) for k, v in labels}
    return found


def _access(goroutine: Goroutine) -> Json | None:
    access = goroutine.access
    if access is None:
        return None
    return {
        "operation": access.operation,
        "atomic": access.atomic,
        "previous": access.previous,
        "address": hexadecimal(access.address),
    }


def _elided(elision: Elision | None) -> Json | None:
    if elision is None:
        return None
    return {"after_frame": elision.after_frame, "count": elision.missing}


def _created_by(creator: CreatedBy | None) -> Json | None:
    if creator is None:
        return None
    return {
        **named("function", creator.function),
        **place_of(creator.site),
        "goroutine": creator.goroutine,
    }


def _ancestor(ancestor: Ancestor) -> Json:
    return {
        "goroutine": ancestor.goroutine,
        "frames": [{**named("function", f.function), **place_of(f.site)} for f in ancestor.frames],
        "elided": _elided(ancestor.elided),
        "created_by": _created_by(ancestor.created_by),
    }
