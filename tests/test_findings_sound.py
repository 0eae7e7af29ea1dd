"""Where a rule has to be silent: it would say what is not so."""

from __future__ import annotations

import pytest

import gotrace
from gotrace.arch import ARCHES, Port
from gotrace.findings.rule import Part, Setting
from gotrace.findings.rules import RULES
from gotrace.human import human
from gotrace.layout.sizes import Sizes
from gotrace.signature import Role
from gotrace.types import Field, GoType, Kind
from gotrace.value import Certainty, Value, ValueKind

INT64 = GoType(Kind.INT64, "int64")
WAIT = GoType(Kind.INT64, "time.Duration", "time.Duration")
BYTES = GoType(Kind.POINTER, "*byte", element=GoType(Kind.UINT8, "byte"))
ELSEWHERE = GoType(Kind.UNKNOWN, "other.T")
EXACT = Certainty.EXACT


def setting(arch: str) -> Setting:
    """Nothing else is known."""
    row = ARCHES[arch]
    port = Port(row, row.word_size, row.big_endian, True, True)
    return Setting(port, Sizes(row.word_size, align64=True), None, None, (), ())


def said(
    code: str,
    value: Value,
    go_type: GoType,
    *,
    arch: str = "amd64",
    address: int | None = None,
    culprit: str | None = None,
) -> str | None:
    """What one rule says of a parameter ``timeout``."""
    part = Part("timeout", value, go_type, Role.PARAMETER, "main.f")
    known = setting(arch)._replace(address=address, culprit=culprit)
    found = RULES[code].check(part, known)
    return None if found is None else "; ".join([found.message, *found.evidence])


def pointer(address: int) -> Value:
    return Value(ValueKind.POINTER, EXACT, pointer=address)


@pytest.mark.parametrize(
    ("arch", "address", "speaks"),
    [
        ("amd64", 0xDEADBEEFDEADBEEF, True),
        ("amd64", 0xDEADBEEF, False),
        ("386", 0xDEADBEEF, True),
        ("386", 0xDEADDEAD, True),
        ("arm64", 0xDEADDEAD, False),
    ],
)
def test_poison_is_as_wide_as_a_word(arch: str, address: int, *, speaks: bool) -> None:
    """A fake pointer 0xdeadbeef of the program's own is not the runtime's."""
    assert (said("poison", pointer(address), BYTES, arch=arch) is not None) is speaks


@pytest.mark.parametrize(
    ("arch", "address", "speaks"),
    [
        ("amd64", 0xB400_0078_1234_5678, True),
        ("arm64", 0xB400_0078_1234_5678, False),
        ("arm64", 0xB401_0078_1234_5678, True),
        ("amd64", 0xFFFF_8000_0000_0000, False),
        ("amd64", 0x0000_8000_0000_0000, False),
        ("amd64", 0x0001_0000_0000_0000, True),
    ],
)
def test_tags_of_arm64(arch: str, address: int, *, speaks: bool) -> None:
    """Android's malloc has a tag in the top byte, which the hardware ignores."""
    told = said("non-canonical-pointer", pointer(address), BYTES, arch=arch)
    assert (told is not None) is speaks


def test_elements_of_no_known_size() -> None:
    """They may take no room: any number of them fits."""
    many = Value(ValueKind.SLICE, EXACT, pointer=0xC000010000, len=1 << 50, cap=1 << 50)
    for element, speaks in ((ELSEWHERE, False), (INT64, True), (GoType(Kind.STRUCT, "x"), False)):
        go_type = GoType(Kind.SLICE, f"[]{element}", element=element)
        assert (said("absurd-length", many, go_type) is not None) is speaks


def test_offsets_behind_what_is_unknown() -> None:
    """Where a field lies behind one of unknown size is not told."""
    first, last = Field("first", INT64), Field("last", INT64)
    for fields, expected in (
        ((first, last), "timeout.last lies 0x8 behind it"),
        ((Field("x", ELSEWHERE), last), None),
        ((Field("x", GoType(Kind.STRUCT, "struct {}")), first, last), "timeout.last lies 0x8"),
        ((first, Field("x", ELSEWHERE), last), None),
    ):
        target = GoType(Kind.STRUCT, "T", fields=fields)
        go_type = GoType(Kind.POINTER, "*T", element=target)
        told = said("nil-fault", pointer(0), go_type, address=8)
        assert (told is None) == (expected is None), fields
        assert told is None or expected is None or expected in told


@pytest.mark.parametrize(
    ("culprit", "speaks"),
    [
        (None, True),
        ("timeout", True),
        ("*timeout", True),
        ("(*timeout).last", True),
        ("timeout.last", True),
        ("timeouts.last", False),
        ("timeout2.last", False),
        ("timeout_.last", False),
        ("next.timeout", False),
    ],
)
def test_where_the_culprit_is_certain(culprit: str | None, *, speaks: bool) -> None:
    """Of several nil pointers that the address fits only the one that it is has the finding."""
    target = GoType(Kind.STRUCT, "T", fields=(Field("first", INT64), Field("last", INT64)))
    go_type = GoType(Kind.POINTER, "*T", element=target)
    told = said("nil-fault", pointer(0), go_type, address=8, culprit=culprit)
    assert (told is not None) is speaks


@pytest.mark.parametrize(
    ("number", "speaks"),
    [
        (-1, False),
        (-2, False),
        (-(10**9), True),
        ((1 << 63) - 1, False),
        (1 << 62, True),
        (0, False),
    ],
)
def test_signs_of_durations(number: int, *, speaks: bool) -> None:
    """-1 is no time, and the longest one means for ever: in redis, pgx, net/http, grpc."""
    value = Value(ValueKind.INT, EXACT, number=number, human=human("time.Duration", number))
    assert (said("odd-duration", value, WAIT) is not None) is speaks


@pytest.mark.parametrize("call", ["runtime.systemstack(0x45bb54)", "runtime.mcall(0x77f64)"])
def test_functions_that_switch_stacks(call: str) -> None:
    """What is printed for them lies on the other stack: it is no argument of theirs."""
    text = f"goroutine 1 [running]:\n{call}\n\t/usr/lib/go-1.15/src/runtime/asm_amd64.s:370 +0x66\n"
    (dump,) = gotrace.parse(text.encode()).dumps
    report = gotrace.annotate(dump, go="1.15", arch="amd64")
    (frame,) = report.goroutines[0].frames
    assert frame.arguments == ()
    assert [word.value for word in frame.unbound] == [int(call[:-1].rpartition("(")[2], 16)]
