"""Why the program died: panic and fatal error lines, their messages, signal lines.

A message may hold newlines. Since Go 1.23 the runtime indents what follows them by a tab
(runtime/print.go printindented); before, the text stands as it is and can even look like a
goroutine. Where a message ends is therefore looked for: at a nested panic, a signal line, or a
blank line with a goroutine behind it.
"""

from __future__ import annotations

from gotrace.model import Cause, CauseKind, Signal, Span
from gotrace.parsing.lines import Lines, printed
from gotrace.parsing.records import TRACEBACK, Record
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

FAR = 256  # lines of a message that the runtime did not indent; what is behind them is cut
NEAR = 1 << 16  # bytes that hold FAR lines of most goroutines
FARTHEST = 4096  # lines of an indented message, and how far the end of a cut one is looked for
TYPED_MOST = 1 << 14  # messages longer than this are not split: hostile ones would take long
_MARK = lazy_pattern(r" \[recovered(, repanicked)?\]$")
_OPEN = lazy_pattern(r"[A-Za-z_\x80-\xff](?=[^\"( ]*\.)[^\"( ]*\(\"")
_OTHERS = ("panic: ", "fatal error: ", "SIG", "PC=0x", "WARNING: D", "exit status ")
_GOEXIT = "no goroutines (main called runtime.Goexit)"
_SECTION = lazy_pattern(r"goroutine -?[0-9]+ (?:gp=.*)?\[|runtime stack:$")


class Message(NamedTuple):
    """A message's text, where it ends, and whether all of its further lines are indented."""

    text: str
    end: int
    indented: bool
    raw: bool
    cut: Span | None = None


class Causes(NamedTuple):
    """``raw`` is the span of a message with lines that the runtime did not indent (≤ 1.22),
    ``cut`` that of lines which are left out of a message."""

    causes: tuple[Cause, ...]
    signal: Signal | None
    raw: Span | None
    cut: Span | None = None


def cause_record(line: str) -> Record | None:
    """The line as ``panic: …`` or ``fatal error: …``, with its indentation if it has one."""
    stripped = line.lstrip("\t")
    if stripped.startswith("panic: "):
        return TRACEBACK.read("panic", line)
    if stripped.startswith("fatal error: "):
        return TRACEBACK.read("fatal", line)
    return None


def signal_record(line: str) -> Signal | None:
    """``[signal …]`` without a span; None where the line is none."""
    record = TRACEBACK.read("signal", line) if line.startswith("[signal ") else None
    if record is None:
        return None
    name, _, description = (record.text("SIGNAL_NAME") or "").partition(": ")
    return Signal(
        name or None,
        description or None,
        record.number("SIGNAL_NUMBER"),
        record.number("CODE"),
        record.number("ADDR"),
        record.number("PC"),
        Span(0, 0),
    )


def section_starts(line: str | None) -> bool:
    """Whether a goroutine's header or ``runtime stack:`` stands here."""
    return line is not None and _SECTION.match(line) is not None


def read_causes(lines: Lines, offset: int = 0) -> Causes:
    """All causes from the cursor on, which then stands behind them.

    ``offset`` is where in the first line the cause starts: programs that print without a newline
    glue their text in front of it.
    """
    causes: list[Cause] = []
    raw: Span | None = None
    cut: Span | None = None
    while lines.line is not None:
        record = cause_record(lines.line[offset:])
        if record is None or (causes and "INDENT" not in record.fields and not causes[-1].goexit):
            break
        start = lines.start + offset
        message = _message(lines, record)
        if message.raw:
            raw = Span(start, message.end)
        cut = message.cut or cut
        causes.append(_cause(record, message, start))
        offset = 0
    signal = None if lines.line is None else signal_record(lines.line)
    if signal is not None:
        signal = signal._replace(span=Span(lines.start, lines.end))
        lines.advance()
    return Causes(tuple(causes), signal, raw, cut)


def _message(lines: Lines, record: Record) -> Message:
    """The message that begins in ``record``; the cursor goes behind it."""
    first = record.text("MESSAGE") or record.text("FATAL_MESSAGE") or ""
    end = lines.end
    lines.advance()
    if "RECOVERED" in record.fields and not _continues_mark(lines):
        return Message(first, end, False, False)
    count = _quoted_extent(lines, first) or _extent(lines, fatal=record.rule == "fatal")
    if count == 0:
        return Message(first, end, False, False)
    mark = record.text("RECOVERED") or ""
    rest = list(lines.coming(count))
    indented = all(line.startswith("\t") for line in rest)
    left_out = 0 if indented else max(0, count - FAR)
    shown = [line[1:] for line in rest] if indented else rest[: count - left_out]
    lines.advance(count - left_out - 1)
    end = lines.end
    cut = None
    if left_out:
        lines.advance(left_out)
        cut = Span(end + 1, lines.end)
    lines.advance()
    return Message("\n".join([first + mark, *shown]), end, indented, not indented, cut)


def _continues_mark(lines: Lines) -> bool:
    """Whether ` [recovered]` at the end of the first line is part of a longer message.

    The runtime's own mark ends the message: next comes another panic, a signal or a blank line.
    """
    line = lines.line
    if not line or cause_record(line) is not None or line.startswith("[signal "):
        return False
    return line.startswith("\t")


def _quoted_extent(lines: Lines, first: str) -> int:
    """How many lines belong to ``main.S("…`` whose quote is closed further down; 0: none."""
    if _OPEN.match(first) is None or first.endswith('")'):
        return 0
    for count, line in enumerate(lines.coming(FAR), 1):
        closed = _MARK.sub("", line).endswith('")')
        if closed and _ends_message(lines.peek(count) or "", lines.peek(count + 1)):
            return count
    return 0


def _extent(lines: Lines, *, fatal: bool) -> int:
    """How many lines from the cursor on belong to the message that stands before it."""
    sure = imitation = 0
    for count, line in enumerate(lines.coming(FARTHEST)):
        if count >= FAR and sure < count:
            return _far_extent(lines, count) or sure
        if count < imitation:
            continue
        if line.startswith("\t") and cause_record(line) is None:
            if count == sure:  # nothing but indented lines so far
                sure = count + 1
            continue
        if _ends_message(line, lines.peek(count + 1)):
            imitation = _imitation(lines, count)
            if not imitation:
                return count
            continue
        if fatal and line.startswith("runtime: "):
            return count
        if line.startswith(("panic: ", "fatal error: ", "exit status ")):
            return sure
    return sure


def _far_extent(lines: Lines, count: int) -> int:
    """How many lines belong to a message of more than ``FAR`` raw ones; 0 where that is not sure.

    Only a blank line with a running goroutine behind it, or a signal, ends such a message; what
    begins another dump says that the lines are those of a log.
    """
    for distance in range(count, FARTHEST):
        line = lines.peek(distance)
        if line is None or line.startswith(_OTHERS):
            return 0
        if line.startswith("[signal ") and signal_record(line) is not None:
            return distance
        if section_starts(line):
            crashed = "[running" in line and lines.peek(distance - 1) == ""
            return distance - 1 if crashed else 0
    return 0


def _imitation(lines: Lines, count: int) -> int:
    """Where the imitated goroutine ends that begins ``count`` lines on; 0: it is a real one.

    It is text of the message where ``exit status N`` stands below it with another goroutine right
    behind: the program that printed the real one was still alive.
    """
    start = lines.starts[lines.index + count]
    near = lines.data[start : start + NEAR]
    # Hardly ever does such a line follow, and a search of bytes says so sooner than a look at each.
    if near.find(b"\nexit status ") < 0 and (len(near) < NEAR or near.count(b"\n") >= FAR):
        return 0
    for distance in range(count + 1, count + FAR):
        line = lines.peek(distance)
        if line is None or cause_record(line) is not None:
            return 0
        if line.startswith("exit status "):
            real = lines.peek(distance + 1) == "" and section_starts(lines.peek(distance + 2))
            return distance + 1 if real else 0
    return 0


def _ends_message(line: str, following: str | None) -> bool:
    if line == "":
        return section_starts(following)
    record = cause_record(line)
    if record is not None:
        return "INDENT" in record.fields
    return (line.startswith("[signal ") and signal_record(line) is not None) or section_starts(line)


def _cause(record: Record, message: Message, start: int) -> Cause:
    text = message.text
    mark = record.text("RECOVERED") if "\n" not in text else None
    found = _MARK.search(text)
    if mark is None and record.rule == "panic" and found is not None:
        mark, text = found[0], text[: found.start()]
    kind = CauseKind.PANIC if record.rule == "panic" else CauseKind.FATAL
    type_, value = _typed(text) if kind is CauseKind.PANIC else (None, None)
    return Cause(
        kind,
        printed(text),
        Span(start, message.end),
        type_,
        value,
        recovered=mark is not None,
        repanicked=mark is not None and "repanicked" in mark,
        goexit=kind is CauseKind.FATAL and text.startswith(_GOEXIT),
        indented=message.indented,
    )


def _typed(text: str) -> tuple[str | None, str | None]:
    """``main.MyErr("x")`` and ``(main.T) 0x…`` as type and value."""
    if len(text) > TYPED_MOST or (not text.endswith(")") and not text.startswith("(")):
        return None, None
    record = TRACEBACK.read("value", text)
    if record is None:
        return None, None
    typed, boxed = record.text("TYPED"), record.text("BOXED")
    if typed is not None:
        return printed(typed), printed(record.text("LITERAL") or "")
    return printed((boxed or "")[1:-1]), record.text("ADDRESS")
