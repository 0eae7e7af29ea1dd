"""Findings on generated programs (tests/truth_programs.py): nothing is said of what was passed, and
much of what was not."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import gotrace
from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.model import Dump
from gotrace.programs import Programs, load
from gotrace.report import Report
from gotrace.signature import Role
from gotrace.value import Argument, Finding, Severity
from tests import truth_build
from tests.findings_lab import OF_RIGHT_ONES, Lab, of_truth
from tests.truth_build import Run
from tests.truth_check import function_of
from tests.truth_programs import ENDINGS, generate

SEEDS = int(os.environ.get("GOTRACE_TRUTH_SEEDS", "2"))
CAUGHT = 0.45  # of the wrong units: the floor


def findings_of(goroutines: Iterable[AnnotatedGoroutine]) -> list[Finding]:
    return [f for g in goroutines for x in g.frames for a in x.arguments for f in a.findings]


PORTS = [(go, arch) for go in ("1.19", "1.23", "1.27") for arch in ("amd64",)]
SOUND = [*PORTS, ("1.15", "amd64"), ("1.15", "386"), ("1.27", "386"), ("1.27", "arm64")]


def ran(folder: Path, go: str, arch: str, seed: int) -> Run:
    folder.mkdir()
    module = generate(seed, int(go.split(".")[1]), ending=sorted(ENDINGS)[seed % len(ENDINGS)])
    return truth_build.run(module, folder, go, arch)


def reports(run: Run) -> Iterator[tuple[Dump, Report, Programs]]:
    known = [gotrace.from_binary(str(run.binary))]
    for text in run.dumps:
        for dump in gotrace.parse(text, source="run.log").dumps:
            report = gotrace.annotate(dump, binaries=known)
            yield dump, report, load(known, dump, report.runtime)


def aligned(frame: AnnotatedFrame, run: Run) -> Iterator[tuple[Argument, list[dict[str, Any]]]]:
    """Arguments with what the program says that it passed: those that have a name."""
    site = frame.frame.site
    place = {"file": site and site.file, "line": site and site.line}
    number = function_of({**place, "function": frame.frame.function}, run.module.functions)
    if number is None or "at" not in run.passed.get(number, {}):
        return
    told = run.passed[number]
    for argument in frame.arguments:
        if argument.role in {Role.RECEIVER, Role.PARAMETER} and argument.name not in {None, "_"}:
            told_of = [*told["at"], *told.get("now", ())]
            yield argument, [t["value"] for t in told_of if t["name"] == argument.name]


@pytest.mark.toolchain
@pytest.mark.parametrize(("go", "arch"), SOUND)
def test_none_on_programs(tmp_path: Path, go: str, arch: str) -> None:
    """What is found in what programs really passed is no doubt of the printer's words."""
    exact = 0
    for seed in range(SEEDS):
        for _, report, _ in reports(ran(tmp_path / str(seed), go, arch, seed)):
            doubts = [
                f
                for f in findings_of(report.goroutines)
                if f.severity is not Severity.NOTE and f.code not in OF_RIGHT_ONES
            ]
            assert doubts == []
            frames = [f for g in report.goroutines for f in g.frames]
            exact += sum(a.certainty == "exact" for f in frames for a in f.arguments)
    assert exact > 50
    print(f"\ngo{go} {arch}: {exact} exact arguments, nothing found")


@pytest.mark.toolchain
def test_wrong_words_of_programs(tmp_path: Path) -> None:
    """Were marks ignored, the rules would see almost half of the wrong words, and no right one."""
    total = Lab()
    for go, arch in PORTS:
        lab = Lab()
        for seed in range(SEEDS):
            run = ran(tmp_path / f"{go}-{arch}-{seed}", go, arch, seed)
            for dump, report, programs in reports(run):
                for goroutine in report.goroutines:
                    for frame in goroutine.frames:
                        for each in (lab, total):
                            _ask(each, frame, run, (dump, report, programs))
        print(f"\ngo{go} {arch}: {lab}\n{lab.caught:.1%} of the wrong ones")
    print(f"\nall: {total}\n{total.caught:.1%} of the wrong ones")
    assert total.false == []
    assert total.units[True] > 300
    assert total.caught >= CAUGHT


def _ask(lab: Lab, frame: AnnotatedFrame, run: Run, made: tuple[Dump, Report, Programs]) -> None:
    dump, report, programs = made
    if frame.signature is None or frame.issues:
        return
    types = {p.name: p.type for p in frame.signature.inputs()}
    for argument, told in aligned(frame, run):
        where = f"{frame.frame.function}({frame.frame.call.arguments}) {argument.name}"
        for unit in of_truth(types.get(argument.name), argument.value, told):
            lab.add(unit, dump, report.runtime, programs, where)
