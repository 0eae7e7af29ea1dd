"""From a dump to who waits for whom.

    find_waiting(dump, goroutines) → Waiting | None

What is blocked, and on what, is read off states and exact words. Who holds a lock is written down
nowhere: a goroutine that works with the object that the lock is in, and does not wait for it, may
hold it. That is a hint, and is told as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.model import Dump, Site
from gotrace.tuples import NamedTuple
from gotrace.waiting.blocked import Blocked, Thing, blocked

INSIDE = 1 << 12  # bytes that a lock may lie behind the start of its object
HOLDERS = 8  # of a lock that are told
MANY = 50  # goroutines of one creator in one place that are a leak candidate
_KEPT = {Thing.MUTEX, Thing.RWMUTEX}
_CHANNELS = {Thing.RECEIVE, Thing.SEND, Thing.SELECT, Thing.SEMAPHORE, Thing.COND, Thing.WAIT_GROUP}
_POINTER = 4096  # lower words are numbers


class Hold(NamedTuple):
    """A goroutine that may hold a lock: its ``frame`` has the object that the lock is in."""

    goroutine: int
    frame: int
    object: int


class Group(NamedTuple):
    """Goroutines blocked on one thing. ``address`` None: which one is not known, and each such
    group is of one place in the code. ``holders`` are hints."""

    thing: Thing
    address: int | None
    proven: bool
    blocked: tuple[Blocked, ...]
    holders: tuple[Hold, ...] = ()


class Cycle(NamedTuple):
    """Goroutines each of which waits for a lock that the next one may hold, the last one's by the
    first; ``locks`` are their addresses. One goroutine: a lock taken twice."""

    goroutines: tuple[int, ...]
    locks: tuple[int, ...]


class Leak(NamedTuple):
    """Many goroutines that one place created, and that wait in one place."""

    creator: str
    site: Site | None
    state: str
    goroutines: tuple[int, ...]


class Waiting(NamedTuple):
    """``asleep`` is whether the runtime found that nothing can go on. ``forever`` wait for what
    never comes: nil channels, a select without cases."""

    asleep: bool
    groups: tuple[Group, ...]
    cycles: tuple[Cycle, ...]
    forever: tuple[Blocked, ...]
    leaks: tuple[Leak, ...]


def find_waiting(dump: Dump, goroutines: Sequence[AnnotatedGoroutine]) -> Waiting | None:
    """Who waits for whom; None where there is nothing to say.

    Shape:  goroutines and frames are indices.
    Errors: none.
    Source: docs/waiting.md.
    """
    all_ = [b for i, g in enumerate(goroutines) if (b := blocked(g, i)) is not None]
    asleep = any("all goroutines are asleep" in c.message for c in dump.causes)
    forever = tuple(b for b in all_ if b.thing in {Thing.NIL_CHANNEL, Thing.NOTHING})
    groups = tuple(_groups(all_, goroutines, asleep=asleep))
    cycles = tuple(_cycles(groups))
    leaks = tuple(_leaks(all_, goroutines))
    if not groups and not forever and not leaks:
        return None
    return Waiting(asleep, groups, cycles, forever, leaks)


# ---------------------------------------------------------------------- groups and holders


def _groups(
    all_: Iterable[Blocked], goroutines: Sequence[AnnotatedGoroutine], *, asleep: bool
) -> Iterator[Group]:
    """Locks whose address is known; where everything is asleep, the other things too."""
    by_address: dict[tuple[Thing, int], list[Blocked]] = {}
    for one in all_:
        if one.address is not None:
            by_address.setdefault((one.thing, one.address), []).append(one)
    words = _Words(goroutines)
    objects = {key: words.object(key[1], found) for key, found in by_address.items()}
    busy = {b.goroutine: (objects[k], b.frame) for k, bs in by_address.items() for b in bs}
    for (thing, address), found in by_address.items():
        proven = all(b.proven for b in found)
        own = objects[thing, address]
        holders = words.holders(own, found, busy) if thing in _KEPT and own else ()
        if len(found) > 1 or holders or asleep:
            yield Group(thing, address, proven, tuple(found), holders)
    if asleep:
        for one in all_:
            if one.address is None and one.thing not in {Thing.NIL_CHANNEL, Thing.NOTHING}:
                yield Group(one.thing, None, False, (one,))


class _Words:
    """Which frames of the program's own hold which pointers, in words that are not stale."""

    def __init__(self, goroutines: Sequence[AnnotatedGoroutine]) -> None:
        self._goroutines = goroutines
        self._known: dict[int, list[tuple[int, int]]] | None = None

    def holders(
        self,
        own: int,
        waiting: Sequence[Blocked],
        busy: Mapping[int, tuple[int | None, int | None]],
    ) -> tuple[Hold, ...]:
        """Who may hold a lock that is in ``own``; ``busy`` has the object and the frame in which
        goroutines wait for locks themselves: one that waits for another lock of the same object,
        in the very frame that has it, is no holder for that."""
        waits = {b.goroutine for b in waiting}
        found: dict[int, Hold] = {}
        for goroutine, frame in self._places().get(own, ()):
            its_object, its_frame = busy.get(goroutine, (None, None))
            same = its_object == own and its_frame is not None and frame <= its_frame
            if goroutine not in waits and not same:
                found.setdefault(goroutine, Hold(goroutine, frame, own))
        for one in waiting:
            again = self._taken_before(one, own)
            if again is not None:
                found[one.goroutine] = Hold(one.goroutine, again, own)
        return tuple(found.values())[:HOLDERS]

    def object(self, address: int, waiting: Sequence[Blocked]) -> int | None:
        """The nearest pointer at or before the lock in the frames of those that wait for it."""
        near = [
            word
            for one in waiting
            for frame in self._goroutines[one.goroutine].frames
            for word in _pointers(frame)
            if 0 <= address - word < INSIDE
        ]
        return max(near, default=None)

    def _places(self) -> dict[int, list[tuple[int, int]]]:
        if self._known is None:
            self._known = {}
            for number, goroutine in enumerate(self._goroutines):
                for index, frame in enumerate(goroutine.frames):
                    for word in _pointers(frame):
                        self._known.setdefault(word, []).append((number, index))
        return self._known

    def _taken_before(self, one: Blocked, own: int) -> int | None:
        """The frame of a caller that is a method of the very object whose method takes the lock."""
        frames = self._goroutines[one.goroutine].frames
        if one.frame is None or frames[one.frame].name.receiver is None:
            return None
        locks = frames[one.frame]
        first = next(iter(locks.frame.call.words()), None)
        if first is None or (first.value != own and not first.stale):
            return None
        later = range(one.frame + 1, len(frames))
        return next((i for i in later if _is_method_of(frames[i], locks, own)), None)


def _is_method_of(frame: AnnotatedFrame, other: AnnotatedFrame, own: int) -> bool:
    """Whether it is a method of the object ``own``, of the same type as ``other``."""
    receiver = frame.name.receiver
    same = (frame.name.package, receiver) == (other.name.package, other.name.receiver)
    if not same or receiver is None or not receiver.startswith("*"):
        return False
    first = next(iter(frame.frame.call.words()), None)
    return first is not None and first.value == own and not first.stale


def _pointers(frame: AnnotatedFrame) -> Iterator[int]:
    """The words of a frame of the program's own that may be pointers."""
    if frame.in_app:
        for word in frame.frame.call.words():
            if not word.stale and word.value >= _POINTER:
                yield word.value


# ---------------------------------------------------------------------- cycles and leaks


def _cycles(groups: Sequence[Group]) -> Iterator[Cycle]:
    """Chains of waiting goroutines that come back to their beginning."""
    waits: dict[int, tuple[int, tuple[int, ...]]] = {}
    for group in groups:
        if group.address is not None and group.thing in _KEPT:
            for one in group.blocked:
                waits[one.goroutine] = (group.address, tuple(h.goroutine for h in group.holders))
    done: set[int] = set()
    for start in waits:
        path = _around(start, waits) if start not in done else ()
        if path:
            done |= set(path)
            yield Cycle(path, tuple(waits[g][0] for g in path))


def _around(start: int, waits: dict[int, tuple[int, tuple[int, ...]]]) -> tuple[int, ...]:
    """The shortest way from ``start`` back to it; empty for none."""
    paths: list[tuple[int, ...]] = [(start,)]
    seen = {start}
    while paths:
        following = []
        for path in paths:
            for holder in waits[path[-1]][1]:
                if holder == start:
                    return path
                if holder in waits and holder not in seen:
                    seen.add(holder)
                    following.append((*path, holder))
        paths = following
    return ()


def _leaks(all_: Iterable[Blocked], goroutines: Sequence[AnnotatedGoroutine]) -> Iterator[Leak]:
    found: dict[tuple[str, Site | None, str, str], list[int]] = {}
    for one in all_:
        plain = goroutines[one.goroutine].goroutine
        creator = plain.created_by
        if creator is None or one.thing not in _CHANNELS or one.frame is None:
            continue
        place = goroutines[one.goroutine].frames[one.frame].frame.function
        key = (creator.function, creator.site, plain.state or "", place)
        found.setdefault(key, []).append(one.goroutine)
    for (creator_name, site, state, _), numbers in found.items():
        if len(numbers) >= MANY:
            yield Leak(creator_name, site, state, tuple(numbers))
