"""Some of tests/fuzz_binaries.py: damaged program files of an old and a new Go."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import gotrace
from tests.fuzz_binaries import Original, attempt, originals, sections

pytestmark = pytest.mark.toolchain
CASES = int(os.environ.get("GOTRACE_FUZZ_CASES", "400"))


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    return originals(tmp_path_factory.mktemp("programs") / "all")


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOTRACE_CACHE", "off")


def test_sections_are_found(known: list[Original]) -> None:
    """The damage goes where something is."""
    for original in known:
        names = " ".join(name for name, _, _ in sections(original.data))
        assert "data" in names, original.label
        assert original.trace.startswith(b"panic: the end of shelf")


def test_damaged_files(known: list[Original], tmp_path: Path) -> None:
    """A GotraceError or a partial answer: never a crash, never long, never much memory."""
    bad = [o for seed in range(CASES) if (o := attempt(seed, known, tmp_path)).problem]
    assert [f"{o.what}\n{o.problem}" for o in bad] == []


def test_sound_files_are_read(known: list[Original], tmp_path: Path) -> None:
    """Undamaged, every format answers: the damage hits what is read."""
    for original in known:
        path = tmp_path / "sound"
        path.write_bytes(original.data)
        program: Any = gotrace.from_binary(str(path))
        signature = program.signature("main.fail", None)
        assert signature is not None, original.label
        assert [p.name for p in signature.parameters] == ["c", "name", "v", "s", "l", "f"]
        assert program.table is not None
        assert program.types is not None
