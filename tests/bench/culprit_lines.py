"""Random lines that crash: of two to four things that could have failed, one did.

    python -m tests.bench.culprit_lines [--seed 1] [--count 250] [--go 15 …] [--arch amd64]
        [--mode both …] [--flags=-gcflags=all=-N] [--run qemu-aarch64-static] [--wrong]

Writes a program, builds it with real Go, runs every line and asks for its culprit. The truth is
known by construction: a healthy value is made, and one part of it broken.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import gotrace
from gotrace.culprit import CulpritCertainty, find_culprit
from gotrace.programs import load
from gotrace.source import SourceTree
from gotrace.source.held import Held
from tests import go_tools
from tests.bench.culprit import MODES, Outcome, row

HEAD = """package main

import "os"

type leaf struct {
	pad  [3]int
	v    int
	w    int
	y    int
	z    int
	next *leaf
	name string
}
type doer interface {
	Again(int) int
	Do(int) int
}
type impl struct{ k int }

func (m *impl) Do(i int) int    { return m.k + i }
func (m *impl) Again(i int) int { return m.k - i }

type node struct {
	n    int
	sh   int
	ptr  *leaf
	alt  *leaf
	ifc  doer
	fn   func(int) int
	m    map[string]int
	mm   map[string]*leaf
	s    []int
	ps   []*leaf
	str  string
	arr  [6]int
	ip   *int
	any  interface{}
	sub  *node
	last int
}

//go:noinline
func (x *node) get() *leaf { return x.alt }

//go:noinline
func (x *node) find(k string) (*leaf, error) { return x.mm[k], nil }

//go:noinline
func add(a int) int { return a + 1 }

//go:noinline
func mk(d, deep int) *node {
	k := d + 7
	x := &node{n: 3, sh: 2, ptr: &leaf{v: 1}, alt: &leaf{v: 2}, ifc: &impl{4}, fn: add}
	x.ip, x.last = &k, 9
	x.ptr.next = &leaf{v: 5}
	x.m = map[string]int{"q": 1}
	x.mm = map[string]*leaf{"q": {v: 3}, "r": {v: 4}}
	x.s = make([]int, 5+d)
	x.ps = []*leaf{{v: 1}, {v: 2}, {v: 3}, {v: 4}, {v: 5}}
	x.str = "hello"[:5]
	x.any = 4
	if deep > 0 {
		x.sub = mk(d+1, deep-1)
	}
	return x
}

var cases = map[string]func(){}

func main() {
	cases[os.Args[1]]()
}
"""


FIELDS = "vwyz"


class Part(NamedTuple):
    """An operation: its text, what is to blame when it is broken, and how to break it.

    ``before`` are statements in front of the line; ``also`` is another name of the same value.
    """

    text: str
    culprit: str
    broken: str
    before: str = ""
    also: str = ""


Maker = Callable[[str, str, str, random.Random], Part]


def makers() -> list[Maker]:
    """All sorts of operations: of the value ``x``, with the index ``i`` and a name ``t``.

    Which field of a leaf is read is drawn: real lines seldom read two at the same offset.
    """
    return [
        lambda x, i, t, r: Part(f"{x}.n", x, f"{x} = nil"),
        lambda x, i, t, r: Part(f"{x}.last", x, f"{x} = nil"),
        lambda x, i, t, r: Part(f"{x}.ptr.{r.choice(FIELDS)}", f"{x}.ptr", f"{x}.ptr = nil"),
        lambda x, i, t, r: Part(
            f"{x}.ptr.next.{r.choice(FIELDS)}", f"{x}.ptr.next", f"{x}.ptr.next = nil"
        ),
        lambda x, i, t, r: Part(f"len({x}.alt.name)", f"{x}.alt", f"{x}.alt = nil"),
        lambda x, i, t, r: Part(f"{x}.sub.sub.n", f"{x}.sub.sub", f"{x}.sub.sub = nil"),
        lambda x, i, t, r: Part(f"{x}.sub.last", f"{x}.sub", f"{x}.sub = nil"),
        lambda x, i, t, r: Part(f"{x}.get().{r.choice(FIELDS)}", f"{x}.get()", f"{x}.alt = nil"),
        lambda x, i, t, r: Part(f"{x}.fn({i})", f"{x}.fn", f"{x}.fn = nil"),
        lambda x, i, t, r: Part(f"{x}.ifc.Do({i})", f"{x}.ifc", f"{x}.ifc = nil"),
        lambda x, i, t, r: Part(f"{x}.ifc.Again(1)", f"{x}.ifc", f"{x}.ifc = nil"),
        lambda x, i, t, r: Part(
            f'{x}.mm["q"].{r.choice(FIELDS)}', f'{x}.mm["q"]', f'delete({x}.mm, "q")'
        ),
        lambda x, i, t, r: Part(f"*{x}.ip", f"{x}.ip", f"{x}.ip = nil"),
        lambda x, i, t, r: Part(
            f"{x}.ps[{i}].{r.choice(FIELDS)}", f"{x}.ps[{i}]", f"{x}.ps[{i}] = nil"
        ),
        lambda x, i, t, r: Part(f"{x}.s[{i}]", f"{x}.s[{i}]", f"{i} = len({x}.s) + 2"),
        lambda x, i, t, r: Part(f"int({x}.str[{i}])", f"{x}.str[{i}]", f"{i} = 9"),
        lambda x, i, t, r: Part(f"{x}.arr[{i}]", f"{x}.arr[{i}]", f"{i} = 6"),
        lambda x, i, t, r: Part(f"len({x}.s[{i}:])", f"{x}.s[{i}:]", f"{i} = len({x}.s) + 3"),
        lambda x, i, t, r: Part(f"len({x}.str[:{i}])", f"{x}.str[:{i}]", f"{i} = 8"),
        lambda x, i, t, r: Part(f"10/{x}.n", f"{x}.n", f"{x}.n = 0"),
        lambda x, i, t, r: Part(f"{i}%{x}.last", f"{x}.last", f"{x}.last = 0"),
        lambda x, i, t, r: Part(f"1<<{x}.sh", f"{x}.sh", f"{x}.sh = -1"),
        lambda x, i, t, r: Part(f"{x}.any.(int)", f"{x}.any.(int)", f'{x}.any = "s"'),
        lambda x, i, t, r: Part(
            f"{t}.{r.choice(FIELDS)}", t, f"{x}.ptr = nil", f"{t} := {x}.ptr", f"{x}.ptr"
        ),
        lambda x, i, t, r: Part(
            f"{t}.{r.choice(FIELDS)}", t, f'delete({x}.mm, "r")', f'{t}, _ := {x}.mm["r"]'
        ),
        lambda x, i, t, r: Part(
            f"{t}.{r.choice(FIELDS)}", t, f'delete({x}.mm, "q")', f'{t}, _ := {x}.find("q")'
        ),
        lambda x, i, t, r: Part(f"{t}.k", t, f"{x}.ifc = nil", f"{t}, _ := {x}.ifc.(*impl)"),
    ]


class Case(NamedTuple):
    """A function with one line that fails."""

    name: str
    text: str
    culprit: str
    marker: str
    also: str = ""


def make_case(number: int, chosen: random.Random) -> Case:
    """One function, what calls it, and the truth."""
    every = makers()
    parts: list[Part] = []
    while len(parts) < chosen.randint(2, 4):
        x, place = chosen.choice("abc"), len(parts)
        part = chosen.choice(every)(x, f"i{place}", f"t{place}", chosen)
        if part.text not in {p.text for p in parts} and part.broken not in {
            p.broken for p in parts
        }:
            parts.append(part)
    bad = chosen.choice(parts)
    name = f"case{number}"
    marker = f"// line {name}"
    before = "".join(f"\t{p.before}\n" for p in parts if p.before)
    sign = chosen.choice((" + ", " - ", " + 2*"))
    expression = sign.join(p.text for p in parts)
    shape = chosen.choice(
        ("return {}", "r := {}\n\treturn r", "if {} > 3 {{\n\t\treturn 1\n\t}}\n\treturn 2")
    )
    body = shape.format(expression).split("\n")
    body[0] += f" {marker}"
    order = [*"abc"]
    chosen.shuffle(order)
    names = [f"i{n}" for n in range(4)]
    head = f"func {name}({', '.join(order)} *node, {', '.join(names)} int) int {{"
    text = f"\n//go:noinline\n{head}\n{before}\t" + "\n".join(body) + "\n}\n"
    call = "a, b, c := mk(0, 3), mk(1, 3), mk(2, 3)\n\t\ti0, i1, i2, i3 := 0, 1, 2, 3\n\t\t"
    call += f"{bad.broken}\n\t\t"
    call += f"println({name}({', '.join(order + names)}))"
    text += f'func init() {{\n\tcases["{name}"] = func() {{\n\t\t{call}\n\t}}\n}}\n'
    return Case(name, text, bad.culprit, marker, bad.also)


class Run(NamedTuple):
    """What is asked of one build."""

    binary: Path
    source: Path
    mode: str
    prefix: tuple[str, ...]


def crash(case: Case, run: Run) -> str:
    """What the program prints."""
    command = [*run.prefix, str(run.binary), case.name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return done.stderr


def outcomes(cases: list[Case], traces: dict[str, str], run: Run) -> list[Outcome]:
    """The answers of one build with one set of inputs."""
    import time  # noqa: PLC0415

    binaries = [gotrace.from_binary(str(run.binary))] if run.mode in {"both", "binary"} else []
    sources = [SourceTree([str(run.source)])] if run.mode in {"both", "source"} else []
    lines = {m: n for n, m in enumerate((run.source / "main.go").read_text().split("\n"), 1)}
    where = {c.name: n for c in cases for text, n in lines.items() if text.endswith(c.marker)}
    found = []
    for case in cases:
        trace = traces[case.name]
        if f"main.go:{where[case.name]}" not in trace:
            continue  # it did not crash there: a load may be sunk, or another part comes first
        dump = gotrace.parse(trace.encode()).dumps[0]
        report = gotrace.annotate(dump, binaries=binaries, sources=sources)
        programs = load(binaries, report.dump, report.runtime)
        held = [Held(tree, dump, programs.code_lines) for tree in sources]
        started = time.process_time()
        culprit = find_culprit(report.dump, report.goroutines, programs, held, report.runtime)
        spent = time.process_time() - started
        found.append(Outcome(case.name, culprit, [case.culprit, case.also or case.culprit], spent))
    return found


def main() -> None:
    """Build, crash, measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=250)
    parser.add_argument("--go", type=int, action="append")
    parser.add_argument("--arch", default="amd64")
    parser.add_argument("--mode", action="append", choices=MODES)
    parser.add_argument("--flags", action="append", default=[])
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--run", default="", help="what runs a program of another architecture")
    given = parser.parse_args()
    chosen = random.Random(given.seed)
    cases = [make_case(n, chosen) for n in range(given.count)]
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        (source / "main.go").write_text(HEAD + "".join(c.text for c in cases))
        for release in given.go or (15, 19, 23, 27):
            binary = source / f"app{release}"
            go_tools.build(
                release, source, *given.flags, "-o", str(binary), "main.go", GOARCH=given.arch
            )
            run = Run(binary, source, "", tuple(given.run.split()))
            traces = {c.name: crash(c, run) for c in cases}
            for mode in given.mode or MODES[:3]:
                found = outcomes(cases, traces, run._replace(mode=mode))
                sys.stdout.write(f"{mode:7} go1.{release} {given.arch}  {row(found)}\n")
                if given.wrong:
                    show(found, cases, traces)
                sys.stdout.flush()


def show(found: list[Outcome], cases: list[Case], traces: dict[str, str]) -> None:
    """Wrong answers, those that claim something first."""
    texts = {c.name: c for c in cases}
    wrong = [o for o in found if not o.right and o.culprit]
    for outcome in sorted(wrong, key=lambda o: o.culprit.certainty if o.culprit else ""):
        assert outcome.culprit
        case = texts[outcome.name]
        line = next(x for x in case.text.split("\n") if x.endswith(case.marker))
        said = f"{outcome.culprit.expression} {outcome.culprit.certainty.value}"
        message = " ".join(traces[outcome.name].split("\n")[:2])
        sys.stdout.write(f"    {said}; wanted {case.culprit}:{line}\n        {message}\n")
        if outcome.culprit.certainty is not CulpritCertainty.POSSIBLE:
            sys.stdout.write(f"        {outcome.culprit.evidence}\n")


if __name__ == "__main__":
    main()
