"""What the instructions that Go's compiler writes for amd64 do to a place."""

from __future__ import annotations

import re

from gotrace.flow.machine import Instruction, Memory
from gotrace.flow.values import Place
from gotrace.patterns import lazy_pattern
from gotrace.recover.proof import Known, Proof, added, extended

_HALF = 4
_MOVES = {"mov", "movabs", "movq", "movd"}
_EXTENDING = {"movzx": False, "movsx": True, "movsxd": True}
_COPIES = {"movups", "movaps", "movupd", "movapd", "movdqu", "movdqa", "vmovdqu", "vmovups"}
_SCALARS = {"movsd": 8, "movss": 4}
_ZEROING = {"xor", "sub", "xorps", "xorpd", "pxor"}
_NAME = lazy_pattern(r"^(?:r[a-z]{2}|r\d+)$")
_LOW = lazy_pattern(r"^(?:[abcd]l|(?:si|di|bp|sp)l|r\d+b)$")
_WORDS = lazy_pattern(r"^(?:[abcd]x|si|di|bp|sp|r\d+w)$")
_MEMORY = (("xmmword", 16), ("qword", 8), ("dword", 4), ("word", 2), ("byte", 1))


def _width(text: str) -> int | None:
    """The bytes of an operand by its text; None for `ah` and what is no operand of these."""
    for name, width in _MEMORY:
        if text.startswith(f"{name} ptr"):
            return width
    if _NAME.match(text):
        return 8
    if text.startswith("e") or re.match(r"^r\d+d$", text):
        return _HALF
    if text.startswith("xmm"):
        return 16
    if _LOW.match(text):
        return 1
    return 2 if _WORDS.match(text) else None


def _texts(found: Instruction) -> list[str]:
    return [part.strip() for part in found.text.partition(" ")[2].split(",")]


class Amd64:
    """See :class:`gotrace.recover.proof.Decoder`. ``zero`` is the register that holds 0."""

    def __init__(self, zero: str) -> None:
        self._zero = zero

    def constant(self, register: str) -> bool:
        """Go's own code keeps xmm15 at zero (abi-internal.md, go1.27.3)."""
        return register == self._zero

    def define(self, proof: Proof, place: Place, size: int, at: int) -> Known | None:
        """What instruction ``at`` puts into the lower ``size`` bytes of ``place``."""
        found = proof.instruction(at)
        texts = _texts(found)
        width = _width(texts[0]) if texts else None
        if width is None or len(found.operands) != len(texts):
            return None
        if isinstance(place, int):
            return self._stored(proof, place, size, at)
        if found.operands[0] != place:
            return None
        if place.startswith("xmm"):
            return self._vector(proof, size, at, 0)
        if size > width and width != _HALF:
            return None  # the upper bytes stay as they were
        return self._register(proof, size, at, width)

    def _register(self, proof: Proof, size: int, at: int, width: int) -> Known | None:
        found, texts = proof.instruction(at), _texts(proof.instruction(at))
        source = found.operands[1] if len(found.operands) > 1 else None
        if found.mnemonic in _ZEROING and source == found.operands[0]:
            return Known(0) if texts[0] == texts[1] and width >= _HALF else None
        if found.mnemonic in _EXTENDING:
            from_, signed = _width(texts[1]), _EXTENDING[found.mnemonic]
            if from_ is None or (size > width and signed):
                return None
            if size <= from_:
                return self._operand(proof, source, size, at)
            return extended(self._operand(proof, source, from_, at), from_, signed=signed)
        cut = min(size, width)
        value = self._computed(proof, found, cut, at)
        return extended(value, width, signed=False) if size > width else value

    def _computed(self, proof: Proof, found: Instruction, size: int, at: int) -> Known | None:
        source = found.operands[1] if len(found.operands) > 1 else None
        mnemonic = found.mnemonic
        if mnemonic in _MOVES:
            return self._operand(proof, source, size, at)
        if mnemonic == "lea" and isinstance(source, Memory):
            return proof.address(source, at)
        step: object = {"inc": 1, "dec": -1}.get(mnemonic)
        if mnemonic in {"add", "sub"} and isinstance(source, int):
            step = source if mnemonic == "add" else -source
        if isinstance(step, int):
            return added(self._operand(proof, found.operands[0], size, at), step)
        return None

    def _operand(self, proof: Proof, source: object, size: int, at: int) -> Known | None:
        if isinstance(source, int):
            return Known(source)
        if isinstance(source, Memory):
            return proof.memory(source, size, at)
        if not isinstance(source, str):
            return None
        return proof.ask(source, size, at)

    def _vector(self, proof: Proof, size: int, at: int, part: int) -> Known | None:
        """``size`` bytes from ``part`` of what goes into an xmm register."""
        found = proof.instruction(at)
        source = found.operands[1] if len(found.operands) == 2 else None
        mnemonic = found.mnemonic
        zeroes = mnemonic in _ZEROING and source == found.operands[0]
        if zeroes or (mnemonic in _COPIES and source == self._zero):
            return Known(0)
        if mnemonic in {"movq", "movd"} and isinstance(source, str):
            moved = _width(_texts(found)[1])
            usable = moved is not None and not part and size <= min(moved, 8)
            return proof.ask(source, size, at) if usable else None
        width = 16 if mnemonic in _COPIES else _SCALARS.get(mnemonic, 0)
        if part + size > width:
            return None
        if isinstance(source, Memory):
            return proof.memory(source, size, at, part)
        return proof.ask(source, size, at) if isinstance(source, str) and not part else None

    def _stored(self, proof: Proof, place: int, size: int, at: int) -> Known | None:
        """What a store put into a stack slot."""
        found, texts = proof.instruction(at), _texts(proof.instruction(at))
        memory = found.memory
        slot = proof.paths.slot(at, memory) if memory else None
        width = _width(texts[0])
        source = found.operands[1] if len(found.operands) > 1 else None
        if slot is None or width is None or place < slot or place + size > slot + width:
            return None
        part = place - slot
        if isinstance(source, str) and source.startswith("xmm"):
            return self._from_vector(proof, source, size, at, part)
        if found.mnemonic not in _MOVES or part:
            return None
        return self._operand(proof, source, size, at)

    def _from_vector(
        self, proof: Proof, source: str, size: int, at: int, part: int
    ) -> Known | None:
        mnemonic = proof.instruction(at).mnemonic
        if mnemonic not in _COPIES and mnemonic not in _SCALARS and mnemonic != "movq":
            return None
        if self.constant(source):
            return Known(0)
        if not part:
            return proof.ask(source, size, at)
        definitions = proof.paths.definitions(source, 16, at)
        if definitions is None or len(definitions) != 1 or definitions[0] < 0:
            return None
        one = proof.instruction(definitions[0])
        if one.calls is not None or one.operands[:1] != (source,):
            return None
        return self._vector(proof, size, definitions[0], part)


AMD64 = Amd64("xmm15")
AMD64_STACK = Amd64("")  # with arguments on the stack, until go1.16, it is a register like others
