"""Machine code to instructions. The only module that knows capstone, imported on first use.

Registers have one name whatever part of them is used: `eax` is ``rax``, `w3` is ``x3``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from capstone import Cs

ARCHES = frozenset({"amd64", "arm64"})


class Memory(NamedTuple):
    """``base + scaled*scale + displacement``. ``before`` and ``after`` are what arm64 adds to the
    base, before or behind the access."""

    base: str | None
    scaled: str | None
    scale: int
    displacement: int
    before: int = 0
    after: int = 0


Operand = str | int | Memory | None  # a register, a number, memory, anything else


class Instruction(NamedTuple):
    """``calls`` is the address that is called, or the operand that has it; ``jump`` where a branch
    goes; ``falls`` whether what follows may run next; ``conditional`` whether it may not.
    ``width`` is how many bytes of its narrowest operand it works with."""

    address: int
    size: int
    mnemonic: str
    operands: tuple[Operand, ...]
    text: str
    writes: frozenset[str]
    calls: Operand = None
    jump: int | None = None
    falls: bool = True
    conditional: bool = False
    width: int = 8

    @property
    def memory(self) -> Memory | None:
        """Its first operand in memory."""
        return next((o for o in self.operands if isinstance(o, Memory)), None)


def disassemble(code: bytes, address: int, arch: str) -> Iterator[Instruction]:
    """The instructions of ``code``, which lies at ``address``.

    Errors: none; it ends at what is no instruction.
    """
    reader, names = _reader(arch), _register_names(arch)
    convert = _amd64 if arch == "amd64" else _arm64
    for raw in reader.disasm(code, address):
        yield convert(raw, names)


@cache
def _reader(arch: str) -> Cs:
    import capstone  # noqa: PLC0415 - only where code is read

    if arch == "amd64":
        reader = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    else:
        reader = capstone.Cs(capstone.CS_ARCH_ARM64, capstone.CS_MODE_ARM)
    reader.detail = True
    return reader


class _Names:
    """Register names by number, parts of a register by the whole one's."""

    def __init__(self, arch: str) -> None:
        self._reader = _reader(arch)
        self._whole = _amd64_names() if arch == "amd64" else _arm64_names()
        self._known: dict[int, str] = {}

    def __call__(self, number: int) -> str:
        found = self._known.get(number)
        if found is None:
            own = self._reader.reg_name(number) or ""
            found = self._known[number] = self._whole.get(own, own)
        return found


@cache
def _register_names(arch: str) -> _Names:
    return _Names(arch)


def _amd64_names() -> dict[str, str]:
    found = {}
    for letter in "abcd":
        for part in (f"e{letter}x", f"{letter}x", f"{letter}l", f"{letter}h"):
            found[part] = f"r{letter}x"
    for name in ("si", "di", "bp", "sp"):
        for part in (f"e{name}", name, f"{name}l"):
            found[part] = f"r{name}"
    for number in range(8, 16):
        for part in "dwb":
            found[f"r{number}{part}"] = f"r{number}"
    for number in range(32):
        found[f"ymm{number}"] = found[f"zmm{number}"] = f"xmm{number}"
    return found


def _arm64_names() -> dict[str, str]:
    found = {"lr": "x30", "fp": "x29", "wsp": "sp", "xzr": "zr", "wzr": "zr"}
    for number in range(32):
        found[f"w{number}"] = f"x{number}"
        for part in "bhsdq":
            found[f"{part}{number}"] = f"v{number}"
    return found


_NOTHING: frozenset[str] = frozenset()
# The commonest instructions, for which capstone need not be asked: what they write is their first
# operand, if that is a register, and flags, which nobody here follows.
_TO_FIRST = frozenset(
    "mov movzx movsx movsxd movabs movups lea add sub inc dec xor and or shl shr sar ldr add orr"
    " adrp movz".split()
)
_TO_NONE = frozenset("cmp test nop jmp je jne jb jbe ja jae jl jle jg jge b cbz cbnz".split())


def _written(raw: Any, operands: list[Operand], names: _Names) -> frozenset[str]:
    mnemonic = raw.mnemonic
    if mnemonic in _TO_NONE:
        return _NOTHING
    first = operands[0] if operands else None
    if mnemonic in _TO_FIRST and not getattr(raw, "writeback", False):
        return frozenset((first,)) if isinstance(first, str) else _NOTHING
    return frozenset(names(r) for r in raw.regs_access()[1])


_NEVER_FALLS = frozenset({"ret", "ud2", "int3", "hlt"})


def _amd64(raw: Any, names: _Names) -> Instruction:
    operands: list[Operand] = []
    for operand in raw.operands:
        if operand.type == 1:
            operands.append(names(operand.reg))
        elif operand.type == 2:
            operands.append(operand.imm)
        elif operand.type == 3:
            memory = operand.mem
            base = names(memory.base) if memory.base else None
            index = names(memory.index) if memory.index else None
            operands.append(Memory(base, index, memory.scale, memory.disp))
        else:
            operands.append(None)
    mnemonic = raw.mnemonic.removeprefix("lock ")
    target = operands[0] if operands else None
    text = f"{raw.mnemonic} {raw.op_str}"
    found = Instruction(
        raw.address, raw.size, mnemonic, tuple(operands), text, _written(raw, operands, names),
        width=min((o.size for o in raw.operands if o.type in {1, 3} and o.size), default=8),
    )  # fmt: skip
    if mnemonic == "call":
        return found._replace(calls=target)
    if mnemonic == "jmp":
        return found._replace(jump=target if isinstance(target, int) else None, falls=False)
    if mnemonic.startswith("j") and isinstance(target, int):
        return found._replace(jump=target, conditional=True)
    return found._replace(falls=False) if mnemonic in _NEVER_FALLS else found


_COMPARING = frozenset({"cmp", "cmn", "tst", "fcmp", "ccmp"})
_ENDING = frozenset({"ret", "br", "udf", "brk"})


def _arm64(raw: Any, names: _Names) -> Instruction:
    operands: list[Operand] = []
    for operand in raw.operands:
        if operand.type == 1:
            operands.append(names(operand.reg))
        elif operand.type == 2:
            shifted = operand.shift.value if operand.shift.type == 1 else 0
            operands.append(operand.imm << shifted)
        elif operand.type == 3:
            operands.append(_arm64_memory(raw, operand, names))
        else:
            operands.append(None)
    mnemonic = raw.mnemonic
    writes = _written(raw, operands, names)
    if mnemonic.startswith("st") or mnemonic in _COMPARING:
        writes &= {"sp"}
    text = f"{mnemonic} {raw.op_str}"
    width = _arm64_width(mnemonic, raw.op_str)
    found = Instruction(raw.address, raw.size, mnemonic, tuple(operands), text, writes, width=width)
    return _arm64_flow(found)


def _arm64_width(mnemonic: str, operands: str) -> int:
    """`strb`, `ldrsh`, `uxtb`; `w0` is the lower half of `x0`."""
    if mnemonic.startswith(("ld", "st", "uxt", "sxt")) and mnemonic.endswith(("b", "h")):
        return 1 if mnemonic.endswith("b") else 2
    return 4 if _LOWER.search(operands) or mnemonic.endswith("sw") else 8


_LOWER = lazy_pattern(r"\bw(?:\d|zr)")


def _arm64_memory(raw: Any, operand: Any, names: _Names) -> Memory:
    memory = operand.mem
    base = names(memory.base) if memory.base else None
    index = names(memory.index) if memory.index else None
    scale = 1 << operand.shift.value if operand.shift.value else 1
    found = Memory(base, index, scale, memory.disp)
    if not raw.writeback:
        return found
    last = raw.operands[-1]
    if last.type == 2:  # `ldr x0, [x1], #8`: the number stands behind
        return found._replace(after=last.imm)
    if "]," in raw.op_str.replace(" ", ""):
        return found._replace(after=memory.disp, displacement=0)
    return found._replace(before=memory.disp)


def _arm64_flow(found: Instruction) -> Instruction:
    mnemonic, operands = found.mnemonic, found.operands
    target = operands[-1] if operands else None
    if mnemonic in {"bl", "blr"}:
        return found._replace(calls=operands[0])
    if mnemonic == "b":
        return found._replace(jump=target if isinstance(target, int) else None, falls=False)
    if mnemonic.startswith("b.") or mnemonic in {"cbz", "cbnz", "tbz", "tbnz"}:
        jump = target if isinstance(target, int) else None
        return found._replace(jump=jump, conditional=True)
    return found._replace(falls=False) if mnemonic in _ENDING else found
