"""Which frames of a dump have a lock, or the struct that has it.

One pass over the dump for all objects. What a stack's functions tell is looked up once for all
equal stacks, and of the words only those that print one of the pointers that are wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.grouping import columns
from gotrace.tuples import NamedTuple
from gotrace.waiting.fields import LockFields
from gotrace.waiting.found import Awaited, Kind, Waiter
from gotrace.waiting.objects import caller
from gotrace.waiting.words import pointers

EXAMPLES = 3
WIDE = 10_000  # goroutines: in larger dumps functions that are no methods of the struct are passed
HINTED = {Kind.MUTEX, Kind.RWMUTEX}
LOCKING = {"sync", "internal/sync"}

_Goroutines = Sequence[AnnotatedGoroutine]


class Place(NamedTuple):
    """A frame, and at which of its positions it has a pointer (None: it tells none). ``typed``: the
    lock is a field of its receiver, by the receiver's type."""

    goroutine: int
    frame: int
    position: int | None
    typed: bool = False


class _Shape(NamedTuple):
    """Frames of functions that lock; of methods of structs with locks; that may have a pointer."""

    running: tuple[int, ...]
    typed: tuple[int, ...]
    pointed: tuple[int, ...]


_NOTHING = _Shape((), (), ())


class Places:
    """The frames of all goroutines that have a lock, its owner, or that run a function that locks,
    where they do not tell a pointer."""

    def __init__(self, found: Iterable[Awaited], goroutines: _Goroutines, word_size: int) -> None:
        hinted = [a for a in found if a.kind in HINTED]
        self._fields = LockFields(word_size)
        self._locks = {a.address for a in hinted if a.address is not None}
        self._wanted = {p for a in hinted for p in (a.address, a.owner) if p is not None}
        locking = [f for a in hinted for f in callers(a, goroutines)]
        self._functions = {f.frame.function for f in locking}
        self._types = {(f.name.package, f.name.receiver) for f in locking if f.name.receiver}
        self._packages: set[str | None] = set(LOCKING)
        if len(goroutines) <= WIDE:
            self._packages |= {f.name.package for f in locking}
        self.having: dict[int, list[Place]] = {}
        self.running: dict[str, list[Place]] = {}
        if self._functions:
            self._fill(goroutines)

    def _fill(self, goroutines: _Goroutines) -> None:
        wanted = {hex(address) for address in self._wanted}
        shapes: dict[tuple[str, ...], _Shape] = {}
        for number, goroutine in enumerate(goroutines):
            pieces, words = columns(goroutine.goroutine.frames)
            shape = shapes.get(pieces)
            if shape is None:
                shape = shapes[pieces] = self._shape(goroutine)
            if shape is _NOTHING:
                continue
            frames = goroutine.frames
            for index in shape.running:
                if not _known(frames[index]):
                    place = Place(number, index, None)
                    self.running.setdefault(frames[index].frame.function, []).append(place)
            for index in shape.typed:
                self._typed(number, index, frames[index])
            if shape.pointed and not wanted.isdisjoint(", ".join(words).split(", ")):
                for index in shape.pointed:
                    self._printed(number, index, frames[index])

    def _shape(self, goroutine: AnnotatedGoroutine) -> _Shape:
        frames = goroutine.frames
        receivers = [
            None if f.signature is None or f.name.package in LOCKING else f.signature.receiver
            for f in frames
        ]
        found = _Shape(
            tuple(i for i, f in enumerate(frames) if f.frame.function in self._functions),
            tuple(i for i, r in enumerate(receivers) if r and self._fields.of(r.type)),
            tuple(i for i, f in enumerate(frames) if self._matters(f)),
        )
        return found if any(found) else _NOTHING

    def _matters(self, frame: AnnotatedFrame) -> bool:
        name = frame.name
        return (
            name.package in self._packages
            or (name.package, name.receiver) in self._types
            or frame.frame.function in self._functions
        )

    def _printed(self, number: int, index: int, frame: AnnotatedFrame) -> None:
        for position, address in pointers(frame):
            if address in self._wanted:
                self.having.setdefault(address, []).append(Place(number, index, position))

    def _typed(self, number: int, index: int, frame: AnnotatedFrame) -> None:
        signature = frame.signature
        first = next((p for position, p in pointers(frame) if position == 0), None)
        if first is None or signature is None or signature.receiver is None:
            return
        for offset in self._fields.of(signature.receiver.type):
            if first + offset in self._locks:
                place = Place(number, index, 0, typed=True)
                self.having.setdefault(first + offset, []).append(place)


def _known(frame: AnnotatedFrame) -> bool:
    """Whether it tells the pointer that it was given first."""
    return any(position == 0 for position, _ in pointers(frame))


def callers(awaited: Awaited, goroutines: _Goroutines) -> Iterator[AnnotatedFrame]:
    """The frames that called into the lock, of each kind of stack."""
    for waiter in examples(awaited, goroutines):
        frame = caller(goroutines[waiter.goroutine], waiter)
        if frame is not None:
            yield frame


def examples(awaited: Awaited, goroutines: _Goroutines) -> Iterator[Waiter]:
    """Of the waiters with equal stacks a few: the others tell the same."""
    if len(awaited.waiters) <= EXAMPLES:
        yield from awaited.waiters
        return
    seen: dict[tuple[str, ...], int] = {}
    for waiter in awaited.waiters:
        pieces = columns(goroutines[waiter.goroutine].goroutine.frames)[0]
        seen[pieces] = seen.get(pieces, 0) + 1
        if seen[pieces] <= EXAMPLES:
            yield waiter
