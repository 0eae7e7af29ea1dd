"""The arm64 processor, as far as Go's compiler uses it.

Source: src/cmd/compile/abi-internal.md (go1.27.3); cmd/compile/internal/arm64.
"""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.flow.flow import Flow, added
from gotrace.flow.machine import Instruction, Memory
from gotrace.flow.values import Flowing, Place, ValueKind, constant, unknown
from gotrace.patterns import lazy_pattern

_LOADS = frozenset("ldr ldrb ldrh ldrsw ldrsb ldrsh ldur ldurb ldurh ldursw ldar ldarb".split())
_MOVES = frozenset("mov orr sxtw uxtb uxth sxtb sxth uxtw".split())
_OPERATIONS = frozenset("lsl madd mul asr lsr sdiv msub udiv and".split())
_GENTLE = lazy_pattern(r"runtime\.(gcWriteBarrier|wbZero|wbMove|duffzero|duffcopy|racecall)")
_CHANGED = frozenset({"x16", "x17", "x20", "x21", "x26", "x27", "x30"})


_SHIFT = lazy_pattern(r"lsl #(\d+)")


class Arm64:
    """See :class:`gotrace.flow.processors.Processor`."""

    name = "arm64"
    stack_pointer = "sp"
    arguments = tuple(f"x{n}" for n in range(16))
    registers_since = 18
    return_address = 0
    flagging = frozenset("adds subs ands".split())
    first_argument = 8  # the saved link register lies below the arguments
    # DWARF for the Arm 64-bit Architecture (AADWARF64), section 4.1.
    numbers = {n: f"x{n}" for n in range(31)} | {31: "sp"} | {64 + n: f"v{n}" for n in range(32)}

    def stack_step(self, instructions: Sequence[Instruction], at: int) -> int:
        """What an instruction adds to the stack pointer."""
        found = instructions[at]
        memory = found.memory
        if memory is not None and memory.base == "sp":
            return memory.before + memory.after
        operands = found.operands
        if found.mnemonic in {"sub", "add"} and operands[:2] == ("sp", "sp"):
            step = operands[2]
            if isinstance(step, int):
                return -step if found.mnemonic == "sub" else step
        if found.mnemonic == "mov" and operands[0] == "sp":  # a large frame: sub x20, sp, #N
            for earlier in reversed(instructions[max(0, at - 6) : at]):
                if earlier.mnemonic == "sub" and earlier.operands[:2] == (operands[1], "sp"):
                    step = earlier.operands[2]
                    return -step if isinstance(step, int) else 0
        return 0

    def is_store(self, instruction: Instruction) -> bool:
        """Whether it writes to memory."""
        return instruction.mnemonic.startswith("st")

    def store_size(self, instruction: Instruction) -> int:
        """A pair is two words."""
        return 16 if instruction.mnemonic == "stp" else 8

    def survives(self, register: str, called: str) -> bool:
        """x28 is the goroutine; write barriers keep all but what they are made of."""
        if register in {"x28", "sp", "x29", "x18"}:
            return True
        if called.startswith("runtime.gcWriteBarrier"):
            return register not in {"x25", "x27", "x30"}
        return bool(_GENTLE.match(called)) and register not in _CHANGED

    def is_check(self, instruction: Instruction) -> bool:
        """`ldrb w27, [reg]`: cmd/compile/internal/arm64/ssa.go OpARM64LoweredNilCheck."""
        goal = instruction.operands[0] if instruction.operands else None
        return instruction.mnemonic == "ldrb" and goal in {"x27", "zr"}

    def define(self, flow: Flow, place: Place, at: int, depth: int) -> Flowing:
        """The value that instruction ``at`` puts into ``place``."""
        found = flow.code.instructions[at]
        operands, mnemonic = found.operands, found.mnemonic
        if isinstance(place, int):
            memory = found.memory
            slot = flow.slot(at, memory) if memory else None
            second = mnemonic == "stp" and slot is not None and place >= slot + 8
            return flow.operand(at, operands[1 if second else 0], depth)
        if mnemonic in _LOADS:
            return self._loaded(flow, operands[1], at, depth)
        pair = operands[2] if mnemonic == "ldp" and len(operands) > 2 else None
        if isinstance(pair, Memory):
            return flow.load(at, pair, depth, 0 if operands[0] == place else 8)
        if mnemonic in _MOVES and len(operands) == 2:
            return flow.operand(at, operands[1], depth)
        return self._computed(flow, found, at, depth)

    def _loaded(self, flow: Flow, source: object, at: int, depth: int) -> Flowing:
        if not isinstance(source, Memory) or source.base is None:
            return unknown("load")
        if source.base != "sp":
            base = flow.value(source.base, at, depth)
            if base.kind is ValueKind.GLOBAL:
                return Flowing(ValueKind.LOAD, added(base, source.displacement), at=at)
        return flow.load(at, source, depth)

    def _computed(self, flow: Flow, found: Instruction, at: int, depth: int) -> Flowing:
        operands, mnemonic = found.operands, found.mnemonic
        if len(operands) == 2 and isinstance(operands[1], int):
            return self._fixed(flow, found, at, depth)
        if len(operands) < 3:
            return unknown(mnemonic)
        if mnemonic in {"add", "sub"}:
            return self._sum(flow, found, at, depth)
        merges = mnemonic == "csel"
        if not merges and mnemonic not in _OPERATIONS:
            return unknown(mnemonic)
        sources = operands[1:3] if merges else [o for o in operands[1:] if isinstance(o, str)]
        parts = tuple(flow.operand(at, o, depth) for o in sources)
        kind = ValueKind.MERGE if merges else ValueKind.OPERATION
        return Flowing(kind, name="" if merges else mnemonic, parts=parts, at=at)

    def _fixed(self, flow: Flow, found: Instruction, at: int, depth: int) -> Flowing:
        """A number, or the page of an address."""
        number, mnemonic = found.operands[1], found.mnemonic
        assert isinstance(number, int)
        if mnemonic in {"adrp", "adr"}:
            return Flowing(ValueKind.GLOBAL, number=number)
        if mnemonic in {"movz", "movn"}:
            return constant(~number if mnemonic == "movn" else number)
        return self._kept(flow, found, at, depth) if mnemonic == "movk" else unknown(mnemonic)

    def _kept(self, flow: Flow, found: Instruction, at: int, depth: int) -> Flowing:
        """`movk x0, #1, lsl #16`: sixteen bits are set, the others stay."""
        goal, bits = found.operands[0], found.operands[1]
        before = flow.operand(at, goal, depth)
        if before.kind is not ValueKind.CONSTANT or not isinstance(bits, int):
            return unknown("movk")
        shift = _SHIFT.search(found.text)
        mask = 0xFFFF << (int(shift[1]) if shift else 0)
        return constant((before.offset & ~mask) | (bits & mask))

    def _sum(self, flow: Flow, found: Instruction, at: int, depth: int) -> Flowing:
        own, step = flow.operand(at, found.operands[1], depth), found.operands[2]
        if isinstance(step, int):
            return added(own, step if found.mnemonic == "add" else -step, at=at)
        if found.mnemonic == "sub":
            return unknown("sub")
        return added(own, 0, flow.operand(at, step, depth), at=at)


ARM64 = Arm64()
