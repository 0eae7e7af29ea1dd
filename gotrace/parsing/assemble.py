"""From lines to dumps: everything that spans lines.

Between dumps the text is searched for *anchors*, the starts of lines that a dump can begin with.
From an anchor on, causes and sections (goroutines, registers, notes) are read until something
stands there that no dump holds.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator

from gotrace.model import (
    Cause,
    CauseKind,
    Dump,
    DumpKind,
    Goroutine,
    Issue,
    Note,
    SourceMap,
    Span,
)
from gotrace.parsing import causes as causes_
from gotrace.parsing.anchors import Anchors
from gotrace.parsing.builder import DumpBuilder, finish
from gotrace.parsing.frames import FrameReader
from gotrace.parsing.goroutine import read_diagnostic, read_headless
from gotrace.parsing.lines import Lines, printed
from gotrace.parsing.profile import read_profile
from gotrace.parsing.race import read_race
from gotrace.parsing.records import TRACEBACK
from gotrace.parsing.sections import read_sections

LARGE = 1 << 23  # bytes of a text of which nothing is remembered when it has been read
# A reader that is not in use: the dumps of one log repeat each other's lines.
_spare: list[FrameReader] = []


def dumps(data: bytes, source: str, source_map: SourceMap) -> Iterator[Dump]:
    """All dumps of ``data``, in the order in which they begin."""
    reader = _spare.pop() if _spare else FrameReader()
    try:
        yield from _dumps(data, source, source_map, reader)
    finally:
        if len(data) <= LARGE and not _spare:
            if reader.regular is not None:
                reader.regular.forget()
            _spare.append(reader)


def _dumps(data: bytes, source: str, source_map: SourceMap, reader: FrameReader) -> Iterator[Dump]:
    anchors = Anchors(data)
    floor = passed = 0
    lines: Lines | None = None
    anchor = anchors.after(0)
    while anchor is not None:
        start = max(data.rfind(b"\n", 0, anchor) + 1, floor)
        stop = data.find(b"\n", anchor)
        behind = len(data) if stop < 0 else stop + 1
        if anchor == start < passed:  # an attempt that found nothing has read this line
            anchor = anchors.after(behind)
            continue
        lines = Lines(data, start) if lines is None else lines
        try:
            lines.seek(start)
            builder = _begin(lines, anchor - start, reader, floor)
            dump = None if builder is None else finish(builder, data, source, source_map)
        except Exception as error:
            if os.environ.get("GOTRACE_DEBUG") == "1":
                raise
            anchor = anchors.after(behind)
            floor = len(data) if anchor is None else data.rfind(b"\n", 0, anchor) + 1
            yield finish(_failed(start, max(start, floor - 1), error), data, source, source_map)
            continue
        if dump is None:
            passed = max(passed, lines.start)
            anchor = anchors.after(behind)
            continue
        yield dump
        floor = lines.start if lines.line is not None else len(data)
        anchor = anchors.after(max(floor, anchor + 1))


def _failed(start: int, end: int, error: Exception) -> DumpBuilder:
    """What stands for a dump that an error of ours kept from being read."""
    builder = DumpBuilder(start, DumpKind.FRAMES)
    builder.end = end
    text = f"an error inside gotrace: {type(error).__name__}; GOTRACE_DEBUG=1 shows where"
    builder.issues.append(Issue("internal", text, Span(start, end)))
    return builder


def _begin(lines: Lines, offset: int, reader: FrameReader, floor: int) -> DumpBuilder | None:
    """The dump that begins at the cursor; None where it only looks like one."""
    line = lines.line or ""
    if line.startswith("WARNING: D"):
        return _whole(read_race(lines, floor), lines)
    if " profile: total " in line:
        return _whole(read_profile(lines), lines)
    if line.startswith("\t") and causes_.cause_record(line) is None:
        return _headless(lines, reader, floor)
    builder = DumpBuilder(lines.start, DumpKind.SNAPSHOT)
    if line.startswith("http") or "http: panic serving" in line or "http2: panic serving" in line:
        _read_http(builder, lines)
    else:
        if offset == 0:
            _read_preamble(builder, lines)
        _read_causes(builder, lines, offset)
    read_sections(builder, lines, reader)
    return builder if builder.goroutines or builder.causes or builder.signal else None


def _whole(dump: Dump | None, lines: Lines) -> DumpBuilder | None:
    """A dump that its own module has read."""
    if dump is None:
        return None
    builder = DumpBuilder(dump.span.start, dump.kind)
    builder.end = dump.span.end
    builder.goroutines = list(dump.goroutines)
    builder.notes, builder.issues = list(dump.notes), list(dump.issues)
    builder.location = dump.location
    return builder


def _headless(lines: Lines, reader: FrameReader, floor: int) -> DumpBuilder | None:
    """Frames without a header; the anchor is a file line, its call stands before it."""
    above = lines.data.rfind(b"\n", 0, max(lines.start - 1, 0)) + 1
    if lines.start == 0 or above < floor or lines.data[above] in b"\t\n\r":
        return None
    lines.seek(above)
    builder = DumpBuilder(lines.start, DumpKind.FRAMES)
    section = read_headless(lines, reader)
    if section is None or not _believable(section.goroutine):
        return None
    builder.add(section)
    return builder


def _believable(goroutine: Goroutine) -> bool:
    """Whether frames without a header are frames: a Go file, or an offset, behind a name."""
    for frame in goroutine.frames:
        if frame.site is None:
            continue
        if frame.site.offset is not None or frame.site.file.endswith(
            (".go", ".s", "<autogenerated>")
        ):
            return " " not in frame.function
    return False


def _read_preamble(builder: DumpBuilder, lines: Lines) -> None:
    """What the runtime says before it names the cause."""
    while lines.line and causes_.cause_record(lines.line) is None:
        if not read_diagnostic(lines, builder.notes):
            break


def _read_causes(builder: DumpBuilder, lines: Lines, offset: int) -> None:
    line = lines.line or ""
    if TRACEBACK.read("emergency", line) is not None:
        builder.causes.append(Cause(CauseKind.THROW, printed(line), Span(lines.start, lines.end)))
        builder.kind = DumpKind.FATAL
        builder.end = lines.end
        lines.advance()
        return
    glued = offset if causes_.cause_record(line) is None else 0
    if glued and not _confirmed(lines, glued):
        return
    found = causes_.read_causes(lines, glued)
    if found.causes:
        builder.start += glued
        builder.kind = DumpKind("panic" if found.causes[-1].kind is CauseKind.PANIC else "fatal")
        builder.end = found.causes[-1].span.end
    elif found.signal is None:
        return
    builder.causes.extend(found.causes)
    builder.signal = found.signal
    builder.raw = found.raw
    if found.cut is not None:
        text = "these lines of a long message are left out"
        builder.issues.append(Issue("message-cut", text, found.cut))
    if found.signal is not None:
        builder.kind = DumpKind.PANIC if not found.causes else builder.kind
        builder.end = found.signal.span.end


def _confirmed(lines: Lines, offset: int) -> bool:
    """Whether a cause in the middle of a line is one: a signal or a goroutine follows."""
    if causes_.cause_record((lines.line or "")[offset:]) is None:
        return False
    distance = 1
    while distance < causes_.FAR and (line := lines.peek(distance)) is not None:
        start = lines.starts[lines.index + distance]
        if start < lines.quiet:  # another search has been here: go to where it ended
            at = bisect_left(lines.starts, lines.quiet, lines.index)
            distance = max(distance + 1, min(at, len(lines.texts)) - lines.index)
            continue
        if line.startswith(("[signal ", "\tpanic: ")) or causes_.section_starts(line):
            return True
        if line.startswith(("panic: ", "fatal error: ")):
            return False
        lines.quiet = start + 1
        distance += 1
    return False


def _read_http(builder: DumpBuilder, lines: Lines) -> None:
    """``http: panic serving ADDRESS: MESSAGE``, then a goroutine without a blank line."""
    record = TRACEBACK.read("http_panic", lines.line or "")
    if record is None:
        return
    prefix = record.text("PREFIX") or ""
    start = lines.start + len(prefix)
    message = [record.text("HTTP_MESSAGE") or ""]
    for line in list(lines.coming(causes_.FAR))[1:]:
        if causes_.section_starts(line):
            break
        message.append(line)
    else:
        return
    lines.advance(len(message) - 1)
    end = lines.end
    lines.advance()
    builder.start, builder.end = start, end
    builder.kind = DumpKind.PANIC
    builder.causes.append(
        Cause(CauseKind.PANIC, printed("\n".join(message)), Span(start, end), recovered=True)
    )
    served = f"served {record.text('SERVED')}; the server went on"
    builder.notes.append(Note("http", served, Span(start, end)))
