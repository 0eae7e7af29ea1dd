"""Where a dump can begin. Most of a log is none of it: this decides how fast logs are searched."""

from __future__ import annotations

import mmap
import re

WINDOW = 1 << 26  # bytes searched before the pages of a mapped file are let go
LONGEST = 1 << 13  # an anchor's pattern looks no farther ahead
PAGES = 1 << 16  # a multiple of every page size

# `panic: ` and `fatal error: ` may stand anywhere in a line: a program that prints without a
# newline glues its text in front of them. So may the prefix of a logger before `http: panic …`.
_ANYWHERE = (b"panic: ", b"fatal error: ", b"http: panic serving ", b"http2: panic serving ")
_STARTS = (
    rb"goroutine |goroutineleak profile: |threadcreate profile: |runtime stack:|fatal: "
    rb"|SIG[A-Z0-9]+: |Signal [0-9]|PC=0x|Exception 0x|sys: |runtime(?:/cgo)?: |unexpected fault "
    rb"|accessed data from |panic during panic|\[signal |WARNING: D|\[originating from "
    rb"|\t[^\n]{1,4096}:[0-9]+(?: \+0x[0-9a-f]+)?(?: fp=0x[^\n]*)?\r?(?:\n|\Z)"
)
# With the newline before it the pattern begins with one certain byte, for which `re` is fast.
_BEHIND_NEWLINE = re.compile(rb"\n(?=" + _STARTS + rb")")
_FIRST = re.compile(_STARTS)


class Anchors:
    """The anchors of ``data``, asked for in ascending order.

    Each needle is looked for on its own and its next place kept: that is several times faster than
    one pattern of them all.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        mapped: object = data  # what is large is an mmap that answers like bytes (input/files.py)
        can = isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED")
        self._mapped = mapped if can and isinstance(mapped, mmap.mmap) else None
        self._next = dict.fromkeys((*_ANYWHERE, b"\n"), -1)

    def after(self, position: int) -> int | None:
        """The first anchor at or behind ``position``, None where there is none.

        A start of line counts with ``position`` itself: a dump may begin where another one ended.
        """
        nearest = len(self._data)
        for needle, found in self._next.items():
            if found < position:
                found = self._next[needle] = self._find(needle, position)  # noqa: PLW2901
            nearest = min(nearest, found)
        return nearest if nearest < len(self._data) else None

    def _find(self, needle: bytes, position: int) -> int:
        data = self._data
        at_start = position == 0 or data[position - 1] == 10
        if needle == b"\n" and at_start and _FIRST.match(data, position):
            return position
        for start in range(position, len(data), WINDOW):
            stop = start + WINDOW
            if needle == b"\n":
                match = _BEHIND_NEWLINE.search(data, start, stop + LONGEST)
                found = -1 if match is None else match.end()
            else:
                found = data.find(needle, start, stop + len(needle) - 1)
            if found >= 0:
                return found
            self._release(start)
        return len(data)

    def _release(self, start: int) -> None:
        """Let go of the pages of a mapped file behind which the search has passed."""
        if self._mapped is not None:
            start -= start % PAGES
            length = min(WINDOW, len(self._data) - start)
            self._mapped.madvise(mmap.MADV_DONTNEED, start, length)
