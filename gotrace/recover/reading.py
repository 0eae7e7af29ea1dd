"""The leaves of a value by their offsets: which are known for certain, and which are stale."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.layout.sizes import FIXED, Sizes
from gotrace.types import GoType, Kind
from gotrace.value import Argument, Certainty, Value

_HEADERS = {Kind.STRING, Kind.SLICE, Kind.INTERFACE}
_COMPLEX = {Kind.COMPLEX64, Kind.COMPLEX128}
_ATTRIBUTES = {"data_word": "pointer"}


def bits_of(value: Value, go_type: GoType, sizes: Sizes) -> dict[int, int]:
    """The bits of the leaves that are exact, by offset."""
    return {
        offset: bits
        for offset, certainty, bits in _leaves(value, go_type, sizes, 0)
        if certainty is Certainty.EXACT and bits is not None
    }


def stale_offsets(argument: Argument, go_type: GoType, sizes: Sizes) -> set[int]:
    """Where the leaves are that were printed, and are stale."""
    if argument.value is None:
        return set()
    return {
        offset
        for offset, certainty, _ in _leaves(argument.value, go_type, sizes, 0)
        if certainty is Certainty.STALE
    }


def _leaves(
    value: Value, go_type: GoType, sizes: Sizes, base: int
) -> Iterator[tuple[int, Certainty, int | None]]:
    kind = go_type.kind
    if value.truncated:
        return
    if kind in _COMPLEX:
        told = dict(value.certainties)
        for part in sizes.parts(go_type):
            yield base + part.offset, told.get(part.name, value.certainty), None
    elif kind in _HEADERS:
        told = dict(value.certainties)
        for part in sizes.parts(go_type):
            bits = getattr(value, _ATTRIBUTES.get(part.name, part.name))
            certainty = told.get(part.name, value.certainty)
            yield base + part.offset, certainty, None if bits is None else bits & _mask(8)
    elif kind is Kind.STRUCT:
        for part, field in zip(sizes.parts(go_type), value.fields, strict=False):
            yield from _leaves(field.value, part.type, sizes, base + part.offset)
    elif kind is Kind.ARRAY and go_type.element is not None:
        size = sizes.measure(go_type.element).size
        for number, element in enumerate(value.elements):
            yield from _leaves(element, go_type.element, sizes, base + number * size)
    else:
        yield base, value.certainty, _bits(value, FIXED.get(kind, sizes.word_size))


def _bits(value: Value, size: int) -> int | None:
    number = value.pointer if value.pointer is not None else value.number
    return int(number) & _mask(size) if isinstance(number, int) else None


def _mask(size: int) -> int:
    return (1 << (8 * size)) - 1
