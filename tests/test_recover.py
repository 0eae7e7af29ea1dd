"""Recovered values: where words come in, and how values are put together again."""

from __future__ import annotations

from pathlib import Path

import pytest

import gotrace
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
from tests.source_support import write

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


# ---------------------------------------------------------------------- the source alone

SOURCE = """package main

func g(n int, s string, p *int, e error) {
	panic("end")
}

func f(k int, j int) {
	j = 2
	%s
}
"""
LOG = """panic: end

goroutine 1 [running]:
main.g(0x111?, {0x222?, 0x333?}, 0x444?, {0x555?, 0x666?})
	/home/dev/app/main.go:4 +0x1d
main.f(0x28, 0x29)
	/home/dev/app/main.go:9 +0x1d
"""


@pytest.mark.parametrize(
    ("call", "number", "length", "pointer"),
    [
        ('g(7, "abc", nil, nil)', 7, 3, 0),
        ('g(k, "", nil, nil)', 0x28, 0, 0),  # passed on as it came
        ("g(j, t, &k, nil)", None, None, None),  # was set to something else
        ("g(k+1, t, x, nil)", None, None, None),
        ("h(7)", None, None, None),  # the source is of another version
        ("g(7, `a`, nil, nil); g(8, `bc`, nil, nil)", None, None, 0),  # one of two
    ],
)
def test_by_the_source(
    tmp_path: Path, call: str, number: int | None, length: int | None, pointer: int | None
) -> None:
    """What a caller's line passes is likely; the words stay as printed."""
    write(tmp_path, {"main.go": SOURCE % call})
    dump = gotrace.parse(LOG.encode()).dumps[0]
    source = gotrace.from_source(str(tmp_path))
    report = gotrace.annotate(dump, sources=[source], go="1.23", arch="amd64")
    n, s, p, e = report.goroutines[0].frames[0].arguments
    assert n.words[0].value == 0x111
    assert n.value is not None
    assert s.value is not None
    assert p.value is not None
    assert n.value.number == (0x111 if number is None else number)
    assert n.certainty is (Certainty.STALE if number is None else Certainty.LIKELY)
    assert s.value.len == (0x333 if length is None else length)
    assert p.value.pointer == (0x444 if pointer is None else pointer)
    if number is not None:
        assert n.provenance is not None
        assert n.provenance.text == "from the call at main.go:9"
        assert e.certainty is Certainty.LIKELY
