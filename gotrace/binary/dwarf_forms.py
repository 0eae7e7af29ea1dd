"""How DWARF writes attributes: what each form takes and what it says.

Source: DWARF 5 section 7.5; cmd/internal/dwarf/dwarf.go lists what Go uses (go1.15.15, go1.27.3).
"""

from __future__ import annotations

from typing import Literal

from gotrace.binary.view import CorruptError
from gotrace.tuples import NamedTuple

# Attributes and tags by the names that the standard and debug/dwarf give them.
NAME, BYTE_SIZE, LOW_PC, LANGUAGE, INLINE = 0x03, 0x0B, 0x11, 0x13, 0x20
PRODUCER, ABSTRACT_ORIGIN, COUNT, LOCATION = 0x25, 0x31, 0x37, 0x02
DECL_LINE, DATA_MEMBER_LOCATION, ENCODING, TYPE = 0x3B, 0x38, 0x3E, 0x49
VARIABLE_PARAMETER, ADDR_BASE, TRAMPOLINE = 0x4B, 0x73, 0x56
GO_KIND, GO_KEY, GO_ELEM, GO_EMBEDDED = 0x2900, 0x2901, 0x2902, 0x2903
GO_PACKAGE_NAME = 0x2905

ARRAY, FORMAL_PARAMETER, MEMBER, POINTER, STRUCTURE = 0x01, 0x05, 0x0D, 0x0F, 0x13
SUBROUTINE, TYPEDEF, SUBRANGE, BASE, SUBPROGRAM, VARIABLE = 0x15, 0x16, 0x21, 0x24, 0x2E, 0x34

STRING, BLOCK, FLAG_PRESENT, INDIRECT, IMPLICIT = 0x08, 0x09, 0x19, 0x16, 0x21
ULEB, SLEB, BLOCK1, BLOCK2, BLOCK4, EXPRLOC = 0x0F, 0x0D, 0x0A, 0x03, 0x04, 0x18
ADDR, REF_ADDR, SEC_OFFSET, STRP, LINE_STRP = 0x01, 0x10, 0x17, 0x0E, 0x1F
UNIT_REFERENCES = {0x11, 0x12, 0x13, 0x14, 0x15}
ADDRX = {0x1B, 0x29, 0x2A, 0x2B, 0x2C}
_ULEB = {ULEB, 0x15, 0x1A, 0x1B, 0x22, 0x23}
_OFFSET = {STRP, SEC_OFFSET, LINE_STRP, 0x1D, 0x1F20, 0x1F21}
_FIXED = {
    0x05: 2, 0x06: 4, 0x07: 8, 0x0B: 1, 0x0C: 1, 0x11: 1, 0x12: 2, 0x13: 4, 0x14: 8, 0x1C: 4,
    0x1E: 16, 0x20: 8, 0x24: 8, 0x25: 1, 0x26: 2, 0x27: 3, 0x28: 4, 0x29: 1, 0x2A: 2, 0x2B: 3,
    0x2C: 4, FLAG_PRESENT: 0, IMPLICIT: 0,
}  # fmt: skip
_MOST_ABBREVIATIONS = 1 << 14
_LENGTHS = {BLOCK1: 1, BLOCK2: 2, BLOCK4: 4}


class Widths(NamedTuple):
    """What a unit's header decides: ``version``, bytes of an address and of an offset."""

    version: int
    address: int
    offset: int
    order: Literal["little", "big"]


class Abbreviation(NamedTuple):
    """What an entry with this code looks like.

    ``attributes`` are (attribute, form, constant). ``steps`` skip it: a number of bytes, or the
    form of an attribute whose size it tells itself (negative).
    """

    tag: int
    children: bool
    attributes: tuple[tuple[int, int, int], ...]
    steps: tuple[int, ...]


def fixed_size(form: int, widths: Widths) -> int | None:
    """The bytes of a form that always has as many; None where its value tells."""
    if form in _FIXED:
        return _FIXED[form]
    if form == ADDR or (form == REF_ADDR and widths.version < 3):
        return widths.address
    return widths.offset if form in _OFFSET or form == REF_ADDR else None


def abbreviation(
    tag: int, children: bool, attributes: list[tuple[int, int, int]], widths: Widths
) -> Abbreviation:
    """With the bytes of neighbours of fixed size added up."""
    steps: list[int] = []
    for _, form, _ in attributes:
        size = fixed_size(form, widths)
        if size is None:
            steps.append(-form)
        elif steps and steps[-1] >= 0:
            steps[-1] += size
        else:
            steps.append(size)
    return Abbreviation(tag, children, tuple(attributes), tuple(steps))


def uleb(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number and where it ends. Errors: CorruptError, IndexError."""
    value = data[at]
    if value < 0x80:
        return value, at + 1
    value &= 0x7F
    for shift in range(7, 70, 7):
        at += 1
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at + 1
    raise CorruptError("an endless number")


def sleb(data: bytes, at: int) -> tuple[int, int]:
    """A signed LEB128 number and where it ends."""
    value, end = uleb(data, at)
    bits = 7 * (end - at)
    return (value - (1 << bits) if value >> (bits - 1) else value), end


def size_at(data: bytes, at: int, form: int, widths: Widths, *, depth: int = 0) -> int:
    """Where the attribute at ``at`` ends, for a form whose value tells. Errors: CorruptError."""
    if form == STRING:
        end = data.find(b"\0", at)
        if end < 0:
            raise CorruptError("a text without an end")
        return end + 1
    if form in _ULEB or form == SLEB:
        return uleb(data, at)[1]
    if form in _LENGTHS:
        size = _LENGTHS[form]
        return at + size + int.from_bytes(data[at : at + size], widths.order)
    if form in {BLOCK, EXPRLOC}:
        length, at = uleb(data, at)
        return at + length
    if form == INDIRECT and depth < 4:
        form, at = uleb(data, at)
        fixed = fixed_size(form, widths)
        return at + fixed if fixed is not None else size_at(data, at, form, widths, depth=depth + 1)
    raise CorruptError(f"a form {form:#x}")


def read_table(data: bytes, at: int, widths: Widths) -> dict[int, Abbreviation]:
    """The abbreviations by code, from the table at ``at`` in .debug_abbrev; as far as it goes."""
    found: dict[int, Abbreviation] = {}
    try:
        for _ in range(_MOST_ABBREVIATIONS):
            code, at = uleb(data, at)
            if not code:
                break
            tag, at = uleb(data, at)
            children = data[at] != 0
            attributes, at = _attributes(data, at + 1)
            found[code] = abbreviation(tag, children, attributes, widths)
    except IndexError:
        pass
    return found


def _attributes(data: bytes, at: int) -> tuple[list[tuple[int, int, int]], int]:
    found: list[tuple[int, int, int]] = []
    while True:
        attribute, at = uleb(data, at)
        form, at = uleb(data, at)
        constant = 0
        if form == IMPLICIT:
            constant, at = sleb(data, at)
        if not attribute and not form:
            return found, at
        found.append((attribute, form, constant))
