"""What every format of program file has: sections, an architecture, notes, symbols."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable

from gotrace.tuples import NamedTuple


class Section(NamedTuple):
    """``size`` bytes at link address ``address`` (0: not loaded), ``file_size`` of them at
    ``offset`` of the file. ``compressed`` is ELF's SHF_COMPRESSED."""

    name: str
    address: int
    size: int
    offset: int
    file_size: int
    writable: bool
    executable: bool
    compressed: bool = False


class Symbol(NamedTuple):
    """An entry of the file's own symbol table; ``size`` 0 where the format has none."""

    name: str
    address: int
    size: int


class Container(NamedTuple):
    """What a format reader tells of a file. ``arch`` is a name of ``gotrace.arch.ARCHES``.

    ``relocations`` are words that the loader fills in: their address, and the link address that
    they will hold. The file may have zeros there.
    """

    format: str
    arch: str | None
    os: str | None
    word_size: int
    big_endian: bool
    pie: bool
    sections: tuple[Section, ...]
    symbols: Callable[[], list[Symbol]]
    relocations: Callable[[], dict[int, int]] = dict


def with_sizes(symbols: list[Symbol], sections: Iterable[Section]) -> list[Symbol]:
    """Symbols of a format without sizes: each reaches to the next one, or its section's end."""
    ends = {s.address + s.size for s in sections if s.address}
    stops = sorted({s.address for s in symbols} | ends)
    found = []
    for symbol in symbols:
        i = bisect_right(stops, symbol.address)
        found.append(symbol._replace(size=stops[i] - symbol.address if i < len(stops) else 0))
    return found


def clipped(offset: int, size: int, total: int) -> int:
    """How many of ``size`` bytes from ``offset`` a file of ``total`` bytes has."""
    return max(0, min(size, total - offset)) if offset >= 0 else 0
