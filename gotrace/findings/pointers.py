"""The addresses in a value, and which of them the runtime vouches for."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.findings.rule import Part, exact
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind
from gotrace.value import ValueKind

# minLegalPointer (runtime/malloc.go, go1.27.3): what lies below is no pointer of Go's.
LEAST = 4096
_MANAGED = {Kind.POINTER, Kind.MAP, Kind.CHAN, Kind.FUNC}
_FOREIGN = ("_Ctype_", "C.", "unsafe.Pointer", "_cgo")


class Pointer(NamedTuple):
    """``what`` it is called in messages; ``target`` the type behind it, None where unknown or a
    structure of the runtime's own (``whole``: aligned to a word)."""

    address: int
    what: str
    target: GoType | None
    whole: bool = False


def managed(part: Part) -> Iterator[Pointer]:
    """The exact addresses that Go's own rules hold for: not those of C, and not unsafe ones. What
    is empty has a real address too, or none."""
    value, go_type = part.value, part.type
    if go_type is not None and any(mark in go_type.text for mark in _FOREIGN):
        return
    element = None if go_type is None else go_type.element
    match value.kind:
        case ValueKind.POINTER:
            if go_type is None or go_type.kind not in _MANAGED or not exact(value):
                return
            if value.pointer:
                whole = go_type.kind is not Kind.POINTER
                yield Pointer(value.pointer, part.path, element, whole)
        case ValueKind.SLICE:
            if exact(value, "pointer") and value.pointer:
                yield Pointer(value.pointer, f"the array of {part.path}", element)
        case ValueKind.STRING:
            if exact(value, "pointer") and value.pointer:
                yield Pointer(value.pointer, f"the text of {part.path}", None)
        case ValueKind.INTERFACE:
            if exact(value, "type_word") and value.type_word:
                yield Pointer(value.type_word, f"the type word of {part.path}", None, True)
