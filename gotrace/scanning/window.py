"""Where what is read of a window lies in the whole input."""

from __future__ import annotations

from bisect import bisect_right

from gotrace.input.sourcemap import PlainMap
from gotrace.model import Dump, Location, Span


class WindowMap:
    """The map of a window: its bytes, and what stands before them in the input.

    Of the bytes only those are kept that dumps stand in (:meth:`shrink`).
    """

    def __init__(self, data: bytes, base: int, lines: int) -> None:
        self._base = base
        self._lines = lines
        # Where in the window each kept part begins, its line ends before it, and its own map.
        self._parts: list[tuple[int, int, PlainMap]] = [(0, 0, PlainMap(data))]

    def locate(self, span: Span) -> Location:
        """Where ``span`` of the window lies in the whole input."""
        cut, lines, plain = self._part(span[0])
        start, end, line, column, end_column, parts = plain.locate(
            Span(span[0] - cut, span[1] - cut)
        )
        base, line = self._base + cut, line + self._lines + lines
        return Location(start + base, end + base, line, column, end_column, parts)

    def extent(self, span: Span) -> tuple[int, int, int]:
        """What :meth:`locate` says first: start, end and line of ``span``."""
        cut, lines, plain = self._part(span[0])
        line = plain.line(span[0] - cut) + self._lines + lines
        return span[0] + self._base, span[1] + self._base, line

    def _part(self, position: int) -> tuple[int, int, PlainMap]:
        parts = self._parts
        if len(parts) == 1:
            return parts[0]
        return parts[max(bisect_right(parts, position, key=lambda p: p[0]) - 1, 0)]

    def line(self, position: int) -> int:
        """How many lines end in the window before ``position``; only before it is shrunk."""
        return self._parts[0][2].line(position) - 1

    def shrink(self, data: bytes, spans: list[tuple[int, int]]) -> None:
        """Keep only the lines of ``spans``."""
        whole = self._parts[0][2]
        kept: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            first = data.rfind(b"\n", 0, start) + 1
            last = data.find(b"\n", end) + 1 or len(data)
            if kept and first <= kept[-1][1]:
                first, last = kept[-1][0], max(last, kept.pop()[1])
            kept.append((first, last))
        self._parts = [(a, whole.line(a) - 1, PlainMap(data[a:b])) for a, b in kept]

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _kept, (self._base, self._lines, self._parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WindowMap) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self._base)


def shrunk(found: list[Dump], window: WindowMap | None, whole: bytes, base: int) -> list[Dump]:
    """``found`` in ``whole``, which begins at ``base``; its map keeps no more than they need."""
    if window is not None and found:
        places = [d.where(d.span) for d in found]
        window.shrink(whole, [(p.start - base, p.end - base) for p in places])
    return found


def _kept(base: int, lines: int, parts: list[tuple[int, int, PlainMap]]) -> WindowMap:
    window = WindowMap(b"", base, lines)
    window._parts = parts
    return window
