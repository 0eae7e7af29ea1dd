"""Streams: how bytes are cut changes nothing, memory is bounded, all sources give the same."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gotrace.errors import GotraceError
from gotrace.fingerprints import fingerprints
from gotrace.model import Dump
from gotrace.parsing import each_dump
from gotrace.scanning import Scanner, scan, scanner, swift
from gotrace.scanning.following import follow
from gotrace.scanning.ranges import scan_in_ranges
from gotrace.scanning.sources import in_time_order, rotated_with
from tests.envelope_writers import WRITERS
from tests.test_envelopes import LOGS, SAMPLES, check_places, lines_of, model

PANIC = (SAMPLES / "pushd" / "panic.log").read_bytes().rstrip(b"\n") + b"\n"
SMALL = [p for p in LOGS if p.stat().st_size < 5000]
NAMES = sorted(n for n in WRITERS if n not in {"own", "gcp newest first", "crlf"})
FILLER = [
    b'2024-03-01T01:08:01.604Z level=info svc=shop msg="flush lease" n=%d',
    b'{"ts":"2024-03-01T01:49:48.893Z","lvl":"info","caller":"quota/retry.go:770","n":%d}',
    b'10.84.180.251 - - [2024-03-01T00:39:05.408Z] "GET /v1/cart/%d HTTP/1.1" 200 4009',
    b"I0312 06:33:32.147620   25611 worker.go:58] token index %d",
    b'2024-03-01T01:08:01.604Z level=warn msg="goroutine %d slow; last panic: none (0x1f)"',
]


def told(dump: Dump) -> Any:
    place = dump.where(dump.span)
    return (place.start, place.end, dump.first_line, dump.last_line, dump.stream, model(dump))


def application_log(seed: int, kilobytes: int, wrapped: bool = True) -> bytes:
    """Lines of an application with a dump now and then, bare or wrapped."""
    dice = random.Random(seed)
    out: list[bytes] = []
    size = 0
    while size < kilobytes << 10:
        for _ in range(dice.randrange(200, 900)):
            out.append(dice.choice(FILLER) % dice.randrange(10**6) + b"\n")
        lines = lines_of(dice.choice(SMALL))
        name = dice.choice(NAMES) if wrapped and dice.random() < 0.6 else ""
        out.append(WRITERS[name][1](lines) if name else b"\n".join(lines) + b"\n")
        size = sum(map(len, out))
    return b"".join(out)


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes of windows are no part of what must hold: small ones make tests of few bytes."""
    monkeypatch.setattr(scanner, "BLOCK", 1 << 14)
    monkeypatch.setattr(scanner, "WINDOW", 1 << 17)
    monkeypatch.setattr(scanner, "AHEAD", 1 << 15)
    for module in ("sources", "splitting"):
        monkeypatch.setattr(f"gotrace.scanning.{module}.BLOCK", 1 << 14)
    monkeypatch.setattr("gotrace.scanning.splitting.AHEAD", 1 << 15)
    monkeypatch.setattr("gotrace.scanning.sieve.WORTH", 1 << 16)  # the extra `fast` from there on


def fed(data: bytes, cuts: list[int]) -> list[Dump]:
    pushed = Scanner("log")
    found = []
    last = 0
    for cut in [*sorted(cuts), len(data)]:
        found += pushed.feed(data[last:cut])
        last = cut
    return found + pushed.flush()


@settings(max_examples=25)
@given(st.integers(0, 30), st.lists(st.floats(0, 1), max_size=8))
def test_chunks_change_nothing(seed: int, cuts: list[float]) -> None:
    """Feeding a log in any pieces gives what parsing it as a whole gives."""
    data = application_log(seed, 400)
    whole = [told(d) for d in each_dump(data, source="log")]
    assert [told(d) for d in fed(data, [int(c * len(data)) for c in cuts])] == whole


@pytest.mark.parametrize("seed", range(4))
def test_with_and_without_the_extra(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches that compare many bytes at once find the same dumps in the same places."""
    if swift.swift() is None:
        pytest.skip("NOT RUN: ahocorasick_rs and stringzilla are not installed")
    data = application_log(40 + seed, 600)
    found = fed(data, [])
    assert len(found) > 3
    with monkeypatch.context() as patch:
        patch.setattr(swift, "swift", lambda: None)
        assert [told(d) for d in fed(data, [])] == [told(d) for d in found]
    monkeypatch.setattr("gotrace.scanning.sieve.WORTH", 1)
    assert [told(d) for d in fed(data, [])] == [told(d) for d in found]


def test_byte_by_byte() -> None:
    found = fed(PANIC, list(range(len(PANIC))))
    assert [told(d) for d in found] == [told(d) for d in each_dump(PANIC, source="log")]


@pytest.mark.parametrize("name", [n for n in NAMES if n != "cri partial"])  # torn within a word
def test_a_short_dump_in_a_long_plain_log(name: str) -> None:
    """What a dump is wrapped in need not be seen anywhere else in the log."""
    lines = [FILLER[i % 5] % i + b"\n" for i in range(16000)]
    wrapped_ = WRITERS[name][1](lines_of(SAMPLES / "pushd" / "panic.log"))
    data = b"".join([*lines[:7998], wrapped_, *lines[7998:]])
    assert len(data) > 1 << 20
    expected = [model(d) for d in each_dump(PANIC)]
    assert [model(d) for d in fed(data, [])] == expected
    assert [model(d) for d in each_dump(data)] == expected


def test_jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes give the same dumps in the same order, with the same places."""
    monkeypatch.setattr("gotrace.scanning.ranges.LEAST", 1 << 18)
    data = application_log(5, 1500)
    path = tmp_path / "app.log"
    path.write_bytes(data)
    alone = [told(d) for d in scan(path)]
    found = list(scan_in_ranges(str(path), 3, prefix=None))
    assert [told(d) for d in found] == alone
    for dump in found:
        check_places(data, dump)


def test_places_after_the_window_is_gone(tmp_path: Path) -> None:
    """Dumps that were kept know where their words stand, also when pickled."""
    data = application_log(11, 800)
    path = tmp_path / "app.log"
    path.write_bytes(data)
    found = list(scan(path))
    assert len(found) > 3
    for dump in found:
        check_places(data, dump)
        again = pickle.loads(pickle.dumps(dump))
        assert told(again) == told(dump)
        check_places(data, again)


# ------------------------------------------------------------------------------------------ sources


def test_every_source_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(PANIC)
    (expected,) = [model(d) for d in scan(path)]
    sources: list[Any] = [
        str(path), io.BytesIO(PANIC), PANIC.splitlines(keepends=True), PANIC.splitlines(),
        PANIC.decode().splitlines(),
        [{"message": line, "host": "h"} for line in PANIC.decode().splitlines()],
    ]  # fmt: skip
    for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
        packed = tmp_path / f"app.log.{name}"
        half = len(PANIC) // 2
        packed.write_bytes(pack(PANIC[:half]) + pack(PANIC[half:]))
        sources.append(packed)
    for source in sources:
        assert [model(d) for d in scan(source)] == [expected]


@pytest.mark.skipif(shutil.which("zstd") is None, reason="NOT RUN: needs the command zstd")
def test_zstd(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(PANIC)
    subprocess.run(["zstd", "-q", str(path)], check=True)
    (found,) = scan(tmp_path / "app.log.zst")
    assert model(found) == model(next(each_dump(PANIC)))


def test_a_broken_archive_is_an_error_with_a_hint(tmp_path: Path) -> None:
    for name, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)):
        path = tmp_path / f"cut.{name}"
        path.write_bytes(pack(PANIC * 50)[:60])
        with pytest.raises(GotraceError):
            list(scan(path))


def test_what_is_no_source() -> None:
    for wrong in (3, b"panic: x", io.StringIO("panic: x"), [3]):
        with pytest.raises(TypeError):
            list(scan(wrong))  # type: ignore[arg-type]
    with pytest.raises(GotraceError):
        list(scan("/nowhere/at/all"))


def test_rotated_sets(tmp_path: Path) -> None:
    names = ["app.log", "app.log.1", "app.log.10.gz", "app.log.2.gz"]
    assert in_time_order(names) == ["app.log.10.gz", "app.log.2.gz", "app.log.1", "app.log"]
    dated = ["app.log", "app.log-20261123", "app.log-20261101.gz", "b.log"]
    assert in_time_order(dated) == ["app.log-20261101.gz", "app.log-20261123", "app.log", "b.log"]
    for name in [*names, "app.log.bak", "other.log.1"]:
        (tmp_path / name).write_bytes(b"")
    found = rotated_with(str(tmp_path / "app.log"))
    assert [os.path.basename(n) for n in found] == in_time_order(names)


def test_a_dump_over_the_limit_is_truncated() -> None:
    """It says so, nothing is lost, and memory stays bounded."""
    body = b"".join(
        b"goroutine %d [select]:\nmain.wait(0x%x)\n\t/main.go:7 +0x1d\n\n" % (i, i)
        for i in range(1, 20000)
    )
    pushed = Scanner("log", max_dump_bytes=1 << 18)
    found = []
    for at in range(0, len(body), 7001):
        found += pushed.feed(body[at : at + 7001])
    found += pushed.flush()
    assert len(found) > 2
    assert sum("truncated" in {i.code for i in d.issues} for d in found) >= 2
    ids = [g.id for d in found for g in d.goroutines if g.id is not None]
    assert set(ids) == set(range(1, 20000))
    assert len(ids) < 20000


def test_utf16(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_bytes(b"\xff\xfe" + (b"x\n" * 50000 + PANIC).decode().encode("utf-16-le"))
    (found,) = scan(path)
    assert model(found)[4] == model(next(each_dump(PANIC)))[4]


@pytest.mark.skipif(sys.platform == "win32", reason="NOT RUN: needs a file that is open twice")
def test_follow(tmp_path: Path) -> None:
    """Dumps come while the file grows, and after it was replaced."""
    path = tmp_path / "app.log"
    path.write_bytes(b"hello\n")
    found: list[Dump] = []

    def read() -> None:
        for dump in follow(str(path), idle=0.3):
            found.append(dump)
            if len(found) == 2:
                return

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    time.sleep(0.2)
    with path.open("ab") as file:
        file.write(PANIC[:100])
        file.flush()
        file.write(PANIC[100:])
    for _ in range(100):
        if found:
            break
        time.sleep(0.05)
    os.rename(path, tmp_path / "app.log.1")
    path.write_bytes(PANIC)
    thread.join(10)
    assert [d.first_line for d in found] == [2, 1]


# -------------------------------------------------------------------------------------- the command


def run(*arguments: str, data: bytes | None = None) -> tuple[int, list[Any], str]:
    code = (
        "import argparse, sys\nfrom gotrace.commands import scan\n"
        "p = argparse.ArgumentParser(); s = p.add_subparsers(); scan.add(s)\n"
        "o = p.parse_args(sys.argv[1:]); sys.exit(o.run(o))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "scan", *arguments],
        input=data,
        capture_output=True,
        check=False,
    )
    return done.returncode, [json.loads(x) for x in done.stdout.splitlines()], done.stderr.decode()


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "0.log"
    path.write_bytes(WRITERS["cri"][1]([b"hello", *PANIC.rstrip(b"\n").split(b"\n")]))
    code, (line,), said = run(str(path))
    assert (code, said) == (0, "")
    assert line["timestamp"] == "2026-11-23T06:33:32.001017000Z"
    assert line["stream"] == "stderr"
    assert line["envelope"] == ["cri"]
    assert line["place"]["first_line"] == 2
    assert line["kind"] == "panic"
    assert line["fingerprints"] == fingerprints(next(each_dump(PANIC)))._asdict()
    code, (full,), _ = run("--full", str(path))
    assert full["goroutines"][0]["frames"]
    assert full["timestamp"] == line["timestamp"]
    assert run("-", data=path.read_bytes())[1][0]["causes"] == line["causes"]


def test_quiet_exits_like_grep(tmp_path: Path) -> None:
    path, empty = tmp_path / "a.log", tmp_path / "b.log"
    path.write_bytes(PANIC)
    empty.write_bytes(b"nothing\n")
    assert run("-q", str(path)) == (0, [], "")
    assert run("-q", str(empty)) == (1, [], "")
    assert run("-q", str(tmp_path / "none"))[0] == 2
    assert run("-q", str(tmp_path / "none"), str(path))[0] == 0
    assert run(str(empty))[0] == 3


def test_a_prefix_that_is_none() -> None:
    with pytest.raises(GotraceError, match="column"):
        list(scan(io.BytesIO(PANIC), prefix="("))
    with pytest.raises(GotraceError, match="empty"):
        list(scan(io.BytesIO(PANIC), prefix="a*"))


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="NOT RUN: needs /proc")
def test_memory_is_constant(tmp_path: Path) -> None:
    """A log ten times as long takes no more memory."""
    code = (
        "import sys\nfrom gotrace.scanning import scan\n"
        "n = sum(1 for _ in scan(sys.argv[1]))\n"
        "print(n, *[x.split()[1] for x in open('/proc/self/status') if x.startswith('VmHWM')])"
    )
    peaks = []
    lines = b"".join(FILLER[i % 5] % i + b"\n" for i in range(9000))
    for times in (12, 120):
        path = tmp_path / f"{times}.log"
        path.write_bytes((lines + PANIC) * times)
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)], capture_output=True, check=True
        )
        count, peak = map(int, done.stdout.split())
        assert count == times
        peaks.append(peak)
    assert peaks[1] < peaks[0] * 1.3
