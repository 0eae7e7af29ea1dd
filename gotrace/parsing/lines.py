"""The input as lines: where each starts, and its bytes as one character each (latin-1)."""

from __future__ import annotations

from collections.abc import Iterator


class Lines:
    """A cursor over the lines of ``data``. ``line`` is None behind the last one.

    ``start`` and ``end`` are the bytes of the current line without its line end. Lines that were
    looked at in advance are kept until the cursor has passed them; nothing else is.
    """

    def __init__(self, data: bytes, start: int = 0) -> None:
        self.data = data
        self._ahead: list[tuple[int, int, int, str]] = []  # start, end, next line's start, text
        self._next = start
        self.start = self.end = start
        self.line: str | None = None
        self.advance()

    def seek(self, start: int) -> None:
        """Continue with the line that starts at ``start``."""
        self._ahead.clear()
        self._next = start
        self.advance()

    def advance(self, count: int = 1) -> None:
        """Go ``count`` lines on."""
        for _ in range(count):
            if not self._ahead and not self._fill():
                self.start = self.end = len(self.data)
                self.line = None
                return
            self.start, self.end, self.next_start, self.line = self._ahead.pop(0)

    def peek(self, distance: int = 1) -> str | None:
        """The line ``distance`` lines on (1: the next one), None behind the last."""
        while len(self._ahead) < distance:
            if not self._fill():
                return None
        return self._ahead[distance - 1][3]

    def coming(self, limit: int) -> Iterator[str]:
        """The current line and those after it, ``limit`` at most."""
        if self.line is not None:
            yield self.line
        for distance in range(1, limit):
            line = self.peek(distance)
            if line is None:
                return
            yield line

    def _fill(self) -> bool:
        start = self._next
        if start >= len(self.data):
            return False
        stop = self.data.find(b"\n", start)
        if stop < 0:
            stop = self._next = len(self.data)
        else:
            self._next = stop + 1
        end = stop - 1 if stop > start and self.data[stop - 1] == 13 else stop
        self._ahead.append((start, end, self._next, self.data[start:end].decode("latin-1")))
        return True


def printed(text: str) -> str:
    """Latin-1 text as what its bytes mean in UTF-8; other bytes survive as surrogates."""
    if text.isascii():
        return text
    return text.encode("latin-1").decode("utf-8", "surrogateescape")
