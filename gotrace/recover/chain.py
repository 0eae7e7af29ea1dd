"""What the frames of one goroutine were passed: what is proven in one tells of its neighbours.

A call passes what its caller made, or was passed itself. So what came in at a frame is known from
its caller, from its own slots and registers, or from what it passed on.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.model import Dump, Frame
from gotrace.recover.homes import Home, Key, homes_of
from gotrace.recover.machine import Programs, Standing
from gotrace.recover.proof import Known, as_number
from gotrace.recover.registers import held
from gotrace.signature import Role
from gotrace.stack import Span
from gotrace.tuples import NamedTuple
from gotrace.value import Provenance

SLOT = "its stack slot still holds it"
REGISTER = "from the registers of the crash"
_ROUNDS = 4


class Told(NamedTuple):
    """``bits`` of a leaf. ``now``: it is what the variable holds, which may have been set since."""

    bits: int
    origin: Provenance
    now: bool = False


class Chain:
    """The running state for one goroutine. Frames go by their index."""

    def __init__(
        self,
        dump: Dump,
        goroutine: AnnotatedGoroutine,
        programs: Programs,
    ) -> None:
        self._dump = dump
        self._goroutine = goroutine
        self._frames = goroutine.frames
        self._programs = programs
        self._homes: dict[int, dict[Key, Home]] = {}
        self._places: dict[int, Standing | None] = {}
        self._came: dict[int, dict[Key, Told]] = {}
        self._now: dict[int, dict[Key, Told]] = {}
        self._doubted: set[tuple[int, Key]] = set()
        self._links: dict[int, tuple[int, dict[Key, Known]]] = {}
        self.refuted: tuple[str, str] | None = None
        """A program and why it cannot be the one that ran, though its code is the same."""

    def told(self, wanted: Sequence[int]) -> dict[int, dict[Key, Told]]:
        """What is known of the frames ``wanted``, by parameter and offset."""
        read = sorted({j for i in wanted for j in (i, self._outer(i), self._inner(i)) if j >= 0})
        for index in read:
            self._look_at(index)
        for index in read:
            self._link(index)
        for _ in range(_ROUNDS):
            news = [self._pass(index) for index in reversed(read)]
            if not any(news):
                break
        found = {i: self._now.get(i, {}) | self._came.get(i, {}) for i in wanted}
        return {
            i: {k: told for k, told in each.items() if (i, k) not in self._doubted}
            for i, each in found.items()
        }

    def passed(self, index: int) -> dict[Key, Told]:
        """What came in at a frame that ``told`` looked at, where its slot may hold another value
        since: as its caller's code, what it passed on, or a register says."""
        came = self._came.get(index, {})
        return {
            key: told
            for key, told in came.items()
            if told.origin.text != SLOT and (index, key) not in self._doubted
        }

    # ------------------------------------------------------------------ one frame

    def _physical(self, index: int) -> bool:
        return not self._frames[index].frame.call.inlined

    def _outer(self, index: int) -> int:
        """The frame whose code called this one's; -1 where it is not printed."""
        elided = self._goroutine.goroutine.elided
        for at in range(index + 1, len(self._frames)):
            if elided is not None and elided.after_frame in range(index, at):
                return -1
            if self._physical(at):
                return at
        return -1

    def _inner(self, index: int) -> int:
        return next((i for i in range(index - 1, -1, -1) if self._outer(i) == index), -1)

    def _place(self, index: int) -> Standing | None:
        if index not in self._places:
            above = self._frames[index - 1].frame.function if index else None
            frame = self._frames[index].frame
            self._places[index] = place = self._programs.standing(frame, above, None)
            if place is None and "[...]" in frame.function:
                called = self._called(self._outer(index))
                self._places[index] = self._programs.standing(frame, above, called)
        return self._places[index]

    def _called(self, index: int) -> int | None:
        """The address that a frame's call goes to, where the call itself says it."""
        place = self._place(index) if index >= 0 else None
        if place is None or place.call is None:
            return None
        called = place.proof.paths.code.instructions[place.call].calls
        return called if isinstance(called, int) else None

    def _look_at(self, index: int) -> None:
        """What the frame's own slots and registers tell."""
        place = self._place(index)
        if place is None:
            return
        homes = self._homes[index] = homes_of(self._frames[index], place)
        came = self._came.setdefault(index, {})
        words = {
            (n, w.offset): w
            for n, argument in enumerate(self._frames[index].arguments)
            for w in argument.words
        }
        start = self._frames[index].frame.start
        for key, home in homes.items():
            if home.slot is None or not _holds(place, home):
                continue
            word = words[key]
            origin = Provenance(SLOT, Span(start + word.start, start + word.end))
            told = Told(word.value & _mask(home.size), origin)
            if place.proof.paths.reached(home.slot, home.size):
                self._now.setdefault(index, {})[key] = told._replace(now=True)
            else:
                came[key] = told
        for key, bits in held(self._dump.registers, place, homes) if self.is_printed(index) else ():
            came.setdefault(key, Told(bits, Provenance(REGISTER, None)))

    def is_printed(self, index: int) -> bool:
        """Whether the registers that were printed can only be those of this frame: it is the
        innermost, and no other goroutine stands there."""
        if not self._dump.registers or any(map(self._physical, range(index))):
            return False
        own = self._frames[index].frame
        places = [
            (frame.function, frame.site)
            for goroutine in self._dump.goroutines
            for frame in [f for f in goroutine.frames if not f.call.inlined][:1]
        ]
        return places.count((own.function, own.site)) == 1

    # ------------------------------------------------------------------ calls

    def _link(self, index: int) -> None:
        """What the caller's call passes, where it is known to reach this very function."""
        outer, own = self._outer(index), self._place(index)
        caller = self._place(outer) if outer >= 0 else None
        if caller is None or own is None or caller.call is None:
            return
        homes = self._homes.get(index, {})
        if caller.landed is not own.landed or self._called(outer) != own.function.entry:
            if not self._through_interface(index, caller):
                return
            homes = {key: home for key, home in homes.items() if key[0]}
        stack, call = caller.proof.paths.code.stack[caller.call], caller.call
        found = {}
        for key, home in homes.items():
            place = home.place
            if isinstance(place, int):
                if stack is None:
                    continue
                place += stack
            known = caller.proof.value(place, home.size, call)
            if known is not None:
                found[key] = known
        self._links[index] = outer, found

    def _through_interface(self, index: int, caller: Standing) -> bool:
        """Whether the frame's method was called through an interface, perhaps by wrappers, which
        no stack shows: those change the receiver alone, and here that takes one register."""
        frame = self._frames[index]
        package = self._frames[self._outer(index)].name.package or ""
        if package == "runtime" or "[...]" in frame.frame.function or not frame.arguments:
            return False
        homes = self._homes.get(index, {})
        receiver = [home.place for key, home in homes.items() if not key[0]]
        first = caller.proof.paths.target.arguments[0]
        plain = frame.arguments[0].role is Role.RECEIVER and receiver == [first]
        assert caller.call is not None
        return plain and caller.proof.calls_method(caller.call)

    def _pass(self, index: int) -> bool:
        """Let what is known on one side of a call tell of the other; whether it did."""
        if index not in self._links:
            return False
        outer, passed = self._links[index]
        inside, outside = self._came.setdefault(index, {}), self._came.setdefault(outer, {})
        news = False
        for key, known in passed.items():
            size = self._homes[index][key].size
            theirs = None if known.base is None else self._at(outer, known)
            bits = self._bits(known, size, outer, theirs)
            own = inside.get(key)
            if own is not None and bits is not None and own.bits != bits:
                self._doubted.add((index, key))  # the code was not understood, or is not this one
                if known.address:
                    self._refute(outer, bits, own.bits)
            elif own is None and bits is not None:
                inside[key] = Told(bits, self._from(outer))
                news = True
            elif own is not None and theirs is not None and known.cut is None:
                width = self._homes[outer][theirs].size
                if theirs not in outside and width <= size:
                    back = (own.bits - known.number) & _mask(width)
                    outside[theirs] = Told(back, self._on(outer, self._frames[index].frame))
                    news = True
        return news

    def _refute(self, outer: int, passed: int, came: int) -> None:
        """Data lies elsewhere than in the program that ran: that one is of another build."""
        place, frame = self._places[outer], self._frames[outer].frame
        if place is not None and self.refuted is None:
            text = f"{place_of(frame)} passes {passed:#x} in it, and {came:#x} came in"
            self.refuted = place.landed.program.path, text

    def _at(self, index: int, known: Known) -> Key | None:
        """The leaf that came in at a place."""
        homes = self._homes.get(index, {})
        return next((k for k, home in homes.items() if home.place == known.base), None)

    def _bits(self, known: Known, size: int, outer: int, theirs: Key | None) -> int | None:
        """The number that a call passes; ``theirs`` is what of the caller's it is made of."""
        if known.base is None:
            caller = self._places[outer]
            slide = caller.landed.slide if known.address and caller is not None else 0
            return None if slide is None else (known.number + slide) & _mask(size)
        told = self._came[outer].get(theirs) if theirs is not None else None
        if told is None or theirs is None:
            return None
        if self._homes[outer][theirs].size < (known.cut or size):
            return None
        bits = told.bits
        if known.cut is not None:
            bits = as_number(bits, known.cut, signed=known.signed)
        return (bits + known.number) & _mask(size)

    def _from(self, outer: int) -> Provenance:
        frame = self._frames[outer].frame
        return Provenance(f"from the call at {place_of(frame)}", site_span(frame))

    def _on(self, index: int, callee: Frame) -> Provenance:
        frame = self._frames[index].frame
        return Provenance(f"passed on at {place_of(frame)}", callee.span)


def _holds(place: Standing, home: Home) -> bool:
    """Whether everything that may have written the slot last stored what came in there.

    Where pointers reach the slot it may have been set through one since: then it holds what the
    variable is now.
    """
    slot = home.slot
    return slot is not None and all(
        place.proof.stored(slot, home.size, stop, home.place) for stop in place.stops
    )


def place_of(frame: Frame) -> str:
    """``main.go:25``."""
    site = frame.site
    return f"{os.path.basename(site.file)}:{site.line}" if site else frame.function


def site_span(frame: Frame) -> Span:
    """The file line of a frame."""
    return Span(frame.site_start, frame.end) if frame.site else frame.span


def is_open(frame: AnnotatedFrame) -> bool:
    """Whether anything that was printed for it is stale."""
    return any(w.stale for a in frame.arguments for w in a.words)


def _mask(size: int) -> int:
    return (1 << (8 * size)) - 1
