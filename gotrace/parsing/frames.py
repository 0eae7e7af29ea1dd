"""Frames: call lines, file lines and what else stands in a goroutine's stack.

A line that was read once is remembered: dumps repeat their frames.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gotrace.model import Absence, AbsenceReason, Call, Frame, Site
from gotrace.parsing.arguments import HEX, ZERO, ArgumentReader
from gotrace.parsing.header import DIGITS, HeaderReader
from gotrace.parsing.lines import Lines, printed
from gotrace.parsing.records import TRACEBACK

if TYPE_CHECKING:
    from gotrace.parsing.regular import RegularReader

MEMORY = 1 << 16  # lines remembered; forgotten all at once, so that memory stays bounded

Placed = tuple[Site, int | None, int | None, int | None]  # a site with fp, sp and pc
_new = tuple.__new__  # skips NamedTuple's own __new__, which takes twice the time
_SITE_STARTS = ("\t", " ")
_IN_GOROUTINE = " in goroutine "  # the id differs from line to line, what stands before it repeats


class FrameReader:
    """Reads frames and shares equal calls and sites between them."""

    def __init__(self) -> None:
        self._calls: dict[str, Call | None] = {}
        self._functions: dict[str, str | None] = {}
        self._sites: dict[str, Placed | None] = {}
        self._tails: dict[tuple[str, ...], bool] = {}
        self._creators: dict[str, tuple[str, int | None] | None] = {}
        self.arguments = ArgumentReader()
        self.headers = HeaderReader()
        self.regular: RegularReader | None = None  # made where it pays

    def call(self, line: str) -> Call | None:
        """``f(args)`` as a Call, None where the line is none."""
        try:
            return self._calls[line]
        except KeyError:
            if len(self._calls) > MEMORY:
                self._calls.clear()
            found = self._calls[line] = self._call(line)
            return found

    def _call(self, line: str) -> Call | None:
        # The rule `call` in two parts, each of which repeats: a name ends at the last parenthesis
        # of the line, because argument text holds none.
        name_end = line.rfind("(")
        if name_end < 0 or line[-1] != ")":
            return None
        function = self.function(line[:name_end])
        if function is None:
            return None
        arguments = line[name_end + 1 : -1]
        items = self.arguments.read(arguments, name_end + 1)
        if items is None:
            return None
        inlined = arguments == "..."
        if inlined:
            items = (Absence(AbsenceReason.INLINED, name_end + 1, name_end + 4),)
        return _new(Call, (function, items, inlined, arguments, name_end, len(line), True))

    def function(self, name: str) -> str | None:
        """The function's name as text, None where ``name`` is none."""
        try:
            return self._functions[name]
        except KeyError:
            if len(self._functions) > MEMORY:
                self._functions.clear()
            known = TRACEBACK.match("call", name + "()") is not None
            found = self._functions[name] = printed(name) if known else None
            return found

    def odd_call(self, line: str) -> Call | None:
        """A call whose arguments are not understood, or which is cut off inside of them: its name,
        and that numbers are missing."""
        name_end = line.rfind("(")
        closed = line.endswith(")")
        text = line[name_end + 1 : -1] if closed else line[name_end + 1 :]
        if name_end < 0 or ")" in text:
            return None
        # What stands between the parentheses may be longer than any pattern reads.
        short = f"{line[: name_end + 1]}{text[:1]}{')' if closed else ''}"
        if TRACEBACK.read("odd_call" if closed else "cut_call", short) is None:
            return None
        lost = Absence(AbsenceReason.TRUNCATED, name_end + 1, name_end + 1 + len(text))
        return Call(printed(line[:name_end]), (lost,), False, printed(text), name_end, len(line))

    def bare_call(self, line: str) -> Call | None:
        """A function name alone, as loggers and gccgo print it."""
        if "." not in line or TRACEBACK.read("bare_call", line) is None:
            return None
        return Call(printed(line), (), False, "", len(line), len(line), parenthesised=False)

    def site(self, line: str | None) -> Placed | None:
        """A file line as its Site with fp, sp and pc; None where the line is none."""
        if not line or line[0] not in _SITE_STARTS:
            return None
        # fp, sp and pc differ from frame to frame: what repeats is the part before them.
        cut = line.find(" fp=0x")
        if cut >= 0:
            known = self.site(line[:cut])
            pointers = self.pointers(line[cut:])
            if known is not None and pointers is not None and known[1] is None:
                return (known[0], *pointers)
            match = TRACEBACK.match("site", line)
            return None if match is None else _placed(match)
        try:
            return self._sites[line]
        except KeyError:
            if len(self._sites) > MEMORY:
                self._sites.clear()
            match = TRACEBACK.match("site", line)
            found = self._sites[line] = None if match is None else _placed(match)
            return found

    def pointers(self, text: str) -> tuple[int | None, int | None, int | None] | None:
        """`` fp=0x… sp=0x… pc=0x…``, the end of a file line; its shape is read once."""
        if ":" in text:  # a file's name goes on
            return None
        parts = HEX.split(text)
        shape = tuple(parts[::2])
        known = self._tails.get(shape)
        if known is None:
            line = "\tf:1" + ZERO.join(shape)
            known = self._tails[shape] = TRACEBACK.read("site", line) is not None
        if not known:
            return None
        fp, *rest = (int(n, 16) for n in parts[1::2])
        sp, pc = (*rest, None, None)[:2]
        return fp, sp, pc

    def creator(self, line: str) -> tuple[str, int | None] | None:
        """``created by f in goroutine N`` as function and goroutine; None if it is none."""
        head, _, id_ = line.rpartition(_IN_GOROUTINE)
        if head and len(id_) <= DIGITS and id_.isdecimal():
            known = self._creator(head)
            if known is not None and known[1] is None:
                return known[0], int(id_)
        return self._creator(line)

    def _creator(self, line: str) -> tuple[str, int | None] | None:
        try:
            return self._creators[line]
        except KeyError:
            if len(self._creators) > MEMORY:
                self._creators.clear()
            record = TRACEBACK.read("created_by", line)
            found: tuple[str, int | None] | None = None
            if record is not None:
                id_ = None if record.text("GOID") is None else record.number_of_line("GOID")
                found = printed(record.text("CREATOR") or ""), id_
            self._creators[line] = found
            return found

    def header(self, line: str) -> dict[str, Any] | None:
        """The fields of a Goroutine that its header gives; None where the line is none."""
        return self.headers.read(line)

    def run(self, lines: Lines) -> list[Frame]:
        """The ordinary frames from the cursor on, which then stands behind them.

        It stops, not only where they end, but also at the end of the lines at hand: what it
        leaves is for :meth:`frame`.
        """
        texts, starts, index = lines.texts, lines.starts, lines.index
        calls, sites, last = self._calls, self._sites, len(texts) - 1
        frames: list[Frame] = []
        while index < last:
            text, below = texts[index], texts[index + 1]
            call = calls[text] if text in calls else self.call(text)
            if call is None:
                break
            placed = sites[below] if below in sites else self.site(below)
            if placed is None:
                break
            site, fp, sp, pc = placed
            place = starts[index + 1]
            end = place + len(below)
            frames.append(_new(Frame, (call, site, starts[index], place, end, fp, sp, pc, "go")))
            index += 2
        if frames:
            lines.move(index)
        return frames

    def frame(self, lines: Lines) -> Frame | None:
        """The frame at the cursor, which then stands behind it; None where there is none."""
        line = lines.line
        assert line is not None
        call = self.call(line)
        site = self.site(lines.peek())
        if call is None and site is not None:
            call = self.odd_call(line) or self.bare_call(line)
        if call is None:
            return self._c_frame(lines)
        start, end = lines.start, lines.end
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
            call = Call(name, (), False, "", len(name), len(line), parenthesised=False)
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


def _placed(match: re.Match[str]) -> Placed:
    """The Site that a file line gives, with fp, sp and pc."""
    file, line, *numbers = match.group("FILE", "LINE", "OFFSET", "FP", "SP", "PC")
    offset, fp, sp, pc = (None if n is None else int(n, 16) for n in numbers)
    return Site(printed(file), int(line), offset), fp, sp, pc
