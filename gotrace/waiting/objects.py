"""Goroutines that wait for the same object, together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.model import Site
from gotrace.waiting.blocked import Blocked
from gotrace.waiting.found import Awaited, How, Kind, Waiter
from gotrace.waiting.words import pointers

INSIDE = 1 << 10  # bytes that an object may lie behind the start of the struct that has it
LOCKS = {Kind.MUTEX, Kind.RWMUTEX, Kind.ONCE}

_Goroutines = Sequence[AnnotatedGoroutine]
_Key = tuple[Kind, int] | tuple[Kind, str, Site | None, int | None]


def objects(waits: Iterable[tuple[int, Blocked]], goroutines: _Goroutines) -> list[Awaited]:
    """What is waited for, in the dump's order.

    Two goroutines wait for the same object where its address is the same. Where a waiter's words do
    not tell it, the same place in the code with the same owner is probably the same object.
    """
    groups: dict[_Key, list[tuple[int, Blocked]]] = {}
    for number, wait in waits:
        key: _Key
        if wait.address is not None:
            key = (wait.kind, wait.address)
        else:
            key = (wait.kind, *_place(goroutines[number].frames, wait))
        groups.setdefault(key, []).append((number, wait))
    found = [_awaited(members, goroutines) for members in groups.values()]
    return list(_merged(found, goroutines))


def caller(goroutine: AnnotatedGoroutine, wait: Blocked | Waiter) -> AnnotatedFrame | None:
    """The frame that called into the lock."""
    frame = wait.frame
    return goroutine.frames[frame] if frame is not None and frame < len(goroutine.frames) else None


def _place(frames: Sequence[AnnotatedFrame], wait: Blocked) -> tuple[str, Site | None, int | None]:
    """The struct that the lock seems to be in, by its pointer and type; else where it is locked."""
    if wait.frame >= len(frames):
        return "", None, None
    frame = frames[wait.frame]
    owner = receiver(frame) if wait.kind in LOCKS else None
    if owner is not None:
        return f"{frame.name.package}.{frame.name.receiver}", None, owner
    return frame.frame.function, frame.frame.site, None


def receiver(frame: AnnotatedFrame) -> int | None:
    """The pointer that a method was called with; None where it is not printed or not sure."""
    if frame.name.receiver is None or not frame.name.receiver.startswith("*"):
        return None
    return next((address for position, address in pointers(frame) if position == 0), None)


def _awaited(members: Sequence[tuple[int, Blocked]], goroutines: _Goroutines) -> Awaited:
    first = members[0][1]
    known = first.address is not None
    owner = None
    if first.kind in LOCKS:
        owners = (_owner(goroutines[number], wait) for number, wait in members)
        owner = next((o for o in owners if o is not None), None)
    return Awaited(
        first.kind,
        first.address,
        known and all(wait.exact for _, wait in members),
        owner,
        tuple(_waiter(n, wait, goroutines[n], proven=wait.exact) for n, wait in members),
        minutes=minutes_of(goroutines, [n for n, _ in members]),
    )


def _waiter(number: int, wait: Blocked, goroutine: AnnotatedGoroutine, *, proven: bool) -> Waiter:
    frame = wait.frame if wait.frame < len(goroutine.frames) else None
    return Waiter(number, frame, wait.how, proven, wait.behind_writer)


def minutes_of(goroutines: _Goroutines, numbers: Iterable[int]) -> tuple[int, int] | None:
    """The shortest and the longest wait that is printed; None where none is."""
    waits = [wait for n in numbers if (wait := goroutines[n].goroutine.wait_minutes) is not None]
    return (min(waits), max(waits)) if waits else None


def _owner(goroutine: AnnotatedGoroutine, wait: Blocked) -> int | None:
    """The nearest pointer at or before the object among the words of the function that locks it,
    else of those that called it; where the object's address is not known, the receiver."""
    frame = caller(goroutine, wait)
    if frame is None:
        return None
    address = wait.address
    if address is None:
        return receiver(frame)
    for frame in goroutine.frames[wait.frame :]:
        near = [p for _, p in pointers(frame) if 0 <= address - p < INSIDE]
        if near:
            return max(near)
    return None


def _merged(found: list[Awaited], goroutines: _Goroutines) -> Iterable[Awaited]:
    """Waiters whose words do not tell the address join those who seem to lock the same field of the
    same owner."""
    known: dict[tuple[Kind, int, str], int] = {}
    for index, awaited in enumerate(found):
        if awaited.address is not None and awaited.owner is not None:
            known.setdefault((awaited.kind, awaited.owner, _type(awaited, goroutines)), index)
    joined: dict[int, list[Awaited]] = {}
    gone = set()
    for index, awaited in enumerate(found):
        if awaited.address is None and awaited.owner is not None:
            target = known.get((awaited.kind, awaited.owner, _type(awaited, goroutines)))
            if target is not None:
                joined.setdefault(target, []).append(awaited)
                gone.add(index)
    for index, awaited in enumerate(found):
        if index not in gone:
            yield _with(awaited, joined[index], goroutines) if index in joined else awaited


def _type(awaited: Awaited, goroutines: _Goroutines) -> str:
    first = awaited.waiters[0]
    frame = caller(goroutines[first.goroutine], first)
    return "" if frame is None else f"{frame.name.package}.{frame.name.receiver}"


def _with(awaited: Awaited, others: list[Awaited], goroutines: _Goroutines) -> Awaited:
    waiters = sorted((*awaited.waiters, *(w for other in others for w in other.waiters)))
    numbers = [w.goroutine for w in waiters]
    return awaited._replace(
        proven=False, waiters=tuple(waiters), minutes=minutes_of(goroutines, numbers)
    )


def pending_writer(awaited: Awaited) -> Waiter | None:
    """The writer that has shut out later readers and writers, and waits for the readers before it.

    sync/rwmutex.go Lock: first w.Lock(), then the readers are told, then writerSem.
    """
    if awaited.kind is not Kind.RWMUTEX:
        return None
    first = [w for w in awaited.waiters if w.how is How.WRITE and not w.behind_writer]
    return first[0] if len(first) == 1 else None
