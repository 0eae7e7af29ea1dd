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
    """``size`` bytes of a parameter from ``offset``. ``register`` is which of the registers for
    its sort it comes in, ``slot`` how far into the arguments on the stack. Both are None for a
    field without a name, which nobody has to copy."""

    offset: int
    size: int
    register: int | None
    slot: int | None
    floating: bool = False


class _Scalar(NamedTuple):
    offset: int
    size: int
    floating: bool
    blank: bool


def leaves_of(
    inputs: Sequence[Parameter], sizes: Sizes, integers: int, floats: int
) -> list[list[Leaf]]:
    """The leaves of each parameter. ``integers`` and ``floats`` are numbers of registers."""
    taken = taken_floats = stack = 0
    found: list[list[Leaf]] = []
    for parameter in inputs:
        measure = sizes.measure(parameter.type)
        scalars = list(_scalars(parameter.type, sizes, 0))
        fits = max(measure.integers, measure.floats) < TOO_MANY and measure.size > 0
        fits = fits and taken + measure.integers <= integers
        if fits and taken_floats + measure.floats <= floats:
            found.append(_in_registers(scalars, taken, taken_floats))
            taken, taken_floats = taken + measure.integers, taken_floats + measure.floats
            continue
        stack = -(-stack // measure.align) * measure.align
        found.append(
            [Leaf(s.offset, s.size, None, None if s.blank else stack + s.offset) for s in scalars]
        )
        stack += measure.size
    return found


def _in_registers(scalars: Sequence[_Scalar], first: int, first_float: int) -> list[Leaf]:
    found = []
    for scalar in scalars:
        number = first_float if scalar.floating else first
        register = None if scalar.blank else number
        found.append(Leaf(scalar.offset, scalar.size, register, None, scalar.floating))
        first, first_float = first + (not scalar.floating), first_float + scalar.floating
    return found


def _scalars(go_type: GoType, sizes: Sizes, base: int, blank: bool = False) -> Iterator[_Scalar]:
    if go_type.kind in _NESTED:
        for part in sizes.parts(go_type):
            hidden = blank or (go_type.kind is Kind.STRUCT and part.name == "_")
            yield from _scalars(part.type, sizes, base + part.offset, hidden)
        return
    size = FIXED.get(go_type.kind, sizes.word_size)
    yield _Scalar(base, size, go_type.kind in _FLOATS, blank)
