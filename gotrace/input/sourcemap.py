"""Where bytes lie: lines and columns of the original file."""

from __future__ import annotations

from threading import Lock

from gotrace.model import Location, Span

STEP = 1 << 14  # bytes between the line numbers that are kept


class PlainMap:
    """The map of a file that nothing was wrapped round: offsets are what they are.

    Lines are counted on demand: from the place that was asked for last, which is near when a dump
    is walked through, else from the nearest kept number. A column counts code points, an invalid
    byte as one.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines = [1]  # the number of the line that byte i * STEP is on
        self._growing = Lock()
        self._last = (0, 1)  # a position and its line; replaced as a whole, so threads may share it

    def locate(self, span: Span) -> Location:
        """``span`` with its line and columns; it may end on a later line than it starts."""
        start, end = span
        data = self._data
        first = data.rfind(b"\n", 0, start) + 1
        # From a line's start on there is nothing to look for before it.
        last = max(first, data.rfind(b"\n", first, end) + 1) if end > start else first
        column = code_points(data[first:start]) + 1
        end_column = code_points(data[last:end]) + 1
        return Location(start, end, self.line(start), column, end_column)

    def line(self, position: int) -> int:
        """The number of the line that byte ``position`` is on, from 1."""
        near, line = self._last
        if abs(position - near) > STEP:
            index = min(position, len(self._data)) // STEP
            if index >= len(self._lines):
                self._grow(index)
            near, line = index * STEP, self._lines[index]
        if position >= near:
            line += self._data[near:position].count(b"\n")
        else:
            line -= self._data[position:near].count(b"\n")
        self._last = (position, line)
        return line

    def _grow(self, index: int) -> None:
        with self._growing:
            while len(self._lines) <= index:
                start = (len(self._lines) - 1) * STEP
                count = self._data[start : start + STEP].count(b"\n")
                self._lines.append(self._lines[-1] + count)

    def __reduce__(self) -> tuple[type[PlainMap], tuple[bytes]]:
        return PlainMap, (bytes(self._data),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlainMap) and bytes(self._data) == bytes(other._data)

    def __hash__(self) -> int:
        return hash(len(self._data))


def code_points(raw: bytes) -> int:
    """How many code points ``raw`` holds, a byte that is not UTF-8 counting as one."""
    return len(raw) if raw.isascii() else len(raw.decode("utf-8", "surrogateescape"))
