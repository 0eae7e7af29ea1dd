"""The culprit: from a trace, a source and a program to the expression that failed."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import gotrace
from gotrace.culprit import Culprit, CulpritCertainty, find_culprit
from gotrace.culprit.messages import FaultKind, explain, read_fault
from gotrace.culprit.rules import RULES
from gotrace.programs import load
from gotrace.source import SourceTree
from gotrace.source.held import Held
from tests import evidence
from tests.bench import culprit as bench
from tests.source_support import write

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
CERTAIN, LIKELY, POSSIBLE = CulpritCertainty


def culprit(
    text: str,
    *,
    source: Path | None = None,
    binary: Path | None = None,
    go: str | None = None,
    arch: str | None = None,
) -> Culprit | None:
    dump = gotrace.parse(text.encode()).dumps[0]
    trees = [SourceTree([str(source)])] if source else []
    binaries = [gotrace.from_binary(str(binary))] if binary else []
    report = gotrace.annotate(dump, binaries=binaries, sources=trees, go=go, arch=arch)
    programs = load(binaries, report.dump, report.runtime)
    return find_culprit(
        report.dump, report.goroutines, programs, [Held(t, dump) for t in trees], report.runtime
    )


def crash(message: str, *frames: str, state: str = "running") -> str:
    return f"{message}\n\ngoroutine 1 [{state}]:\n" + "".join(
        f"{call}\n\t/home/dev/app/{site}\n" for call, site in (f.split(" @ ") for f in frames)
    )


NIL = (
    "panic: runtime error: invalid memory address or nil pointer dereference\n"
    "[signal SIGSEGV: segmentation violation code=0x1 addr={} pc=0x4b7b8e]"
)


def at_line(folder: Path, body: str, message: str = NIL.format("0x8"), words: str = "") -> Culprit:
    """The culprit of the line marked `//!` of the function `f` in ``body``."""
    write(folder, {"main.go": f"package main\n\n{body}\n"})
    lines = (folder / "main.go").read_text().split("\n")
    line = next(i for i, x in enumerate(lines, 1) if "//!" in x)
    frames = f"main.f({words}) @ main.go:{line} +0x1d", "main.main(0x1?) @ run.go:1 +0x1d"
    found = culprit(crash(message, *frames), source=folder)
    assert found is not None
    return found


# ---------------------------------------------------------------------- the story


def test_the_story() -> None:
    """`rsp` is nil because its assertion's flag is checked too late."""
    text = (SAMPLES / "pushd" / "panic.log").read_text()
    found = culprit(text, source=SAMPLES / "culprit" / "src")
    assert found is not None
    assert (found.expression, found.certainty, found.frame) == ("rsp", CERTAIN, 0)
    assert (
        found.root_cause
        == "rsp comes from the type assertion at line 78; ok is not checked before this use"
    )
    assert found.span is not None
    assert found.span.text[found.span.column - 1 : found.span.end - 1] == "rsp"
    assert found.span.line == 79


# ---------------------------------------------------------------------- the message alone


@pytest.mark.parametrize(
    ("message", "kind", "says"),
    [
        ("panic: assignment to entry in nil map", FaultKind.NIL_MAP, "never made"),
        ("panic: runtime error: index out of range [5] with length 3", FaultKind.INDEX, "was 5"),
        ("panic: runtime error: index out of range [-1]", FaultKind.INDEX, "was -1"),
        ("panic: runtime error: index out of range", FaultKind.INDEX, "out of range"),
        (
            "panic: runtime error: slice bounds out of range [:9] with capacity 3",
            FaultKind.SLICE,
            "[:9] do not fit a capacity of 3",
        ),
        ("panic: runtime error: slice bounds out of range [5:3]", FaultKind.SLICE, "[5:3]"),
        ("panic: runtime error: slice bounds out of range [-2:]", FaultKind.SLICE, "[-2:]"),
        (
            "panic: runtime error: cannot convert slice with length 2 to array or pointer to "
            "array with length 4",
            FaultKind.CONVERT,
            "length 2",
        ),
        ("panic: runtime error: integer divide by zero", FaultKind.DIVIDE, "by zero"),
        ("panic: runtime error: negative shift amount", FaultKind.SHIFT, "negative"),
        ("panic: close of nil channel", FaultKind.CLOSE_NIL, "never made"),
        ("panic: close of closed channel", FaultKind.CLOSE_CLOSED, "twice"),
        ("panic: send on closed channel", FaultKind.SEND_CLOSED, "closed"),
        ("panic: runtime error: makeslice: len out of range", FaultKind.MAKE_SLICE, "length"),
        ("panic: makechan: size out of range", FaultKind.MAKE_CHAN, "size"),
        ("panic: runtime error: hash of unhashable type []int", FaultKind.UNHASHABLE, "[]int"),
        (
            "panic: runtime error: comparing uncomparable type []int",
            FaultKind.UNCOMPARABLE,
            "[]int",
        ),
        ("panic: sync: negative WaitGroup counter", FaultKind.WAIT_GROUP, "Done"),
        ("fatal error: concurrent map writes", FaultKind.CONCURRENT_MAP, "two goroutines"),
        ("fatal error: sync: unlock of unlocked mutex", FaultKind.UNLOCK, "not locked"),
        (
            "panic: interface conversion: interface {} is string, not int",
            FaultKind.ASSERTION,
            "held a string, not int",
        ),
        (
            "panic: interface conversion: interface {} is int, not string",
            FaultKind.ASSERTION,
            "held an int, not string",
        ),
        (
            "panic: interface conversion: interface {} is nil, not int",
            FaultKind.ASSERTION,
            "held nil",
        ),
        (
            "panic: interface conversion: main.T is not fmt.Stringer: missing method String",
            FaultKind.ASSERTION,
            "lacks the method String",
        ),
        ("panic: boom", FaultKind.EXPLICIT, "by itself"),
    ],
)
def test_every_message_is_read(message: str, kind: FaultKind, says: str) -> None:
    """The kind and the facts of the runtime's message; the frame behind the machinery."""
    text = crash(message, "runtime.throw(0x1) @ x.go:1 +0x1", "main.f(0x1) @ main.go:3 +0x1")
    dump = gotrace.parse(text.encode()).dumps[0]
    fault = read_fault(dump, dump.goroutines[0])
    assert fault is not None
    assert kind is fault.kind
    assert says in explain(fault)
    found = culprit(text)
    assert found is not None
    assert (found.frame, found.certainty, found.expression) == (1, POSSIBLE, "")


def test_a_nil_channel_is_in_the_state() -> None:
    """Waiting on a nil channel ends as a deadlock."""
    text = crash(
        "fatal error: all goroutines are asleep - deadlock!",
        "main.f(0x1) @ main.go:3 +0x1",
        state="chan receive (nil chan)",
    )
    found = culprit(text)
    assert found is not None
    assert found.kind == FaultKind.RECEIVE_NIL


def test_nothing_is_said_of_a_snapshot() -> None:
    """Without a failure there is no culprit."""
    assert culprit("goroutine 1 [running]:\nmain.f()\n\t/a/main.go:3 +0x1\n") is None


def test_the_receiver_was_nil() -> None:
    """The first word of a method that was printed without `?` is its receiver."""
    text = crash(NIL.format("0x8"), "main.(*T).f(0x0, 0x1) @ main.go:3 +0x1")
    found = culprit(text)
    assert found is not None
    assert (found.expression, found.certainty) == ("the receiver", POSSIBLE)
    stale = culprit(text.replace("(0x0,", "(0x0?,"))
    assert stale is not None
    assert stale.expression == ""


def test_a_panic_that_a_deferred_function_repeats() -> None:
    """The frame that failed is below the first panic, not below the one that repeats it."""
    text = (
        "panic: boom [recovered]\n\tpanic: boom\n\ngoroutine 1 [running]:\n"
        "main.again()\n\t/a/main.go:9 +0x1\npanic({0x1, 0x2})\n\t/go/src/runtime/panic.go:1 +0x1\n"
        "main.f()\n\t/a/main.go:3 +0x1\n"
    )
    found = culprit(text)
    assert found is not None
    assert found.frame == 2


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("nested/go1.15.three", 22),
        ("nested/go1.23.three", 20),
        ("nested/go1.15.cleanup", 53),
        ("nested/go1.23.cleanup", 53),
        ("nested/go1.15.other", 35),
        ("nested/go1.15.fault", 47),
        ("nested/go1.23.fault", 47),
        ("nested/go1.27.fault", 47),
        ("nested/go1.15.again", 28),
        ("nested/go1.27.again", 28),
        ("http/go1.27", 26),
    ],
)
def test_the_frame_of_the_last_panic(log: str, line: int) -> None:
    """What panicked last; where it only repeats what was recovered, what panicked first."""
    found = culprit((SAMPLES / f"{log}.log").read_text())
    dump = gotrace.parse((SAMPLES / f"{log}.log").read_bytes()).dumps[0]
    assert found is not None
    frames = next(g for g in dump.goroutines if g.frames).frames
    site = frames[found.frame].site
    assert site is not None
    assert site.line == line


# ---------------------------------------------------------------------- with source


TYPES = """
type leaf struct { pad int; v int; next *leaf }
type node struct {
	n int; a, b *leaf; fn func(); s []int; t [4]int; any interface{}; m map[string]*leaf
}
"""


@pytest.mark.parametrize(
    ("body", "message", "expression", "certainty"),
    [
        ("func f(x *node) int {\n\treturn x.a.v //!\n}", NIL.format("0x8"), "x.a", POSSIBLE),
        (
            "func f(x *node) int {\n\treturn x.n + x.a.next.v //!\n}",
            NIL.format("0x8"),
            "x",
            POSSIBLE,
        ),
        (
            "func f(x *node) int {\n\t_ = x.n\n\treturn x.a.v //!\n}",
            NIL.format("0x8"),
            "x.a",
            CERTAIN,
        ),
        (
            "func f(x *node) int {\n\tif x == nil {\n\t\treturn 0\n\t}\n\treturn x.a.v //!\n}",
            NIL.format("0x8"),
            "x.a",
            CERTAIN,
        ),
        (
            "func f(x *node) int {\n\tu, _ := x.m[`k`]\n\treturn u.v //!\n}",
            NIL.format("0x8"),
            "u",
            CERTAIN,
        ),
        ("func f(x *node) {\n\tx.fn() //!\n}", NIL.format("0x0"), "x.fn", POSSIBLE),
        (
            "func f(a, b []int) int {\n\treturn a[2] + b[5] //!\n}",
            "panic: runtime error: index out of range [5] with length 3",
            "b[5]",
            CERTAIN,
        ),
        (
            "func f(a, b []int, i int) int {\n\treturn a[i] + b[i] //!\n}",
            "panic: runtime error: index out of range [5] with length 3",
            "a[i]",
            POSSIBLE,
        ),
        (
            "func f(x *node, i int) int {\n\treturn x.s[i] + x.t[i] //!\n}",
            "panic: runtime error: index out of range [5] with length 4",
            "x.t[i]",
            LIKELY,
        ),
        (
            "func f(x *node, i int) int {\n\treturn x.s[i] + x.t[i] //!\n}",
            "panic: runtime error: index out of range [5] with length 3",
            "x.s[i]",
            CERTAIN,
        ),
        (
            "func f(s string, b []int, i int) {\n\tprintln(s[:i], b[:i]) //!\n}",
            "panic: runtime error: slice bounds out of range [:9] with capacity 3",
            "b[:i]",
            CERTAIN,
        ),
        (
            "func f(a, b int) int {\n\treturn a / b //!\n}",
            "panic: runtime error: integer divide by zero",
            "b",
            CERTAIN,
        ),
        (
            "func f(a interface{}) string {\n\treturn a.(string) //!\n}",
            "panic: interface conversion: interface {} is int, not string",
            "a.(string)",
            CERTAIN,
        ),
        (
            "func f(x *node) {\n\tx.m[`a`] = nil //!\n}",
            "panic: assignment to entry in nil map",
            "x.m",
            CERTAIN,
        ),
        ("func f(err error) {\n\tpanic(err) //!\n}", "panic: boom", "panic(err)", CERTAIN),
    ],
)
def test_candidates_of_a_line(
    tmp_path: Path, body: str, message: str, expression: str, certainty: CulpritCertainty
) -> None:
    """What the line alone proves, and no more."""
    found = at_line(tmp_path, TYPES + body, message)
    assert (expression, certainty) == (found.expression, found.certainty)


def test_a_tie_is_a_tie(tmp_path: Path) -> None:
    """Two expressions that fit equally are both named."""
    body = "func f(a, b []int, i int) int {\n\treturn a[i] + b[i] //!\n}"
    found = at_line(tmp_path, body, "panic: runtime error: index out of range [5] with length 3")
    assert (found.certainty, found.alternatives) == (POSSIBLE, ("b[i]",))


def test_what_was_checked_is_forgotten_where_it_is_set(tmp_path: Path) -> None:
    """An assignment between the check and the use makes the check worthless."""
    check = "\tif x.a == nil {\n\t\treturn 0\n\t}\n"
    use = "\treturn x.a.v //!\n}"
    kept = at_line(tmp_path, f"{TYPES}func f(x *node) int {{\n{check}{use}")
    lost = at_line(tmp_path, f"{TYPES}func f(x *node) int {{\n{check}\tx.a = x.b\n{use}")
    called = at_line(tmp_path, f"{TYPES}func f(x *node) int {{\n{check}\tprintln(g(x))\n{use}")
    assert kept.certainty == POSSIBLE
    assert any(e.rule == "checked-before" for e in kept.evidence)
    assert (lost.expression, lost.certainty) == ("x.a", CERTAIN)
    assert not any(e.weight <= -4 for e in called.evidence)


def test_suspicions_prove_nothing(tmp_path: Path) -> None:
    """An unchecked flag ranks first, but another pointer that fits is not excluded by it."""
    body = "func f(x *node, y *leaf) int {\n\tu, _ := x.m[`k`]\n\treturn y.v + u.v //!\n}"
    found = at_line(tmp_path, TYPES + body)
    assert (found.expression, found.certainty) == ("u", POSSIBLE)


def test_a_word_of_the_frame_decides(tmp_path: Path) -> None:
    """A pointer printed without `?` was not nil; with one, nothing is known."""
    body = "func f(p, q *leaf) int {\n\treturn p.v + q.v //!\n}"
    words = "0xc000012345, 0x0"
    found = at_line(tmp_path, TYPES + body, words=words)
    assert (found.expression, found.certainty) == ("q", CERTAIN)
    found = at_line(tmp_path, TYPES + body, words="0xc000012345?, 0x0?")
    assert found.certainty == POSSIBLE


def test_the_caller_decides(tmp_path: Path) -> None:
    """Literals that the caller's line passes are facts."""
    source = f"package main\n{TYPES}\nfunc f(p, q *leaf) int {{\n\treturn p.v + q.v\n}}\n"
    source += "func g() { println(f(&leaf{}, nil)) }\n"
    write(tmp_path, {"main.go": source})
    lines = source.split("\n")
    use, call = (
        next(i for i, x in enumerate(lines, 1) if wanted in x) for wanted in ("p.v", "f(&leaf")
    )
    text = crash(
        NIL.format("0x8"),
        f"main.f(0x1?, 0x2?) @ main.go:{use} +0x1d",
        f"main.g() @ main.go:{call} +0x1d",
    )
    found = culprit(text, source=tmp_path)
    assert found is not None
    assert found.expression == "q"
    assert [(b.expression, b.sure) for b in found.blame] == [("nil", True)]
    assert POSSIBLE is not found.certainty


def test_a_nil_pointer_in_an_interface_is_no_nil_interface(tmp_path: Path) -> None:
    """A caller that checked the interface did not check the pointer in it."""
    source = (
        "package main\n\ntype T struct{ pad, code int }\n\n"
        "func (e *T) Error() string {\n\treturn name(e.code)\n}\n\n"
        "func name(int) string { return `` }\n\n"
        "func g(err error) {\n\tif err != nil {\n\t\tprintln(err.Error())\n\t}\n}\n"
    )
    write(tmp_path, {"main.go": source})
    text = crash(
        NIL.format("0x8"),
        "main.(*T).Error(0x1?) @ main.go:6 +0x1d",
        "main.g({0x1?, 0x0?}) @ main.go:13 +0x1d",
    )
    found = culprit(text, source=tmp_path)
    assert found is not None
    assert (found.expression, found.certainty) == ("e", CERTAIN)


def test_the_standard_library_is_left(tmp_path: Path) -> None:
    """A failure in the library is an expression of the program's own line."""
    source = (
        'package main\n\nimport "bufio"\n\ntype S struct{ rd *bufio.Reader }\n\n'
        "func (s *S) line() string {\n\tl, _ := s.rd.ReadString('\\n')\n\treturn l\n}\n"
    )
    write(tmp_path, {"main.go": source})
    library = "bufio.(*Reader).ReadString(0x0, 0xa) @ bufio.go:499 +0x1f"
    own = "main.(*S).line(0xc000010000?) @ main.go:8 +0x1c"
    found = culprit(crash(NIL.format("0x10"), library, own), source=tmp_path)
    assert found is not None
    assert (found.expression, found.frame, found.certainty) == ("s.rd", 1, LIKELY)


@pytest.mark.parametrize(
    ("line", "function", "why"),
    [(3, "main.f", "could fail"), (8, "main.f", "is in func g"), (3, "main.h", "is in func f")],
)
def test_another_version_of_the_source_is_refused(
    tmp_path: Path, line: int, function: str, why: str
) -> None:
    """A line that cannot have failed like this is not the line that was built."""
    source = "package main\nfunc f(a int) int {\n\treturn a + 1\n}\n\n"
    source += "func g(p *int) int {\n\n\treturn *p\n}\n"
    write(tmp_path, {"main.go": source})
    text = crash(NIL.format("0x0"), f"{function}(0x1) @ main.go:{line} +0x1d")
    found = culprit(text, source=tmp_path)
    assert found is not None
    assert (found.certainty, found.expression) == (POSSIBLE, "")
    assert why in (found.refused or "")


def test_a_local_variable_hides_a_constant(tmp_path: Path) -> None:
    """The index is not the package's constant of the same name."""
    body = "const i = 7\n\nfunc f(a []int, i int) int {\n\treturn a[i] //!\n}"
    message = "panic: runtime error: index out of range [5] with length 3"
    found = at_line(tmp_path, body, message)
    assert (found.expression, found.certainty) == ("a[i]", CERTAIN)


# ---------------------------------------------------------------------- rules


def test_all_rules_are_named_and_described() -> None:
    """The code, the table of rules and the docs agree."""
    code = "".join(p.read_text() for p in (ROOT / "gotrace" / "culprit").glob("*.py"))
    used = set(re.findall(r'(?:add|exclude|suspect|Evidence)\(\s*"([a-z-]+)"', code))
    origins = ast.parse((ROOT / "gotrace" / "culprit" / "origins.py").read_text())
    for node in ast.walk(origins):
        if isinstance(node, ast.Tuple) and len(node.elts) == 3:
            first = node.elts[0]
            used |= {str(first.value)} if isinstance(first, ast.Constant) else set()
    docs = (ROOT / "docs" / "culprit.md").read_text().split("## Rules")[1]
    documented = re.findall(r"(?m)^\| `([a-z-]+)` \|", docs)
    assert used == set(RULES)
    assert list(RULES) == documented


# ---------------------------------------------------------------------- with programs


@pytest.mark.shared
@pytest.mark.parametrize("release", ["1.15", "1.19", "1.23", "1.27"])
@pytest.mark.parametrize(("mode", "floor"), [("both", 0.98), ("source", 0.85), ("binary", 0.88)])
def test_the_crash_programs(tmp_path: Path, release: str, mode: str, floor: float) -> None:
    """The floors, and no wrong answer that claims something."""
    bench.SHARED = evidence.shared()
    found = bench.outcomes(release, mode, [], tmp_path)
    right = [o for o in found if o.right]
    assert len(found) > 70
    assert len(right) >= floor * len(found)
    claims = [o for o in found if o.culprit and o.culprit.certainty is not POSSIBLE]
    assert [(o.name, o.culprit) for o in claims if not o.right] == []
    if mode == "both":
        certain = [o for o in right if o.culprit and o.culprit.certainty is CERTAIN]
        assert len(certain) >= 0.9 * len(right)


@pytest.mark.shared
def test_without_a_signal_line(tmp_path: Path) -> None:
    """The pc of the frame is that of the instruction: the logs of a recover are as good."""
    bench.SHARED = evidence.shared()
    program, traces = bench.inputs("1.27", tmp_path)
    truth = json.loads((bench.SHARED / "crashes" / "truth.json").read_text())
    for name in ("chain_mid", "two_ptr_same", "nil_func_field", "embedded_iface"):
        wanted = bench.wanted_of(traces[name], truth)
        text = re.sub(r"\[signal .*\n", "", traces[name])
        source = bench.SHARED / "crashes" / "src"
        found = culprit(text, source=source, binary=program)
        assert found is not None
        assert ([found.expression], found.certainty) == (wanted, CERTAIN)


# ---------------------------------------------------------------------- callers' lines

CALLERS = """package main

type t struct{ f int }

func g(a, b *t) int {
	return a.f
}

var hook = g

func f() int {
	a, b := (*t)(nil), &t{}
	%s //!
}
"""


@pytest.mark.parametrize(
    ("line", "agrees"),
    [
        ("return g(a, b)", True),
        ("return hook(a, b)", True),  # a variable may hold any function
        ("return f()", False),
        ("return len([]int{1})", False),
        ("a.f++", False),
    ],
)
def test_a_callers_line_that_cannot_call(tmp_path: Path, line: str, *, agrees: bool) -> None:
    """The source is of another version then: however well its line fits, the answer is no more
    than possible, and the reader is told."""
    write(tmp_path, {"main.go": CALLERS % line})
    found = culprit(
        crash(NIL.format("0x0"), "main.g(...) @ main.go:6", "main.f() @ main.go:13 +0x1d"),
        source=tmp_path,
    )
    assert found is not None
    assert found.expression == "a"
    assert (found.certainty is POSSIBLE) is not agrees
    if agrees:
        assert found.refused is None
    else:
        assert found.refused == (
            "the source may be of another version: main.go:13 does not call g in this source"
        )


@pytest.mark.parametrize(("line", "agrees"), [(12, True), (10, False), (6, False)])
def test_another_goroutine_that_stands_where_nothing_can(
    line: int, tmp_path: Path, *, agrees: bool
) -> None:
    """It shows that the whole file is of another version: its names are no more than possible, and
    no value is taken from its lines."""
    write(tmp_path, {"main.go": CALLERS % "return g(a, b)"})
    failed = crash(NIL.format("0x0"), "main.g(...) @ main.go:6", "main.f() @ main.go:13 +0x1d")
    other = f"\ngoroutine 7 [select]:\nmain.f()\n\t/x/main.go:{line} +0x1d\n"
    found = culprit(failed + other, source=tmp_path)
    assert found is not None
    assert found.expression == "a"
    assert (found.certainty is POSSIBLE) is not agrees
    assert (f"main.go:{line} " in str(found.refused)) is not agrees


def test_a_caller_that_is_not_where_the_trace_says(tmp_path: Path) -> None:
    """Its line lies in another function."""
    write(tmp_path, {"main.go": CALLERS % "return g(a, b)"})
    found = culprit(
        crash(NIL.format("0x0"), "main.g(...) @ main.go:6", "main.f() @ main.go:5 +0x1d"),
        source=tmp_path,
    )
    assert found is not None
    assert found.certainty is POSSIBLE
    assert "is in func g, the trace says f" in str(found.refused)


# ---------------------------------------------------------------------- ports

PORTS = """package main

type doer interface {
	Again() int
	Do() int
}

type t struct {
	d    doer
	e    int
	next *t
	last int
}

func f(a, b *t) int {
	%s //!
}
"""


@pytest.mark.parametrize(
    ("line", "address", "go", "arch", "wanted"),
    [
        # e lies at 16 or 8, last at 32 or 16.
        ("return a.last + b.e", "0x20", None, None, "a certain"),
        ("return a.last + b.e", "0x8", None, None, "b certain"),
        ("return a.last + b.e", "0x10", None, None, "b possible"),
        ("return a.last + b.e", "0x10", None, "amd64", "b certain"),
        ("return a.last + b.e", "0x10", None, "386", "a certain"),
        # Two methods: 24 and 32 on 64-bit ports, 16 and 20, since go1.23 12 and 16.
        ("return a.d.Do() + b.d.Again()", "0x18", None, "amd64", "b.d certain"),
        ("return a.d.Do() + b.d.Again()", "0x10", "1.22", "386", "b.d certain"),
        ("return a.d.Do() + b.d.Again()", "0x10", "1.23", "386", "a.d certain"),
        ("return a.d.Do() + b.d.Again()", "0x10", None, "386", "a.d possible"),
        ("return a.d.Do() + b.d.Again()", "0x10", None, None, "a.d possible"),
        ("return a.d.Do() + b.d.Again()", "0x20", None, None, "a.d certain"),
    ],
)
def test_ports_that_are_not_excluded(  # noqa: PLR0917 - a table
    tmp_path: Path, line: str, address: str, go: str | None, arch: str | None, wanted: str
) -> None:
    """Offsets are those of the port; where the text does not tell it, all have to agree."""
    write(tmp_path, {"main.go": PORTS % line})
    number = next(i for i, x in enumerate((PORTS % line).split("\n"), 1) if "//!" in x)
    text = crash(NIL.format(address), f"main.f(...) @ main.go:{number}")
    found = culprit(text, source=tmp_path, go=go, arch=arch)
    assert found is not None
    assert f"{found.expression} {found.certainty.value}" == wanted
