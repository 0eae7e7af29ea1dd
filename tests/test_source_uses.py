"""Whether a body uses its parameters, and whether they can move to the heap."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from gotrace.source import SourceTree
from tests.go_tools import build, releases
from tests.source_support import find, write

HEAD = """package p

type big struct{ a, b, c, d, e int; buf [64]byte; in struct{ x int }; p *big; s []int }
type named []int
func (b *big) ptr() int { return 0 }
func (b big) val() int { return 0 }
func (n *named) add() {}
type iface interface{ ptr() int }
var sink interface{}
var cond bool
func g(x ...interface{}) int { return 0 }
"""

# parameter, body (the frame is at the line that says HERE), used, escapes
CASES = [
    ("p int", "g(1) // HERE", False, False),
    ("p int", 'g("p", x.p) // HERE p /* p */', False, False),
    ("p int", "g(p) // HERE", True, False),
    ("p int", "g(p)\ng(1) // HERE", True, False),
    ("p int", "g(1) // HERE\ng(p)", None, False),  # an inlined g may never return
    ("p int", "_ = p\ng(1) // HERE", None, False),
    ("p int", "q := p\ng(q) // HERE", None, False),
    ("p int", "p = 3\ng(1) // HERE", None, False),
    ("p int", "p++\ng(1) // HERE", None, False),
    ("p int", "q := g(p)\ng(q) // HERE", True, False),
    ("p int", "q := int8(p)\ng(q) // HERE", None, False),
    ("p int", "if p > 2 {\n\tg(1) // HERE\n}", True, False),
    ("p int", "if false && p > 2 {\n\tg(1)\n}\ng(2) // HERE", None, False),
    ("p int", "if cond {\n\tg(p)\n}\ng(1) // HERE", None, False),
    ("p int", "if cond {\n\tg(p)\n\tg(1) // HERE\n}", True, False),
    ("p int", "if cond {\n\tg(p)\n} else {\n\tg(1) // HERE\n}", None, False),
    ("p int", "if cond {\n} else if p > 1 {\n\tg(1) // HERE\n}", None, False),
    ("p int", "for i := 0; i < p; i++ {\n\tg(1) // HERE\n}", True, False),
    ("p []int", "for range p {\n\tg(1) // HERE\n}", True, False),
    ("p int", "switch p {\ncase 1:\n\tg(1) // HERE\n}", True, False),
    ("p int", "switch g(1) {\ncase p:\n\tg(2) // HERE\n}", None, False),
    ("p interface{}", "switch p.(type) {\ncase int:\n\tg(1) // HERE\n}", True, False),
    ("p int", "if p := g(1); p > 2 {\n\tg(p) // HERE\n}", None, False),
    ("p int", "{\n\tp := 1\n\tg(p)\n}\ng(1) // HERE", None, False),
    ("p int", "p, q := g(1), 2\ng(p, q) // HERE", True, False),
    ("p int", "g(func(p int) { g(p) }) // HERE", None, None),
    ("p int", "g(func() { g(p) }) // HERE", None, None),
    ("p int", "g(len([1]int{p})) // HERE", None, False),
    ("p []int", "g(len(p)) // HERE", None, False),
    ("p int", "goto end\nend:\n\tg(p) // HERE", None, False),
    ("p *big", "p.a = 3\ng(1) // HERE", True, False),
    ("p *big", "q := &p.a\ng(q) // HERE", True, False),
    ("p *big", "p.ptr() // HERE", True, False),
    ("p *big", "g(&p) // HERE", True, None),
    ("p *big", "g((&(p))) // HERE", True, None),
    ("p *big", "*p = big{}\ng(1) // HERE", True, False),
    ("p big", "g(p.a, p.in.x, p.buf[3], p.s[1:]) // HERE", True, None),
    ("p big", "g(p.a, p.in.x, p.buf[3], p.s[0]) // HERE", True, False),
    ("p big", "g(&p.a) // HERE", True, None),
    ("p big", "g(p.buf[:]) // HERE", True, None),
    ("p big", "g(&p.p.a, p.p.buf[:], p.p.ptr()) // HERE", True, None),
    ("p big", "p.ptr() // HERE", True, None),
    ("p big", "p.val() // HERE", True, None),  # the text does not say which receiver val has
    ("p big", "h := p.val\ng(h) // HERE", None, None),
    ("p big", "p.a = 3\np.in = struct{ x int }{}\ng(1) // HERE", None, False),
    ("p [4]int", "g(p[1]) // HERE", True, False),
    ("p [4]int", "g(p[:]) // HERE", True, None),
    ("p [4]int", "for i := range p {\n\tg(i) // HERE\n}", None, False),
    ("p [4]int", "for range seq {\n\tg(p) // HERE\n}", True, None),
    ("p []int", "g(p[1:], p[0], &p[1]) // HERE", True, False),
    ("p string", "g(p[1:], p[0]) // HERE", True, False),
    ("p named", "p.add() // HERE", True, None),
    ("p iface", "p.ptr() // HERE", True, False),
    ("p func(int)", "p(1) // HERE", True, False),
    ("p chan int", "<-p // HERE", True, False),
    ("p chan int", "p <- 1 // HERE", True, False),
    ("p int", "defer g(p)\ng(1) // HERE", True, False),
    ("p int", "return p // HERE", True, False),
    ("p int", "x := big{p: nil}\ng(x) // HERE", None, False),
    ("p int", "for x := range seq {\n\tp = x\n}\ng(1) // HERE", None, None),
    ("p big", "for range seq {\n\tg(p) // HERE\n}", True, None),
    ("p missing", "g(p.x) // HERE", True, None),
    ("_ int", "g(1) // HERE", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("parameter", "body", "used", "escapes"), CASES)
def test_uses(
    tmp_path: Path, parameter: str, body: str, used: bool | None, escapes: bool | None
) -> None:
    """None wherever the text does not prove it."""
    text = f"{HEAD}\nfunc F({parameter}) int {{\n{body}\nreturn 0\n}}\n"
    source = SourceTree([str(write(tmp_path, {"a.go": text}))])
    line = next(i for i, t in enumerate(text.split("\n"), 1) if "HERE" in t)
    signature = find(source, "m/p.F", "/x/a.go", line)
    assert signature is not None, source.problems
    found = signature.parameters[0]
    assert (used, escapes) == (found.used, found.escapes)


def test_functions_without_a_body_prove_nothing(tmp_path: Path) -> None:
    """Assembly may do anything with its arguments."""
    source = SourceTree([str(write(tmp_path, {"a.go": "package p\n\nfunc F(p int)\n"}))])
    signature = find(source, "m/p.F", "/x/a.go", 3)
    assert signature is not None
    assert (signature.parameters[0].used, signature.parameters[0].escapes) == (None, None)


@pytest.mark.toolchain
@pytest.mark.parametrize("release", releases(15, 23, 27))
def test_what_does_not_escape_stays_on_the_stack(tmp_path: Path, release: int) -> None:
    """The compiler moves no parameter to the heap of which the source says that nothing can."""
    functions = []
    for number, (parameter, body, _, escapes) in enumerate(CASES):
        if "seq" in body or "missing" in parameter or "x.p" in body or parameter[0] == "_":
            continue
        compiled = f"{body.replace('p.s[1:]', 'p.s')}\nreturn 0"
        text = f"func F{number}({parameter}) int {{\n{compiled}\n}}\n"
        functions.append(text if "return p" not in body else "")
        if escapes is None and "func(p" not in body:
            functions.append(
                f"func E{number}({parameter}) int {{\nsink = func() {{ p = p }}\n{compiled}\n}}\n"
            )
    text = HEAD + "\n".join(functions)
    write(tmp_path, {"a.go": text})
    notes = build(release, tmp_path, "-gcflags=-m", "-o", os.devnull, ".")
    moved = {int(m[1]) for m in re.finditer(r"a\.go:(\d+):\d+: moved to heap: p\b", notes)}
    assert moved, notes
    source = SourceTree([str(tmp_path)])
    for line in moved:
        name = re.match(r"func (\w+)", text.split("\n")[line - 1])
        assert name
        signature = find(source, f"m/p.{name[1]}", "/x/a.go", line)
        assert signature is not None
        assert signature.parameters[0].escapes is None, name[1]
