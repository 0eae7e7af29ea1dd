"""Where a dump can begin. Most of a log is none of it: this decides how fast logs are searched."""

from __future__ import annotations

import re

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
        if needle != b"\n":
            found = data.find(needle, position)
            return len(data) if found < 0 else found
        if (position == 0 or data[position - 1] == 10) and _FIRST.match(data, position):
            return position
        match = _BEHIND_NEWLINE.search(data, position)
        return len(data) if match is None else match.end()
