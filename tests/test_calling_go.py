"""Real calls: no line that Go compiled a call for may be one that cannot call."""

from __future__ import annotations

import itertools
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

import gotrace
from gotrace.source import SourceTree
from gotrace.source.called import Called, calls_of, name_called
from gotrace.source.held import Held
from tests.go_tools import build, goroot, releases

pytestmark = pytest.mark.toolchain

PROGRAM = Path(__file__).parent / "data" / "calls"
SAMPLE = 500
_ARGUMENTS = re.compile(r"\[.*?\](?=\.|$)")


def called_in(program: Path) -> Iterator[tuple[int, str]]:
    """The return address of each call of a function, and the function as printed."""
    capstone = pytest.importorskip("capstone")
    with program.open("rb") as file:
        elf: Any = ELFFile(file)
        text = elf.get_section_by_name(".text")
        base, code = text["sh_addr"], text.data()
        names = {
            s["st_value"]: s.name
            for s in elf.get_section_by_name(".symtab").iter_symbols()
            if s["st_info"]["type"] == "STT_FUNC"
        }
    reader = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    starts = sorted(names)
    for start, end in itertools.pairwise(starts):
        for at, size, name, operand in reader.disasm_lite(code[start - base : end - base], start):
            if name == "call" and operand.startswith("0x") and int(operand, 16) in names:
                yield at + size, _ARGUMENTS.sub("[...]", names[int(operand, 16)])


def stacks(program: Path, addresses: list[int]) -> list[list[tuple[str, str, int]]]:
    """The frames at each address, the innermost first."""
    done = subprocess.run(
        [str(program)], input="\n".join(map(str, addresses)), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    parts = [line.split("\t")[:-1] for line in done.stdout.splitlines()]
    return [[(p[i], p[i + 1], int(p[i + 2])) for i in range(0, len(p), 3) if p[i]] for p in parts]


def printed(callee: str, stack: list[tuple[str, str, int]]) -> str:
    """A traceback of these frames below ``callee``."""
    last = stack[-1]
    lines = ["panic: x\n\ngoroutine 1 [running]:", f"{callee}()\n\t/x/x.go:1 +0x1"]
    lines += [
        f"{name}({'...' if (name, file, line) != last else ''})\n\t{file}:{line} +0x1"
        for name, file, line in stack
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("release", releases(15, 21, 27))
def test_calls_of_a_program(release: int, tmp_path: Path) -> None:
    """Each call that Go compiled is one that its line may make; of another name it may not."""
    shutil.copy(PROGRAM / "main.go", tmp_path)
    build(release, tmp_path, "-o", "program", "main.go", GOARCH="amd64", GOOS="linux")
    program = tmp_path / "program"
    found = [each for each in called_in(program) if name_called(each[1])]
    random.seed(release)
    chosen = random.sample(found, SAMPLE)
    roots = [str(tmp_path), str((goroot(release) / "src").resolve().parent)]
    tree = SourceTree(roots, goos="linux", goarch="amd64")
    calls: dict[Called, None] = {}
    for (_, callee), stack in zip(chosen, stacks(program, [a for a, _ in chosen]), strict=True):
        if stack:
            (dump,) = gotrace.parse(printed(callee, stack).encode()).dumps
            calls.update(dict.fromkeys(calls_of(dump)))
    refuted = hold_all(tree, list(calls))
    assert not refuted
    assert len(calls) > SAMPLE // 2
    others = [call._replace(callee="main.anotherFunction") for call in calls]
    assert len(hold_all(tree, others)) > len(others) * 3 // 5


def hold_all(tree: SourceTree, calls: list[Called]) -> list[Called]:
    """The calls that refute a file, each asked alone."""
    refuted = []
    for call in calls:
        before = len(tree.problems)
        tree.find_all([(call.function, call.site)], [call])
        new = tree.problems[before:]
        refuted += [call] if any("cannot call" in text for text in new) else []
    return refuted


RECOVERED = """package main

import "fmt"

type box struct{ list []int }

func (b *box) last() int { return b.list[len(b.list)-1] }

func second() {
	panic("second")
}

func first(b *box) (n int) {
	defer second()
	defer func() { recover() }()
	fmt.Println("on the way")
	if len(b.list) > 3 {
		return 1
	}
	n = b.last()
	return n + 1
}

func main() {
	first(&box{})
}
"""


@pytest.mark.parametrize("release", releases(15, 19, 21, 23, 25, 27))
def test_deferred_behind_a_panic_that_was_recovered(release: int, tmp_path: Path) -> None:
    """The frame that runs them stands at any line, of a function inlined there even."""
    (tmp_path / "main.go").write_text(RECOVERED)
    build(release, tmp_path, "-o", "program", "main.go", GOARCH="amd64", GOOS="linux")
    done = subprocess.run([str(tmp_path / "program")], capture_output=True, check=False)
    dump = gotrace.parse(done.stderr).dumps[0]
    frames = [f.function for f in dump.goroutines[0].frames]
    assert frames == ["main.second", "main.(*box).last", "main.first", "main.main"]
    assert len(calls_of(dump)) == 3
    tree = SourceTree([str(tmp_path)])
    places = [(f.function, f.site) for f in dump.goroutines[0].frames]
    assert all(Held(tree, dump).find_all(places).values()), tree.problems
