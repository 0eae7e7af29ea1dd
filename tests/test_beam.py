"""The source of Apache Beam: Beam's own checker splits it everywhere, and a pipeline reads it."""

from __future__ import annotations

import gzip
import pickle
from pathlib import Path

import pytest

from gotrace.scanning import scan
from tests.split_logs import PANIC, mixed_log, told
from tests.test_splitting import SMALLER

pytestmark = pytest.mark.beam
beam = pytest.importorskip(
    "apache_beam", reason="NOT RUN: Apache Beam is not installed: pip install 'gotrace[beam]'"
)
from gotrace.beam import CrashSource  # noqa: E402 - it needs Beam


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Distances that small logs have too."""
    for module in ("scanner", "sources", "splitting", "sieve"):
        for name, size in SMALLER.items():
            monkeypatch.setattr(f"gotrace.scanning.{module}.{name}", size, raising=False)
    monkeypatch.setattr("gotrace.beam.STEP", 1 << 15)


def test_split_everywhere(tmp_path: Path) -> None:
    """After each dump, at each fraction that matters, and while another thread reads."""
    from apache_beam.io import source_test_utils  # noqa: PLC0415 - it needs Beam

    path = tmp_path / "app.log"
    path.write_bytes(mixed_log(3, 100))
    source = CrashSource(str(path))
    assert told(source_test_utils.read_from_source(source)) == told(scan(path))
    source_test_utils.assert_split_at_fraction_exhaustive(source)


@pytest.mark.parametrize("size", [9_000, 50_000, 1 << 30])
def test_bundles_of_any_size(size: int, tmp_path: Path) -> None:
    """The first split of a runner, several files, one of them compressed, one empty."""
    from apache_beam.io import source_test_utils  # noqa: PLC0415 - it needs Beam

    for seed in range(3):
        (tmp_path / f"{seed}.log").write_bytes(mixed_log(seed, 150))
    (tmp_path / "packed.log.gz").write_bytes(gzip.compress(mixed_log(9, 60)))
    (tmp_path / "packed and called.log").write_bytes(gzip.compress(mixed_log(8, 60)))
    (tmp_path / "wide.log").write_bytes(b"\xff\xfe" + PANIC.decode().encode("utf-16-le"))
    (tmp_path / "empty.log").write_bytes(b"")
    source = CrashSource(str(tmp_path / "*"))
    bundles = [pickle.loads(pickle.dumps(b)) for b in source.split(size)]
    found = [
        dump
        for b in bundles
        for dump in source_test_utils.read_from_source(b.source, b.start_position, b.stop_position)
    ]
    assert told(found) == told(d for p in tmp_path.iterdir() for d in scan(p))
    assert len(bundles) > 9 or size > 50_000


def test_a_pipeline(tmp_path: Path) -> None:
    """docs/pipelines.md, its program."""
    from tests import docs_blocks  # noqa: PLC0415
    from tests.evidence import SAMPLES  # noqa: PLC0415

    (tmp_path / "samples").symlink_to(SAMPLES)
    page = docs_blocks.DOCS / "pipelines.md"
    (block,) = (b for b in docs_blocks.blocks(page) if "gotrace.beam" in b.text)
    with docs_blocks.inside(tmp_path):
        exec(compile(block.text, str(block), "exec"), {"__name__": "recipe"})
    lines = [x for p in tmp_path.glob("crashes*") for x in p.read_text("utf-8").splitlines()]
    logs = list((SAMPLES / "pushd").glob("*.log"))
    assert len(lines) == sum(len([*scan(p)]) for p in logs)
    assert all('"servAddr"' in line for line in lines)
