"""Binding by example: calls that real Go programs printed, and what their words are."""

from __future__ import annotations

import math

import pytest

from gotrace.bind import fits, unbound_words
from gotrace.decode import weakest
from gotrace.goversion import Facts
from gotrace.human import human
from gotrace.model import AbsenceReason
from gotrace.signature import Parameter, Role
from gotrace.types import GoType, Kind
from gotrace.value import Certainty
from tests.bind_support import ANY_GO, NO_PORT, bound, plain, table
from tests.go_types import array, signature, struct, ty, unknown
from tests.layout_cases import call

ABSENT, PARTIAL, UNSET, STALE, LIKELY, EXACT = Certainty


# ---------------------------------------------------------------------- ≤ go1.16


def test_words_mask_padding_and_extend_signs() -> None:
    """Reference 1.A.5: padding is garbage, numbers keep their sign."""
    of = signature(
        ("a", ty("int8")), ("b", ty("int16")), ("c", ty("int32")), ("d", ty("int64")),
        ("e", ty("int")),
    )  # fmt: skip
    text = "main.negs(0xfffffffdfffefeff, 0xfffffffffffffffc, 0xfffffffffffffffb)"
    expected = [(n, EXACT, v) for n, v in zip("abcde", (-1, -2, -3, -4, -5), strict=True)]
    assert expected == table(bound(text, of, 15, "amd64"))
    text = "main.negs(0xfffebeff, 0xfffffffd, 0xfffffffc, 0xffffffff, 0xfffffffb)"
    assert expected == table(bound(text, of, 15, "386"))


def test_words_big_endian() -> None:
    """Byte 0 of a word is its most significant one (args_shapes_be, go1.15 s390x)."""
    inner = struct(p=ty("uint16"), q=ty("uint16"))
    of = signature(("a", ty("int8")), ("b", ty("int32")), ("s", ty("string")), ("x", inner))
    binding = bound("main.f(0xff00000000000002, 0x84f0e, 0x3, 0x7000800082058)", of, 15, "s390x")
    assert [row[2] for row in table(binding)] == [-1, 2, [0x84F0E, 3], [7, 8]]
    a, b, _, x = binding.arguments
    assert a.words[0][-3:] == (0, 1, 0)
    assert b.words[0][-3:] == (0, 4, 4)
    assert x.words[0][-3:] == (0, 4, 0)


def test_words_say_where_bytes_come_from() -> None:
    """Two packed arguments share a word; a struct over three words has its bytes in order."""
    of = signature(("a", ty("int32")), ("b", ty("int32")), ("s", ty("string")))
    binding = bound("main.f(0x200000001, 0x48, 0x3)", of, 15, "amd64")
    uses = [[(use.value, *use[-3:]) for use in a.words] for a in binding.arguments]
    assert uses == [
        [(0x200000001, 0, 4, 0)],
        [(0x200000001, 0, 4, 4)],
        [(0x48, 0, 8, 0), (3, 8, 8, 0)],
    ]
    text = "main.f(0x200000001, 0x48, 0x3)"
    assert [tuple(text[w.start : w.end] for w in call(text).words())] == [
        ("0x200000001", "0x48", "0x3")
    ]


def test_words_results_are_unset() -> None:
    """``rets(1, "abc") (int, string, error)``: printed, shown, never facts."""
    of = signature(
        ("a", ty("int")), ("s", ty("string")), results=(ty("int"), ty("string"), ty("error"))
    )
    binding = bound("main.rets(0x1, 0x480e00, 0x3, 0x4, 0x1, 0x0, 0x0, 0x0)", of, 15, "amd64")
    assert table(binding) == [
        ("a", EXACT, 1),
        ("s", EXACT, [0x480E00, 3]),
        (None, UNSET, 4),
        (None, UNSET, [1, 0]),
        (None, UNSET, [0, 0]),
    ]
    assert Role.RESULT is binding.arguments[-1].role
    assert binding.unbound == ()


def test_words_results_are_unset_to_the_last_part() -> None:
    """Those that have parts, those that have no size, and those of which a part is cut off."""
    both = struct(a=ty("int"), none=struct(), t=array(2, ty("int32")))
    of = signature(results=(both, struct(), array(0, ty("int")), ty("string"), unknown()))
    binding = bound("main.f(0x1, 0x200000003, 0x480e00, 0x3, 0x9)", of, 15, "amd64")
    assert [row[1:] for row in table(binding)] == [
        (UNSET, [1, [], [3, 2]]),
        (UNSET, []),
        (UNSET, []),
        (UNSET, [0x480E00, 3]),
        (UNSET, [9]),
    ]
    seen = [a.value for a in binding.arguments if a.value is not None]
    while seen:
        value = seen.pop()
        assert value.certainty is UNSET
        seen += [*(f.value for f in value.fields), *value.elements]
    (nothing,) = bound("main.f()", signature(results=(unknown(),)), 15, "amd64").arguments
    assert nothing.value is not None
    assert nothing.value.certainty is UNSET
    words = ", ".join(f"{n:#x}" for n in range(10))
    of = signature(*((f"p{n}", ty("int")) for n in range(9)), results=(ty("string"), ty("int")))
    text, number = bound(f"main.f({words}, ...)", of, 15, "amd64").arguments[9:]
    assert text.value is not None
    assert text.value.certainty is UNSET
    assert text.value.certainties == (("pointer", UNSET), ("len", ABSENT))
    assert (text.certainty, number.certainty, number.value) == (UNSET, UNSET, None)
    assert number.absence is AbsenceReason.CUT


@pytest.mark.parametrize(
    ("text", "by_words", "by_values"),
    [
        ("main.f(0x48, 0x3)", True, False),
        ("main.f({0x48, 0x3})", False, True),
        ("main.f(0x48)", False, False),
        ("main.f({0x48?, 0x3})", False, True),
        ("main.f(...)", True, True),
    ],
)
def test_whether_words_fit(text: str, by_words: bool, by_values: bool) -> None:
    """Asked without reading them, and of each way in which the release prints."""
    of = signature(("s", ty("string")))
    for facts, expected in (
        (Facts(0, 16), by_words),
        (Facts(17, None), by_values),
        (Facts(0, None), by_words or by_values),
    ):
        assert fits(call(text), of, facts, NO_PORT) is expected
        assert bool(bound(text, of, facts).issues) is not expected


def test_words_cut_after_ten() -> None:
    """Dots follow only an eleventh word; what is behind was not printed."""
    of = signature(
        *((name, ty("int")) for name in "abcdefghi"), ("s", ty("string")), ("z", ty("bool"))
    )
    ten = ", ".join(f"{i:#x}" for i in range(1, 11))
    *_, s, z = bound(f"main.f({ten}, ...)", of, 15, "amd64").arguments
    assert (
        s.certainty,
        s.value and s.value.pointer,
        s.value and s.value.len,
    ) == (PARTIAL, 10, None)
    assert s.value is not None
    assert s.value.certainties == (("pointer", EXACT), ("len", ABSENT))
    assert (z.certainty, z.value, z.absence) == (ABSENT, None, AbsenceReason.CUT)


def test_words_half_of_a_64_bit_number_is_truncated() -> None:
    """On 386, when only the low word of an int64 was printed (contract, fine points)."""
    of = signature(*((name, ty("int")) for name in "abcdefghi"), ("x", ty("int64")))
    words = ", ".join(f"{i:#x}" for i in range(10))
    *_, x = bound(f"main.f({words}, ...)", of, 15, "386").arguments
    assert x.value is not None
    assert (x.value.truncated, x.certainty) == (True, ABSENT)


def test_words_five_in_old_releases() -> None:
    of = signature(*((name, ty("int")) for name in "abcdefg"))
    rows = table(bound("main.f(0x1, 0x2, 0x3, 0x4, 0x5, ...)", of, 1, "amd64"))
    assert [row[2] for row in rows] == [1, 2, 3, 4, 5, None, None]


def test_words_of_a_direct_closure_start_with_its_captured_variables() -> None:
    """Reference 1.A.9: ``main.main.func3(&done, 0x63, "gogo")``."""
    of = signature(("a", ty("int")), ("b", ty("string")))
    captured = Parameter("&done", ty("*chan bool"), Role.CAPTURED)
    of = of._replace(captured=(captured,))
    binding = bound("main.main.func3(0xc0000b0028, 0x63, 0x4f9e9d, 0x4)", of, 15, "amd64")
    assert [row[2] for row in table(binding)] == [0xC0000B0028, 99, [0x4F9E9D, 4]]
    assert Role.CAPTURED is binding.arguments[0].role


def test_mismatch_claims_nothing() -> None:
    """A shifted table is worse than none."""
    of = signature(("a", ty("int")), ("s", ty("string")), ("b", ty("bool")))
    text = "main.f(0x1, 0x2, 0x3, 0x4, 0x5, 0x6)"
    binding = bound(text, of, 15, "amd64")
    assert [a.certainty for a in binding.arguments] == [ABSENT] * 3
    assert all(a.value is None and not a.words for a in binding.arguments)
    (issue,) = binding.issues
    assert issue[:2] == ("signature-mismatch", "this signature takes 4 words, the trace printed 6")
    assert text[issue.start : issue.end] == text[len("main.f(") : -1]
    assert unbound_words(call(text)) == binding.unbound
    assert len(binding.unbound) == 6


def test_unknown_argument_size_is_not_bound() -> None:
    words = ", ".join(["0x1"] * 10) + ", ..."
    of = signature(("ctxt", ty("*int")))
    binding = bound(f"reflect.makeFuncStub({words})", of, 15, "amd64")
    assert (binding.arguments, len(binding.unbound), binding.issues) == ((), 10, ())


@pytest.mark.parametrize(("minor", "arguments"), [(15, 2), (21, 1)])
def test_inlined(minor: int, arguments: int) -> None:
    of = signature(("a", ty("int")), results=(ty("int"),))
    binding = bound("main.f(...)", of, minor)
    assert [(ABSENT, AbsenceReason.INLINED)] * arguments == [
        (a.certainty, a.absence) for a in binding.arguments
    ]


# ---------------------------------------------------------------------- ≥ go1.17


def test_values_with_marks() -> None:
    """``live`` of args_shapes, go1.21 amd64: length true, pointer stale."""
    of = signature(("a", ty("int")), ("s", ty("string")), ("p", ty("*int")), results=(ty("int"),))
    binding = bound("main.live(0x1, {0x484058?, 0x3}, 0xc000030720)", of, 21, "amd64")
    assert table(binding) == [
        ("a", EXACT, 1), ("s", STALE, [0x484058, 3]), ("p", EXACT, 0xC000030720)
    ]  # fmt: skip
    s = binding.arguments[1]
    assert s.value is not None
    assert s.value.certainties == (("pointer", STALE), ("len", EXACT))
    assert "`?`" in s.reason


@pytest.mark.parametrize(
    ("facts", "arch", "escapes", "certainty"),
    [
        (Facts(21, 26), "amd64", None, EXACT),
        (Facts(21, 27), "amd64", None, LIKELY),  # 1.27 does not store what escapes
        (Facts(21, 27), "amd64", False, EXACT),
        (Facts(27, 27), "amd64", True, STALE),
        (Facts(27, 27), "386", True, EXACT),
        (Facts(17, 17), "amd64", False, STALE),
        (Facts(17, 17), "arm64", False, EXACT),
        (Facts(17, 21), "amd64", False, LIKELY),
        (Facts(17, 21), "arm64", False, EXACT),
        (Facts(17, 21), None, False, LIKELY),
        (Facts(18, 26), None, False, EXACT),
    ],
)
def test_certainty_of_a_register_parameter(
    facts: Facts, arch: str | None, escapes: bool | None, certainty: Certainty
) -> None:
    """Reference 1.B.6 c and d, over what the evidence allows."""
    of = signature(("p", ty("*int")), escapes=escapes, used=True)
    binding = bound("main.f(0xc0030720)", of, facts, arch or NO_PORT)
    assert certainty is binding.arguments[0].certainty
    assert (certainty is EXACT) == (binding.arguments[0].reason == "")


@pytest.mark.parametrize(
    ("minor", "used", "certainty"),
    [(25, None, EXACT), (26, None, LIKELY), (26, False, LIKELY), (26, True, EXACT)],
)
def test_small_register_parameters_whose_address_is_taken(
    minor: int, used: bool | None, certainty: Certainty
) -> None:
    """``func A1(a int) { p := &a; _ = p }`` prints garbage for a in go1.26.6, without a mark."""
    of = signature(("a", ty("int")), used=used, escapes=False)
    assert bound("main.A1(0x5)", of, minor, "amd64").arguments[0].certainty is certainty


@pytest.mark.parametrize(
    ("minor", "used", "certainty"),
    [(25, None, EXACT), (26, None, LIKELY), (26, False, STALE), (26, True, EXACT)],
)
def test_large_unused_register_parameters(
    minor: int, used: bool | None, certainty: Certainty
) -> None:
    """``mix(m Mix, x int)`` prints zeros for m since go1.26 (reference 1.B.6 f)."""
    mix = struct(
        s=ty("string"),
        n=ty("int32"),
        b=ty("bool"),
        f=ty("float64"),
        p=ty("*int"),
        ss=ty("[]string"),
    )
    of = signature(("m", mix), ("x", ty("int")), used=used, escapes=False)
    text = "main.mix({{0x0, 0x0}, 0x0, 0x0, 0x0, 0x0, {0x0, 0x0, 0x0}}, 0x0?)"
    assert [certainty, STALE] == [a.certainty for a in bound(text, of, minor, "amd64").arguments]


@pytest.mark.parametrize("name", [None, "_"])
def test_parameters_without_a_name(name: str | None) -> None:
    """Unknown whatever the mark on register ABIs; right elsewhere."""
    of = signature((name, ty("int")), escapes=False)
    assert STALE is bound("main.f(0x564801)", of, 21, "amd64").arguments[0].certainty
    assert bound("main.f(0x564801)", of, 21, "amd64").arguments[0].reason
    assert EXACT is bound("main.f(0x564801)", of, 21, "386").arguments[0].certainty
    assert EXACT is bound("main.f(0x564801)", of, 15, "amd64").arguments[0].certainty


def test_values_too_far() -> None:
    """args_offset_too_large, go1.19."""
    deep = array(100, ty("int"))
    for _ in range(5):
        deep = struct(a=deep)
    of = signature(("n", deep), ("x", ty("int")), ("s", ty("string")))
    binding = bound("main.f({{{{{...}}}}}, _, {_, _})", of, 19, "amd64")
    assert [(a.certainty, a.absence) for a in binding.arguments] == [
        (ABSENT, AbsenceReason.CUT),
        (ABSENT, AbsenceReason.TOO_FAR),
        (ABSENT, AbsenceReason.TOO_FAR),
    ]
    assert not binding.issues


def test_values_cut_at_every_level() -> None:
    of = signature(("a", array(200, ty("int"))), ("x", ty("int")))
    text = "main.bigarr({0x1, 0x2, 0x3, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, ...}, ...)"
    a, x = bound(text, of, 27, "amd64").arguments
    assert a.value is not None
    assert (
        a.certainty, len(a.value.elements), a.value.elements[0].certainty
    ) == (PARTIAL, 200, EXACT)  # fmt: skip
    assert a.value.elements[10].truncated
    assert (x.certainty, x.absence) == (ABSENT, AbsenceReason.CUT)


def test_huge_types_stay_small() -> None:
    """An array length is text from the input: it must not decide how much is built."""
    of = signature(("a", array(1 << 40, struct())), ("b", array(1 << 50, ty("int"))))
    braces = "{" + ", ".join(["{}"] * 10) + ", ...}, ..."
    a, _ = bound(f"main.f({braces})", of, 21, "amd64").arguments
    assert a.value is not None
    assert len(a.value.elements) <= 256


def test_zero_size_values_are_known() -> None:
    of = signature(("e", struct()), ("f", array(0, ty("int"))), ("x", ty("int")), escapes=False)
    expected = [("e", EXACT, []), ("f", EXACT, []), ("x", EXACT, 9)]
    assert expected == table(bound("main.empty(0x9)", of, 15, "amd64"))
    assert expected == table(bound("main.empty({}, {}, 0x9)", of, 21, "amd64"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("main.f(0x1, 0x2)", "this signature prints (·, {·, ·}), the trace printed (0x1, 0x2)"),
        ("main.f(0x1, {0x2})", "this signature prints (·, {·, ·}), the trace printed (0x1, {0x2})"),
        ("main.f()", "this signature prints (·, {·, ·}), the trace printed ()"),
    ],
)
def test_values_mismatch(text: str, message: str) -> None:
    of = signature(("a", ty("int")), ("s", ty("string")))
    binding = bound(text, of, 21, "amd64")
    assert message == binding.issues[0].message
    assert all(a.value is None for a in binding.arguments)
    assert unbound_words(call(text)) == binding.unbound


def test_a_number_wider_than_its_type_does_not_fit() -> None:
    """Since go1.17 the printer masks to the type's width."""
    of = signature(("b", ty("bool")))
    assert bound("main.f(0x100)", of, 21, "amd64").issues
    assert not bound("main.f(0x2)", of, 21, "amd64").issues


def test_bool_neither_0_nor_1() -> None:
    of = signature(("b", ty("bool")), escapes=False)
    value = bound("main.f(0x2)", of, 21, "amd64").arguments[0].value
    assert value is not None
    assert (value.number, value.raw) == (None, 2)


def test_floats() -> None:
    of = signature(("a", ty("float32")), ("b", ty("float64")), ("c", ty("complex64")))
    text = "main.f(0x3fc00000, 0x7ff8000000000001, {0x3f800000, 0xff800000})"
    a, b, c = (row[2] for row in table(bound(text, of, 21, "amd64")))
    assert a == 1.5
    assert math.isnan(b)
    assert c == [1.0, -math.inf]


def test_word_size_assumed() -> None:
    """A negative int of a 32-bit port reads as a large one with the assumed eight bytes."""
    of = signature(("a", ty("int")), ("b", ty("int")), escapes=False)
    a, b = bound("main.f(0xffffffff, 0x1)", of, Facts(18, 25)).arguments
    assert [(arg.certainty, plain(arg.value)) for arg in (a, b)] == [
        (LIKELY, 4294967295),
        (EXACT, 1),
    ]
    assert [row[2] for row in table(bound("main.f(0xffffffff, 0x1)", of, 21, "386"))] == [-1, 1]


def test_method_value_has_no_receiver() -> None:
    of = signature(("x", ty("int")), receiver=ty("*T"))
    binding = bound("main.(*T).M-fm(0x5)", of, 21, "amd64")
    assert table(binding) == [("x", EXACT, 5)]


# ---------------------------------------------------------------------- either way


def test_same_either_way_is_likely() -> None:
    of = signature(("a", ty("int")), ("p", ty("*int")), escapes=False)
    assert table(bound("main.f(0x1, 0x2)", of, ANY_GO, "amd64")) == [
        ("a", LIKELY, 1),
        ("p", LIKELY, 2),
    ]


def test_different_either_way_claims_nothing() -> None:
    """Two int32 and an int64 result are two words and two components."""
    of = signature(("a", ty("int32")), ("b", ty("int32")), results=(ty("int64"),))
    binding = bound("main.f(0x1, 0x2)", of, ANY_GO, "amd64")
    assert [(a.certainty, a.value) for a in binding.arguments] == [(ABSENT, None)] * 2
    assert all(a.reason for a in binding.arguments)
    assert len(binding.unbound) == 2


def test_only_one_way_fits() -> None:
    of = signature(("a", ty("int32")), ("b", ty("int32")), escapes=False)
    assert [row[2] for row in table(bound("main.f(0x1, 0x2)", of, ANY_GO, "amd64"))] == [1, 2]
    rows = table(bound("main.f(0x200000001)", of, ANY_GO, "amd64"))
    assert rows == [("a", EXACT, 1), ("b", EXACT, 2)]


def test_packed_with_assumed_byte_order_is_likely() -> None:
    of = signature(("a", ty("int32")), ("b", ty("int32")), ("c", ty("int")))
    rows = table(bound("main.f(0x200000001, 0x5)", of, 15))
    assert rows == [("a", LIKELY, 1), ("b", LIKELY, 2), ("c", EXACT, 5)]


# ---------------------------------------------------------------------- generics


LIST = GoType(Kind.POINTER, "*List[T]")
AT = signature(("i", ty("int")), ("tag", ty("string")), receiver=LIST, escapes=False)


def test_generic_method_until_119_prints_the_receiver() -> None:
    text = "main.(*List[...]).At(0xc000064f58, 0x55, {0x470ead, 0x3})"
    receiver, i, tag = bound(text, AT, 19, "amd64").arguments
    assert plain(receiver.value) == 0xC000064F58
    assert [plain(i.value), plain(tag.value)] == [85, [0x470EAD, 3]]


def test_generic_method_since_120_prints_the_dictionary() -> None:
    """generic_args go1.27, -N: the receiver is missing."""
    text = "main.(*List[...]).At(0x48ce60, 0x55, {0x484050, 0x3})"
    binding = bound(text, AT, 27, "amd64")
    receiver, dictionary, i, tag = binding.arguments
    assert (receiver.certainty, receiver.absence) == (ABSENT, AbsenceReason.NOT_PRINTED)
    assert receiver.reason
    assert (
        dictionary.role, dictionary.name, dictionary.type, plain(dictionary.value)
    ) == (Role.DICTIONARY, None, "dictionary", 0x48CE60)  # fmt: skip
    assert [plain(i.value), plain(tag.value)] == [85, [0x484050, 3]]
    assert not binding.unbound


def test_generic_method_of_an_unknown_release() -> None:
    """The first word is one or the other: nothing is claimed for it."""
    text = "main.(*List[...]).At(0x48ce60, 0x55, {0x484050, 0x3})"
    binding = bound(text, AT, Facts(18, 26), "386")
    receiver, i, tag = binding.arguments
    assert (receiver.certainty, receiver.value) == (ABSENT, None)
    assert receiver.reason
    assert [(a.certainty, plain(a.value)) for a in (i, tag)] == [
        (EXACT, 85),
        (EXACT, [0x484050, 3]),
    ]
    assert [use.value for use in binding.unbound] == [0x48CE60]


def test_generic_methods_print_the_dictionary() -> None:
    """A type parameter of the method itself: there are none before go1.27."""
    of = signature(("i", ty("int")), receiver=ty("*T"), escapes=False)
    receiver, dictionary, i = bound(
        "main.(*T).M[...](0x48ce60, 0x55)", of, Facts(18, None), "386"
    ).arguments
    assert (receiver.value, dictionary.role) == (None, Role.DICTIONARY)
    assert [plain(dictionary.value), plain(i.value)] == [0x48CE60, 0x55]


def test_generic_value_receiver_is_told_by_its_braces() -> None:
    receiver = struct(a=unknown("T"), n=ty("int"))
    of = signature(("i", ty("int")), receiver=receiver, escapes=False)
    r, i = bound("main.Val[...].Get({0x7, 0x8}, 0xb)", of, Facts(18, 26), "386").arguments
    assert [(a.certainty, plain(a.value)) for a in (r, i)] == [(LIKELY, [[7], 8]), (LIKELY, 11)]
    r, d, i = bound("main.Val[...].Get(0x80f2a50, 0xb)", of, Facts(18, 26), "386").arguments
    assert [(a.certainty, plain(a.value)) for a in (r, d, i)] == [
        (ABSENT, None),
        (LIKELY, 0x80F2A50),
        (LIKELY, 11),
    ]


def test_closure_in_a_generic_function_drops_its_first_parameter() -> None:
    of = signature(("x", ty("int")), ("y", ty("string")))
    x, y = bound("main.Clo[...].func1({0x80e29ca, 0xa})", of, 27, "386").arguments
    assert (x.certainty, x.absence) == (ABSENT, AbsenceReason.NOT_PRINTED)
    assert (y.certainty, plain(y.value)) == (EXACT, [0x80E29CA, 10])
    of = signature(("x", ty("int")))
    assert not bound("main.Clo[...].func1()", of, 27, "386").issues


def test_shifted_marks() -> None:
    """``Gen(1, 2, "abc")`` prints 0x10 for 2, wrong and unmarked: its mark stands one later."""
    of = signature(("a", ty("int")), ("b", ty("int")), ("s", ty("string")), escapes=False)
    text = "main.Gen[...](0x1, 0x10, {0x49d497?, 0x3?})"
    a, b, s = bound(text, of, 19, "amd64").arguments
    assert [(x.certainty, plain(x.value)) for x in (a, b, s)] == [
        (EXACT, 1),
        (STALE, 16),
        (STALE, [0x49D497, 3]),
    ]


def test_marks_behind_a_depth_cut_are_shifted_too() -> None:
    """The cut value takes registers but is not counted by the printer."""
    deep = struct(a=struct(b=struct(c=struct(d=struct(e=ty("string"))))))
    of = signature(("n", deep), ("x", ty("int")), ("y", ty("int")), escapes=False, used=True)
    _, x, y = bound("main.f({{{{{...}}}}}, 0x1, 0x2)", of, 21, "amd64").arguments
    assert [x.certainty, y.certainty] == [STALE, STALE]
    _, x, y = bound("main.f({{{{{...}}}}}, 0x1, 0x2)", of, 21, "386").arguments
    assert [x.certainty, y.certainty] == [EXACT, EXACT]


# ---------------------------------------------------------------------- unknown types


def test_unknown_types_are_solved_by_the_braces() -> None:
    of = signature(("a", ty("int")), ("u", unknown()), ("v", unknown()), ("s", ty("string")))
    text = "main.f(0x1, {0x2, {0x3}}, 0x4, {0x5, 0x6})"
    assert table(bound(text, of, 21, "amd64")) == [
        ("a", EXACT, 1), ("u", EXACT, [2, 3]), ("v", EXACT, [4]), ("s", EXACT, [5, 6])
    ]  # fmt: skip


def test_unknown_types_in_a_composite() -> None:
    inner = struct(a=unknown(), b=ty("bool"))
    of = signature(("x", array(2, inner)))
    text = "main.f({{{0x1, 0x2}, 0x1}, {{0x3, 0x4}, 0x0}})"
    assert table(bound(text, of, 21, "amd64")) == [("x", EXACT, [[[1, 2], True], [[3, 4], False]])]


def test_unknown_types_are_solved_by_the_count() -> None:
    of = signature(("a", ty("int")), ("u", unknown()), ("b", ty("int")))
    binding = bound("main.f(0x1, 0x2, 0x3, 0x4)", of, 15, "amd64")
    assert table(binding) == [("a", EXACT, 1), ("u", EXACT, [2, 3]), ("b", EXACT, 4)]


def test_unknown_types_with_several_solutions() -> None:
    of = signature(("a", ty("int")), ("u", unknown()), ("v", unknown()), ("b", ty("int")))
    binding = bound("main.f(0x1, 0x2, 0x3, 0x4)", of, 15, "amd64")
    assert table(binding) == [
        ("a", EXACT, 1),
        ("u", ABSENT, None),
        ("v", ABSENT, None),
        ("b", ABSENT, None),
    ]
    assert all(a.reason for a in binding.arguments[1:])
    assert [use.value for use in binding.unbound] == [2, 3, 4]


# ---------------------------------------------------------------------- small parts


@pytest.mark.parametrize(
    ("named", "number", "text"),
    [
        ("time.Duration", 0, "0s"),
        ("time.Duration", 1, "1ns"),
        ("time.Duration", 1100, "1.1µs"),
        ("time.Duration", 2200 * 1000, "2.2ms"),
        ("time.Duration", 15 * 10**9, "15s"),
        ("time.Duration", 10**9 + 1, "1.000000001s"),
        ("time.Duration", 60 * 10**9, "1m0s"),
        ("time.Duration", (4 * 60 + 5) * 10**9 + 10**6, "4m5.001s"),
        ("time.Duration", 5 * 3600 * 10**9 + 10**9, "5h0m1s"),
        ("time.Duration", -1500 * 10**6, "-1.5s"),
        ("time.Duration", -(1 << 63), "-2562047h47m16.854775808s"),
        ("time.Duration", (1 << 63) - 1, "2562047h47m16.854775807s"),
        ("time.Month", 5, "May"),
        ("time.Month", 13, "%!Month(13)"),
        ("time.Weekday", 0, "Sunday"),
        ("syscall.Signal", 11, "segmentation fault"),
        ("main.Level", 5, None),
    ],
)
def test_human(named: str, number: int, text: str | None) -> None:
    """As Go's String methods (time/time_test.go durationTests)."""
    assert text == human(named, number)


@pytest.mark.parametrize(
    ("certainties", "expected"),
    [
        ([], EXACT),
        ([EXACT, STALE, LIKELY], STALE),
        ([ABSENT, ABSENT], ABSENT),
        ([ABSENT, EXACT], PARTIAL),
        ([PARTIAL, STALE], PARTIAL),
    ],
)
def test_weakest(certainties: list[Certainty], expected: Certainty) -> None:
    assert expected is weakest(certainties)
