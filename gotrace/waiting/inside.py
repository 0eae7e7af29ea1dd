"""Calls that have an object as long as they last: Once.Do, and reads and writes of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.tuples import NamedTuple
from gotrace.waiting.found import How, Kind
from gotrace.waiting.words import first_pointer


class Inside(NamedTuple):
    """``frame`` is that of the caller, which may be one behind the last."""

    goroutine: int
    frame: int
    kind: Kind
    how: How
    address: int | None
    exact: bool
    reason: str


# sync/once.go doSlow, until go1.12 Do: o.m.Lock(), then f(); the lock is let go when f is done.
_ONCE = {"sync.(*Once).doSlow", "sync.(*Once).Do"}
_CALLED_ONCE = "it is inside the function that Once.Do called"
# internal/poll/fd_unix.go, fd_windows.go: these lock the FD, wait and let go of it.
_FILES = {
    **dict.fromkeys(
        ("Read", "ReadFrom", "ReadMsg", "Accept", "ReadFromInet4", "ReadFromInet6"), How.READ
    ),
    **dict.fromkeys(
        ("Write", "WriteTo", "WriteMsg", "Writev", "WriteToInet4", "WriteToInet6"), How.WRITE
    ),
}
# What an FD method calls when it has the lock and waits.
_WAITS = {"wait", "waitRead", "waitWrite"}


def inside_calls(goroutines: Sequence[AnnotatedGoroutine]) -> list[Inside]:
    """Those of all goroutines."""
    return [
        call for number, goroutine in enumerate(goroutines) for call in _calls(number, goroutine)
    ]


def _calls(number: int, goroutine: AnnotatedGoroutine) -> Iterator[Inside]:
    frames = goroutine.frames
    for index in range(1, len(frames)):
        frame = frames[index]
        function = frame.frame.function
        if function in _ONCE and not frames[index - 1].frame.function.startswith(_OWN):
            outer = index + 1
            if outer < len(frames) and frames[outer].frame.function == "sync.(*Once).Do":
                outer += 1
            address, exact = first_pointer(frame) or (None, False)
            yield Inside(number, outer, Kind.ONCE, How.DO, address, exact, _CALLED_ONCE)
        elif function.startswith(_FD) and _waits(frames[index - 1]):
            how = _FILES.get(function[len(_FD) :])
            if how is not None:
                address, exact = first_pointer(frame) or (None, False)
                reason = "it is in a call that locks the file"
                yield Inside(number, index, Kind.FILE, how, address, exact, reason)


_OWN = ("sync.", "internal/sync.", "sync/atomic.", "internal/runtime/atomic.")
_FD = "internal/poll.(*FD)."


def _waits(frame: AnnotatedFrame) -> bool:
    return frame.name.receiver == "*pollDesc" and frame.name.name in _WAITS
