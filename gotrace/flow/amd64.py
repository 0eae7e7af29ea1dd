"""The amd64 processor, as far as Go's compiler uses it.

Source: src/cmd/compile/abi-internal.md (go1.27.3); cmd/compile/internal/amd64.
"""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.flow.flow import Flow, added
from gotrace.flow.machine import Instruction, Memory
from gotrace.flow.values import Flowing, Place, ValueKind, constant, unknown
from gotrace.patterns import lazy_pattern

_MOVES = frozenset({"mov", "movzx", "movsx", "movsxd", "movabs", "movq", "movd"})
_WIDE = ("movup", "movdq", "movap", "vmovdq")
_OPERATIONS = frozenset({"shl", "sar", "shr", "imul", "and", "or"})
_READING = frozenset({"cmp", "test", "call", "jmp", "push", "bt", "ucomisd", "ucomiss"})
# Helpers with their own rules for registers (runtime/asm_amd64.s, duff_amd64.s, go1.27.3).
_GENTLE = lazy_pattern(r"runtime\.(gcWriteBarrier|wbZero|wbMove|duffzero|duffcopy|racecall)")


class Amd64:
    """See :class:`gotrace.flow.processors.Processor`."""

    name = "amd64"
    stack_pointer = "rsp"
    arguments: tuple[str, ...] = ("rax", "rbx", "rcx", "rdi", "rsi", "r8", "r9", "r10", "r11")
    registers_since = 17
    return_address = 8
    flagging = frozenset("add sub and or xor neg inc dec".split())
    first_argument = 0
    # DWARF's numbers: System V ABI for AMD64, figure 3.36.
    numbers = (
        dict(enumerate(("rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp")))
        | {n: f"r{n}" for n in range(8, 16)}
        | {17 + n: f"xmm{n}" for n in range(16)}
    )

    def stack_step(self, instructions: Sequence[Instruction], at: int) -> int:
        """What an instruction adds to the stack pointer."""
        found = instructions[at]
        if found.mnemonic in {"push", "pop"}:
            return -8 if found.mnemonic == "push" else 8
        if found.mnemonic in {"sub", "add"} and found.operands[0] == "rsp":
            step = found.operands[1]
            if isinstance(step, int):
                return -step if found.mnemonic == "sub" else step
        return 0

    def is_store(self, instruction: Instruction) -> bool:
        """Whether its first operand is memory that it writes."""
        first = instruction.operands[0] if instruction.operands else None
        return isinstance(first, Memory) and instruction.mnemonic not in _READING

    def store_size(self, instruction: Instruction) -> int:
        """Sixteen for vectors, else a word."""
        return 16 if instruction.mnemonic.startswith(_WIDE) else 8

    def survives(self, register: str, called: str) -> bool:
        """r14 is the goroutine; write barriers keep all but what they are made of."""
        if register in {"r14", "rsp", "rbp"}:
            return True
        if called.startswith("runtime.gcWriteBarrier"):
            return register != "r11"
        return bool(_GENTLE.match(called)) and register not in {"rdi", "rsi", "xmm0"}

    def is_check(self, instruction: Instruction) -> bool:
        """`test al, (reg)`: cmd/compile/internal/amd64/ssa.go OpAMD64LoweredNilCheck."""
        return instruction.mnemonic == "test" and instruction.memory is not None

    def define(self, flow: Flow, place: Place, at: int, depth: int) -> Flowing:
        """The value that instruction ``at`` puts into ``place``."""
        found = flow.code.instructions[at]
        if isinstance(place, int):
            return self._stored(flow, place, at, depth)
        operands, mnemonic = found.operands, found.mnemonic
        if not operands or operands[0] != place:
            return unknown(mnemonic)
        source = operands[1] if len(operands) > 1 else None
        if mnemonic in _MOVES:
            return flow.operand(at, source, depth)
        if mnemonic == "lea" and isinstance(source, Memory):
            return flow.address(at, source, depth)
        return self._computed(flow, place, at, depth)

    def _computed(self, flow: Flow, place: str, at: int, depth: int) -> Flowing:
        found = flow.code.instructions[at]
        mnemonic = found.mnemonic
        source = found.operands[1] if len(found.operands) > 1 else None
        if mnemonic in {"xor", "sub"} and source == place:
            return constant(0)
        if mnemonic in {"add", "sub", "inc", "dec"}:
            return self._sum(flow, found, at, depth)
        own = flow.value(place, at, depth)
        if mnemonic.startswith("cmov"):
            return Flowing(ValueKind.MERGE, parts=(own, flow.operand(at, source, depth)), at=at)
        if mnemonic in _OPERATIONS:
            more = () if source is None or isinstance(source, int) else (source,)
            parts = (own, *(flow.operand(at, s, depth) for s in more))
            return Flowing(ValueKind.OPERATION, name=mnemonic, parts=parts, at=at)
        return unknown(mnemonic)

    def _sum(self, flow: Flow, found: Instruction, at: int, depth: int) -> Flowing:
        own = flow.operand(at, found.operands[0], depth)
        if found.mnemonic in {"inc", "dec"}:
            return added(own, 1 if found.mnemonic == "inc" else -1, at=at)
        step = found.operands[1]
        if isinstance(step, int):
            return added(own, step if found.mnemonic == "add" else -step, at=at)
        if found.mnemonic == "sub":
            return unknown("sub")
        return added(own, 0, flow.operand(at, step, depth), at=at)

    def _stored(self, flow: Flow, place: int, at: int, depth: int) -> Flowing:
        """What a store put into a stack slot."""
        found = flow.code.instructions[at]
        memory = found.memory
        slot = flow.slot(at, memory) if memory else None
        source = found.operands[1] if len(found.operands) > 1 else None
        if slot is None:
            return unknown("slot")
        part = place - slot
        if isinstance(source, str) and source.startswith("xmm"):
            if source == "xmm15" and flow.code.in_registers:
                return constant(0)
            return self._vector(flow, source, at, depth, part)
        if found.mnemonic.startswith("mov") and part == 0:
            return flow.operand(at, source, depth)
        return unknown(found.mnemonic)

    def _vector(self, flow: Flow, register: str, at: int, depth: int, part: int) -> Flowing:
        definitions = flow.definitions(register, at)
        if len(definitions) != 1 or definitions[0] < 0:
            return unknown("vector")
        found = flow.code.instructions[definitions[0]]
        source = found.operands[-1] if found.operands else None
        if isinstance(source, Memory) and found.mnemonic.startswith(("mov", "vmov")):
            return flow.load(definitions[0], source, depth, part)
        if found.mnemonic in {"xorps", "pxor"}:
            return constant(0)
        return unknown("vector")


AMD64 = Amd64()
