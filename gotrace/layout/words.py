"""The argument area that Go ≤ 1.16 prints word by word: receiver, parameters, results.

Sub-word arguments share words; padding keeps whatever was there. Parameters and results each end
on a word's border. Source: runtime/traceback.go gentraceback (go1.15.15:439), cmd/compile/internal/
gc/align.go dowidth TFUNCARGS.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.layout.sizes import Sizes, has_unknown, round_up
from gotrace.tuples import NamedTuple
from gotrace.types import GoType


class Count(NamedTuple):
    """How many words were printed; ``cut`` where the text says that more follow."""

    printed: int
    cut: bool

    def allows(self, total: int) -> bool:
        """Whether an area of ``total`` words prints like this.

        Ten words are the limit since go1.4 and dots follow only an eleventh; before, five, and
        go1.0 prints the dots even when there are exactly five.
        """
        if self.cut:
            return total > self.printed if self.printed >= 10 else total >= self.printed
        return total == self.printed


class Place(NamedTuple):
    """Bytes ``offset`` to ``offset + size`` of the area."""

    offset: int
    size: int


class Area(NamedTuple):
    """Where each input and result lies; None where the words leave several possibilities."""

    inputs: tuple[Place | None, ...]
    results: tuple[Place | None, ...]
    words: int


def lay_out(inputs: Sequence[GoType], results: Sequence[GoType], sizes: Sizes) -> Area:
    """Place arguments whose types are all known.

    Units: bytes for places, words for the total.
    """
    first, offset = _run(inputs, 0, sizes)
    second, offset = _run(results, round_up(offset, sizes.word_size), sizes)
    return Area(first, second, round_up(offset, sizes.word_size) // sizes.word_size)


def _run(types: Sequence[GoType], offset: int, sizes: Sizes) -> tuple[tuple[Place, ...], int]:
    places = []
    for go_type in types:
        size, align, *_ = sizes.measure(go_type)
        offset = round_up(offset, align)
        places.append(Place(offset, size))
        offset += size
    return tuple(places), offset


def solve(
    inputs: Sequence[GoType], results: Sequence[GoType], sizes: Sizes, count: Count
) -> Area | None:
    """Place arguments some of whose types are unknown, by the number of words printed.

    None where no width fits. Where several do, the first unknown and everything behind it have no
    place: an unknown of less than a word could share one with its neighbours, and behind dots any
    width fits.
    """
    types = [*inputs, *results]
    unknown = [has_unknown(go_type) for go_type in types]
    if not any(unknown):
        area = lay_out(inputs, results, sizes)
        return area if count.allows(area.words) else None
    first = unknown.index(True)
    known, end = _known_head(types, first, len(inputs), sizes)
    if count.cut:
        missing = end >= count.printed * sizes.word_size
        rest = (Place(end, sizes.word_size) if missing else None,) * (len(types) - first)
        places: tuple[Place | None, ...] = known + rest
        return Area(places[: len(inputs)], places[len(inputs) :], count.printed)
    found = _search(types, unknown, len(inputs), sizes, count.printed * sizes.word_size)
    if not found:
        return None
    places = found[0]
    if len(found) > 1:
        places = known + (None,) * (len(types) - first)
    return Area(places[: len(inputs)], places[len(inputs) :], count.printed)


def _known_head(
    types: Sequence[GoType], stop: int, boundary: int, sizes: Sizes
) -> tuple[tuple[Place, ...], int]:
    head, offset = _run(types[: min(stop, boundary)], 0, sizes)
    if stop < boundary:
        return head, offset
    tail, offset = _run(types[boundary:stop], round_up(offset, sizes.word_size), sizes)
    return head + tail, offset


_Histories = dict[int, tuple[tuple[Place, ...], ...]]


def _search(
    types: Sequence[GoType], unknown: Sequence[bool], boundary: int, sizes: Sizes, total: int
) -> tuple[tuple[Place, ...], ...]:
    """Up to two different placements that fill exactly ``total`` bytes."""
    word = sizes.word_size
    states: _Histories = {0: ((),)}
    for i, go_type in enumerate(types):
        if i == boundary:
            states = _rounded(states, word)
        following: _Histories = {}
        for offset, histories in states.items():
            for start, size in _choices(go_type, unknown[i], offset, total, sizes):
                if start + size > total:
                    continue
                place = _whole_words(start, size, word) if unknown[i] else Place(start, size)
                _keep(following, start + size, tuple((*h, place) for h in histories))
        states = following
    if boundary == len(types):
        states = _rounded(states, word)
    return _rounded(states, word).get(total, ())


def _choices(
    go_type: GoType, unknown: bool, offset: int, total: int, sizes: Sizes
) -> Iterator[tuple[int, int]]:
    if not unknown:
        measure = sizes.measure(go_type)
        yield round_up(offset, measure.align), measure.size
        return
    align = 1
    while align <= sizes.word_size:
        start = round_up(offset, align)
        for size in range(0, total - start + 1, align):
            yield start, size
        align *= 2


def _whole_words(start: int, size: int, word: int) -> Place:
    """An unknown is what its words are: the padding behind it counts as its own."""
    return Place(start, round_up(start + size, word) - start if size else 0)


def _rounded(states: _Histories, word: int) -> _Histories:
    rounded: _Histories = {}
    for offset, histories in states.items():
        _keep(rounded, round_up(offset, word), histories)
    return rounded


def _keep(states: _Histories, offset: int, histories: tuple[tuple[Place, ...], ...]) -> None:
    """Two are enough to know that there is more than one."""
    kept = states.get(offset, ())
    for history in histories:
        if len(kept) < 2 and history not in kept:
            kept = (*kept, history)
    states[offset] = kept
