"""Hold the tree of components that a signature prints against the printed one (Go ≥ 1.17)."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.layout.sizes import UNKNOWN, has_unknown
from gotrace.layout.values import Aggregate, Cut, Slot, Token
from gotrace.model import Absence, AbsenceReason, Group, Item, Word
from gotrace.tuples import NamedTuple
from gotrace.types import Field, GoType, Kind


class Match(NamedTuple):
    """Each slot with its word, in printed order, None for `_`; ``ended``: the text breaks off."""

    slots: tuple[tuple[Slot, Word | None], ...]
    ended: bool


def match_tree(
    tokens: Sequence[Token], items: Sequence[Item], *, offsets_known: bool
) -> Match | None:
    """Give every slot its word; None where the trees differ.

    With ``offsets_known`` false (a type of unknown width stands before) `_` may be anywhere.
    """
    matcher = _Matcher(offsets_known)
    if not matcher.match(tokens, items):
        return None
    return Match(tuple(matcher.slots), matcher.ended)


class _Matcher:
    def __init__(self, offsets_known: bool) -> None:
        self.offsets_known = offsets_known
        self.slots: list[tuple[Slot, Word | None]] = []
        self.ended = False

    def match(self, tokens: Sequence[Token], items: Sequence[Item]) -> bool:
        for i, item in enumerate(items):
            if isinstance(item, Absence) and item.reason is AbsenceReason.TRUNCATED:
                self.ended = True
                return True
            if i >= len(tokens) or not self._one(tokens[i], item):
                return False
            if self.ended:
                return True
        return len(items) == len(tokens)

    def _one(self, token: Token, item: Item) -> bool:
        if isinstance(item, Word):
            return isinstance(token, Slot) and self._word(token, item)
        if isinstance(item, Group):
            return isinstance(token, Aggregate) and self.match(token.tokens, item.items)
        if item.reason is AbsenceReason.TOO_FAR:
            if not isinstance(token, Slot) or not (token.too_far or not self.offsets_known):
                return False
            self.slots.append((token, None))
            return True
        return isinstance(token, Cut)

    def _word(self, slot: Slot, word: Word) -> bool:
        if word.value >> (8 * slot.size) or (slot.too_far and self.offsets_known):
            return False
        self.slots.append((slot, word))
        return True


def solve_shapes(types: Sequence[GoType], items: Sequence[Item]) -> tuple[GoType, ...]:
    """Replace every unknown type by what was printed in its place: one number or a group.

    The result has the same kinds and texts; an unknown's ``element`` is what it stands for.
    """
    solved = []
    for i, go_type in enumerate(types):
        item = items[i] if i < len(items) else None
        solved.append(_solve(go_type, item) if has_unknown(go_type) else go_type)
    return tuple(solved)


def _solve(go_type: GoType, item: Item | None) -> GoType:
    inner = item.items if isinstance(item, Group) else ()
    match go_type.kind:
        case kind if kind in UNKNOWN:
            if go_type.element is not None:  # a binary knows its width
                return go_type
            return go_type._replace(element=_printed_as(item))
        case Kind.ARRAY if go_type.element is not None:
            first = inner[0] if inner else None
            return go_type._replace(element=_solve(go_type.element, first))
        case Kind.STRUCT:
            types = solve_shapes([field.type for field in go_type.fields], inner)
            named = zip(go_type.fields, types, strict=True)
            return go_type._replace(fields=tuple(Field(f.name, t) for f, t in named))
        case _:
            return go_type


def _printed_as(item: Item | None) -> GoType:
    if not isinstance(item, Group):
        return GoType(Kind.UINT64, "uint64")
    fields = tuple(Field("", _printed_as(part)) for part in item.items)
    return GoType(Kind.STRUCT, "struct", fields=fields)
