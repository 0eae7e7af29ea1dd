"""What one goroutine is blocked on, by its state and its innermost frames.

Source: runtime/runtime2.go waitReasonStrings, sync/mutex.go, sync/rwmutex.go (go1.15.15 to
go1.27.3); internal/sync/mutex.go since go1.24.
"""

from __future__ import annotations

from enum import StrEnum

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.tuples import NamedTuple
from gotrace.value import Certainty

_INNERMOST = 8  # frames of the runtime and of sync above the first of the program's own


class Thing(StrEnum):
    """What is waited for."""

    MUTEX = "mutex"
    RWMUTEX = "RWMutex"
    WAIT_GROUP = "WaitGroup"
    COND = "Cond"
    SEMAPHORE = "semaphore"
    RECEIVE = "receive"
    SEND = "send"
    SELECT = "select"
    NIL_CHANNEL = "nil channel"
    NOTHING = "select without cases"


class Blocked(NamedTuple):
    """``address`` is that of the object, None where no printed word tells it; ``proven`` is whether
    that word is exact. ``frame`` is the index of the first frame of the program's own."""

    goroutine: int
    thing: Thing
    address: int | None
    proven: bool
    frame: int | None


# A call, what its first word is the address of, and how far that lies inside the object.
_CALLS = {
    "lockSlow": Thing.MUTEX,
    "(*Mutex).lockSlow": Thing.MUTEX,
    "(*Mutex).Lock": Thing.MUTEX,
    "(*RWMutex).Lock": Thing.RWMUTEX,
    "(*RWMutex).RLock": Thing.RWMUTEX,
    "(*WaitGroup).Wait": Thing.WAIT_GROUP,
    "(*Cond).Wait": Thing.COND,
}
# Where no call has the object's own address, that of its semaphore: Mutex has it behind its state;
# RWMutex has one for writers and one for readers behind its Mutex.
_SEMAPHORES = {"(*Mutex).Lock": 4, "(*RWMutex).Lock": 8, "(*RWMutex).RLock": 12}
_STATES = {
    "sync.Mutex.Lock": Thing.MUTEX,
    "sync.RWMutex.Lock": Thing.RWMUTEX,
    "sync.RWMutex.RLock": Thing.RWMUTEX,
    "sync.WaitGroup.Wait": Thing.WAIT_GROUP,
    "sync.Cond.Wait": Thing.COND,
    "semacquire": Thing.SEMAPHORE,
    "chan receive": Thing.RECEIVE,
    "chan send": Thing.SEND,
    "select": Thing.SELECT,
    "chan receive (nil chan)": Thing.NIL_CHANNEL,
    "chan send (nil chan)": Thing.NIL_CHANNEL,
    "select (no cases)": Thing.NOTHING,
}
_PACKAGES = {"sync", "internal/sync"}


def blocked(goroutine: AnnotatedGoroutine, index: int) -> Blocked | None:
    """What it waits for; None where it runs, sleeps or does I/O."""
    thing = _STATES.get(goroutine.goroutine.state or "")
    if thing is None:
        return None
    own = next((i for i, f in enumerate(goroutine.frames) if f.in_app), None)
    if thing not in _LOCKS:
        return Blocked(index, thing, None, False, own)
    return _lock(goroutine.frames[:_INNERMOST], Blocked(index, thing, None, False, own))


_LOCKS = {Thing.MUTEX, Thing.RWMUTEX, Thing.WAIT_GROUP, Thing.COND, Thing.SEMAPHORE}


def _lock(frames: tuple[AnnotatedFrame, ...], found: Blocked) -> Blocked:
    """With the object's address, from the frames of package sync."""
    semaphore: tuple[int, bool] | None = None
    for frame in frames:
        if frame.name.package not in _PACKAGES:
            if frame.in_app:
                break
            continue
        thing = _CALLS.get(frame.name.local)
        first = _first(frame)
        if thing is None:
            if frame.name.local.startswith("runtime_Sem"):
                semaphore = first
            continue
        found = found._replace(thing=thing)
        if first is None and semaphore is not None and frame.name.local in _SEMAPHORES:
            first = (semaphore[0] - _SEMAPHORES[frame.name.local], semaphore[1])
        if first is not None:
            return found._replace(address=first[0], proven=first[1])
    return found


def _first(frame: AnnotatedFrame) -> tuple[int, bool] | None:
    """The first word of a call, and whether it is exact; None where it is stale or not printed."""
    word = next(iter(frame.frame.call.words()), None)
    if word is None or word.stale or not word.value:
        return None
    exact = bool(frame.arguments) and frame.arguments[0].certainty is Certainty.EXACT
    return word.value, exact
