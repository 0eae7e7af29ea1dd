"""How large Go types are, how they are aligned and how many registers they take.

Source: cmd/compile/internal/types/size.go CalcSize (go1.27.3), gc/align.go dowidth (go1.15).
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.tuples import NamedTuple
from gotrace.types import Field, GoType, Kind

TOO_MANY = 255  # registers; stands for "never in registers"

FIXED = {
    Kind.BOOL: 1,
    Kind.INT8: 1,
    Kind.UINT8: 1,
    Kind.INT16: 2,
    Kind.UINT16: 2,
    Kind.INT32: 4,
    Kind.UINT32: 4,
    Kind.INT64: 8,
    Kind.UINT64: 8,
    Kind.FLOAT32: 4,
    Kind.FLOAT64: 8,
}
HEADER_WORDS = {
    Kind.STRING: ("pointer", "len"),
    Kind.INTERFACE: ("type_word", "data_word"),
    Kind.SLICE: ("pointer", "len", "cap"),
}
WORDS = {kind: len(names) for kind, names in HEADER_WORDS.items()}
UNKNOWN = {Kind.UNKNOWN, Kind.TYPE_PARAMETER}
AGGREGATES = {
    Kind.STRING,
    Kind.INTERFACE,
    Kind.SLICE,
    Kind.COMPLEX64,
    Kind.COMPLEX128,
    Kind.ARRAY,
    Kind.STRUCT,
}

UINTPTR = GoType(Kind.UINTPTR, "uintptr")
FLOAT32 = GoType(Kind.FLOAT32, "float32")
FLOAT64 = GoType(Kind.FLOAT64, "float64")


class Measure(NamedTuple):
    """``size`` and ``align`` in bytes; how many integer and floating-point registers it takes."""

    size: int
    align: int
    integers: int
    floats: int


class Part(NamedTuple):
    """A direct component of an aggregate, ``offset`` bytes into it."""

    name: str
    type: GoType
    offset: int


class Sizes:
    """Measures types for one word size; ``align64`` as the fact of that name (32-bit ports only).

    One instance serves one binding: it remembers types by identity, because hashing a nested tuple
    costs as much as measuring it.
    """

    def __init__(self, word_size: int, *, align64: bool = False) -> None:
        self.word_size = word_size
        self.align64 = align64
        self._known: dict[int, tuple[GoType, Measure]] = {}

    def measure(self, go_type: GoType) -> Measure:
        """Size, alignment and registers; a type of unknown width counts as one word."""
        known = self._known.get(id(go_type))
        if known is None:
            known = self._known[id(go_type)] = (go_type, self._measure(go_type))
        return known[1]

    def parts(self, go_type: GoType) -> Iterator[Part]:
        """The components of an aggregate, in memory order; one by one, for arrays can be huge."""
        kind = go_type.kind
        word = self.word_size
        if kind in WORDS:
            for i, name in enumerate(HEADER_WORDS[kind]):
                yield Part(name, UINTPTR, i * word)
        elif kind is Kind.COMPLEX64:
            yield from (Part("real", FLOAT32, 0), Part("imag", FLOAT32, 4))
        elif kind is Kind.COMPLEX128:
            yield from (Part("real", FLOAT64, 0), Part("imag", FLOAT64, 8))
        elif kind is Kind.ARRAY and go_type.element is not None:
            size = self.measure(go_type.element).size
            for i in range(go_type.length):
                yield Part(str(i), go_type.element, i * size)
        elif kind is Kind.STRUCT:
            yield from self._fields(go_type.fields)

    def _fields(self, fields: tuple[Field, ...]) -> Iterator[Part]:
        offset = 0
        for field in fields:
            measure = self.measure(field.type)
            offset = round_up(offset, measure.align)
            yield Part(field.name, field.type, offset)
            offset += measure.size

    def _measure(self, go_type: GoType) -> Measure:
        kind = go_type.kind
        word = self.word_size
        if kind in FIXED:
            size = FIXED[kind]
            floating = kind in (Kind.FLOAT32, Kind.FLOAT64)
            return Measure(size, min(size, word), int(not floating), int(floating))
        match kind:
            case Kind.STRING | Kind.INTERFACE | Kind.SLICE:
                measure = Measure(WORDS[kind] * word, word, WORDS[kind], 0)
            case Kind.COMPLEX64:
                measure = Measure(8, 4, 0, 2)
            case Kind.COMPLEX128:
                measure = Measure(16, word, 0, 2)
            case Kind.ARRAY if go_type.element is not None:
                measure = self._array(go_type.element, go_type.length)
            case Kind.STRUCT:
                measure = self._struct(go_type)
            case Kind.UNKNOWN | Kind.TYPE_PARAMETER if go_type.element is not None:
                measure = self.measure(go_type.element)
            case _:
                measure = Measure(word, word, 1, 0)
        return measure

    def _array(self, element: GoType, length: int) -> Measure:
        one = self.measure(element)
        if length == 1:
            return one
        registers = 0 if length <= 0 else TOO_MANY
        return Measure(one.size * max(length, 0), one.align, registers, registers)

    def _struct(self, go_type: GoType) -> Measure:
        size, align, integers, floats = 0, 1, 0, 0
        last = -1
        for part in self._fields(go_type.fields):
            one = self.measure(part.type)
            size, last = part.offset + one.size, one.size
            align = max(align, one.align)
            integers, floats = integers + one.integers, floats + one.floats
        if size > 0 and last == 0:
            size += 1  # so that the address of the last field stays inside (golang/go#9401)
        if go_type.align64 and self.align64:
            align = max(align, 8)
        if max(integers, floats) >= TOO_MANY:
            integers = floats = TOO_MANY
        return Measure(round_up(size, align), align, integers, floats)


def round_up(offset: int, align: int) -> int:
    """The first multiple of ``align`` that is not before ``offset``."""
    return (offset + align - 1) // align * align


def has_unknown(go_type: GoType) -> bool:
    """Whether the width of ``go_type`` depends on a type that we cannot look up."""
    match go_type.kind:
        case Kind.UNKNOWN | Kind.TYPE_PARAMETER:
            return True
        case Kind.ARRAY:
            return go_type.element is None or has_unknown(go_type.element)
        case Kind.STRUCT:
            return any(has_unknown(field.type) for field in go_type.fields)
        case _:
            return False


def in_words(go_type: GoType, word_size: int) -> bool:
    """Whether each part of a value is one whole word, the same in either byte order."""
    match go_type.kind:
        case Kind.COMPLEX64:
            return False
        case Kind.COMPLEX128:
            return word_size == FIXED[Kind.FLOAT64]
        case Kind.ARRAY:
            return go_type.element is None or in_words(go_type.element, word_size)
        case Kind.STRUCT:
            return all(in_words(field.type, word_size) for field in go_type.fields)
        case kind:
            return FIXED.get(kind, word_size) == word_size


_POINTED = {
    *(Kind.POINTER, Kind.MAP, Kind.CHAN, Kind.FUNC, Kind.UNSAFE_POINTER),
    *(Kind.STRING, Kind.SLICE, Kind.INTERFACE),
}


def has_pointers(go_type: GoType) -> bool:
    """Whether a value of this type holds pointers that the collector follows."""
    if go_type.kind is Kind.STRUCT:
        return any(has_pointers(field.type) for field in go_type.fields)
    if go_type.kind is Kind.ARRAY:
        return (
            bool(go_type.length) and go_type.element is not None and has_pointers(go_type.element)
        )
    return go_type.kind in _POINTED


def fits_ssa(go_type: GoType, sizes: Sizes) -> bool:
    """Whether the compiler can keep a variable of this type out of memory.

    Source: cmd/compile/internal/ssa/value.go CanSSA (go1.26.6:614).
    """
    size = sizes.measure(go_type).size
    if size == 0:
        return True
    if size > 4 * sizes.word_size:
        return False
    match go_type.kind:
        case Kind.ARRAY:
            one = go_type.length <= 1 and go_type.element is not None
            return one and go_type.element is not None and fits_ssa(go_type.element, sizes)
        case Kind.STRUCT:
            fields = go_type.fields
            return len(fields) <= 4 and all(fits_ssa(field.type, sizes) for field in fields)
        case Kind.UNKNOWN | Kind.TYPE_PARAMETER:
            return go_type.element is None or fits_ssa(go_type.element, sizes)
        case _:
            return True
