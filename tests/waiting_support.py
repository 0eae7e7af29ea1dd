"""The logs of samples/waiting, and what their programs said of themselves: the truth."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import gotrace
from gotrace.report import Report
from gotrace.waiting import Awaited, Kind, Waiting
from tests.evidence import SAMPLES

HOME = SAMPLES / "waiting"
LOGS = sorted(HOME.glob("*/*.log"))
NAMES = [str(log.relative_to(HOME)) for log in LOGS]
CASES = sorted({log.parent.name for log in LOGS})
NOTHING = Waiting(False, (), (), (), ())

# How many goroutines wait for each other in a ring; the others have none.
RINGS = {
    "mutex-pair": 2,
    "mutex-ring": 3,
    "recursive": 1,
    "upgrade": 1,
    "reader-again": 2,
    "once-recursive": 1,
}
HEALTHY = {"contended", "ordered", "two-mutexes", "interior", "pool"}
# Goroutines that nothing wakes, by their state.
FOREVER = {
    "nil-channel": ["chan receive (nil chan)", "chan send (nil chan)"],
    "select-empty": ["select (no cases)"] * 2,
    "once-shared": ["select (no cases)"] * 2,
    "two-writers": ["select (no cases)"] * 2,
}
LEAKS = {"leak": 200}
_TRUTH = re.compile(r"truth goroutine (\d+) (holds|waits) (\w+) (0x[0-9a-f]+)")


class Truth(NamedTuple):
    """What each goroutine waits for last, and who holds what."""

    waits: dict[int, tuple[str, int]]
    holds: dict[tuple[str, int], set[int]]


def truth_of(text: str) -> Truth:
    waits: dict[int, tuple[str, int]] = {}
    holds: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, verb, kind, address in _TRUTH.findall(text):
        thing = kind, int(address, 16)
        if verb == "waits":
            waits[int(number)] = thing
        else:
            holds[thing].add(int(number))
    return Truth(waits, holds)


def report_of(log: Path | str, **given: object) -> Report:
    """Of a log of one dump."""
    text = log.read_bytes() if isinstance(log, Path) else log.encode()
    (dump,) = gotrace.parse(text).dumps
    return gotrace.annotate(dump, **given)  # type: ignore[arg-type]


def waiting_of(report: Report) -> Waiting:
    found = report.waiting
    return NOTHING if found is None else found


def id_of(report: Report, number: int) -> int | None:
    return report.goroutines[number].goroutine.id


def check(report: Report, truth: Truth, case: str) -> None:
    """All that is said is so."""
    waiting = waiting_of(report)
    for awaited in waiting.awaited:
        _check_waiters(report, truth, awaited)
        _check_holders(report, truth, awaited, case)
    rings = [len(c.steps) for c in waiting.cycles]
    assert rings == ([RINGS[case]] if case in RINGS else [])
    for cycle in waiting.cycles:
        numbers = [id_of(report, s.goroutine) for s in cycle.steps]
        for number, following in zip(numbers, [*numbers[1:], numbers[0]], strict=True):
            thing = truth.waits[number or 0]
            first_in_line = thing in truth.waits.values() and following not in truth.holds[thing]
            assert following in truth.holds[thing] or (case == "reader-again" and first_in_line)
    states = [f.state for f in waiting.forever for _ in f.goroutines]
    assert sorted(states) == FOREVER.get(case, [])
    leaks = [len(p.goroutines) for p in waiting.piles if p.reason]
    assert leaks == ([LEAKS[case]] if case in LEAKS else [])


def _check_waiters(report: Report, truth: Truth, awaited: Awaited) -> None:
    """Nobody is said to wait for what it does not wait for; those together wait for one thing."""
    things = set()
    for waiter in awaited.waiters:
        thing = truth.waits.get(id_of(report, waiter.goroutine) or 0)
        if thing is not None:
            things.add(thing)
            assert awaited.kind.value == thing[0]
            assert awaited.address in {thing[1], None}
    if awaited.address is not None or awaited.owner is not None:
        assert len(things) <= 1


def _check_holders(report: Report, truth: Truth, awaited: Awaited, case: str) -> None:
    """Hints are right as well, as far as the program told."""
    things = {truth.waits.get(id_of(report, w.goroutine) or 0) for w in awaited.waiters} - {None}
    if len(things) != 1:
        return
    (thing,) = things
    assert thing is not None
    for holder in awaited.holders:
        number = id_of(report, holder.goroutine)
        pending = awaited.kind is Kind.RWMUTEX and number in truth.waits
        if holder.proven or not pending:
            assert number in truth.holds[thing] or pending, case
