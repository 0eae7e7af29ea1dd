"""Which instructions may have written a place last, where that can be told for certain.

The data flow of ``gotrace.flow`` names what failed and may be mistaken; a value that is called
exact may not. So this looks at the same instructions with three more questions: is all of the code
known, how many bytes does a store write, and may a pointer reach the slot.
"""

from __future__ import annotations

from gotrace.flow.code import Code
from gotrace.flow.machine import Instruction, Memory
from gotrace.flow.values import Place
from gotrace.patterns import lazy_pattern

ENTRY = -1
_MOST_STEPS = 20_000
_MOST_DEFINITIONS = 12
_UNKNOWN_SIZE = 256  # bytes; of what assembly does not declare
_FURTHEST_RELOAD = 48  # instructions between the call of morestack and the jump back
_WIDTHS = (("zmmword", 64), ("ymmword", 32), ("xmmword", 16), ("qword", 8), ("dword", 4))
_NARROW = (("word", 2), ("byte", 1))
_REGISTER = lazy_pattern(r"[\[,\s{](w|x|b|h|s|d|q)(?:\d+|zr)\b")
_ARM_WIDTHS = {"b": 1, "h": 2, "w": 4, "s": 4, "x": 8, "d": 8, "q": 16}
_FRAME_POINTERS = {"rbp", "x29"}


class Paths:
    """``code`` with every way through it. ``whole``: none is missing."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.target = code.target
        self.before = [list(earlier) for earlier in code.before]
        self.whole = self._join()
        self._taken = self._addresses() if self.whole else []
        self._taken_by = self._sizes()
        self._most_taken = max(self._taken_by.values(), default=0)

    # ------------------------------------------------------------------ ways

    def _join(self) -> bool:
        """Add the loops that `Code` leaves out; False where the code is not known whole."""
        found, function = self.code.instructions, self.code.function
        if not found or self._rest(function.end):
            return False
        for i, n in enumerate(found):
            if n.jump is None:
                if not n.falls and n.mnemonic in {"jmp", "br"}:
                    return False  # a table of jumps
                continue
            goal = self.code.index.get(n.jump)
            if goal is None and function.entry <= n.jump < function.end:
                return False
            if goal is not None and i not in self.before[goal] and not self._after_morestack(i):
                self.before[goal].append(i)
        return True

    def _rest(self, end: int) -> bool:
        """Whether bytes that are no padding lie behind the last instruction."""
        last = self.code.instructions[-1]
        start = last.address + last.size
        rest = bytes(self.code.program.image.read_up_to(start, max(0, end - start)))
        return bool(rest.strip(b"\0\xcc"))

    def _after_morestack(self, at: int) -> bool:
        """Whether a jump goes back to the start after the stack has grown: nothing has run yet."""
        for i in range(at - 1, max(-1, at - _FURTHEST_RELOAD), -1):
            if self.code.instructions[i].calls is not None:
                return self.code.called(i).startswith("runtime.morestack")
        return False

    def _sizes(self) -> dict[int, int]:
        """The bytes of stack that each call by address takes for arguments, results and registers
        (cmd/compile/internal/ssagen/pgen.go: ArgWidth of the ABI, go1.27.3)."""
        found: dict[int, int] = {}
        for i, n in enumerate(self.code.instructions):
            if isinstance(n.calls, int):
                size = self.code.arguments_of(i)
                found[i] = _UNKNOWN_SIZE if size is None else size
        return found

    # ------------------------------------------------------------------ pointers to slots

    def _addresses(self) -> list[int]:
        """The stack addresses that the code takes, or indexes from; pointers may reach what lies
        behind each of them."""
        found: set[int] = set()
        pointer = self.target.stack_pointer
        for i, n in enumerate(self.code.instructions):
            stack = self.code.stack[i]
            if stack is None:
                continue
            memory = n.memory
            goal = n.operands[0] if n.operands else None
            if memory is not None and memory.base == pointer and memory.scaled:
                by_number = self.target.name == "arm64"  # `[sp, x27]`: the offset itself
                found.add(stack if by_number else stack + memory.displacement)
            elif goal in _FRAME_POINTERS or goal == pointer:
                continue
            elif n.mnemonic == "lea" and memory is not None and memory.base == pointer:
                found.add(stack + memory.displacement)
            elif pointer in n.operands[1:] and not self._makes_room(i, n):
                step = n.operands[2] if len(n.operands) > 2 else 0
                known = isinstance(step, int) and n.mnemonic in {"mov", "add", "sub"}
                sign = -1 if n.mnemonic == "sub" else 1
                found.add(stack + sign * step if known and isinstance(step, int) else -(1 << 40))
        return sorted(found)

    def _makes_room(self, at: int, found: Instruction) -> bool:
        """`sub x20, sp, #N … mov sp, x20`, a large frame; comparing with the limit of the stack."""
        if found.mnemonic in {"cmp", "cmn", "push", "tst"}:
            return True
        later = self.code.instructions[at + 1 : at + 7]
        if found.mnemonic != "sub" or self.target.name != "arm64" or at > 12:
            return False
        made = found.operands[0]
        return any(
            n.operands[:2] == ("sp", made) or (n.mnemonic == "cmp" and made in n.operands)
            for n in later
        )

    def reached(self, slot: int, size: int) -> bool:
        """Whether a pointer that the code makes may reach the slot. Of what is behind the address
        of a variable nothing tells where the variable ends; arguments and locals lie apart."""
        first = self.target.first_argument
        return any(
            taken < slot + size and (taken >= first) == (slot >= first) for taken in self._taken
        )

    # ------------------------------------------------------------------ definitions

    def definitions(self, place: Place, size: int, at: int) -> list[int] | None:
        """The instructions that may have written any of the ``size`` bytes at ``place`` last
        before ``at``; ENTRY is none of them. None where that cannot be told."""
        if not self.whole:
            return None
        found: list[int] = [ENTRY] if at == 0 else []
        seen: set[int] = set()
        waiting = list(self.before[at])
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            writes = self._writes(here, place, size)
            if writes is None or len(seen) > _MOST_STEPS or len(found) > _MOST_DEFINITIONS:
                return None
            if writes:
                found.append(here)
                continue
            if here == 0:
                found.append(ENTRY)
            waiting.extend(self.before[here])
        return found

    def _writes(self, at: int, place: Place, size: int) -> bool | None:
        """Whether instruction ``at`` writes any of it; None where that cannot be told."""
        found = self.code.instructions[at]
        if isinstance(place, int):
            return self._stores(at, place, size)
        if found.calls is None:
            return place in found.writes
        return not self.target.survives(place, self.code.called(at))

    def _stores(self, at: int, slot: int, size: int) -> bool | None:
        found, memory = self.code.instructions[at], self.code.instructions[at].memory
        if found.calls is not None:
            return self._gets_back(at, slot)
        if found.mnemonic == "push":
            stack = self.code.stack[at]
            start, width = (None if stack is None else stack - 8), 8
        elif (
            memory is None
            or memory.base != self.target.stack_pointer
            or not self.target.is_store(found)
        ):
            return False
        else:
            start, width = self.slot(at, memory), stored(found, self.target.name)
        return None if start is None else start < slot + size and slot < start + width

    def _gets_back(self, at: int, slot: int) -> bool | None:
        """Whether a call may write the slot: where it takes its arguments, it leaves its results
        and writes its registers. How much that is is known of what is called by its address."""
        stack = self.code.stack[at]
        if stack is None:
            return None
        inside = slot - stack - self.target.first_argument
        size = self._taken_by.get(at, self._most_taken)
        return slot < 0 and inside < size

    def slot(self, at: int, memory: Memory) -> int | None:
        """The stack slot that an operand is; None where it is none, or not known."""
        stack = self.code.stack[at]
        if memory.base != self.target.stack_pointer or memory.scaled or stack is None:
            return None
        return stack + memory.displacement


def stored(found: Instruction, arch: str) -> int:
    """How many bytes a store writes; many where that is not known."""
    if arch == "amd64":
        for name, width in (*_WIDTHS, *_NARROW):
            if f"{name} ptr" in found.text:
                return width
        return 64
    mnemonic = found.mnemonic
    if mnemonic.startswith("st") and mnemonic.endswith(("rb", "rh")):
        return 1 if mnemonic.endswith("b") else 2
    register = _REGISTER.search(f" {found.text.partition(' ')[2]}")
    width = _ARM_WIDTHS[register[1]] if register else 64
    return 2 * width if mnemonic in {"stp", "stnp"} else width
