"""The sections of a dump: goroutines, signal blocks, registers, and what may stand between."""

from __future__ import annotations

from gotrace.model import DumpKind, Issue, Register, Signal, Span
from gotrace.parsing import causes as causes_
from gotrace.parsing.builder import DumpBuilder, Relay
from gotrace.parsing.frames import FrameReader
from gotrace.parsing.goroutine import read_diagnostic, read_goroutine, read_headless
from gotrace.parsing.lines import Lines
from gotrace.parsing.records import TRACEBACK, Record

SMALL = 1 << 14  # bytes below which it does not pay to compile the patterns of regular.py
FAR = 64  # foreign lines that may stand between two goroutines of a crash
NEAR = 1 << 14  # bytes that hold as many lines of most logs


def read_sections(builder: DumpBuilder, lines: Lines, reader: FrameReader) -> None:
    """Read sections into ``builder`` until something stands there that no dump holds."""
    while lines.line is not None:
        blank = _blanks(lines)
        if blank and not _section_at(lines, blank, builder):
            return
        lines.advance(blank)
        if not (
            _read_regular(builder, lines, reader, blank)
            or _read_goroutine(builder, lines, reader, blank)
            or _read_signal_block(builder, lines)
            or _read_registers(builder, lines)
            or _read_epilogue(builder, lines)
            or _read_noted(builder, lines)
            or _skip_foreign(builder, lines)
        ):
            return


def _blanks(lines: Lines) -> int:
    """How many blank lines stand at the cursor, counted up to three."""
    count = 0
    for line in lines.coming(3):
        if line != "":
            break
        count += 1
    return count


def _section_at(lines: Lines, distance: int, builder: DumpBuilder) -> bool:
    """Whether what stands behind the blank lines can still belong to this dump."""
    line = lines.peek(distance)
    if line is None:
        return False
    if causes_.section_starts(line):
        return True
    if builder.kind is DumpKind.SNAPSHOT and not builder.signal:
        return False
    return (
        TRACEBACK.read("registers", line) is not None
        or line == "-----"
        or line.startswith(("SIG", "PC=0x", "[signal ", "signal arrived ", "instruction bytes:"))
        or TRACEBACK.read("exit_status", line) is not None
        or (not builder.goroutines and TRACEBACK.read("call", line) is not None)
    )


def _read_signal_block(builder: DumpBuilder, lines: Lines) -> bool:
    """``SIGQUIT: quit``, ``PC=… m=… sigcode=…`` and what stands with them."""
    title = _title(lines)
    if title is not None and not _starts_block(builder, lines):
        return False
    start = lines.start
    place = TRACEBACK.read("pc_line", (lines.peek() if title else lines.line) or "")
    if place is None:
        return False
    if title is not None:
        lines.advance()
    m = None if place.text("M") in (None, "nil") else place.number_of_line("M")
    sigcode = None if place.text("SIGCODE") is None else place.number_of_line("SIGCODE")
    pc = place.number("PC")
    builder.relayed = Relay(m, pc, sigcode, len(builder.goroutines), len(builder.registers))
    if builder.signal is None and title is not None:
        builder.signal = _signal(title, place, sigcode, Span(start, lines.end))
    if not builder.causes and not builder.goroutines:
        builder.kind = DumpKind.SIGNAL
    builder.note("signal", lines)
    while lines.line and (
        TRACEBACK.read("arrived", lines.line) or TRACEBACK.read("instruction_bytes", lines.line)
    ):
        builder.note("signal", lines)
    return True


def _title(lines: Lines) -> Record | None:
    """What names the signal: ``SIGQUIT: quit``, ``Exception 0x…``, a note of Plan 9."""
    line = lines.line or ""
    if line.startswith("Exception "):
        return TRACEBACK.read("exception", line)
    return TRACEBACK.read("signal_title", line) if line[:3] in {"SIG", "Sig", "sys"} else None


def _starts_block(builder: DumpBuilder, lines: Lines) -> bool:
    """Whether the title begins a block of this dump: behind goroutines only in a relay."""
    if not (lines.peek() or "").startswith("PC="):
        return False
    in_relay = any(n.code == "relay" for n in builder.notes)
    return not builder.goroutines or builder.kind is DumpKind.SIGNAL or in_relay


def _signal(title: Record, place: Record, sigcode: int | None, span: Span) -> Signal:
    exception = title.rule == "exception"
    return Signal(
        title.text("TITLE"),
        "exception" if exception else title.text("TITLE_TEXT") or title.text("NOTE_TEXT"),
        title.number("CODE") if exception else title.number("TITLE_NUMBER"),
        title.number("INFO0") if exception else sigcode,
        place.number("ADDR"),
        place.number("PC"),
        span,
    )


def _read_registers(builder: DumpBuilder, lines: Lines) -> bool:
    """A block of register lines; it ends the block of a thread."""
    read = False
    while lines.line and (record := TRACEBACK.read("registers", lines.line)) is not None:
        for name, value in (("REGISTER", "VALUE"), ("REGISTER2", "VALUE2")):
            text = record.text(name)
            if text is not None:
                builder.registers.append(Register(text, record.number(value) or 0))
        builder.end = lines.end
        lines.advance()
        read = True
    if read and builder.relayed is not None:
        builder.end_thread()
    return read


def _read_regular(builder: DumpBuilder, lines: Lines, reader: FrameReader, blank: int) -> bool:
    """Many goroutines at once, where they are regular and it is worth it."""
    if len(lines.data) - lines.start < SMALL or not (lines.line or "").startswith("goroutine "):
        return False
    if builder.kind is DumpKind.SNAPSHOT and builder.goroutines and not blank:
        return False
    from gotrace.parsing.regular import RegularReader  # noqa: PLC0415 - compiles patterns

    if reader.regular is None:
        reader.regular = RegularReader(reader)
    found = reader.regular.read(lines)
    if found:
        builder.goroutines.extend(found)
        builder.end = max(builder.end, found[-1].span.end)
    return bool(found)


def _read_goroutine(builder: DumpBuilder, lines: Lines, reader: FrameReader, blank: int) -> bool:
    line = lines.line or ""
    if causes_.section_starts(line):
        if builder.kind is DumpKind.SNAPSHOT and builder.goroutines and not blank:
            return False
        start = lines.start
        section = read_goroutine(lines, reader)
        if section is None:
            builder.issues.append(
                Issue(
                    "bad-header", "this goroutine header is not understood", Span(start, lines.end)
                )
            )
            builder.end = lines.end
            lines.advance()
            section = read_headless(lines, reader) if lines.line else None
            if section is None:
                return True
    elif (
        not builder.goroutines
        and reader.call(line) is not None
        and (reader.site(lines.peek()) is not None)
    ):
        section = read_headless(lines, reader)
        if section is None:
            return False
    else:
        return False
    builder.add(section)
    return True


def _read_epilogue(builder: DumpBuilder, lines: Lines) -> bool:
    """``exit status 2`` of go run; the shell's word on the signal."""
    if builder.kind in {DumpKind.SNAPSHOT, DumpKind.FRAMES}:
        return False
    if TRACEBACK.read("exit_status", lines.line or "") is None:
        return False
    builder.note("exit", lines)
    return True


def _read_noted(builder: DumpBuilder, lines: Lines) -> bool:
    line = lines.line or ""
    if line == "-----" and builder.kind is not DumpKind.SNAPSHOT:
        builder.note("relay", lines)
        return True
    if not (builder.causes or builder.signal or builder.goroutines):
        return False
    if read_diagnostic(lines, builder.notes):
        builder.end = builder.notes[-1].span.end
        return True
    return False


def _skip_foreign(builder: DumpBuilder, lines: Lines) -> bool:
    """Lines of others (gctrace, other writers) inside a crash: each becomes an Issue.

    Only where a goroutine that this dump does not have follows soon.
    """
    if not builder.causes and builder.signal is None:
        return False
    if not _section_near(lines):
        return False
    known = {g.id for g in builder.goroutines}
    count = 0
    for line in lines.coming(FAR):
        if causes_.section_starts(line):
            record = TRACEBACK.read("header", line)
            if count == 0 or (record is not None and record.number_of_line("GOID") in known):
                return False
            break
        if causes_.cause_record(line) is not None or line.startswith(("WARNING: D", "SIG")):
            return False
        count += 1
    else:
        return False
    for _ in range(count):
        if lines.line:
            span = Span(lines.start, lines.end)
            builder.issues.append(Issue("foreign-line", "this line is not of the runtime", span))
            builder.end = lines.end
        lines.advance()
    return True


def _section_near(lines: Lines) -> bool:
    """Whether a section may stand among the next lines: a search of bytes says sooner that none
    does than a look at each."""
    near = lines.data[lines.start : lines.start + NEAR]
    if b"\ngoroutine " in near or b"\nruntime stack:" in near:
        return True
    return near.startswith((b"goroutine ", b"runtime stack:")) or near.count(b"\n") < FAR
