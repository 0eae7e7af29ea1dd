"""Go types, as far as they decide what is printed for a value."""

from __future__ import annotations

from enum import StrEnum

from gotrace.tuples import NamedTuple


class Kind(StrEnum):
    """The kind of a type's underlying type. ``UNKNOWN``: declared where we cannot look."""

    BOOL = "bool"
    INT = "int"
    INT8 = "int8"
    INT16 = "int16"
    INT32 = "int32"
    INT64 = "int64"
    UINT = "uint"
    UINT8 = "uint8"
    UINT16 = "uint16"
    UINT32 = "uint32"
    UINT64 = "uint64"
    UINTPTR = "uintptr"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    COMPLEX64 = "complex64"
    COMPLEX128 = "complex128"
    STRING = "string"
    SLICE = "slice"
    INTERFACE = "interface"  # empty or not: two words
    POINTER = "pointer"
    MAP = "map"
    CHAN = "chan"
    FUNC = "func"
    UNSAFE_POINTER = "unsafe.Pointer"
    ARRAY = "array"
    STRUCT = "struct"
    TYPE_PARAMETER = "type parameter"
    UNKNOWN = "unknown"


class Field(NamedTuple):
    """A struct field; ``name`` is ``_`` for blank ones, the type's name for embedded ones."""

    name: str
    type: GoType


class GoType(NamedTuple):
    """A type.

    ``text`` is how the source spells it (``time.Duration``, ``*Client``); ``kind`` that of its
    underlying type. ``element`` is set for pointer, slice, array and chan where known, ``length``
    for arrays, ``fields`` for structs. ``align64`` marks structs that sync/atomic aligns to 8 bytes
    on 32-bit ports (since go1.19). ``named`` is the defined type's name, qualified as in ``text``
    (``time.Duration``), empty for a type literal.
    """

    kind: Kind
    text: str
    named: str = ""
    element: GoType | None = None
    length: int = 0
    fields: tuple[Field, ...] = ()
    align64: bool = False

    def __str__(self) -> str:
        return self.text
