"""What the instructions that Go's compiler writes for arm64 do to a place."""

from __future__ import annotations

import struct

from gotrace.flow.machine import Instruction, Memory
from gotrace.flow.values import Place
from gotrace.patterns import lazy_pattern
from gotrace.recover.proof import LOOP, Known, Proof, added, extended

_LOADS = {
    "ldr": None, "ldur": None, "ldrb": (1, False), "ldurb": (1, False), "ldrh": (2, False),
    "ldurh": (2, False), "ldrsb": (1, True), "ldrsh": (2, True), "ldrsw": (4, True),
    "ldursw": (4, True), "ldursb": (1, True), "ldursh": (2, True),
}  # fmt: skip
_STORES = {"str": None, "stur": None, "strb": 1, "sturb": 1, "strh": 2, "sturh": 2}
_EXTENDING = {
    "uxtb": (1, False), "uxth": (2, False), "sxtb": (1, True), "sxth": (2, True),
    "sxtw": (4, True), "uxtw": (4, False),
}  # fmt: skip
_WIDTHS = {"w": 4, "x": 8, "b": 1, "h": 2, "s": 4, "d": 8, "q": 16}
_REGISTER = lazy_pattern(r"^([wxbhsdq])(?:\d+|zr)$")
_SHIFT = lazy_pattern(r"lsl #(\d+)")
_FLOAT = lazy_pattern(r"#(-?\d+(?:\.\d+)?)$")


def _texts(found: Instruction) -> list[str]:
    return [part.strip() for part in found.text.partition(" ")[2].split(",")]


def _width(text: str) -> int | None:
    found = _REGISTER.match(text)
    return _WIDTHS[found[1]] if found else 8 if text in {"x29", "x30", "lr", "fp"} else None


class Arm64:
    """See :class:`gotrace.recover.proof.Decoder`."""

    def constant(self, register: str) -> bool:
        """xzr and wzr."""
        return register == "zr"

    def define(self, proof: Proof, place: Place, size: int, at: int) -> Known | None:
        """What instruction ``at`` puts into the lower ``size`` bytes of ``place``."""
        found, texts = proof.instruction(at), _texts(proof.instruction(at))
        if not texts:
            return None
        if isinstance(place, int):
            return self._stored(proof, place, size, at)
        if found.mnemonic == "ldp":
            return self._pair(proof, place, size, at)
        width = _width(texts[0])
        if found.operands[:1] != (place,) or width is None:
            return None
        if place.startswith("v"):
            return self._float(proof, size, at, width)
        cut = min(size, width)
        value = self._computed(proof, found, cut, at, width)
        return extended(value, width, signed=False) if size > width else value

    def _computed(
        self, proof: Proof, found: Instruction, size: int, at: int, width: int
    ) -> Known | None:
        operands, mnemonic = found.operands, found.mnemonic
        source = operands[1] if len(operands) > 1 else None
        if mnemonic in _LOADS and isinstance(source, Memory):
            return self._loaded(proof, found, source, size, at)
        if mnemonic in {"add", "sub"} and len(operands) == 3:
            step = operands[2]
            if isinstance(step, int) and isinstance(source, str) and source != "sp":
                return added(proof.ask(source, size, at), step if mnemonic == "add" else -step)
        if len(operands) == 2 and isinstance(source, int):
            return self._fixed(proof, found, source, size, at)
        if len(operands) != 2 or not isinstance(source, str) or source == "sp":
            return None
        if mnemonic in _EXTENDING:
            return self._extended(proof, source, _EXTENDING[mnemonic], size, at)
        plain = mnemonic == "mov" and _width(_texts(found)[1]) == width
        return proof.ask(source, size, at) if plain else None

    def _extended(
        self, proof: Proof, source: str, how: tuple[int, bool], size: int, at: int
    ) -> Known | None:
        width, signed = how
        if size <= width:
            return proof.ask(source, size, at)
        return extended(proof.ask(source, width, at), width, signed=signed)

    def _fixed(
        self, proof: Proof, found: Instruction, number: int, size: int, at: int
    ) -> Known | None:
        """A number, or the page of an address."""
        match found.mnemonic:
            case "mov" | "movz":
                return Known(number)
            case "movn":
                return Known(~number)
            case "movk":
                return self._kept(proof, found, size, at)
            case "adrp" | "adr":
                return Known(number, address=True)
        return None

    def _kept(self, proof: Proof, found: Instruction, size: int, at: int) -> Known | None:
        """`movk x0, #1, lsl #16`: sixteen bits are set, the others stay."""
        goal, bits = found.operands[:2]
        before = proof.ask(str(goal), size, at)
        if before is None or before is LOOP or before.base is not None or before.address:
            return None
        shift = _SHIFT.search(found.text)
        mask = 0xFFFF << (int(shift[1]) if shift else 0)
        assert isinstance(bits, int)
        return Known((before.number & ~mask) | (bits & mask))

    def _loaded(
        self, proof: Proof, found: Instruction, memory: Memory, size: int, at: int
    ) -> Known | None:
        if memory.before or memory.after:
            return None
        narrow = _LOADS[found.mnemonic]
        if narrow is None or size <= narrow[0]:
            return proof.memory(memory, size, at)
        width, signed = narrow
        return extended(proof.memory(memory, width, at), width, signed=signed)

    def _pair(self, proof: Proof, place: str, size: int, at: int) -> Known | None:
        found, texts = proof.instruction(at), _texts(proof.instruction(at))
        memory, width = found.memory, _width(texts[0])
        if memory is None or memory.before or memory.after or width is None or size > width:
            return None
        if found.operands[0] == found.operands[1] or place not in found.operands[:2]:
            return None
        return proof.memory(memory, size, at, 0 if found.operands[0] == place else width)

    def _float(self, proof: Proof, size: int, at: int, width: int) -> Known | None:
        found = proof.instruction(at)
        source = found.operands[1] if len(found.operands) == 2 else None
        mnemonic = found.mnemonic
        if size > width:
            return None
        if mnemonic in {"ldr", "ldur"} and isinstance(source, Memory):
            return self._loaded(proof, found, source, size, at)
        if mnemonic == "movi" and source == 0:
            return Known(0)
        if mnemonic == "fmov" and isinstance(source, str):
            return proof.ask(source, size, at) if _width(_texts(found)[1]) == width else None
        number = _FLOAT.search(found.text) if mnemonic == "fmov" and source is None else None
        if number is None or size != width or width not in {4, 8}:
            return None
        layout = "<f" if width == 4 else "<d"
        return Known(int.from_bytes(struct.pack(layout, float(number[1])), "little"))

    def _stored(self, proof: Proof, place: int, size: int, at: int) -> Known | None:
        """What a store put into a stack slot."""
        found, texts = proof.instruction(at), _texts(proof.instruction(at))
        memory = found.memory
        slot = proof.paths.slot(at, memory) if memory else None
        width = _width(texts[0])
        if slot is None or width is None:
            return None
        source = found.operands[0]
        if found.mnemonic == "stp":
            if place >= slot + width:
                source, slot = found.operands[1], slot + width
        elif found.mnemonic in _STORES:
            width = _STORES[found.mnemonic] or width
        else:
            return None
        if place != slot or size > width or not isinstance(source, str):
            return None
        return proof.ask(source, size, at)


ARM64 = Arm64()
