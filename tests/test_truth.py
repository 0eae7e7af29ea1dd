"""Generated programs, real Go: what binaries and source trees make of a trace is what was passed.

Go is the oracle (tests/truth_programs.py). Nothing claimed ``exact`` may be wrong, names and types
are right, and of what Go printed as live 99 % is claimed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import gotrace
from tests import truth_build
from tests.truth_build import Run
from tests.truth_check import Score, judge
from tests.truth_programs import ENDINGS, Module, generate

pytestmark = pytest.mark.toolchain

SEEDS = int(os.environ.get("GOTRACE_TRUTH_SEEDS", "2"))
MAIN_SLOW = ("-gcflags=example.com/app/...=-N -l",)
VARIANTS: dict[str, tuple[str, ...]] = {
    "default": (),
    "w": ("-ldflags=-w",),
    "stripped": ("-ldflags=-s -w",),
    "noopt": MAIN_SLOW,
    "pie": ("-buildmode=pie",),
    "trimpath": ("-trimpath",),
}
PORTS = [(go, arch) for go in ("1.15", "1.19", "1.23", "1.27") for arch in ("amd64", "386")]
FOREIGN = [("1.27", "arm64"), ("1.15", "s390x"), ("1.27", "mips")]
CASES = [
    *((go, arch, "default") for go, arch in [*PORTS, *FOREIGN]),
    *(("1.15", "amd64", variant) for variant in VARIANTS if variant != "default"),
    *(("1.27", "amd64", variant) for variant in VARIANTS if variant != "default"),
    *(("1.23", "amd64", variant) for variant in ("stripped", "noopt")),
    *(("1.19", "amd64", variant) for variant in ("stripped", "noopt")),
]
# What other programs wrote; where a position-independent program lay, when no pc is printed.
EXPECTED = ("foreign-line", "slide-unknown")
NAMED = {"default", "noopt", "pie", "trimpath"}  # the variants with DWARF


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOTRACE_CACHE", "off")


def ran(folder: Path, go: str, arch: str, flags: tuple[str, ...], seed: int) -> Run:
    ending = sorted(ENDINGS)[seed % len(ENDINGS)]
    module = generate(seed, int(go.split(".")[1]), ending=ending)
    return truth_build.run(module, folder, go, arch, flags)


def annotated(run: Run, dumps: Iterable[bytes] | None = None, **known: Any) -> list[dict[str, Any]]:
    """Every dump of a run, as JSON."""
    found: list[dict[str, Any]] = []
    for text in run.dumps if dumps is None else dumps:
        parsed = gotrace.parse(text, source="run.log")
        reports = [gotrace.annotate(dump, **known) for dump in parsed.dumps]
        found += [json.loads(gotrace.render(r, "ndjson")) for r in reports]
    return found


def scored(run: Run, where: str, **known: Any) -> Score:
    score = Score()
    for i, dump in enumerate(annotated(run, **known)):
        assert [x for x in dump["issues"] if x["code"] not in EXPECTED] == []
        score += judge(dump, run, f"{where}.{i}")
    return score


@pytest.mark.parametrize(("go", "arch", "variant"), CASES)
def test_from_the_binary(tmp_path: Path, go: str, arch: str, variant: str) -> None:
    """``--binary`` alone: signatures from DWARF, texts, types and symbols from the file."""
    total = Score()
    for seed in range(SEEDS):
        (folder := tmp_path / str(seed)).mkdir()
        run = ran(folder, go, arch, VARIANTS[variant], seed)
        program = gotrace.from_binary(str(run.binary))
        total += scored(run, f"go{go} {arch} {variant} {seed}", binaries=[program])
    print(f"\n{go} {arch} {variant} --binary: {total.table()}")
    sound(total)
    if variant in NAMED:
        ordered = go != "1.15" or arch in {"amd64", "386"}
        complete(total, blanks=int(go.split(".")[1]) >= 22, ordered=ordered)
    if variant in NAMED - {"pie"}:
        resolved(total)


@pytest.mark.parametrize(("go", "arch", "variant"), CASES)
def test_from_source_and_both(tmp_path: Path, go: str, arch: str, variant: str) -> None:
    """``--source`` alone, and with the binary, stripped or not."""
    alone, both = Score(), Score()
    for seed in range(SEEDS):
        (folder := tmp_path / str(seed)).mkdir()
        run = ran(folder, go, arch, VARIANTS[variant], seed)
        tree = gotrace.from_source(str(folder))
        program = gotrace.from_binary(str(run.binary))
        where = f"go{go} {arch} {variant} {seed}"
        # What port it is, and whether it was optimised, only a binary tells.
        alone += scored(run, where + " source", sources=[tree], go=go, arch=arch)
        both += scored(run, where + " both", sources=[tree], binaries=[program])
    print(f"\n{go} {arch} {variant} --source: {alone.table()}")
    print(f"\n{go} {arch} {variant} --binary --source: {both.table()}")
    sound(alone)
    named(alone, blanks=True)
    sound(both)
    complete(both, blanks=True)
    if variant != "pie":
        resolved(both)


@pytest.mark.parametrize("go", ["1.15", "1.19", "1.23", "1.27"])
@pytest.mark.parametrize("ending", ["nil", "quit"])
def test_position_independent(tmp_path: Path, go: str, ending: str) -> None:
    """Where a pc is printed, it is known where the program lay: all is resolved."""
    total = Score()
    for seed in range(3 * SEEDS):
        (folder := tmp_path / str(seed)).mkdir()
        module = generate(seed, int(go.split(".")[1]), ending=ending, chains=1)
        run = truth_build.run(module, folder, go, flags=VARIANTS["pie"])
        known = {"binaries": [gotrace.from_binary(str(run.binary))]}
        (dump,) = annotated(run, **known)
        assert [x for x in dump["issues"] if x["code"] != "foreign-line"] == []
        total += judge(dump, run, f"pie go{go} {ending} {seed}")
    print(total.table())
    assert total.wrong == []
    resolved(total)


def sound(score: Score) -> None:
    """Nothing is wrong: no value, no name, no type, no text."""
    assert score.wrong == []
    assert score.counts["frames"] > 20
    assert score.counts["mismatch"] == 0, score.notes


def named(score: Score, *, blanks: bool, ordered: bool = True) -> None:
    """Every frame has its signature. DWARF before 1.22 leaves out parameters without a name.

    Until go1.16 what is never used has no offset, and only on x86 (``ordered``) it is in order.
    """
    least = 0.97 if blanks else 0.8 if ordered else 0.65
    assert score.counts["signed"] == score.counts["frames"], score.notes
    for part, whole in (("names_right", "names"), ("types_right", "types")):
        # What a literal captures by value looks like a parameter in DWARF.
        assert score.share(part, whole) >= least, score.notes
    assert score.share("results_right", "results") == 1.0, score.notes


def complete(score: Score, *, blanks: bool, ordered: bool = True) -> None:
    """... and what is live is claimed."""
    named(score, blanks=blanks, ordered=ordered)
    assert score.share("claimed", "live_true") >= 0.99, score.doubts


def resolved(score: Score) -> None:
    """Texts of literals, dynamic types, functions and variables are named."""
    for part, whole in (
        ("texts", "literals"),
        ("dynamic", "boxed"),
        ("funcs_named", "funcs"),
    ):
        assert score.share(part, whole) >= 0.95, (part, score)


# ------------------------------------------------------------------------------- another commit


@pytest.mark.parametrize("go", ["1.15", "1.27"])
@pytest.mark.parametrize("strip", [False, True])
def test_a_binary_of_another_commit_is_refused(tmp_path: Path, go: str, strip: bool) -> None:
    """The same names, other parameters and lines: nothing is taken from it, and it is said once."""
    flags = VARIANTS["stripped"] if strip else ()
    runs = []
    for salt in (0, 1):
        (folder := tmp_path / str(salt)).mkdir()
        module = generate(5, int(go.split(".")[1]), salt=salt)
        runs.append(truth_build.run(module, folder, go, flags=flags))
    other = gotrace.from_binary(str(runs[1].binary))
    for dump in annotated(runs[0], binaries=[other]):
        assert [x["code"] for x in dump["issues"]].count("binary-mismatch") == 1, dump["issues"]
        frames = [f for g in dump["goroutines"] for f in g["frames"]]
        sources = {f["signature"]["source"] for f in frames if f["signature"]}
        assert "dwarf" not in sources
        assert all(a["value"] is None or "text" not in a["value"] or a["value"]["text"] is None
                   for f in frames if not f["function"].startswith("runtime")
                   for a in f["arguments"])  # fmt: skip


def test_source_of_another_commit(tmp_path: Path) -> None:
    """Source whose lines have moved is no reason to claim what is wrong."""
    total = Score()
    for seed in range(SEEDS):
        (folder := tmp_path / f"run{seed}").mkdir()
        run = truth_build.run(generate(seed, 23), folder, "1.23")
        (other := tmp_path / f"other{seed}").mkdir()
        truth_build.write(generate(seed, 23, salt=1), other)
        tree = gotrace.from_source(str(other))
        known: dict[str, Any] = {"sources": [tree], "go": "1.23", "arch": "amd64"}
        for dump in annotated(run, **known):
            total += judge(dump, run, f"moved {seed}")
    print(total.table())
    claims = [w for w in total.wrong if w.startswith("exact")]
    assert claims == []


# ------------------------------------------------------------------------------- by the command


def test_the_command_says_the_same(tmp_path: Path) -> None:
    """``gotrace annotate --binary --source --format ndjson`` is ``gotrace.annotate``."""
    run = ran(tmp_path, "1.23", "amd64", (), 1)
    log = tmp_path / "run.log"
    log.write_bytes(run.dumps[-1])
    said = subprocess.run(
        [sys.executable, "-m", "gotrace", "annotate", "--format", "ndjson", "--binary", run.binary,
         "--source", tmp_path, log],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert said.returncode in (0, 1), said.stderr
    known: dict[str, Any] = {
        "binaries": [gotrace.from_binary(str(run.binary))],
        "sources": [gotrace.from_source(str(tmp_path))],
    }
    (expected,) = annotated(run, [run.dumps[-1]], **known)
    (found,) = (json.loads(line) for line in said.stdout.splitlines())
    for dump in (found, expected):
        dump["source"] = ""
    assert found == expected


# ------------------------------------------------------------------------------- a real program

REAL = [
    ("1.15", "cmd/compile"),
    ("1.19", "cmd/compile"),
    ("1.23", "cmd/gofmt"),
    ("1.27", "cmd/compile"),
]


@pytest.mark.parametrize(("go", "program"), REAL)
def test_every_frame_of_a_real_program_is_named(tmp_path: Path, go: str, program: str) -> None:
    """A tool of Go itself, stopped at work with SIGQUIT: each Go frame has its signature."""
    binary = tmp_path / "tool"
    command = [truth_build.goroot(go) / "bin" / "go", "build", "-o", binary, program]
    env = truth_build.environment(go, "amd64") | {"GOFLAGS": ""}
    subprocess.run(command, env=env, check=True, cwd=tmp_path)
    text = stopped(binary, go, program, tmp_path)
    known = {"binaries": [gotrace.from_binary(str(binary))]}
    run = Run(tmp_path, go, "amd64", Module({}, {}), {}, [text])
    frames = [f for d in annotated(run, **known) for g in d["goroutines"] for f in g["frames"]]
    unsigned = sorted(
        {f["function"] for f in frames if f["signature"] is None and not f["inlined"]}
    )
    findings = sorted({f["function"] for f in frames if f["findings"]})
    sources = sorted({f["signature"]["source"] for f in frames if f["signature"]})
    print(
        f"\n{go} {program}: {len(frames)} frames, {sources}, without: {unsigned}, odd: {findings}"
    )
    assert len(frames) > 5
    assert findings == []
    # Assembly has no prototype in DWARF.
    assert [f for f in unsigned if not re.fullmatch(ASSEMBLY, f)] == []


ASSEMBLY = (
    r"runtime\.(goexit|rt0_go|asmcgocall|mcall|systemstack|systemstack_switch|morestack|mstart)"
)


def stopped(binary: Path, go: str, program: str, folder: Path) -> bytes:
    """Start the tool on much work, send SIGQUIT, and take what it prints."""
    root = truth_build.goroot(go)
    env = truth_build.environment(go, "amd64") | {"GOTRACEBACK": "all", "GOFLAGS": "-a"}
    source = root / "src"
    if not source.exists():
        source = root.parent.parent / "share" / f"go-{go}" / "src"
    arguments: dict[str, list[str]] = {
        "cmd/compile": ["-o", os.devnull, "-p", "big", str(folder / "big.go")],
        "cmd/gofmt": ["-l", str(source)],
    }
    body = "{ if a > b { return len(s) }; return F%d(b, a, s+s) }\n"
    functions = (f"func F{i}(a, b int, s string) int " + body % (i // 2) for i in range(1, 40000))
    first = "package big\nfunc F0(a, b int, s string) int { return a }\n"
    (folder / "big.go").write_text(first + "".join(functions), "utf-8")
    wait = '(sleep 0.8; kill -QUIT $$) & exec "$0" "$@"'
    process = subprocess.Popen(
        ["/bin/sh", "-c", wait, binary, *arguments[program]],
        env=env, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    return process.communicate(timeout=120)[1]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    """A moved source tree is found by its module path, with and without ``-trimpath``."""
    for flags in ((), VARIANTS["trimpath"]):
        (folder := tmp_path / f"built{len(flags)}").mkdir()
        run = ran(folder, "1.27", "amd64", flags, 1)
        moved = tmp_path / f"moved{len(flags)}"
        shutil.move(folder, moved)
        tree = gotrace.from_source(str(moved))
        score = scored(run, "moved", sources=[tree], go="1.27", arch="amd64")
        named(score, blanks=True)
