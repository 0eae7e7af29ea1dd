"""Crashes that were made to mislead: the culprit is right, or not stated as more than possible."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

import gotrace
from gotrace.culprit import Culprit, CulpritCertainty
from tests import go_tools
from tests.source_support import write
from tests.test_culprit import NIL, at_line, crash, culprit

CERTAIN, LIKELY, POSSIBLE = CulpritCertainty
TYPES = """
type inner struct { a, b int; p *inner }
type outer struct { p, q *inner; fs map[string]func(int) int; ff []func(int) int }
type first struct { fs map[string]func(int) int }
func use(int) {}
func nilout(**inner) {}
func (o *outer) reset() { o.p = nil }
func (o *outer) fill() { o.p = &inner{} }
func (p *inner) sum(q *inner) int { return q.b + p.b }
"""
INDEX = "panic: runtime error: index out of range [5] with length 3"


def f(parameters: str, *lines: str) -> str:
    """The function `f`, with what it needs."""
    return f"{TYPES}\nfunc f({parameters}) {{\n" + "\n".join(f"\t{x}" for x in lines) + "\n}"


# What was checked or used, and then set by another name: the other pointer is no surer for it.
SET_SINCE = {
    "by a closure": ("p, q *inner", "g := func() { p = nil }", "use(p.a)", "g()"),
    "by a closure, with what it points to": (
        "o *outer",
        "g := func() { o = &outer{} }",
        "if o.p == nil { return }",
        "g()",
    ),
    "through its address": ("p, q *inner", "pp := &p", "use(p.a)", "*pp = nil"),
    "through its address, by a call": ("p, q *inner", "pp := &p", "use(p.a)", "nilout(pp)"),
    "by a method": ("o *outer", "if o.p == nil { return }", "o.reset()"),
    "through an alias": ("o, x *outer", "if o.p == nil { return }", "x.p = nil"),
    "through its field's address": ("o *outer", "pp := &o.p", "use(o.p.a)", "*pp = nil"),
    "as an element": ("s []*inner, i int", "use(s[0].a)", "s[i] = nil"),
}
FAILING = {
    "p": "use(q.b + p.b) //!",
    "o": "use(o.q.b + o.p.b) //!",
    "s": "use(s[1].b + s[0].b) //!",
}


@pytest.mark.parametrize("case", SET_SINCE)
def test_set_since_it_was_checked(tmp_path: Path, case: str) -> None:
    parameters, *lines = SET_SINCE[case]
    found = at_line(tmp_path, f(parameters, *lines, FAILING[parameters[0]]))
    assert found.certainty is POSSIBLE, found


def test_a_label_is_reached_from_behind(tmp_path: Path) -> None:
    body = f("p, q *inner", "use(p.a)", "again:", FAILING["p"], "p = nil", "goto again")
    found = at_line(tmp_path, body)
    assert (found.certainty, found.alternatives) == (POSSIBLE, ("p",)), found
    body = f("p, q *inner", "use(p.a)", "again:", FAILING["p"], "use(1)")
    assert at_line(tmp_path, body).expression == "q"


def test_what_a_caller_left_out_may_be_filled_in(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main.go": f"package main\n{TYPES}\n"
            "func f(o *outer) {\n\to.fill()\n\tuse(o.p.b + o.q.b)\n}\n"
            "func main() { f(&outer{q: one()}) }\nfunc one() *inner { return nil }\n"
        },
    )
    text = crash(NIL.format("0x8"), "main.f() @ main.go:14 +0x1d", "main.main() @ main.go:16 +0x1d")
    found = culprit(text, source=tmp_path)
    assert found is not None
    assert found.certainty is POSSIBLE, found


LOOPS = {
    "the slice shrinks": ("for i := 0; i < len(x); i++ {", "x = x[:3]"),
    "the index grows": ("for i := 0; i < len(x); i++ {", "i += 3"),
    "the index of a range grows": ("for i := range x {", "i += 3"),
    "a range goes on over what it began with": ("for i := range x {", "x = x[:3]"),
    "the name means another one": ("for i := 0; i < len(x); i++ {", "x := z"),
}


@pytest.mark.parametrize("case", LOOPS)
def test_no_loop_bounds_what_its_body_sets(tmp_path: Path, case: str) -> None:
    body = f("x, y, z []int", LOOPS[case][0], LOOPS[case][1], "use(y[i] + x[i]) //!", "}")
    assert at_line(tmp_path, body, INDEX).certainty is POSSIBLE
    body = f("x, y, z []int", LOOPS[case][0], "use(1)", "use(y[i] + x[i]) //!", "}")
    assert at_line(tmp_path, body, INDEX).expression == "y[i]"


# ---------------------------------------------------------------------- what the grammar misreads


def nil_at(folder: Path, address: str, *lines: str) -> Culprit:
    return at_line(folder, f("o *outer, n *first, k string", *lines), NIL.format(address))


def test_calls_of_elements_of_fields(tmp_path: Path) -> None:
    """`o.fs[k](1)` is no conversion to a generic type of a package `o`."""
    found = nil_at(tmp_path, "0x0", 'use(o.fs["a"](1) + o.fs[k](2)) //!')
    assert found.certainty is POSSIBLE
    assert {found.expression, *found.alternatives} == {'o.fs["a"]', "o.fs[k]"}
    found = nil_at(tmp_path, "0x10", "use(o.fs[k](2)) //!")
    assert (found.expression, found.certainty) == ("o", CERTAIN)
    found = nil_at(tmp_path, "0x0", "use(n.fs[k](2)) //!")
    assert (found.expression, found.certainty) == ("n.fs[k]", POSSIBLE)


@pytest.mark.parametrize("called", ["o.ff", "ff"])
def test_an_index_of_what_is_called(tmp_path: Path, called: str) -> None:
    body = f("o *outer, ff []func(int) int, s []int, k int", f"use(s[k] + {called}[k](2)) //!")
    found = at_line(tmp_path, body, INDEX)
    assert found.certainty is POSSIBLE
    assert {found.expression, *found.alternatives} == {"s[k]", f"{called}[k]"}


# ---------------------------------------------------------------------- what was passed


CALLS = {
    "use((*inner).sum(p, r))": "p",
    "use(p.sum(r))": "p",
    "use((*inner)(p).sum(r))": "(*inner)(p)",
}


@pytest.mark.parametrize("call", CALLS)
def test_the_receiver_of_a_method_expression(tmp_path: Path, call: str) -> None:
    lines = f"package main\n{TYPES}\nfunc main() {{\n\tvar p, r *inner\n\t{call}\n}}\n"
    write(tmp_path, {"main.go": lines})
    text = crash(
        NIL.format("0x8"),
        "main.(*inner).sum(0x0, 0xc000012345) @ main.go:10 +0x1d",
        "main.main() @ main.go:14 +0x1d",
    )
    found = culprit(text, source=tmp_path)
    assert found is not None
    assert [step.expression for step in found.blame] == [CALLS[call]]
    assert found.expression == "p"


def test_a_method_expression_reads_nothing(tmp_path: Path) -> None:
    found = at_line(tmp_path, f("p, q *inner", "use((*inner).sum(q, q) + p.b) //!"))
    assert (found.expression, found.certainty) == ("p", CERTAIN)


def test_an_argument_is_no_length_of_a_variadic_parameter(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main.go": "package main\nfunc use(int) {}\n"
            "func f(s []string, n int, rest ...string) { use(len(s[n]) + len(rest[n])) }\n"
            'func main() { f(nil, 5, "abcde", "b", "c") }\n'
        },
    )
    text = crash(INDEX, "main.f() @ main.go:3 +0x1d", "main.main() @ main.go:4 +0x1d")
    found = culprit(text, source=tmp_path)
    assert found is not None
    assert found.certainty is POSSIBLE
    assert {found.expression, *found.alternatives} == {"s[n]", "rest[n]"}


# ---------------------------------------------------------------------- real programs


PROGRAMS = Path(__file__).parent / "data" / "misleading"
FLAGS = {"": [], "-N": ["-gcflags=all=-N -l"], "no debug information": ["-ldflags=-w"]}
EMULATORS = {"amd64": (), "arm64": ("qemu-aarch64-static",)}


class Crash(NamedTuple):
    """One situation of a program: what it printed, and the right answers by line."""

    name: str
    text: str
    truth: dict[int, list[str]]

    def is_right(self, found: Culprit, lines: dict[int, int | None]) -> bool:
        """Whether the expression is one that failed on the line of its frame, or came from one."""
        steps = [(found.frame, found.expression), *((b.frame, b.expression) for b in found.blame)]
        if lines[found.frame] in self.truth:
            steps = steps[:1]
        return any(
            re.fullmatch(".*".join(map(re.escape, _bare(said).split("…"))), wanted)
            for frame, said in steps
            for wanted in self.truth.get(lines[frame] or 0, [])
        )


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def crashes(release: int, folder: Path, name: str, flags: list[str], arch: str) -> list[Crash]:
    """Build a program of the data, without its truth, and run each of its situations."""
    truth: dict[int, list[str]] = {}
    lines = (PROGRAMS / f"{name}.go").read_text().split("\n")
    for number, line in enumerate(lines, 1):
        before, marked, after = line.partition(" //!")
        if marked:
            truth[number] = [_bare(x) for x in after.split(" | ")]
            lines[number - 1] = before
    names = [x[1] for line in lines if (x := re.match(r"func c_(\w+)\(", line))]
    calls = "".join(f'\tcase "{n}":\n\t\tc_{n}()\n' for n in names)
    (folder / f"{name}.go").write_text("\n".join(lines))
    head = 'package main\n\nimport "os"\n\nfunc main() {\n\tswitch os.Args[1] {\n'
    (folder / "run.go").write_text(f"{head}{calls}\t}}\n}}\n")
    files = [f"{name}.go", "run.go"]
    go_tools.build(release, folder, *flags, "-o", str(folder / "app"), *files, GOARCH=arch)
    found = []
    for each in names:
        try:
            command = [*EMULATORS[arch], str(folder / "app"), each]
            done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        except FileNotFoundError:
            pytest.skip(f"NOT RUN: {EMULATORS[arch][0]} is not installed")
        found.append(Crash(each, done.stderr.decode(), truth))
    return found


# The part of right answers with program and source.
LEAST = {"set_since": 0.85, "named_before": 0.55}


@pytest.mark.toolchain
@pytest.mark.parametrize("arch", EMULATORS)
@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", LEAST)
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 23, 27))
def test_misleading_programs(
    tmp_path: Path, release: int, name: str, flags: str, arch: str
) -> None:
    """No answer is certain or likely and wrong, whatever is given."""
    if arch == "arm64" and flags:
        pytest.skip("one build of it is enough")
    found = crashes(release, tmp_path, name, FLAGS[flags], arch)
    sources = [gotrace.from_source(str(tmp_path))]
    binaries = [gotrace.from_binary(str(tmp_path / "app"))]
    inputs = {"both": (binaries, sources), "source": ([], sources), "binary": (binaries, [])}
    right = 0
    for each in found:
        dump = gotrace.parse(each.text.encode()).dumps[0]
        for given, (programs, trees) in inputs.items():
            report = gotrace.annotate(dump, binaries=programs, sources=trees)
            culprit = report.culprit
            if culprit is None or not culprit.expression:
                continue
            sites = [f.frame.site for f in report.goroutines[culprit.goroutine].frames]
            own = [s and s.line if s and s.file.endswith(f"/{name}.go") else None for s in sites]
            is_right = each.is_right(culprit, dict(enumerate(own)))
            right += is_right and given == "both"
            stated = culprit.certainty is not POSSIBLE
            assert is_right or not stated, (each.name, given, culprit, each.text)
    print(f"\ngo1.{release} {arch} {flags}: {name}: {right} of {len(found)} right with both")
    assert flags == "no debug information" or right >= LEAST[name] * len(found)


# A line of another version lacks what failed; the code says so. The line, and what it is now.
EDITED = {
    "elemalias": ("use(ps[1].b + ps[0].b)", "use(ps[1].b)"),
    "overdiv2": ("use(7/m + 7/n)", "use(7 / m)"),
    "reuse": ("use(x.b + y.b)", "use(x.b)"),
    "overidx": ("use(t[n] + s[n] + t[n-2])", "use(t[n-2])"),
}


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 23, 27))
def test_the_line_lacks_what_failed(tmp_path: Path, release: int) -> None:
    """With the program, a source of another version states nothing."""
    found = {c.name: c for c in crashes(release, tmp_path, "named_before", FLAGS["-N"], "amd64")}
    path = tmp_path / "named_before.go"
    text = path.read_text()
    binaries = [gotrace.from_binary(str(tmp_path / "app"))]
    for name, (built, given) in EDITED.items():
        start = text.index(f"func {name}(")
        assert built in text[start:]
        path.write_text(text[:start] + text[start:].replace(built, given, 1))
        dump = gotrace.parse(found[name].text.encode()).dumps[0]
        sources = [gotrace.from_source(str(tmp_path))]
        culprit = gotrace.annotate(dump, binaries=binaries, sources=sources).culprit
        assert culprit is None or culprit.certainty is POSSIBLE, (name, culprit)


def test_a_callers_line_counts_for_calls_of_the_library(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main.go": 'package main\n\nimport "sync"\n\nfunc f(a, b *sync.WaitGroup) {\n'
            "\ta.Done()\n\tb.Done()\n}\n\nfunc main() {\n\tg()\n}\n\nfunc g() {}\n"
        },
    )
    frames = (
        "sync.(*WaitGroup).Add(0x0?, 0x0?) @ waitgroup.go:64 +0xce",
        "main.f(0x0?, 0x0?) @ main.go:6 +0x1d",
        "main.main() @ main.go:11 +0x1d",
    )
    text = crash("panic: sync: negative WaitGroup counter", *frames)
    found = culprit(text.replace("Add", "Done"), source=tmp_path)
    assert found is None or found.certainty is POSSIBLE
