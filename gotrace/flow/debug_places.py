"""Where DWARF says a variable is: expressions, and lists of them by pc.

Source: DWARF 4 and 5 sections 2.5, 2.6 and 7.7; cmd/compile/internal/ssa/debug.go (go1.27.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gotrace.binary.dwarf_forms import sleb, uleb
from gotrace.binary.dwarf_units import Unit
from gotrace.flow.values import Place
from gotrace.tuples import NamedTuple

_REGISTER, _LAST_REGISTER, _REGX, _FBREG, _CFA, _PIECE = (
    0x50, 0x6F, 0x90, 0x91, 0x9C, 0x93,
)  # fmt: skip
_PLUS, _PLUS_CONSTANT, _CONSTANT_UNSIGNED, _CONSTANT_SIGNED = 0x22, 0x23, 0x10, 0x11
_LISTED_END, _LISTED_BASE_INDEX, _LISTED_OFFSETS, _LISTED_BASE = 0, 1, 4, 6
_MOST = 1 << 12
EVERYWHERE = 1 << 63


class Piece(NamedTuple):
    """``size`` bytes from ``offset`` of a variable, which lie in ``place``."""

    place: Place
    offset: int
    size: int


class Range(NamedTuple):
    """Where a variable is while the pc is from ``start`` up to ``end``."""

    start: int
    end: int
    pieces: tuple[Piece, ...]


class Places:
    """Reads places for one processor, whose registers DWARF gives ``numbers``."""

    def __init__(self, debug: Callable[[str], bytes], numbers: dict[int, str]) -> None:
        self._debug = debug
        self._numbers = numbers

    def ranges(self, unit: Unit, place: object, base: int, size: int) -> list[Range]:
        """All of a variable of ``size`` bytes; ``base`` is what offsets count from where the list
        names nothing: the start of the function since DWARF 5, before that of the unit."""
        try:
            if isinstance(place, bytes):
                return [Range(0, EVERYWHERE, self.pieces(place, size))]
            if not isinstance(place, int):
                return []
            listed = self._since_5 if unit.widths.version > 4 else self._until_4
            return [Range(s, e, self.pieces(x, size)) for s, e, x in listed(unit, place, base)]
        except (IndexError, ValueError):
            return []

    def _until_4(self, unit: Unit, at: int, base: int) -> Iterator[tuple[int, int, bytes]]:
        data, size, order = self._debug("loc"), unit.widths.address, unit.widths.order
        largest = (1 << (8 * size)) - 1
        for _ in range(_MOST):
            start = int.from_bytes(data[at : at + size], order)
            end = int.from_bytes(data[at + size : at + 2 * size], order)
            at += 2 * size
            if not start and not end:
                return
            if start == largest:
                base = end
                continue
            length = int.from_bytes(data[at : at + 2], order)
            yield base + start, base + end, data[at + 2 : at + 2 + length]
            at += 2 + length

    def _since_5(self, unit: Unit, at: int, base: int) -> Iterator[tuple[int, int, bytes]]:
        data, size = self._debug("loclists"), unit.widths.address
        while data[at] != _LISTED_END:
            code, at = data[at], at + 1
            if code == _LISTED_BASE_INDEX:
                _, at = uleb(data, at)  # in Go always that of the function
            elif code == _LISTED_BASE:
                base = int.from_bytes(data[at : at + size], unit.widths.order)
                at += size
            elif code == _LISTED_OFFSETS:
                start, at = uleb(data, at)
                end, at = uleb(data, at)
                length, at = uleb(data, at)
                yield base + start, base + end, data[at : at + length]
                at += length
            else:
                return

    def pieces(self, expression: bytes, size: int) -> tuple[Piece, ...]:
        """What an expression says; nothing for a variable that was optimised away."""
        found: list[Piece] = []
        offset = 0
        in_pieces = False
        for place, length in self._read(expression):
            in_pieces = in_pieces or length is not None
            taken = size if length is None else length
            if place is not None:
                found.append(Piece(place, offset, taken))
            offset += taken
        return _without_repeats(found, size) if in_pieces and offset > size else tuple(found)

    def _read(self, expression: bytes) -> Iterator[tuple[Place | None, int | None]]:
        """(place, bytes of the piece) in order; a whole variable has no length."""
        at = 0
        place: Place | None = None
        numbers: list[int] = []
        while at < len(expression):
            code, at = expression[at], at + 1
            if _REGISTER <= code <= _LAST_REGISTER:
                place = self._numbers.get(code - _REGISTER)
            elif code == _REGX:
                number, at = uleb(expression, at)
                place = self._numbers.get(number)
            elif code in {_FBREG, _CONSTANT_SIGNED}:
                number, at = sleb(expression, at)
                numbers.append(number)
                place = number
            elif code == _CFA:
                numbers.append(0)
                place = 0
            elif code in {_PLUS_CONSTANT, _CONSTANT_UNSIGNED}:
                number, at = uleb(expression, at)
                numbers.append(number)
                place = sum(numbers)
            elif code == _PLUS:
                place = sum(numbers)
            elif code == _PIECE:
                length, at = uleb(expression, at)
                yield place, length
                place, numbers = None, []
            else:
                return
        if place is not None:
            yield place, None


def _without_repeats(pieces: list[Piece], size: int) -> tuple[Piece, ...]:
    """Some releases repeat the pieces of interfaces and strings in type switches (go1.19.8)."""
    found: list[Piece] = []
    offset = 0
    for piece in pieces:
        if found and found[-1].place == piece.place:
            continue
        found.append(piece._replace(offset=offset))
        offset += piece.size
    return tuple(found) if offset <= size else ()
