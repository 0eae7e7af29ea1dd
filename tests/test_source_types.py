"""Types and files as they come: odd formatting, names that hide names, code that is not Go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotrace.source import SourceTree
from gotrace.source.syntax import parse_go
from gotrace.stack import Site
from gotrace.types import Kind
from tests.source_support import find, shown, size, write

# declarations of a package, a parameter list, the sizes of its parameters on amd64
TYPES = [
    ("type T = U; type U = V; type V struct{a, b int16}", "t T, p *T", "4 8"),
    ("type(T int8;U [3]T)", "u U", "3"),
    ("type (\n\tT struct {\n\t\tU\n\t\t*V\n\t\tn int\n\t}\n\tU [2]V\n\tV uint8\n)", "t T", "24"),
    ("type T struct{ T2 }; type T2 struct{ T }", "t T", "None"),
    ("type T struct{ next *T; sub []T; m map[T]T }", "t T", "40"),
    ("type L[T any] struct{ v T; n *L[T] }; type P = L[L[int8]]", "p P, q L[P]", "24 32"),
    ("type L[T any] struct{ x L[[2]T] }", "l L[int]", "None"),
    ("type N[T any] struct{ a M[T] }; type M[U any] struct{ b [2]U }", "n N[uint32]", "8"),
    ("const A = B; const B = A", "a [A]int", "None"),
    ("const (\n\tA = 1 << (10 * iota)\n\tB\n)", "b [B]byte", "1024"),
    ("const (\n\tA, B = iota, iota + 10\n\t_, _\n\tC, D\n)", "d [D]byte, c [C]bool", "12 2"),
    ("const A = 'a' - 0x60 + 0b1 + 0o7 + 010 + 1_0", "a [A]byte", "27"),
    ("const A = 7/-2 + 9%4 + 6&^2 + (3|4)^1 + 1e1", "a [A]byte", "18"),
    ('const A = len("h\u00e9") + int(uint8(3))', "a [A]byte", "6"),
    ("const A = ^uint32(0) >> 30; const B = -(-2)", "a [A]byte, b [B]byte", "3 2"),
    ("const A = 1 << 70 >> 68", "a [A]byte", "4"),
    ("const A = unsafe.Sizeof(0); const B = len([4]int{})", "a [A]byte, b [B]byte", "None None"),
    ("const A = -1; const B = 1 / 0", "a [A]byte, b [B]byte, c [1<<63]byte", "None None None"),
    ("var n = 3", "a [n]int", "None"),
    ("type any int8; type error struct{}", "a any, e error", "1 0"),
    ("type T struct{}", "t T, a [0]T, b []T, c chan T, f func(T) T", "0 0 24 8 8"),
    ("type T struct{}", "i interface{ M(T) }, j interface{}, k comparable", "16 16 16"),
    ("type T struct{ _ int8; a int64; z struct{} }", "t T", "24"),
    ("", "t Missing, p *Missing, q other.Missing, f func(Missing)", "None 8 None 8"),
    ("", "(a), b (int32), c ((*((int)))), d ...(uint8)", None),
    ("", "c <-chan chan<- (chan int), x, y complex64, u unsafe.Pointer, r rune", "8 8 8 8 4"),
    ("type T struct { a int `json:\"a\"`; // note\n b /* c */ int8; c, d string }", "t T", "48"),
    ("", f"{', '.join('abcdefghijkl')} int8, m, n int16", "1 " * 12 + "2 2"),
    ("type Größe int16", "größe Größe", "2"),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "parameters", "sizes"), TYPES, ids=lambda v: str(v)[:40])
def test_types(tmp_path: Path, declared: str, parameters: str, sizes: str | None) -> None:
    """Sizes follow from the declarations, in the frame's file or beside it."""
    function = f"func F({parameters}) {{\n\tpanic(0)\n}}\n"
    write(tmp_path, {"one/a.go": f"package p\n\n{declared}\n\n{function}"})
    write(tmp_path, {"two/a.go": f"package p; {function}", "two/b.go": f"package p\n{declared}\n"})
    for name in ("one", "two"):
        source = SourceTree([str(tmp_path / name)])
        text = (tmp_path / name / "a.go").read_text("utf-8").split("\n")
        line = text.index("\tpanic(0)") + 1
        signature = find(source, "m/p.F", "/x/a.go", line)
        assert signature is not None, source.problems
        got = " ".join(str(size(p.type)) for p in signature.parameters)
        expected = sizes
        if name == "two" and "type any" in declared:  # only the file itself can hide a built-in
            expected = "16 16"
        if expected is not None:
            assert expected == got


def test_dot_imports_and_package_names(tmp_path: Path) -> None:
    """A dot import's names count behind the package's own; a clause names its package."""
    files = {
        "go.mod": "module m\n",
        "a/a.go": "package a\n\n"
        'import (\n\t. "m/dots"\n\tx "m/go-odd"\n\t"m/go-odd/v2"\n\t_ "m/side"\n)\n\n'
        "type Own [2]byte\n\n"
        "func F(o Own, d Dotted, s Shared, x x.T, y even.T, n [Length]int8) {\n}\n",
        "a/b.go": "package a\n\ntype Shared [4]byte\n",
        "dots/d.go": "package dots\n\ntype Own int64\n\ntype Dotted [8]byte\n\n"
        "type Shared int8\n\nconst Length = 16\n",
        "go-odd/o.go": "package odd\n\ntype T [32]byte\n",
        "go-odd/v2/o.go": 'package even // import "m/go-odd/v2"\n\ntype T [64]byte\n',
        "go-odd/v2/main_test.go": "package other_test\n",
    }
    source = SourceTree([str(write(tmp_path, files))])
    signature = find(source, "m/a.F", "/x/a/a.go", 12)
    assert signature is not None, source.problems
    assert [size(p.type) for p in signature.parameters] == [2, 8, 4, 32, 64, 16]
    texts = "o a.Own, d dots.Dotted, s a.Shared, x odd.T, y even.T, n [Length]int8"
    assert texts == shown(signature.parameters)


def test_test_files_see_both_packages(tmp_path: Path) -> None:
    """``_test.go`` files declare types for each other; an external test package is another."""
    files = {
        "go.mod": "module m\n",
        "p.go": "package p\n\ntype T int8\n",
        "in_test.go": "package p\n\ntype Help [3]T\n\nfunc TestA(h Help, t T) {\n}\n",
        "out_test.go": 'package p_test\n\nimport "m"\n\n'
        "type T int64\n\nfunc TestB(t T, u p.T) {\n}\n",
    }
    source = SourceTree([str(write(tmp_path, files))])
    inside = find(source, "m.TestA", "/x/in_test.go", 5)
    outside = find(source, "m_test.TestB", "/x/out_test.go", 7)
    assert inside is not None, source.problems
    assert outside is not None, source.problems
    assert [size(p.type) for p in inside.parameters] == [3, 1]
    assert [size(p.type) for p in outside.parameters] == [8, 1]


CLOSURES = """package main

type T int8

func outer(a int) {
	type T int64
	one(func(x int) { p(x) }, func(y string) { p(y) })
	f := func(t T, u [a]T) func(int8) {
		return func(z int8) {
			defer func(why string, code int) { p(why) }("x", 1)
			go p(z)
		}
	}
	f(1)(2)
}

var table = map[string]func(int, bool){
	"a": func(i int, b bool) {
		one(func(r rune) {
			p(r)
		})
	},
}

func init() {
	one(func(q uint8) {
		p(q)
	})
}

func init() { one(func(w uint16) { p(w) }) }

type A = T

func (a *A) M(n int) {}
func loop(xs []int) {
	for x := range seq {
		one(func(v int16) {
			p(v)
		})
	}
}
"""

LITERALS = [
    ("outer.func1", 7, "x int"),
    ("outer.func2", 7, "y string"),
    ("outer.func3", 9, "t T, u [a]T"),
    ("outer.func3.1", 10, "z int8"),
    ("outer.func3.1.1", 10, "why string, code int"),
    ("outer.func3.1.2", 11, ""),  # go1.17 to go1.21 number the wrapper of `go p(z)`
    ("outer.func3.1.gowrap1", 11, ""),
    ("outer.func3.gowrap1", 11, ""),
    ("outer.func3.1.2", 9, None),
    ("outer.func4", 9, None),
    ("outer.func3", 7, None),
    ("outer.gowrap1", 7, None),
    ("glob..func1", 20, "i int, b bool"),
    ("init.func7", 20, "i int, b bool"),
    ("glob..func1.1", 20, "r rune"),
    ("glob..func1.2", 20, None),
    ("init", 19, ""),
    ("map.init.0", 17, ""),
    ("init", 27, None),
    ("init.0", 25, ""),
    ("init.0.func1", 26, "q uint8"),
    ("init.1.func1", 31, "w uint16"),
    ("(*T).M", 35, "a *main.A, n int"),
    ("(*A).M", 35, "a *main.A, n int"),
    ("(*B).M", 35, None),
    ("loop.func1", 39, "v int16"),
    ("loop.func2", 39, None),
    ("loop-range1.1", 39, "v int16"),
    ("loop-range1.func4", 38, "v int16"),
    ("loop-range1", 37, None),
    ("other.loop.func9", 39, "v int16"),
    ("func1", 7, None),
    (".func1", 7, None),
    ("", 7, None),
]


@pytest.mark.parametrize(("function", "line", "inputs"), LITERALS)
def test_literals(tmp_path: Path, function: str, line: int, inputs: str | None) -> None:
    """The literal is the one on the line, the number decides where several are; types that the
    function declares for itself are not those of the package."""
    source = SourceTree([str(write(tmp_path, {"main.go": CLOSURES}))])
    signature = find(source, f"main.{function}", "/x/main.go", line)
    assert inputs == (None if signature is None else shown(signature.inputs()))
    if function == "loop-range1":
        assert source.problems == []
    if function == "outer.func3" and signature is not None:
        assert [p.type.kind for p in signature.parameters] == [Kind.UNKNOWN] * 2


BROKEN = {
    "latin.go": b"package p\n\n// \xe9t\xe9\ntype T [2]int8\n\n"
    b'func F(u T, s\xff int8) {\n\tpanic("\xe9")\n}\n',
    "bom.go": b"\xef\xbb\xbfpackage p\r\n\r\nfunc F(t int8,\r\n\ts int8) {\r\n}\r\n",
    "error.go": b"package p\n\nfunc broken(a int {\n\tif x {\n}\n\n"
    b"func F(t, s int8) {\n\tpanic(t +)\n}\n\ntype (\n",
    "half.go": b"package p\n\nfunc F(t, s int8) {\n\tpanic(t)",
    "none.go": b"",
    "binary.go": bytes(range(256)) * 20,
    "clause.go": b"// x\n/* package q */ package /* y */ p; func F(t, s int8) { panic(t) }",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_not_go(tmp_path: Path, name: str) -> None:
    """Files that are not UTF-8, not Go or cut off give what can be read of them."""
    (tmp_path / name).write_bytes(BROKEN[name])
    source = SourceTree([str(tmp_path)])
    found = [find(source, "m/p.F", f"/x/{name}", line) for line in range(12)]
    signatures = [s for s in found if s is not None]
    assert bool(signatures) is (name not in {"none.go", "binary.go"})
    for signature in signatures:
        sizes = {p.name: size(p.type) for p in signature.parameters}
        assert sizes.get("t", 1) == 1
        assert sizes.get("u", 2) == 2


HOSTILE = {
    "deep type": "func F(t " + "[1]" * 5000 + "int) {\n}\n",
    "deep parentheses": "func F(t " + "(" * 3000 + "int" + ")" * 3000 + ") {\n}\n",
    "deep structs": "func F(t " + "struct{ a " * 2000 + "int" + "}" * 2000 + ") {\n}\n",
    "deep constant": "const A = " + "-(" * 3000 + "1" + ")" * 3000 + "\nfunc F(t [A]int) {\n}\n",
    "doubling": "".join(f"type T{i} struct{{ a, b T{i + 1} }}\n" for i in range(60))
    + "type T60 int8\nfunc F(t T0) {\n}\n",
    "doubling arguments": "type P[A, B any] struct{ a A; b B }\n"
    + "".join(f"type T{i}[A any] = T{i + 1}[P[A, A]]\n" for i in range(40))
    + "type T40[A any] struct{ a A }\nfunc F(t T0[int]) {\n}\n",
    "many closures": "func F(t int) {\n" + "\tg(func() {\n" * 3000 + "})" * 3000 + "\n}\n",
    "chain of constants": "".join(f"const C{i} = C{i + 1} + C{i + 1}\n" for i in range(200))
    + "func F(t [C0]int) {\n}\n",
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_source_takes_bounded_time(tmp_path: Path, case: str) -> None:
    """Nothing raises, nothing takes long, whatever is nested in what."""
    text = f"package p\n\n{HOSTILE[case]}"
    source = SourceTree([str(write(tmp_path, {"x.go": text}))])
    line = text[: text.index("func F(")].count("\n") + 1
    signature = find(source, "m/p.F", "/x/x.go", line)
    assert signature is None or len(signature.parameters) == 1
    find(source, "m/p.F.func1" + ".1" * 500, "/x/x.go", line + 400)


def test_large_files_are_left_alone(tmp_path: Path) -> None:
    """Beyond 10 MB nobody wrote it."""
    text = "package p\n\nfunc F(t int) {\n}\n" + "// padding\n" * (1 << 20)
    source = SourceTree([str(write(tmp_path, {"x.go": text}))])
    assert find(source, "m/p.F", "/x/x.go", 3) is None
    assert "cannot be read" in source.problems[0]


@given(st.text(max_size=60), st.text(max_size=40), st.integers(-5, 10**9))
def test_any_place_has_an_answer(function: str, file: str, line: int) -> None:
    """Whatever a trace says, nothing raises."""
    source = SourceTree([str(Path(__file__).parent / "data" / "source_trees")])
    place = (function, Site(file, line, None))
    assert source.find_all([place, (function, None)])[place] is None
    source.locate(file)
    named = (f"main.{function}", Site(f"app/main.go{file}", line, None))
    source.find_all([named])


@given(st.binary(max_size=400))
def test_any_bytes_parse(data: bytes) -> None:
    """The tree covers no more than the bytes."""
    root = parse_go(b"package p\n" + data).root
    assert 0 <= root.start <= root.end <= len(data) + 10
