"""Which signature a frame gets, and what is said where sources disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

import gotrace
from gotrace.choosing import differ
from gotrace.model import Dump, Site
from gotrace.report import Report
from gotrace.signature import Signature, SignatureSource
from gotrace.value import Certainty

TRACE = b"""panic: x

goroutine 1 [running]:
main.f(0x2a, {0x4b043b, 0xc})
\t/src/app/main.go:12 +0x1d
time.Sleep(0x3b9aca00)
\t/usr/local/go/src/runtime/time.go:285 +0xf2
main.main()
\t/src/app/main.go:30 +0x25
"""


class Told:
    """A source that knows prototypes as if it had found them somewhere else."""

    def __init__(self, text: str, source: SignatureSource = SignatureSource.GO_SOURCE) -> None:
        found = gotrace.from_prototypes(text).signatures
        self.known = {f"{s.package}.{s.function}": s._replace(source=source) for s in found}

    problems = ()
    missing = ()

    def find_all(
        self, places: Iterable[tuple[str, Site | None]]
    ) -> Mapping[tuple[str, Site | None], Signature | None]:
        return {place: self.known.get(place[0]) for place in places}


def dump(text: bytes = TRACE) -> Dump:
    (found,) = gotrace.parse(text).dumps
    return found


def codes(report: Report) -> list[str]:
    return [issue.code for issue in report.issues]


def sources(report: Report) -> list[str | None]:
    frames = report.goroutines[0].frames
    return [f.signature and f.signature.source.value for f in frames]


def test_prototypes_come_before_the_source() -> None:
    """And what both say alike is no news."""
    proto = gotrace.from_prototypes("package main\nfunc f(n int, s string)")
    report = gotrace.annotate(
        dump(), signatures=[proto], sources=[Told("package main\nfunc f(n int, s string)")]
    )
    assert sources(report) == ["prototype", "stdlib", None]
    assert codes(report) == []


def test_the_source_serves_what_prototypes_lack() -> None:
    report = gotrace.annotate(dump(), sources=[Told("package main\nfunc f(n int, s string)")])
    assert sources(report) == ["go-source", "stdlib", None]


def test_disagreements_are_reported_once() -> None:
    """The first is used, and the user is told that the other says something else."""
    proto = gotrace.from_prototypes("package main\nfunc f(n int, s string)")
    other = Told("package main\nfunc f(n uint32, s string)")
    report = gotrace.annotate(dump(), signatures=[proto], sources=[other])
    assert codes(report) == ["signature-disagreement"]
    (issue,) = report.issues
    assert "main.f: the prototype says" in issue.message
    assert "the source says func f(n uint32, s string)" in issue.message
    assert report.goroutines[0].frames[0]["n"].type == "int"


def test_a_signature_that_does_not_fit_gives_way_to_one_that_does() -> None:
    """An old prototype must not hide what the source knows; that it is old is said."""
    proto = gotrace.from_prototypes("package main\nfunc f(n int)")
    report = gotrace.annotate(
        dump(), signatures=[proto], sources=[Told("package main\nfunc f(n int, s string)")]
    )
    frame = report.goroutines[0].frames[0]
    assert sources(report)[0] == "go-source"
    assert frame["n"].value.number == 42
    (issue,) = frame.issues
    assert issue.code == "signature-mismatch"
    assert issue.message.startswith("prototype: this signature prints")


def test_the_standard_library_is_named_by_itself() -> None:
    report = gotrace.annotate(dump())
    frame = report.goroutines[0].frames[1]
    assert frame.signature is not None
    assert (frame.signature.source, frame["ns"].type) == (SignatureSource.STDLIB, "int64")
    assert not frame.in_app
    assert any(e.text.startswith("standard library: ") for e in report.runtime.evidence)


def test_the_standard_library_can_be_switched_off() -> None:
    assert sources(gotrace.annotate(dump(), stdlib=False)) == [None, None, None]


def test_what_no_release_with_data_proves_is_likely_at_most() -> None:
    """The text allows Go 1.4, of whose library nothing is built in."""
    raw = b"goroutine 1 [running]:\ntime.Sleep(0x3b9aca00)\n\t/go/src/time/sleep.go:1 +0xf\n"
    report = gotrace.annotate(dump(raw))
    (argument,) = report.goroutines[0].frames[0].arguments
    assert argument.certainty in {Certainty.LIKELY, Certainty.ABSENT}


def test_a_standard_signature_that_does_not_fit_is_dropped() -> None:
    """It may be of another release: no finding, no value."""
    raw = TRACE.replace(b"time.Sleep(0x3b9aca00)", b"time.Sleep(0x3b9aca00, {0x1, 0x2})")
    frame = gotrace.annotate(dump(raw)).goroutines[0].frames[1]
    assert frame.signature is None
    assert frame.issues == ()
    assert len(frame.unbound) == 3


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        ("a int, b string", "a int, b string", False),
        ("a int", "a int, b string", True),
        ("a int", "b int", True),
        ("a int", "_ int", False),
        ("a int", "a int64", True),
        ("a [3]int", "a [4]int", True),
        ("a struct{x int}", "a struct{x uint}", True),
        ("a time.Duration", "a T", False),  # nobody knows what T is
        ("a []byte", "a []uint8", False),
    ],
)
def test_signatures_differ_in_what_is_printed(one: str, other: str, differs: bool) -> None:
    """Names and kinds count, spellings do not."""
    first, second = (
        gotrace.from_prototypes(f"package main\nfunc f({x})").signatures[0] for x in (one, other)
    )
    assert differ(first, second) is differs
