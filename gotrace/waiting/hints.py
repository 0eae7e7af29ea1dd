"""Goroutines that may hold a lock: hints, by the pointers in their frames.

Whoever holds the lock of a struct is mostly in one of its methods, behind the line that took it. It
may have let go of it since; so these are never told as facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.waiting.found import Awaited, Holder, How, Kind, Waiter
from gotrace.waiting.objects import caller, pending_writer
from gotrace.waiting.places import LOCKING, Place, Places, callers, examples
from gotrace.waiting.words import pointers

MOST = 3  # past one line: readers of an RWMutex, or such as have let go; more say nothing

_Goroutines = Sequence[AnnotatedGoroutine]


def waited(goroutine: AnnotatedGoroutine) -> bool:
    """Whether it has waited for a minute at least."""
    return bool(goroutine.goroutine.wait_minutes)


def hints(
    awaited: Awaited, goroutines: _Goroutines, places: Places, *, asleep: bool
) -> list[Holder]:
    """Those past the line where the others wait; else those in another method of the same struct;
    else, after long, those that have the pointer, or the waiter itself. Of too many, none."""
    lines = _lines(awaited, goroutines)
    having = [*_having(awaited, goroutines, places)]
    for found, most in (
        (_past(awaited, goroutines, having, lines), MOST),
        (_unnamed(goroutines, places, awaited), 1),
        (_beside(awaited, goroutines, having, lines), 1),
        (_near(awaited, goroutines, having, lines, asleep=asleep), 1),
        (_itself(awaited, goroutines, asleep=asleep), 1),
    ):
        holders = {h.goroutine: h for h in reversed([*found])}
        if holders:
            return sorted(holders.values()) if len(holders) <= most else []
    return []


def _having(awaited: Awaited, goroutines: _Goroutines, places: Places) -> Iterator[Place]:
    """Frames of others that have the lock or its owner, and do not just try to get the lock."""
    found = [
        place
        for pointer in {awaited.address, awaited.owner} - {None}
        for place in places.having.get(pointer or 0, ())
    ]
    trying = {
        place.goroutine
        for place in found
        if goroutines[place.goroutine].frames[place.frame].name.package in LOCKING
    }
    trying.update(w.goroutine for w in awaited.waiters)
    return (place for place in found if place.goroutine not in trying)


_Lines = dict[tuple[str, int | None], int]


def _lines(awaited: Awaited, goroutines: _Goroutines) -> _Lines:
    """The last line that waits, by function and by the position at which it has the pointer."""
    found: _Lines = {}
    for frame in callers(awaited, goroutines):
        if frame.frame.site is None:
            continue
        for position, address in pointers(frame):
            if address in {awaited.address, awaited.owner}:
                key = (frame.frame.function, position)
                found[key] = max(found.get(key, 0), frame.frame.site.line)
    return found


def _past(
    awaited: Awaited, goroutines: _Goroutines, having: Sequence[Place], lines: _Lines
) -> Iterator[Holder]:
    for place in having:
        frame = goroutines[place.goroutine].frames[place.frame]
        line = lines.get((frame.frame.function, place.position))
        if line is not None and frame.frame.site is not None and frame.frame.site.line > line:
            reason = f"with the same pointer it is past line {line}, where the others wait"
            yield Holder(place.goroutine, place.frame, False, reason)


def _unnamed(goroutines: _Goroutines, places: Places, awaited: Awaited) -> Iterator[Holder]:
    """The only one behind that line, where its words do not tell which struct it has."""
    waiting = {w.goroutine for w in awaited.waiters}
    lines: dict[str, int] = {}
    for frame in callers(awaited, goroutines):
        if frame.frame.site is not None and frame.name.receiver is not None:
            function = frame.frame.function
            lines[function] = max(lines.get(function, 0), frame.frame.site.line)
    found = {}
    for function, line in lines.items():
        for place in places.running.get(function, ()):
            site = goroutines[place.goroutine].frames[place.frame].frame.site
            if place.goroutine not in waiting and site is not None and site.line > line:
                reason = f"it is past line {line}, where the others wait (its pointer is not sure)"
                found[place.goroutine] = Holder(place.goroutine, place.frame, False, reason)
    if len(found) == 1:
        yield from found.values()


def _beside(
    awaited: Awaited, goroutines: _Goroutines, having: Sequence[Place], lines: _Lines
) -> Iterator[Holder]:
    """In a method of the struct that the waiters' method is of. What the waiters came through
    themselves proves nothing."""
    above = _above(awaited, goroutines)
    locks = next(callers(awaited, goroutines), None)
    for place in having:
        frame = goroutines[place.goroutine].frames[place.frame]
        key = (frame.frame.function, place.position)
        if key in lines or key in above or place.position != 0 or locks is None:
            continue
        if place.typed or _same_type(frame, locks):
            reason = "it is in a method of the same struct"
            yield Holder(place.goroutine, place.frame, False, reason)


def _near(
    awaited: Awaited,
    goroutines: _Goroutines,
    having: Sequence[Place],
    lines: _Lines,
    *,
    asleep: bool,
) -> Iterator[Holder]:
    """In a function of the same package that has the pointer, where the wait is long."""
    if not asleep and not any(waited(goroutines[w.goroutine]) for w in awaited.waiters):
        return
    above = _above(awaited, goroutines)
    packages = {frame.name.package for frame in callers(awaited, goroutines)}
    for place in having:
        frame = goroutines[place.goroutine].frames[place.frame]
        key = (frame.frame.function, place.position)
        if key not in lines and key not in above and frame.name.package in packages:
            reason = "it has the pointer, and nobody else is in a method of the struct"
            yield Holder(place.goroutine, place.frame, False, reason)


def _above(awaited: Awaited, goroutines: _Goroutines) -> set[tuple[str, int | None]]:
    return {
        (frame.frame.function, position)
        for waiter in examples(awaited, goroutines)
        if waiter.frame is not None
        for frame in goroutines[waiter.goroutine].frames[waiter.frame + 1 :]
        for position, address in pointers(frame)
        if address in {awaited.address, awaited.owner}
    }


def _same_type(frame: AnnotatedFrame, other: AnnotatedFrame) -> bool:
    """Whether both are methods of one pointer type."""
    type_ = frame.name.receiver
    if type_ is None or not type_.startswith("*"):
        return False
    return (frame.name.package, type_) == (other.name.package, other.name.receiver)


def _itself(awaited: Awaited, goroutines: _Goroutines, *, asleep: bool) -> Iterator[Holder]:
    """The one waiter that came through another method of the same struct, where the wait is long
    and nobody else has it: many a method calls another one without the lock."""
    writer = pending_writer(awaited)
    found = []
    for waiter in awaited.waiters:
        first_in_line = waiter is writer and len(awaited.waiters) > 1
        if first_in_line or not (asleep or waited(goroutines[waiter.goroutine])):
            continue
        index = _through(awaited, goroutines[waiter.goroutine], waiter)
        if index is not None and not _only_readers(awaited, waiter, writer):
            reason = "nobody else is in a method of the struct, and it came through another"
            found.append(Holder(waiter.goroutine, index, False, reason))
    if len(found) == 1:
        yield found[0]


def _only_readers(awaited: Awaited, waiter: Waiter, writer: Waiter | None) -> bool:
    """Whether it wants to read what, as far as is known, only readers have: that goes on."""
    return awaited.kind is Kind.RWMUTEX and waiter.how is How.READ and writer is None


def _through(awaited: Awaited, goroutine: AnnotatedGoroutine, waiter: Waiter) -> int | None:
    """The frame of another method of the struct, further out."""
    locks = caller(goroutine, waiter)
    if locks is None or waiter.frame is None or awaited.owner is None:
        return None
    for index in range(waiter.frame + 1, len(goroutine.frames)):
        frame = goroutine.frames[index]
        if _same_type(frame, locks) and (0, awaited.owner) in pointers(frame):
            return index
    return None
