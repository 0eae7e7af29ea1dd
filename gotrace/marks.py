"""Whose mark a printed `?` is: compiler and printer of Go ≥ 1.18 number slots differently."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.layout.match import Match
from gotrace.layout.sizes import has_unknown
from gotrace.layout.values import Registers
from gotrace.model import Absence, AbsenceReason, Group, Item
from gotrace.passing import Passed
from gotrace.types import GoType, Kind


def shifted_words(
    passed: Sequence[Passed], slots: Sequence[tuple[int, int]], match: Match
) -> frozenset[int]:
    """Words whose true mark is `?` or unknown, where the printed marks are those of other slots.

    The compiler numbers register slots from the first that may be dead; the printer counts the ones
    it prints. A slot that is not printed (a dictionary, a dropped parameter, a depth cut) moves all
    marks behind it. Which parameter the numbers start at is not known: those before it are always
    live. So a word is believed only where the mark at every possible number is live.
    """
    printed = [
        ((slot.parameter, slot.offset), word)
        for slot, word in match.slots
        if slot.in_register and word is not None
    ]
    if [place for place, _ in printed] == list(slots[: len(printed)]):
        return frozenset()
    found = set()
    for base in range(len(passed)):
        numbered = [slot for slot in slots if slot[0] >= base]
        shown = [(place, word) for place, word in printed if place[0] >= base]
        for place, word in shown:
            number = numbered.index(place)
            if number >= len(shown) or shown[number][1].stale:
                found.add(word.start)
        if not passed[base].may_live:
            break
    return frozenset(found)


def slots_are_sure(
    passed: Sequence[Passed],
    types: Sequence[GoType],
    registers: Registers,
    match: Match,
    items: Sequence[Item],
) -> bool:
    """Whether it is known which slot each mark belongs to, though a type's width is not.

    A type printed as one number takes one register, integer or float; one printed in braces may be
    an array, which lies on the stack; of one that is not printed nothing is known.
    """
    cut = _any_cut(items)
    if not registers.integers or (all(item.printed for item in passed) and not cut):
        return True
    unknown = [
        (item.printed, go_type)
        for item, go_type in zip(passed, types, strict=True)
        if has_unknown(item.parameter.type)
    ]
    single = all(
        printed and go_type.element is not None and go_type.element.kind is not Kind.STRUCT
        for printed, go_type in unknown
    )
    return single and not cut and len(match.slots) < registers.integers


def _any_cut(items: Sequence[Item]) -> bool:
    return any(
        _any_cut(item.items)
        if isinstance(item, Group)
        else isinstance(item, Absence) and item.reason is AbsenceReason.CUT
        for item in items
    )
