"""What the registers that were printed with a crash still hold of what came in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gotrace.model import Register
from gotrace.recover.homes import Home, Key
from gotrace.recover.machine import Standing
from gotrace.recover.proof import Known

_NO_VALUES = {"rip", "rsp", "rflags", "x28"}


def held(
    registers: Sequence[Register], place: Standing, homes: Mapping[Key, Home]
) -> Iterator[tuple[Key, int]]:
    """The leaves that they still hold, where they are those of the frame at ``place``."""
    values = {_own(r.name, place): r.value for r in registers}
    counter = values.get("rip", values.get("pc"))
    slide = place.landed.slide
    at = place.proof.paths.code.index.get(place.pc)
    if counter is None or slide is None or at is None or counter != place.pc + slide:
        return
    for key, home in homes.items():
        for name, bits in values.items():
            usable = name[:1] in {"r", "x"} and name not in _NO_VALUES
            if usable and place.proof.value(name, home.size, at) == Known(base=home.place):
                yield key, bits & ((1 << (8 * home.size)) - 1)
                break


def _own(register: str, place: Standing) -> str:
    """arm64 prints ``r3`` for x3."""
    arm = place.proof.paths.target.name == "arm64"
    return (
        f"x{register[1:]}" if arm and register[:1] == "r" and register[1:].isdigit() else register
    )
