"""Values that are passed over at a glance are those that no rule speaks of."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

import gotrace
from gotrace.annotated import AnnotatedFrame
from gotrace.arch import ARCHES, Port
from gotrace.findings.finding import judged
from gotrace.findings.quiet import is_quiet
from gotrace.findings.rule import Setting
from gotrace.findings.rules import RULES
from gotrace.human import human
from gotrace.layout.sizes import Sizes
from gotrace.names import split_name
from gotrace.signature import Parameter, Role, Signature
from gotrace.types import Field, GoType, Kind
from gotrace.value import Argument, Certainty, FieldValue, Value, ValueKind

INT64 = GoType(Kind.INT64, "int64")
LEAVES = [
    GoType(Kind.BOOL, "bool"),
    INT64,
    GoType(Kind.INT64, "time.Duration", "time.Duration"),
    GoType(Kind.STRING, "string"),
    GoType(Kind.SLICE, "[]int64", element=INT64),
    GoType(Kind.SLICE, "[]byte", element=GoType(Kind.UINT8, "byte")),
    GoType(Kind.POINTER, "*int64", element=INT64),
    GoType(Kind.MAP, "map[int]int"),
    GoType(Kind.FUNC, "func()"),
    GoType(Kind.UNSAFE_POINTER, "unsafe.Pointer"),
    GoType(Kind.INTERFACE, "error"),
    GoType(Kind.INTERFACE, "context.Context", "context.Context"),
    GoType(Kind.INTERFACE, "interface {}"),
]
NUMBERS = st.one_of(
    st.just(0xC000012340),
    st.sampled_from([0, 1, 4, 8, 4095, 4096, 4097, 0xC000012340, 0xDEADBEEFDEADBEEF, 0xDEADBEEF]),
    st.builds(lambda n, d: max(0, (1 << n) + d), st.integers(0, 63), st.integers(-9, 9)),
)
LENGTHS = st.one_of(st.integers(-3, 9), st.builds(lambda n: 1 << n, st.integers(0, 62)))
SURE = st.sampled_from([Certainty.EXACT, Certainty.EXACT, Certainty.LIKELY, Certainty.STALE])


@st.composite
def values(draw: st.DrawFn, go_type: GoType) -> Value:
    """A value of a type, as right or wrong as words can be."""
    kind, sure = go_type.kind, draw(SURE)
    if kind is Kind.STRUCT:
        inner = [FieldValue(f.name, f.type.text, draw(values(f.type))) for f in go_type.fields]
        return Value(ValueKind.STRUCT, sure, fields=tuple(inner))
    word, length, room = draw(NUMBERS), draw(LENGTHS), draw(LENGTHS)
    if kind is Kind.BOOL:
        known = word & 255 < 2
        raw, told = (None, bool(word & 1)) if known else (word & 255, None)
        return Value(ValueKind.BOOL, sure, number=told, raw=raw)
    if kind is Kind.INT64:
        number = word - (1 << 62)
        return Value(ValueKind.INT, sure, number=number, human=human(go_type.named, number))
    if kind is Kind.STRING:
        return Value(ValueKind.STRING, sure, pointer=word, len=length)
    if kind is Kind.SLICE:
        return Value(ValueKind.SLICE, sure, pointer=word, len=length, cap=room)
    if kind is Kind.INTERFACE:
        found = Value(ValueKind.INTERFACE, sure, type_word=word, pointer=draw(NUMBERS))
        nil = draw(st.sampled_from([None, False, True]))
        return found._replace(dynamic_type="*T", typed_nil=nil)
    return Value(ValueKind.POINTER, sure, pointer=word)


STRUCT = GoType(Kind.STRUCT, "T", fields=tuple(Field(f"f{i}", t) for i, t in enumerate(LEAVES)))


@st.composite
def arguments(draw: st.DrawFn) -> tuple[GoType, Argument]:
    go_type = draw(st.sampled_from([*LEAVES, STRUCT]))
    value = draw(values(go_type))
    role = Role.PARAMETER
    return go_type, Argument("timeout", role, go_type.text, value.certainty, value, ())


POISONED = Value(ValueKind.STRING, Certainty.EXACT, pointer=0xDEADBEEF, len=0)
POISONED_TEXT = (
    GoType(Kind.STRING, "string"),
    Argument("timeout", Role.PARAMETER, "string", Certainty.EXACT, POISONED, ()),
)


@given(arguments(), st.sampled_from(["amd64", "386", "arm64"]))
@example(POISONED_TEXT, "386")
def test_nothing_is_passed_over(pair: tuple[GoType, Argument], arch: str) -> None:
    """What a glance takes for quiet, no rule speaks of."""
    go_type, argument = pair
    if is_quiet(argument, resolved=True):
        frame = frame_of(go_type, argument)
        port = Port(ARCHES[arch], ARCHES[arch].word_size, False, True, True)
        setting = Setting(port, Sizes(port.word_size), None, None, (), ())
        assert judged(frame, RULES.values(), setting) is frame.arguments


def frame_of(go_type: GoType, argument: Argument) -> AnnotatedFrame:
    text = b"goroutine 1 [running]:\nmain.onError(0x1)\n\t/a.go:1 +0x1\n"
    plain = gotrace.parse(text).dumps[0].goroutines[0].frames[0]
    signature = Signature("main", "onError", (Parameter(argument.name, go_type),), ())
    name = split_name("main.onError")
    return AnnotatedFrame(plain, name, True, signature, (argument,), (), ())


def test_the_usual_is_quiet() -> None:
    """A heap's pointer, a text, a slice, an interface: most values of most dumps."""
    exact = Certainty.EXACT
    usual = [
        Value(ValueKind.POINTER, exact, pointer=0),
        Value(ValueKind.POINTER, exact, pointer=0xC000012340),
        Value(ValueKind.STRING, exact, pointer=0x4A2CDB, len=3),
        Value(ValueKind.SLICE, exact, pointer=0xC000012340, len=3, cap=8),
        Value(ValueKind.INTERFACE, exact, type_word=0x4E2340, pointer=0xC000012340),
        Value(ValueKind.INT, exact, number=-1),
        Value(ValueKind.BOOL, exact, number=True),
    ]
    given_ = [Argument("x", Role.PARAMETER, "T", exact, value, ()) for value in usual]
    assert all(is_quiet(a, resolved=False) for a in given_)


def test_the_odd_is_not() -> None:
    """What some rule speaks of."""
    exact, heap = Certainty.EXACT, 0xC000012340
    odd = [
        Value(ValueKind.POINTER, exact, pointer=8),
        Value(ValueKind.POINTER, exact, pointer=heap + 1),
        Value(ValueKind.POINTER, exact, pointer=1 << 50),
        Value(ValueKind.STRING, exact, pointer=0, len=3),
        Value(ValueKind.STRING, exact, pointer=heap, len=-3),
        Value(ValueKind.STRING, exact, pointer=heap, len=1 << 50),
        Value(ValueKind.SLICE, exact, pointer=heap, len=3, cap=2),
        Value(ValueKind.SLICE, exact, pointer=0, len=0, cap=2),
        Value(ValueKind.SLICE, exact, pointer=heap, len=3, cap=1 << 50),
        Value(ValueKind.INTERFACE, exact, type_word=0, pointer=heap),
        Value(ValueKind.INTERFACE, exact, type_word=heap, pointer=0, typed_nil=True),
        Value(ValueKind.INTERFACE, exact, type_word=heap, pointer=0, dynamic_type=None),
        Value(ValueKind.INT, exact, number=-(10**9), human="-1s"),
        Value(ValueKind.BOOL, exact, raw=7),
    ]
    inside = [Value(ValueKind.STRUCT, exact, fields=(FieldValue("f", "T", v),)) for v in odd]
    given_ = [Argument("x", Role.PARAMETER, "T", exact, value, ()) for value in (*odd, *inside)]
    assert [a.value for a in given_ if is_quiet(a, resolved=True)] == []
    nil = Value(ValueKind.INTERFACE, exact, type_word=0, pointer=0)
    for text, quiet in (("error", False), ("context.Context", False), ("any", True)):
        argument = Argument("x", Role.PARAMETER, text, exact, nil, ())
        assert is_quiet(argument, resolved=True) is quiet
