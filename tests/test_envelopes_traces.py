"""The shared traces in every envelope: the same goroutines, frames and words as the bare trace."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gotrace.parsing import each_dump
from tests.envelope_writers import OWN, WRITERS
from tests.test_envelopes import check_places, lines_of, model

SHARED = Path(os.environ.get("GOTRACE_SHARED", "/nowhere"))
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="NOT RUN: GOTRACE_SHARED is not set"),
]
EVERY = int(os.environ.get("GOTRACE_EVERY_TRACE", "40"))
LONGEST = 1 << 16
WHOLE = re.compile(rb"goroutine [0-9]+ \[|panic: |fatal error: | \+0x")


@cache
def traces() -> tuple[Path, ...]:
    found = sorted((SHARED / "traces").rglob("*.txt"))[::EVERY]
    return tuple(p for p in found if p.stat().st_size <= LONGEST)


@cache
def bare(path: Path) -> tuple[list[bytes], list[Any]]:
    lines = lines_of(path)
    return lines, [model(d) for d in each_dump(b"\n".join(lines) + b"\n")]


@pytest.mark.parametrize("name", WRITERS)
def test_shared_traces(name: str) -> None:
    _, write, binary = WRITERS[name]
    read = 0
    for path in traces():
        lines, expected = bare(path)
        if not expected or (not binary and "�" in b"".join(lines).decode("utf-8", "replace")):
            continue
        if name == "crlf" and any(b"\r" in line for line in lines):
            continue  # a message with line ends of its own
        data = write(lines)
        if name == "cri partial" and WHOLE.search(data) is None:
            continue  # all are torn, as records of 16 KiB would not
        found = list(each_dump(data, prefix=OWN if name == "own" else None))
        assert [model(d) for d in found] == expected, path
        for dump in found:
            check_places(data, dump)
        read += 1
    assert read > 20
