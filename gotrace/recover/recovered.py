"""From stale words to what was passed.

    recover_values(dump, goroutines, programs) → the goroutines, with recovered values

Frames are read from the outermost inwards, so that what was recovered in a caller serves for what
it passed on. A value is taken only where the program's code leaves no other:

- the call is direct, to this very function, and what its registers hold then is a constant, an
  address, or what the caller itself was passed and has not changed;
- or the slot that Go printed was last written with the argument itself, on every way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.binary.verify import landing
from gotrace.flow.processors import processor
from gotrace.infer import Runtime
from gotrace.layout.sizes import Sizes
from gotrace.model import Dump
from gotrace.programs import Programs
from gotrace.recover.known import FrameKnown, entered, inputs_of
from gotrace.recover.leaves import FLOAT_REGISTERS, leaves_of
from gotrace.recover.machine import Standing, evaluated, in_registers, standing, still_holds
from gotrace.recover.patch import patched
from gotrace.recover.reading import bits_of, stale_offsets
from gotrace.resolve import resolve
from gotrace.signature import Parameter
from gotrace.value import Argument, Provenance

if TYPE_CHECKING:
    from gotrace.recover.source import SourceRecovery
    from gotrace.source import SourceTree

MOST = 200  # goroutines of a dump that are looked at, the one that crashed among them
SLOT = "its stack slot still holds it"
REGISTER = "from the registers of the crash"
_WORD = 8


def recover_values(
    dump: Dump,
    runtime: Runtime,
    goroutines: tuple[AnnotatedGoroutine, ...],
    programs: Programs,
    sources: Sequence[SourceTree] = (),
) -> tuple[AnnotatedGoroutine, ...]:
    """The same goroutines, with values in place of stale words where the code proves them.

    Shape:  ``Argument.provenance`` says where a value comes from; ``words`` stay as printed.
    Errors: none; what cannot be read is left as it is.
    Source: docs/recovered.md.
    """
    found = list(goroutines)
    told = _source(runtime, programs, sources)
    for index in _chosen(goroutines):
        if programs.landed:
            frames = _Recovery(dump, found[index], programs).frames()
            found[index] = found[index]._replace(frames=frames)
        if told is not None:
            found[index] = found[index]._replace(frames=told.frames(found[index]))
    return tuple(found)


def _source(
    runtime: Runtime, programs: Programs, sources: Sequence[SourceTree]
) -> SourceRecovery | None:
    if not sources:
        return None
    from gotrace.recover.source import SourceRecovery  # noqa: PLC0415 - only with source

    return SourceRecovery(runtime, programs, sources)


def _chosen(goroutines: Sequence[AnnotatedGoroutine]) -> Iterator[int]:
    """Those with anything to recover, what crashed first."""
    order = sorted(range(len(goroutines)), key=lambda i: not goroutines[i].goroutine.crashed)
    for index in order[:MOST]:
        if any(_is_open(frame) for frame in goroutines[index].frames):
            yield index


def _is_open(frame: AnnotatedFrame) -> bool:
    return any(w.stale for a in frame.arguments for w in a.words)


class _Recovery:
    """The running state for one goroutine."""

    def __init__(self, dump: Dump, goroutine: AnnotatedGoroutine, programs: Programs) -> None:
        self._dump = dump
        self._goroutine = goroutine
        self._programs = programs.landed
        self._sizes = Sizes(_WORD)
        self._known: dict[int, FrameKnown] = {}

    def frames(self) -> tuple[AnnotatedFrame, ...]:
        """All frames of the goroutine."""
        found = list(self._goroutine.frames)
        for index in reversed(range(len(found))):
            found[index] = self._frame(index)
        return tuple(found)

    def _frame(self, index: int) -> AnnotatedFrame:
        frame = self._goroutine.frames[index]
        inputs = inputs_of(frame)
        place = standing(frame.frame, self._programs)
        arch = self._arch()
        if inputs is None or arch is None:
            return frame
        leaves = leaves_of(inputs, self._sizes, arch[0], arch[1])
        bits = [
            bits_of(a.value, p.type, self._sizes) if a.value is not None else {}
            for a, p in zip(frame.arguments, inputs, strict=True)
        ]
        self._known[index] = FrameKnown(leaves, bits, place)
        if not _is_open(frame):
            return frame
        return self._recovered(index, frame, inputs)

    def _arch(self) -> tuple[int, int] | None:
        """How many integer and floating-point registers arguments come in."""
        for landed in self._programs:
            arch = landed.program.image.arch
            if arch is not None and arch.name in FLOAT_REGISTERS:
                return (9 if arch.name == "amd64" else 16), FLOAT_REGISTERS[arch.name]
        return None

    def _recovered(
        self, index: int, frame: AnnotatedFrame, inputs: Sequence[Parameter]
    ) -> AnnotatedFrame:
        known = self._known[index]
        passed, provenance = self._passed(index, frame)
        slots = self._slots(index, frame)
        held_in = self._registers(index, frame)
        arguments = []
        for number, argument in enumerate(frame.arguments):
            stale = stale_offsets(argument, inputs[number].type, self._sizes)
            new: dict[int, int] = {}
            origin = None
            for leaf in known.leaves[number]:
                if leaf.offset not in stale:
                    continue
                at = (number, leaf.offset)
                told = [
                    (from_.get(at), origin_)
                    for from_, origin_ in (
                        (passed, provenance),
                        (slots, Provenance(SLOT, None)),
                        (held_in, Provenance(REGISTER, None)),
                    )
                ]
                every = {bits for bits, _ in told if bits is not None}
                if len(every) != 1:
                    continue  # nothing is known, or the code was not understood
                new[leaf.offset] = every.pop()
                first = next(o for bits, o in told if bits is not None)
                origin = provenance if first is provenance else (origin or first)
            known.bits[number].update(new)
            arguments.append(_with(argument, inputs[number], new, origin, self._sizes))
        assert frame.signature is not None
        resolved = resolve(arguments, frame.signature, self._programs)
        return frame._replace(arguments=resolved)

    # ------------------------------------------------------------------ the caller's call

    def _passed(
        self, index: int, frame: AnnotatedFrame
    ) -> tuple[dict[tuple[int, int], int], Provenance | None]:
        """The leaves that the caller's call tells, by parameter and offset."""
        caller = self._caller(index)
        if caller is None:
            return {}, None
        at, place = caller
        if not self._calls(place, frame):
            return {}, None
        known = self._known.get(at)
        target, flow = place.reading.code.target, place.reading.flow
        stack = place.reading.code.stack[place.at]
        found = {}
        for number, leaves in enumerate(self._known[index].leaves):
            for leaf in leaves:
                if leaf.register is not None:
                    value = flow.value(target.arguments[leaf.register], place.at)
                elif leaf.slot is not None and stack is not None and leaf.size == _WORD:
                    value = flow.value(stack + target.first_argument + leaf.slot, place.at)
                else:
                    continue
                told = evaluated(value, lambda v: entered(v, known), place.landed.slide)
                if told is not None and told.width >= leaf.size:
                    found[number, leaf.offset] = told.bits & ((1 << (8 * leaf.size)) - 1)
        return found, self._provenance(at)

    def _caller(self, index: int) -> tuple[int, Standing] | None:
        """The frame whose code made the call: inlined ones have none of their own."""
        elided = self._goroutine.goroutine.elided
        for at in range(index + 1, len(self._goroutine.frames)):
            if elided is not None and elided.after_frame in range(index, at):
                return None
            frame = self._goroutine.frames[at].frame
            if not frame.call.inlined:
                place = standing(frame, self._programs)
                return None if place is None else (at, place)
        return None

    def _calls(self, place: Standing, frame: AnnotatedFrame) -> bool:
        """Whether the call goes to the frame's own function, and to no wrapper of it."""
        site = frame.frame.site
        if site is None:
            return False
        functions = landing(place.landed.program, frame.frame.call, site)
        called = place.reading.code.instructions[place.at].calls
        return len(functions) == 1 and called == functions[0].entry

    def _provenance(self, at: int) -> Provenance:
        frame = self._goroutine.frames[at].frame
        site = frame.site
        place = f"{os.path.basename(site.file)}:{site.line}" if site else frame.function
        return Provenance(f"from the call at {place}", frame.span)

    # ------------------------------------------------------------------ registers and slots

    def _registers(self, index: int, frame: AnnotatedFrame) -> dict[tuple[int, int], int]:
        """The leaves that the registers printed with the crash still hold."""
        registers = {r.name: r.value for r in self._dump.registers}
        if not registers:
            return {}
        known = self._known[index]
        held = in_registers(frame.frame, self._programs, registers)
        arch = next((p.program.image.arch for p in self._programs), None)
        target = processor(arch.name) if arch and held else None
        found = {}
        for number, leaves in enumerate(known.leaves if target else ()):
            for leaf in leaves:
                if target is None or leaf.register is None:
                    continue
                told = held.get(target.arguments[leaf.register])
                if told is not None and told.width >= leaf.size:
                    found[number, leaf.offset] = told.bits & ((1 << (8 * leaf.size)) - 1)
        return found

    def _slots(self, index: int, frame: AnnotatedFrame) -> dict[tuple[int, int], int]:
        """The printed words of leaves whose slots still hold what was passed."""
        known = self._known[index]
        place = known.place
        table = place.landed.program.table if place else None
        tokens = table.arguments(place.function) if table and place else None
        if place is None or tokens is None:
            return {}
        target = place.reading.code.target
        found: dict[tuple[int, int], int] = {}
        components = iter(tokens)
        for number, leaves in enumerate(known.leaves):
            words = {w.offset: w.value for w in frame.arguments[number].words}
            for leaf in leaves:
                token = next((t for t in components if t not in {"{", "}"}), None)
                if not isinstance(token, tuple) or token[1] != leaf.size:
                    return found  # cut, or laid out in another way
                if leaf.register is None or leaf.offset not in words:
                    continue
                if still_holds(place, token[0], target.arguments[leaf.register], leaf.size):
                    found[number, leaf.offset] = words[leaf.offset] & ((1 << (8 * leaf.size)) - 1)
        return found


def _with(
    argument: Argument,
    parameter: Parameter,
    new: Mapping[int, int],
    origin: Provenance | None,
    sizes: Sizes,
) -> Argument:
    if not new or argument.value is None:
        return argument
    value = patched(argument.value, parameter.type, sizes, new)
    argument = argument._replace(value=value, certainty=value.certainty, provenance=origin)
    still = stale_offsets(argument, parameter.type, sizes)
    return argument if still else argument._replace(reason="")
