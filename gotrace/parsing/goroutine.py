"""One goroutine: its header, frames, elisions, creator and ancestors."""

from __future__ import annotations

from typing import Any

from gotrace.model import (
    Absence,
    AbsenceReason,
    Ancestor,
    CreatedBy,
    Elision,
    Frame,
    Goroutine,
    Issue,
    Note,
    Span,
)
from gotrace.parsing.causes import cause_record, section_starts
from gotrace.parsing.frames import FrameReader
from gotrace.parsing.lines import Lines, printed
from gotrace.parsing.records import TRACEBACK
from gotrace.tuples import NamedTuple

SOON = 8  # how many lines of others may stand between two frames


class Section(NamedTuple):
    """A goroutine and what stood between its frames."""

    goroutine: Goroutine
    notes: tuple[Note, ...]
    issues: tuple[Issue, ...]


class _Body:
    """What has been read of a goroutine so far."""

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.frames: list[Frame] = []
        self.elided: Elision | None = None
        self.created_by: CreatedBy | None = None
        self.ancestors: list[Ancestor] = []
        self.unavailable = False
        self.notes: list[Note] = []
        self.issues: list[Issue] = []


def read_goroutine(lines: Lines, reader: FrameReader) -> Section | None:
    """The goroutine whose header stands at the cursor; None where there is none."""
    line = lines.line or ""
    if line.startswith("goroutine "):
        found = reader.header(line)
        if found is None:
            return None
        fields = found
    elif line == "runtime stack:":
        fields = {"id": None, "state": None}
    else:
        return None
    body = _Body(lines.start, lines.end)
    lines.advance()
    return _section(fields, _read_body(body, lines, reader))


def read_headless(lines: Lines, reader: FrameReader) -> Section | None:
    """Frames that stand without a header: loggers, Windows' exceptions."""
    body = _read_body(_Body(lines.start, lines.start), lines, reader)
    if not body.frames:
        return None
    return _section({"id": None, "state": None}, body)


def _section(fields: dict[str, Any], body: _Body) -> Section:
    goroutine = Goroutine(
        frames=tuple(body.frames),
        span=Span(body.start, body.end),
        elided=body.elided,
        created_by=body.created_by,
        ancestors=tuple(body.ancestors),
        stack_unavailable=body.unavailable,
        **fields,
    )
    return Section(goroutine, tuple(body.notes), tuple(body.issues))


def _read_body(body: _Body, lines: Lines, reader: FrameReader) -> _Body:
    while lines.line:
        if frames := reader.run(lines):
            body.frames.extend(frames)
            body.end = frames[-1].end
            continue
        if not (
            _read_frame(body, lines, reader)
            or _read_other(body, lines, reader)
            or _read_ancestor(body, lines, reader)
            or read_diagnostic(lines, body.notes)
            or _skip_foreign(body, lines, reader)
        ):
            break
        body.end = max(body.end, lines.start - 1)
    return body


def _read_frame(body: _Body, lines: Lines, reader: FrameReader) -> bool:
    line = lines.line or ""
    if line.startswith(("\t", "created by ", "goroutine ", "...", "[", " ")):
        return False
    frame = reader.frame(lines)
    if frame is None:
        return False
    if frame.site is None and frame.language == "go":
        _lacks_site(body, frame, lines)
    if _is_odd(frame):
        text = f"the arguments of {frame.function} are not understood"
        span = Span(frame.start, frame.start + frame.call.end)
        body.issues.append(Issue("bad-arguments", text, span))
    body.frames.append(frame)
    body.end = frame.end
    return True


def _is_odd(frame: Frame) -> bool:
    """Whether the frame's arguments could not be read (:meth:`FrameReader.odd_call`)."""
    item = frame.call.items[0] if frame.call.items else None
    return isinstance(item, Absence) and item.reason is AbsenceReason.TRUNCATED


def _lacks_site(body: _Body, frame: Frame, lines: Lines) -> None:
    why = "the text ends here" if lines.line is None else "no file line follows"
    body.issues.append(Issue("frame-without-line", f"{why}: {frame.function}", frame.span))


def _read_other(body: _Body, lines: Lines, reader: FrameReader) -> bool:
    """``created by``, elisions, ``stack unavailable``, segment boundaries."""
    line = lines.line or ""
    span = Span(lines.start, lines.end)
    if line.startswith("created by "):
        body.created_by = _read_created_by(lines, reader)
        return body.created_by is not None
    if line.startswith("...") and (record := TRACEBACK.read("elision", line)):
        count = None if record.text("ELIDED") is None else record.number_of_line("ELIDED")
        body.elided = Elision(len(body.frames) - 1, count, span)
    elif line[0] in "\t " and TRACEBACK.read("unavailable", line):
        body.unavailable = True
    elif line.startswith("----- ") and (record := TRACEBACK.read("segment", line)):
        body.notes.append(Note("segment", record.text("SEGMENT") or "", span))
    else:
        return False
    body.end = lines.end
    lines.advance()
    return True


def _read_created_by(lines: Lines, reader: FrameReader) -> CreatedBy | None:
    known = reader.creator(lines.line or "")
    if known is None:
        return None
    start, end = lines.start, lines.end
    lines.advance()
    site = reader.site(lines.line)
    if site is not None:
        end = lines.end
        lines.advance()
    function, goroutine = known
    return CreatedBy(function, None if site is None else site[0], goroutine, Span(start, end))


def _read_ancestor(body: _Body, lines: Lines, reader: FrameReader) -> bool:
    """``[originating from goroutine N]:`` and its frames (GODEBUG=tracebackancestors)."""
    line = lines.line or ""
    record = TRACEBACK.read("ancestor", line) if line.startswith("[originating ") else None
    if record is None:
        return False
    inner = _Body(lines.start, lines.end)
    lines.advance()
    while lines.line and (_read_frame(inner, lines, reader) or _read_other(inner, lines, reader)):
        inner.end = max(inner.end, lines.start - 1)
    body.ancestors.append(
        Ancestor(
            record.number_of_line("GOID"),
            tuple(inner.frames),
            inner.elided,
            inner.created_by,
            Span(inner.start, inner.end),
        )
    )
    body.notes.extend(inner.notes)
    body.issues.extend(inner.issues)
    return True


def read_diagnostic(lines: Lines, notes: list[Note]) -> bool:
    """A line in which the runtime speaks of itself: ``runtime: …``, hexdumps."""
    line = lines.line or ""
    for rule, code in _DIAGNOSTICS:
        if TRACEBACK.read(rule, line) is not None:
            notes.append(Note(code, printed(line), Span(lines.start, lines.end)))
            lines.advance()
            return True
    return False


_DIAGNOSTICS = (
    ("runtime_message", "runtime"),
    ("diagnostic", "runtime"),
    ("hexdump_title", "hexdump"),
    ("hexdump", "hexdump"),
    ("fault_address", "runtime"),
)


def _skip_foreign(body: _Body, lines: Lines, reader: FrameReader) -> bool:
    """A line of somebody else between frames, or a frame whose name is none: it becomes an Issue
    and the goroutine goes on.

    Only where frames follow soon, or a file line at once; else the goroutine ends.
    """
    line = lines.line or ""
    if body.created_by is not None or line.startswith("goroutine ") or cause_record(line):
        return False
    if lines.peek() is None and not lines.data.endswith(b"\n") and body.frames:
        body.issues.append(Issue("truncated", "the text ends here", Span(lines.start, lines.end)))
        body.end = lines.end
        lines.advance()
        return True
    nameless = reader.site(lines.peek()) is not None and not line.startswith("\t")
    if not nameless and not _goes_on_soon(lines, reader):
        return False
    failure = TRACEBACK.failure("call", line) if line.endswith(")") else None
    where = "" if failure is None else f" (from column {failure.offset + 1} on)"
    message = f"this line is not understood{where}"
    body.issues.append(Issue("foreign-line", message, Span(lines.start, lines.end)))
    lines.advance()
    if nameless:
        text = "the name of this frame is not understood"
        body.issues.append(Issue("foreign-line", text, Span(lines.start, lines.end)))
        body.end = lines.end
        lines.advance()
    return True


def _goes_on_soon(lines: Lines, reader: FrameReader) -> bool:
    for distance in range(1, SOON + 1):
        below = lines.peek(distance)
        if not below or section_starts(below) or cause_record(below) is not None:
            return False
        if _goes_on(below, lines.peek(distance + 1), reader):
            return True
    return False


def _goes_on(line: str, following: str | None, reader: FrameReader) -> bool:
    if line.startswith("created by ") or TRACEBACK.read("elision", line) is not None:
        return True
    return reader.call(line) is not None and reader.site(following) is not None
