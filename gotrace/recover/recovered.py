"""From stale words to what was passed.

    recover_values(dump, runtime, goroutines, programs, sources) → the goroutines, with the values

A value is taken only where the program's code leaves no other (``proof``): what a caller's direct
call passes, what the own slot was last written with, what a register of the crash still holds
(``chain``). The source alone tells less, and is only likely (``source``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.binary.landed import Landed
from gotrace.infer import Runtime
from gotrace.layout.sizes import Sizes, has_unknown
from gotrace.model import Dump
from gotrace.passing import DICTIONARY
from gotrace.programs import Programs as GivenPrograms
from gotrace.recover.chain import SLOT, Chain, Told, is_open
from gotrace.recover.homes import Key
from gotrace.recover.machine import Programs
from gotrace.recover.patch import patched
from gotrace.recover.reading import stale_offsets
from gotrace.resolve import resolve
from gotrace.signature import Role, types_by_name
from gotrace.types import GoType
from gotrace.value import Argument

if TYPE_CHECKING:
    from gotrace.recover.source import SourceRecovery
    from gotrace.source import SourceTree

MOST = 200  # goroutines of a dump that are looked at, the one that crashed among them
_WORD = 8


def recover_values(
    dump: Dump,
    runtime: Runtime,
    goroutines: tuple[AnnotatedGoroutine, ...],
    programs: GivenPrograms,
    sources: Sequence[SourceTree] = (),
) -> tuple[AnnotatedGoroutine, ...]:
    """The same goroutines, with values in place of stale words where the code proves them.

    Shape:  ``Argument.provenance`` says where a value comes from; ``words`` stay as printed.
    Errors: none; what cannot be read is left as it is.
    Source: docs/recovered.md.
    """
    found = list(goroutines)
    told, read = _source(runtime, programs, sources), Programs(programs.landed)
    for index in _chosen(goroutines):
        if programs.landed:
            frames = _by_program(dump, found[index], read)
            found[index] = found[index]._replace(frames=frames)
        if told is not None:
            found[index] = found[index]._replace(frames=told.frames(found[index]))
    return tuple(found)


def _source(
    runtime: Runtime, programs: GivenPrograms, sources: Sequence[SourceTree]
) -> SourceRecovery | None:
    if not sources:
        return None
    from gotrace.recover.source import SourceRecovery  # noqa: PLC0415 - only with source

    return SourceRecovery(runtime, programs, sources)


def _chosen(goroutines: Sequence[AnnotatedGoroutine]) -> Iterator[int]:
    """Those with anything to recover, what crashed first."""
    order = sorted(range(len(goroutines)), key=lambda i: not goroutines[i].goroutine.crashed)
    opened = (i for i in order if any(is_open(f) for f in goroutines[i].frames))
    for index, _ in zip(opened, range(MOST), strict=False):
        yield index


def _by_program(
    dump: Dump, goroutine: AnnotatedGoroutine, programs: Programs
) -> tuple[AnnotatedFrame, ...]:
    """The frames of one goroutine, with what the programs' code proves."""
    frames = list(goroutine.frames)
    wanted = [i for i, f in enumerate(frames) if is_open(f) and f.signature is not None]
    for index, known in Chain(dump, goroutine, programs).told(wanted).items():
        if known:
            frames[index] = _frame(frames[index], known, programs.landed)
    return tuple(frames)


def _frame(
    frame: AnnotatedFrame, told: Mapping[Key, Told], landed: Sequence[Landed]
) -> AnnotatedFrame:
    signature = frame.signature
    assert signature is not None
    types = types_by_name(signature)
    sizes = Sizes(_WORD)
    arguments = []
    for number, argument in enumerate(frame.arguments):
        go_type = types.get((argument.role, argument.name))
        if argument.role is Role.DICTIONARY:
            go_type = DICTIONARY.type
        if go_type is not None and (not has_unknown(go_type) or len(argument.words) == 1):
            stale = stale_offsets(argument, go_type, sizes)
            new = {o: t for (n, o), t in told.items() if n == number and o in stale}
            argument = _with(argument, go_type, new, sizes)  # noqa: PLW2901 - or left as it is
        arguments.append(argument)
    return frame._replace(arguments=resolve(arguments, signature, landed))


def _with(argument: Argument, go_type: GoType, new: Mapping[int, Told], sizes: Sizes) -> Argument:
    if not new or argument.value is None:
        return argument
    bits = {offset: told.bits for offset, told in new.items()}
    value = patched(argument.value, go_type, sizes, bits)
    if value == argument.value:
        return argument
    origins = [told.origin for told in new.values()]
    origin = next((o for o in origins if o.text != SLOT), origins[0])
    argument = argument._replace(value=value, certainty=value.certainty, provenance=origin)
    still = stale_offsets(argument, go_type, sizes)
    return argument if still else argument._replace(reason="")
