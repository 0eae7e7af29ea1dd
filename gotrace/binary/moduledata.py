"""runtime.firstmoduledata: where a program keeps its types, code and tables.

Nothing names it in a stripped program, but it starts with the function table's address.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.binary.container import Section
from gotrace.binary.image import Image
from gotrace.binary.view import CorruptError
from gotrace.tuples import NamedTuple

_FIRST = (".go.module", "__go_module", ".noptrdata", "__noptrdata", ".data", ".data.rel.ro")
_MOST_LOOKS = 1 << 12


class Moduledata(NamedTuple):
    """``text`` is the start of code, ``types`` to ``etypes`` holds type descriptors, ``gofunc``
    is what offsets of function data count from (0 before go1.18)."""

    address: int
    text: int
    etext: int
    types: int
    etypes: int
    gofunc: int


class Words(NamedTuple):
    """Which words of the structure are of interest; ``second`` is what the second one holds.

    Source: runtime/symtab.go moduledata (go1.15.15, go1.19.8, go1.21.13, go1.26.6, go1.27.3).
    """

    text: int
    types: int
    etypes: int
    gofunc: int | None


# Before go1.16: pclntable, ftab, filetab (three words each), findfunctab, minpc, maxpc, text.
BEFORE_16 = Words(12, 25, 26, None)
SINCE_16 = Words(22, 35, 36, None)
SINCE_18 = Words(22, 35, 36, 38)  # rodata, gofunc
SINCE_20 = Words(22, 37, 38, 40)  # covctrs, ecovctrs
SINCE_27 = Words(22, 37, 39, 43)  # typedesclen, itaboffset, itabsize


def find(image: Image, table: int, second: int, words: Words) -> Moduledata | None:
    """The structure whose first two words are ``table`` and ``second``.

    ``second`` is the address of the names, before go1.16 the table's size; 0 accepts any.
    """
    for address in _candidates(image, table):
        found = _read(image, address, words)
        if found is not None and (not second or image.pointer(address + image.word_size) == second):
            return found
    return None


def _candidates(image: Image, table: int) -> Iterator[int]:
    """Where the word ``table`` stands, likely sections first."""
    yield from image.relocated_to(table)
    wanted = table.to_bytes(image.word_size, "big" if image.big_endian else "little")
    for section in sorted(image.sections, key=_likely):
        if section.address and section.file_size and not section.executable:
            data = bytes(image.contents(section))
            position, looks = data.find(wanted), 0
            while position >= 0 and looks < _MOST_LOOKS:
                if not (section.address + position) % image.word_size:
                    yield section.address + position
                position, looks = data.find(wanted, position + 1), looks + 1


def _likely(section: Section) -> tuple[int, bool]:
    first = _FIRST.index(section.name) if section.name in _FIRST else len(_FIRST)
    return first, not section.writable


def _read(image: Image, address: int, words: Words) -> Moduledata | None:
    def word(index: int) -> int:
        value = image.pointer(address + index * image.word_size)
        if value is None:
            raise CorruptError("a moduledata that ends")
        return value

    try:
        if words is SINCE_20 and word(words.etypes) < word(words.types):
            words = SINCE_27  # a length stands where the end of the types was
        text, types, etypes = word(words.text), word(words.types), word(words.etypes)
        gofunc = 0 if words.gofunc is None else word(words.gofunc)
        etext = word(words.text + 1)
    except CorruptError:
        return None
    if not (text < etext and types < etypes and image.region(text) == "text"):
        return None
    return Moduledata(address, text, etext, types, etypes, gofunc)
