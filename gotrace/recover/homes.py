"""Where what was printed for a frame came in: by its types, and by its code.

A function that may have to grow its stack writes all of its registers to their slots first: its
code tells which register belongs to which slot, whatever the types are (cmd/compile/internal/
ssagen/ssa.go RegArgs, go1.27.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.flow.values import Place
from gotrace.layout.sizes import Sizes, has_unknown
from gotrace.recover.leaves import FLOAT_REGISTERS, Leaf, leaves_of
from gotrace.recover.machine import Standing
from gotrace.recover.paths import Paths
from gotrace.signature import Parameter, Role
from gotrace.tuples import NamedTuple

_WORD = 8
Key = tuple[int, int]  # which argument, and how far into it


class Home(NamedTuple):
    """``size`` bytes that came in at ``place``; ``slot`` is where their number was read from, None
    where none was printed."""

    size: int
    place: Place
    slot: int | None


def homes_of(frame: AnnotatedFrame, standing: Standing) -> dict[Key, Home]:
    """The leaves of a frame's arguments; empty where types and code disagree, or neither tells."""
    paths = standing.proof.paths
    by_types = _by_types(frame, paths)
    if not paths.code.in_registers:
        return _where_they_came(frame, by_types or {})
    slots = _slots(frame, standing)
    by_code = _by_code(slots, standing)
    if by_types is None:
        return by_code or {}
    for key, home in (by_code or {}).items():
        told = by_types.get(key)
        if told is not None and (told.size, told.place) != (home.size, home.place):
            return {}
    return {
        key: home._replace(slot=slots[key][0] if key in slots else None)
        for key, home in by_types.items()
    }


def _where_they_came(frame: AnnotatedFrame, homes: Mapping[Key, Home]) -> dict[Key, Home]:
    """Until go1.16 what is printed is what lies where it came in."""
    sizes = {
        (n, use.offset): use.size
        for n, argument in enumerate(frame.arguments)
        for use in argument.words
        if not use.word_offset
    }
    return {
        key: home._replace(slot=place) if sizes.get(key) == home.size else home
        for key, home in homes.items()
        if isinstance(place := home.place, int)
    }


def _slots(frame: AnnotatedFrame, standing: Standing) -> dict[Key, tuple[int, int]]:
    """Slot and size of each printed number that is one leaf."""
    table = standing.landed.program.table
    tokens = table.arguments(standing.function) if table is not None else None
    numbers = [t for t in tokens or () if isinstance(t, tuple)]
    words = frame.frame.call.words()
    if len(numbers) < len(words) or any(t == "_" for t in tokens or ()):
        return {}
    first = standing.proof.paths.target.first_argument
    by_start = {w.start: t for w, t in zip(words, numbers, strict=False)}
    return {
        (n, use.offset): (first + by_start[use.start][0], use.size)
        for n, argument in enumerate(frame.arguments)
        for use in argument.words
        if use.start in by_start and by_start[use.start][1] == use.size and not use.word_offset
    }


def _by_code(slots: Mapping[Key, tuple[int, int]], standing: Standing) -> dict[Key, Home] | None:
    registers = standing.proof.spills
    if registers is None:
        return None
    # A slot that is missing may be of what is passed on the stack, or (go1.19) of a blank one.
    return {
        key: Home(size, registers[slot][0], slot)
        for key, (slot, size) in slots.items()
        if slot in registers and registers[slot][1] == size
    }


def _by_types(frame: AnnotatedFrame, paths: Paths) -> dict[Key, Home] | None:
    inputs = _inputs(frame)
    target = paths.target
    if inputs is None or target.name not in FLOAT_REGISTERS:
        return None
    in_registers = paths.code.in_registers
    registers = (len(target.arguments), FLOAT_REGISTERS[target.name]) if in_registers else (0, 0)
    each = leaves_of(inputs, Sizes(_WORD), *registers)
    return {
        (n, leaf.offset): Home(leaf.size, place, None)
        for n, leaves in enumerate(each)
        for leaf in leaves
        if (place := _place(leaf, paths)) is not None
    }


def _place(leaf: Leaf, paths: Paths) -> Place | None:
    """Where a leaf is when the function is entered; None where it is not passed."""
    target = paths.target
    if leaf.slot is not None:
        return target.first_argument + leaf.slot
    if leaf.register is None:
        return None
    if leaf.floating:
        return f"{'xmm' if target.name == 'amd64' else 'v'}{leaf.register}"
    return target.arguments[leaf.register]


def _inputs(frame: AnnotatedFrame) -> Sequence[Parameter] | None:
    """The parameters that the arguments are of; None where the compiler adds or leaves out some."""
    signature = frame.signature
    if signature is None or signature.captured or frame.name.generic or not frame.arguments:
        return None
    inputs = signature.inputs()
    if any(has_unknown(p.type) for p in inputs):
        return None  # what comes in which register is not known then
    names = [(p.role, p.name) for p in inputs]
    printed = [(a.role, a.name) for a in frame.arguments if a.role is not Role.RESULT]
    return inputs if printed == names else None
