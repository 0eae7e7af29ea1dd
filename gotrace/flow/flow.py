"""Backward data flow on demand: the value that a place holds before an instruction.

The definitions that reach the place are sought over everything that may have run before; several
are a merge. Nothing is computed that nobody asks for.
"""

from __future__ import annotations

from gotrace.flow.code import Code
from gotrace.flow.machine import Memory, Operand
from gotrace.flow.values import Flowing, Held, Place, ValueKind, constant, shape, unknown

_DEEPEST = 14
_MOST_DEFINITIONS = 7
_MOST_STEPS = 20_000
_ENTRY = -1
_ARGUMENTS_GUESS = 0x50  # bytes that a call whose function is not known may have been passed


class Flow:
    """The data flow of one function."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.target = code.target
        self._known: dict[tuple[Place, int], Flowing] = {}

    # ------------------------------------------------------------------ values

    def value(self, place: Place, at: int, depth: int = 0) -> Flowing:
        """What ``place`` holds just before instruction ``at``."""
        if place == "zr":
            return constant(0)
        if place == self.target.stack_pointer:
            return Flowing(ValueKind.STACK, number=self.code.stack[at])
        key = (place, at)
        known = self._known.get(key)
        if known is not None:
            return known
        if depth > _DEEPEST:
            return unknown("deep")
        self._known[key] = unknown("loop")
        found = self._found(place, at, depth)
        self._known[key] = found
        return found

    def _found(self, place: Place, at: int, depth: int) -> Flowing:
        definitions = self.definitions(place, at)
        values = [self._defined(place, d, depth + 1) for d in definitions]
        if not values:
            return unknown("no definition")
        one = len({shape(v) for v in values}) == 1
        value = values[0] if one else Flowing(ValueKind.MERGE, parts=tuple(values))
        instructions = self.code.instructions
        held = [*value.held, Held(place, instructions[at].address, False)]
        for d in definitions if one else ():
            if d == _ENTRY:
                held.append(Held(place, self.code.function.entry, True))
            elif len(definitions) == 1 and d + 1 < len(instructions):
                held.append(Held(place, instructions[d + 1].address, True))
        return value._replace(held=tuple(dict.fromkeys(held)))

    def _defined(self, place: Place, at: int, depth: int) -> Flowing:
        if at == _ENTRY:
            return Flowing(ValueKind.ENTRY, place=place)
        found = self.code.instructions[at]
        if found.calls is None:
            value = self.target.define(self, place, at, depth)
            return value if value.width <= found.width else value._replace(width=found.width)
        number: Place = place
        if isinstance(place, int):
            if self.code.arguments_of(at) is None:
                return unknown("result or slot")  # whose arguments end where is not known
            number = place - (self.code.stack[at] or 0)
        elif place in self.target.arguments:
            number = self.target.arguments.index(place)
        return Flowing(ValueKind.CALL, number=number, name=self.code.called(at), at=at)

    def definitions(self, place: Place, at: int) -> list[int]:
        """The instructions whose value of ``place`` may reach ``at``; -1 is the entry."""
        found: list[int] = []
        seen: set[int] = set()
        waiting = list(self.code.before[at]) if at else []
        if at == 0:
            return [_ENTRY]
        while waiting and len(seen) < _MOST_STEPS and len(found) < _MOST_DEFINITIONS:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            if self.changes(here, place):
                found.append(here)
            elif here == 0:
                found.append(_ENTRY)
            else:
                waiting.extend(self.code.before[here])
        return sorted(found)

    # ------------------------------------------------------------------ what changes a place

    def changes(self, at: int, place: Place) -> bool:
        """Whether instruction ``at`` may change ``place``."""
        found = self.code.instructions[at]
        if isinstance(place, str):
            if found.calls is None:
                return place in found.writes
            return not self.target.survives(place, self.code.called(at))
        if found.calls is not None:
            return not self.code.in_registers and self._is_result(at, place)
        if not self.target.is_store(found):
            return False
        memory = found.memory
        slot = self.slot(at, memory) if memory else None
        return slot is not None and slot <= place < slot + self.target.store_size(found)

    def _is_result(self, at: int, place: int) -> bool:
        """Until go1.16 results lie behind the arguments, at the bottom of the caller's frame."""
        stack = self.code.stack[at]
        if stack is None or place >= 0:  # what the function itself was passed
            return False
        inside = place - stack - self.target.first_argument
        size = self.code.arguments_of(at)
        if inside < 0 or inside >= (_ARGUMENTS_GUESS if size is None else size):
            return False
        if self._stored_before(at, place):
            return False
        return size is not None or self._read_after(at, place)

    def _stored_before(self, at: int, place: int) -> bool:
        """Whether the slot was stored to since the last call: it is an argument."""
        for here in range(at - 1, max(-1, at - 60), -1):
            if self.code.instructions[here].calls is not None:
                return False
            if self.changes(here, place):
                return True
        return False

    def _read_after(self, at: int, place: int) -> bool:
        for here in range(at + 1, min(len(self.code.instructions), at + 8)):
            found = self.code.instructions[here]
            if found.calls is not None:
                return False
            memory = found.memory
            if memory and not self.target.is_store(found) and self.slot(here, memory) == place:
                return True
        return False

    def slot(self, at: int, memory: Memory) -> int | None:
        """The stack slot that an operand is; None where it is no place of the own frame."""
        stack = self.code.stack[at]
        if memory.base != self.target.stack_pointer or memory.scaled or stack is None:
            return None
        return stack + memory.displacement

    # ------------------------------------------------------------------ operands

    def operand(self, at: int, operand: Operand, depth: int = 0, part: int = 0) -> Flowing:
        """The value of an operand just before instruction ``at``; of memory, its word ``part``."""
        if isinstance(operand, str):
            return self.value(operand, at, depth)
        if isinstance(operand, int):
            return constant(operand)
        return self.load(at, operand, depth, part) if operand else unknown("operand")

    def load(self, at: int, memory: Memory, depth: int = 0, part: int = 0) -> Flowing:
        """The word in memory."""
        slot = self.slot(at, memory)
        if slot is not None:
            return self.value(slot + part, at, depth)
        address = self.fixed(at, memory)
        if address is not None:
            base = Flowing(ValueKind.GLOBAL, number=address)
            return Flowing(ValueKind.LOAD, base, part, at=at)
        base = self.value(memory.base, at, depth) if memory.base else constant(0)
        index = self.value(memory.scaled, at, depth) if memory.scaled else None
        displacement = memory.displacement + part
        if base.kind is ValueKind.STACK and base.number is not None and index is None:
            return self.value(base.offset + displacement, at, depth + 1)
        return Flowing(ValueKind.LOAD, base, displacement, index, memory.scale, at=at)

    def address(self, at: int, memory: Memory, depth: int = 0) -> Flowing:
        """The address of an operand."""
        fixed = self.fixed(at, memory)
        if fixed is not None:
            return Flowing(ValueKind.GLOBAL, number=fixed)
        slot = self.slot(at, memory)
        if slot is not None:
            return Flowing(ValueKind.STACK, number=slot)
        base = self.value(memory.base, at, depth) if memory.base else constant(0)
        index = self.value(memory.scaled, at, depth) if memory.scaled else None
        return added(base, memory.displacement, index, memory.scale, at)

    def fixed(self, at: int, memory: Memory) -> int | None:
        """The address of an operand that counts from the instruction itself."""
        if memory.base != "rip":
            return None
        found = self.code.instructions[at]
        return found.address + found.size + memory.displacement

    # ------------------------------------------------------------------ calls

    def argument(self, at: int, number: int) -> Flowing:
        """Word ``number`` of what the call ``at`` is passed."""
        if self.code.in_registers:
            return self.value(self.target.arguments[number], at)
        stack = self.code.stack[at]
        if stack is None:
            return unknown("stack")
        return self.value(stack + self.target.first_argument + 8 * number, at)


def added(
    base: Flowing, displacement: int, index: Flowing | None = None, scale: int = 1, at: int = 0
) -> Flowing:
    """A sum, folded where it can be."""
    if index is None:
        if displacement == 0:
            return base
        if base.kind in {ValueKind.STACK, ValueKind.GLOBAL} and base.number is not None:
            return base._replace(number=base.offset + displacement, held=())
        if base.kind is ValueKind.ADD and base.scaled is None:
            return base._replace(displacement=base.displacement + displacement, held=())
    return Flowing(ValueKind.ADD, base, displacement, index, scale, at=at)
