"""Whatever the words, the signature and the evidence: binding does not raise, nor invent words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gotrace import bind_words
from gotrace.arch import ARCHES, Port
from gotrace.bind import bind, fits
from gotrace.goversion import Facts
from gotrace.layout.sizes import Sizes
from gotrace.layout.values import Aggregate, Registers, Slot, Token, homes, shape
from gotrace.model import Absence, AbsenceReason, Call, Group, Item, Word
from gotrace.signature import Parameter, Role, Signature, SignatureSource
from gotrace.types import Field, GoType, Kind
from gotrace.value import Binding

_LEAVES = [kind for kind in Kind if kind not in (Kind.STRUCT, Kind.ARRAY)]


def _struct(types: list[GoType]) -> GoType:
    return GoType(Kind.STRUCT, "struct", fields=tuple(Field("_", t) for t in types))


TYPES = st.recursive(
    st.sampled_from(_LEAVES).map(lambda kind: GoType(kind, kind.value)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5).map(_struct),
        st.tuples(inner, st.sampled_from([0, 1, 2, 3, 12, 1 << 40])).map(
            lambda pair: GoType(Kind.ARRAY, "array", element=pair[0], length=pair[1])
        ),
    ),
    max_leaves=8,
)


def _parameters(role: Role) -> st.SearchStrategy[Parameter]:
    return st.builds(
        Parameter,
        st.sampled_from([None, "_", "a"]),
        TYPES,
        st.just(role),
        st.booleans(),
        st.sampled_from([None, True, False]),
        st.sampled_from([None, True, False]),
    )


SIGNATURES = st.builds(
    Signature,
    st.just("main"),
    st.just("f"),
    st.lists(_parameters(Role.PARAMETER), max_size=5).map(tuple),
    st.lists(_parameters(Role.RESULT), max_size=2).map(tuple),
    st.none() | _parameters(Role.RECEIVER),
    captured=st.lists(_parameters(Role.CAPTURED), max_size=1).map(tuple),
)
FACTS = st.tuples(st.integers(0, 30), st.none() | st.integers(0, 30)).map(
    lambda pair: Facts(pair[0], None if pair[1] is None else pair[0] + pair[1])
)
PORTS = st.sampled_from(list(ARCHES.values())).map(
    lambda arch: Port(arch, arch.word_size, arch.big_endian, True, True)
) | st.builds(Port, st.none(), st.sampled_from([4, 8]), st.booleans(), st.booleans(), st.booleans())
WORDS = st.integers(0, 2**64 - 1) | st.integers(0, 300)
ITEMS = st.recursive(
    st.builds(Word, WORDS, st.booleans(), st.just(0), st.just(0))
    | st.builds(Absence, st.sampled_from(AbsenceReason), st.just(0), st.just(0)),
    lambda inner: st.builds(Group, st.lists(inner, max_size=5).map(tuple), st.just(0), st.just(0)),
    max_leaves=12,
)
NAMES = st.sampled_from(
    "main.f main.(*T).f main.f[...] main.(*T[...]).f main.T[...].f main.(*T).f[...]"
    " main.f[...].func1 main.T.f-fm reflect.makeFuncStub".split()
)


def _call(name: str, items: list[Item], *, parenthesised: bool = True) -> Call:
    """Spans are numbered, so that words can be told apart."""
    numbers = iter(range(1 << 20))
    placed = tuple(_placed(item, numbers) for item in items)
    return Call(name, placed, False, "", len(name), 1 << 20, parenthesised)


def _placed(item: Item, numbers: object) -> Item:
    at = next(numbers)  # type: ignore[call-overload]
    if isinstance(item, Group):
        return Group(tuple(_placed(part, numbers) for part in item.items), at, at + 1)
    return item._replace(start=at, end=at + 1)


def _hold(binding: Binding, call: Call) -> None:
    printed = {word.start: word for word in call.words()}
    bound = [use for argument in binding.arguments for use in argument.words]
    assert set(printed) == {use.start for use in (*bound, *binding.unbound)}
    assert not {use.start for use in bound} & {use.start for use in binding.unbound}
    for use in (*bound, *binding.unbound):
        assert (use.value, use.stale) == printed[use.start][:2]
    for argument in binding.arguments:
        assert argument.value is not None or not argument.words
        assert argument.certainty is not None
    if binding.issues:
        assert not bound


@settings(max_examples=120, deadline=None)
@given(NAMES, st.lists(ITEMS, max_size=12), st.booleans(), SIGNATURES, st.tuples(FACTS, PORTS))
def test_anything(
    name: str,
    items: list[Item],
    parenthesised: bool,
    signature: Signature,
    evidence: tuple[Facts, Port],
) -> None:
    call = _call(name, items, parenthesised=parenthesised)
    found = bind(call, signature, *evidence)
    _hold(found, call)
    assert fits(call, signature, *evidence) is not bool(found.issues)


def _printed(tokens: tuple[Token, ...], words: list[int], marks: bool) -> list[Item]:
    """The tree with numbers in it."""
    items: list[Item] = []
    for token in tokens:
        if isinstance(token, Slot):
            value = words[len(items) % len(words)] % (1 << 8 * token.size)
            too_far = Absence(AbsenceReason.TOO_FAR, 0, 0)
            items.append(too_far if token.too_far else Word(value, marks and value % 3 == 0, 0, 0))
        elif isinstance(token, Aggregate):
            items.append(Group(tuple(_printed(token.tokens, words, marks)), 0, 0))
        else:
            items.append(Absence(AbsenceReason.CUT, 0, 0))
    return items


@settings(max_examples=120, deadline=None)
@given(SIGNATURES, st.lists(WORDS, min_size=1, max_size=10), st.booleans(), FACTS, PORTS)
def test_what_a_signature_prints_fits_it(
    signature: Signature, words: list[int], marks: bool, facts: Facts, port: Port
) -> None:
    """A tree made from the signature itself binds, whatever else is unknown."""
    told = signature.source is SignatureSource.DWARF  # only a binary knows what is captured now
    inputs = [p.type for p in signature.inputs() if told or p.role is not Role.CAPTURED]
    sizes = Sizes(8)
    registers = Registers(9, 15)
    places = homes(inputs, [p.type for p in signature.results], sizes, registers)
    tokens = shape(inputs, places, [False] * len(inputs), sizes)
    call = _call("main.f", _printed(tokens, words, marks))
    binding = bind(call, signature, facts, port)
    _hold(binding, call)
    amd64 = Port(ARCHES["amd64"], 8, False, True, True)
    assert not bind(call, signature, Facts(18, None), amd64).issues
    assert not bind(call, signature, Facts(18, None), Port(None)).issues
    assert fits(call, signature, Facts(18, None), amd64)
    assert fits(call, signature, facts, port) is not bool(binding.issues)


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, max_size=8), SIGNATURES, PORTS)
def test_either_byte_order_reads_whole_words_alike(
    words: list[int], signature: Signature, port: Port
) -> None:
    """A second byte order is not tried where no part of an argument is less than a word."""
    call = _call("main.f", [Word(value, False, 0, 0) for value in words])
    found = bind(call, signature, Facts(0, 15), port)
    plan = bind_words._plan
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bind_words, "_plan", lambda *told: plan(*told)._replace(alike=False))
        assert repr(bind(call, signature, Facts(0, 15), port)) == repr(found)
