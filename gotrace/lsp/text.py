"""A document as its lines, in UTF-8: an edit touches a few of them, whatever the document's size.

A line ends with \\n, \\r\\n or \\r, as the protocol says, and keeps its end; the last one has none.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from gotrace.lsp.positions import Encoding, byte_of, units
from gotrace.tuples import NamedTuple

Place = tuple[int, int]  # line and column, from 0, the column in units of the client


class Edit(NamedTuple):
    """Lines ``first`` to ``last`` (exclusive) became ``made`` lines, ``delta`` bytes longer."""

    first: int
    last: int
    made: int
    delta: int


class Text:
    """The text of a document. Only the thread that made it may change it."""

    def __init__(self, text: str, encoding: Encoding) -> None:
        self.encoding = encoding
        self.lines = _lines(encoded(text))
        self._starts: list[int] | None = None

    @property
    def starts(self) -> list[int]:
        """The byte where each line begins, and the size."""
        if self._starts is None:
            self._starts = list(accumulate(map(len, self.lines), initial=0))
        return self._starts

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self.starts[-1]

    def change(self, start: Place, end: Place, text: str) -> Edit:
        """Replace what stands between two places; places beyond the end are the end."""
        (first, before), (last, behind) = sorted((self._clamp(start), self._clamp(end)))
        if before == 0 and first and self.lines[first - 1].endswith(b"\r"):
            first -= 1  # a \n that comes behind it makes one line end of both
            before = len(self.lines[first])
        head, tail = self.lines[first][:before], self.lines[last][behind:]
        made = (head + encoded(text) + tail).splitlines(keepends=True)
        if last == len(self.lines) - 1 and (not made or made[-1].endswith((b"\n", b"\r"))):
            made.append(b"")
        old = self.lines[first : last + 1]
        self.lines[first : last + 1] = made
        self._starts = None
        delta = sum(map(len, made)) - sum(map(len, old))
        return Edit(first, last + 1, len(made), delta)

    def _clamp(self, place: Place) -> tuple[int, int]:
        """The line, and the byte in it."""
        line, column = place
        if line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = max(0, line)
        return line, byte_of(self.lines[line], column, self.encoding)

    def place(self, offset: int) -> Place:
        """Where a byte stands."""
        line = min(self.line_of(offset), len(self.lines) - 1)
        inside = offset - self.starts[line]
        text = self.lines[line]
        end = len(text.rstrip(b"\r\n"))
        return line, units(text[: min(inside, end)], self.encoding)

    def line_of(self, offset: int) -> int:
        """The line that holds a byte."""
        return max(0, bisect_right(self.starts, offset, hi=len(self.lines)) - 1)

    def offset(self, place: Place) -> int:
        """The byte at a place."""
        line, inside = self._clamp(place)
        return self.starts[line] + inside

    def bytes_of(self, first: int, last: int) -> bytes:
        """Lines ``first`` to ``last`` (exclusive)."""
        return b"".join(self.lines[first:last])


def encoded(text: str) -> bytes:
    """UTF-8; half of a surrogate pair, which no encoding has, becomes one other character."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


def _lines(data: bytes) -> list[bytes]:
    found = data.splitlines(keepends=True)  # of bytes: at \n, \r and \r\n only
    if not found or found[-1].endswith((b"\n", b"\r")):
        found.append(b"")
    return found
