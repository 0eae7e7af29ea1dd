"""``gotrace run``: the output of a program untouched, its end kept, its crash decoded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotrace.running import capture as capturing
from gotrace.running.capture import Capture
from tests import go_tools
from tests.evidence import SAMPLES

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "sigwaitinfo"), reason="NOT RUN: needs POSIX signals"
)
LOG = SAMPLES / "shapes" / "go1.27.log"
RUN = (sys.executable, "-c", "from gotrace.cli import script; script()", "run")


def run(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    command = [*RUN, *arguments]
    done: subprocess.CompletedProcess[bytes] = subprocess.run(
        command, capture_output=True, timeout=60, check=False, **more
    )
    return done


def shell(script: str, *options: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    return run(*options, "--", "sh", "-c", script, **more)


def bare(script: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["sh", "-c", script], capture_output=True, timeout=60, check=False)


@contextmanager
def started(script: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program under it that goes on; ended after half a minute whatever happens.

    A background job of a shell, or nohup, leaves signals ignored: here they are as at a terminal.
    """

    def as_usual() -> None:
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)

    process = subprocess.Popen(
        [*RUN, "sh", "-c", script], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        preexec_fn=as_usual,  # noqa: PLW1509 - no thread holds a lock here
    )  # fmt: skip
    timer = threading.Timer(30, process.kill)
    timer.start()
    try:
        yield process
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


# ---------------------------------------------------------------------- output and status


@pytest.mark.parametrize(
    "script",
    [
        "echo out; echo err >&2",
        "exit 7",
        "kill -KILL $$",
        "kill -TERM $$",
        "kill -SEGV $$",
        "printf 'no newline' >&2; exit 1",
        "head -c 3000000 /dev/urandom | od >&2",
        "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2",
        "exec 2>&-; echo out",
        "cat; exit 3",
    ],
)
def test_a_program_is_seen_as_it_is(script: str) -> None:
    """Byte for byte, and with the same end: code or signal."""
    fixed = script.replace("/dev/urandom", str(LOG.parent / "main.go"))
    wanted, found = bare(fixed), shell(fixed)
    assert found.stdout == wanted.stdout
    assert found.stderr == wanted.stderr
    assert found.returncode == wanted.returncode


def test_one_place_for_both_keeps_the_order(tmp_path: Path) -> None:
    """As with `2>&1` into a file."""
    script = "for i in $(seq 500); do echo out $i; echo err $i >&2; done"
    with (tmp_path / "log").open("wb") as file:
        subprocess.run([*RUN, "sh", "-c", script], stdout=file, stderr=file, check=True, timeout=60)
    lines = (tmp_path / "log").read_text().splitlines()
    assert lines == [f"{kind} {i}" for i in range(1, 501) for kind in ("out", "err")]


def test_output_comes_at_once() -> None:
    """A line is there while the program still runs."""
    with started("echo ready >&2; exec sleep 30") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGQUIT"])
def test_signals_are_passed_on(name: str) -> None:
    """The program decides what they mean, and how it ends."""
    number = getattr(signal, name)
    script = f"trap 'echo got >&2; exit 9' {number:d}; echo ready >&2; while :; do sleep 0.05; done"
    with started(script) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        process.send_signal(number)
        assert process.stderr.readline() == b"got\n"
        assert process.wait(10) == 9


def test_who_reads_no_more_is_noticed_by_the_program() -> None:
    """It gets a broken pipe, as it would have; nothing waits for ever."""
    with started("trap 'exit 5' PIPE; while echo line >&2; do :; done; exit 6") as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.stderr.close()
        process.stderr = None
        assert process.wait(20) in {5, 6, -signal.SIGPIPE}


def test_what_a_program_leaves_behind_goes_on_writing() -> None:
    """We end with the program; its children's lines still arrive."""
    begun = time.monotonic()
    with started("(sleep 3; echo late >&2) & echo early >&2; exit 4") as process:
        assert process.wait(10) == 4
        assert time.monotonic() - begun < 2.9
        assert process.stderr is not None
        assert process.stderr.read() == b"early\nlate\n"


def test_ignored_signals_are_not_inherited() -> None:
    """Python ignores SIGPIPE; a program under it must not."""
    if not Path("/proc/self/status").exists():
        pytest.skip("NOT RUN: no /proc")
    script = "grep -E '^Sig(Ign|Blk)' /proc/self/status"
    own = 3 << 31  # 32 and 33 are those of glibc's threads
    wanted, found = (
        [int(line.split()[1], 16) & ~own for line in done.stdout.splitlines()]
        for done in (bare(script), shell(script))
    )
    assert found == wanted


@pytest.mark.parametrize(
    ("program", "code"), [("./no-such-program", 127), ("/etc/passwd", 126), ("/", 126)]
)
def test_a_program_that_cannot_be_run(program: str, code: int) -> None:
    """One line, and the code that shells give."""
    found = run(program)
    assert found.returncode == code
    assert found.stderr.decode().startswith(f"gotrace: {program}: ")
    assert found.stderr.count(b"\n") == 1


def test_no_program() -> None:
    """The help, and the code of a wrong usage."""
    assert run().returncode == 2
    assert run().stderr.startswith(b"gotrace run: no PROGRAM\n")


# ---------------------------------------------------------------------- crashes


def test_the_decoded_crash_follows(tmp_path: Path) -> None:
    """Behind the untouched output; the status is the program's."""
    script = f"echo out; cat {LOG} >&2; exit 2"
    found = shell(script)
    assert (found.returncode, found.stdout) == (2, b"out\n")
    output, decoded = found.stderr.split("\n── gotrace: sh crashed (exit code 2) ".encode(), 1)
    assert output == LOG.read_bytes()
    assert "panic: " in decoded.decode()
    report = tmp_path / "crash.json"
    found = shell(script, "--report", str(report), "--format", "json")
    assert found.stderr == LOG.read_bytes()
    assert json.loads(report.read_text())["dumps"][0]["kind"] == "panic"


def test_a_program_that_lives_on_is_left_alone() -> None:
    """Nothing is added where it ends well, whatever it printed."""
    found = shell(f"cat {LOG} >&2")
    assert (found.returncode, found.stderr) == (0, LOG.read_bytes())


def test_a_command_gets_the_crash(tmp_path: Path) -> None:
    """As NDJSON on its stdin."""
    told = tmp_path / "told"
    shell(f"cat {LOG} >&2; exit 2", "--on-crash", f"cat > {told}")
    assert [json.loads(line)["kind"] for line in told.read_text().splitlines()] == ["panic"]


def test_what_cannot_be_written_changes_no_status() -> None:
    """One line says so."""
    found = shell(f"cat {LOG} >&2; exit 2", "--report", "/no/such/folder/x")
    assert found.returncode == 2
    assert found.stderr.removeprefix(LOG.read_bytes()).startswith(b"gotrace: the crash is not ")


# ---------------------------------------------------------------------- what is kept


@given(st.lists(st.binary(max_size=40) | st.just(b"goroutine 1 [running]:\n"), max_size=20))
def test_cuts_change_nothing(pieces: list[bytes]) -> None:
    """Fed byte by byte or in pieces, the same is kept."""
    whole, parts = Capture(), Capture()
    for piece in pieces:
        whole.feed(piece)
        for i in range(len(piece)):
            parts.feed(piece[i : i + 1])
    assert whole.data == parts.data
    assert bool(whole.data) is any(s in b"".join(pieces) for s in capturing.SIGNS)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a healthy program only the tail; of tracebacks the first of them; a traceback that the
    program survived is dropped."""
    for name, size in (("TAIL", 100), ("LONGEST", 1000), ("QUIET", 500)):
        monkeypatch.setattr(capturing, name, size)
    capture = Capture()
    for _ in range(100):
        capture.feed(b"line\n" * 10)
    assert capture.data == b""
    assert len(capture._kept) <= 200
    capture.feed(b"goroutine 1 [running]:\n")
    for _ in range(100):
        capture.feed(b"goroutine 2 [running]:\n" * 10)
    assert len(capture.data) == 1000
    assert capture.truncated
    for _ in range(20):
        capture.feed(b"line\n" * 10)
    assert capture.data == b""
    assert not capture.truncated


# ---------------------------------------------------------------------- real programs

PROGRAM = """package main

import (
	"fmt"
	"os"
	"time"
)

type shop struct{ open, stock int }

//go:noinline
func (s *shop) sell(name string, n int) int { return s.stock - n + len(name) }

func main() {
	fmt.Println("begins")
	switch os.Args[1] {
	case "nil":
		var s *shop
		fmt.Println(s.sell("apple", 3))
	case "index":
		fmt.Println(os.Args[len(os.Args)])
	case "lock":
		<-make(chan int)
	case "quit":
		fmt.Fprintln(os.Stderr, "ready")
		time.Sleep(time.Minute)
	case "exit":
		os.Exit(3)
	}
}
"""


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 27))
@pytest.mark.parametrize("cause", ["nil", "index", "lock", "exit", "well"])
def test_real_programs(tmp_path: Path, release: int, cause: str) -> None:
    """Of every cause: what it printed, then the crash with names from the program's own file."""
    (tmp_path / "main.go").write_text(PROGRAM)
    app = tmp_path / "app"
    go_tools.build(release, tmp_path, "-o", str(app), "main.go")
    wanted = subprocess.run([app, cause], capture_output=True, check=False, timeout=60)
    found = run(str(app), cause)
    assert (found.returncode, found.stdout) == (wanted.returncode, wanted.stdout)
    output, _, decoded = found.stderr.partition("\n── gotrace: ".encode())
    crashed = cause not in {"exit", "well"}
    assert bool(decoded) is crashed
    assert output.count(b"\n") == wanted.stderr.count(b"\n")
    if cause == "nil":
        assert b"s is nil" in decoded
        assert b"*main.shop" in decoded


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(27))
def test_go_run(tmp_path: Path, release: int) -> None:
    """The program that `go run` starts, and deletes at its end, is known."""
    (tmp_path / "main.go").write_text(PROGRAM)
    found = run(
        str(go_tools.goroot(release) / "bin" / "go"),
        "run",
        "main.go",
        "nil",
        cwd=tmp_path,
        env=go_env(),
    )
    assert b"*main.shop" in found.stderr.partition("\n── gotrace: ".encode())[2]


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 27))
@pytest.mark.parametrize("options", [[], ["-json"], ["-v"]])
def test_go_test(tmp_path: Path, release: int, options: list[str]) -> None:
    """So are the programs of `go test`."""
    (tmp_path / "go.mod").write_text("module shop\n\ngo 1.15\n")
    (tmp_path / "shop_test.go").write_text(
        'package shop\n\nimport "testing"\n\ntype shop struct{ open, stock int }\n\n'
        "//go:noinline\nfunc (s *shop) sell(name string, n int) int { return s.stock - n }\n\n"
        'func TestSell(t *testing.T) {\n\tvar s *shop\n\tt.Log(s.sell("apple", 3))\n}\n'
    )
    command = [str(go_tools.goroot(release) / "bin" / "go"), "test", *options, "."]
    found = run(*command, cwd=tmp_path, env=go_env())
    assert found.returncode == 1
    assert b"*shop.shop" in found.stderr.partition("\n── gotrace: ".encode())[2]


def go_env() -> dict[str, str]:
    return {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GO111MODULE": "on"}
