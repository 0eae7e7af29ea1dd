"""Where a value in a register or stack slot came from, as a small tree."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from gotrace.tuples import NamedTuple

_DEEPEST = 8
Place = str | int  # a register, or a stack slot by its offset from the caller's stack pointer


class ValueKind(StrEnum):
    """What made a value."""

    ENTRY = "entry"  # it was in this place when the function was entered
    LOAD = "load"
    ADD = "add"
    CALL = "call"
    GLOBAL = "global"  # an address in the program
    CONSTANT = "constant"
    STACK = "stack"  # an address in the function's own frame
    MERGE = "merge"  # one of several
    OPERATION = "operation"
    UNKNOWN = "unknown"


class Held(NamedTuple):
    """A place that held the value at ``pc``; ``later`` where that is behind its definition."""

    place: Place
    pc: int
    later: bool


class Flowing(NamedTuple):
    """A value. ``base + scaled*scale + displacement`` of a load or an addition.

    ``place`` is that of an entry; ``number`` a constant, an address, a stack offset or which result
    of a call; ``name`` the function called or the operation. ``parts`` are the operands of an
    operation or what is merged. ``at`` is the instruction's index; ``held`` where it was seen.
    ``width`` is how many of its lower bytes came all the way.
    """

    kind: ValueKind
    base: Flowing | None = None
    displacement: int = 0
    scaled: Flowing | None = None
    scale: int = 1
    place: Place | None = None
    number: Place | None = None
    name: str = ""
    parts: tuple[Flowing, ...] = ()
    at: int = 0
    held: tuple[Held, ...] = ()
    width: int = 8

    @property
    def offset(self) -> int:
        """``number`` as one."""
        return self.number if isinstance(self.number, int) else 0


def made_of(value: Flowing, depth: int = 0) -> Iterator[Flowing]:
    """The loads, sums and calls that a value was made by, itself included."""
    if value.kind in {ValueKind.LOAD, ValueKind.ADD, ValueKind.CALL}:
        yield value
    if value.base is not None and depth < _DEEPEST:
        yield from made_of(value.base, depth + 1)


def unknown(why: str) -> Flowing:
    """A value of which nothing is known."""
    return Flowing(ValueKind.UNKNOWN, name=why)


def constant(number: int) -> Flowing:
    """A number."""
    return Flowing(ValueKind.CONSTANT, number=number)


def shape(value: Flowing, depth: int = 0) -> str:
    """What two values must share to be the same."""
    if depth > 7:
        return "…"
    inner = shape(value.base, depth + 1) if value.base else ""
    index = f"+{shape(value.scaled, depth + 1)}*{value.scale}" if value.scaled else ""
    parts = "|".join(shape(p, depth + 1) for p in value.parts)
    head = f"{value.kind} {value.place} {value.number} {value.name}"
    return f"{head}({inner}+{value.displacement}{index})[{parts}]"
