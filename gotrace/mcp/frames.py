"""Goroutines, frames and arguments as rows of an answer."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.errors import GotraceError
from gotrace.mcp.shapes import ArgumentRow, FrameRow, GoroutineRow
from gotrace.model import Dump, Site
from gotrace.rendering.values import value_text
from gotrace.report import Report
from gotrace.signature import Role
from gotrace.value import Argument, Certainty

ARGUMENTS = 16  # of a frame


def place_of(site: Site | None) -> str:
    """``file:line``; empty where nothing was printed."""
    return "" if site is None else f"{site.file}:{site.line}"


def chosen(report: Report, id_: int | None, index: int | None) -> int:
    """The index of a goroutine: the one of that id, of that index, or what matters most.

    Errors: GotraceError where there is no such goroutine.
    """
    goroutines = report.goroutines
    if index is not None:
        if not 0 <= index < len(goroutines):
            raise GotraceError(f"no goroutine of index {index}: there are {len(goroutines)}")
        return index
    if id_ is not None:
        for number, goroutine in enumerate(goroutines):
            if goroutine.goroutine.id == id_:
                return number
        raise GotraceError(f"no goroutine {id_} in this dump")
    if not goroutines:
        raise GotraceError("this dump has no goroutines")
    return _first(goroutines)


def _first(goroutines: Sequence[AnnotatedGoroutine]) -> int:
    """What crashed; else the first one in code of the user's."""
    ranked = (
        next((i for i, g in enumerate(goroutines) if g.goroutine.crashed), None),
        next((i for i, g in enumerate(goroutines) if any(f.in_app for f in g.frames)), None),
    )
    return next((i for i in ranked if i is not None), 0)


def goroutine_row(report: Report, index: int, first: int, most: int) -> GoroutineRow:
    """A goroutine with ``most`` of its frames, from ``first`` on."""
    found = report.goroutines[index]
    plain = found.goroutine
    total = len(found.frames)
    last = min(total, first + most)
    creator = plain.created_by
    return {
        "index": index,
        "id": plain.id,
        "state": plain.state,
        "crashed": plain.crashed,
        "created_by": creator and f"{creator.function} {place_of(creator.site)}".rstrip(),
        "frames_total": total,
        "next_frame": last if last < total else None,
        "frames": [frame_row(report, index, i) for i in range(first, last)],
    }


def frame_row(report: Report, index: int, number: int) -> FrameRow:
    """A frame in short."""
    frame = report.goroutines[index].frames[number]
    call = frame.frame.call
    row: FrameRow = {
        "frame": number,
        "function": call.function,
        "place": place_of(frame.frame.site),
        "own": frame.in_app,
    }
    if frame.arguments:
        shown = frame.arguments[:ARGUMENTS]
        row["arguments"] = [_argument(report, a, i) for i, a in enumerate(shown)]
    elif call.parenthesised:
        row["raw"] = call.arguments
    return row


def _argument(report: Report, argument: Argument, index: int) -> ArgumentRow:
    name = argument.name or ("result" if argument.role is Role.RESULT else f"#{index}")
    row: ArgumentRow = {
        "name": name,
        "type": argument.type,
        "value": _value(report, argument),
        "certainty": argument.certainty.value,
    }
    if argument.findings:
        row["findings"] = list(dict.fromkeys(f.code for f in argument.findings))
    return row


def _value(report: Report, argument: Argument) -> str:
    value = argument.value
    if value is None or value.truncated or argument.certainty is Certainty.ABSENT:
        return argument.reason or "not printed"
    if argument.certainty is Certainty.UNSET:
        return "not set: the function has not returned"
    return value_text(value, report.pointers)


def lines_of(dump: Dump, data: bytes, frame: AnnotatedFrame) -> list[str]:
    """What was printed of a frame, as it stands in the log."""
    place = dump.where(frame.frame.span)
    pieces = place.parts or (place,)
    text = b"".join(data[p.start : p.end] for p in pieces)
    return text.decode("utf-8", "surrogateescape").splitlines()
