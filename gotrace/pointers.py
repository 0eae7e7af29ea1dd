"""Pointers that stand in more than one frame get a short name, so that they are seen at a glance.

Only what is known to be a pointer counts, and never a stale or unset one; a word without a type
counts where it equals one, or where it looks like an address and stands in two frames.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gotrace.tuples import NamedTuple
from gotrace.value import Argument, Certainty, Value, ValueKind, WordUse

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWEST = 1 << 16  # below this a word without a type is a number
_new = tuple.__new__  # skips NamedTuple's own __new__: a large dump has very many pointers
TRUSTED = {Certainty.EXACT, Certainty.LIKELY}


class SeenIn(NamedTuple):
    """A place that holds a pointer: goroutine (id and place in the dump), frame, argument."""

    goroutine: int | None
    place: int
    frame: int
    argument: str | None


Frames = Sequence[tuple[tuple[Argument, ...], tuple[WordUse, ...]]]


def shared_pointers(
    goroutines: Iterable[tuple[int | None, Frames]],
) -> tuple[dict[int, str], dict[int, tuple[SeenIn, ...]]]:
    """Names of pointers that stand in several frames, and where each stands."""
    seen: dict[int, list[tuple[int | None, int, int, str | None]]] = {}
    for index, (id_, frames) in enumerate(goroutines):
        for number, (arguments, unbound) in enumerate(frames):
            for address, name in _addresses(arguments):
                seen.setdefault(address, []).append((id_, index, number, name))
            place = id_, index, number, None
            for word in unbound:
                address = word.value
                if address >= LOWEST and not word.stale:
                    if address in seen:
                        seen[address].append(place)
                    else:
                        seen[address] = [place]
    shared = {
        address: tuple([_new(SeenIn, place) for place in dict.fromkeys(places)])
        for address, places in seen.items()
        if len(places) > 1 and any(p[1:3] != places[0][1:3] for p in places)
    }
    return {a: short_name(i) for i, a in enumerate(shared)}, shared


def short_name(index: int) -> str:
    """A, B, … Z, AA, AB, …"""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = _LETTERS[letter] + name
    return name


def _addresses(arguments: tuple[Argument, ...]) -> Iterator[tuple[int, str | None]]:
    for argument in arguments:
        if argument.value is not None and argument.certainty is not Certainty.UNSET:
            for address in pointers_of(argument.value):
                yield address, argument.name


_WITH_POINTER = {ValueKind.POINTER, ValueKind.STRING, ValueKind.SLICE, ValueKind.INTERFACE}


def pointers_of(value: Value) -> Iterator[int]:
    """The addresses that ``value`` holds and that can be trusted; never nil."""
    if value.kind in _WITH_POINTER and value.pointer:
        certainty = dict(value.certainties).get("pointer", value.certainty)
        if certainty in TRUSTED or certainty is Certainty.PARTIAL:
            yield value.pointer
    for field in value.fields:
        yield from pointers_of(field.value)
    for element in value.elements:
        yield from pointers_of(element)
