"""A line that is too long to be a record: a dump in it is lost, so everybody says where it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gotrace
from gotrace.cli import main
from gotrace.input.longest import first_beyond
from gotrace.model import Span
from gotrace.scanning import Scanner
from gotrace.scanning.following import follow
from tests.split_logs import PANIC

FIRST, MOST = 400_000, 200_000
RECORD = json.dumps({"pad": "q" * 500_000, "stack": PANIC.decode()}).encode() + b"\n"
LOG = b"level=info n=1\n" * (FIRST // 15) + b"level=info\n" + RECORD + PANIC + b"hello\n" * 50_000
LOG += RECORD + PANIC
PLACE = FIRST // 15 * 15 + 11


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "app.log"
    path.write_bytes(LOG)
    return str(path)


@pytest.mark.parametrize(
    "more", ["", "--full", "--redact", "--format ecs", "-j 2", "-j 3", "--full -j 2", "-q -j 2"]
)
def test_every_scan_says_where(
    log: str, more: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once for a file, of the first such line, whichever process read it; what follows is found."""
    monkeypatch.setattr("gotrace.scanning.ranges.LEAST", 1 << 18)
    monkeypatch.setattr("gotrace.commands.scan_workers.MANY", 1)
    assert main(["scan", "--max-dump", str(MOST), *more.split(), log]) == 0
    out, told = capsys.readouterr()
    if "-q" in more:  # it stops at the first dump
        return
    assert len(out.splitlines()) >= 2
    first, hint = told.splitlines()
    assert first == (
        f"gotrace: {log}: the line at byte {PLACE} is longer than {MOST} bytes, and was read in "
        "parts"
    )
    assert "--max-dump 256M" in hint
    assert main(["scan", *more.split(), log]) == 0
    assert capsys.readouterr().err == ""


def test_one_that_follows_says_it_at_once(tmp_path: Path) -> None:
    """Not at the end, which there is none of; of another file that takes its place anew."""
    path = tmp_path / "app.log"
    path.write_bytes(b"hello\n" + b"q" * 3_000_000 + b"\n" + PANIC)
    told: list[int] = []
    found = follow(str(path), max_dump_bytes=MOST, idle=0.0, overlong=told.append)
    assert next(found).kind == "panic"
    assert told == [6]
    path.unlink()
    path.write_bytes(b"q" * 3_000_000 + b"\n" + PANIC)
    assert next(found).kind == "panic"
    assert told == [6, 0]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_library_warns(log: str, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gotrace.scanning.ranges.LEAST", 1 << 18)
    with pytest.warns(UserWarning, match=f"the line at byte {PLACE} is longer than") as told:
        assert len([*gotrace.scan(log, max_dump_bytes=MOST, jobs=jobs)]) >= 2
    assert [w.filename for w in told] == [__file__]
    scanner = Scanner(max_dump_bytes=MOST)
    for at in range(0, len(LOG), 50_000):  # what comes as a whole may be read as a whole
        scanner.feed(LOG[at : at + 50_000])
    scanner.flush()
    assert scanner.overlong == PLACE


def test_what_is_read_whole_knows_no_record_that_long(
    log: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """There the limit is another one, which no option raises; a scan has it as well."""
    runs = (["annotate", "--no-discover"], ["group"], ["diff", log], ["scan"], ["scan", "--full"])
    for run in runs:
        assert main([*run, log]) in {0, 1}
        assert capsys.readouterr().err == ""
    assert gotrace.parse(LOG).issues == ()
    monkeypatch.setattr("gotrace.input.longest.LONGEST", 300_000)
    for run in runs:
        assert main([*run, log]) in {0, 1}
        first, hint, *more = capsys.readouterr().err.splitlines()
        assert first == (
            f"gotrace: {log}: the line at byte {PLACE} is longer than 300000 bytes: it is no record"
        )
        assert "cut the text of the dump out" in hint
        assert len(more) == (2 if run[0] == "diff" else 0)
    found = gotrace.parse(LOG)
    assert [(i.code, i.span) for i in found.issues] == [("line-too-long", Span(PLACE, PLACE))]


def test_lines_of_all_lengths() -> None:
    """The first line with more bytes than that, its end not counted."""
    for data, most in (
        (b"", 0),
        (b"ab\ncdef\ngh", 3),
        (b"ab\ncdef\n", 4),
        (b"abc", 3),
        (b"\n\n", 1),
    ):
        lines = [line for line in data.split(b"\n") if len(line) >= most]
        place = first_beyond(data, most)
        if place is not None:
            assert data[place:].startswith(lines[0])
        expected = [line for line in data.splitlines(keepends=True) if len(line) > most]
        assert (place is not None) == bool(expected)
