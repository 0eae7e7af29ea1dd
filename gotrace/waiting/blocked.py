"""What one goroutine waits for, by its state and its innermost frames.

Source: runtime/runtime2.go waitReasonStrings (go1.15.15:1022, go1.27.3); sync/mutex.go,
sync/rwmutex.go, sync/once.go, sync/cond.go, sync/waitgroup.go, internal/poll/fd_mutex.go,
internal/sync/mutex.go (since go1.24).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.grouping import columns
from gotrace.infer import Runtime
from gotrace.tuples import NamedTuple
from gotrace.waiting.found import How, Kind
from gotrace.waiting.words import SURE, Pointer, first_pointer, pointers


class Blocked(NamedTuple):
    """``exact`` is whether the address is proven. ``frame`` is that of the caller, which may be
    one behind the last where the stack ends."""

    kind: Kind
    how: How
    address: int | None
    exact: bool
    frame: int
    behind_writer: bool = False


# Before go1.20 all locks say `semacquire`, and what they are the frames tell. A goroutine in
# lockSlow that is running or runnable does not wait: it spins, or was given the lock.
_PARKED = {
    "semacquire",
    "sync.Mutex.Lock",
    "sync.RWMutex.Lock",
    "sync.RWMutex.RLock",
    "sync.WaitGroup.Wait",
    "sync.Cond.Wait",
}
_CHANNEL = {
    "chan receive": How.RECEIVE,
    "chan send": How.SEND,
    "chan receive (synctest)": How.RECEIVE,
    "chan send (synctest)": How.SEND,
}

# Frames of the runtime between the parked goroutine and what it called, and whether the first word
# is the semaphore.
_PLUMBING = {
    "runtime.gopark": False,
    "runtime.goparkunlock": False,
    "runtime.semacquire1": True,
    "runtime.semacquire": True,
    "sync.runtime_Semacquire": True,
    "sync.runtime_SemacquireMutex": True,
    "sync.runtime_SemacquireRWMutex": True,
    "sync.runtime_SemacquireRWMutexR": True,
    "sync.runtime_SemacquireWaitGroup": True,
    "internal/sync.runtime_SemacquireMutex": True,
    "internal/poll.runtime_Semacquire": True,
}
_MUTEX = {
    "sync.(*Mutex).lockSlow",
    "sync.(*Mutex).Lock",
    "internal/sync.(*Mutex).lockSlow",
    "internal/sync.(*Mutex).Lock",
}
_NOTIFY = {"sync.runtime_notifyListWait", "sync.runtime_Syncsemacquire"}
# What is called by the program or by another of these, outermost last: the first word is the
# object's address.
_OBJECTS = {
    "sync.(*RWMutex).Lock": (Kind.RWMUTEX, How.WRITE),
    "sync.(*RWMutex).RLock": (Kind.RWMUTEX, How.READ),
    "sync.(*Once).doSlow": (Kind.ONCE, How.DO),
    "sync.(*Once).Do": (Kind.ONCE, How.DO),
    "sync.(*WaitGroup).Wait": (Kind.WAITGROUP, How.WAIT),
    "sync.(*Cond).Wait": (Kind.COND, How.WAIT),
    "internal/poll.(*fdMutex).rwlock": (Kind.FILE, How.LOCK),
}
_LOCKS_OF_FILES = {"readLock": How.READ, "writeLock": How.WRITE}
_RUNTIME_CHANNEL = {
    "runtime.chanrecv",
    "runtime.chanrecv1",
    "runtime.chanrecv2",
    "runtime.chansend",
    "runtime.chansend1",
}


class _Plan(NamedTuple):
    """What the functions of a stack tell, the same for all equal stacks.

    ``words`` are the frames whose first word tells the address, each with how far what it points to
    lies inside the object.
    """

    kind: Kind
    how: How
    frame: int
    behind_writer: bool
    words: tuple[tuple[int, int], ...]


class Blocks:
    """Answers what goroutines wait for."""

    def __init__(self, runtime: Runtime) -> None:
        self._width = runtime.port.word_size
        self._plans: dict[tuple[str, ...], _Plan | None] = {}

    def of(self, goroutine: AnnotatedGoroutine) -> Blocked | None:
        """What it waits for; None where it does not wait, or for something without a name."""
        state = goroutine.goroutine.state
        if state in _CHANNEL:
            return _channel(goroutine.frames, _CHANNEL[state or ""])
        if state not in _PARKED:
            return None
        pieces = columns(goroutine.goroutine.frames)[0]
        if pieces not in self._plans:
            self._plans[pieces] = _plan(goroutine.frames, self._width)
        plan = self._plans[pieces]
        return None if plan is None else _by_plan(plan, goroutine.frames)


def _by_plan(plan: _Plan, frames: Sequence[AnnotatedFrame]) -> Blocked:
    """With the address on which all words agree. Two that agree prove it."""
    found = []
    for index, offset in plan.words:
        word = first_pointer(frames[index])
        if word is not None:
            found.append((word[0] - offset, word[1]))
    kind, how, frame, behind, _ = plan
    if not found or any(address != found[0][0] for address, _ in found):
        return Blocked(kind, how, None, False, frame, behind)
    proven = len(found) > 1 or found[0][1]
    return Blocked(kind, how, found[0][0], proven, frame, behind)


# ---------------------------------------------------------------------- locks


class _Word(StrEnum):
    """What the first word of a call is the address of."""

    SEMAPHORE = "semaphore"
    MUTEX = "mutex"  # on its own, or in an RWMutex or Once
    LIST = "list"  # of a Cond's waiters
    OBJECT = "object"


def _plan(frames: Sequence[AnnotatedFrame], width: int) -> _Plan | None:
    kind: Kind | None = None
    how = How.LOCK
    words: list[tuple[int, _Word]] = []
    number = 0
    while number < len(frames):
        function = frames[number].frame.function
        if function in _PLUMBING:
            if _PLUMBING[function]:
                words.append((number, _Word.SEMAPHORE))
        elif function in _MUTEX and kind in {None, Kind.MUTEX}:
            kind = Kind.MUTEX
            words.append((number, _Word.MUTEX))
        elif function in _NOTIFY:
            kind, how = Kind.COND, How.WAIT
            words.append((number, _Word.LIST))
        elif function in _OBJECTS and _calls(_OBJECTS[function][0], kind):
            kind, how = _OBJECTS[function]
            words.append((number, _Word.OBJECT))
        else:
            break
        number += 1
    if kind is None:
        return None
    functions = {f.frame.function for f in frames[:number]}
    if kind is Kind.FILE:
        number, how = _file(frames, number)
    behind = kind is Kind.RWMUTEX and not functions.isdisjoint(_MUTEX)
    # Until go1.12 the mutex is first in a Once; since go1.13, which has doSlow, behind the flag.
    mutex = 4 if "sync.(*Once).doSlow" in functions else 0
    offsets = {
        _Word.OBJECT: 0,
        _Word.MUTEX: mutex,
        _Word.LIST: 2 * width,  # noCopy, L, notify
        _Word.SEMAPHORE: _semaphore(kind, how, mutex, behind=behind, wide=width == 8),
    }
    known = tuple((i, offset) for i, w in words if (offset := offsets[w]) is not None)
    return _Plan(kind, how, number, behind, known)


def _calls(outer: Kind, inner: Kind | None) -> bool:
    """Whether an object of kind ``outer`` waits by means of one of kind ``inner``."""
    if inner is Kind.MUTEX:  # a Cond, woken, waits for a lock that is not its own
        return outer in {Kind.RWMUTEX, Kind.ONCE}
    return inner is None or inner is outer


def _file(frames: Sequence[AnnotatedFrame], number: int) -> tuple[int, How]:
    """The frame that called into package os or net, and whether it wants to read or to write."""
    how = How.LOCK
    for frame in frames[number : number + 2]:
        if frame.name.receiver != "*FD" or frame.name.package != "internal/poll":
            break
        if frame.name.name in _LOCKS_OF_FILES:
            how = _LOCKS_OF_FILES[frame.name.name]
        number += 1
    return number, how


def _semaphore(kind: Kind, how: How, mutex: int, *, behind: bool, wide: bool) -> int | None:
    """Where the semaphore lies in the object; the same from go1.5 to go1.27.

    Mutex: state, sema. RWMutex: w, writerSem, readerSem. WaitGroup: on 64-bit ports the counters,
    then sema; on 32-bit ones it depends on the release and on the address. fdMutex: state, rsema,
    wsema.
    """
    if kind in {Kind.MUTEX, Kind.ONCE} or behind:
        return mutex + 4
    if kind is Kind.RWMUTEX:
        return 12 if how is How.READ else 8
    if kind is Kind.WAITGROUP:
        return 8 if wide else None
    if kind is Kind.FILE:
        return {How.READ: 8, How.WRITE: 12}.get(how)
    return None


# ---------------------------------------------------------------------- channels


def _channel(frames: Sequence[AnnotatedFrame], how: How) -> Blocked | None:
    """The channel by a frame of the runtime, which only some dumps print; else, as a hint, by the
    only channel that the function was given."""
    if not frames or (not frames[0].arguments and not _is_runtime(frames[0])):
        return None  # most
    number = 0
    found: list[Pointer] = []
    while number < len(frames):
        frame = frames[number]
        if frame.frame.function in _RUNTIME_CHANNEL:
            word = first_pointer(frame)
            found += [] if word is None else [word]
        elif frame.frame.function not in _PLUMBING:
            break
        number += 1
    if number == len(frames):
        return None
    caller = frames[number]
    if len({address for address, _ in found}) == 1:
        address = found[0][0]
        agreed = len(found) > 1 or any(address == p for _, p in pointers(caller))
        return Blocked(Kind.CHANNEL, how, address, agreed or found[0][1], number)
    given = [a for a in caller.arguments if a.type.startswith(("chan ", "<-chan ", "chan<- "))]
    if found or len(given) != 1 or given[0].certainty not in SURE:
        return None
    value = given[0].value
    if value is None or not value.pointer:
        return None
    return Blocked(Kind.CHANNEL, how, value.pointer, False, number)


def _is_runtime(frame: AnnotatedFrame) -> bool:
    function = frame.frame.call.function
    return function in _RUNTIME_CHANNEL or function in _PLUMBING
