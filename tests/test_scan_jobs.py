"""`gotrace scan -j N` with --full or a format: processes decode, and nothing else changes."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from gotrace.cli import main
from tests.evidence import SAMPLES
from tests.split_logs import PANIC, mixed_log

FORMS = (["--full"], ["--redact"], ["--format", "ecs"], ["--format", "parquet"])
SIGNED = ["--signatures", str(SAMPLES / "pushd" / "prototypes.go")]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """How much is sent at a time is no part of what must hold."""
    dice = random.Random(os.environ.get("PYTEST_CURRENT_TEST"))
    for name, sizes in (("MANY", (1, 2, 5)), ("LARGE", (1, 3000, 1 << 17)), ("AHEAD", (1, 2))):
        monkeypatch.setattr(f"gotrace.commands.scan_workers.{name}", dice.choice(sizes))


def scanned(folder: Path, *arguments: str) -> tuple[int, bytes]:
    """The exit code, and what is written; of a table its rows."""
    out = folder / "out"
    out.unlink(missing_ok=True)
    code = main(["scan", "-o", str(out), *arguments])
    found = out.read_bytes()
    if "parquet" in arguments:
        pq = pytest.importorskip("pyarrow.parquet", reason="NOT RUN: tables need pyarrow")
        rows = pq.read_table(io.BytesIO(found)).to_pylist()
        return code, repr(rows).encode()
    return code, found


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
@pytest.mark.parametrize("seed", range(3))
def test_processes_write_what_one_writes(tmp_path: Path, seed: int, form: list[str]) -> None:
    """Bare and wrapped dumps, in several files, of which one is packed and one has none."""
    if "parquet" in form:
        pytest.importorskip("pyarrow", reason="NOT RUN: tables need pyarrow")
    logs = [tmp_path / name for name in ("a.log", "b.log", "c.log")]
    logs[0].write_bytes(mixed_log(seed, 300))
    logs[1].write_bytes(b"nothing here\n" * 100)
    logs[2].write_bytes(PANIC * 7)
    subprocess.run(["gzip", str(logs[2])], check=True)
    told = [*form, *SIGNED, *map(str, logs[:2]), f"{logs[2]}.gz"]
    alone = scanned(tmp_path, *told)
    assert alone[0] == 0
    for jobs in ("2", "3"):
        assert scanned(tmp_path, "-j", jobs, *told) == alone


def test_what_is_said_once_is_said_of_the_first_dump(tmp_path: Path) -> None:
    """That files are not below the source, whichever process finds it."""
    log, source = tmp_path / "a.log", tmp_path / "src"
    source.mkdir()
    (source / "go.mod").write_text("module other\n")
    other = b"goroutine 1 [running]:\nmain.main()\n\t/b/other.go:1 +0x1\n\n"
    log.write_bytes((PANIC * 3 + other) * 4)
    told = ["--full", "--source", str(source), str(log)]
    alone = scanned(tmp_path, *told)
    dumps = [json.loads(line) for line in alone[1].splitlines()]
    said = [any(i["code"] == "source-missing" for i in d["issues"]) for d in dumps]
    assert said[0]
    assert said.count(True) < 4
    assert scanned(tmp_path, "-j", "2", *told) == alone


def test_what_lies_beside_a_log_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the one that writes; also that it cannot be read, which is the exit code 2."""
    log, beside = tmp_path / "a.log", tmp_path / "prototypes.go"
    log.write_bytes(PANIC * 9)
    for text, code, start in (("func main.f(x int)\n", 0, "signatures"), ("func (\n", 2, "")):
        beside.write_text(text)
        said = []
        for jobs in ("1", "2"):
            assert scanned(tmp_path, "--full", "-j", jobs, str(log))[0] == code
            said.append(capsys.readouterr().err)
        assert said[0] == said[1]
        assert said[0].startswith(f"gotrace: {start}")


def test_what_a_process_raises_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(PANIC * 9)
    monkeypatch.setattr("gotrace.report._annotate", None)
    monkeypatch.setenv("GOTRACE_DEBUG", "1")
    with pytest.raises(TypeError):
        main(["scan", "--full", "-j", "2", "-o", str(tmp_path / "out"), str(log)])
    monkeypatch.setenv("GOTRACE_DEBUG", "0")
    code, found = scanned(tmp_path, "--full", "-j", "2", str(log))
    assert code == 70
    assert found.count(b'"internal"') == 9


def test_the_reader_of_the_output_goes_away(tmp_path: Path) -> None:
    """The processes end with the one that writes, and say nothing."""
    log = tmp_path / "a.log"
    log.write_bytes(PANIC * 2000)
    command = [sys.executable, "-m", "gotrace", "scan", "--full", "-j", "2", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline()
        run.stdout.close()
        assert run.wait(60) == 141
        assert run.stderr.read() == b""


def test_a_large_dump_is_written_as_a_small_one_is(tmp_path: Path) -> None:
    """In pieces, in ASCII, and as the library's encoder spaces it; only its keys are ours."""
    log = tmp_path / "a.log"
    goroutines = b"".join(
        b"goroutine %d [select]:\nmain.w\xc3\xa4it(0x%x)\n\t/\xf0\x9f\x98\x80/\xff.go:7 +0x1d\n\n"
        % (i, i)
        for i in range(1, 700)
    )
    log.write_bytes(b"panic: \xe2\x82\xac\n\n" + goroutines)
    code, found = scanned(tmp_path, "--full", "--no-discover", str(log))
    assert code == 0
    (line,) = found.decode("ascii").splitlines()
    whole = json.loads(line)
    assert len(whole["goroutines"]) == 699
    assert whole["goroutines"][3]["frames"][0]["function"] == "main.wäit"
    assert json.dumps(whole) == line
