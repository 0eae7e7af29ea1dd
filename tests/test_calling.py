"""Frames whose lines cannot call what they called: the source is that of another version."""

from __future__ import annotations

from pathlib import Path

import pytest

import gotrace
from gotrace.model import Dump
from gotrace.source import SourceTree
from gotrace.source.called import Called, calls_of, name_called
from gotrace.source.held import Held
from gotrace.stack import Site
from tests.source_support import write

# What the lines of the function `at` may call. `g` is a function, `M` a method.
FILES = {
    "go.mod": "module example.com/m\n\ngo 1.23\n",
    "lib/lib.go": """package lib

var Hook = func() {}

type Num int

func Run(f func()) int { f(); return 1 }

func Fast(x int) int
""",
    "main.go": """package main

import (
	"flag"
	"fmt"
	"sort"
	"sync/atomic"
	"time"

	"example.com/m/lib"
	"example.com/other/far"
)

type face interface{ M(int) int }
type inner struct{ hook func(int) int }
type outer struct {
	inner
	face face
	deep *deep
}
type deep struct{ far.Thing }
type number int

func (o *outer) M(int) int      { return 1 }
func (o *outer) N(int) int      { return 1 }
func (n number) Get() int       { return 1 }
func g(int) int                 { return 1 }
func h(...interface{}) int      { return 1 }
func each[T any](T) int         { return 1 }
func asm(int) int

var hook = g
var table = map[string]func(int) int{}

//go:linkname linked example.com/m/lib.Linked
func linked() int { return 1 }
""",
}
BODY = """package main

import (
	"flag"
	"fmt"
	"sort"
	"sync/atomic"
	"time"

	"example.com/m/lib"
	"example.com/other/far"
)

func at(o *outer, i face, f func(int) int, n number, c chan int, list []int, t far.Thing) (r int) {
%s
	return 1
}
"""
G = "main.g"
M = "main.(*outer).M"


def calls(folder: Path, body: str, callee: str) -> bool:
    """Whether the line that ends in `//!` may call ``callee``."""
    text = BODY % body
    line = next(i for i, x in enumerate(text.split("\n"), 1) if "//!" in x)
    tree = SourceTree([str(write(folder, {**FILES, "at.go": text}))])
    place = ("main.at", Site("/build/at.go", line, 0x1D))
    found = tree.find_all([place], [Called(*place, callee)])[place]
    assert (found is None) is bool(tree.problems), tree.problems
    return found is not None


@pytest.mark.parametrize(
    ("body", "callee"),
    [
        ("g(1) //!", G),
        ("r = 1 + g(\n\t\t1, //!\n\t)", G),  # the whole statement: which line, releases differ in
        ("if r > 1 && //!\n\t\tg(1) > 1 {\n\t}", G),
        ("for i := 0; i < g(1); i++ { //!\n\t}", G),
        ("switch r {\n\tcase g(1): //!\n\t}", G),
        ("select {\n\tcase c <- g(1): //!\n\t}", G),
        ("r = h(\n\t\tg(1),\n\t\tfunc() int { //!\n\t\t\treturn 1\n\t\t})", G),
        ("go g(1) //!", G),
        ("i.M(1) //!", M),
        ("o.M(1) //!", "main.(*inner).M"),  # a wrapper of that name calls it
        ("(*outer).M(o, 1) //!", M),
        ("each(1) //!", "main.each[...]"),
        ("each[int](1) //!", "main.each[...]"),
        # Any function may be behind these.
        ("f(1) //!", G),
        ("hook(1) //!", G),
        ("lib.Hook() //!", G),
        ('table["x"](1) //!', G),
        ("o.hook(1) //!", G),
        ("o.deep.Hook(1) //!", G),
        ("t.Do(1) //!", G),
        ("far.Do(1) //!", G),
        ("flag.Usage() //!", G),
        ("fmt.Println(f(1)) //!", G),
        ("asm(1) //!", G),
        ("lib.Fast(1) //!", G),
        ("linked() //!", "example.com/m/lib.Linked"),
        ("for range f(1) { //!\n\t}", G),
        ("for range t.All() {\n\t} //!", G),
        # Deferred functions run where a function returns; after a recovered panic, at any line.
        ("defer g(1)\n\th(1) //!", G),
        ("defer o.M(1)\n\th(1) //!", "main.(*inner).M"),
        ("defer f(1)\n\th(1) //!", G),
        ("defer t.Close()\n\treturn 2 //!", G),
        # What nobody calls by its name.
        ("r++ //!", "main.at.func1"),
        ("r++ //!", "main.at.gowrap1"),
        ("r++ //!", "main.face.M-fm"),
        ("r++ //!", "main.init.0"),
        ("r++ //!", "main._Cfunc_free"),
        ("r++ //!", "runtime.growslice"),
        ("r++ //!", "type:.eq.main.outer"),
        ("r++ //!", "panic"),
    ],
)
def test_lines_that_may_call(body: str, callee: str, tmp_path: Path) -> None:
    assert calls(tmp_path, body, callee)


@pytest.mark.parametrize(
    ("body", "callee"),
    [
        ("r++ //!", G),
        ("h(1) //!", G),
        ("h(1) //!\n\tg(1)", G),
        ("g(1)\n\th(1) //!", G),
        ("g(1) //!", M),
        ("o.N(1) //!", M),
        ("i.M(1) //!", G),
        ("o.face.M(1) //!", G),
        ("n.Get() //!", G),
        ("fmt.Println(n) //!", G),
        ("time.Sleep(time.Duration(r)) //!", "fmt.Println"),
        ("sort.Ints(list) //!", G),
        ("atomic.AddInt64(nil, 1) //!", G),
        ("lib.Run(nil) //!", G),
        ("r = int(lib.Num(1)) //!", G),
        ("r = int(number(1)) + len(list) //!", G),
        ("list = append(list, []int(nil)...) //!", G),
        ("r = h(func() {\n\t\tg(1)\n\t}) //!", G),  # the literal's calls are its own
        ("for _, r = range list { //!\n\t\tg(1)\n\t}", G),
        ("if r > 1 { //!\n\t\tg(1)\n\t}", G),
        ("switch { //!\n\tcase r > 1:\n\t\tg(1)\n\t}", G),
        ("defer g(1)\n\th(1) //!", M),
        ("defer g(1) //!", M),
        ("defer func() {\n\t\tg(1)\n\t}()\n\treturn 2 //!", M),
        ("return 2 //!", G),
    ],
)
def test_lines_that_cannot_call(body: str, callee: str, tmp_path: Path) -> None:
    assert not calls(tmp_path, body, callee)


@pytest.mark.parametrize(
    ("change", "may"),
    [
        (("package main", "//line gen.y:9\npackage main"), True),  # the lines are another file's
        (("\tr++", "\tr++ ++"), True),  # what is no Go is not judged
        (('"fmt"', '"C"\n\t"fmt"'), True),  # cgo compiles another file
        (("\tr++", "\tr--"), False),
    ],
)
def test_files_that_are_not_judged(change: tuple[str, str], may: bool, tmp_path: Path) -> None:
    text = (BODY % "\tr++").replace(*change)
    line = next(i for i, x in enumerate(text.split("\n"), 1) if "\tr" in x and "eturn" not in x)
    tree = SourceTree([str(write(tmp_path, {**FILES, "at.go": text}))])
    place = ("main.at", Site("/build/at.go", line, 0x1D))
    assert (tree.find_all([place], [Called(*place, G)])[place] is not None) is may
    assert bool(tree.problems) is not may


# ---------------------------------------------------------------------- dumps

FRAMES = """panic: x

goroutine 1 [running]:
main.fail(...)
\t/build/main.go:5
main.middle(0x1)
\t/build/main.go:9 +0x1d
main.main()
\t/build/main.go:13 +0x1d
"""


def dump(text: str) -> Dump:
    (found,) = gotrace.parse(text.encode()).dumps
    return found


def callees(text: str) -> list[str]:
    return [call.callee for call in calls_of(dump(text))]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("", ""), ["main.fail", "main.middle"]),
        # Behind a panic a frame may stand anywhere; its deferred functions are called by nobody.
        (("main.middle(0x1)", "panic({0x1, 0x2})"), []),
        (("main.fail(...)", "runtime.Gosched(...)"), ["main.middle"]),
        (("main.fail(...)", "main.middle.func1(...)"), ["main.middle"]),
        (("main.middle(", "main.T.M-fm("), []),
        (("main.middle", "...additional frames elided...\nmain.middle"), ["main.middle"]),
        (("main.middle", "what is this\nmain.middle"), ["main.middle"]),
        (
            ("main.fail(...)", "main.fail"),
            ["main.middle"],
        ),  # as gccgo prints it, which leaves frames out
        (("\t/build/main.go:5\n", ""), ["main.middle"]),
    ],
)
def test_which_frames_prove_calls(change: tuple[str, str], expected: list[str]) -> None:
    assert callees(FRAMES.replace(*change, 1) if change[0] else FRAMES) == expected


PROFILE = """goroutine profile: total 1
1 @ 0x47d82a 0x4de8b6 0x4de88f
#\t0x4de8b5\tmain.mid+0x55\t/src/main.go:13
#\t0x4de88e\tmain.small+0x2e\t/src/main.go:9
"""


def test_profiles_prove_no_calls() -> None:
    """They, like race reports and loggers, may leave frames out."""
    assert not callees(PROFILE)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("main.f", "f"),
        ("main.(*T).M", "M"),
        ("main.T[...].M", "M"),
        ("gopkg.in/yaml%2ev2.Marshal[...]", "Marshal"),
        ("main.f.func1", None),
        ("main.f-range1", None),
        ("main.f.abi0", None),
        ("main.glob..func1", None),
        ("main.init", None),
        ("runtime.main", None),
        ("internal/runtime/maps.fatal", None),
    ],
)
def test_names_that_are_called(function: str, name: str | None) -> None:
    assert name_called(function) == name


MAIN = """package main

func fail() {
	//
	panic("x")
}

func middle(count int) {
	fail()
}

func main() {
	middle(1)
}
"""


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("", ""), ""),
        (("\tfail()", "\tprintln(count)"), "main.go:9 cannot call main.fail"),
        (("\tmiddle(1)", "\tother()"), ""),  # a package's file may be missing
        (("\tmiddle(1)", "\tfail()"), "main.go:13 cannot call main.middle"),
    ],
)
def test_a_report_says_why(change: tuple[str, str], problem: str, tmp_path: Path) -> None:
    write(tmp_path, {"main.go": MAIN.replace(*change) if change[0] else MAIN})
    tree = SourceTree([str(tmp_path)])
    report = gotrace.annotate(dump(FRAMES), sources=[tree])
    frames = report.goroutines[0].frames
    assert all((f.signature is None) is bool(problem) for f in frames)
    said = [i.message for i in report.issues if i.code == "source-mismatch"]
    assert all(problem in text for text in said)
    assert bool(said) is bool(problem)
    assert bool(Held(tree, dump(FRAMES)).refused) is bool(problem)


RECOVERED = """panic: runtime error: index out of range [-1] [recovered]
	panic: second

goroutine 1 [running]:
main.second()
	/build/main.go:8 +0x25
main.(*box).last(...)
	/build/main.go:5
main.first(0x3bdc33b42e90)
	/build/main.go:14 +0x105
main.main()
	/build/main.go:19 +0x27
"""
DEFERS = """package main

type box struct{ list []int }

func (b *box) last() int { return b.list[len(b.list)-1] }

func second() {
	panic("second")
}

func first(b *box) (n int) {
	defer second()
	defer func() { recover() }()
	n = b.last()
	return n + 1
}

func main() {
	first(&box{})
}
"""


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        (("", ""), True),
        (("defer second()", "defer b.last()"), False),
        (("first(&box{})", "second()"), False),
    ],
)
def test_deferred_behind_a_panic_that_was_recovered(
    change: tuple[str, str], fits: bool, tmp_path: Path
) -> None:
    """The frame that runs them stands at any line, of a function inlined there even."""
    write(tmp_path, {"main.go": DEFERS.replace(*change) if change[0] else DEFERS})
    tree = SourceTree([str(tmp_path)])
    trace = dump(RECOVERED)
    places = [(f.function, f.site) for f in trace.goroutines[0].frames]
    assert all((s is None) is not fits for s in Held(tree, trace).find_all(places).values())
