"""Whether a call ends where a return address points.

A frame that called another one stands behind a call instruction. In a program of another build the
same offset often is on the same line, and seldom behind a call.
"""

from __future__ import annotations

from gotrace.binary.image import Image

_LONGEST = 7  # bytes of the longest call of amd64: FF /2 with an index and 32 bits
_RELATIVE = 0xE8
_INDEX, _NO_BASE = 4, 5  # ModRM.rm: a SIB byte follows; only a displacement


def is_behind_call(image: Image, address: int) -> bool | None:
    """Whether a call instruction ends at a link address; None where that is not known.

    Errors: none.
    Source: Intel SDM volume 2, CALL; Arm ARM, BL and BLR. Until go1.17 a function that runs its
            deferred calls stands before the call of runtime.deferreturn (runtime/asm_amd64.s,
            jmpdefer, go1.15.15), which counts as well.
    """
    arch = image.arch.name if image.arch else ""
    if arch not in {"amd64", "386", "arm64"}:
        return None
    if arch == "arm64":
        raw = image.read(address - 4, 4)
        return None if raw is None else _is_arm64_call(int.from_bytes(raw, "little"))
    before, behind = image.read(address - _LONGEST, _LONGEST), image.read(address, 1)
    if before is None:
        return None
    return _ends_in_call(before) or (behind is not None and behind[0] == _RELATIVE)


def _is_arm64_call(word: int) -> bool:
    return word >> 26 == 0b100101 or word & 0xFFFFFC1F == 0xD63F0000


def _ends_in_call(code: bytes) -> bool:
    """Some ways to read the last bytes as a call suffice: where it begins nobody knows."""
    if code[-5] == _RELATIVE:
        return True
    return any(
        code[-size] == 0xFF and code[-size + 1] >> 3 & 7 == 2 and _size(code[-size + 1 :]) == size
        for size in (2, 3, 4, 6, 7)
    )


def _size(code: bytes) -> int:
    """Bytes of ``FF /2``; ``code`` begins with its ModRM byte."""
    mode, base = code[0] >> 6, code[0] & 7
    if mode == 3:
        return 2
    size = 2
    if base == _INDEX:
        size += 1
        wide = mode == 0 and len(code) > 1 and code[1] & 7 == _NO_BASE
    else:
        wide = mode == 0 and base == _NO_BASE
    return size + (4 if wide or mode == 2 else mode)
