"""Input that nobody means: it takes bounded time and memory, and says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MB = 1 << 20
DUMP = b"\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/x.go:1 +0x1\n"

MEASURED = """
import resource, sys
from gotrace.cli import main
code = main(sys.argv[1:])
sys.stdout.flush()
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
sys.exit(code)
"""


def measured(path: Path, *options: str) -> tuple[int, int, bytes]:
    """Exit code, peak memory in MB, and output."""
    result = subprocess.run(
        [sys.executable, "-c", MEASURED, "annotate", str(path), *options],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert b"Traceback" not in result.stderr, result.stderr
    return result.returncode, int(result.stderr.split()[-1]), result.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="NOT RUN: needs ru_maxrss")
def test_a_gigabyte_of_zeros(tmp_path: Path) -> None:
    """It is searched window by window; 64 MB of a mapped file are held at most."""
    path = tmp_path / "zeros"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    code, peak, output = measured(path)
    assert (code, output) == (3, b"")
    assert peak < 200


def test_a_dump_behind_much_text(tmp_path: Path) -> None:
    """The windows hide no dump, and a mapped file is let go of behind the search."""
    path = tmp_path / "log"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"2026-01-01 12:00:00 INFO nothing happens\n" * (MB // 41))
        file.write(b"panic: at last" + DUMP)
    code, peak, output = measured(path)
    assert code == 0
    assert b"panic: at last" in output
    assert peak < 300


@pytest.mark.parametrize("head", [b"", b"panic: ", b"x panic: ", b"goroutine 1 [", b"\t"])
def test_a_line_of_100_mb(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "line"
    with path.open("wb") as file:
        file.write(head)
        for _ in range(100):
            file.write(b"x" * MB)
        file.write(DUMP)
    code, peak, output = measured(path, "--format", "json", "-o", "/dev/null")
    assert code == 0
    assert output == b""
    assert peak < 2500


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(b"\xff\xfe\0\0panic: \xff\0\xfe" + DUMP + bytes(range(256)) * 100)
    code, _, output = measured(path)
    assert code == 0
    assert b"\\xff\\x00\\xfe" in output
