"""Values that no rule says anything of, known at a glance: nearly all values of a dump.

To ask each rule of each value would take longer than to decode it. Whoever writes a rule that
speaks of other values has to let them pass here; a property in the tests holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable

from gotrace.findings.pointers import LEAST
from gotrace.patterns import lazy_pattern
from gotrace.value import Argument, Certainty, Value, ValueKind

# Every canonical address of a user's lies below (pointers at the top of the range are asked of).
_END = 1 << 47
_FEW = 1 << 12  # elements: their bytes are never more than memory holds
_BYTES = 1 << 31
_COPIES = lazy_pattern(r"(?i)(?:^|[._*()])(?:mem)?(?:copy|move|merge|clone)[a-z0-9]*$")
_POISON = {0xDEADBEEF, 0xDEADDEAD}  # odd, so that only texts could pass with it
_NIL_MATTERS = {"context.Context", "error"}


def is_quiet(argument: Argument, *, resolved: bool) -> bool:
    """Whether no rule speaks of the argument, in a frame that did not fail and copies nothing.

    ``resolved``: the types that a program's file holds were looked up.
    """
    value = argument.value
    if value is None:
        return True
    if value.kind is ValueKind.INTERFACE:
        return _interface(value, resolved) or (
            value.type_word == 0 == value.pointer and argument.type not in _NIL_MATTERS
        )
    return _value(value, resolved)


def copies(function: str) -> bool:
    """Whether its name says that it copies something."""
    return _COPIES.search(function) is not None


def _value(value: Value, resolved: bool) -> bool:
    check = _CHECKS.get(value.kind)
    return check is None or check(value, resolved)


def _pointer(value: Value, _: bool) -> bool:
    address = value.pointer
    return (
        not address
        or (LEAST <= address < _END and not address & 7)
        or value.certainty is not Certainty.EXACT
    )


def _string(value: Value, _: bool) -> bool:
    address, length = value.pointer, value.len
    if address is None or length is None or address in _POISON:
        return False
    return 0 <= length < _BYTES and (LEAST <= address < _END or not (address or length))


def _slice(value: Value, _: bool) -> bool:
    address, length, room = value.pointer, value.len, value.cap
    if address is None or length is None or room is None:
        return False
    return 0 <= length <= room < _FEW and (
        (LEAST <= address < _END and not address & 7) or not (address or room)
    )


def _interface(value: Value, resolved: bool) -> bool:
    word = value.type_word
    return (
        word is not None
        and LEAST <= word < _END
        and not word & 7
        and not value.typed_nil
        and not (resolved and value.dynamic_type is None)
    )


def _parts(value: Value, resolved: bool) -> bool:
    return all(_value(f.value, resolved) for f in value.fields) and all(
        _value(e, resolved) for e in value.elements
    )


_CHECKS: dict[ValueKind, Callable[[Value, bool], bool]] = {
    ValueKind.POINTER: _pointer,
    ValueKind.STRING: _string,
    ValueKind.SLICE: _slice,
    ValueKind.INTERFACE: _interface,
    ValueKind.BOOL: lambda value, _: value.raw is None,
    ValueKind.INT: lambda value, _: value.human is None,  # a duration has a text
    ValueKind.STRUCT: _parts,
    ValueKind.ARRAY: _parts,
}
