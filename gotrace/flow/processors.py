"""What the data flow has to know of a processor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from gotrace.flow.machine import Instruction
from gotrace.flow.values import Flowing, Place

if TYPE_CHECKING:
    from gotrace.flow.flow import Flow


class Processor(Protocol):
    """``return_address``: bytes below the caller's stack pointer on entry; ``first_argument``:
    where the first one on the stack lies above it."""

    name: str
    stack_pointer: str
    arguments: tuple[str, ...]
    registers_since: int
    return_address: int
    flagging: frozenset[str]
    first_argument: int
    numbers: dict[int, str]  # DWARF's numbers of registers

    def stack_step(self, instructions: Sequence[Instruction], at: int) -> int:
        """What an instruction adds to the stack pointer."""
        ...

    def is_store(self, instruction: Instruction) -> bool:
        """Whether it writes to memory."""
        ...

    def store_size(self, instruction: Instruction) -> int:
        """The bytes of stack slots that a store may change."""
        ...

    def survives(self, register: str, called: str) -> bool:
        """Whether a call leaves a register alone."""
        ...

    def is_check(self, instruction: Instruction) -> bool:
        """Whether it reads memory only to fail where the pointer is nil."""
        ...

    def define(self, flow: Flow, place: Place, at: int, depth: int) -> Flowing:
        """The value that instruction ``at`` puts into ``place``."""
        ...


def processor(arch: str) -> Processor | None:
    """The processor of an architecture; None where its code cannot be read here."""
    if arch == "amd64":
        from gotrace.flow.amd64 import AMD64  # noqa: PLC0415 - one of them

        return AMD64
    if arch == "arm64":
        from gotrace.flow.arm64 import ARM64  # noqa: PLC0415

        return ARM64
    return None
