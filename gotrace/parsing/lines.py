"""The input as lines: where each starts, and its bytes as one character each (latin-1)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

FIRST = 1 << 8  # bytes split into lines behind a seek: most anchors in a log are none
MOST = 1 << 17  # bytes split at once where the reading goes on


class Lines:
    """A cursor over the lines of ``data``. ``line`` is None behind the last one.

    ``start`` and ``end`` are the bytes of the current line without its line end. The text is split
    block by block, and blocks that the cursor has passed are forgotten: memory stays bounded.
    """

    def __init__(self, data: bytes, start: int = 0) -> None:
        self.data = data
        self.quiet = 0  # no line that begins before this byte confirms a cause (assemble.py)
        self._restart(start)

    def seek(self, start: int) -> None:
        """Continue with the line that starts at ``start``; the block at hand may hold it."""
        index = bisect_left(self.starts, start)
        if index < len(self.texts) and self.starts[index] == start:
            self.move(index)
        else:
            self._restart(start)

    def _restart(self, start: int) -> None:
        self.texts: list[str] = []  # the block: its lines, and where each of them starts
        self.starts: list[int] = [start]
        self.index = 0
        self._size = FIRST
        self.move(0)

    def move(self, index: int) -> None:
        """Make line ``index`` of the block the current one; behind the block, split the next."""
        while index >= len(self.texts):
            passed = self._fill()
            if passed is None:
                self.index = len(self.texts)
                self.start = self.end = len(self.data)
                self.line: str | None = None
                return
            index -= passed
        self.index = index
        self.line = text = self.texts[index]
        self.start = start = self.starts[index]
        self.end = start + len(text)

    def advance(self, count: int = 1) -> None:
        """Go ``count`` lines on."""
        self.move(self.index + count)

    def peek(self, distance: int = 1) -> str | None:
        """The line ``distance`` lines on (1: the next one), None behind the last."""
        while self.index + distance >= len(self.texts):
            if self._fill() is None:
                return None
        return self.texts[self.index + distance]

    def coming(self, limit: int) -> Iterator[str]:
        """The current line and those after it, ``limit`` at most."""
        if self.line is not None:
            yield self.line
        for distance in range(1, limit):
            line = self.peek(distance)
            if line is None:
                return
            yield line

    def _fill(self) -> int | None:
        """Split the next block and forget the lines before the current one.

        How many were forgotten; None where the data ends.
        """
        start = self.starts[-1]
        if start >= len(self.data):
            return None
        stop = self.data.rfind(b"\n", start, start + self._size)
        if stop < 0:
            stop = self.data.find(b"\n", start)
        raw = self.data[start : len(self.data) if stop < 0 else stop]
        self._size = min(2 * self._size, MOST)
        texts = raw.decode("latin-1").split("\n")
        starts = list(accumulate((len(t) + 1 for t in texts), initial=start))
        if b"\r" in raw:
            texts = [t[:-1] if t.endswith("\r") else t for t in texts]
        passed = min(self.index, len(self.texts))
        self.texts = self.texts[passed:] + texts
        self.starts = self.starts[passed:-1] + starts
        self.index -= passed
        return passed


def printed(text: str) -> str:
    """Latin-1 text as what its bytes mean in UTF-8; other bytes survive as surrogates."""
    if text.isascii():
        return text
    return text.encode("latin-1").decode("utf-8", "surrogateescape")
