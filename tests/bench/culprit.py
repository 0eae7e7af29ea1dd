"""How often the culprit is right, by its certainty, over the crash programs with known truth.

    GOTRACE_SHARED=… python -m tests.bench.culprit [--wrong] [--go 1.27] [NAME …]

For each Go version and each set of inputs: right answers of all crashes, and right:wrong for each
certainty; then the CPU time of a crash (median, 95 %) with the files open. ``--wrong`` lists what
was not right, or not as sure as it could be.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import gotrace
from gotrace.culprit import Culprit, CulpritCertainty, find_culprit
from gotrace.programs import load
from gotrace.source import SourceTree
from gotrace.source.held import Held

SHARED = Path(os.environ.get("GOTRACE_SHARED", "shared"))
MODES = ("both", "source", "binary", "trace")


class Outcome(NamedTuple):
    """One answer; ``wanted`` are the expressions that were right."""

    name: str
    culprit: Culprit | None
    wanted: list[str]
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the first answer is one of the right ones, or was passed as one."""
        if self.culprit is None:
            return False
        said = [self.culprit.expression, *(step.expression for step in self.culprit.blame)]
        # `…` is what a program does not show.
        patterns = [".*".join(map(re.escape, bare(text).split("…"))) for text in said]
        return any(re.fullmatch(p, bare(wanted)) for p in patterns for wanted in self.wanted)


def bare(text: str) -> str:
    """An expression without spaces."""
    return re.sub(r"\s+", "", text)


def inputs(release: str, folder: Path) -> tuple[Path, dict[str, str]]:
    """The program and what it printed, by the name of the crash."""
    home = SHARED / "crashes" / f"go{release}"
    program = folder / f"app-{release}"
    program.write_bytes(lzma.decompress((home / "app.xz").read_bytes()))
    program.chmod(0o755)
    return program, json.loads(lzma.decompress((home / "traces.json.xz").read_bytes()))


def wanted_of(trace: str, truth: dict[str, list[str]]) -> list[str] | None:
    """The truth of the first line of the program's own code."""
    for file, line in re.findall(r"^\t\S*?([\w.]+\.go):(\d+)", trace, re.MULTILINE):
        if f"{file}:{line}" in truth:
            return truth[f"{file}:{line}"]
    return None


def outcomes(release: str, mode: str, names: list[str], folder: Path) -> list[Outcome]:
    """The answers of one version with one set of inputs."""
    path, traces = inputs(release, folder)
    truth = json.loads((SHARED / "crashes" / "truth.json").read_text())
    binaries = [gotrace.from_binary(str(path))] if mode in {"both", "binary"} else []
    sources = [SourceTree([str(SHARED / "crashes" / "src")])] if mode in {"both", "source"} else []
    found = []
    for name, trace in traces.items():
        wanted = wanted_of(trace, truth)
        if wanted is None or (names and name not in names):
            continue
        dump = gotrace.parse(trace.encode()).dumps[0]
        report = gotrace.annotate(dump, binaries=binaries, sources=sources)
        programs = load(binaries, report.dump, report.runtime)
        held = [Held(tree, dump, programs.code_lines) for tree in sources]
        started = time.process_time()
        culprit = find_culprit(report.dump, report.goroutines, programs, held, report.runtime)
        found.append(Outcome(name, culprit, wanted, time.process_time() - started))
    return found


def row(found: list[Outcome]) -> str:
    """Counts as text: ``right/all certain r:w likely r:w possible r:w none``."""
    parts = [f"{sum(o.right for o in found):3}/{len(found)}"]
    for certainty in CulpritCertainty:
        some = [o for o in found if o.culprit and o.culprit.certainty is certainty]
        answers = [o for o in some if o.culprit and o.culprit.expression]
        right = sum(o.right for o in answers)
        parts.append(f"{certainty.value} {right}:{len(answers) - right}")
    parts.append(f"none {sum(not (o.culprit and o.culprit.expression) for o in found)}")
    times = sorted(o.seconds * 1000 for o in found)
    late = times[int(len(times) * 0.95)]
    return "  ".join(parts) + f"  {statistics.median(times):.1f} ms, 95 % {late:.1f} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--go", action="append")
    parser.add_argument("--mode", action="append", choices=MODES)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for mode in given.mode or MODES:
            for release in given.go or ("1.15", "1.19", "1.23", "1.27"):
                found = outcomes(release, mode, given.names, Path(folder))
                sys.stdout.write(f"{mode:7} go{release}  {row(found)}\n")
                for outcome in found if given.wrong else ():
                    culprit = outcome.culprit
                    if outcome.right and culprit and culprit.certainty is CulpritCertainty.CERTAIN:
                        continue
                    said = "nothing"
                    if culprit:
                        said = f"{culprit.expression or '—'} {culprit.certainty.value}"
                    mark = "ok " if outcome.right else "BAD"
                    sys.stdout.write(
                        f"    {mark} {outcome.name}: {said}; wanted {outcome.wanted}\n"
                    )
                    if given.names and culprit:
                        sys.stdout.write(f"        {culprit}\n")


if __name__ == "__main__":
    main()
