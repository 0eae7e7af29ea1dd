"""The code of one function: its instructions, what may run before each, and its stack pointer."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.binary.function import Function
from gotrace.binary.program import Program
from gotrace.flow.machine import Instruction, disassemble
from gotrace.flow.processors import Processor, processor
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

LARGEST = 48 << 10  # bytes of a function that is read
_NEVER_RETURNS = lazy_pattern(
    r"runtime\.(panic(Index|Slice|divide|shift|overflow|float|mem|nil|dottype|wrap|makeslice|unsafe"
    r"|Bounds|Convert|rangestate)|goPanic|gopanic|throw|fatal|panicnil|morestack)"
)


class Code:
    """The code of ``function``. ``stack`` is, before each instruction, the stack pointer less the
    caller's; None where it is not known."""

    def __init__(self, program: Program, function: Function, target: Processor) -> None:
        self.program = program
        self.function = function
        self.target = target
        arch = program.image.arch
        assert arch is not None
        size = min(function.end - function.entry, LARGEST)
        raw = program.image.read_up_to(function.entry, size)
        self.instructions: list[Instruction] = list(
            disassemble(bytes(raw), function.entry, arch.name)
        )
        self.index = {n.address: i for i, n in enumerate(self.instructions)}
        self.before: list[list[int]] = [[] for _ in self.instructions]
        self._join()
        self.stack = self._stack_offsets()

    @property
    def minor(self) -> int:
        """The release that compiled it; a recent one where the program does not tell."""
        return self.program.go_minor or 20

    @property
    def in_registers(self) -> bool:
        """Whether arguments are passed in registers."""
        return self.minor >= self.target.registers_since

    def called(self, at: int) -> str:
        """The name of the function that an instruction calls; empty where it is not known."""
        target = self.instructions[at].calls
        if not isinstance(target, int) or self.program.table is None:
            return ""
        found = self.program.table.at(target)
        return found.name if found is not None and found.entry == target else ""

    def arguments_of(self, at: int) -> int | None:
        """The bytes of arguments and results of what an instruction calls; ≤ go1.16."""
        target = self.instructions[at].calls
        if not isinstance(target, int) or self.program.table is None:
            return None
        found = self.program.table.at(target)
        return found.args if found is not None and found.entry == target else None

    def call_before(self, pc: int) -> int | None:
        """The call that returns to ``pc``."""
        at = self.index.get(pc, len(self.instructions)) - 1
        if at < 0:
            return None
        found = self.instructions[at]
        return at if found.calls is not None and found.address + found.size == pc else None

    def guards(self, at: int) -> Iterator[int]:
        """The conditional branches that lead to the cold block in which the call ``at`` stands."""
        seen: set[int] = set()
        waiting = [at]
        while waiting and len(seen) < 40:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            for earlier in self.before[here]:
                if self.instructions[earlier].conditional:
                    yield earlier
                else:
                    waiting.append(earlier)

    def _join(self) -> None:
        """Who may run before whom. The loop back from morestack to the start is left out."""
        for i, n in enumerate(self.instructions):
            ends = bool(n.calls) and bool(_NEVER_RETURNS.match(self.called(i)))
            if n.falls and not ends and i + 1 < len(self.instructions):
                self.before[i + 1].append(i)
            goal = self.index.get(n.jump) if n.jump is not None else None
            if goal is None:
                continue
            back = goal < 3 and not n.conditional and i > len(self.instructions) - 40
            if goal and not back:
                self.before[goal].append(i)

    def _stack_offsets(self) -> list[int | None]:
        found: list[int | None] = [None] * len(self.instructions)
        following: list[list[int]] = [[] for _ in self.instructions]
        for i, earlier in enumerate(self.before):
            for j in earlier:
                following[j].append(i)
        waiting = [(0, -self.target.return_address)] if self.instructions else []
        while waiting:
            i, offset = waiting.pop()
            if found[i] is not None:
                continue
            found[i] = offset
            offset += self.target.stack_step(self.instructions, i)
            waiting += [(j, offset) for j in following[i]]
        return found


class Codes(NamedTuple):
    """The functions of one program whose code was read."""

    program: Program
    known: dict[int, Code | None]

    def of(self, function: Function) -> Code | None:
        """The code of a function; None where no processor here can read it."""
        if function.entry not in self.known:
            arch = self.program.image.arch
            target = processor(arch.name) if arch else None
            code = Code(self.program, function, target) if target else None
            self.known[function.entry] = code if code and code.instructions else None
        return self.known[function.entry]
