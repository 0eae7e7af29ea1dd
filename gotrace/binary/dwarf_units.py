"""The compilation units of .debug_info.

Source: DWARF 4 and 5 section 7.5.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from gotrace.binary.dwarf_forms import Widths
from gotrace.tuples import NamedTuple

_MOST_UNITS = 1 << 17
_COMPILE_UNIT = 1  # DW_UT_compile


class Unit(NamedTuple):
    """A compilation unit: its entries lie from ``first`` to ``end``."""

    start: int
    first: int
    end: int
    abbreviations: int
    widths: Widths


def read_units(info: bytes, order: Literal["little", "big"]) -> Iterator[Unit]:
    """Until the first header that makes no sense."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(info[at : at + size], order)

    at = 0
    for _ in range(_MOST_UNITS):
        if at + 11 > len(info):
            return
        offset, start = 4, at
        length = number(at, 4)
        if length == 0xFFFFFFFF:
            offset, at = 8, at + 4
            length = number(at, 8)
        at += offset
        end = at + length
        version = number(at, 2)
        if end > len(info) or length < 7 or not 2 <= version <= 5:
            return
        at += 2
        if version < 5:
            table, address, first = number(at, offset), info[at + offset], at + offset + 1
            kind = _COMPILE_UNIT
        else:
            kind, address, table = info[at], info[at + 1], number(at + 2, offset)
            first = at + 2 + offset
        if address in {4, 8} and kind == _COMPILE_UNIT:
            yield Unit(start, first, end, table, Widths(version, address, offset, order))
        at = end
