"""From stale words to what was passed.

    recover_values(dump, runtime, goroutines, programs, sources) → the goroutines, with the values,
                                                                   and what has changed since

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
from gotrace.recover.reading import bits_of, stale_offsets
from gotrace.resolve import resolve, unresolved
from gotrace.signature import Role, types_by_name
from gotrace.tuples import NamedTuple
from gotrace.types import GoType
from gotrace.value import Argument, Provenance, Value

if TYPE_CHECKING:
    from gotrace.recover.source import SourceRecovery
    from gotrace.source.held import Held

Place = tuple[int, int]  # which goroutine, and which of its frames


class Passed(NamedTuple):
    """What came in for an argument that holds another value since; ``origin`` says how it is
    known."""

    value: Value
    origin: Provenance


class Recovered(NamedTuple):
    """``passed`` are arguments, by name, of frames that crashed: exact words that are not what came
    in. The function has set them since. ``against`` says why a program is another build whose code
    is the same: then nothing is known of addresses. Empty: nothing speaks against it."""

    goroutines: tuple[AnnotatedGoroutine, ...]
    passed: Mapping[Place, Mapping[str, Passed]]
    against: str = ""


MOST = 200  # goroutines of a dump that are looked at, the one that crashed among them
_WORD = 8
_NOTHING = "texts, symbols and types behind addresses are not taken from it"


def recover_values(
    dump: Dump,
    runtime: Runtime,
    goroutines: tuple[AnnotatedGoroutine, ...],
    programs: GivenPrograms,
    sources: Sequence[Held] = (),
) -> Recovered:
    """The same goroutines, with values in place of stale words where the code proves them.

    Shape:  ``Argument.provenance`` says where a value comes from; ``words`` stay as printed.
    Errors: none; what cannot be read is left as it is.
    Source: docs/recovered.md.
    """
    told = _source(runtime, programs, sources)
    found, changed, against = _by_programs(dump, goroutines, programs.landed)
    for index in _chosen(goroutines) if told is not None else ():
        assert told is not None
        found[index] = found[index]._replace(frames=told.frames(found[index]))
    return Recovered(tuple(found), changed, against)


def _by_programs(
    dump: Dump, goroutines: Sequence[AnnotatedGoroutine], landed: Sequence[Landed]
) -> tuple[list[AnnotatedGoroutine], dict[Place, dict[str, Passed]], str]:
    found, changed = list(goroutines), dict[Place, dict[str, Passed]]()
    read = Programs(landed)
    for index in _chosen(goroutines) if landed else ():
        chain = Chain(dump, found[index], read)
        frames, passed = _by_chain(found[index], chain, landed)
        if chain.refuted is not None:
            path, reason = chain.refuted
            against = f"{path} is another build of the same code: {reason}; {_NOTHING}"
            return [_without_addresses(g) for g in goroutines], {}, against
        found[index] = found[index]._replace(frames=frames)
        changed.update({(index, i): each for i, each in passed.items()})
    return found, changed, ""


def _without_addresses(goroutine: AnnotatedGoroutine) -> AnnotatedGoroutine:
    frames = tuple(f._replace(arguments=unresolved(f.arguments)) for f in goroutine.frames)
    return goroutine._replace(frames=frames)


def _source(
    runtime: Runtime, programs: GivenPrograms, sources: Sequence[Held]
) -> SourceRecovery | None:
    if not sources:
        return None
    from gotrace.recover.source import SourceRecovery  # noqa: PLC0415 - only with source

    return SourceRecovery(runtime, programs, sources)


def _chosen(goroutines: Sequence[AnnotatedGoroutine]) -> Iterator[int]:
    """Those with anything to recover, what crashed first."""
    order = sorted(range(len(goroutines)), key=lambda i: not goroutines[i].goroutine.crashed)
    opened = (
        i
        for i in order
        if goroutines[i].goroutine.crashed or any(is_open(f) for f in goroutines[i].frames)
    )
    for index, _ in zip(opened, range(MOST), strict=False):
        yield index


def _by_chain(
    goroutine: AnnotatedGoroutine, chain: Chain, landed: Sequence[Landed]
) -> tuple[tuple[AnnotatedFrame, ...], dict[int, dict[str, Passed]]]:
    """The frames of one goroutine, with what the programs' code proves, and what has changed."""
    frames, every = list(goroutine.frames), goroutine.goroutine.crashed
    wanted = [i for i, f in enumerate(frames) if f.signature is not None and (every or is_open(f))]
    changed = {}
    for index, known in chain.told(wanted).items():
        passed = _changed(frames[index], chain.passed(index)) if every else {}
        if passed:
            changed[index] = passed
        if known:
            frames[index] = _frame(frames[index], known, landed)
    return tuple(frames), changed


def _changed(frame: AnnotatedFrame, came: Mapping[Key, Told]) -> dict[str, Passed]:
    """The named arguments of which exact words are not what came in."""
    signature = frame.signature
    assert signature is not None
    types, sizes = types_by_name(signature), Sizes(_WORD)
    found: dict[str, Passed] = {}
    for number, argument in enumerate(frame.arguments):
        go_type = types.get((argument.role, argument.name))
        own = {o: told for (n, o), told in came.items() if n == number}
        if not own or not argument.name or argument.value is None or go_type is None:
            continue
        if argument.role not in {Role.RECEIVER, Role.PARAMETER} or has_unknown(go_type):
            continue
        exact = bits_of(argument.value, go_type, sizes)
        other = [o for o, told in own.items() if exact.get(o, told.bits) != told.bits]
        if other:
            bits = {offset: told.bits for offset, told in own.items()}
            value = patched(argument.value, go_type, sizes, bits)
            found[argument.name] = Passed(value, own[other[0]].origin)
    return found


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
