"""Who called whom by the frames of a dump, where a call by name must have done it."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.model import Call, Dump, DumpKind, Frame, Goroutine, Site
from gotrace.names import split_name
from gotrace.tuples import NamedTuple

# Profiles, race reports and what loggers print may leave frames out.
_WHOLE = frozenset({DumpKind.PANIC, DumpKind.FATAL, DumpKind.SIGNAL, DumpKind.SNAPSHOT})
_MACHINERY = frozenset({"runtime", "sync/atomic", "type", "type:", "go"})
_LINE_END = 2
_NESTED = 32  # calls inlined in one another
# The runtime calls two of them; the others end the names of wrappers of assembly.
_NOBODYS = frozenset({"init", "main", "abi0", "abiinternal"})
_BELOW = ("runtime/internal/", "internal/runtime/")


class Called(NamedTuple):
    """A frame's function and place, and the function that it called there, as printed.

    ``outer`` is the function, and its place, that the frame's own was inlined in; None where it
    was not.
    """

    function: str
    site: Site
    callee: str
    outer: tuple[str, Site] | None = None


def calls_of(dump: Dump) -> tuple[Called, ...]:
    """Each call that frames next to each other prove, once.

    Shape:  only calls that the source spells: none of what the runtime runs or hides behind a
            panic, none of a function without a name, nothing next to frames that were left out.
    Errors: none.
    Source: runtime/traceback.go showframe, elideWrapperCalling (go1.27.3).
    """
    if dump.kind not in _WHOLE:
        return ()
    found: dict[Called, None] = {}
    # Calls and sites are shared, by frames by the million: to hash their words takes longer.
    seen: set[tuple[int, ...]] = set()
    for goroutine in dump.goroutines:
        above: Frame | None = None
        for index, frame in enumerate(goroutine.frames):
            if above is not None and _follows(above, frame) and not _is_cut(goroutine, index):
                outer = _outer(goroutine, index)
                key = id(frame.call), id(frame.site), id(above.call), id(outer and outer.call)
                if key not in seen:
                    seen.add(key)
                    found.update(dict.fromkeys(_called(frame, above, outer)))
            above = frame
    return tuple(found)


def _called(caller: Frame, callee: Frame, outer: Frame | None) -> Iterator[Called]:
    if caller.site is None or outer is None or outer.site is None or not _may_tell(caller, callee):
        return
    around = None if outer is caller else (outer.function, outer.site)
    yield Called(caller.function, caller.site, callee.function, around)


def _outer(goroutine: Goroutine, index: int) -> Frame | None:
    """The frame whose code the one at ``index`` is part of."""
    return next((f for f in goroutine.frames[index : index + _NESTED] if not f.call.inlined), None)


def name_called(function: str) -> str | None:
    """The name by which the source calls a function as printed; None where it need not be called
    by a name: literals, wrappers, what the runtime or the compiler calls."""
    found = split_name(function)
    package = found.package
    if package is None or package in _MACHINERY or package.startswith(_BELOW) or found.closure:
        return None
    name = found.name.partition("[")[0]
    # What cgo makes has other names in the source.
    plain = name.isidentifier() and not name.startswith(("_C", "_cgo"))
    return name if plain and name not in _NOBODYS else None


def _follows(above: Frame, frame: Frame) -> bool:
    """Whether nothing that was not understood stands between them."""
    return frame.start - above.end <= _LINE_END


def _is_cut(goroutine: Goroutine, index: int) -> bool:
    """Whether the runtime left out what was in front of the frame ``index``."""
    return goroutine.elided is not None and goroutine.elided.after_frame == index - 1


def _may_tell(caller: Frame, callee: Frame) -> bool:
    if not (_is_of_gc(caller) and _is_of_gc(callee)):
        return False
    found = split_name(caller.function)
    package = found.package or "runtime"  # the panic of a traceback has none
    if package in _MACHINERY or package.startswith(_BELOW) or found.name.endswith("-fm"):
        return False
    return callee.site is not None and name_called(callee.function) is not None


def _is_of_gc(frame: Frame) -> bool:
    """Whether the compiler that prints parentheses made the frame's code: gccgo leaves frames
    out."""
    call: Call = frame.call
    return frame.language == "go" and call.parenthesised
