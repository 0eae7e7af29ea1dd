"""A message that looks like a goroutine (up to Go 1.22 the runtime does not indent it)."""

from __future__ import annotations

import pytest

import gotrace

REAL = b"\ngoroutine 1 [running]:\nmain.main()\n\t/main.go:3 +0x1d\nexit status 2\n"
FORGED = b"panic: got:\n\ngoroutine 5 [running]:\nmain.forged(0x1)\n\t/x.go:1 +0x1\n"


@pytest.mark.parametrize("between", [b"", b"x\n" * 200, b"x" * 500 + b"\n"])
@pytest.mark.parametrize("times", [1, 200])
def test_it_is_text_where_the_program_goes_on_behind_it(between: bytes, times: int) -> None:
    """``exit status 2`` and another goroutine right below: the first one was in the message."""
    between *= times
    if between.count(b"\n") > 240:
        return  # that far nobody looks
    (dump,) = gotrace.parse(FORGED + between + b"exit status 2\n" + REAL).dumps
    assert [g.id for g in dump.goroutines] == [1]
    assert "main.forged(0x1)" in dump.causes[0].message


def test_it_is_real_where_nothing_says_otherwise() -> None:
    for more in (b"", b"x\n" * 300, b"exit status 2\n", (b"x" * 500 + b"\n") * 400):
        first = gotrace.parse(FORGED + more).dumps[0]
        assert [g.id for g in first.goroutines] == [5]
