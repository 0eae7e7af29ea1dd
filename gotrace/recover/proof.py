"""What a place holds before an instruction, where the code leaves no other value.

    Proof(paths).value(place, size, at) → Known | None

A value is a number, an address in the program, or what came in a place when the function was
entered, perhaps cut, with a number added. What comes over several ways must be the same on all.
"""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from gotrace.flow.machine import Instruction, Memory
from gotrace.flow.values import Place
from gotrace.recover.paths import ENTRY, Paths
from gotrace.recover.spills import spills
from gotrace.tuples import NamedTuple

_MOST_QUESTIONS = 400
_WORD = 8
_METHODS = 3 * _WORD


class Known(NamedTuple):
    """``number``, added to what came in at ``base``, or counted from the program's own addresses.

    Of ``base`` only the lowest ``cut`` bytes count, as a number with a sign or without.
    """

    number: int = 0
    base: Place | None = None
    address: bool = False
    cut: int | None = None
    signed: bool = False


LOOP = Known(number=-1, base="loop")  # what stands for itself: another way decides


class TooMuchError(Exception):
    """The answer would take too long."""


class Decoder(Protocol):
    """What the instructions of a processor do to a place."""

    def define(self, proof: Proof, place: Place, size: int, at: int) -> Known | None:
        """What instruction ``at`` puts into the lower ``size`` bytes of ``place``."""
        ...

    def constant(self, register: str) -> bool:
        """Whether the register always holds 0."""
        ...


class Proof:
    """The values of one function's places."""

    def __init__(self, paths: Paths, decoder: Decoder) -> None:
        self.paths = paths
        self._decoder = decoder
        self._known: dict[tuple[Place, int, int], Known | None] = {}
        self._stored: dict[tuple[int, int, int, Place], bool] = {}
        self._asked: set[tuple[Place, int, int]] = set()
        self._left = 0

    def value(self, place: Place, size: int, at: int) -> Known | None:
        """What the lower ``size`` bytes of ``place`` are just before instruction ``at``."""
        key = (place, size, at)
        if key not in self._known:
            self._left, self._asked = _MOST_QUESTIONS, set()
            try:
                found = self.ask(place, size, at)
            except (TooMuchError, RecursionError):
                found = None
            self._known[key] = None if found is LOOP else found
        return self._known[key]

    @cached_property
    def spills(self) -> dict[int, tuple[str, int]] | None:
        """See :func:`gotrace.recover.spills.spills`."""
        return spills(self.paths)

    def stored(self, slot: int, size: int, at: int, home: Place) -> bool:
        """Whether the slot was last written, on every way, with what came in at ``home``; if it is
        that place itself, with nothing else. Pointers to it are not looked for."""
        key = (slot, size, at, home)
        if key not in self._stored:
            self._stored[key] = self._is_stored(slot, size, at, home)
        return self._stored[key]

    def _is_stored(self, slot: int, size: int, at: int, home: Place) -> bool:
        definitions = self.paths.definitions(slot, size, at)
        self._left, self._asked = _MOST_QUESTIONS, set()
        try:
            return bool(definitions) and all(
                slot == home if one == ENTRY else self._defined(slot, size, one) == Known(base=home)
                for one in definitions or ()
            )
        except (TooMuchError, RecursionError):
            return False

    def ask(self, place: Place, size: int, at: int) -> Known | None:
        """:meth:`value` while another is asked for; LOOP where that one itself is."""
        if isinstance(place, str) and self._decoder.constant(place):
            return Known(0)
        if isinstance(place, int) and self.paths.reached(place, size):
            return None
        key = (place, size, at)
        if key in self._asked:
            return LOOP
        self._left -= 1
        if self._left < 0:
            raise TooMuchError
        definitions = self.paths.definitions(place, size, at)
        if not definitions:
            return None
        self._asked.add(key)
        found = self._merged(place, size, definitions)
        self._asked.discard(key)
        return found

    def _merged(self, place: Place, size: int, definitions: list[int]) -> Known | None:
        merged: Known | None = LOOP
        for definition in definitions:
            one = self._defined(place, size, definition)
            if one is None:
                return None
            if one is LOOP:
                continue
            if one.base is None and not one.address:
                one = Known(one.number & ((1 << (8 * size)) - 1))
            if merged is not LOOP and merged != one:
                return None
            merged = one
        return merged

    def _defined(self, place: Place, size: int, at: int) -> Known | None:
        if at == ENTRY:
            incoming = isinstance(place, str) or place >= self.paths.target.first_argument
            return Known(base=place) if incoming else None
        if self.paths.code.instructions[at].calls is not None:
            return None
        return self._decoder.define(self, place, size, at)

    def calls_method(self, at: int) -> bool:
        """Whether a call goes to what stands in an interface's table, where the methods follow
        three words (internal/abi/iface.go ITab, go1.27.3); a func value has its code in front."""
        register = self.instruction(at).calls
        if not isinstance(register, str):
            return False
        definitions = self.paths.definitions(register, _WORD, at)
        if definitions is None or len(definitions) != 1 or definitions[0] == ENTRY:
            return False
        found = self.instruction(definitions[0])
        memory = found.operands[1] if len(found.operands) == 2 else None
        if not isinstance(memory, Memory) or memory.scaled or memory.base is None:
            return False
        own = memory.base in {"rip", self.paths.target.stack_pointer}
        loads = found.mnemonic in {"mov", "ldr", "ldur"} and found.operands[0] == register
        return loads and not own and memory.displacement >= _METHODS and not memory.before

    # ------------------------------------------------------------------ for decoders

    def memory(self, memory: Memory, size: int, at: int, part: int = 0) -> Known | None:
        """``size`` bytes in memory: a slot of the own frame, or what the program cannot write."""
        slot = self.paths.slot(at, memory)
        if slot is not None:
            return self.ask(slot + part, size, at)
        address = self.address(memory, at)
        if address is None or not address.address or address.base is not None:
            return None
        image = self.paths.code.program.image
        place = address.number + part
        if image.region(place) != "rodata":
            return None
        raw = image.read(place, size)
        return None if raw is None else Known(int.from_bytes(bytes(raw), "little"))

    def address(self, memory: Memory, at: int) -> Known | None:
        """The address of an operand that is no stack slot."""
        if memory.scaled or memory.base is None or memory.base == self.paths.target.stack_pointer:
            return None
        found = self.paths.code.instructions[at]
        if memory.base == "rip":
            return Known(found.address + found.size + memory.displacement, address=True)
        return added(self.ask(memory.base, _WORD, at), memory.displacement)

    def instruction(self, at: int) -> Instruction:
        """The instruction."""
        return self.paths.code.instructions[at]


def added(value: Known | None, step: int) -> Known | None:
    """The sum; a value that only stands for itself is no value any more."""
    if value is None or step == 0:
        return value
    return None if value is LOOP else value._replace(number=value.number + step)


def extended(value: Known | None, width: int, *, signed: bool) -> Known | None:
    """A value of ``width`` bytes made wider, with its sign or with zeroes."""
    if value is None or value is LOOP or value.address:
        return None
    if value.base is None:
        return Known(as_number(value.number, width, signed=signed))
    if value.number:
        return None
    if value.cut is not None and value.cut <= width:  # is it a number of that width already?
        same = value.signed == signed
        return value if same or (value.cut < width and not value.signed) else None
    return value._replace(cut=width, signed=signed)


def as_number(bits: int, width: int, *, signed: bool) -> int:
    """The lowest ``width`` bytes as a number."""
    bits &= (1 << (8 * width)) - 1
    return bits - (1 << (8 * width)) if signed and bits >> (8 * width - 1) else bits
