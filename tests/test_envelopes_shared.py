"""The shared evidence: log shapes give what the bare dump gives, real logs what was counted."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from gotrace.model import Dump, DumpKind
from gotrace.parsing import each_dump
from tests.test_envelopes import bytes_at, model

SHARED = Path(os.environ.get("GOTRACE_SHARED", "/nowhere"))
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="NOT RUN: GOTRACE_SHARED is not set"),
]
AS_RAW = (
    "ansi", "compose", "cri", "cri_partial", "crlf", "docker_json", "gh_actions", "gz",
    "journal_short", "kubectl_prefix", "spaces_for_tabs", "utf16",
)  # fmt: skip
# (dumps, goroutines, frames)
OTHERS = {
    "fatal_map": (1, 1, 2), "http_panic": (1, 1, 7), "klog": (2, 2, 12), "slog_json": (1, 1, 5),
    "nested_multiline": (1, 1, 3), "truncated_head": (1, 1, 5), "zap_json": (1, 1, 6),
    "zap_stacktrace_field": (1, 1, 9), "overflow": (1, 7, 126), "raw_1.15": (1, 1, 3),
    "sigquit_1.21": (1, 7, 36), "sigquit_1.27": (1, 8, 39), "raw": (1, 1, 6),
}  # fmt: skip
# Where the index counts something else than goroutines, frames and creators of a dump:
# sanitizers' own `#0 … in f` lines; one frame of a profile for each line; the file that holds no
# call lines at all; a cut call; ancestors' creators.
COUNTED_OTHERWISE = {
    "117", "118", "119", "120", "121", "123", "125", "126", "128", "133", "158", "189",
}  # fmt: skip


def bytes_of(name: str) -> bytes:
    data = (SHARED / "log_shapes" / name).read_bytes()
    return gzip.decompress(data) if name == "gz" else data


def counts(found: list[Dump]) -> tuple[int, int, int]:
    goroutines = [g for d in found for g in d.goroutines]
    return len(found), len(goroutines), sum(len(g.frames) for g in goroutines)


@pytest.mark.parametrize("name", AS_RAW)
def test_shapes_like_the_bare_dump(name: str) -> None:
    data = bytes_of(name)
    found, bare = list(each_dump(data)), list(each_dump(bytes_of("raw")))
    assert [model(d) for d in found] == [model(d) for d in bare]
    for dump in found:
        for frame in dump.goroutines[0].frames:
            for word in frame.call.words():
                raw = bytes_at(data, dump.locate(frame, word)).replace(b"\0", b"")
                assert int(raw, 16) == word.value


@pytest.mark.parametrize("name", OTHERS)
def test_other_shapes(name: str) -> None:
    assert counts(list(each_dump(bytes_of(name)))) == OTHERS[name]


def test_every_shape_is_tested() -> None:
    assert {p.name for p in (SHARED / "log_shapes").iterdir()} == {*AS_RAW, *OTHERS}


def rows() -> list[dict[str, Any]]:
    path = SHARED / "corpus" / "index.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.parametrize("row", rows(), ids=lambda r: str(r["file"][:3]))
def test_real_logs(row: dict[str, Any]) -> None:
    """Goroutines, frames (ancestors' too) and creators are as many as were counted."""
    found = list(each_dump((SHARED / "corpus" / row["file"]).read_bytes()))
    if row["kind"] == "race report":
        assert {d.kind for d in found} == {DumpKind.RACE}
        assert all(g.frames for d in found for g in d.goroutines)
        return
    goroutines = [g for d in found for g in d.goroutines]
    frames = sum(len(g.frames) + sum(len(a.frames) for a in g.ancestors) for g in goroutines)
    created = sum(g.created_by is not None for g in goroutines)
    named = sum(g.id is not None for g in goroutines)
    if row["file"][:3] in COUNTED_OTHERWISE:
        assert frames > 0 or row["file"].startswith("128")
        return
    assert (named, frames, created) == (
        row["n_goroutines"], row["n_frames_total"], row["n_created_by"],
    )  # fmt: skip
