"""Which frame failed: behind the machinery of the runtime, and where the user's code begins."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.model import Cause, Dump
from gotrace.names import split_name

_PANIC = frozenset({"panic", "runtime.gopanic"})
_STACKS = frozenset({"runtime/debug.Stack", "runtime/debug.PrintStack", "runtime.Stack"})
_MACHINERY = frozenset({"runtime", "internal/runtime/maps", "runtime/internal/atomic"})


def failing_frame(frames: Sequence[AnnotatedFrame], dump: Dump) -> int | None:
    """The index of the frame whose code failed; None where the stack does not reach that far.

    The runtime hides its frames above what panicked last, and shows those of earlier panics, whose
    deferred functions were running (runtime/panic.go, traceback.go, go1.27.3). The stack that a
    recover prints has that of its own panic, too.
    """
    names = [f.frame.function for f in frames]
    panics = [i for i, name in enumerate(names) if name in _PANIC]
    passed = _passed(names, dump.causes, len(panics))
    start = panics[min(passed, len(panics)) - 1] + 1 if passed and panics else 0
    for i in range(start, len(names)):
        if not is_machinery(names[i]):
            return i
    return None


def _passed(names: Sequence[str], causes: Sequence[Cause], panics: int) -> int:
    """How many frames of a panic stand above the one that failed first with the last message."""
    if not causes:
        return 0
    last = causes[-1]
    if last.recovered or any(name in _STACKS for name in names[:3]):
        return 1
    if last.repanicked and len(causes) == 1:
        return panics
    again = 0
    for earlier in reversed(causes[:-1]):
        if not earlier.recovered or _plain(earlier) != _plain(last):
            break
        again += 1
    return max(again, int(last.repanicked))


def _plain(cause: Cause) -> str:
    return cause.message.removesuffix(" [recovered]")


def is_machinery(function: str) -> bool:
    """Whether a frame is of the runtime itself."""
    if function in _PANIC:
        return True
    package = split_name(function).package or ""
    return package in _MACHINERY or package.startswith("internal/runtime/")


def user_frame(frames: Sequence[AnnotatedFrame], start: int) -> int:
    """The first frame of the program's own code from ``start`` on; ``start`` where none is."""
    for i in range(start, len(frames)):
        if frames[i].in_app and frames[i].frame.function not in _PANIC:
            return i
    return start
