"""Which register a function writes to which slot before its stack grows."""

from __future__ import annotations

from gotrace.flow.machine import Instruction
from gotrace.recover.paths import Paths, stored

_MOST_STORES = 48


def spills(paths: Paths) -> dict[int, tuple[str, int]] | None:
    """Register and width by slot, for everything that comes in registers; None where the function
    never grows its stack.

    Source: cmd/internal/obj/x86/obj6.go stacksplit, arm64/obj7.go: the registers are spilled, then
    runtime.morestack is called (go1.27.3).
    """
    code = paths.code
    for at, found in enumerate(code.instructions):
        if found.calls is not None and code.called(at).startswith("runtime.morestack"):
            return _before(paths, at)
    return None


def _before(paths: Paths, call: int) -> dict[int, tuple[str, int]]:
    """The stores in front of the call."""
    found: dict[int, tuple[str, int]] = {}
    instructions, name = paths.code.instructions, paths.target.name
    for at in range(call - 1, max(-1, call - _MOST_STORES), -1):
        one = instructions[at]
        memory = one.memory
        slot = paths.slot(at, memory) if memory is not None else None
        if slot is not None and paths.target.is_store(one):
            width = stored(one, name)
            registers = _sources(one)
            for i, register in enumerate(registers):
                each = width // len(registers)
                found[slot + i * each] = register, each
        elif not _moves_link(one):
            break
    return found


def _sources(found: Instruction) -> list[str]:
    return [o for o in found.operands if isinstance(o, str)]


def _moves_link(found: Instruction) -> bool:
    """`mov x3, x30` on arm64, and padding."""
    return found.mnemonic == "nop" or found.operands == ("x3", "x30")
