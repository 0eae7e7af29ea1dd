"""A dump belongs to the range that holds its first byte: any cut gives the dumps of the whole."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from gotrace.errors import GotraceError
from gotrace.scanning import scan
from gotrace.scanning.splitting import Range, beginning, counted, divided, range_of, scan_range
from tests.split_logs import PANIC, cuts_of, mixed_log, ranges, scanned, told, wrapped

LOGS, CUTS = 8, 25  # 200 divisions
SMALLER = {"BLOCK": 1 << 13, "AHEAD": 1 << 14, "LEAD": 1 << 13, "TAIL": 1 << 12, "WINDOW": 1 << 16}
SMALLER |= {"NEAR": 1 << 15, "FAR": 1 << 18, "MEMORY": 1 << 16, "STRIDE": 1 << 12}
SMALLER |= {"WORTH": 1 << 16}


@pytest.fixture(autouse=True)
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sizes of windows are no part of what must hold: small ones make tests of few bytes."""
    for module in ("scanner", "sources", "splitting", "sieve"):
        for name, size in SMALLER.items():
            monkeypatch.setattr(f"gotrace.scanning.{module}.{name}", size, raising=False)


@pytest.mark.parametrize("seed", range(LOGS))
def test_any_cut_gives_the_whole(seed: int, tmp_path: Path) -> None:
    """Bare, docker, CRI, JSON, pods that interleave: the same dumps, words, lines and places."""
    path = tmp_path / "app.log"
    path.write_bytes(mixed_log(seed, 300))
    whole = told(scan(path))
    assert len(whole) > 4
    dice = random.Random(seed)
    for _ in range(CUTS):
        cuts = cuts_of(
            dice, path.stat().st_size, [place for start, end, *_ in whole for place in (start, end)]
        )
        assert told(scanned(ranges(path, cuts))) == whole, cuts


def test_an_envelope_that_was_seen_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a scan remembers of formats does not depend on where it began, and ends some time."""
    monkeypatch.setattr(
        "gotrace.scanning.sieve.STRIDE", SMALLER["BLOCK"]
    )  # few lines are looked at
    path = tmp_path / "app.log"
    alone = wrapped("cri", [b"x", b"panic: boom", *[b"x"] * 30])
    parts = [wrapped("bare", [b"hello %d" % n for n in range(3500 + i)]) + alone for i in range(20)]
    path.write_bytes(wrapped("cri", [b"x"] * 200) + b"".join(parts))
    size = path.stat().st_size
    whole = told(scan(path))
    assert 0 < len(whole) < len(parts)
    for cut in range(1000, size, 9001):
        assert told(scanned(ranges(path, [0, cut, size]))) == whole, cut


def test_dumps_of_which_long_parts_look_like_none(tmp_path: Path) -> None:
    """A message of many lines; a record over many lines with its trace at the end."""
    bare = b"".join(b"hello %d\n" % n for n in range(3000))
    head, rest = PANIC.split(b"\n", 1)
    message = b"".join(b"\nline %d" % n for n in range(1200))
    record = {"level": "error", **{f"f{n}": "x" * 70 for n in range(85)}, "stack": PANIC.decode()}
    for number, log in enumerate((
        head + message + b"\n" + rest,
        json.dumps(record, indent=2).encode() + b"\n",
    )):  # fmt: skip
        path = tmp_path / f"{number}.log"
        path.write_bytes(bare + log + bare)
        whole = told(scan(path))
        assert len(whole) == 1
        for cut in range(len(bare) - 900, len(bare) + len(log) + 900, 907):
            parts = ranges(path, [0, cut, path.stat().st_size])
            assert told(scanned(parts)) == whole, cut


def test_dumps_without_a_pause(tmp_path: Path) -> None:
    """A dump longer than any window, and one behind the other."""
    path = tmp_path / "app.log"
    one = b"".join(
        b"goroutine %d [select]:\nmain.wait(0x%x)\n\t/main.go:7 +0x1d\n\n" % (i, i)
        for i in range(1, 2000)
    )
    path.write_bytes(PANIC * 12 + one + PANIC * 12)
    whole = told(scan(path))
    dice = random.Random(1)
    hot = [start for start, *_ in whole]
    for _ in range(5):
        cuts = cuts_of(dice, path.stat().st_size, hot)
        assert told(scanned(ranges(path, cuts))) == whole, cuts


def test_lines_that_only_look_like_those_of_a_dump(tmp_path: Path) -> None:
    """Where each block has some, a quiet place is told by reading."""
    path = tmp_path / "app.log"
    noise = b"goroutine 7 [x] is none\n" + b"".join(b"line %d\n" % n for n in range(300))
    path.write_bytes((noise * 90 + PANIC) * 3)
    whole = told(scan(path))
    assert len(whole) == 3
    with path.open("rb") as file:
        assert beginning(file, path.stat().st_size - 100) > 0
    dice = random.Random(2)
    for _ in range(5):
        cuts = cuts_of(dice, path.stat().st_size, [start for start, *_ in whole])
        assert told(scanned(ranges(path, cuts))) == whole, cuts


def test_a_prefix_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    lines = [b"line %d" % n for n in range(4000)] + PANIC.splitlines()
    path.write_bytes(b"".join(b"17 [a] " + line + b"\n" for line in lines * 3))
    prefix = r"(?P<time>\d+) \[(?P<stream>\w+)\] "
    whole = told(scan(path, prefix=prefix))
    assert len(whole) == 3
    size = path.stat().st_size
    for cut in range(500, size, 31_001):
        assert told(scanned(ranges(path, [0, cut, size]), prefix)) == whole, cut


def test_lines_longer_than_a_block(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    long = b"y" * (3 * SMALLER["BLOCK"] + 17) + b"\n"
    path.write_bytes((long + b"short\n" * 4000 + PANIC + long * 2) * 3)
    whole = told(scan(path))
    assert len(whole) == 3
    size = path.stat().st_size
    for cut in range(1, size, 17_011):
        assert told(scanned(ranges(path, [0, cut, size]))) == whole, cut


def test_compressed_and_utf16_files_are_one_range(tmp_path: Path) -> None:
    data = b"x\n" * 90_000 + PANIC
    packed, wide = tmp_path / "app.log.gz", tmp_path / "app.txt"
    packed.write_bytes(gzip.compress(data))
    wide.write_bytes(b"\xff\xfe" + data.decode().encode("utf-16-le"))
    for path in (packed, wide):
        (part,) = divided(range_of(str(path)), 9)
        assert part.whole
        assert told(scan_range(part)) == told(scan(path))
        assert len(told(scan(path))) == 1


def test_ranges_cover_a_file_once(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_bytes(b"x\n" * 500)
    parts = divided(range_of(str(path)), 7)
    assert [p.start for p in parts] == [0, *(p.stop for p in parts[:-1])]
    assert (len(parts), parts[-1].stop) == (7, 1000)
    inner = divided(parts[3]._replace(lines=9), 2)
    assert (inner[0].start, inner[1].stop) == (parts[3].start, parts[3].stop)
    assert [p.lines for p in counted(inner, [4, 5])] == [9, 13]
    path.write_bytes(b"")
    assert divided(range_of(str(path)), 1) == [Range(str(path), 0, 0)]
    assert scanned([range_of(str(path))]) == []


def test_a_file_that_went_away(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.log")
    for call in (lambda: range_of(gone), lambda: scanned([Range(gone, 0, 9)])):
        with pytest.raises(GotraceError, match=r"gone\.log"):
            call()
