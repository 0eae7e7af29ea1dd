"""Bind what is printed by its braces alone: a binary knows which slots held, nobody the types."""

from __future__ import annotations

from gotrace.decode import Reading, unknown
from gotrace.model import Absence, Call, Group, Item, Word
from gotrace.signature import Role
from gotrace.trust import MARKED, UNWRITTEN
from gotrace.value import Argument, Certainty, SlotMarks, WordUse

_UNTYPED = "its type is not known"


def bind_shape(call: Call, slots: SlotMarks | None) -> tuple[Argument, ...]:
    """One argument without a name for each component outside of braces.

    Shape:  kinds are unknown, values words; likely at most: what a parameter without a name holds
            is not always written to its slot.
    """
    words = call.words()
    marks = {w.start: not w.stale for w in words}
    if slots is not None and len(slots.live) >= len(words):
        marks = {w.start: live for w, live in zip(words, slots.live, strict=False)}
    items = [item for item in call.items if not isinstance(item, Absence)]
    return tuple(_argument(item, marks) for item in items)


def _argument(item: Item, live: dict[int, bool]) -> Argument:
    words = _words(item)
    readings = tuple(
        Reading(w.value, Certainty.LIKELY if live[w.start] else Certainty.STALE) for w in words
    )
    uses = tuple(WordUse(w.value, w.stale, w.start, w.end, 0, 0, 0) for w in words)
    value = unknown(readings)
    reason = _UNTYPED
    if value.certainty is Certainty.STALE:
        reason = MARKED if any(w.stale for w in words) else UNWRITTEN
    return Argument(None, Role.PARAMETER, "?", value.certainty, value, uses, reason)


def _words(item: Item) -> tuple[Word, ...]:
    if isinstance(item, Word):
        return (item,)
    inner = item.items if isinstance(item, Group) else ()
    return tuple(word for part in inner for word in _words(part))
