"""Goroutines with the same stack, in buckets. Builds no frames of goroutines that have none yet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from enum import StrEnum

from gotrace.model import Frame, Goroutine, Site
from gotrace.parsing.columns import TAIL, Frames
from gotrace.parsing.lines import printed
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple


class Level(StrEnum):
    """What of the words makes two stacks different."""

    EXACT = "exact"  # every number
    POINTERS = "pointers"  # every number but those that look like pointers
    VALUES = "values"  # none: only functions and places


class Bucket(NamedTuple):
    """Goroutines with equal stacks, in the dump's order; ``indices`` are their places in it."""

    goroutines: tuple[Goroutine, ...]
    indices: tuple[int, ...]

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many goroutines it stands for; a profile counts several in one."""
        if len(self.goroutines) == 1:
            return self.goroutines[0].copies or 1
        return sum(g.copies or 1 for g in self.goroutines)

    @property
    def pieces(self) -> tuple[str, ...]:
        """The stack without its words: equal in all of its goroutines."""
        return columns(self.goroutines[0].frames)[0]

    @property
    def waits(self) -> tuple[int, int] | None:
        """The shortest and longest wait in minutes, None where nobody has waited."""
        if len(self.goroutines) == 1:
            wait = self.goroutines[0].wait_minutes
            return None if wait is None else (wait, wait)
        waits = [g.wait_minutes for g in self.goroutines if g.wait_minutes is not None]
        return (min(waits), max(waits)) if waits else None


def group_exactly(goroutines: Iterable[Goroutine]) -> tuple[Bucket, ...]:
    """Buckets of goroutines whose state, functions, words and places are equal."""
    return tuple(buckets(goroutines, Level.EXACT))


def buckets(goroutines: Iterable[Goroutine], level: Level) -> list[Bucket]:
    """The values of :func:`group`, sooner: of a stack that nobody shares no word is looked at."""
    words = _WORDS[level]
    found: list[Bucket] = []
    for bucket in group(goroutines, Level.VALUES).values():
        if len(bucket.goroutines) == 1 or level is Level.VALUES:
            found.append(bucket)
            continue
        parts: dict[Hashable, tuple[list[Goroutine], list[int]]] = {}
        for index, goroutine in zip(bucket.indices, bucket.goroutines, strict=True):
            _put(parts, words(columns(goroutine.frames)[1]), goroutine, index)
        found += (Bucket(tuple(gs), tuple(indices)) for gs, indices in parts.values())
    found.sort(key=lambda b: b.indices[0])
    return found


def group(goroutines: Iterable[Goroutine], level: Level) -> dict[Hashable, Bucket]:
    """Buckets of goroutines that are equal on ``level``, by a key that holds in other dumps too.

    Shape:  buckets in the order of their first goroutine.
    Ignored: ids, wait times, labels, who created them (but not where).
    """
    words = _WORDS[level]
    found: dict[Hashable, tuple[list[Goroutine], list[int]]] = {}
    for index, goroutine in enumerate(goroutines):
        frames: tuple[Frame, ...] | Frames = goroutine.frames
        if isinstance(frames, Frames):  # here too, not only in columns: most goroutines are these
            pieces, arguments = frames.pieces, frames.arguments
        else:
            pieces, arguments = columns(frames)
        key = pieces, words(arguments), _circumstances(goroutine)
        _put(found, key, goroutine, index)
    return {key: Bucket(tuple(gs), tuple(indices)) for key, (gs, indices) in found.items()}


def _put(
    found: dict[Hashable, tuple[list[Goroutine], list[int]]],
    key: Hashable,
    goroutine: Goroutine,
    index: int,
) -> None:
    members = found.get(key)
    if members is None:
        found[key] = [goroutine], [index]
    else:
        members[0].append(goroutine)
        members[1].append(index)


def _circumstances(goroutine: Goroutine) -> tuple[Hashable, ...]:
    creator = goroutine.created_by
    return (
        goroutine.state,
        goroutine.locked_to_thread,
        goroutine.flags,
        goroutine.stack_unavailable,
        None if goroutine.elided is None else goroutine.elided.missing,
        None if creator is None else (creator.function, creator.site),
        goroutine.access,
    )


# A word that looks like a pointer: from 1 MiB, below which no port of Go maps what a word would
# point to, up to 2**56, above which only negative integers lie on 64 bits.
POINTER = lazy_pattern(r"0x[0-9a-f]{6,14}+(?![0-9a-f])")
_SAME = "p"
_WORDS: dict[Level, Callable[[tuple[str, ...]], Hashable]] = {
    Level.EXACT: lambda arguments: arguments,
    Level.POINTERS: lambda arguments: POINTER.sub(_SAME, "\n".join(arguments)),
    Level.VALUES: lambda _: None,
}


def columns(frames: tuple[Frame, ...] | Frames) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A stack without its words, and its words (parsing/columns.py); equal for equal text."""
    if isinstance(frames, Frames):
        return frames.pieces, frames.arguments
    if not frames:
        return (), ()
    names = [_name(f) for f in frames]
    places = [_place(f) for f in frames]
    inner = (f"{place}\n{name}" for place, name in zip(places, names[1:], strict=False))
    return (names[0], *inner, f"{places[-1]}\n"), tuple(f.call.arguments for f in frames)


def _name(frame: Frame) -> str:
    name = frame.function if frame.function.isascii() else _latin(frame.function)
    return name if frame.call.parenthesised else f"{name} "  # a blank is in no name


def _place(frame: Frame) -> str:
    site = str(frame.site)
    tail = "" if frame.fp is None else TAIL
    return (site if site.isascii() else _latin(site)) + tail


def _latin(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def functions_of(pieces: Iterable[str]) -> dict[str, str]:
    """The function that each piece names, "" where it names none."""
    return {piece: printed(piece.rpartition("\n")[2].rstrip()) for piece in pieces}


def file_of(piece: str) -> str:
    """The file that a piece names, "" where it names none."""
    return printed(piece.rpartition("\n")[0].rpartition(":")[0])


def stack(frames: tuple[Frame, ...] | Frames) -> Iterator[tuple[str, Site | None]]:
    """Each frame's function and place."""
    if isinstance(frames, Frames):
        return frames.stack()
    return ((f.function, f.site) for f in frames)
