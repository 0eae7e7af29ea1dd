"""From the bytes printed for an argument to its value.

Both ways of printing arguments end here: a :class:`Reader` answers for bytes of the argument, no
matter whether they lay in a shared word or were printed one by one.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Protocol

from gotrace.human import human
from gotrace.layout.sizes import FIXED, HEADER_WORDS, Sizes
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind
from gotrace.value import Certainty, FieldValue, Value, ValueKind

ELEMENTS = 256  # no more elements of an array are listed; ten numbers are printed at most

_ORDER = {certainty: rank for rank, certainty in enumerate(Certainty)}
_SIGNED = {Kind.INT, Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64}
_WORD_SIZED = {Kind.INT, Kind.UINT, Kind.UINTPTR}
_POINTERS = {Kind.POINTER, Kind.MAP, Kind.CHAN, Kind.FUNC, Kind.UNSAFE_POINTER}
_HEADERS = {kind: ValueKind(kind.value) for kind in HEADER_WORDS}
_FLOATS = {Kind.FLOAT32: ("<I", "<f", 4), Kind.FLOAT64: ("<Q", "<d", 8)}


class Reading(NamedTuple):
    """The raw bits at some place, zero-extended; ``bits`` is None where they were not printed."""

    bits: int | None
    certainty: Certainty


class Reader(Protocol):
    """Answers for the bytes of one argument."""

    def read(self, offset: int, size: int) -> Reading:
        """The number in these bytes, zero-extended."""
        ...

    def printed(self, offset: int, size: int) -> bool:
        """Whether any of these bytes were printed."""
        ...

    def words(self, offset: int, size: int) -> tuple[Reading, ...]:
        """The printed numbers that hold these bytes."""
        ...


def weakest(certainties: Iterable[Certainty]) -> Certainty:
    """The certainty of something made of parts; partial where only some were printed."""
    seen = set(certainties)
    if Certainty.ABSENT in seen and len(seen) > 1:
        return Certainty.PARTIAL
    return min(seen, key=_ORDER.__getitem__, default=Certainty.EXACT)


def agree(value: Value, other: Value | None) -> Value:
    """``value``, only likely wherever ``other``, another possible reading of it, differs."""
    if other is None or other.kind is not value.kind or other.truncated is not value.truncated:
        return cap(value, Certainty.LIKELY)
    if _own(value) != _own(other):
        value = _capped(value, Certainty.LIKELY)
    fields = tuple(
        a._replace(value=agree(a.value, b.value))
        for a, b in zip(value.fields, other.fields, strict=False)
    )
    elements = tuple(agree(a, b) for a, b in zip(value.elements, other.elements, strict=False))
    if (fields, elements) != (value.fields, value.elements):
        parts = [*(field.value.certainty for field in fields), *(e.certainty for e in elements)]
        value = value._replace(fields=fields, elements=elements, certainty=weakest(parts))
    return value


def cap(value: Value, certainty: Certainty) -> Value:
    """``value`` with no part of it more certain than ``certainty``."""
    fields = tuple(f._replace(value=cap(f.value, certainty)) for f in value.fields)
    elements = tuple(cap(element, certainty) for element in value.elements)
    return _capped(value, certainty)._replace(fields=fields, elements=elements)


def _capped(value: Value, certainty: Certainty) -> Value:
    lower = min(value.certainty, certainty, key=_ORDER.__getitem__)
    parts = tuple((n, min(c, certainty, key=_ORDER.__getitem__)) for n, c in value.certainties)
    return value._replace(certainty=lower, certainties=parts)


def _own(value: Value) -> str:
    """What a node itself says; as text, because NaN does not equal itself."""
    numbers = (value.number, value.real, value.imag, value.raw)
    words = (value.pointer, value.len, value.cap, value.type_word, value.words)
    return repr((numbers, words))


def decode(go_type: GoType, reader: Reader, sizes: Sizes, offset: int = 0) -> Value:
    """The value of type ``go_type`` at ``offset``."""
    kind = go_type.kind
    size = sizes.measure(go_type).size
    if size and not reader.printed(offset, size):
        return Value(value_kind(kind), Certainty.ABSENT, truncated=True)
    match kind:
        case Kind.STRING | Kind.SLICE | Kind.INTERFACE:
            return _header(go_type, reader, sizes, offset)
        case Kind.COMPLEX64 | Kind.COMPLEX128:
            return _complex(kind, reader, offset)
        case Kind.ARRAY | Kind.STRUCT:
            nested = _array if kind is Kind.ARRAY else _struct
            return nested(go_type, reader, sizes, offset)
        case Kind.UNKNOWN | Kind.TYPE_PARAMETER:
            return unknown(reader.words(offset, size))
        case _:
            return _scalar(go_type, reader.read(offset, size), size)


def _scalar(go_type: GoType, reading: Reading, size: int) -> Value:
    kind = go_type.kind
    if kind is Kind.BOOL:
        return _bool(reading)
    if kind in _FLOATS:
        return _float(kind, reading)
    if kind in _POINTERS:
        bits, certainty = reading
        return Value(ValueKind.POINTER, certainty, pointer=bits, truncated=bits is None)
    return _int(go_type, reading, size)


def unknown(words: tuple[Reading, ...]) -> Value:
    """A value of a type that we cannot look up: its words, uninterpreted."""
    bits = tuple(word.bits for word in words if word.bits is not None)
    certainty = weakest(word.certainty for word in words)
    return Value(ValueKind.UNKNOWN, certainty, words=bits, truncated=bool(words) and not bits)


def value_kind(kind: Kind) -> ValueKind:
    """The kind of value that a type of this kind has."""
    if kind in FIXED or kind in _WORD_SIZED:
        if kind is Kind.BOOL:
            return ValueKind.BOOL
        return ValueKind.FLOAT if kind in _FLOATS else ValueKind.INT
    if kind in _POINTERS:
        return ValueKind.POINTER
    if kind in (Kind.COMPLEX64, Kind.COMPLEX128):
        return ValueKind.COMPLEX
    if kind in (Kind.UNKNOWN, Kind.TYPE_PARAMETER):
        return ValueKind.UNKNOWN
    return ValueKind(kind.value)


def _bool(reading: Reading) -> Value:
    bits, certainty = reading
    if bits is None or bits < 2:
        number = None if bits is None else bool(bits)
        return Value(ValueKind.BOOL, certainty, number=number, truncated=bits is None)
    return Value(ValueKind.BOOL, certainty, raw=bits)


def _int(go_type: GoType, reading: Reading, size: int) -> Value:
    bits, certainty = reading
    if bits is None:
        return Value(ValueKind.INT, certainty, truncated=True)
    number = bits
    if go_type.kind in _SIGNED and bits >> (8 * size - 1):
        number -= 1 << (8 * size)
    return Value(ValueKind.INT, certainty, number=number, human=human(go_type.named, number))


def _float(kind: Kind, reading: Reading) -> Value:
    number = _ieee(kind, reading.bits)
    return Value(ValueKind.FLOAT, reading.certainty, number=number, truncated=number is None)


def _ieee(kind: Kind, bits: int | None) -> float | None:
    if bits is None:
        return None
    packed, unpacked, _ = _FLOATS[kind]
    return float(struct.unpack(unpacked, struct.pack(packed, bits))[0])


def _complex(kind: Kind, reader: Reader, offset: int) -> Value:
    half = Kind.FLOAT32 if kind is Kind.COMPLEX64 else Kind.FLOAT64
    size = FIXED[half]
    real, imag = reader.read(offset, size), reader.read(offset + size, size)
    certainty, certainties = _parts((("real", real), ("imag", imag)))
    return Value(
        ValueKind.COMPLEX,
        certainty,
        real=_ieee(half, real.bits),
        imag=_ieee(half, imag.bits),
        truncated=real.bits is None and imag.bits is None,
        certainties=certainties,
    )


def _parts(
    parts: tuple[tuple[str, Reading], ...],
) -> tuple[Certainty, tuple[tuple[str, Certainty], ...]]:
    """The certainty of the whole, and of each part where they differ."""
    first = parts[0][1].certainty
    if all(reading.certainty is first for _, reading in parts):
        return first, ()
    certainties = tuple((name, reading.certainty) for name, reading in parts)
    differ = len({certainty for _, certainty in certainties}) > 1
    return weakest(c for _, c in certainties), certainties if differ else ()


def _header(go_type: GoType, reader: Reader, sizes: Sizes, offset: int) -> Value:
    word = sizes.word_size
    kind = _HEADERS[go_type.kind]
    names = HEADER_WORDS[go_type.kind]
    read = [reader.read(offset + i * word, word) for i in range(len(names))]
    certainty, certainties = _parts(tuple(zip(names, read, strict=True)))
    bits = [reading.bits for reading in read]
    gone = bits.count(None) == len(bits)
    if kind is ValueKind.INTERFACE:
        type_word, data = bits
        return Value(
            kind,
            certainty,
            pointer=data,
            type_word=type_word,
            truncated=gone,
            certainties=certainties,
        )
    return Value(
        kind,
        certainty,
        pointer=bits[0],
        len=_signed(bits[1], word),
        cap=_signed(bits[2], word) if kind is ValueKind.SLICE else None,
        truncated=gone,
        certainties=certainties,
    )


def _signed(bits: int | None, size: int) -> int | None:
    if bits is None or not bits >> (8 * size - 1):
        return bits
    return bits - (1 << (8 * size))


def _array(go_type: GoType, reader: Reader, sizes: Sizes, offset: int) -> Value:
    elements = []
    for part in sizes.parts(go_type._replace(length=min(go_type.length, ELEMENTS))):
        elements.append(decode(part.type, reader, sizes, offset + part.offset))
    certainty = weakest(element.certainty for element in elements)
    if go_type.length > ELEMENTS and elements and sizes.measure(go_type).size:
        certainty = Certainty.PARTIAL
    return Value(ValueKind.ARRAY, certainty, elements=tuple(elements))


def _struct(go_type: GoType, reader: Reader, sizes: Sizes, offset: int) -> Value:
    fields = []
    for part in sizes.parts(go_type):
        value = decode(part.type, reader, sizes, offset + part.offset)
        fields.append(FieldValue(part.name, part.type.text, value))
    certainty = weakest(field.value.certainty for field in fields)
    return Value(ValueKind.STRUCT, certainty, fields=tuple(fields))
