"""Where the tests find text to read: the samples, and the shared evidence where it is at hand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"


def shared() -> Path:
    """The folder that GOTRACE_SHARED names; skips the test where there is none."""
    folder = os.environ.get("GOTRACE_SHARED")
    if not folder:
        pytest.skip("NOT RUN: GOTRACE_SHARED is not set")
    path = Path(folder)
    assert (path / "traces").is_dir(), f"GOTRACE_SHARED={folder} holds no traces"
    return path


def trace_files() -> list[Path]:
    files = sorted(shared().glob("traces/*/*.txt"))
    assert files, "no traces in GOTRACE_SHARED"
    return files


def trace_lines() -> Iterator[str]:
    for path in trace_files():
        yield from path.read_bytes().decode("latin-1").split("\n")


def sample_files() -> list[Path]:
    files = sorted(SAMPLES.glob("*/*.log"))
    assert files, "no samples"
    return files


def sample_lines() -> Iterator[str]:
    for path in sample_files():
        yield from path.read_bytes().decode("latin-1").split("\n")


def distinct_shapes(lines: Iterable[str]) -> list[str]:
    """The first line of each shape (letters and digits made equal), in order of appearance."""
    seen: dict[str, str] = {}
    for line in lines:
        shape = re.sub(r"[0-9a-f]+", "0", re.sub(r"[g-zA-Z_]+", "a", line))
        seen.setdefault(shape, line)
    return list(seen.values())
