"""The searches of the sieve find what plain searches find, however they are made quick: by those
of the standard library, and by those of the extra `fast`."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotrace.parsing import anchors
from gotrace.parsing.anchors import line_anchors
from gotrace.scanning import swift
from gotrace.scanning.searches import FEW, PLAIN, Searches, Wanted
from gotrace.scanning.sieve import Sieve

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


def fast() -> Searches:
    found = swift.swift()
    if found is None:
        pytest.skip("NOT RUN: ahocorasick_rs and stringzilla are not installed")
    return found


WAYS = pytest.mark.parametrize("way", [lambda: PLAIN, fast], ids=["plain", "fast"])
Way = Callable[[], Searches]
BLOCKS = st.lists(st.sampled_from(PARTS), max_size=40)


def sieve_of(way: Way) -> Sieve:
    sieve = Sieve()
    sieve.searches = way()
    return sieve


@WAYS
@given(parts=BLOCKS)
def test_a_block_of_a_collector(way: Way, parts: list[bytes]) -> None:
    block = CRI + b"".join(parts).replace(b"no panic: ", b" no panic: ") + b"\n"
    nested = b'\\\\\\"' in block.split(b"\n", 1)[0]
    assert sieve_of(way).hits(block) == expected(block, whole=True, some=True, nested=nested)


@WAYS
@given(parts=BLOCKS)
def test_a_bare_block_behind_one_of_a_collector(way: Way, parts: list[bytes]) -> None:
    block = b"hello world\n" + b"".join(parts).replace(b"no panic: ", b" no panic: ") + b"\n"
    sieve = sieve_of(way)
    assert sieve.hits(CRI + b"hello\n") == []
    assert sieve.hits(block) == expected(block, whole=False, some=True, nested=False)


@WAYS
@given(parts=BLOCKS)
def test_a_bare_block(way: Way, parts: list[bytes]) -> None:
    block = b"hello world\n" + b"".join(parts) + b"\n"
    found = sieve_of(way).hits(block)
    assert found == expected(block, whole=False, some=False, nested=False)


STARTS = (
    b"panic: |fatal error: x|fatal: x|http: panic serving |http2: panic serving |goroutine 7|"
    b"https: panic serving |goroutineleak profile: |threadcreate profile: |runtime stack:|"
    b"SIGQUIT: |Signal 3|PC=0x1|Exception 0x1|sys: |runtime: x|runtime/cgo: |unexpected fault |"
    b"[signal S|accessed data from |panic during panic|WARNING: D|[originating from |"
    b"\tmain.go:5|\tx|SIG: |http: x|panic|runtime.main|goroutine x|\t\ta:1 +0x1\r|"
    b"\x1b[0mpanic: |x|\r|httpanic: |panic during panic: |Exceptionn\\\\t|[originatingoroutine 7 ["
).split(b"|")  # fmt: skip


@given(
    st.lists(st.sampled_from([b"\n", b"\n\n", b"\n", b"+0x1", b" "]) | st.sampled_from(STARTS)),
    st.tuples(*[st.booleans()] * 4),
)
def test_both_ways_find_the_same(parts: list[bytes], flags: tuple[bool, bool, bool, bool]) -> None:
    """Whatever is wanted, and of a line's start that is nearly one."""
    block, wanted = b"".join(parts), Wanted(*flags)
    assert sorted(fast().places(block, wanted)) == sorted(PLAIN.places(block, wanted))


def test_many_lines_that_only_begin_like_one_of_a_dump() -> None:
    """Then they are looked at in another way for a while, and what is found is the same."""
    java = b"\tat org.example.Main.main(Main.java)\n" * 3000
    block, wanted = java + b"panic: boom\n" + java, Wanted(True, False, False, False)
    searches = fast()
    for _ in range(2 * swift.REST):
        assert searches.places(block, wanted) == [len(java)]
        assert searches.places(b"panic: boom\n", wanted) == [0]


@given(st.binary(max_size=300), st.integers(0, 300), st.integers(0, 300))
def test_line_ends(data: bytes, start: int, length: int) -> None:
    data = data.replace(b"0", b"\n")
    end = min(start + length, len(data))
    expected = data[start:end].count(b"\n")
    assert PLAIN.line_ends(data, start, end) == expected
    assert fast().line_ends(data, start, end) == expected
    for way in (swift.counting(), swift.summing()):
        assert way(data, start, end) == expected


def test_no_needle_hides_another() -> None:
    """Needles are found one behind the other: none may begin inside of another one."""
    for one in swift.NEEDLES:
        for other in swift.NEEDLES:
            assert one is other or other not in one
            assert not any(one.endswith(other[:size]) for size in range(1, len(other)))


def test_every_head_is_looked_for() -> None:
    """At the starts of lines, or wherever it stands."""
    found = {*swift.NEEDLES, swift._FILE}
    assert [x for x in anchors.HEADS if x not in found and b"\n" + x not in found] == []


def alternatives() -> list[bytes]:
    """What each alternative of the anchors' pattern begins with, up to what is not literal."""
    depth, parts = 0, [b""]
    for number in anchors._STARTS:
        character = bytes([number])
        depth += (character == b"(") - (character == b")")
        if character == b"|" and not depth:
            parts.append(b"")
        else:
            parts[-1] += character
    found = [re.match(rb"(?:\\t|\\\[|[\w:= ])+", part) for part in parts]
    assert all(found)
    return [m[0].replace(rb"\t", b"\t").replace(rb"\[", b"[") for m in found if m]


def test_each_anchor_begins_like_one() -> None:
    assert len(alternatives()) == 21
    assert [x for x in alternatives() if not x.startswith(anchors.HEADS)] == []
    first = re.compile(anchors._FIRSTS)
    assert all(first.match(head) for head in anchors.HEADS)
