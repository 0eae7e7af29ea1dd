"""samples/binaries: real program files, real traces, what was passed. Needs no Go."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gotrace
from tests.truth_check import Score, judge

SAMPLES = Path(__file__).parent.parent / "samples" / "binaries"
RELEASES = sorted(p.parent.name for p in SAMPLES.glob("*/truth.json"))
WITH_DWARF = ("go1.15", "go1.27")
STRIPPED = ("go1.19", "go1.25")
each_release = pytest.mark.parametrize("release", RELEASES)


def test_there_are_samples() -> None:
    assert {"go1.15", "go1.19", "go1.21", "go1.23", "go1.25", "go1.27"} <= set(RELEASES)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOTRACE_CACHE", "off")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The program files, as files."""
    folder = tmp_path_factory.mktemp("programs")
    found = {}
    for release in RELEASES:
        path = folder / release
        path.write_bytes(lzma.decompress((SAMPLES / release / "app.xz").read_bytes()))
        found[release] = str(path)
    return found


def scored(release: str, **known: Any) -> tuple[Score, dict[str, Any]]:
    told = json.loads((SAMPLES / release / "truth.json").read_text("utf-8"))
    functions = {int(n): f for n, f in told["functions"].items()}
    passed = {int(n): p for n, p in told["passed"].items()}
    run = SimpleNamespace(module=SimpleNamespace(functions=functions), passed=passed)
    (dump,) = gotrace.parse(
        (SAMPLES / release / "trace.log").read_bytes(), source="trace.log"
    ).dumps
    report = gotrace.annotate(dump, **known)
    document = json.loads(gotrace.render(report, "ndjson"))
    assert document["issues"] == []
    return judge(document, run, release), document


@each_release
def test_binary(programs: dict[str, str], release: str) -> None:
    """The file alone: all that is claimed is right; with DWARF, every frame is named."""
    score, document = scored(release, binaries=[gotrace.from_binary(programs[release])])
    print(score.table())
    assert score.wrong == []
    assert score.counts["mismatch"] == 0
    assert score.counts["frames"] <= len(score_functions(release))
    assert document["runtime"]["go"]["exact"] == json_truth(release)["go_exact"]
    assert document["runtime"]["arch"] == "amd64"
    if release in WITH_DWARF:
        assert score.counts["signed"] == score.counts["frames"], score.notes
        assert score.share("claimed", "live_true") >= 0.99, score.doubts
        resolved(score)


@each_release
def test_binary_and_source(programs: dict[str, str], release: str) -> None:
    """With the source as well, stripped files do as well."""
    known: dict[str, Any] = {
        "binaries": [gotrace.from_binary(programs[release])],
        "sources": [gotrace.from_source(str(SAMPLES / "app"))],
    }
    score, _ = scored(release, **known)
    print(score.table())
    assert score.wrong == []
    assert score.counts["mismatch"] == 0
    assert score.counts["signed"] == score.counts["frames"], score.notes
    assert score.share("names_right", "names") == 1.0, score.notes
    assert score.share("types_right", "types") == 1.0, score.notes
    assert score.share("claimed", "live_true") >= 0.99, score.doubts
    resolved(score, symbols=release not in STRIPPED)


def test_a_file_of_another_release_is_refused(programs: dict[str, str]) -> None:
    """Nothing is taken from it, and it is said once."""
    (dump,) = gotrace.parse((SAMPLES / "go1.27" / "trace.log").read_bytes(), source="x").dumps
    other = gotrace.from_binary(programs["go1.15"])
    document = json.loads(gotrace.render(gotrace.annotate(dump, binaries=[other]), "ndjson"))
    assert [i["code"] for i in document["issues"]] == ["binary-mismatch"]
    sources = {f["signature"]["source"] for g in document["goroutines"] for f in g["frames"]
               if f["signature"]}  # fmt: skip
    assert not sources & {"dwarf", "shape"}


def score_functions(release: str) -> dict[str, Any]:
    """The functions that are in the trace."""
    functions: dict[str, Any] = json_truth(release)["functions"]
    return functions


def json_truth(release: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((SAMPLES / release / "truth.json").read_text("utf-8"))
    return told


def resolved(score: Score, *, symbols: bool = True) -> None:
    """Texts, dynamic types, typed nils, functions and variables: all of them are told."""
    for part, whole in (
        ("texts", "literals"),
        ("dynamic", "boxed"),
        ("typed", "inside"),
        ("funcs_named", "funcs"),
        *([("globals_named", "globals")] if symbols else []),
    ):
        assert score.counts[part] == score.counts[whole], (part, score)
