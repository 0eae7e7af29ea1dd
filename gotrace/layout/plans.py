"""A signature laid out in each way that the possible releases and ports have (Go ≥ 1.17)."""

from __future__ import annotations

from functools import lru_cache

from gotrace.arch import ARCHES, Port
from gotrace.goversion import Facts
from gotrace.layout.sizes import Sizes
from gotrace.layout.values import Home, Registers, Token, homes, register_slots, shape
from gotrace.tuples import NamedTuple
from gotrace.types import GoType


class Layout(NamedTuple):
    """A way in which the possible releases and ports pass arguments."""

    word_size: int
    registers: Registers
    align64: bool


class Plan(NamedTuple):
    """What a layout makes of a signature: where each input lies and the tree that is printed.

    ``types`` are those that ``sizes`` has measured.
    """

    types: tuple[GoType, ...]
    sizes: Sizes
    registers: Registers
    homes: tuple[Home, ...]
    tokens: tuple[Token, ...]
    slots: tuple[tuple[int, int], ...]


@lru_cache(maxsize=1024)
def layouts(facts: Facts, port: Port) -> tuple[Layout, ...]:
    """Every layout that the evidence allows, without repetition."""
    arches = [port.arch] if port.arch is not None else list(ARCHES.values())
    aligned = facts.has("align64")
    found: dict[Layout, None] = {}
    for arch in arches:
        if port.arch is None and (
            (port.word_size_proven and arch.word_size != port.word_size)
            or (port.byte_order_proven and arch.big_endian != port.big_endian)
        ):
            continue
        uses = facts.register_abi(arch)
        registers = [Registers()] if uses is not True else []
        if uses is not False:
            registers.append(Registers(arch.integer_registers, arch.float_registers))
        for align64 in (True,) if arch.word_size == 8 or aligned else (True, False):
            for some in registers:
                found[Layout(arch.word_size, some, align64)] = None
    return tuple(found) or (Layout(port.word_size, Registers(), True),)


@lru_cache(maxsize=4096)
def plan(
    types: tuple[GoType, ...],
    results: tuple[GoType, ...],
    hidden: tuple[bool, ...],
    layout: Layout,
) -> Plan:
    """What ``layout`` makes of these types: the same for every call of a function."""
    sizes = Sizes(layout.word_size, align64=layout.align64)
    places = homes(types, results, sizes, layout.registers)
    tokens = shape(types, places, hidden, sizes)
    slots = register_slots(types, places, sizes)
    return Plan(types, sizes, layout.registers, places, tokens, slots)
