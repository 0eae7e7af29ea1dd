"""Where bytes lie: lines and columns of the original file."""

from __future__ import annotations

from _thread import allocate_lock  # threading takes a millisecond to import
from bisect import bisect_right
from collections.abc import Sequence

from gotrace.model import Location, SourceMap, Span
from gotrace.tuples import NamedTuple

STEP = 1 << 14  # bytes between the line numbers that are kept
_new = tuple.__new__  # skips NamedTuple's own __new__: each frame of a large dump is located


class PlainMap:
    """The map of a file that nothing was wrapped round: offsets are what they are.

    Lines are counted on demand: from the place that was asked for last, which is near when a dump
    is walked through, else from the nearest kept number. A column counts code points, an invalid
    byte as one.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._lines = [1]  # the number of the line that byte i * STEP is on
        self._growing = allocate_lock()
        self._last = (0, 1)  # a position and its line; replaced as a whole, so threads may share it

    def locate(self, span: Span) -> Location:
        """``span`` with its line and columns; it may end on a later line than it starts."""
        start, end = span
        data = self._data
        first = data.rfind(b"\n", 0, start) + 1
        # From a line's start on there is nothing to look for before it.
        last = max(first, data.rfind(b"\n", first, end) + 1) if end > start else first
        column = code_points(data[first:start]) + 1 if start > first else 1
        end_column = code_points(data[last:end]) + 1
        return _new(Location, (start, end, self.line(start), column, end_column, ()))

    def extent(self, span: Span) -> tuple[int, int, int]:
        """What :meth:`locate` says first: start, end and line of ``span``."""
        return span[0], span[1], self.line(span[0])

    def is_simple(self, start: int, end: int) -> bool:
        """Whether these bytes are on one line, and each of them is a column."""
        text = self._data[start:end]
        return text.isascii() and b"\n" not in text

    def line(self, position: int) -> int:
        """The number of the line that byte ``position`` is on, from 1."""
        near, line = self._last
        if abs(position - near) > STEP:
            index = min(position, len(self._data)) // STEP
            if index >= len(self._lines):
                self._grow(index)
            near, line = index * STEP, self._lines[index]
        if position >= near:
            line += _line_ends(self._data, near, position)
        else:
            line -= _line_ends(self._data, position, near)
        self._last = (position, line)
        return line

    def _grow(self, index: int) -> None:
        with self._growing:
            while len(self._lines) <= index:
                start = (len(self._lines) - 1) * STEP
                count = _line_ends(self._data, start, start + STEP)
                self._lines.append(self._lines[-1] + count)

    def __reduce__(self) -> tuple[type[PlainMap], tuple[bytes]]:
        return PlainMap, (bytes(self._data),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlainMap) and bytes(self._data) == bytes(other._data)

    def __hash__(self) -> int:
        return hash(len(self._data))


class Piece(NamedTuple):
    """``length`` bytes of unwrapped text from ``start`` on, made of ``outer_length`` outer bytes.

    Where the two lengths are equal, each byte stands for itself; else the piece is one whole, such
    as an escape sequence. An ``outer_length`` of 0 is text that stands nowhere (a line end between
    two records).
    """

    start: int
    outer: int
    length: int
    outer_length: int


RawPiece = tuple[int, int, int, int]  # a Piece without names: text is made of very many


class PieceMap:
    """The map of text that was unwrapped, piece by piece, from what ``outer`` maps.

    ``pieces`` lie close together and in order. A span within one line whose bytes are not
    contiguous outside has ``parts``; over several lines they would only be the lines again.
    """

    def __init__(self, text: bytes, pieces: Sequence[RawPiece], outer: SourceMap) -> None:
        self._text = text
        self._pieces = pieces
        self._starts = [p[0] for p in pieces]
        self._outer = outer
        places = [p[1] for p in pieces]
        self._upwards = places == sorted(places)

    def locate(self, span: Span) -> Location:
        """Where the text of ``span`` came from."""
        if self._upwards and b"\n" in self._text[span.start : span.end]:
            begin = self._spans(Span(span.start, span.start + 1))[0].start
            end = self._spans(Span(span.end - 1, span.end))[-1].end
            return self._outer.locate(Span(begin, max(begin, end)))
        whole = self._spans(span)
        if len(whole) == 1:
            return self._outer.locate(whole[0])
        if b"\n" in self._text[span.start : span.end]:
            return self._outer.locate(Span(min(s.start for s in whole), max(s.end for s in whole)))
        places = [self._outer.locate(s) for s in whole]
        parts = [p for place in places for p in place.parts or (Span(place.start, place.end),)]
        # What was newest first may stand the other way round.
        first, last = min(places, key=lambda p: p.start), max(places, key=lambda p: p.end)
        return Location(
            first.start, last.end, first.line, first.column, last.end_column, tuple(parts)
        )

    def _spans(self, span: Span) -> list[Span]:
        """The outer spans of ``span``, in its order, those that touch joined."""
        if not self._pieces:
            return [Span(0, 0)]
        start, end = span
        index = max(0, bisect_right(self._starts, start) - 1)
        found: list[Span] = []
        while index < len(self._pieces):
            piece = self._pieces[index]
            if piece[0] >= end and found:
                break
            part = _within(piece, start, end)
            if found and found[-1].end == part.start:
                found[-1] = Span(found[-1].start, part.end)
            elif part.end > part.start or not found:
                if found and found[-1].end == found[-1].start:
                    found.pop()  # text that stands nowhere tells no place where other text does
                found.append(part)
            index += 1
        return found

    def __reduce__(self) -> tuple[type[PieceMap], tuple[bytes, list[RawPiece], SourceMap]]:
        return PieceMap, (bytes(self._text), list(self._pieces), self._outer)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PieceMap) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(len(self._text))


def _within(piece: RawPiece, start: int, end: int) -> Span:
    """The outer bytes of the part of ``piece`` that lies in ``start`` to ``end``."""
    begin, outer, length, outer_length = piece
    if length != outer_length:
        return Span(outer, outer + outer_length * (end > start))
    low = min(max(start - begin, 0), length)
    high = min(max(end - begin, low), length)
    return Span(outer + low, outer + high)


class ShiftMap:
    """The map of a part of a text that ``outer`` maps, which begins at ``base``.

    ``lines`` are the line ends before the part, where ``outer`` maps the part alone.
    """

    def __init__(self, base: int, outer: SourceMap, lines: int | None = None) -> None:
        self._base = base
        self._outer = outer
        self._lines = lines

    def locate(self, span: Span) -> Location:
        """The place of ``span`` in the whole."""
        base = self._base
        if self._lines is None:
            return self._outer.locate(Span(span.start + base, span.end + base))
        place = self._outer.locate(span)
        parts = tuple(Span(p.start + base, p.end + base) for p in place.parts)
        return place._replace(
            start=place.start + base,
            end=place.end + base,
            line=place.line + self._lines,
            parts=parts,
        )

    def __reduce__(self) -> tuple[type[ShiftMap], tuple[int, SourceMap, int | None]]:
        return ShiftMap, (self._base, self._outer, self._lines)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ShiftMap) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self._base)


def _line_ends(data: bytes, start: int, end: int) -> int:
    mapped: object = data  # what is large is an mmap that answers like bytes, but cannot count
    return (
        data.count(b"\n", start, end) if isinstance(mapped, bytes) else data[start:end].count(b"\n")
    )


def code_points(raw: bytes) -> int:
    """How many code points ``raw`` holds, a byte that is not UTF-8 counting as one."""
    return len(raw) if raw.isascii() else len(raw.decode("utf-8", "surrogateescape"))
