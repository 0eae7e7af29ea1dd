"""Sizes, alignment, the words of ≤ go1.16, the components of ≥ go1.17, and unknown widths."""

from __future__ import annotations

import pytest

from gotrace.layout.sizes import Sizes, fits_ssa
from gotrace.layout.values import Registers, describe, homes, shape
from gotrace.layout.words import Area, Count, Place, lay_out, solve
from gotrace.types import GoType
from tests.go_types import array, struct, ty, unknown

AMD64 = Registers(9, 15)


@pytest.mark.parametrize(
    ("go_type", "on_64", "on_32"),
    [
        (ty("bool"), (1, 1), (1, 1)),
        (ty("int"), (8, 8), (4, 4)),
        (ty("int64"), (8, 8), (8, 4)),
        (ty("float64"), (8, 8), (8, 4)),
        (ty("complex64"), (8, 4), (8, 4)),
        (ty("complex128"), (16, 8), (16, 4)),
        (ty("string"), (16, 8), (8, 4)),
        (ty("[]int"), (24, 8), (12, 4)),
        (ty("error"), (16, 8), (8, 4)),
        (struct(), (0, 1), (0, 1)),
        (array(0, ty("int")), (0, 8), (0, 4)),
        (array(3, ty("int16")), (6, 2), (6, 2)),
        (struct(a=ty("int8"), b=ty("int32"), c=ty("int8")), (12, 4), (12, 4)),
        (struct(a=ty("int32"), z=struct()), (8, 4), (8, 4)),
        (struct(z=struct(), a=ty("int32")), (4, 4), (4, 4)),
    ],
)
def test_size_and_alignment(
    go_type: GoType, on_64: tuple[int, int], on_32: tuple[int, int]
) -> None:
    """Reference 1.A.3, the byte behind a zero-size last field included."""
    assert on_64 == Sizes(8).measure(go_type)[:2]
    assert on_32 == Sizes(4).measure(go_type)[:2]


def test_align64_moves_atomics_on_32_bit_ports() -> None:
    """Since go1.19 a struct that holds sync/atomic.align64 is aligned to 8 there."""
    marker = struct()._replace(align64=True)
    atomic = struct(_=marker, v=ty("int64"))
    holder = struct(a=ty("int32"), n=atomic)
    assert Sizes(4).measure(holder)[:2] == (12, 4)
    assert Sizes(4, align64=True).measure(holder)[:2] == (16, 8)


@pytest.mark.parametrize(
    ("go_type", "fits"),
    [
        (ty("[]int"), True),
        (struct(a=ty("int"), b=ty("int"), c=ty("int"), d=ty("int")), True),
        (struct(a=ty("bool"), b=ty("bool"), c=ty("bool"), d=ty("bool"), e=ty("bool")), False),
        (struct(a=ty("[]int"), b=ty("string")), False),
        (array(1, ty("int")), True),
        (array(2, ty("int")), False),
        (array(2, struct()), True),
    ],
)
def test_fits_ssa(go_type: GoType, fits: bool) -> None:
    """Four words, four fields, arrays of one: cmd/compile/internal/ssa/value.go CanSSA."""
    assert fits == fits_ssa(go_type, Sizes(8))


# ---------------------------------------------------------------------- words


def test_words_pack_receiver_and_parameters_in_one_run() -> None:
    """``small(-3).Pack(int8, int16, int32)`` is one word on amd64."""
    inputs = [ty("int8"), ty("int8"), ty("int16"), ty("int32")]
    places = (Place(0, 1), Place(1, 1), Place(2, 2), Place(4, 4))
    assert Area(places, (), 1) == lay_out(inputs, [], Sizes(8))
    assert lay_out(inputs, [], Sizes(4)).words == 2


def test_words_round_before_and_behind_the_results() -> None:
    """``f(a int8) (x int, err error)`` takes four words."""
    area = lay_out([ty("int8")], [ty("int"), ty("error")], Sizes(8))
    assert Area((Place(0, 1),), (Place(8, 8), Place(16, 16)), 4) == area


@pytest.mark.parametrize(
    ("printed", "cut", "total", "allowed"),
    [
        (4, False, 4, True),
        (4, False, 5, False),
        (10, False, 10, True),
        (10, True, 10, False),
        (10, True, 11, True),
        (5, True, 5, True),  # go1.0 prints dots behind exactly five
        (5, True, 9, True),
        (5, True, 4, False),
    ],
)
def test_count(printed: int, cut: bool, total: int, allowed: bool) -> None:
    assert allowed is Count(printed, cut).allows(total)


@pytest.mark.parametrize(
    ("types", "words", "places"),
    [
        # one whole word before and behind: only one width fits
        ([ty("int"), unknown(), ty("int")], 5, (Place(0, 8), Place(8, 24), Place(32, 8))),
        ([unknown()], 1, (Place(0, 8),)),
        # nothing left for it: it has no size
        ([ty("int"), unknown()], 1, (Place(0, 8), Place(8, 0))),
        # it could share the word of its neighbour
        ([unknown(), ty("bool")], 1, (None, None)),
        ([ty("int32"), unknown(), ty("int")], 3, (Place(0, 4), None, None)),
        # two unknowns share what is left in more than one way
        ([ty("int"), unknown(), unknown()], 4, (Place(0, 8), None, None)),
        # no width fits
        ([ty("string"), unknown()], 1, None),
    ],
)
def test_words_solve_unknown_widths(
    types: list[GoType], words: int, places: tuple[Place | None, ...] | None
) -> None:
    """The number of words gives the width of the one unknown; several solutions give none."""
    area = solve(types, [], Sizes(8), Count(words, False))
    assert places == (area and area.inputs)


def test_words_behind_dots_leave_unknowns_open() -> None:
    area = solve([ty("int"), unknown(), ty("int")], [], Sizes(8), Count(10, True))
    assert area is not None
    assert (Place(0, 8), None, None) == area.inputs


# ---------------------------------------------------------------------- components


def _shape(inputs: list[GoType], results: tuple[GoType, ...] = (), *, of: Registers) -> str:
    sizes = Sizes(8)
    places = homes(inputs, results, sizes, of)
    return describe(shape(inputs, places, [False] * len(inputs), sizes))


def _nested(depth: int) -> GoType:
    inner = ty("int")
    for _ in range(depth):
        inner = struct(a=inner)
    return inner


@pytest.mark.parametrize(
    ("inputs", "printed"),
    [
        ([], ""),
        ([ty("int"), ty("string")], "·, {·, ·}"),
        ([ty("complex64"), ty("[]int"), ty("error")], "{·, ·}, {·, ·, ·}, {·, ·}"),
        ([struct(), array(0, ty("int")), ty("int")], "{}, {}, ·"),
        ([struct(_=ty("int"), b=ty("bool"))], "{·, ·}"),
        ([ty("int")] * 10, ", ".join("·" * 10)),
        ([ty("int")] * 11, ", ".join("·" * 10) + ", ..."),
        (
            [array(200, ty("int")), ty("int")],
            "{" + ", ".join("·" * 10) + ", ...}, ...",
        ),
        ([_nested(4)], "{{{{·}}}}"),
        ([_nested(5), ty("int")], "{{{{{...}}}}}, ·"),
        (
            [array(3, ty("[]int")), ty("int")],
            "{{·, ·, ·}, {·, ·, ·}, {·, ·, ·}}, ·",
        ),
        (
            [ty("bool")] * 2 + [array(3, ty("[]int"))],
            "·, ·, {{·, ·, ·}, {·, ·, ·}, {·, ·, ...}}",
        ),
    ],
)
def test_shape(inputs: list[GoType], printed: str) -> None:
    """Reference 1.B.1: ten components, five levels, dots at every open level."""
    assert printed == _shape(inputs, of=AMD64)


def test_shape_too_far() -> None:
    """``regres(a int, b string) (r [40]int)``: the result pushes the spill slots past 239."""
    inputs = [ty("int"), ty("string")]
    results = (array(40, ty("int")),)
    assert _shape(inputs, results, of=AMD64) == "_, {_, _}"
    assert _shape(inputs, results, of=Registers()) == "·, {·, ·}"


@pytest.mark.parametrize(("words", "printed"), [(29, "·"), (30, "_")])
def test_shape_too_far_from_240(words: int, printed: str) -> None:
    """Offsets are one byte whose values from 0xf0 are signs."""
    deep = array(words, ty("int"))
    for _ in range(5):
        deep = struct(a=deep)
    assert _shape([deep, ty("int")], of=Registers()) == "{{{{{...}}}}}, " + printed


def test_homes_all_or_nothing() -> None:
    """A type gets registers for all of it or none; arrays of more than one never do."""
    inputs = [ty("[]int"), ty("[]int"), ty("[]int"), ty("int"), array(2, ty("int")), ty("float64")]
    places = homes(inputs, [], Sizes(8), AMD64)
    assert [home.in_register for home in places] == [True, True, True, False, False, True]
    assert [home.offset for home in places] == [24, 48, 72, 0, 8, 96]


def test_registers_differ_between_ports() -> None:
    """Twelve integers: nine in registers on amd64, all on arm64."""
    inputs = [ty("int")] * 12
    on_amd64 = homes(inputs, [], Sizes(8), AMD64)
    assert sum(home.in_register for home in on_amd64) == 9
    assert sum(home.in_register for home in homes(inputs, [], Sizes(8), Registers(16, 16))) == 12
