"""Recovered values on real Go: random chains of calls whose arguments are known."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

import gotrace
from gotrace.model import Dump
from gotrace.value import Certainty, Value, ValueKind
from tests import go_tools
from tests.recover_programs import BITS, Argument, Program, program

SEEDS = range(4100, 4112)
# GOARCH, and how its programs are run here.
PORTS = {"amd64": (), "arm64": ("qemu-aarch64-static",)}


def right(argument: Argument, value: Value) -> bool:
    """Whether an exact value is what was passed, where that is known."""
    wanted = argument.value
    if wanted is None:
        return True
    if value.kind is ValueKind.UNKNOWN:  # its type is not known: numbers can be compared
        bits = BITS.get(argument.type)
        if bits is None or not isinstance(wanted, int):
            return True
        return value.words == (wanted & ((1 << bits) - 1),)
    if isinstance(wanted, tuple):
        number, text = (f.value for f in value.fields)
        return (number.number, text.text, text.len) == (*wanted, len(wanted[1]))
    if argument.type == "string":
        return value.len == len(str(wanted)) and value.text == wanted
    if argument.type.startswith("*"):
        return value.symbol == f"main.{wanted}"
    return value.number == wanted


def by_source(dump: Dump, folder: Path, made: Program, program: Any) -> tuple[int, int]:
    """How many stale words the source alone tells, all of them right; and how many there are."""
    report = gotrace.annotate(dump, sources=[gotrace.from_source(str(folder))])
    frames = {f.name.local: f for f in report.goroutines[0].frames}
    told = marked = 0
    for depth, passed in enumerate(made.passed):
        for wanted, argument in zip(passed, frames[f"f{depth}"].arguments, strict=True):
            if wanted.value is None:
                continue
            marked += sum(w.stale for w in argument.words)
            if argument.provenance is None or argument.value is None:
                continue
            value = argument.value
            if wanted.type == "string":
                assert dict(value.certainties).get("len", value.certainty) is Certainty.LIKELY
                assert value.len == len(str(wanted.value))
                told += 1
            elif wanted.type == "pair":
                number, _ = (f.value for f in value.fields)
                assert isinstance(wanted.value, tuple)
                assert number.certainty is Certainty.STALE or number.number == wanted.value[0]
            else:
                assert argument.certainty is Certainty.LIKELY
                found: Any = value.number
                if wanted.type.startswith("*"):
                    found = program.symbol_at(value.pointer)[0].removeprefix("main.")
                assert found == wanted.value, (depth, wanted, argument)
                told += sum(w.stale for w in argument.words)
    return told, marked


@pytest.mark.toolchain
@pytest.mark.parametrize("arch", PORTS)
@pytest.mark.parametrize("release", go_tools.releases(19, 23, 27))
def test_stale_words_are_recovered(tmp_path: Path, release: int, arch: str) -> None:
    """None wrong, and most of them."""
    stale = recovered = from_source = marked_there = 0

    for seed in SEEDS:
        made = program(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "main.go").write_text(made.text)
        app = folder / "app"
        go_tools.build(release, folder, "-o", str(app), "main.go", GOARCH=arch)
        try:
            done = subprocess.run([*PORTS[arch], app], capture_output=True, check=False, timeout=60)
        except FileNotFoundError:
            pytest.skip(f"NOT RUN: {PORTS[arch][0]} is not installed")
        dump = gotrace.parse(done.stderr).dumps[0]
        binary = gotrace.from_binary(str(app))
        report = gotrace.annotate(dump, binaries=[binary])
        frames = {f.name.local: f for f in report.goroutines[0].frames}
        for depth, passed in enumerate(made.passed):
            frame = frames[f"f{depth}"]
            for wanted, argument in zip(passed, frame.arguments, strict=True):
                marked = sum(w.stale for w in argument.words) if wanted.value is not None else 0
                stale += marked
                if argument.certainty is Certainty.EXACT:
                    assert argument.value is not None
                    assert right(wanted, argument.value), (seed, depth, wanted, argument)
                    recovered += marked
        told, marked = by_source(dump, folder, made, binary)
        from_source += told
        marked_there += marked
    print(f"\ngo1.{release} {arch}: by the source {from_source} of {marked_there}")
    assert from_source >= 0.2 * marked_there
    print(f"go1.{release} {arch}: {recovered} of {stale} stale words recovered")
    assert stale > 60
    assert recovered >= 0.88 * stale


SPIN = """package main

import "os"

var sum, stopped int

//go:noinline
func spin(n int, p *int, flag bool) int {
	x := 0
	for stopped == 0 {
		x++
		sum += x
	}
	if flag {
		x++
	}
	return x + n + *p
}

func main() {
	v := 3
	println("ready")
	println(spin(42+len(os.Args), &v, len(os.Args) == 1))
}
"""


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(19, 23, 27))
def test_registers_of_the_crash(tmp_path: Path, release: int) -> None:
    """What a running function was passed stands in the registers that SIGQUIT prints."""
    (tmp_path / "main.go").write_text(SPIN)
    app = tmp_path / "app"
    go_tools.build(release, tmp_path, "-o", str(app), "main.go", GOARCH="amd64")
    settings = {**os.environ, "GODEBUG": "asyncpreemptoff=1", "GOMAXPROCS": "1"}
    process = subprocess.Popen([app], stderr=subprocess.PIPE, env=settings)
    assert process.stderr is not None
    assert process.stderr.readline() == b"ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGQUIT)
    dump = gotrace.parse(process.communicate(timeout=30)[1]).dumps[0]
    report = gotrace.annotate(dump, binaries=[gotrace.from_binary(str(app))])
    frames = [f for g in report.goroutines for f in g.frames if f.name.local == "spin"]
    assert frames
    spin: Any = frames[0]
    number, flag = spin["n"], spin["flag"]
    assert number.value.number == 43
    assert number.certainty is Certainty.EXACT
    assert "registers" in number.provenance.text
    assert flag.certainty is not Certainty.EXACT or flag.value.number is True


HARD = Path(__file__).parent / "data" / "recovered" / "hard.go"
KNOWN = {"loop", "narrow", "extend", "ranged", "iface", "method"}  # some of these are told


@pytest.mark.toolchain
@pytest.mark.parametrize("arch", PORTS)
@pytest.mark.parametrize("flags", [(), ("-gcflags=-N -l",)], ids=["", "noopt"])
@pytest.mark.parametrize("release", go_tools.releases(19, 23, 27))
def test_nothing_deceives(tmp_path: Path, release: int, flags: tuple[str, ...], arch: str) -> None:
    """Pointers to locals, loops, tables of jumps, cut numbers, deferred calls, wrappers: what is
    claimed of a stale word is right, by the binary and by the source."""
    (tmp_path / "main.go").write_text(HARD.read_text("utf-8"))
    app = tmp_path / "app"
    go_tools.build(release, tmp_path, *flags, "-o", str(app), "main.go", GOARCH=arch)
    binary, tree = gotrace.from_binary(str(app)), gotrace.from_source(str(tmp_path))
    told = set()
    for case in re.findall(r'case "(\w+)":', HARD.read_text("utf-8")):
        command = [*PORTS[arch], app, case]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        except FileNotFoundError:
            pytest.skip(f"NOT RUN: {PORTS[arch][0]} is not installed")
        if b"unexpected return pc" in done.stderr:
            continue  # a fault under an emulator may leave no stack to print
        (truth,) = re.findall(rb"TRUTH (-?\d+) (-?\d+)", done.stderr)
        dump = gotrace.parse(done.stderr).dumps[0]
        for known in ({"binaries": [binary]}, {"sources": [tree]}):
            frames = gotrace.annotate(dump, **known).goroutines[0].frames
            leaf = next((f for f in frames if f.name.local == "leaf"), None)
            assert leaf is not None, (case, done.stderr)
            for argument, wanted in zip(leaf.arguments, truth, strict=True):
                if argument.provenance is not None:
                    told.add(case)
                    assert argument.value is not None
                    assert argument.value.number == int(wanted), (case, argument)
    assert flags or told >= KNOWN
