"""Calls recorded from random programs on real Go: nothing claimed of them may be wrong."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gotrace.arch import Port
from gotrace.bind import bind
from gotrace.goversion import Facts
from tests.layout_cases import Case, Tally, cases, tally

SUBSET = Path(__file__).parent / "data" / "layout_tuples.jsonl"

KNOWN: Callable[[Case], tuple[Facts, Port]] = lambda case: (case.facts, case.port)  # noqa: E731
UNKNOWN_GO: Callable[[Case], tuple[Facts, Port]] = lambda case: (Facts(0, None), case.port)  # noqa: E731
UNKNOWN_PORT: Callable[[Case], tuple[Facts, Port]] = lambda case: (case.facts, Port(None))  # noqa: E731
UNKNOWN: Callable[[Case], tuple[Facts, Port]] = lambda _: (Facts(0, None), Port(None))  # noqa: E731


@pytest.fixture(
    scope="module",
    params=["subset", pytest.param("all", marks=pytest.mark.shared)],
)
def lines(request: pytest.FixtureRequest) -> list[str]:
    if request.param == "subset":
        return SUBSET.read_text(encoding="utf-8").splitlines()
    shared = os.environ.get("GOTRACE_SHARED")
    if not shared:
        pytest.skip("NOT RUN: GOTRACE_SHARED does not name the shared evidence")
    with gzip.open(Path(shared) / "kit/layout/triples.jsonl.gz", "rt") as stream:
        return stream.read().splitlines()


def _bound(
    lines: list[str], context: Callable[[Case], tuple[Facts, Port]], *, from_source: bool
) -> Iterator[tuple[Case, Tally]]:
    for case in cases(lines, from_source=from_source):
        binding = bind(case.call, case.signature, *context(case))
        # With 64 bits only assumed, a 32-bit trace may not fit: nothing is claimed then.
        said = [i.message for i in binding.issues if "4-byte words it would fit" not in i.message]
        assert not said, (case, said)
        yield case, tally(case, binding.arguments)


@pytest.mark.parametrize(
    ("from_source", "share"), [(True, 0.99), (False, 0.99)], ids=["source", "prototype"]
)
def test_nothing_claimed_is_wrong(lines: list[str], from_source: bool, share: float) -> None:
    """With release and port known; the share is of leaves printed live for named parameters.

    A prototype does not say whether a parameter is used: those of ≥ go1.26 are only likely.
    """
    total = Tally()
    for case, one in _bound(lines, KNOWN, from_source=from_source):
        assert (one.wrong_exact, one.wrong_likely) == (0, 0), case
        total += one
    assert total.live > 400
    assert total.right >= share * total.live
    print(f"\n{len(lines)} calls, {total}, {total.right / total.live:.2%} claimed")


@pytest.mark.parametrize(
    "context",
    [UNKNOWN_GO, UNKNOWN_PORT, UNKNOWN],
    ids=["release unknown", "port unknown", "both unknown"],
)
def test_nothing_exact_is_wrong(
    lines: list[str], context: Callable[[Case], tuple[Facts, Port]]
) -> None:
    """Whatever is not known: exact is right for everything that the evidence allows."""
    total = Tally()
    for case, one in _bound(lines, context, from_source=False):
        assert one.wrong_exact == 0, case
        total += one
    assert total.right > 300
    print(f"\n{len(lines)} calls, {total}")
