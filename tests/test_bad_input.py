"""Input that nobody means: it takes bounded time and memory, and says so."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from gotrace.model import Dump
from gotrace.parsing import assemble, parse
from gotrace.parsing.frames import FrameReader
from gotrace.rendering.style import SHOWN, clean
from tests.test_three_readers import compare

MB = 1 << 20
DUMP = b"\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/x.go:1 +0x1\n"

MEASURED = """
import os, re, resource, sys
from gotrace.cli import main
code = main(sys.argv[1:])
sys.stdout.flush()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if os.path.exists("/proc/self/status"):  # ru_maxrss also counts what the parent had at the fork
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
print("peak", peak // 1024, file=sys.stderr)
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


# ---------------------------------------------------------------- content never raises

HEAD = "panic: x\n\ngoroutine 1 [running]:\n"
SITE = "\t/x.go:1 +0x1\n"
NINES = "9" * 5000


@pytest.fixture(autouse=True)
def _errors_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOTRACE_DEBUG", "1")


def dumps(text: str) -> tuple[Dump, ...]:
    return parse(text.encode("latin-1")).dumps


LONG_NUMBERS = [
    f"goroutine {NINES} [running]:",
    f"goroutine 1 [running, {NINES} minutes]:",
    f"goroutine 1 [running, synctest bubble {NINES}]:",
    f"goroutine 1 gp=0x{NINES} m={NINES} mp=0x1 [running]:",
    f"main.f(0x{NINES})",
    f"main.f(0x{'1' * 17})",
    f"\t/x.go:{NINES} +0x1",
    f"\t/x.go:1 +0x{NINES}",
    f"\t/x.go:1 fp=0x{NINES} sp=0x1 pc=0x1",
    f"\t/x.c:{NINES} pc=0x1",
    f"created by main.g in goroutine {NINES}",
    f"...{NINES} frames elided...",
    f"[originating from goroutine {NINES}]:",
    f"[signal {NINES} code=0x1 addr=0x0 pc=0x0]",
    f"Signal {NINES}",
    f"PC=0x1 m={NINES} sigcode={NINES}",
    f"rax    0x{NINES}",
    f"exit status {NINES}",
    f"goroutine profile: total {NINES}",
    f"{NINES} @ 0x1",
    f"Read at 0x{NINES} by goroutine {NINES}:",
    f"      /x.go:{NINES} +0x1",
    f"Found {NINES} data race(s)",
]


@pytest.mark.parametrize("line", LONG_NUMBERS, ids=lambda line: str(line)[:24])
def test_numbers_of_thousands_of_digits(line: str) -> None:
    """They are none: nothing raises, and the three readers say the same."""
    for grammar in ("traceback", "race"):
        assert compare(grammar, line) == []
    for text in (f"{line}\n", f"SIGQUIT: quit\n{line}\n", f"{HEAD}main.f()\n{SITE}{line}\n{SITE}"):
        dumps(text)
    dumps(f"WARNING: DATA RACE\n{line}\n  main.f()\n{line}\n")


def test_a_word_of_more_than_64_bits_is_no_word() -> None:
    """Its last digit must not become part of another number."""
    goroutine = dumps(f"{HEAD}main.f(0x{'1' * 17})\n{SITE}")[0].goroutines[0]
    assert goroutine.frames[0].call.words() == ()


@pytest.mark.parametrize(
    "text",
    [
        "panic: x\n[signal 007 code=0x1 addr=0x0 pc=0x0]\n",
        "goroutine 1 [running]:\nC.f\n\t/x.c:007 pc=0x1\n",
        "goroutine profile: total 1\n1 @ 0x1\n# labels: {[]:1}\n#\t0x1\tmain.f+0xzz\t/x:1\n",
    ],
)
def test_numbers_and_labels_that_are_nearly_some(text: str) -> None:
    assert len(dumps(text)) == 1


@pytest.mark.parametrize(
    ("arguments", "issues"),
    [
        ("{" * 64 + "0x1" + "}" * 64, []),
        ("{" * 5000 + "0x1" + "}" * 5000, ["bad-arguments"]),
        (", ".join(["0x1"] * 1000), []),
        (", ".join(["0x1"] * 20_000), ["bad-arguments"]),
    ],
    ids=["64 deep", "5000 deep", "1000 long", "20000 long"],
)
def test_argument_lists_have_limits(arguments: str, issues: list[str]) -> None:
    """A list that Go cannot have printed is odd: the frame stays, and an Issue says so."""
    (dump,) = dumps(f"{HEAD}main.f({arguments})\n{SITE}main.g()\n{SITE}")
    assert [f.function for f in dump.goroutines[0].frames] == ["main.f", "main.g"]
    assert [i.code for i in dump.issues] == issues


def test_a_line_too_long_for_its_pattern_between_frames() -> None:
    (dump,) = dumps(f"{HEAD}main.f()\n{SITE}main.g({'0x1, ' * 30_000}0x1)\nmain.f()\n{SITE}")
    assert [i.code for i in dump.issues] == ["foreign-line"]
    assert len(dump.goroutines[0].frames) == 2


def test_an_error_of_ours_takes_one_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dump that it hits says so; those before and behind it are read."""
    run = FrameReader.run

    def failing(self: FrameReader, lines: assemble.Lines) -> object:
        if lines.line == "bad.f()":
            raise RuntimeError("no")
        return run(self, lines)

    monkeypatch.setattr(FrameReader, "run", failing)
    good = f"{HEAD}main.f()\n{SITE}"
    text = f"{good}words\n{HEAD}bad.f()\n{SITE}{good}"
    with pytest.raises(RuntimeError):
        dumps(text)
    monkeypatch.delenv("GOTRACE_DEBUG")
    found = dumps(text)
    codes = [[i.code for i in d.issues] for d in found]
    assert codes.count(["internal"]) >= 1
    assert all(c in ([], ["internal"]) for c in codes)
    whole = [d for d in found if d.goroutines and d.causes]
    assert len(whole) == 2
    assert text[whole[1].span.start :] == good
    starts = [d.span.start for d in found]
    assert starts == sorted(starts)
    assert all(a.span.end <= b.span.start for a, b in pairwise(found))


# ---------------------------------------------------------------- time

END = f"panic: z\n\ngoroutine 1 [running]:\nmain.f()\n{SITE}"


@pytest.mark.parametrize(
    "noise",
    [
        "runtime: a\n" * 10_000,
        "runtime: a\n00000000: 0 panic: b\n" * 5000,
        "f\n\tx:1\n" * 10_000,
        "PC=0x1 m=0\n" * 10_000,
        "PC=0x1 m=0\n\n" * 5000,
        "goroutine 1 [running\n" * 10_000,
        "goroutine 1 [running labels:{" + "a" * 5000 + "!\n",
        "a panic: b\n" * 20_000,
        "SIGQUIT: quit\n" * 20_000,
        "panic: " + "a." * 200_000 + "\n",
        "goroutine 1 [running labels:{" + ", ".join(["a: b"] * 10_000) + "}]:\n",
        "main.f(" + ", ".join(["0x1"] * 12_000) + ")\n\tx:1\n",
    ],
    ids=lambda noise: str(noise)[:30],
)
def test_what_begins_no_dump_is_read_once(noise: str) -> None:
    """Time grows with the length, and the dump behind it is found."""
    before = time.process_time()
    found = dumps(noise + END)
    assert time.process_time() - before < 2
    assert found[-1].causes[-1].message == "z"
    assert [f.function for f in found[-1].goroutines[-1].frames] == ["main.f"]


def test_much_text_is_shown_in_part() -> None:
    assert clean("x" * SHOWN) == "x" * SHOWN
    assert clean("\0" * (SHOWN + 5)) == "\\x00" * SHOWN + "… (5 more bytes)"
    before = time.process_time()
    assert len(clean("\0" * 50_000_000)) < 5 * SHOWN
    assert time.process_time() - before < 2
