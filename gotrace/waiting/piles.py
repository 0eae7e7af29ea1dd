"""Goroutines that nothing wakes, and many of one creator that wait in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.grouping import columns
from gotrace.model import Site
from gotrace.waiting.found import Forever, Pile
from gotrace.waiting.objects import minutes_of

MANY = 50  # goroutines that one place created and that wait in one place
SPREAD = 5  # minutes between the first and the last of those that came one by one

_NEVER = {"chan receive (nil chan)", "chan send (nil chan)", "select (no cases)"}
_PILED = {"chan receive", "chan send", "select", "semacquire", "sync.Cond.Wait"} | {
    "sync.WaitGroup.Wait",
    "sync.Mutex.Lock",
    "sync.RWMutex.Lock",
    "sync.RWMutex.RLock",
}
_Place = tuple[str, Site | None]


def forever(goroutines: Sequence[AnnotatedGoroutine]) -> Iterator[Forever]:
    """Those in a state that nothing ends, and those that the collector found leaked."""
    found: dict[tuple[str, bool, str, Site | None], list[int]] = {}
    for number, goroutine in enumerate(goroutines):
        plain = goroutine.goroutine
        leaked = "leaked" in plain.flags
        if leaked or plain.state in _NEVER:
            key = (plain.state or "", leaked, *_place(goroutine))
            found.setdefault(key, []).append(number)
    for (state, leaked, function, site), numbers in found.items():
        yield Forever(state, leaked, function, site, tuple(numbers))


def piles(goroutines: Sequence[AnnotatedGoroutine]) -> Iterator[Pile]:
    """Many of one creator in one place, and what speaks for a leak: nobody takes what they send, or
    they have come one by one over minutes and none has left. Idle workers look alike."""
    found: dict[tuple[str | None, str, Site | None], list[int]] = {}
    for number, goroutine in enumerate(goroutines):
        plain = goroutine.goroutine
        if plain.state in _PILED:
            creator = plain.created_by
            if creator is not None:
                key = (plain.state, creator.function, creator.site)
                found.setdefault(key, []).append(number)
    for (state, _, _), numbers in found.items():
        for place, members in _places(numbers, goroutines):
            creator = goroutines[members[0]].goroutine.created_by
            assert creator is not None
            reason = _reason(state or "", members, goroutines)
            minutes = minutes_of(goroutines, members)
            yield Pile(state or "", creator, *place, tuple(members), minutes, reason)


def _places(
    numbers: list[int], goroutines: Sequence[AnnotatedGoroutine]
) -> Iterator[tuple[_Place, list[int]]]:
    """Those that are many in one place; leaked ones are told elsewhere."""
    if len(numbers) < MANY:
        return
    known: dict[tuple[str, ...], _Place] = {}  # equal stacks wait in one place
    found: dict[_Place, list[int]] = {}
    for number in numbers:
        goroutine = goroutines[number]
        if goroutine.goroutine.flags:
            continue
        pieces = columns(goroutine.goroutine.frames)[0]
        place = known.get(pieces)
        if place is None:
            place = known[pieces] = _place(goroutine)
        found.setdefault(place, []).append(number)
    yield from ((place, members) for place, members in found.items() if len(members) >= MANY)


def _reason(state: str, members: Sequence[int], goroutines: Sequence[AnnotatedGoroutine]) -> str:
    """Why they may be leaked; empty where nothing says so."""
    waits = {goroutines[n].goroutine.wait_minutes or 0 for n in members}
    spread = max(waits) - min(waits)
    if spread >= SPREAD and len(waits) > 2:
        return f"they came over {spread} minutes, and none has left"
    if state == "chan send":
        return "nobody takes what they send"
    return ""


def _place(goroutine: AnnotatedGoroutine) -> _Place:
    """The innermost frame of the program's own; without any, the innermost outside the runtime."""
    frames: Sequence[AnnotatedFrame] = goroutine.frames
    outside = [f for f in frames if f.in_app] or [
        f for f in frames if not f.frame.function.startswith("runtime.")
    ]
    for frame in (*outside[:1], *frames[:1]):
        return frame.frame.function, frame.frame.site
    return "", None
