"""Frames to arguments: the first signature that fits, and what a binary adds to it."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.bind import bind, capped, unbound_words
from gotrace.choosing import Choice
from gotrace.infer import Runtime
from gotrace.model import Frame
from gotrace.programs import Programs
from gotrace.signature import Role, Signature, SignatureSource
from gotrace.tuples import NamedTuple
from gotrace.value import Argument, Binding, Certainty, SlotMarks

_new = tuple.__new__  # skips NamedTuple's own __new__: most frames of a large dump have nothing
_OLDER = "releases before Go 1.15 may declare it otherwise"


class Bound(NamedTuple):
    """What a frame's words are, and by which signature."""

    signature: Signature | None
    binding: Binding


class Binder:
    """Binds the frames of one dump; equal frames once."""

    def __init__(self, choice: Choice, programs: Programs, runtime: Runtime) -> None:
        self._choice = choice
        self._programs = programs
        self._runtime = runtime
        self._known: dict[object, Bound] = {}
        self._declared = {function for function, _ in choice.found}

    def bind(self, frame: Frame, above: str) -> Bound:
        """The arguments of ``frame``; ``above`` is the function of the frame before it."""
        # Whose pc stands in a frame depends on what it called, and only marks of a binary need it.
        # Calls and sites are shared and live as long as the dump: to hash their words takes longer.
        key = (id(frame.call), id(frame.site), above if self._programs.landed else "")
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._resolved(frame, self._bound(frame, above))
        return found

    def _bound(self, frame: Frame, above: str) -> Bound:
        signatures = self._signatures(frame)
        if not signatures:
            return _new(Bound, (None, _new(Binding, ((), unbound_words(frame.call), ()))))
        slots = self._programs.slots(frame, above)
        tried = [Bound(s, self._binding(frame, s, slots)) for s in signatures]
        fitting = next((b for b in tried if not b.binding.issues), None)
        if fitting is None:
            # What is built in may be of another release or port: that is no fault of the trace.
            told = [b for b in tried if _is_told(b)]
            if not told or told[0].signature is None:
                return _of_library(frame, tried)
            # Until go1.21 DWARF may lack what has no name: what the program prints it does print.
            lacking = told[0].signature.source is SignatureSource.DWARF
            shape = self._programs.shape(frame.call, frame.site) if lacking else None
            return told[0] if shape is None else Bound(shape, self._binding(frame, shape, slots))
        if fitting is tried[0] or not _is_told(tried[0]):
            return fitting
        return _with_doubt(fitting, tried[0])

    def _signatures(self, frame: Frame) -> Sequence[Signature]:
        function = frame.call.function
        if function in self._declared:  # to hash a place takes longer
            found = self._choice.found.get((function, frame.site), ())
            if found:
                return found
        if not self._programs.landed:
            return ()
        shape = self._programs.shape(frame.call, frame.site)
        return () if shape is None else (shape,)

    def _binding(self, frame: Frame, signature: Signature, slots: SlotMarks | None) -> Binding:
        facts = self._runtime.facts
        binding = bind(frame.call, signature, facts, self._runtime.port, slots)
        if signature.source is SignatureSource.STDLIB and facts.has("library_known") is not True:
            return binding._replace(arguments=capped(binding.arguments, _OLDER))
        return binding

    def _resolved(self, frame: Frame, bound: Bound) -> Bound:
        signature, binding = bound
        if signature is None or not self._programs.landed:
            return bound
        from gotrace.resolve import resolve  # noqa: PLC0415 - only with a binary

        arguments = resolve(binding.arguments, signature, self._programs.landed)
        if signature.generic or "[...]" in frame.function:
            arguments = self._with_types(frame, arguments)
        return Bound(signature, binding._replace(arguments=arguments))

    def _with_types(self, frame: Frame, arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
        """Types of a generic function as the program wrote them, where the binary tells."""
        from gotrace.binary.generics import with_types  # noqa: PLC0415 - only with a binary

        printed = next((a for a in arguments if a.role is Role.DICTIONARY), None)
        symbol = None
        if printed is not None and printed.value and printed.certainty is not Certainty.STALE:
            symbol = printed.value.symbol
        types = self._programs.types(frame, symbol)
        spelt = tuple(with_types(a, types) for a in arguments) if types else arguments
        return _as_declared(spelt, self._choice.found.get((frame.function, frame.site), ()))


def _as_declared(
    arguments: tuple[Argument, ...], signatures: Sequence[Signature]
) -> tuple[Argument, ...]:
    """Shapes that stand for more than one type are spelt as the source does: ``T``."""
    source = next((s for s in signatures if s.source is SignatureSource.GO_SOURCE), None)
    if source is None:
        return arguments
    declared: dict[tuple[Role, str | None], str] = {
        (p.role, p.name): p.type.text for p in source.inputs() if p.name
    }
    return tuple(
        a._replace(type=declared.get((a.role, a.name), a.type))
        if "go.shape." in a.type or "[...]" in a.type
        else a
        for a in arguments
    )


def _of_library(frame: Frame, tried: Sequence[Bound]) -> Bound:
    """Assembly has a signature, but often prints nothing or whatever lies on the stack."""
    from gotrace.stdlib import library  # noqa: PLC0415 - only where it was asked

    words = unbound_words(frame.call)
    if library().is_assembly(frame.function):
        arguments = tuple(
            a._replace(reason="assembly: Go does not print its arguments")
            for a in tried[0].binding.arguments
        )
        return Bound(tried[0].signature, Binding(arguments, words))
    return Bound(None, Binding((), words))


def _is_told(bound: Bound) -> bool:
    return bound.signature is not None and bound.signature.source is not SignatureSource.STDLIB


def _with_doubt(fitting: Bound, first: Bound) -> Bound:
    """A better source had a signature, but not for these words."""
    assert first.signature is not None
    issue = first.binding.issues[0]
    doubt = issue._replace(message=f"{first.signature.source.value}: {issue.message}")
    return fitting._replace(binding=fitting.binding._replace(issues=(doubt,)))
