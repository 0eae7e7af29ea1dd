"""The searches of scanning/sieve.py find what plain searches find, however they are made quick."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from gotrace.parsing.anchors import line_anchors
from gotrace.scanning.sieve import FEW, Sieve

CRI = b"2026-11-23T06:33:32.001017000Z stderr F "
PARTS = (
    b"\n", b"\n\t", b"\t/src/main.go:12 +0x1d\n", b"+", b" +", b"+0x", b" +0x1d", b"+" * (FEW + 1),
    b"panic: ", b"fatal error: ", b"no panic: ", b"goroutine 7 [running]:\n", b"goroutine 7 slow",
    b"in goroutine 12\n", b"\\", b"\\n\\t", b"\\t", b"n\\\\t", b"\\\\n\\\\t", b'\\\\\\"',
    b'{"msg":"', b"x", b"T ",
)  # fmt: skip


def places(needle: bytes, block: bytes) -> set[int]:
    return {m.start() for m in re.finditer(re.escape(needle), block)}


def named(block: bytes) -> set[int]:
    after = rb'[0-9]+(?: \[|:?[\r\n\\"&<#]|:?\Z)|profile: |\Z'
    return {m.start() for m in re.finditer(rb"goroutine (?=" + after + rb")", block)}


def expected(block: bytes, *, whole: bool, some: bool, nested: bool) -> list[int]:
    found = sorted(named(block))
    if not whole:
        found += [*line_anchors(block), *places(b"\\n\\t", block)]
    if some:
        found += places(b" +0x", block)
        causes = places(b"panic: ", block) | places(b"fatal error: ", block)
        found += [c for c in causes if not block[:c].endswith(b"no ")]
    if some or nested:
        found += places(b"n\\\\t", block)
    return sorted(found)


@given(st.lists(st.sampled_from(PARTS), max_size=40))
def test_a_block_of_a_collector(parts: list[bytes]) -> None:
    block = CRI + b"".join(parts).replace(b"no panic: ", b" no panic: ") + b"\n"
    nested = b'\\\\\\"' in block.split(b"\n", 1)[0]
    assert Sieve().hits(block) == expected(block, whole=True, some=True, nested=nested)


@given(st.lists(st.sampled_from(PARTS), max_size=40))
def test_a_bare_block_behind_one_of_a_collector(parts: list[bytes]) -> None:
    block = b"hello world\n" + b"".join(parts).replace(b"no panic: ", b" no panic: ") + b"\n"
    sieve = Sieve()
    assert sieve.hits(CRI + b"hello\n") == []
    assert sieve.hits(block) == expected(block, whole=False, some=True, nested=False)


@given(st.lists(st.sampled_from(PARTS), max_size=40))
def test_a_bare_block(parts: list[bytes]) -> None:
    block = b"hello world\n" + b"".join(parts) + b"\n"
    assert Sieve().hits(block) == expected(block, whole=False, some=False, nested=False)
