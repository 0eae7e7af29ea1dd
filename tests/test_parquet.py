"""Parquet: a row for each frame, read back with pyarrow; it holds what the JSON holds."""

from __future__ import annotations

import importlib
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gotrace
from gotrace.cli import main
from gotrace.model import Dump
from gotrace.redaction import redact
from gotrace.rendering import json as json_format
from gotrace.rendering import parquet, parquet_rows
from gotrace.report import Report
from tests import docs_blocks
from tests.evidence import SAMPLES, sample_files

pytestmark = pytest.mark.arrow
LOG = SAMPLES / "pushd" / "panic.log"
PAGE = docs_blocks.DOCS / "parquet.md"


@pytest.fixture(autouse=True)
def _arrow() -> None:
    pytest.importorskip(
        "pyarrow", reason="NOT RUN: tables need pyarrow (pip install 'gotrace[arrow]')"
    )


def story() -> Report:
    prototypes = gotrace.from_prototypes((SAMPLES / "pushd" / "prototypes.go").read_text())
    source = gotrace.from_source(str(SAMPLES / "culprit" / "src"))
    dump = gotrace.parse(LOG.read_bytes(), source="panic.log").dumps[0]
    return gotrace.annotate(dump, signatures=[prototypes], sources=[source])


def dumps(path: Path) -> tuple[Dump, ...]:
    return gotrace.parse(path.read_bytes(), source=path.name).dumps


def read(source: Any) -> Any:
    return pytest.importorskip("pyarrow.parquet").read_table(source)


def table(reports: Iterable[Report]) -> Any:
    file = io.BytesIO()
    parquet.write_to(file, reports)
    return read(io.BytesIO(file.getvalue()))


def rows(*reports: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table(reports).to_pylist()
    return found


# ---------------------------------------------------------------------- what a row holds


def test_a_row() -> None:
    """Dump, goroutine, frame and arguments of the crash in the README."""
    first, second, *_ = rows(story())
    assert first["cause_type"] == "runtime.Error"
    assert first["culprit"].startswith("rsp is nil (certain)")
    assert first["culprit_certainty"] == "certain"
    assert (first["goroutine"], first["state"], first["crashed"]) == (266900, "running", True)
    assert (first["frame"], first["log_line"], first["line"]) == (0, 5, 79)
    assert (first["package"].rpartition("/")[2], first["receiver"]) == ("gocmpp", "*Client")
    assert first["created_by"]["function"].endswith("pusher.(*gateway).addSession")
    assert [r["blamed"] for r in (first, second)] == [True, False]
    named = {a["name"]: a for a in first["arguments"]}
    assert (named["timeout"]["value"], named["timeout"]["certainty"]) == ("15s", "exact")
    assert named["servAddr"]["words"] == ["0xc4203d29c0", "0x11"]
    assert named["servAddr"]["pointer"] == "0xc4203d29c0"
    assert (named[None]["certainty"], named[None]["value"]) == ("unset", None)


def expected(report: Report) -> Iterator[dict[str, Any]]:
    """The frames as the JSON has them, in the order of the dump."""
    plain = report.dump
    order = sorted(range(len(plain.goroutines)), key=lambda i: not plain.goroutines[i].crashed)
    told = json_format.dump(report)
    found = dict(zip(order, told["goroutines"], strict=True))
    for number in range(len(order)):
        for index, frame in enumerate(found[number]["frames"]):
            yield {"goroutine_index": number, "frame": index, "of": found[number], **frame}


def test_every_sample_says_what_the_json_says() -> None:
    """Frame by frame and word by word; and the rows are as many."""
    for log in sample_files():
        reports = [gotrace.annotate(d) for d in dumps(log)]
        found = [r for r in rows(*reports) if r["function"] is not None]
        told = [frame for report in reports for frame in expected(report)]
        assert len(found) == len(told)
        same = "goroutine_index frame function package receiver name file line offset pc language"
        same += " in_app inlined raw_arguments"
        for row, frame in zip(found, told, strict=True):
            assert {k: row[k] for k in same.split()} == {k: frame[k] for k in same.split()}
            assert row["goroutine"] == frame["of"]["id"]
            assert (row["frame_start"], row["log_line"]) == (
                frame["span"]["start"],
                frame["span"]["line"],
            )
            assert row["unbound_words"] == [w["raw"] for w in frame["unbound_words"]]
            assert [(a["name"], a["certainty"], a["words"]) for a in row["arguments"]] == [
                (a["name"], a["certainty"], [w["raw"] for w in a["words"]])
                for a in frame["arguments"]
            ]


def test_no_dump_and_no_goroutine_is_missing() -> None:
    """What has no frames is a row with nulls."""
    log = (
        b"goroutine 5 [running]:\n\tgoroutine running on other thread; stack unavailable\n\n"
        b"goroutine 6 [select]:\nmain.f(0x1)\n\t/a/main.go:1 +0x1\n"
    )
    (dump,) = gotrace.parse(log).dumps
    first, second = rows(gotrace.annotate(dump))
    assert (first["goroutine"], first["function"], first["arguments"]) == (5, None, None)
    assert (second["goroutine"], second["frame"]) == (6, 0)
    none = gotrace.annotate(dump)._replace(goroutines=())
    (alone,) = rows(none)
    assert (alone["dump"], alone["goroutine"], alone["blamed"]) == (first["dump"], None, False)
    assert rows() == []


def test_one_frame_of_each_crash_is_blamed() -> None:
    reports = [gotrace.annotate(d) for p in sample_files() for d in dumps(p)]
    found = [r for r in rows(*reports) if r["function"] is not None]
    assert sorted(r["dump"] for r in found if r["blamed"]) == sorted({r["dump"] for r in found})


def test_the_times_of_logs() -> None:
    log = (
        "2026-08-21T09:24:33.260739149+02:00 stderr F goroutine 1 [running]:\n"
        "2026-08-21T09:24:33.260790466+02:00 stderr F main.main()\n"
        "2026-08-21T09:24:33.260790470+02:00 stderr F \t/a/main.go:1 +0x1\n"
    )
    (row,) = rows(gotrace.annotate(gotrace.parse(log.encode()).dumps[0]))
    assert row["time"].isoformat() == "2026-08-21T07:24:33.260739+00:00"
    assert row["timestamp"] == "2026-08-21T09:24:33.260739149+02:00"
    assert row["envelope"] == ["cri"]


def test_secrets_stay_at_home() -> None:
    log = b"panic: hunter2\n\ngoroutine 1 [running]:\nmain.main()\n\t/m.go:1\n"
    report = gotrace.annotate(gotrace.parse(log).dumps[0])
    assert rows(report)[0]["cause"] == "hunter2"
    assert "hunter2" not in json.dumps(rows(redact(report)))


def kinds() -> dict[str, tuple[Any, st.SearchStrategy[Any]]]:
    """Each kind of column, and what can stand in it."""
    pa = pytest.importorskip("pyarrow")
    texts, numbers = st.text(max_size=5), st.integers(-(1 << 63), (1 << 63) - 1)
    pairs = st.tuples(st.none() | texts, st.none() | numbers)
    pair = pa.struct([pa.field("a", pa.string()), pa.field("b", pa.int64())])
    return {
        "texts": (pa.string(), texts),
        "numbers": (pa.int64(), numbers),
        "flags": (pa.bool_(), st.booleans()),
        "lists": (pa.list_(pa.string()), st.lists(st.none() | texts, max_size=3)),
        "structures": (pair, pairs),
        "lists of them": (pa.list_(pair), st.lists(st.none() | pairs, max_size=3)),
    }


@settings(max_examples=150)
@given(st.data())
def test_columns_are_those_of_arrow(data: st.DataObject) -> None:
    """They are made of buffers; what Arrow makes of the same lists is the same."""
    pa = pytest.importorskip("pyarrow")
    columns = importlib.import_module("gotrace.rendering.parquet_columns")
    kind, entries = data.draw(st.sampled_from([*kinds().values()]))
    values = data.draw(st.lists(st.none() | entries, max_size=20))
    made = columns.column(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, kind))
    if not values:
        return
    chosen = data.draw(st.lists(st.integers(0, len(values) - 1), max_size=9))
    (taken,) = columns.of_words([(v,) for v in values], pa.schema([("x", kind)]), chosen)
    assert taken.equals(pa.array([values[i] for i in chosen], kind))


def test_where_each_row_stands_is_what_its_span_says(tmp_path: Path) -> None:
    """The short way to a place and the long one agree, also in windows of a scan."""
    log = b"".join(b"hello\n" * 3 + p.read_bytes() + b"\n" for p in sample_files()[:40])
    (tmp_path / "a.log").write_bytes(log)
    for found in (gotrace.parse(log).dumps, [*gotrace.scan(str(tmp_path / "a.log"))]):
        reports = [*map(gotrace.annotate, found)]
        told = [r for r in rows(*reports) if r["function"] is not None]
        frames = ((r.dump, f.frame) for r in reports for g in r.goroutines for f in g.frames)
        places = [tuple(dump.where(frame.span)[:3]) for dump, frame in frames]
        assert [(r["frame_start"], r["frame_end"], r["log_line"]) for r in told] == places


@settings(max_examples=30)
@given(st.data())
def test_any_text_becomes_a_table(data: st.DataObject) -> None:
    """Bytes that are no text, numbers that fit nowhere, texts of any length: nothing raises."""
    log = data.draw(st.sampled_from(sample_files())).read_bytes()
    hostile = [b"\xff\xfe", b"9" * 30, b"-" * 3, b"\x00", "é😀".encode(), b"x" * 20_000, b"[]()"]
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(log)))
        log = log[:at] + data.draw(st.sampled_from(hostile)) + log[at:]
    reports = [gotrace.annotate(d) for d in gotrace.parse(log).dumps]
    frames = sum(len(g.frames) for r in reports for g in r.goroutines)
    assert sum(r["function"] is not None for r in rows(*reports)) == frames


def test_numbers_and_texts_without_end() -> None:
    log = b"panic: " + b"x" * 50_000 + b"\n\ngoroutine 99999999999999999999 [running]:\n"
    log += b"main.main()\n\t/m.go:99999999999999999999 +0x1\n"
    (dump,) = gotrace.parse(log).dumps
    (row,) = rows(gotrace.annotate(dump))
    assert row["cause"] == f"{'x' * parquet_rows.LONGEST}… (33616 more characters)"
    assert row["line"] is None


# ---------------------------------------------------------------------- the file


def test_row_groups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By rows, and by characters; where they are cut changes nothing."""
    reports = [gotrace.annotate(d) for p in sample_files()[::12] for d in dumps(p)]
    whole = rows(*reports)
    for name, value in (("ROWS", 7), ("ROWS", 1), ("SIZE", 2000), ("SIZE", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(parquet, name, value)
            sizes = [b.num_rows for b in parquet.batches(reports)]
            assert sum(sizes) == len(whole)
            assert name != "ROWS" or max(sizes) == value
            assert min(sizes) > 0
            assert len(sizes) > 5
            assert rows(*reports) == whole


def test_the_page_has_each_column() -> None:
    """docs/parquet.md names them all, and none that is not there."""
    schema = importlib.import_module("gotrace.rendering.parquet_schema")
    page = PAGE.read_text("utf-8")
    tables = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+)`", "".join(tables))) == sorted(schema.SCHEMA.names)
    told = page.split("Each of `arguments` has")[1].split("SELECT")[0]
    assert {field.name for field in schema.ARGUMENT} <= set(re.findall(r"`(\w+)`", told))
    assert schema.SCHEMA.metadata == {b"gotrace.frames": b"1"}


def test_the_pages_own_commands(tmp_path: Path) -> None:
    """They run, and the query on what they write says what the crashes have in common."""
    pytest.importorskip("duckdb", reason="NOT RUN: docs/parquet.md: duckdb is not installed")
    (tmp_path / "samples").symlink_to(SAMPLES)
    shell, python = docs_blocks.blocks(PAGE)
    for command in shell.text.splitlines():
        assert docs_blocks.run(command, tmp_path) == (0, "")
    told: dict[str, Any] = {}
    with docs_blocks.inside(tmp_path):
        exec(compile(python.text, str(PAGE), "exec"), told)
    assert ("timeout", "15s", 1) in [row[1:] for row in told["found"]]


# ---------------------------------------------------------------------- the command


def test_scan_writes_what_annotate_writes(tmp_path: Path) -> None:
    logs = [str(LOG), str(SAMPLES / "closures" / "go1.27.log")]
    for command in ("annotate", "scan"):
        out = tmp_path / f"{command}.parquet"
        assert main([command, "--format", "parquet", "-o", str(out), *logs]) == 0
    one, other = (read(tmp_path / f"{c}.parquet") for c in ("annotate", "scan"))
    assert one.num_rows == 14
    assert one.equals(other)


def test_a_log_without_dumps_is_a_table_without_rows(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"hello\n")
    out = tmp_path / "a.parquet"
    assert main(["scan", "--format", "parquet", "-o", str(out), str(tmp_path / "a.log")]) == 3
    assert read(out).num_rows == 0


def command(*arguments: str, **more: Any) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "gotrace", *arguments], stderr=subprocess.PIPE, check=False, **more
    )


def test_standard_output(tmp_path: Path) -> None:
    """A pipe is good, a terminal is not."""
    arguments = ("scan", "--no-discover", "--format", "parquet", str(LOG))
    done = command(*arguments, stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert read(io.BytesIO(done.stdout)).num_rows == 5
    ours, its = pty.openpty()
    done = command(*arguments, stdout=its)
    os.close(its)
    os.close(ours)
    assert done.returncode == 2
    assert b"parquet is nothing for a terminal" in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("name", ["annotate", "scan"])
def test_where_it_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """One line and a hint, the exit code 2; what was there before stays."""
    for out in (tmp_path / "no" / "x.parquet", tmp_path):
        told = [name, "--no-discover", "--format", "parquet", "-o", str(out), str(LOG)]
        assert main(told) == 2
        said = capsys.readouterr().err.splitlines()
        assert said[0].startswith(f"gotrace: {out}: ")
        assert len(said) == 2
    assert list(tmp_path.iterdir()) == []
    if os.path.exists("/dev/full"):
        done = command(name, "--no-discover", "--format", "parquet", "-o", "/dev/full", str(LOG))
        assert done.returncode == 2
        assert done.stderr.splitlines() == [
            b"gotrace: cannot write the output: No space left on device"
        ]


def test_without_pyarrow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What to install, before a log is read."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    out = tmp_path / "x.parquet"
    for name in ("annotate", "scan"):
        assert main([name, "--no-discover", "--format", "parquet", "-o", str(out), str(LOG)]) == 2
        assert capsys.readouterr().err.splitlines() == [
            "gotrace: parquet needs pyarrow, which is not installed",
            "  pip install 'gotrace[arrow]'",
        ]
    assert not out.exists()


def test_pandas_is_not_imported(tmp_path: Path) -> None:
    """Arrow would, where it is installed, for each list that becomes a column."""
    code = (
        "import sys\nfrom gotrace.cli import main\nmain(sys.argv[1:])\n"
        "sys.exit('pandas' in sys.modules)"
    )
    told = ["scan", "--no-discover", "--format", "parquet", "-o", str(tmp_path / "x"), str(LOG)]
    assert subprocess.run([sys.executable, "-c", code, *told], check=False).returncode == 0


def test_what_makes_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", "--follow", "--format", "parquet", "-o", "x", str(LOG)]) == 2
    assert "complete at the end" in capsys.readouterr().err
    with pytest.raises(ValueError, match="is no text"):
        gotrace.render(story(), "parquet")
    with pytest.raises(SystemExit):
        main(["run", "--format", "parquet", "true"])


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="NOT RUN: needs /proc")
def test_memory_is_constant(tmp_path: Path) -> None:
    """Three times as many dumps take no more memory: rows are written as they come."""
    code = (
        "import sys\nfrom gotrace.rendering import parquet\nparquet.ROWS = 500\n"
        "from gotrace.cli import main\nmain(sys.argv[1:])\n"
        "print(*[x.split()[1] for x in open('/proc/self/status') if x.startswith('VmHWM')])"
    )
    filler = b"".join(b"level=info msg=lease n=%d\n" % i for i in range(2000))
    peaks = []
    for times in (150, 450):
        path = tmp_path / f"{times}.log"
        path.write_bytes((filler + LOG.read_bytes()) * times)
        arguments = ["scan", "--format", "parquet", "-o", str(tmp_path / "out"), str(path)]
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, check=True
        )
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] * 1.15
