"""Lines that know where each of their bytes stood, cut and put together."""

from __future__ import annotations

from gotrace.input.envelopes.record import RawPiece
from gotrace.tuples import NamedTuple

USUAL = {72, 76, 78, 79, 80, 100, 120, 132}  # columns at which text is wrapped


class Line(NamedTuple):
    """A line's text, and the pieces of it with offsets from its own start."""

    text: bytes
    pieces: tuple[RawPiece, ...]


EMPTY = Line(b"", ())


def cut(line: Line, start: int, end: int) -> Line:
    """A part of a line."""
    pieces = []
    for at, outer, size, outer_size in line.pieces:
        low, high = max(at, start), min(at + size, end)
        if low >= high:
            continue
        if size == outer_size:
            pieces.append((low - start, outer + low - at, high - low, high - low))
        else:
            pieces.append((low - start, outer, high - low, outer_size))
    return Line(line.text[start:end], tuple(pieces))


def join(one: Line, other: Line) -> Line:
    """Two lines as one."""
    by = len(one.text)
    moved = tuple((p[0] + by, *p[1:]) for p in other.pieces)
    return Line(one.text + other.text, one.pieces + moved)


def with_text(line: Line, text: bytes, at: int) -> Line:
    """``line`` with ``text`` put in, which stands nowhere in the original."""
    before, after = cut(line, 0, at), cut(line, at, len(line.text))
    near = before.pieces[-1] if before.pieces else None
    outer = near[1] + near[3] if near else (line.pieces[0][1] if line.pieces else 0)
    return join(join(before, Line(text, ((0, outer, len(text), 0),))), after)
