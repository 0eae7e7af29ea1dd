"""What fuzzing found stays repaired."""

from __future__ import annotations

from pathlib import Path

import pytest

import gotrace
from tests import fuzz_text
from tests.evidence import SAMPLES

FOUND = sorted((SAMPLES / "found").glob("*.bin"))


@pytest.mark.parametrize("path", FOUND, ids=[p.stem for p in FOUND])
@pytest.mark.parametrize("target", fuzz_text.TARGETS)
def test_found(path: Path, target: str) -> None:
    """No entry point fails on it."""
    fuzz_text.TARGETS[target](path.read_bytes())


def test_all_are_told_of() -> None:
    readme = (SAMPLES / "found" / "README.md").read_text()
    assert FOUND
    assert [p.name for p in FOUND if p.name not in readme] == []


def test_a_name_that_looks_like_pointers() -> None:
    """` fp=0x12` in front of `/b.go:90` is part of the name."""
    (dump,) = gotrace.parse((SAMPLES / "found" / "pointers_in_a_path.bin").read_bytes()).dumps
    sites = [(f.site.file, f.site.line, f.fp) for f in dump.goroutines[0].frames if f.site]
    assert sites == [
        ("/a.go:1 +0x1 fp=0xl/b.go", 89, None),
        ("/a.go:2 +0x1 fp=0x12/b.go", 90, None),
    ]
