"""The scalars of a call's parameters, and where the register ABI passes them.

Source: the Go internal ABI specification (src/cmd/compile/abi-internal.md, go1.27.3), "Function
call argument and result passing".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.layout.sizes import FIXED, TOO_MANY, Sizes
from gotrace.signature import Parameter
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind

_FLOATS = {Kind.FLOAT32, Kind.FLOAT64}
_NESTED = {
    Kind.STRING, Kind.SLICE, Kind.INTERFACE, Kind.COMPLEX64, Kind.COMPLEX128, Kind.ARRAY,
    Kind.STRUCT,
}  # fmt: skip
FLOAT_REGISTERS = {"amd64": 15, "arm64": 16}


class Leaf(NamedTuple):
    """``size`` bytes of a parameter from ``offset``. ``register`` is which of the integer registers
    it comes in, ``slot`` how far into the arguments on the stack; both None for a float."""

    offset: int
    size: int
    register: int | None
    slot: int | None


def leaves_of(
    inputs: Sequence[Parameter], sizes: Sizes, integers: int, floats: int
) -> list[list[Leaf]]:
    """The leaves of each parameter. ``integers`` and ``floats`` are numbers of registers."""
    taken = taken_floats = stack = 0
    found: list[list[Leaf]] = []
    for parameter in inputs:
        measure = sizes.measure(parameter.type)
        scalars = list(_scalars(parameter.type, sizes, 0))
        fits = max(measure.integers, measure.floats) < TOO_MANY
        fits = fits and taken + measure.integers <= integers
        if fits and taken_floats + measure.floats <= floats:
            found.append(_in_registers(scalars, taken))
            taken, taken_floats = taken + measure.integers, taken_floats + measure.floats
            continue
        stack = -(-stack // measure.align) * measure.align
        found.append([Leaf(o, s, None, None if f else stack + o) for o, s, f in scalars])
        stack += measure.size
    return found


def _in_registers(scalars: Sequence[tuple[int, int, bool]], first: int) -> list[Leaf]:
    found = []
    for offset, size, floating in scalars:
        found.append(Leaf(offset, size, None if floating else first, None))
        first += not floating
    return found


def _scalars(go_type: GoType, sizes: Sizes, base: int) -> Iterator[tuple[int, int, bool]]:
    """Offset, size, and whether it is a float."""
    if go_type.kind in _NESTED:
        for part in sizes.parts(go_type):
            yield from _scalars(part.type, sizes, base + part.offset)
        return
    size = FIXED.get(go_type.kind, sizes.word_size)
    yield base, size, go_type.kind in _FLOATS
