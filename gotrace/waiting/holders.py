"""Who may have what others wait for.

Nothing in a dump says who holds a lock. Proven are only three: a writer that waits for the readers
of an RWMutex has shut out all who come later; a goroutine inside the function that Once.Do calls
has the Once; one that reads or writes a file has its lock. All else are hints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gotrace.annotated import AnnotatedGoroutine
from gotrace.waiting.found import Awaited, Holder, Kind
from gotrace.waiting.hints import hints, waited
from gotrace.waiting.inside import Inside, inside_calls
from gotrace.waiting.objects import caller, pending_writer
from gotrace.waiting.places import HINTED, Places
from gotrace.waiting.words import pointers

_Goroutines = Sequence[AnnotatedGoroutine]
_INSIDE = {Kind.ONCE, Kind.FILE}


def with_holders(
    found: Sequence[Awaited], goroutines: _Goroutines, *, word_size: int, asleep: bool
) -> list[Awaited]:
    """``found`` with those that may have each object."""
    inside = inside_calls(goroutines) if any(a.kind in _INSIDE for a in found) else []
    places = Places(found, goroutines, word_size)
    return [
        a._replace(holders=tuple(_holders(a, goroutines, inside, places, asleep=asleep)))
        for a in found
    ]


def _holders(
    awaited: Awaited,
    goroutines: _Goroutines,
    inside: Sequence[Inside],
    places: Places,
    *,
    asleep: bool,
) -> Iterator[Holder]:
    if awaited.kind in _INSIDE:
        known = list(_inside(awaited, goroutines, inside))
        yield from known or _only(awaited, goroutines, inside, asleep=asleep)
    elif awaited.kind in HINTED:
        writer = pending_writer(awaited)
        if writer is not None and len(awaited.waiters) > 1:
            reason = "it waits for readers, and whoever came later for it"
            yield Holder(writer.goroutine, writer.frame, awaited.proven, reason)
        yield from hints(awaited, goroutines, places, asleep=asleep)


def _inside(
    awaited: Awaited, goroutines: _Goroutines, inside: Iterable[Inside]
) -> Iterator[Holder]:
    """Goroutines inside a call that has the object while it lasts."""
    asked = {w.how for w in awaited.waiters}
    for call in inside:
        if call.kind is not awaited.kind or call.how not in asked:
            continue
        if call.address is not None and awaited.address is not None:
            if call.address == awaited.address:
                proven = awaited.proven and call.exact
                yield Holder(call.goroutine, call.frame, proven, call.reason)
        elif awaited.kind is Kind.ONCE and _same_do(awaited, goroutines, call):
            yield Holder(
                call.goroutine,
                call.frame,
                False,
                "it is inside the function that Once.Do called, at the same place with the same "
                "receiver",
            )


def _only(
    awaited: Awaited, goroutines: _Goroutines, inside: Sequence[Inside], *, asleep: bool
) -> Iterator[Holder]:
    """The one goroutine that is inside a Once of which no word tells which it is, after long."""
    if awaited.kind is not Kind.ONCE:
        return
    if not (asleep or any(waited(goroutines[w.goroutine]) for w in awaited.waiters)):
        return
    found = [c for c in inside if c.kind is Kind.ONCE and c.address is None]
    if len({c.goroutine for c in found}) == 1:
        reason = f"{found[0].reason}, and no other goroutine is inside one"
        yield Holder(found[0].goroutine, found[0].frame, False, reason)


def _same_do(awaited: Awaited, goroutines: _Goroutines, call: Inside) -> bool:
    """Whether a waiter called Do where ``call`` did, with the same certain words."""
    frames = goroutines[call.goroutine].frames
    if call.frame >= len(frames):
        return False
    other = frames[call.frame]
    for waiter in awaited.waiters:
        frame = caller(goroutines[waiter.goroutine], waiter)
        if frame is None or (frame.frame.function, frame.frame.site) != (
            other.frame.function,
            other.frame.site,
        ):
            continue
        words = dict(pointers(frame))
        if 0 in words and words[0] == dict(pointers(other)).get(0):
            return True
    return False
