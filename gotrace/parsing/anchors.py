"""Where a dump can begin. Most of a log is none of it: this decides how fast logs are searched."""

from __future__ import annotations

import mmap

from gotrace.patterns import lazy_pattern

WINDOW = 1 << 26  # bytes searched before the pages of a mapped file are let go
LONGEST = 1 << 13  # an anchor's pattern looks no farther ahead
PAGES = 1 << 16  # a multiple of every page size

# `panic: ` and `fatal error: ` may stand anywhere in a line: a program that prints without a
# newline glues its text in front of them. So may the prefix of a logger before `http: panic …`.
# Only what a goroutine or a signal follows is one, so they are looked for before those.
_ANYWHERE = (b"panic: ", b"fatal error: ", b"http: panic serving ", b"http2: panic serving ")
_STARTS = (
    rb"panic: |fatal error: |https?2?: panic serving |goroutine |goroutineleak profile: "
    rb"|threadcreate profile: |runtime stack:|fatal: "
    rb"|SIG[A-Z0-9]+: |Signal [0-9]|PC=0x|Exception 0x|sys: |runtime(?:/cgo)?: |unexpected fault "
    rb"|accessed data from |panic during panic|\[signal |WARNING: D|\[originating from "
    rb"|\t[^\n]{1,4096}:[0-9]+(?: \+0x[0-9a-f]+)?(?: fp=0x[^\n]*)?\r?(?:\n|\Z)"
)
# What each of them begins with. None ends as another begins: a search for all would miss that one.
HEADS = (
    b"panic: ", b"panic d", b"fatal error: ", b"fatal: ", b"htt", b"goroutine ",
    b"goroutineleak profile: ", b"threadcreate profile: ", b"runtime", b"SIG", b"Signal ",
    b"PC=0x", b"Exception 0x", b"sys: ", b"unexpected fault ", b"accessed data from ",
    b"[signal ", b"WARNING: D", b"[originating from ", b"\t",
)  # fmt: skip
# The bytes of that: one look at a byte rules out nearly all lines of a log.
_FIRSTS = rb"[pfhgtrSPEsua\[W\t]"
_CONFIRM = {b"goro", b"runt", b"[sig"}
FAR = 1 << 15  # bytes before a goroutine in which its cause is looked for within the lines
# With the newline before it the pattern begins with one certain byte, for which `re` is fast.
_BEHIND_NEWLINE = lazy_pattern(rb"\n(?=" + _FIRSTS + rb")(?=" + _STARTS + rb")")
_FIRST = lazy_pattern(_STARTS)


def is_line_anchor(data: bytes, start: int) -> bool:
    """Whether the line that begins at ``start`` is one."""
    return _FIRST.match(data, start) is not None


def line_anchors(data: bytes) -> list[int]:
    """The anchors at the starts of lines of ``data``, which begins with one."""
    first = [0] if _FIRST.match(data) else []
    return [*first, *(m.end() for m in _BEHIND_NEWLINE.finditer(data))]


class Anchors:
    """The anchors of ``data``, asked for in ascending order.

    Most of a log is passed over once, by one pattern; the needles that may stand anywhere are
    looked for only before what must follow them.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        mapped: object = data  # what is large is an mmap that answers like bytes (input/files.py)
        can = isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED")
        self._mapped = mapped if can and isinstance(mapped, mmap.mmap) else None
        self._line = -1  # the next anchor at the start of a line

    def after(self, position: int) -> int | None:
        """The first anchor at or behind ``position``, None where there is none.

        A start of line counts with ``position`` itself: a dump may begin where another one ended.
        """
        if self._line < position:
            self._line = self._find(position)
        line = self._line
        if line < len(self._data) and self._data[line : line + 4] in _CONFIRM:
            low = max(position, line - FAR)
            stretch = self._data[low:line]
            places = [p for n in _ANYWHERE if (p := stretch.find(n)) >= 0]
            if places:
                return low + min(places)
        return line if line < len(self._data) else None

    def _find(self, position: int) -> int:
        data = self._data
        at_start = position == 0 or data[position - 1] == 10
        if at_start and _FIRST.match(data, position):
            return position
        for start in range(position, len(data), WINDOW):
            match = _BEHIND_NEWLINE.search(data, start, start + WINDOW + LONGEST)
            if match is not None:
                return match.end()
            self._release(start)
        return len(data)

    def _release(self, start: int) -> None:
        """Let go of the pages of a mapped file behind which the search has passed."""
        if self._mapped is not None:
            start -= start % PAGES
            length = min(WINDOW, len(self._data) - start)
            self._mapped.madvise(mmap.MADV_DONTNEED, start, length)
