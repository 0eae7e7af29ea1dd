"""What makes the search for wrapped text quick changes nothing of what it finds."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import example, given
from hypothesis import strategies as st

from gotrace.input.envelopes.escapes import _unquoted, unquoted
from gotrace.input.envelopes.registry import _PLACES, ENVELOPES
from gotrace.input.unwrap import _Reader
from gotrace.parsing.anchors import _FIRST, line_anchors
from tests.envelope_writers import WRITERS

STARTS = (
    "panic: x", "fatal error: x", "http: panic serving 1", "http2: panic serving 1", "goroutine 1",
    "goroutineleak profile: total 1", "threadcreate profile: total 1", "runtime stack:", "fatal: x",
    "SIGQUIT: quit", "SIGUSR1: x", "Signal 7", "PC=0x1", "Exception 0x1", "sys: x", "runtime: x",
    "runtime/cgo: x", "unexpected fault address", "accessed data from ", "panic during panic",
    "[signal SIGSEGV", "WARNING: DATA RACE", "[originating from goroutine 1]", "\t/a.go:1 +0x1d",
    "\t/a.go:1",
)  # fmt: skip


def test_each_start_is_found_behind_a_newline_too() -> None:
    """The bytes that rule lines out rule none of these out."""
    for start in STARTS:
        assert _FIRST.match(start.encode()), start
        text = f"hello\n{start}\n".encode()
        assert line_anchors(text) == [6], start
        assert line_anchors(text[6:]) == [0], start


@given(st.text("x\\\"'ntu0041/", max_size=30))
def test_simple_escapes_are_read_like_all_others(text: str) -> None:
    raw = text.encode()
    if b"\\" in raw:
        assert unquoted(raw, 7) == _unquoted(raw, 7)


@given(
    st.lists(st.sampled_from([b"__CURSOR=", b"_CURSOR=", b"x\n", b"__CURS"]), max_size=20),
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), max_size=20),
)
@example([b"__CURSOR=", b"x\n", b"x\n", b"x\n"], [(12, 14), (0, 13), (1, 12)])
@example([b"x" * 59, b"__CURSOR="], [(60, 68), (19, 60), (0, 68)])
def test_the_entry_of_a_journal(parts: list[bytes], asked: list[tuple[int, int]]) -> None:
    """What was looked through before is remembered rightly, whatever is asked next."""
    data = b"".join(parts)
    reader = _Reader(data, None)
    for a, b in asked:
        low, start = min(a, b), min(max(a, b), len(data))
        assert reader._entry(low, start) == data.rfind(b"__CURSOR=", low, start)


def test_all_envelopes_are_tried() -> None:
    assert len([*ENVELOPES]) == len(_PLACES) == len(set(_PLACES))


def test_a_log_imports_only_the_envelopes_that_its_lines_need() -> None:
    lines = b"panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/m.go:1 +0x1d\n".splitlines()
    code = (
        f"import sys, gotrace; (d,) = gotrace.parse({WRITERS['cri'][1](lines)!r}).dumps\n"
        "assert d.envelope == ('cri',)\n"
        "print(*(m for m in sys.modules if m.startswith('gotrace.input.envelopes.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names = {m.rpartition(".")[2] for m in done.stdout.split()}
    assert names == {"cri", "escapes", "jsonlines", "jsontext", "prefixed", "record", "registry"}
