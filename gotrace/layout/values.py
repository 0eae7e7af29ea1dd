"""What Go ≥ 1.17 prints for a call: registers, spill slots and the tree of components.

The compiler writes a byte string per function (cmd/compile/internal/ssagen/ssa.go EmitArgInfo,
go1.27.3:6855) that runtime/traceback.go printArgs (go1.27.3:662) walks. Parameters in registers
have a spill slot behind everything that is passed on the stack; that is what is printed for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.layout.sizes import AGGREGATES, TOO_MANY, UNKNOWN, Sizes, round_up
from gotrace.tuples import NamedTuple
from gotrace.types import GoType

COMPONENTS = 10  # internal/abi/symtab.go TraceArgsLimit
DEPTH = 5  # TraceArgsMaxDepth
TOO_FAR = 0xF0  # TraceArgsSpecial: offsets from here on are signs


class Registers(NamedTuple):
    """How many registers pass arguments; none on the stack ABI."""

    integers: int = 0
    floats: int = 0


class Home(NamedTuple):
    """Where a parameter lies from the argument pointer; a spill slot for one in registers."""

    offset: int
    in_register: bool


class Slot(NamedTuple):
    """One printed number: ``size`` bytes from ``offset`` of parameter number ``parameter``."""

    parameter: int
    offset: int
    size: int
    in_register: bool
    too_far: bool


class Cut(NamedTuple):
    """``...``"""


class Aggregate(NamedTuple):
    """``{…}``"""

    tokens: tuple[Token, ...]


Token = Slot | Aggregate | Cut


def homes(
    inputs: Sequence[GoType], results: Sequence[GoType], sizes: Sizes, registers: Registers
) -> tuple[Home, ...]:
    """Where each input lies. Source: cmd/compile/internal/abi/abiutils.go (go1.27.3)."""
    places, stack = _assign(inputs, 0, sizes, registers)
    _, stack = _assign(results, round_up(stack, sizes.word_size), sizes, registers)
    spill_area = round_up(stack, sizes.word_size)
    return tuple(
        Home(home.offset + spill_area, True) if home.in_register else home for home in places
    )


def _assign(
    types: Sequence[GoType], stack: int, sizes: Sizes, registers: Registers
) -> tuple[list[Home], int]:
    """A type gets registers for all of it or none; spill offsets here start at 0."""
    spill = 0
    integers, floats = registers
    places = []
    for go_type in types:
        measure = sizes.measure(go_type)
        if _in_registers(go_type, sizes, Registers(integers, floats)) and registers.integers:
            integers, floats = integers - measure.integers, floats - measure.floats
            spill = round_up(spill, measure.align)
            places.append(Home(spill, True))
            spill += measure.size
        else:
            stack = round_up(stack, measure.align)
            places.append(Home(stack, False))
            stack += measure.size
    return places, stack


def _in_registers(go_type: GoType, sizes: Sizes, free: Registers) -> bool:
    measure = sizes.measure(go_type)
    if measure.size == 0 or measure.integers >= TOO_MANY:
        return False
    return measure.integers <= free.integers and measure.floats <= free.floats


class _Position(NamedTuple):
    parameter: int
    home: Home
    offset: int = 0
    depth: int = 0


def shape(
    inputs: Sequence[GoType], places: Sequence[Home], hidden: Sequence[bool], sizes: Sizes
) -> tuple[Token, ...]:
    """The tree that is printed. ``hidden`` inputs are passed but not printed."""
    writer = _Writer(sizes)
    tokens: list[Token] = []
    for i, go_type in enumerate(inputs):
        if not hidden[i] and not writer.write(go_type, _Position(i, places[i]), tokens):
            break
    return tuple(tokens)


class _Writer:
    """Counts components over a whole call, as EmitArgInfo does."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.count = 0

    def write(self, go_type: GoType, at: _Position, into: list[Token]) -> bool:
        """Write one component; False where the limit was reached before it."""
        if self.count >= COMPONENTS:
            into.append(Cut())
            return False
        stands_for = stand_in(go_type)
        if stands_for.kind not in AGGREGATES:
            size = self.sizes.measure(stands_for).size
            too_far = at.home.offset + at.offset >= TOO_FAR
            into.append(Slot(at.parameter, at.offset, size, at.home.in_register, too_far))
            self.count += 1
            return True
        tokens: list[Token] = []
        if at.depth + 1 >= DEPTH:
            tokens.append(Cut())
            self.count += 1
        else:
            self._write_parts(stands_for, at, tokens)
        into.append(Aggregate(tuple(tokens)))
        return True

    def _write_parts(self, go_type: GoType, at: _Position, into: list[Token]) -> None:
        empty = True
        for part in self.sizes.parts(go_type):
            empty = False
            inner = at._replace(offset=at.offset + part.offset, depth=at.depth + 1)
            if not self.write(part.type, inner, into):
                break
        if empty:
            self.count += 1  # `{}` counts as a component


def stand_in(go_type: GoType) -> GoType:
    """What an unknown type was solved to be; the type itself where it is known."""
    if go_type.kind in UNKNOWN and go_type.element is not None:
        return stand_in(go_type.element)
    return go_type


def register_slots(
    inputs: Sequence[GoType], places: Sequence[Home], sizes: Sizes
) -> tuple[tuple[int, int], ...]:
    """(parameter, offset) of each register that passes arguments, in order.

    The compiler numbers the bits that decide about `?` like this (cmd/compile/internal/liveness/
    arg.go ArgLiveness), the printer counts the slots it prints: they part where one is not printed.
    """
    found: list[tuple[int, int]] = []
    for i, (go_type, home) in enumerate(zip(inputs, places, strict=True)):
        if home.in_register:
            _leaves(go_type, i, 0, sizes, found)
    return tuple(found)


def _leaves(
    go_type: GoType, parameter: int, offset: int, sizes: Sizes, into: list[tuple[int, int]]
) -> None:
    stands_for = stand_in(go_type)
    if stands_for.kind not in AGGREGATES:
        into.append((parameter, offset))
        return
    if sizes.measure(stands_for).size == 0:
        return
    for part in sizes.parts(stands_for):
        _leaves(part.type, parameter, offset + part.offset, sizes, into)


def describe(tokens: Sequence[Token]) -> str:
    """The tree as text, a dot for each number: ``·, {·, ·}``."""
    return ", ".join(_describe(token) for token in tokens)


def _describe(token: Token) -> str:
    match token:
        case Slot(too_far=True):
            return "_"
        case Slot():
            return "·"
        case Cut():
            return "..."
        case Aggregate(tokens=tokens):
            return "{" + describe(tokens) + "}"
