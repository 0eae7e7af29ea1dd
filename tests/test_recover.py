"""Recovered values: where words come in, and how values are put together again."""

from __future__ import annotations

import pytest

from gotrace.decode import Reading, decode
from gotrace.flow.values import Flowing, ValueKind, constant
from gotrace.layout.sizes import Sizes
from gotrace.recover.leaves import Leaf, leaves_of
from gotrace.recover.machine import Known, evaluated
from gotrace.recover.patch import patched
from gotrace.recover.reading import bits_of, stale_offsets
from gotrace.signature import Parameter, Role
from gotrace.types import Field, GoType, Kind
from gotrace.value import Argument, Certainty, WordUse

SIZES = Sizes(8)
INT, BYTE = GoType(Kind.INT, "int"), GoType(Kind.UINT8, "byte")
FLOAT, STRING = GoType(Kind.FLOAT64, "float64"), GoType(Kind.STRING, "string")
SLICE = GoType(Kind.SLICE, "[]int", element=INT)
ARRAY = GoType(Kind.ARRAY, "[2]int", element=INT, length=2)
PAIR = GoType(Kind.STRUCT, "pair", fields=(Field("b", BYTE), Field("s", STRING)))


def homes(*types: GoType) -> list[list[Leaf]]:
    inputs = [Parameter(f"p{i}", t) for i, t in enumerate(types)]
    return leaves_of(inputs, SIZES, 9, 15)


def test_registers_are_given_in_order() -> None:
    """A string takes two, a float none of these."""
    assert homes(INT, STRING, FLOAT, BYTE) == [
        [Leaf(0, 8, 0, None)],
        [Leaf(0, 8, 1, None), Leaf(8, 8, 2, None)],
        [Leaf(0, 8, None, None)],
        [Leaf(0, 1, 3, None)],
    ]


def test_what_does_not_fit_goes_to_the_stack_whole() -> None:
    """And what comes behind it may still fit; arrays of several always go there."""
    found = homes(SLICE, SLICE, STRING, STRING, INT, ARRAY)
    assert found[3] == [Leaf(0, 8, None, 0), Leaf(8, 8, None, 8)]
    assert found[4] == [Leaf(0, 8, 8, None)]
    assert found[5] == [Leaf(0, 8, None, 16), Leaf(8, 8, None, 24)]


class Words:
    """Answers with these numbers, all stale."""

    def __init__(self, **known: int) -> None:
        self.known = {int(k[1:]): v for k, v in known.items()}

    def read(self, offset: int, size: int) -> Reading:
        return Reading(self.known.get(offset), Certainty.STALE)

    def printed(self, offset: int, size: int) -> bool:
        return any(offset <= o < offset + size for o in self.known)

    def words(self, offset: int, size: int) -> tuple[Reading, ...]:
        return (self.read(offset, size),)


def test_parts_are_replaced_one_by_one() -> None:
    """The others stay as they were."""
    value = decode(PAIR, Words(_0=7, _8=0xC000, _16=99), SIZES)
    argument = Argument(
        "p", Role.PARAMETER, "pair", Certainty.STALE, value, (WordUse(7, True, 0, 1, 0, 1, 0),)
    )
    assert stale_offsets(argument, PAIR, SIZES) == {0, 8, 16}
    found = patched(value, PAIR, SIZES, {16: 5})
    assert (found.fields[0].value.number, found.fields[0].value.certainty) == (7, Certainty.STALE)
    text = found.fields[1].value
    assert (text.pointer, text.len) == (0xC000, 5)
    assert dict(text.certainties) == {"pointer": Certainty.STALE, "len": Certainty.EXACT}
    assert bits_of(found, PAIR, SIZES) == {16: 5}
    whole = patched(found, PAIR, SIZES, {0: 1, 8: 0x4000})
    assert whole.certainty is Certainty.EXACT
    assert bits_of(whole, PAIR, SIZES) == {0: 1, 8: 0x4000, 16: 5}


def test_a_negative_number() -> None:
    value = decode(INT, Words(_0=0), SIZES)
    assert patched(value, INT, SIZES, {0: (1 << 64) - 3}).number == -3


ENTRY = Flowing(ValueKind.ENTRY, place="rax")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (constant(5), Known(5, 8)),
        (constant(-1), Known((1 << 64) - 1, 8)),
        (constant(-1)._replace(width=4), Known(0xFFFFFFFF, 8)),  # the upper half is cleared
        (constant(1)._replace(width=1), Known(1, 1)),
        (ENTRY, Known(40, 8)),
        (ENTRY._replace(width=4), Known(40, 4)),
        (Flowing(ValueKind.ADD, ENTRY, 2), Known(42, 8)),
        (Flowing(ValueKind.ADD, ENTRY._replace(width=2), -41), Known((1 << 64) - 1, 2)),
        (Flowing(ValueKind.ADD, ENTRY, 2, scaled=ENTRY), None),
        (Flowing(ValueKind.GLOBAL, number=0x1000), Known(0x1010, 8)),
        (Flowing(ValueKind.MERGE, parts=(constant(3), constant(3))), Known(3, 8)),
        (Flowing(ValueKind.MERGE, parts=(constant(3), constant(4))), None),
        (Flowing(ValueKind.MERGE, parts=(constant(3), Flowing(ValueKind.UNKNOWN))), None),
        (Flowing(ValueKind.LOAD, ENTRY), None),
        (Flowing(ValueKind.CALL, name="main.f", number=0), None),
    ],
)
def test_what_a_value_is(value: Flowing, wanted: Known | None) -> None:
    """Only what the code leaves no other."""
    assert evaluated(value, lambda _: 40, 0x10) == wanted


def test_without_a_slide_addresses_are_not_known() -> None:
    assert evaluated(Flowing(ValueKind.GLOBAL, number=0x1000), lambda _: None, None) is None
