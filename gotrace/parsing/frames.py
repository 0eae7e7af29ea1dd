"""Frames: call lines, file lines and what else stands in a goroutine's stack.

A line that was read once is remembered: dumps repeat their frames.
"""

from __future__ import annotations

from typing import Any

from gotrace.model import Absence, AbsenceReason, Call, Frame, Group, Item, Site, Word
from gotrace.parsing.lines import Lines, printed
from gotrace.parsing.records import TRACEBACK, Record

MEMORY = 1 << 16  # lines remembered; forgotten all at once, so that memory stays bounded


class FrameReader:
    """Reads frames and shares equal calls and sites between them."""

    def __init__(self) -> None:
        self._calls: dict[str, Call | None] = {}
        self._sites: dict[str, tuple[Site, int | None, int | None, int | None] | None] = {}

    def call(self, line: str) -> Call | None:
        """``f(args)`` as a Call, None where the line is none."""
        try:
            return self._calls[line]
        except KeyError:
            if len(self._calls) > MEMORY:
                self._calls.clear()
            record = TRACEBACK.read("call", line)
            found = self._calls[line] = None if record is None else _call(record)
            return found

    def bare_call(self, line: str) -> Call | None:
        """A function name alone, as loggers and gccgo print it."""
        if "." not in line or TRACEBACK.read("bare_call", line) is None:
            return None
        return Call(printed(line), (), False, "", len(line), len(line), parenthesised=False)

    def site(self, line: str | None) -> tuple[Site, int | None, int | None, int | None] | None:
        """A file line as its Site with fp, sp and pc; None where the line is none."""
        if line is None or not line.startswith("\t"):
            return None
        # fp, sp and pc differ from frame to frame: what repeats is the part before them.
        cut = line.find(" fp=0x")
        key = line if cut < 0 else line[:cut]
        if cut < 0 and key in self._sites:
            return self._sites[key]
        record = TRACEBACK.read("site", line)
        if record is None:
            return None
        known = self._sites.get(key)
        if known is None:
            if len(self._sites) > MEMORY:
                self._sites.clear()
            known = self._sites[key] = (site_of(record), None, None, None)
        if cut < 0:
            return known
        return known[0], record.number("FP"), record.number("SP"), record.number("PC")

    def frame(self, lines: Lines) -> Frame | None:
        """The frame at the cursor, which then stands behind it; None where there is none."""
        line = lines.line
        assert line is not None
        call = self.call(line)
        site = self.site(lines.peek()) if call is not None or "." in line else None
        if call is None:
            call = self.bare_call(line) if site is not None else None
            if call is None:
                return self._c_frame(lines)
        start = end = lines.start
        end = lines.end
        lines.advance()
        if site is None:
            return Frame(call, None, start, end, end)
        frame = Frame(call, site[0], start, lines.start, lines.end, *site[1:])
        lines.advance()
        return frame

    def _c_frame(self, lines: Lines) -> Frame | None:
        """A frame of C: one line without a symbolizer, a name and ``pc=`` with one."""
        line, start = lines.line or "", lines.start
        single = TRACEBACK.read("c_frame", line)
        if single is not None:
            end = lines.end
            lines.advance()
            name = "non-Go function"
            call = Call(name, (), False, "", len(name), len(name), parenthesised=False)
            return Frame(call, None, start, end, end, pc=single.number("PC"), language="c")
        below = lines.peek()
        if not below or "pc=0x" not in below or not line or line.startswith("\t"):
            return None
        record = TRACEBACK.read("c_site", below)
        if record is None:
            return None
        call = Call(printed(line), (), False, "", len(line), len(line), parenthesised=False)
        file = record.text("C_FILE")
        site = None if file is None else Site(printed(file), record.number("LINE") or 0, None)
        lines.advance()
        frame = Frame(
            call, site, start, lines.start, lines.end, pc=record.number("PC"), language="c"
        )
        lines.advance()
        return frame


def site_of(record: Record) -> Site:
    """The Site that a file line gives."""
    file, line = record.text("FILE"), record.number_of_line("LINE")
    assert file is not None
    return Site(printed(file), line, record.number("OFFSET"))


def _call(record: Record) -> Call:
    name_end = record.fields["FUNCTION"][1]
    function = printed(record.line[:name_end])
    arguments = record.line[name_end + 1 : -1]
    hole = record.holes.get("arguments")
    items = () if hole is None else _items(hole, record.line)
    inlined = arguments == "..."
    return Call(function, items, inlined, arguments, name_end, len(record.line))


def _items(node: Any, line: str) -> tuple[Item, ...]:
    """An ``arguments`` node as items."""
    return tuple(_item(item[3][0], line) for item in node[3])


def _item(node: Any, line: str) -> Item:
    name, start, end = node[:3]
    match name:
        case "CUT":
            return Absence(AbsenceReason.CUT, start, end)
        case "TOO_FAR":
            return Absence(AbsenceReason.TOO_FAR, start, end)
        case "group":
            inner = node[3][0] if node[3] else None
            return Group(() if inner is None else _items(inner, line), start, end)
    hex_ = node[3][0]
    value = int(line[hex_[1] : hex_[2]], 16)
    return Word(value, len(node[3]) == 2, hex_[1], hex_[2])
