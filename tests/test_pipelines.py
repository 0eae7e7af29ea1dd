"""docs/pipelines.md: its recipes do what it says, and what it says of memory is so."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gotrace
from gotrace.cli import main
from tests import docs_blocks
from tests.evidence import SAMPLES
from tests.test_exporters import receiver

LOG = SAMPLES / "pushd" / "panic.log"
PANIC = LOG.read_bytes()
PAGE = docs_blocks.DOCS / "pipelines.md"
CONNECT = "pkg.tonybai.com/smspush/vendor/github.com/bigwhite/gocmpp.(*Client).Connect"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "samples").symlink_to(SAMPLES)
    monkeypatch.chdir(tmp_path)


def recipe(heading: str, number: int = 0) -> dict[str, Any]:
    """What a program of the page leaves behind."""
    text = PAGE.read_text("utf-8")
    start = text.index(f"\n## {heading}\n")
    end = text.find("\n## ", start + 1)
    blocks = [
        b for b in docs_blocks.blocks(PAGE) if start < b.start < (end if end > 0 else 1 << 30)
    ]
    block = [b for b in blocks if b.language == "python"][number]
    found: dict[str, Any] = {"__name__": "recipe"}
    exec(compile(block.text, str(block), "exec"), found)
    return found


# ---------------------------------------------------------------------- in the process


def test_a_logging_handler(caplog: pytest.LogCaptureFixture) -> None:
    """The output is logged as before; the crash follows, once."""
    with caplog.at_level(logging.INFO):
        recipe("A logging handler")
    crashes = [r for r in caplog.records if r.name == "server.crashes"]
    output = [r.getMessage() for r in caplog.records if r.name == "server.output"]
    assert output == PANIC.decode().splitlines()
    assert [r.report.crashed.frames[0].frame.function for r in crashes] == [CONNECT]  # type: ignore[attr-defined]
    assert crashes[0].getMessage().startswith("panic: runtime error: invalid memory address")
    logging.getLogger("server.output").handlers.clear()


def test_a_structlog_processor() -> None:
    """The event keeps its fields; one without a traceback is as it was."""
    found = recipe("A structlog processor")
    (event,) = found["kept"].entries
    assert event["stderr"] == PANIC.decode()
    assert event["go_function"] == CONNECT
    assert event["go_message"].startswith("runtime error: invalid memory address")
    assert "goroutine 266900" in event["go_report"]
    for other in ({"event": "hello"}, {"event": "a goroutine leaks", "stack": 7}):
        assert found["decode_go"](None, "info", dict(other)) == other


def test_an_asyncio_reader() -> None:
    found = recipe("An asyncio reader")
    assert [r.crashed.frames[0].frame.function for r in found["found"]] == [CONNECT]


def test_an_asyncio_reader_of_a_slow_program() -> None:
    """A crash is told while the program still runs, and what comes later as well."""
    crashes = recipe("An asyncio reader")["crashes"]
    script = (
        "cat samples/pushd/panic.log >&2; sleep 1.6; echo more >&2; cat samples/pushd/panic.log >&2"
    )

    async def read() -> list[int]:
        return [report.dump.first_line async for report in crashes("sh", "-c", script)]

    assert asyncio.run(read()) == [1, 18]


# ---------------------------------------------------------------------- batches of records


def test_records() -> None:
    found = recipe("Batches of records, as from Kafka")
    assert [d.source for d in found["dumps"]] == ["pod-7"]
    assert (found["before"], found["after"]) == (0, len(PANIC.splitlines()))


def topic(seed: int) -> list[tuple[int, str, bytes]]:
    """Lines of three programs, mixed; the first line of each dump says which one it is."""
    dice = random.Random(seed)
    streams: dict[str, list[bytes]] = {}
    for pod in ("a", "b", "c"):
        lines = streams[pod] = []
        for number in range(dice.randrange(1, 5)):
            lines += [b"level=info msg=lease n=%d" % i for i in range(dice.randrange(0, 2500))]
            lines.append(f"panic: {pod}{number}".encode())
            lines += PANIC.splitlines()[2:]
    records = []
    while streams:
        pod = dice.choice(sorted(streams))
        for _ in range(min(dice.randrange(1, 200), len(streams[pod]))):
            records.append((len(records), pod, streams[pod].pop(0)))
        if not streams[pod]:
            del streams[pod]
    return records


@settings(max_examples=10)
@given(st.integers(0, 1000), st.lists(st.floats(0, 1), max_size=3))
def test_no_restart_loses_a_dump(seed: int, restarts: list[float]) -> None:
    """Killed anywhere, and begun again from what was committed: each dump at least once, whole."""
    partition = recipe("Batches of records, as from Kafka")["Partition"]
    records = topic(seed)
    stops = sorted(int(r * len(records)) for r in restarts)
    dumps: list[gotrace.Dump] = []
    at, running = 0, partition()
    while at < len(records):
        batch = records[at : at + 500]
        dumps += running.take(batch)
        at += len(batch)
        committed = running.committable()
        if stops and at >= stops[0]:
            stops.pop(0)
            at, running = committed, partition()
    for pod in ("a", "b", "c"):
        dumps += running.quiet(pod) if pod in running._streams else ()
    told = [d.causes[-1].message for d in dumps if len(d.crashed.frames) == 5]
    expected = [v[7:].decode() for _, _, v in records if v.startswith(b"panic: ")]
    assert set(told) == set(expected)
    assert restarts or sorted(told) == sorted(expected)
    assert len(told) == len(dumps)
    assert running.committable() == len(records)


# ---------------------------------------------------------------------- memory


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="NOT RUN: needs /proc")
def test_memory_of_200_mb_that_are_fed() -> None:
    """As the page says: constant, below 16 MB and a little."""
    code = """
import sys
import gotrace
lines = b"".join(b"2024-03-01T01:08:01.604Z level=info msg=lease n=%d\\n" % i for i in range(15000))
chunk = lines + open("samples/pushd/panic.log", "rb").read()
scanner, found = gotrace.Scanner("log"), 0
for _ in range(200_000_000 // len(chunk)):
    for at in range(0, len(chunk), 1 << 16):
        found += len(scanner.feed(chunk[at : at + (1 << 16)]))
found += len(scanner.flush())
peak = [x.split()[1] for x in open("/proc/self/status") if x.startswith("VmHWM")]
print(scanner.position, found, *peak)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    size, found, peak = map(int, done.stdout.split())
    assert size > 199_000_000
    assert found == size // (size // found)
    assert peak < 24_000


def test_a_dump_without_end_is_given_in_parts() -> None:
    """What is held stays below the limit, nothing is lost, and it says so."""
    scanner = gotrace.Scanner("log", max_dump_bytes=1 << 19)
    found: list[gotrace.Dump] = []
    held = 0
    body = b"goroutine %d [select]:\nmain.wait(0x%x)\n\t/main.go:7 +0x1d\n\n"
    for first in range(1, 90_000, 500):
        found += scanner.feed(b"".join(body % (i, i) for i in range(first, first + 500)))
        held = max(held, scanner.position - scanner.settled)
    found += scanner.flush()
    assert held < 5 << 20
    assert {g.id for d in found for g in d.goroutines if g.id} == set(range(1, 90_001))
    assert any(i.code == "truncated" for d in found for i in d.issues)


# ---------------------------------------------------------------------- tables


@pytest.mark.arrow
def test_duckdb_and_polars() -> None:
    """They read our NDJSON and Parquet, the nested arguments too."""
    for name in ("pyarrow", "duckdb", "polars"):
        pytest.importorskip(name, reason=f"NOT RUN: docs/pipelines.md: {name} is not installed")
    (shell,) = (b for b in docs_blocks.blocks(PAGE) if b.language == "sh")
    for command in shell.text.splitlines():
        assert docs_blocks.run(command, Path.cwd()) == (0, "")
    duck = recipe("DuckDB and Polars", 0)
    assert [times for _, _, times in duck["per_crash"]] == [1, 1]
    assert {f for f, _, _ in duck["per_function"]} == {CONNECT, "main.fail"}
    bear = recipe("DuckDB and Polars", 1)
    assert bear["per_crash"]["times"].to_list() == [1, 1]
    told = {(r["name"], r["value"]) for r in bear["arguments"].to_dicts()}
    assert ("timeout", "15s") in told


# ---------------------------------------------------------------------- sending


def test_a_receiver_that_is_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says so; what was not sent is sent the next time, and once."""
    send = recipe("Sending, and a receiver that is down")["send"]
    lines = tmp_path / "crashes.ndjson"
    logs = [str(LOG), str(SAMPLES / "closures" / "go1.27.log"), str(LOG)]
    main(["scan", "--no-discover", "--format", "otel", "-o", str(lines), *logs])
    with receiver() as (place, kept):
        pass  # it is down
    url = f"http://{place}/v1/logs"
    assert send(lines, url) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].startswith(f"{url}: ")
    assert said[0].endswith("kept from byte 0 on")
    with receiver() as (place, kept):
        assert send(lines, f"http://{place}/v1/logs") == 0
        with lines.open("ab") as file:
            file.write(b'{"more": 1}\n{"half')
        assert send(lines, f"http://{place}/v1/logs") == 0
    sent = [json.loads(body) for body in kept]
    assert sent == [json.loads(x) for x in lines.read_bytes().splitlines()[:4]]


def test_a_reader_that_goes_away() -> None:
    """The exit code of a broken pipe, and not a word."""
    many = ["samples/pushd/panic.log"] * 300
    command = [sys.executable, "-m", "gotrace", "scan", "--format", "ecs", "--no-discover", *many]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(30) == 141
