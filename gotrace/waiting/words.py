"""The pointers that a call was surely given; no stale word, none that was never written."""

from __future__ import annotations

from gotrace.annotated import AnnotatedFrame
from gotrace.pointers import LOWEST, TRUSTED
from gotrace.value import Certainty, ValueKind

SURE = TRUSTED
Pointer = tuple[int, bool]  # the address, and whether that is proven


def first_pointer(frame: AnnotatedFrame) -> Pointer | None:
    """What a call of the library was given first; None where it is not printed, not sure or nil."""
    for argument in frame.arguments[:1]:
        value = argument.value
        if argument.certainty in SURE and value is not None and value.pointer:
            return value.pointer, argument.certainty is Certainty.EXACT
        return None
    for position, address in pointers(frame):
        return (address, False) if position == 0 else None
    return None


def pointers(frame: AnnotatedFrame) -> list[tuple[int, int]]:
    """Position and address of each pointer among the arguments.

    Positions count arguments where they are known, else printed words (-1 for one inside braces); 0
    is a method's receiver.
    """
    found: list[tuple[int, int]] = []
    for position, argument in enumerate(frame.arguments):
        if argument.certainty in SURE:
            value = argument.value
            if value is not None and value.kind is ValueKind.POINTER and value.pointer:
                found.append((position, value.pointer))
    if frame.unbound:
        items, place = frame.frame.call.items, 0
        for word in frame.unbound:
            if not word.stale and word.value >= LOWEST:
                start = word.start
                while items[place].start < start and place + 1 < len(items):
                    place += 1
                found.append((place if items[place].start == start else -1, word.value))
    return found
