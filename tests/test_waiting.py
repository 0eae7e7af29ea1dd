"""Who waits for whom, of real programs that said themselves who holds what: samples/waiting."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import gotrace
from gotrace.rendering import text
from gotrace.rendering.json import document as document_of
from gotrace.rendering.schema import schema_text
from gotrace.rendering.style import plain
from gotrace.rendering.text import look_at
from gotrace.rendering.waiting import LINES, waiting_lines
from gotrace.report import Report
from gotrace.waiting import Awaited, How, Kind
from tests import go_tools
from tests.evidence import trace_files
from tests.waiting_support import (
    CASES,
    HEALTHY,
    HOME,
    LOGS,
    NAMES,
    RINGS,
    check,
    id_of,
    report_of,
    truth_of,
    waiting_of,
)

ASLEEP = "fatal error: all goroutines are asleep - deadlock!\n"
OTHER = "\ngoroutine 90 [sleep]:\ntime.Sleep(0x1)\n\t/go/src/runtime/time.go:300 +0xf2\n"
each_log = pytest.mark.parametrize("log", LOGS, ids=NAMES)


@cache
def recorded(name: str) -> Report:
    return report_of(HOME / name)


def awaited(name: str, kind: Kind) -> Awaited:
    (found,) = [a for a in waiting_of(recorded(name)).awaited if a.kind is kind]
    return found


# ---------------------------------------------------------------------- what is said is so


def test_there_are_logs() -> None:
    assert len(LOGS) >= 80
    assert set(CASES) >= set(RINGS) | HEALTHY


@each_log
def test_all_that_is_said_is_so(log: Path) -> None:
    """With the signatures of the standard library alone."""
    check(report_of(log), truth_of(log.read_text()), log.parent.name)


@each_log
def test_without_any_signature(log: Path) -> None:
    """The words alone: less may be said, nothing else."""
    report = report_of(log, stdlib=False)
    truth = truth_of(log.read_text())
    for found in waiting_of(report).awaited:
        for waiter in found.waiters:
            thing = truth.waits.get(id_of(report, waiter.goroutine) or 0)
            if thing is not None and found.address is not None:
                assert (found.kind.value, found.address) == thing
    assert len(waiting_of(report).cycles) <= (log.parent.name in RINGS)


@pytest.mark.parametrize("minutes", [None, 7])
@pytest.mark.parametrize("name", [n for n in NAMES if n.split("/")[0] in HEALTHY])
def test_healthy_programs(name: str, minutes: int | None) -> None:
    """No ring and no leak, however long they wait."""
    text = (HOME / name).read_text()
    if minutes is not None:
        text = with_minutes(text, minutes)
    waiting = waiting_of(report_of(text))
    assert waiting.cycles == ()
    assert [p for p in waiting.piles if p.reason] == []
    assert not any(h.proven for a in waiting.awaited for h in a.holders)


def with_minutes(text: str, minutes: int) -> str:
    return re.sub(
        r"(?m)^(goroutine .*\[(?:semacquire|sync\.\w+\.\w+))", rf"\1, {minutes} minutes", text
    )


@pytest.mark.parametrize("path", sorted(HOME.glob("go*.json")), ids=lambda p: p.stem)
def test_other_programs(path: Path) -> None:
    """main.go, by another hand: rings of these sizes where the words tell them, no others."""
    sizes = {"cycle2": 2, "cycle3": 3, "recursive": 1}
    for case, log in json.loads(path.read_text("utf-8")).items():
        waiting = waiting_of(report_of(log))
        found = [len(c.steps) for c in waiting.cycles]
        told = case in sizes and (path.stem != "go1.19" or case == "recursive")
        assert found == ([sizes[case]] if told else []), case
        assert [p.reason for p in waiting.piles if p.reason] == []


# ---------------------------------------------------------------------- what is found


@pytest.mark.parametrize("release", ["1.15", "1.19", "1.23", "1.27"])
def test_objects_are_found(release: str) -> None:
    """By their addresses, where any word tells them."""
    cond = awaited(f"cond/go{release}.log", Kind.COND)
    assert cond.address is not None
    assert cond.proven
    assert len(cond.waiters) == 4
    contended = awaited(f"contended/go{release}.log", Kind.MUTEX)
    assert contended.proven
    assert len(contended.waiters) >= 8
    assert len(contended.holders) == 1
    once = awaited(f"once-shared/go{release}.log", Kind.ONCE)
    assert [h.goroutine for h in once.holders] != []
    file = awaited(f"file-lock/go{release}.log", Kind.FILE)
    assert {w.how for w in file.waiters} == {How.WRITE}
    assert len(file.waiters) == 2
    assert len(file.holders) == 1
    mutexes = waiting_of(recorded(f"two-mutexes/go{release}.log")).awaited
    assert len({a.address for a in mutexes}) == 2


@pytest.mark.parametrize("release", ["1.15", "1.19", "1.23", "1.27"])
def test_a_pending_writer(release: str) -> None:
    """Readers wait for it, and it for the first reader. One RWMutex, of two semaphores."""
    found = awaited(f"writer-pending/go{release}.system.log", Kind.RWMUTEX)
    assert [w.how for w in found.waiters].count(How.READ) == 3
    report = recorded(f"writer-pending/go{release}.system.log")
    first, reader = found.holders
    assert report.goroutines[first.goroutine].frames != ()
    assert first.goroutine in {w.goroutine for w in found.waiters if w.how is How.WRITE}
    assert reader.goroutine not in {w.goroutine for w in found.waiters}
    assert not reader.proven


def test_a_second_writer() -> None:
    found = awaited("two-writers/go1.15.log", Kind.RWMUTEX)
    assert [w.behind_writer for w in found.waiters] == [False, True]
    assert [h.proven for h in found.holders] == [True, False]  # and a reader, by its pointer


@pytest.mark.parametrize("release", ["1.15", "1.23", "1.27"])
def test_wait_groups_and_channels(release: str) -> None:
    """With the frames of the runtime."""
    group = awaited(f"waitgroup/go{release}.system.log", Kind.WAITGROUP)
    assert (group.proven, len(group.waiters)) == (True, 2)
    channel = awaited(f"send-nobody/go{release}.system.log", Kind.CHANNEL)
    assert (channel.proven, {w.how for w in channel.waiters}) == (True, {How.SEND})


def test_a_crowd_is_a_leak_only_with_a_reason() -> None:
    (pool,) = waiting_of(recorded("pool/go1.15.log")).piles
    assert (len(pool.goroutines), pool.reason) == (200, "")
    (leak,) = waiting_of(recorded("leak/go1.15.log")).piles
    assert (len(leak.goroutines), leak.reason) == (200, "nobody takes what they send")
    text = (HOME / "pool" / "go1.15.log").read_text()
    minutes = iter(range(1000))
    spread = re.sub(r"\[chan receive\]", lambda _: f"[chan receive, {next(minutes)} minutes]", text)
    (grown,) = waiting_of(report_of(spread)).piles
    assert grown.reason == "they came over 199 minutes, and none has left"
    assert grown.minutes == (0, 199)


@pytest.mark.parametrize("release", ["1.15", "1.19", "1.23", "1.27"])
@pytest.mark.parametrize("case", ["contended", "ordered"])
def test_holders_in_healthy_programs(case: str, release: str) -> None:
    """Only who has taken the lock: behind the lines that take one."""
    report = recorded(f"{case}/go{release}.log")
    behind = {("main.(*Counter).add", 20), ("main.move", 46), ("main.move", 47)}
    found = [h for a in waiting_of(report).awaited for h in a.holders]
    assert found != []
    for holder in found:
        assert holder.frame is not None
        frame = report.goroutines[holder.goroutine].frames[holder.frame].frame
        assert frame.site is not None
        assert (frame.function, frame.site.line) in behind


# ---------------------------------------------------------------------- what must not be said


def test_a_ring_needs_time() -> None:
    """Two that seem to wait for each other are no deadlock before they have for a minute."""
    text = (HOME / "mutex-pair" / "go1.23.log").read_text().replace(ASLEEP, "")
    moment = waiting_of(report_of(text))
    assert moment.cycles == ()
    (ring,) = waiting_of(report_of(with_minutes(text, 3))).cycles
    assert (len(ring.steps), ring.proven) == (2, False)
    one = text.replace("[sync.Mutex.Lock]", "[sync.Mutex.Lock, 3 minutes]", 1)
    assert waiting_of(report_of(one)).cycles == ()


def test_a_goroutine_has_its_own_lock_only_after_long() -> None:
    text = (HOME / "recursive" / "go1.23.log").read_text().replace(ASLEEP, "") + OTHER
    assert [a.holders for a in waiting_of(report_of(text)).awaited] == [()]
    (found,) = waiting_of(report_of(with_minutes(text, 1))).awaited
    assert [h.proven for h in found.holders] == [False]


def test_stale_words_tell_nothing() -> None:
    text = (HOME / "mutex-pair" / "go1.23.log").read_text()
    text = re.sub(r"lockSlow\((0x[0-9a-f]+)\)", r"lockSlow(\1?)", text)
    for found in waiting_of(report_of(text)).awaited:
        assert found.address is None
        assert not found.proven


def test_words_that_disagree_tell_nothing() -> None:
    """The semaphore of one mutex, and another mutex."""
    text = (HOME / "recursive" / "go1.15.log").read_text()
    text = re.sub(r"(SemacquireMutex\()0x[0-9a-f]+", r"\g<1>0xc000777774", text)
    (found,) = waiting_of(report_of(text)).awaited
    assert found.address is None


def test_a_spinning_goroutine_does_not_wait() -> None:
    text = (HOME / "recursive" / "go1.23.log").read_text().replace(ASLEEP, "") + OTHER
    assert len(waiting_of(report_of(text)).awaited) == 1
    assert report_of(text.replace("[sync.Mutex.Lock]", "[runnable]")).waiting is None


def test_exact_words_prove_a_recursive_once() -> None:
    """Both words of the Once are exact where the release is known."""
    report = report_of(HOME / "once-recursive" / "go1.15.log", go="1.15", arch="amd64")
    (ring,) = waiting_of(report).cycles
    assert ring.proven
    assert not waiting_of(recorded("once-recursive/go1.15.log")).cycles[0].proven


def test_the_old_once() -> None:
    """Until go1.12 its lock came first, and Do locked it."""
    report = report_of(
        "goroutine 5 [semacquire, 9 minutes]:\n"
        "sync.runtime_SemacquireMutex(0x114781c, 0x0)\n\t/go/src/runtime/sema.go:71 +0x3d\n"
        "sync.(*Mutex).Lock(0x1147818)\n\t/usr/local/go/src/sync/mutex.go:134 +0x108\n"
        "sync.(*Once).Do(0x1147818, 0xc4201638b0)\n\t/usr/local/go/src/sync/once.go:40 +0x44\n"
        "main.main()\n\t/src/main.go:60 +0x80\n\n"
        "goroutine 6 [select, 9 minutes]:\n"
        "main.loop()\n\t/src/main.go:70 +0x80\n"
        "sync.(*Once).Do(0x1147818, 0xc4201638b0)\n\t/usr/local/go/src/sync/once.go:44 +0xbe\n"
        "created by main.main\n\t/src/main.go:60 +0x80\n"
    )
    (found,) = waiting_of(report).awaited
    assert (found.kind, found.address) == (Kind.ONCE, 0x1147818)
    assert [id_of(report, h.goroutine) for h in found.holders] == [6]


def test_the_struct_of_a_lock_by_its_type() -> None:
    """A closure locks; who is in a method of the struct is known by the fields of its receiver."""
    text = (
        "goroutine 5 [semacquire]:\n"
        "sync.runtime_SemacquireMutex(0xc000010214, 0x0, 0x1)\n\t/go/src/runtime/sema.go:71 +0x3d\n"
        "sync.(*Mutex).lockSlow(0xc000010210)\n\t/go/src/sync/mutex.go:138 +0x108\n"
        "main.watch.func1()\n\t/src/main.go:60 +0x80\n\n"
        "goroutine 6 [chan send]:\n"
        "main.(*Shelf).put(0xc000010200)\n\t/src/main.go:70 +0x80\n"
        "main.main()\n\t/src/main.go:60 +0x80\n\n"
        "goroutine 7 [chan send]:\n"
        "main.(*Other).put(0xc000010200)\n\t/src/main.go:90 +0x80\n"
    )
    known = gotrace.from_prototypes(
        'package main\n\nimport "sync"\n\n'
        "type Shelf struct {\n\tname string\n\tmu sync.Mutex\n}\n\n"
        "type Other struct {\n\tname string\n\tsize int\n}\n\n"
        "func (s *Shelf) put()\n\nfunc (o *Other) put()\n"
    )
    report = report_of(text, signatures=[known], go="1.15", arch="amd64")
    (found,) = [a for a in waiting_of(report).awaited if a.kind is Kind.MUTEX]
    assert [id_of(report, h.goroutine) for h in found.holders] == [6]


# ---------------------------------------------------------------------- how it is shown


def shown(report: Report, *, everything: bool = False) -> list[str]:
    look = look_at(report, 100)
    return [plain(line) for line in waiting_lines(report, look, everything=everything)][1:]


def test_a_ring_is_drawn() -> None:
    report = recorded("mutex-pair/go1.23.log")
    (ring,) = waiting_of(report).cycles
    a, b = (id_of(report, s.goroutine) for s in ring.steps)
    m, n = (waiting_of(report).awaited[s.awaited].address or 0 for s in ring.steps)
    lines = shown(report)
    assert lines[0] == (
        f"deadlock  goroutine {a} ── mutex {m:#x} ─▶ goroutine {b} ── mutex {n:#x} ─▶ goroutine {a}"
    )
    assert "likely, not proven: no dump prints who holds a lock" in lines[5]
    whole = [plain(line) for line in text.lines(report)]
    assert lines[0] in whole


@each_log
def test_it_is_short(log: Path) -> None:
    """A dozen lines, and nothing where nobody waits for anything that matters."""
    report = report_of(log)
    assert len(shown(report)) <= LINES
    assert len(shown(report, everything=True)) >= len(shown(report)) - 1
    if log.parent.name in {"interior", "two-mutexes"}:
        assert shown(report) == []


def test_words_of_the_text() -> None:
    file = " ".join(map(str.strip, shown(recorded("file-lock/go1.23.log"))))
    assert re.match(r"waits     2 goroutines \(\d+, \d+\) wait for file 0x\w+ to write in os", file)
    assert "[IO wait] may have it: it is in a call that locks the file" in file
    leak = " ".join(shown(recorded("leak/go1.15.log")))
    assert leak.startswith("leak?     200 goroutines that main.leak channels.go:14 created wait")
    assert shown(recorded("pool/go1.15.log"))[0].startswith(
        "many      200 goroutines that main.pool"
    )
    assert shown(recorded("nil-channel/go1.23.log"))[0].startswith("forever   goroutine 1 stays in")


@each_log
def test_json(log: Path) -> None:
    """By the schema; indices are those of the document, whose first goroutine is what crashed."""
    report = report_of(log)
    document = document_of([report])
    validator = Draft202012Validator(json.loads(schema_text()))
    assert [e.message for e in validator.iter_errors(document)] == []
    (dump,) = document["dumps"]
    for pair in pairs(dump["waiting"]):
        assert dump["goroutines"][pair["index"]]["id"] == pair["goroutine"]


def pairs(node: object) -> Iterator[dict[str, int]]:
    if isinstance(node, list):
        for item in node:
            yield from pairs(item)
    elif isinstance(node, dict):
        if "index" in node:
            yield node
        for item in node.values():
            yield from pairs(item)


# ---------------------------------------------------------------------- elsewhere


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 21, 22, 23, 24, 25, 26, 27))
def test_built_anew(tmp_path: Path, release: int) -> None:
    """Without the program and with it, at three levels of detail: what is said is so."""
    for source in (HOME / "program").glob("*.go"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    app = tmp_path / "app"
    sources = sorted(str(s) for s in tmp_path.glob("*.go"))
    go_tools.build(release, tmp_path, "-o", str(app), *sources)
    program = gotrace.from_binary(str(app))
    rings = 0
    for case in CASES:
        for level in ("single", "all", "system"):
            output = run(app, case, level)
            truth = truth_of(output)
            for report in (report_of(output), report_of(output, binaries=[program])):
                if level != "single":
                    check(report, truth, case)
                    rings += len(waiting_of(report).cycles)
    assert rings == 4 * len(RINGS)


def run(app: Path, case: str, level: str) -> str:
    pipe = subprocess.PIPE
    env = {**os.environ, "GOTRACEBACK": level}
    running = subprocess.Popen([app, case], env=env, stdout=pipe, stderr=pipe, text=True)
    assert running.stdout is not None
    if running.stdout.readline() == "ready\n":
        running.send_signal(signal.SIGQUIT)
    return running.communicate(timeout=60)[1]


@pytest.mark.shared
def test_every_recorded_trace() -> None:
    """No exception, and a ring only of goroutines that wait for locks."""
    for path in trace_files():
        for dump in gotrace.parse(path.read_bytes()).dumps:
            waiting = gotrace.annotate(dump).waiting
            for cycle in waiting.cycles if waiting else ():
                states = [dump.goroutines[s.goroutine].state or "" for s in cycle.steps]
                assert all("sem" in s or "Lock" in s for s in states)
