"""Names of addresses: the file's symbol table, and for code the function table.

A stripped program has no symbol table; its functions still have their names.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from gotrace.binary.container import Symbol
from gotrace.binary.image import Image
from gotrace.binary.pclntab import FunctionTable

# Names of whole regions and of the linker's marks say nothing of what lies in them.
_REGIONS = frozenset(
    (
        "runtime.text runtime.etext runtime.rodata runtime.erodata runtime.types runtime.etypes "
        "runtime.noptrdata runtime.enoptrdata runtime.data runtime.edata runtime.bss runtime.ebss "
        "runtime.noptrbss runtime.enoptrbss runtime.covctrs runtime.ecovctrs runtime.end "
        "runtime.itablink runtime.eitablink runtime.pclntab runtime.epclntab runtime.esymtab "
        "runtime.typelink runtime.etypelink runtime.symtab runtime.gcdata runtime.gcbss "
        "type.* typerel.* go.string.* go.func.* go.funcrel.* runtime.gcbits.* "
        "type:* typerel:* go:string.* go:func.* go:funcrel.* go:link.pkghashbytes"
    ).split()
)
_DICTIONARY = "..dict."


class Symbols:
    """The symbols of one program, read when first asked for."""

    def __init__(self, image: Image, table: FunctionTable | None) -> None:
        self._image = image
        self._table = table

    def at(self, address: int) -> tuple[str, int] | None:
        """The symbol that ``address`` lies in, and how far into it."""
        if self._table is not None and self._image.region(address) == "text":
            function = self._table.at(address)
            if function is not None:
                return function.name, address - function.entry
        starts, symbols = self._by_address
        i = bisect_right(starts, address) - 1
        if i < 0 or address >= symbols[i].address + symbols[i].size:
            return None
        return symbols[i].name, address - symbols[i].address

    def find(self, name: str) -> int | None:
        """The address of the symbol ``name``, or of the function."""
        found = self._by_name.get(name)
        if found is None and self._table is not None:
            functions = [f for f in self._table.named((name,))[name] if f.name == name]
            found = functions[0].entry if functions else None
        return found

    def dictionaries(self, prefix: str) -> tuple[Symbol, ...]:
        """The dictionaries of a generic function, one for each of its instantiations' types.

        ``prefix`` is the function as it is printed, up to its ``[``: ``main.F``, ``main.(*T).M``.
        Source: cmd/compile/internal/noder/reader.go dictNameOf; symbols are ``main..dict.F[int]``.
        """
        package, dot, local = _split(prefix)
        wanted = f"{package}{_DICTIONARY}{local}[" if dot else f"{_DICTIONARY}{prefix}["
        return tuple(s for s in self._dictionaries if s.name.startswith(wanted))

    @cached_property
    def _dictionaries(self) -> tuple[Symbol, ...]:
        return tuple(s for s in self._image.symbols if _DICTIONARY in s.name)

    @cached_property
    def _by_address(self) -> tuple[list[int], list[Symbol]]:
        symbols = sorted(_useful(self._image.symbols), key=lambda s: (s.address, s.size))
        return [s.address for s in symbols], symbols

    @cached_property
    def _by_name(self) -> dict[str, int]:
        return {s.name: s.address for s in reversed(self._image.symbols)}


def _useful(symbols: Iterable[Symbol]) -> list[Symbol]:
    return [s for s in symbols if s.size and s.name not in _REGIONS]


def _split(name: str) -> tuple[str, str, str]:
    """Package, dot, rest: the package ends at the first dot behind the last slash."""
    slash = name.rfind(
        "/", 0, min((i for i in (name.find("("), name.find("[")) if i >= 0), default=len(name))
    )
    dot = name.find(".", slash + 1)
    return (name[:dot], ".", name[dot + 1 :]) if dot >= 0 else ("", "", name)
