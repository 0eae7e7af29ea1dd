"""Where the parameters stand that DWARF does not list: blank and unnamed ones, go1.17 to go1.21.

The compiler's list of what is printed has a component for each parameter. Every way to give the
listed ones a component each, in order, is tried; those stay that lead to the same list and to the
registers and stack slots that DWARF names. What they do not agree on is not told.

Source: cmd/compile/internal/dwarfgen/dwarf.go createDwarfVars (go1.21.13).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product

from gotrace.binary.dwarf_locations import Location
from gotrace.binary.dwarf_shape import (
    DICTIONARY,
    GUESSES,
    Abi,
    Guess,
    Passed,
    components,
    first_offset,
    is_told,
    leaf_classes,
    passed,
    predict,
    pushed_by,
    stand_in,
)
from gotrace.binary.pclntab import ArgToken
from gotrace.layout.sizes import AGGREGATES, Sizes
from gotrace.layout.values import Home
from gotrace.names import FunctionName
from gotrace.tuples import NamedTuple
from gotrace.types import GoType

_MOST_WAYS = 400
_MOST_GUESSES = 27


class Listed(NamedTuple):
    """An input that DWARF lists, or a receiver whose type the function's name tells."""

    type: GoType
    location: Location = Location()


class Function(NamedTuple):
    """What is known of the function. ``receiver``: its first input is one; it is the first listed,
    unless it is ``nameless``."""

    name: FunctionName
    receiver: bool
    listed: tuple[Listed, ...]
    results: tuple[GoType, ...]
    tokens: tuple[ArgToken, ...]
    nameless: bool = False


class Place(NamedTuple):
    """An input: the number of the listed one (None: it is not listed), and what is printed of it.

    ``part`` is empty where nothing is.
    """

    listed: int | None
    part: tuple[ArgToken, ...] = ()


Way = tuple[Place, ...]


class Aligner:
    """Aligns for one program."""

    def __init__(self, sizes: Sizes, abi: Abi) -> None:
        self.sizes = sizes
        self.abi = abi

    def fits(self, function: Function) -> bool:
        """Whether the listed inputs are all there are."""
        items, _ = self._passed(function, [item.type for item in function.listed])
        tokens, _ = predict(items, function.results, self.sizes, self.abi)
        return tokens == list(function.tokens)

    def ways(self, function: Function) -> list[Way]:
        """Every way that fits; empty where there is none or too many."""
        found = []
        for i, way in enumerate(self._candidates(function)):
            if i >= _MOST_WAYS:
                return []
            if self._possible(function, way):
                found.append(way)
        return found

    # ------------------------------------------------------------------ candidates

    def _candidates(self, function: Function) -> Iterator[Way]:
        parts = components(function.tokens)
        cut = bool(parts) and parts[-1] == ("...",)
        if cut:
            parts.pop()
        listed = function.listed
        items, dictionary = self._passed(function, [item.type for item in listed])
        if dictionary > 0:
            parts = parts[1:]
        hidden = sum(not item.printed for item in items if item.type is not DICTIONARY)
        if hidden > len(listed):
            return
        start = tuple(map(Place, range(hidden)))
        if function.nameless:
            if hidden or dictionary >= 0 or not parts:
                return
            start = (Place(None, parts.pop(0)),)
        elif function.receiver and not hidden:
            if not parts or not listed or not self._similar(listed[0], parts[0]):
                return
            start = (Place(0, parts.pop(0)),)
        placed = sum(item.listed is not None for item in start)
        for way in self._embeddings(listed, placed, parts, cut):
            yield start + way

    def _embeddings(
        self, listed: Sequence[Listed], i: int, parts: list[tuple[ArgToken, ...]], cut: bool
    ) -> Iterator[Way]:
        """Ways to place ``listed[i:]`` in ``parts``; with ``cut`` some may stand behind them."""
        if not parts:
            if cut or i == len(listed):
                yield tuple(map(Place, range(i, len(listed))))
            return
        spare = len(parts) - (len(listed) - i)
        if spare < 0 and not cut:
            return
        if i < len(listed) and self._similar(listed[i], parts[0]):
            for way in self._embeddings(listed, i + 1, parts[1:], cut):
                yield (Place(i, parts[0]), *way)
        if spare > 0 or cut:
            for way in self._embeddings(listed, i, parts[1:], cut):
                yield (Place(None, parts[0]), *way)

    def _similar(self, item: Listed, part: tuple[ArgToken, ...]) -> bool:
        if (item.type.kind in AGGREGATES) != (part[0] == "{"):
            return False
        start, home = first_offset(part), item.location.home
        first = part[0]
        if isinstance(first, tuple) and first[1] != self.sizes.measure(item.type).size:
            return False
        return home is None or start is None or part[0] == "{" or home == start

    # ------------------------------------------------------------------ checks

    def _passed(self, function: Function, inputs: Sequence[GoType]) -> tuple[list[Passed], int]:
        return passed(inputs, function.name, function.receiver, self.abi.facts)

    def _possible(self, function: Function, way: Way) -> bool:
        """Whether the way leads to the list and to the places that DWARF tells.

        From the first component on that is not listed, and whose sizes the list does not tell in
        full, anything is possible.
        """
        shown = {token[0] for token in function.tokens if isinstance(token, tuple)}
        behind = (function.listed[i.listed] for i in way if i.listed is not None and not i.part)
        if function.tokens[-1:] == ("...",) and any(i.location.home in shown for i in behind):
            return False
        told, tokens = way, list(function.tokens)
        for i, item in enumerate(way):
            if item.listed is None and not is_told(item.part):
                told = way[:i]
                tokens = [token for earlier in self._parts(function, i) for token in earlier]
                break
        unlisted = sum(item.listed is None for item in told)
        guesses = islice(product(GUESSES, repeat=unlisted), _MOST_GUESSES)
        return any(self._leads_to(function, told, some, tokens) for some in guesses)

    def _parts(self, function: Function, inputs: int) -> list[tuple[ArgToken, ...]]:
        """What is printed of the first ``inputs`` inputs."""
        items, dictionary = self._passed(function, [i.type for i in function.listed])
        hidden = sum(not item.printed for item in items if item.type is not DICTIONARY)
        return components(function.tokens)[: max(inputs - hidden, 0) + (dictionary > 0)]

    def _leads_to(
        self, function: Function, way: Way, guesses: Sequence[Guess], tokens: list[ArgToken]
    ) -> bool:
        """Whether these inputs print as ``tokens``, the list or its beginning."""
        inputs = _types(function, way, guesses)
        items, dictionary = self._passed(function, inputs)
        found, places = predict(items, function.results, self.sizes, self.abi)
        whole = len(tokens) == len(function.tokens)
        cut = tokens[-1:] == ["..."] or not whole
        push = pushed_by(found, tokens)
        if cut and push > 0 and not push % self.sizes.word_size:
            # What is not listed behind the cut may lie on the stack.
            found, places = predict(items, function.results, self.sizes, self.abi, pushed=push)
        if found != tokens and not (cut and _alike(found, tokens)):
            return False
        order = list(way)
        if dictionary >= 0:
            order.insert(dictionary, Place(None))
        return self._in_place(function, order, items, places, cut)

    def _in_place(
        self,
        function: Function,
        order: Sequence[Place],
        items: Sequence[Passed],
        places: Sequence[Home],
        cut: bool,
    ) -> bool:
        """Each listed input is where DWARF says. What is not listed may take either registers.

        Behind a cut anything may stand between the listed ones, and push all spill slots.
        """
        pushed: set[int] = set()
        low, high = [0, 0], [0, 0]  # how many of the integer and float registers are taken
        for item, part, place in zip(order, items, places, strict=True):
            leaves = leaf_classes(part.type, self.sizes) if place.in_register else []
            if part.printed and not item.part and part.type is not DICTIONARY:
                break
            if item.listed is not None:
                location = function.listed[item.listed].location
                if location.home is not None and place.in_register:
                    pushed.add(location.home - place.offset)
                elif location.home not in {None, place.offset}:
                    return False
                if location.registers and not place.in_register:
                    return False
                numbers = dict(location.registers)
                for offset, floats in leaves:
                    at = numbers.get(offset)
                    if at is not None and not (
                        at[0] == floats and low[floats] <= at[1] <= high[floats]
                    ):
                        return False
                    low[floats], high[floats] = low[floats] + 1, high[floats] + 1
            elif part.type is DICTIONARY:
                low[0], high[0] = low[0] + 1, high[0] + 1
            else:
                high = [n + len(leaves) for n in high]
        return pushed <= {0} or (cut and len(pushed) == 1 and min(pushed) > 0)


def _alike(found: Sequence[ArgToken], tokens: Sequence[ArgToken]) -> bool:
    """Whether the lists are the same but for what stands behind ``found`` on the stack.

    That may be so much that numbers lie too far to be printed (`_`).
    """
    if len(tokens) == len(found) + 1 and tokens[-1] == "...":
        tokens = tokens[:-1]
    return len(found) == len(tokens) and all(
        one == other or (other == "_" and isinstance(one, tuple))
        for one, other in zip(found, tokens, strict=True)
    )


def _types(function: Function, way: Way, guesses: Sequence[Guess]) -> list[GoType]:
    """The inputs' types, in order."""
    remaining = iter(guesses)
    return [
        stand_in(item.part, next(remaining))
        if item.listed is None
        else function.listed[item.listed].type
        for item in way
    ]


def common(ways: Sequence[Way]) -> Way:
    """What all ways agree on; where they differ the input is none of the listed ones.

    They can differ in length where the list breaks off; what is behind that then counts only if
    all ways have it there.
    """
    if len(ways) == 1:
        return ways[0]
    printed = min(sum(bool(item.part) or item.listed is not None for item in w) for w in ways)
    shared: list[Place] = []
    for several in zip(*(way[:printed] for way in ways), strict=True):
        first = several[0]
        if first.part or all(item == first for item in several):
            agreed = all(item.listed == first.listed for item in several)
            shared.append(first if agreed else first._replace(listed=None))
    last = max(
        (item.listed for way in ways for item in way if item.part and item.listed is not None),
        default=-1,
    )
    count = 1 + max((i.listed for i in ways[0] if i.listed is not None), default=-1)
    taken = {item.listed for item in shared}
    return (*shared, *(Place(n) for n in range(last + 1, count) if n not in taken))
