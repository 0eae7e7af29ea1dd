"""`gotrace scan --format …`: the lines of `annotate`, one for each dump as it is found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gotrace.cli import main
from gotrace.formats import FORMATS, STREAMED
from tests.evidence import SAMPLES

LOG = SAMPLES / "pushd" / "panic.log"
PANIC = LOG.read_bytes()
MORE = SAMPLES / "closures" / "go1.27.log"
TRACKERS = [name for name in STREAMED if name not in {"ndjson", "parquet"}]
FILLER = b"".join(b"2024-03-01T01:08:01.604Z level=info msg=lease n=%d\n" % i for i in range(2000))


def written(folder: Path, *arguments: str) -> list[Any]:
    """What a run writes to its -o, without what the clock says."""
    out = folder / "out.ndjson"
    main([*arguments, "-o", str(out)])
    text = out.read_text("utf-8")
    out.unlink()
    return [json.loads(line, object_hook=timeless) for line in text.splitlines()]


def timeless(found: dict[str, Any]) -> dict[str, Any]:
    found.pop("observedTimeUnixNano", None)
    return found


def test_each_is_a_format_of_annotate_too() -> None:
    assert set(STREAMED) <= set(FORMATS)


@pytest.mark.parametrize("name", TRACKERS)
def test_the_lines_are_those_of_annotate(tmp_path: Path, name: str) -> None:
    """For every file, with the signatures that lie beside it."""
    logs = [str(LOG), str(MORE)]
    expected = written(tmp_path, "annotate", "--format", name, *logs)
    assert len(expected) == 2
    assert "15s" in json.dumps(expected[0])
    assert written(tmp_path, "scan", "--format", name, *logs) == expected


def test_the_options_of_annotate(tmp_path: Path) -> None:
    """Source, prototypes, and none of what lies beside the log."""
    source = ("--source", str(SAMPLES / "culprit" / "src"))
    (told,) = written(tmp_path, "scan", "--format", "gcp", *source, str(LOG))
    assert told["gotrace"]["culprit"].startswith("rsp is nil (certain)")
    (bare,) = written(tmp_path, "scan", "--format", "gcp", "--no-discover", str(LOG))
    assert bare["gotrace"]["arguments"] == {}
    prototypes = ("--signatures", str(SAMPLES / "pushd" / "prototypes.go"))
    (full,) = written(tmp_path, "scan", "--full", "--no-discover", *prototypes, str(LOG))
    assert full["goroutines"][0]["frames"][0]["arguments"][4]["value"]["text"] == "15s"


def test_secrets_stay_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--redact, and the setting of that name, hold for every format."""
    log = tmp_path / "a.log"
    log.write_bytes(
        b"panic: the password is hunter2\n\ngoroutine 1 [running]:\nmain.main()\n\t/m.go:1\n"
    )
    monkeypatch.chdir(tmp_path)
    for more in ([], ["--full"], ["--format", "ecs"]):
        assert "hunter2" in json.dumps(written(tmp_path, "scan", *more, "a.log"))
        (told,) = written(tmp_path, "scan", "--redact", *more, "a.log")
        assert "hunter2" not in json.dumps(told)
        assert "(23 bytes redacted)" in json.dumps(told)
    (tmp_path / "gotrace.toml").write_text("redact = true\n")
    for more in ([], ["--full"], ["--format", "ecs"]):
        assert "hunter2" not in json.dumps(written(tmp_path, "scan", *more, "a.log"))


def test_nothing_that_was_read_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be read costs a line on stderr and the exit code."""
    out = tmp_path / "out"
    logs = [str(LOG), str(tmp_path / "none.log"), str(MORE)]
    assert main(["scan", "--format", "sentry", "--no-discover", "-o", str(out), *logs]) == 2
    assert len(out.read_text().splitlines()) == 2
    assert capsys.readouterr().err.splitlines()[0].endswith("none.log: No such file or directory")
    program = ["--binary", str(tmp_path / "none")]
    assert main(["scan", "--format", "ecs", *program, "-o", str(out), str(LOG)]) == 2
    assert len(out.read_text().splitlines()) == 1


def test_a_record_of_100_mb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said that it was not read, and what follows is found; where it may be, it is read."""
    log, out = tmp_path / "a.log", tmp_path / "out"
    pads = "q" * 100_000_000, ""
    with log.open("w") as file:
        for pad in pads:
            file.write(json.dumps({"level": "error", "pad": pad, "stack": PANIC.decode()}) + "\n")
    run = ["scan", "--format", "otel", "--no-discover", "-o", str(out), str(log)]
    assert main(run) == 0
    assert len(out.read_bytes().splitlines()) == 1
    first, hint = capsys.readouterr().err.splitlines()
    assert first.endswith("a.log: the line at byte 0 is longer than 64 MB, and was read in parts")
    assert "--max-dump 256M" in hint
    assert main([*run, "--max-dump", "256M"]) == 0
    assert len(out.read_bytes().splitlines()) == 2
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("more", [[], ["--follow"]])
def test_where_it_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    """One line and a hint; the log is not touched."""
    log = tmp_path / "a.log"
    log.write_bytes(PANIC)
    for out, said in ((tmp_path / "no" / "x", "No such file"), (log, "is an input as well")):
        assert main(["scan", "--format", "ecs", *more, "-o", str(out), str(log)]) == 2
        told = capsys.readouterr().err.splitlines()
        assert said in told[0]
        assert len(told) == 2
    assert log.read_bytes() == PANIC


def test_follow_writes_at_once(tmp_path: Path) -> None:
    """Behind what the file holds, and while the log may still grow."""
    out = tmp_path / "out"
    out.write_text("before\n")
    command = [
        sys.executable, "-m", "gotrace", "scan", "-f", "--format", "ecs", "-o", str(out), "-",
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as run:
        assert run.stdin is not None
        run.stdin.write(PANIC)
        run.stdin.flush()
        for _ in range(200):
            if out.read_text().count("\n") == 2:
                break
            assert run.poll() is None
            time.sleep(0.05)
        first, second = out.read_text().splitlines()
        run.stdin.close()
        assert run.wait(10) == 0
    assert first == "before"
    assert json.loads(second)["error"]["type"] == "runtime.Error"


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="NOT RUN: needs /proc")
def test_memory_is_constant(tmp_path: Path) -> None:
    """Four times as many dumps take no more memory, decoded or not."""
    code = (
        "import sys\nfrom gotrace.cli import main\nmain(sys.argv[1:])\n"
        "print(*[x.split()[1] for x in open('/proc/self/status') if x.startswith('VmHWM')])"
    )
    peaks = []
    for times in (120, 480):
        path = tmp_path / f"{times}.log"
        path.write_bytes((FILLER[:60_000] + PANIC) * times)
        out = tmp_path / "out"
        command = [
            sys.executable, "-c", code, "scan", "--format", "otel", "-o", str(out), str(path),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, check=True)
        assert out.read_bytes().count(b"\n") == times
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] * 1.2
