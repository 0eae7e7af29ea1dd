"""Where bytes lie: lines and columns of the original file."""

from __future__ import annotations

from bisect import bisect_right

from gotrace.model import Location, Span

STEP = 1 << 16  # bytes between the line counts that are kept


class PlainMap:
    """The map of a file that nothing was wrapped round: offsets are what they are.

    Lines are counted on demand, from the nearest kept count; a column counts code points, an
    invalid byte as one.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._starts = [0]
        self._lines = [1]

    def locate(self, span: Span) -> Location:
        """``span`` with its line and columns; it may end on a later line than it starts."""
        start, end = span
        first = self._data.rfind(b"\n", 0, start) + 1
        last = max(first, self._data.rfind(b"\n", 0, end) + 1) if end > start else first
        return Location(
            start,
            end,
            self.line(start),
            code_points(self._data[first:start]) + 1,
            code_points(self._data[last:end]) + 1,
        )

    def line(self, position: int) -> int:
        """The number of the line that byte ``position`` is on, from 1."""
        index = bisect_right(self._starts, position) - 1
        while position - self._starts[index] > STEP:
            start = self._starts[index]
            count = self._data[start : start + STEP].count(b"\n")
            if index + 1 == len(self._starts):
                self._starts.append(start + STEP)
                self._lines.append(self._lines[index] + count)
            index += 1
        return self._lines[index] + self._data[self._starts[index] : position].count(b"\n")

    def __reduce__(self) -> tuple[type[PlainMap], tuple[bytes]]:
        return PlainMap, (bytes(self._data),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlainMap) and bytes(self._data) == bytes(other._data)

    def __hash__(self) -> int:
        return hash(len(self._data))


def code_points(raw: bytes) -> int:
    """How many code points ``raw`` holds, a byte that is not UTF-8 counting as one."""
    return len(raw) if raw.isascii() else len(raw.decode("utf-8", "surrogateescape"))
