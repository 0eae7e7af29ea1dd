"""Where a parameter is when its function is entered, and where its home on the stack is.

Source: DWARF 4 section 2.6, cmd/compile/internal/ssa/debug.go (go1.21.13, go1.27.3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from gotrace.binary.dwarf_entries import Value
from gotrace.binary.dwarf_forms import sleb, uleb
from gotrace.binary.dwarf_units import Unit
from gotrace.binary.view import CorruptError
from gotrace.tuples import NamedTuple

_REG0, _REG31, _REGX, _FBREG, _CFA, _PIECE = 0x50, 0x6F, 0x90, 0x91, 0x9C, 0x93
_LLE_END, _LLE_BASE_ADDRESSX, _LLE_OFFSET_PAIR, _LLE_BASE_ADDRESS = 0, 1, 4, 6
_MOST_PIECES = 64
_MOST_RANGES = 64
# DWARF's numbers of the registers that pass arguments, in order (cmd/compile/internal/ssa/
# <arch>Ops.go paramIntRegNames and <arch>/…/DWARF numbering in cmd/internal/obj/<arch>/list).
_REGISTERS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "amd64": ((0, 3, 2, 5, 4, 8, 9, 10, 11), tuple(range(17, 32))),
    "arm64": (tuple(range(16)), tuple(range(64, 80))),
}
# What lies between the frame's base and the first argument: cmd/internal/obj Ctxt.FixedFrameSize.
_NO_FIXED_FRAME = {"amd64", "386"}
_LARGE_FIXED_FRAME = {"ppc64": 32, "ppc64le": 32}


class Location(NamedTuple):
    """``home`` is the offset of its place among the arguments on the stack (None: not told).

    ``registers``: pairs of (offset into the value, (floats?, number among those)) at entry.
    ``pieces`` are the bytes that the pieces have; parts of a value that are never used have none,
    so if they are fewer than the value has, the offsets are wrong. None: it is not in pieces.
    """

    home: int | None = None
    registers: tuple[tuple[int, tuple[bool, int]], ...] = ()
    pieces: int | None = None


class Locations:
    """Reads locations for one program."""

    def __init__(self, debug: Callable[[str], bytes], arch: str, word_size: int) -> None:
        self._debug = debug
        integers, floats = _REGISTERS.get(arch, ((), ()))
        self._registers = {n: (False, i) for i, n in enumerate(integers)}
        self._registers |= {n: (True, i) for i, n in enumerate(floats)}
        plain = 0 if arch in _NO_FIXED_FRAME else word_size
        self._fixed = _LARGE_FIXED_FRAME.get(arch, plain)
        # Until go1.16 entries are sorted by offset, those without a place by one that does not
        # count what lies below the arguments (gc/pgen.go createConservativeVar, go1.15.15).
        self.sorted = not self._fixed

    def read(self, unit: Unit, place: Value | None) -> Location:
        """The location that an attribute's value says. Errors: none; empty if not understood."""
        try:
            if isinstance(place, bytes):
                return self._one(place)
            return Location() if place is None else self._list(unit, place)
        except (CorruptError, IndexError):
            return Location()

    def _list(self, unit: Unit, at: int) -> Location:
        home: int | None = None
        registers: tuple[tuple[int, tuple[bool, int]], ...] = ()
        pieces: int | None = None
        ranges = self._since_5(unit, at) if unit.widths.version > 4 else self._until_4(unit, at)
        for begin, expression in islice(ranges, _MOST_RANGES):
            found = self._one(expression)
            pieces = found.pieces
            if begin == 0:
                registers = found.registers
            if home is None:
                home = found.home
        return Location(home, registers, pieces)

    def _until_4(self, unit: Unit, at: int) -> Iterator[tuple[int, bytes]]:
        """(start in the function, expression) from .debug_loc: pairs of addresses."""
        data, size, order = self._debug("loc"), unit.widths.address, unit.widths.order
        largest = (1 << (8 * size)) - 1
        while at + 2 * size <= len(data):
            begin = int.from_bytes(data[at : at + size], order)
            end = int.from_bytes(data[at + size : at + 2 * size], order)
            at += 2 * size
            if begin == largest:  # another base: always the function's start
                continue
            if not begin and not end:
                return
            length = int.from_bytes(data[at : at + 2], order)
            yield begin, data[at + 2 : at + 2 + length]
            at += 2 + length

    def _since_5(self, unit: Unit, at: int) -> Iterator[tuple[int, bytes]]:
        """The same from .debug_loclists (DWARF 5 section 7.7.3); Go uses a base and offsets."""
        data, size = self._debug("loclists"), unit.widths.address
        while data[at] != _LLE_END:
            code, at = data[at], at + 1
            if code == _LLE_BASE_ADDRESSX:
                _, at = uleb(data, at)
                continue
            if code == _LLE_BASE_ADDRESS:
                at += size
                continue
            if code != _LLE_OFFSET_PAIR:
                return
            begin, at = uleb(data, at)
            _, at = uleb(data, at)
            length, at = uleb(data, at)
            yield begin, data[at : at + length]
            at += length

    def _one(self, expression: bytes) -> Location:
        """One expression: pieces, each in a register or on the stack."""
        at = offset = 0
        home: int | None = None
        registers = []
        place: tuple[str, int] | None = None
        for _ in range(_MOST_PIECES):
            if place is not None and (at >= len(expression) or expression[at] == _PIECE):
                if place[0] == "register" and place[1] in self._registers:
                    registers.append((offset, self._registers[place[1]]))
                elif place[0] == "stack" and place[1] >= self._fixed and home is None:
                    home = place[1] - self._fixed - offset
                place = None
            if at >= len(expression):
                break
            code, at = expression[at], at + 1
            if _REG0 <= code <= _REG31:
                place = "register", code - _REG0
            elif code == _REGX:
                number, at = uleb(expression, at)
                place = "register", number
            elif code == _CFA:
                place = "stack", 0
            elif code == _FBREG:
                number, at = sleb(expression, at)
                place = "stack", number
            elif code == _PIECE:
                number, at = uleb(expression, at)
                offset += number
            else:
                return Location()
        return Location(home, tuple(registers), offset or None)
