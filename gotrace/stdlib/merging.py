"""One signature out of several that may have been in force: what all of them say.

Releases rename types and variables, and change what bodies do with a parameter. That is no reason
to bind nothing: what differs is left unsaid as long as every value is laid out in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from gotrace.signature import Parameter, Signature
from gotrace.types import Field, GoType, Kind

T = TypeVar("T")
_UNSAID = (None, "_")
# A pointer's size is all that is printed of these; what they point at may differ.
_REFERENCES = {Kind.POINTER, Kind.SLICE, Kind.MAP, Kind.CHAN, Kind.FUNC, Kind.INTERFACE}


def merged(signatures: Sequence[Signature], *, results_printed: bool) -> Signature | None:
    """The common signature, the first's text and place; None where a value differs in layout.

    ``results_printed``: only up to go1.16 do results decide what is printed; else they are left
    out where they differ.
    """
    found: Signature | None = signatures[0]
    for other in signatures[1:]:
        found = found and _both(found, other, results_printed)
    return found


def _both(one: Signature, other: Signature, results_printed: bool) -> Signature | None:
    if (one.receiver is None) is not (other.receiver is None):
        return None
    inputs = _all(_parameter, one.inputs(), other.inputs())
    results = _all(_parameter, one.results, other.results)
    if inputs is None or (results is None and results_printed):
        return None
    method = one.receiver is not None
    return one._replace(
        receiver=inputs[0] if method else None,
        parameters=inputs[1:] if method else inputs,
        results=results or (),
    )


def _all(
    merge: Callable[[T, T], T | None], ones: Sequence[T], others: Sequence[T]
) -> tuple[T, ...] | None:
    if len(ones) != len(others):
        return None
    both = [merge(one, other) for one, other in zip(ones, others, strict=True)]
    found = tuple(b for b in both if b is not None)
    return found if len(found) == len(both) else None


def _parameter(one: Parameter, other: Parameter) -> Parameter | None:
    """A parameter without a name is treated otherwise by Go than one that has one."""
    if one == other:
        return one
    both = _type(one.type, other.type)
    if both is None or (one.name in _UNSAID) is not (other.name in _UNSAID):
        return None
    return one._replace(
        type=both,
        variadic=one.variadic and other.variadic,
        escapes=one.escapes if one.escapes is other.escapes else None,
        used=one.used if one.used is other.used else None,
    )


def _type(one: GoType, other: GoType) -> GoType | None:
    same = one.text == other.text
    if one == other:
        return one
    if one.kind is not other.kind:
        return None
    if one.kind in _REFERENCES:
        return _reference(one, other, same)
    unknown = one.kind in {Kind.UNKNOWN, Kind.TYPE_PARAMETER} and not same
    fields = _all(_field, one.fields, other.fields)
    if unknown or fields is None or one.align64 != other.align64:
        return None
    plain = one if same else one._replace(text=str(one.kind), named="")
    return _array(plain, other) if one.kind is Kind.ARRAY else plain._replace(fields=fields)


def _array(one: GoType, other: GoType) -> GoType | None:
    if one.length != other.length or one.element is None or other.element is None:
        return None
    element = _type(one.element, other.element)
    return element and one._replace(element=element)


def _reference(one: GoType, other: GoType, same: bool) -> GoType:
    if not same:
        return GoType(one.kind, str(one.kind))
    if one.element is None or other.element is None:
        return one._replace(element=None)
    element = _type(one.element, other.element)
    if element is None:
        element = GoType(Kind.UNKNOWN, one.element.text, one.element.named)
    return one._replace(element=element)


def _field(one: Field, other: Field) -> Field | None:
    both = _type(one.type, other.type)
    return both and Field(one.name, both)
