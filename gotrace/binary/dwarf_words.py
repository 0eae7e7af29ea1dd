"""Where parameters lie on the stack, until go1.16: by the offsets that DWARF gives.

Blank and unnamed parameters are not listed. What a listed one leaves free in front of it is a gap:
a parameter `_` of unknown type and exact width. A parameter that is never used has no offset; it
is told only if it cannot lie anywhere else.

Source: cmd/compile/internal/gc/pgen.go createDwarfVars, gc/align.go dowidth TFUNCARGS (go1.15.15).
"""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.layout.sizes import Sizes, round_up
from gotrace.layout.words import lay_out
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind

BYTE = GoType(Kind.UINT8, "uint8")
_NUMBERED = lazy_pattern(r"~[rb](\d+)$")


class Listed(NamedTuple):
    """An input that DWARF lists; ``home`` is its offset, None where DWARF has none."""

    number: int
    type: GoType
    home: int | None


class Input(NamedTuple):
    """An input as passed: the listed one of this number, or (None) a gap."""

    number: int | None
    type: GoType


def gap(size: int) -> GoType:
    """Bytes of which nothing is known."""
    return GoType(Kind.ARRAY, "?", element=BYTE, length=size)


def count_parameters(results: Sequence[str]) -> int | None:
    """How many parameters are declared, by the names of the results; None where all have one.

    The compiler numbers those that it names on from the parameters, without the receiver: `~r2`
    (gc/dcl.go funcargs, go1.15.15).
    """
    numbers = [int(m[1]) for name in results if (m := _NUMBERED.match(name))]
    return min(numbers) if numbers else None


def place(
    listed: Sequence[Listed], complete: bool, end: int | None, sizes: Sizes
) -> list[Input] | None:
    """All inputs in order, gaps included; None where the offsets contradict the types.

    ``complete``: nothing is missing. ``end`` is where the results start. Those without an offset
    are not always in order: where they do not fit, they are gaps.
    """
    found = _place(listed, complete, end, sizes)
    if found is None:
        found = _place([item for item in listed if item.home is not None], False, end, sizes)
    return found


def _place(
    listed: Sequence[Listed], complete: bool, end: int | None, sizes: Sizes
) -> list[Input] | None:
    placer = _Placer(sizes, complete)
    for item in in_order(listed, sizes):
        if item.home is None:
            placer.pending.append(item)
        elif not placer.settle(item.home, item):
            return None
    settled = placer.settle_naturally() if end is None else placer.settle(end, None)
    return placer.found if settled else None


def in_order(listed: Sequence[Listed], sizes: Sizes) -> list[Listed]:
    """By their offsets. DWARF has them so, but for those of no size: they come before what shares
    their offset. One without an offset stays behind the one that DWARF has before it."""
    keys, last = [], 0
    for item in listed:
        last = last if item.home is None else item.home
        empty = item.home is not None and not sizes.measure(item.type).size
        keys.append((last, not empty))
    order = sorted(range(len(listed)), key=keys.__getitem__)
    return [listed[i] for i in order]


class _Placer:
    def __init__(self, sizes: Sizes, complete: bool) -> None:
        self.sizes = sizes
        self.complete = complete
        self.found: list[Input] = []
        self.pending: list[Listed] = []
        self.at = 0

    def settle(self, home: int, item: Listed | None) -> bool:
        """Place what is pending, and ``item`` at ``home`` (None: the area ends there)."""
        size, align = self.sizes.word_size, self.sizes.word_size
        if item is not None:
            size, align = self.sizes.measure(item.type)[:2]
        natural = self.at
        for waiting in self.pending:
            measure = self.sizes.measure(waiting.type)
            natural = round_up(natural, measure.align) + measure.size
        start = round_up(natural, align)
        if start > home or (self.complete and start < home):
            return False
        if self.complete or self._fixed(home):
            self.settle_naturally()
            if start < home:
                self.found.append(Input(None, gap(home - self.at)))
        elif home > self.at:
            self.found.append(Input(None, gap(home - self.at)))
            self.pending.clear()
        if item is not None:
            self.found.append(Input(item.number, item.type))
            self.at = home + size
        return True

    def settle_naturally(self) -> bool:
        """Place what is pending as if nothing were missing."""
        for waiting in self.pending:
            measure = self.sizes.measure(waiting.type)
            self.at = round_up(self.at, measure.align) + measure.size
            self.found.append(Input(waiting.number, waiting.type))
        self.pending.clear()
        return True

    def _fixed(self, end: int) -> bool:
        """Whether what is pending can lie in one place only before ``end``."""
        first, last = self.at, end
        starts = []
        for waiting in self.pending:
            measure = self.sizes.measure(waiting.type)
            first = round_up(first, measure.align)
            starts.append(first)
            first += measure.size
        for waiting, start in zip(reversed(self.pending), reversed(starts), strict=True):
            measure = self.sizes.measure(waiting.type)
            last = (last - measure.size) // measure.align * measure.align
            if measure.size and last != start:
                return False
        return True


def area_end(results: Sequence[GoType], total: int | None, sizes: Sizes) -> int | None:
    """Where the results start, by the bytes of all arguments."""
    if total is None:
        return None
    return total - lay_out([], results, sizes).words * sizes.word_size
