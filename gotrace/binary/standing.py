"""What a dump says of where its frames stand, each place once: what programs are held against."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.model import Call, Dump, DumpKind, Frame, Goroutine, Site
from gotrace.tuples import NamedTuple

_NESTED = 8  # calls inlined in one another
_HIDING = ("runtime.", "panic")  # behind these a frame may stand anywhere


class Standing(NamedTuple):
    """A frame with code of its own. ``pc`` is None where not printed; ``called``: it called the
    frame above it, so that a call ends where it stands. ``within`` are functions that it may be
    inlined in: profiles and race reports do not mark such frames."""

    call: Call
    site: Site | None
    pc: int | None = None
    called: bool = False
    within: tuple[str, ...] = ()


def standing(dump: Dump) -> list[Standing]:
    """Each frame that a function table could know, once. What was inlined lies in its caller.

    Source: runtime/traceback.go (go1.27.3): the offset is that of the return address, but of the
    very instruction behind a signal. Profiles and race reports count in other ways.
    """
    found: dict[Standing, None] = {}
    if dump.kind in {DumpKind.PROFILE, DumpKind.RACE, DumpKind.FRAMES}:
        for goroutine in dump.goroutines:
            found.update(dict.fromkeys(_unmarked(goroutine)))
        return list(found)
    # Calls and sites are shared, by frames by the million: to hash their words takes longer.
    seen: dict[tuple[int, int, int | None, int], Call | None] = {}
    for goroutine in dump.goroutines:
        above: Call | None = None
        for frame in goroutine.frames:
            key = id(frame.call), id(frame.site), frame.pc, id(above)
            if key not in seen:
                if _is_own(frame):
                    called = above is not None and not _hides(above) and not _hides(frame.call)
                    found[Standing(frame.call, frame.site, frame.pc, called)] = None
                seen[key] = _above_next(frame, above)
            above = seen[key]
    return list(found)


def _unmarked(goroutine: Goroutine) -> Iterator[Standing]:
    frames = [frame for frame in goroutine.frames if _is_own(frame)]
    for i, frame in enumerate(frames):
        within = tuple(f.function for f in frames[i + 1 : i + 1 + _NESTED])
        yield Standing(frame.call, frame.site, within=within)


def _is_own(frame: Frame) -> bool:
    """Whether the frame is of a Go function with code of its own."""
    return frame.language == "go" and not frame.call.inlined and "." in frame.function


def _above_next(frame: Frame, above: Call | None) -> Call | None:
    """Whose call the next frame may stand behind; None where that is not known."""
    if frame.language != "go":
        return None
    return above if frame.call.inlined else frame.call


def _hides(call: Call) -> bool:
    return call.function.startswith(_HIDING)
