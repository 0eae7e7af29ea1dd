"""Who waits for whom, of real programs whose locks are known: samples/waiting/main.go."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gotrace
from gotrace.rendering import json as rendering
from gotrace.rendering import text
from gotrace.rendering.style import plain
from gotrace.report import Report
from gotrace.waiting import Thing, Waiting
from tests import go_tools
from tests.evidence import SAMPLES, trace_files

HOME = SAMPLES / "waiting"
RECORDED = sorted(HOME.glob("go*.json"))
M, R, W = Thing.MUTEX, Thing.RWMUTEX, Thing.WAIT_GROUP


class Truth(NamedTuple):
    """What a case is: goroutines in its cycle, what is blocked how often where all are asleep,
    what waits for ever, how many leak. ``holder`` is the function of the one that holds the lock.
    """

    cycle: int = 0
    blocked: tuple[tuple[Thing, int], ...] = ()
    forever: tuple[Thing, ...] = ()
    leak: int = 0
    holder: str | None = None


TRUTHS = {
    "cycle2": Truth(2, ((M, 1), (M, 1)), holder="main.transfer"),
    "cycle3": Truth(3, ((M, 1), (M, 1), (M, 1)), holder="main.transfer"),
    "recursive": Truth(1, ((M, 1),), holder="main.(*account).twice"),
    "held": Truth(0, ((M, 2), (Thing.SEND, 1)), holder="main.(*account).report"),
    "starved": Truth(0, ((R, 1), (R, 1), (Thing.RECEIVE, 1)), holder="main.(*table).read"),
    "group": Truth(0, ((W, 1),)),
    "leak": Truth(leak=60),
    "nil-channel": Truth(forever=(Thing.NIL_CHANNEL,)),
    "send": Truth(0, ((Thing.SEND, 1), (Thing.RECEIVE, 1))),
    "cond": Truth(0, ((Thing.COND, 1),)),
    "no-cases": Truth(forever=(Thing.NOTHING,)),
    "busy": Truth(holder="main.(*account).deposit"),
    "healthy": Truth(),
}
# What the words of a release tell: without them nothing is claimed.
TOLD_CYCLES = {"go1.15": {1, 2, 3}, "go1.19": {1}, "go1.23": {1, 2, 3}, "go1.27": {1, 2, 3}}


@cache
def recorded(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


def report_of(log: str) -> Report:
    return gotrace.annotate(gotrace.parse(log.encode()).dumps[0])


def check(report: Report, truth: Truth, cycles: set[int]) -> None:
    """Everything that is said is so; what the words tell is said."""
    found = report.waiting or Waiting(False, (), (), (), ())
    told = [len(c.goroutines) for c in found.cycles]
    assert told == ([truth.cycle] if truth.cycle in cycles else [])
    assert [b.thing for b in found.forever] == list(truth.forever)
    assert [len(x.goroutines) for x in found.leaks] == ([truth.leak] if truth.leak else [])
    for group in found.groups:
        for hold in group.holders:
            frame = report.goroutines[hold.goroutine].frames[hold.frame]
            assert frame.frame.function == truth.holder
    if found.asleep:
        # Waiters of one lock whose address no word tells stand apart.
        things = sorted(g.thing for g in found.groups for _ in g.blocked)
        assert things == sorted(t for t, n in truth.blocked for _ in range(n))


@pytest.mark.parametrize("path", RECORDED, ids=[p.stem for p in RECORDED])
@pytest.mark.parametrize("case", TRUTHS)
def test_recorded(path: Path, case: str) -> None:
    """Of real releases, without any signature but those of the standard library."""
    check(report_of(recorded(path)[case]), TRUTHS[case], TOLD_CYCLES[path.stem])


@pytest.mark.parametrize("path", RECORDED, ids=[p.stem for p in RECORDED])
def test_all_cases_are_recorded(path: Path) -> None:
    assert recorded(path).keys() == TRUTHS.keys()


def test_two_that_wait_for_one_lock_are_one_group() -> None:
    """By its address, which is an exact word."""
    waiting = report_of(recorded(HOME / "go1.23.json")["held"]).waiting
    assert waiting is not None
    group = next(g for g in waiting.groups if g.thing is M)
    assert len(group.blocked) == 2
    assert group.proven


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 23, 27))
def test_built_anew(tmp_path: Path, release: int) -> None:
    """With the program's own file as well: still nothing that is not so."""
    (tmp_path / "main.go").write_text((HOME / "main.go").read_text("utf-8"))
    app = tmp_path / "app"
    go_tools.build(release, tmp_path, "-o", str(app), "main.go")
    program = gotrace.from_binary(str(app))
    for case, truth in TRUTHS.items():
        done = subprocess.run(
            [app, case], capture_output=True, check=False, timeout=60,
            env={**os.environ, "GOTRACEBACK": "all"},
        )  # fmt: skip
        report = gotrace.annotate(gotrace.parse(done.stderr).dumps[0], binaries=[program])
        check(report, truth, TOLD_CYCLES[f"go1.{release}"])


# ---------------------------------------------------------------------- how it is shown


def shown(report: Report) -> list[str]:
    lines = [plain(line) for line in text.lines(report)]
    end = next(i for i, line in enumerate(lines) if line.startswith("goroutine"))
    return lines[2 : end - 1]


def test_a_cycle_is_drawn() -> None:
    report = report_of(recorded(HOME / "go1.23.json")["cycle2"])
    ids = [g.goroutine.id for g in report.goroutines]
    assert report.waiting is not None
    (cycle,) = report.waiting.cycles
    first, second = (ids[g] for g in cycle.goroutines)
    a, b = cycle.locks
    assert shown(report)[0] == (
        f"deadlock goroutine {first} ── {a:#x} ─▶ goroutine {second} ── {b:#x} ─▶ goroutine {first}"
    )
    assert any(line.startswith("         may be held by goroutine ") for line in shown(report))


def test_a_lock_taken_twice() -> None:
    report = report_of(recorded(HOME / "go1.27.json")["recursive"])
    assert shown(report)[0].endswith(", which it may hold itself")


def test_json_names_goroutines_by_id() -> None:
    report = report_of(recorded(HOME / "go1.23.json")["cycle3"])
    found = rendering.dump(report)["waiting"]
    ids = {g.goroutine.id for g in report.goroutines}
    assert set(found["cycles"][0]["goroutines"]) <= ids
    assert len(found["cycles"][0]["locks"]) == 3
    assert all(g["address"].startswith("0x") for g in found["groups"])
    healthy = report_of(recorded(HOME / "go1.23.json")["healthy"])
    assert rendering.dump(healthy)["waiting"] is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_cycles_of_any_graph(edges: list[tuple[int, int]]) -> None:
    """A cycle that is told is one, and where there is one, one is told."""
    from gotrace.waiting.waiting import _around  # noqa: PLC0415 - the search alone

    waits = {a: (a, tuple(y for x, y in edges if x == a)) for a, _ in edges}
    reach = {a: _reach(a, waits) for a in waits}
    for start in waits:
        path = _around(start, waits)
        assert bool(path) is (start in reach[start])
        for here, there in zip(path, (*path[1:], *path[:1]), strict=True):
            assert there in waits[here][1]


def _reach(start: int, waits: dict[int, tuple[int, tuple[int, ...]]]) -> set[int]:
    seen: set[int] = set()
    left = [start]
    while left:
        for following in waits.get(left.pop(), (0, ()))[1]:
            if following not in seen:
                seen.add(following)
                left.append(following)
    return seen


@pytest.mark.shared
def test_every_recorded_trace() -> None:
    """No exception, and a cycle only where all are asleep or locks are waited for."""
    for path in trace_files():
        for dump in gotrace.parse(path.read_bytes()).dumps:
            waiting = gotrace.annotate(dump).waiting
            for cycle in waiting.cycles if waiting else ():
                assert all(
                    "sem" in (s := dump.goroutines[g].state or "") or "Lock" in s
                    for g in cycle.goroutines
                )
