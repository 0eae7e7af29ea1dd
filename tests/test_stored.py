"""Signatures as plain data."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotrace.signature import Parameter, Role, Signature, SignatureSource
from gotrace.stored import load, store
from gotrace.types import Field, GoType, Kind

# Drawn from a list: to draw each character takes most of the time, and none of them is special.
TEXT = st.sampled_from(["", "a", "b.*", "[]a", "\u00e9\u4e16", "\U0001f600", "\ud800", "a\0", "*"])
MAYBE = st.none() | st.booleans()
KINDS = st.sampled_from(list(Kind))
LEAVES = st.builds(GoType, KINDS, TEXT, TEXT, st.none(), st.integers(0, 9))
TYPES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        GoType,
        KINDS,
        TEXT,
        TEXT,
        st.none() | inner,
        st.integers(0, 2**63),
        st.lists(st.builds(Field, TEXT, inner), max_size=3).map(tuple),
        st.booleans(),
    ),
    max_leaves=4,
)
PARAMETERS = st.builds(
    Parameter,
    st.none() | TEXT,
    TYPES,
    st.sampled_from(list(Role)),
    st.booleans(),
    MAYBE,
    MAYBE,
)
SOME = st.lists(PARAMETERS, max_size=2).map(tuple)
SIGNATURES = st.builds(
    Signature,
    TEXT,
    TEXT,
    SOME,
    SOME,
    st.none() | PARAMETERS,
    TEXT,
    st.sampled_from(list(SignatureSource)),
    st.none() | TEXT,
    st.none() | st.integers(0, 10**6),
    st.booleans(),
    SOME,
    st.booleans(),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(SIGNATURES, max_size=2))
def test_round_trip(signatures: list[Signature]) -> None:
    """What is loaded equals what was stored, through JSON text."""
    assert load(json.loads(json.dumps(store(signatures)))) == signatures


@given(st.lists(SIGNATURES, min_size=1, max_size=2), st.data())
def test_damage_is_a_value_error(signatures: list[Signature], data: st.DataObject) -> None:
    """Any value in any place: signatures or a ValueError."""
    plain: Any = json.loads(json.dumps(store(signatures)))
    places = list(_places(plain))
    holder, key = data.draw(st.sampled_from(places))
    holder[key] = data.draw(JSON)
    with contextlib.suppress(ValueError):
        assert all(isinstance(s, Signature) for s in load(plain))


def _places(value: Any) -> Any:
    keys = range(len(value)) if isinstance(value, list) else list(value)
    for key in keys:
        yield value, key
        if isinstance(value[key], list | dict):
            yield from _places(value[key])


@given(JSON)
def test_anything_else_is_a_value_error(data: Any) -> None:
    with pytest.raises(ValueError, match=r"signatures|damaged"):
        load(data)


def test_types_without_an_end() -> None:
    """Neither a deep type nor one that doubles with every row is read."""
    deep = [["int", "int"], *(["pointer", "*", "", i] for i in range(5000))]
    double = [["int", "x"], *(["struct", "x", "", None, 0, ["a", i, "b", i]] for i in range(90))]
    for types in (deep, double):
        with pytest.raises(ValueError, match="without an end"):
            load({"version": 1, "types": types, "signatures": []})
    with pytest.raises(ValueError, match="damaged"):
        load({"version": 1, "types": [["pointer", "*", "", 0]], "signatures": []})


def test_types_are_shared() -> None:
    """A type that many signatures have is written once."""
    go_type = GoType(Kind.STRUCT, "T", "T", fields=(Field("a", GoType(Kind.INT, "int")),))
    signature = Signature("main", "F", (Parameter("x", go_type),) * 3, ())
    assert len(store([signature] * 50)["types"]) == 2
