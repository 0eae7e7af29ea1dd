"""Go text to signatures: names, types, errors. The cases are data, Go's own sources the oracle."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, Token
from lark.lexer import Lexer

from gotrace.errors import SignatureSyntaxError
from gotrace.parsing.driver import Failure, Table, parse_tokens
from gotrace.signature import Role, Signature
from gotrace.signatures import _tables
from gotrace.signatures.declarations import Package, read
from gotrace.signatures.gosyntax import Source, tokens
from gotrace.signatures.paths import package_names
from gotrace.signatures.prototype import parse_prototype_files, parse_prototypes
from gotrace.signatures.resolver import Resolver
from gotrace.signatures.scopes import Packages, standard
from gotrace.signatures.stdtypes import STANDARD
from gotrace.types import GoType, Kind

ROOT = Path(__file__).resolve().parent.parent
SEED = """\
// Prototypes of the frames that the story decodes by hand (Go <= 1.10, linux/amd64).
package pusher // pkg.tonybai.com/smspush/pkg/pushd/pusher

func cmpp2Login(dstAddr, user, password string, connectTimeout time.Duration) (*cmpp.Client, error)

package cmpp // github.com/bigwhite/gocmpp

func (cli *Client) Connect(servAddr, user, password string, timeout time.Duration) error
"""


def only(text: str) -> Signature:
    (signature,) = parse_prototypes(text, file="test").signatures
    return signature


def only_type(text: str, declarations: str = "") -> GoType:
    """The type of the only parameter of a function that takes ``text``."""
    return only(f"package p\n{declarations}\nfunc f(x {text})").parameters[0].type


def shape(t: GoType) -> Any:
    """A type as plain data: what is laid out, without spelling."""
    match t.kind:
        case Kind.STRUCT:
            return {f.name: shape(f.type) for f in t.fields}
        case Kind.ARRAY:
            assert t.element is not None
            return (t.length, shape(t.element))
    return t.kind.value


def test_the_story() -> None:
    """The file that the story's decoder is given reads as it was meant."""
    login, connect = parse_prototypes(SEED, file="prototypes.go").signatures
    assert login[:2] == ("pkg.tonybai.com/smspush/pkg/pushd/pusher", "cmpp2Login")
    names = [(p.name, p.type.text, p.type.kind) for p in login.parameters]
    assert names == [
        ("dstAddr", "string", Kind.STRING),
        ("user", "string", Kind.STRING),
        ("password", "string", Kind.STRING),
        ("connectTimeout", "time.Duration", Kind.INT64),
    ]
    assert [r.type.text for r in login.results] == ["*cmpp.Client", "error"]
    assert connect[:2] == ("github.com/bigwhite/gocmpp", "(*Client).Connect")
    assert connect.receiver is not None
    assert (
        connect.receiver.name,
        connect.receiver.type.text,
        connect.receiver.role,
    ) == ("cli", "*Client", Role.RECEIVER)
    assert (connect.file, connect.line) == ("prototypes.go", 8)
    assert connect.text in SEED.split("\n")


# ---------------------------------------------------------------------- the packages


CLAUSES = [
    ("package pusher // pkg.example.com/a/pusher", "pkg.example.com/a/pusher"),
    ('package cmpp // import "github.com/bigwhite/gocmpp"', "github.com/bigwhite/gocmpp"),
    ('package cmpp /* import "github.com/bigwhite/gocmpp" */', "github.com/bigwhite/gocmpp"),
    ("package http // net/http\r", "net/http"),
    ("package http // the client side", "http"),
    ("package http // deprecated", "http"),
    ("package http // TODO.", "http"),
    ("package http", "http"),
    ("package http; ", "http"),
    ("// net/http\npackage http\n// other/path", "http"),
    ("package main // example.com/cmd/tool", "main"),
    ("", ""),
]


@pytest.mark.parametrize(("clause", "package"), CLAUSES)
def test_package(clause: str, package: str) -> None:
    """A comment behind the clause is a path only if it looks like one; main is always main."""
    assert package == only(f"{clause}\nfunc f()").package


# ---------------------------------------------------------------------- the names


NAMES = [
    ("func F(a int)", "F", False),
    ("func (T) M()", "T.M", False),
    ("func (t T) M()", "T.M", False),
    ("func (t *T) M()", "(*T).M", False),
    ("func (t (*T)) M()", "(*T).M", False),
    ("func (*T) M() { }", "(*T).M", False),
    ("func Map[T any, U ~int | string](a []T) []U", "Map[...]", True),
    ("func (l *List[T]) At(i int) T", "(*List[...]).At", True),
    ("func (p Pair[K, _]) Key() K", "Pair[...].Key", True),
    ("func (b *Box[T]) Conv[U any](u U)", "(*Box[...]).Conv[...]", True),
    ("func (p Plain) Do[T any](t T)", "Plain.Do[...]", True),
    ("type A = T\nfunc (a *A) M()", "(*T).M", False),
    ("func Größe(größe int)", "Größe", False),
]


@pytest.mark.parametrize(("text", "function", "generic"), NAMES)
def test_name(text: str, function: str, generic: bool) -> None:
    """Functions have the names that a traceback prints behind the package."""
    declarations = "" if "type A" not in text else "type T struct{}\n"
    signature = only(f"package p\n{declarations}{text}")
    assert ("p", function, generic) == (signature.package, signature.function, signature.generic)


TRACED = [
    ("func main.f(a int)", "main", "f", None),
    ("func main.(*T).M(a int) error", "main", "(*T).M", "*T"),
    ("func main.T.M(a int)", "main", "T.M", "T"),
    ("func (*T).M(a int)", "", "(*T).M", "*T"),
    ("func github.com/x/y.(*T).M(a int)", "github.com/x/y", "(*T).M", "*T"),
    ("func gopkg.in/yaml%2ev2.Unmarshal(a int)", "gopkg.in/yaml.v2", "Unmarshal", None),
    ("func main.Map[...](a int)", "main", "Map[...]", None),
    ("func a/b.(*Box[...]).Conv[...](a int)", "a/b", "(*Box[...]).Conv[...]", "*Box"),
    ("func main.main.func1(a int)", "main", "main.func1", None),
]


@pytest.mark.parametrize(("text", "package", "function", "receiver"), TRACED)
def test_traced_name(text: str, package: str, function: str, receiver: str | None) -> None:
    """A name may be written as a traceback prints it."""
    signature = only(text)
    assert (package, function) == signature[:2]
    found = signature.receiver
    assert receiver == (found.type.text if found else None)
    assert [(p.name, p.type.kind) for p in signature.parameters] == [("a", Kind.INT)]


def test_never_printed() -> None:
    """No frame is called init or _."""
    text = "package p\nfunc init() {}\nfunc _(a int) {}\nfunc (T) _() {}"
    assert parse_prototypes(text, file="test").signatures == ()


# ---------------------------------------------------------------------- parameters


PARAMETERS = [
    ("()", [], []),
    ("(a, b string)", [("a", "string"), ("b", "string")], []),
    ("(string, []byte)", [(None, "string"), (None, "[]byte")], []),
    ("(_ int, a [3]int)", [("_", "int"), ("a", "[3]int")], []),
    ("(a [N]int)", [("a", "[N]int")], []),
    ("(a []int)", [("a", "[]int")], []),
    ("([]int)", [(None, "[]int")], []),
    ("(L[int])", [(None, "L[int]")], []),
    ("(a L[int], b m.L[string, *T])", [("a", "L[int]"), ("b", "m.L[string, *T]")], []),
    ("(a ...T)", [("a", "...T")], []),
    ("(...T)", [(None, "...T")], []),
    ("(a func(int) (string, error), b chan int)", [
        ("a", "func(int) (string, error)"), ("b", "chan int")
    ], []),
    ("(a int,\n\tb  int,\n)", [("a", "int"), ("b", "int")], []),
    ("(a (T), b *(T))", [("a", "T"), ("b", "*(T)")], []),
    ("() error", [], [(None, "error")]),
    ("() (error)", [], [(None, "error")]),
    ("() (n int, err error)", [], [("n", "int"), ("err", "error")]),
    ("() func() int", [], [(None, "func() int")]),
    ("() [4]int", [], [(None, "[4]int")]),
    ("() <-chan int", [], [(None, "<-chan int")]),
    ("() struct{ a int } { return }", [], [(None, "struct{ a int }")]),
    ("() interface{} {}", [], [(None, "interface{}")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "parameters", "results"), PARAMETERS)
def test_parameters(text: str, parameters: list[Any], results: list[Any]) -> None:
    """Names, types and results, grouped or not."""
    signature = only(f"package p; const N = 2; func f{text}")
    assert parameters == [(p.name, p.type.text) for p in signature.parameters]
    assert results == [(p.name, p.type.text) for p in signature.results]
    assert {Role.RESULT} >= {r.role for r in signature.results}


def test_variadic() -> None:
    """The last parameter of f(a ...T) is a slice of T."""
    (parameter,) = only("func f(a ...string)").parameters
    assert parameter.variadic
    assert parameter.type.kind == Kind.SLICE
    assert parameter.type.element == GoType(Kind.STRING, "string")


# ---------------------------------------------------------------------- types


DECLARED = """
import ("time"; mm "example.com/m"; "example.com/unknown")
type ( ID [16]byte; Name string; Ptr *T; T struct { id ID; next *T; name, alias Name }
	Fn func(); I interface { M(int) error; ~int | string } )
type A = ID
type Pair[K comparable, V any] struct { K K; V V }
type Wrap[T *X | string, U any] struct { t T; u U }
type Grid [ rows ] [ cols * 2 ] int8
type Loop struct { a int; l Loop }
type Inner struct { ID; *T; time.Time; _ [0]func() }
const ( rows = iota + 1; cols; more; _; last = 1 << iota )
const size, text = 0x1_0, len("äb")
const unknown = unsafe.Sizeof(rows)
"""
TIME = {"wall": "uint64", "ext": "int64", "loc": "pointer"}
TYPES: list[tuple[str, Any]] = [
    ("int", "int"), ("byte", "uint8"), ("rune", "int32"), ("error", "interface"),
    ("any", "interface"), ("complex64", "complex64"), ("uintptr", "uintptr"),
    ("unsafe.Pointer", "unsafe.Pointer"), ("*int", "pointer"), ("[]T", "slice"),
    ("map[string][]int", "map"), ("chan<- int", "chan"), ("<-chan <-chan int", "chan"),
    ("chan (<-chan int)", "chan"), ("func(a, b int) error", "func"),
    ("interface{ M(); ~int | string }", "interface"), ("struct{}", {}),
    ("ID", (16, "uint8")), ("A", (16, "uint8")), ("Name", "string"), ("Ptr", "pointer"),
    ("Fn", "func"), ("I", "interface"),
    ("T", {"id": (16, "uint8"), "next": "pointer", "name": "string", "alias": "string"}),
    ("Pair[int, Name]", {"K": "int", "V": "string"}),
    ("Pair[Pair[int8, bool], []T]", {"K": {"K": "int8", "V": "bool"}, "V": "slice"}),
    ("Wrap[string, int]", {"t": "string", "u": "int"}),
    ("Pair[int]", {"K": "int", "V": "unknown"}),
    ("Grid", (1, (4, "int8"))), ("[last]bool", (16, "bool")), ("[more+size/4]int", (7, "int")),
    ("[text]int", (3, "int")), ("[2 * 4]T", (8, {
        "id": (16, "uint8"), "next": "pointer", "name": "string", "alias": "string"})),
    ("[unknown]int", "unknown"), ("[nowhere.N]int", "unknown"), ("[-1]int", "unknown"),
    ("[1 << 99]int", "unknown"), ("[1/0]int", "unknown"), ("['a']int", (97, "int")),
    ("[sha256.Size]byte", (32, "uint8")), ("[int(3)]int", (3, "int")),
    ("Loop", {"a": "int", "l": "unknown"}),
    ("Inner", {"ID": (16, "uint8"), "T": "pointer", "Time": TIME, "_": (0, "func")}),
    ("struct{ a, b int8; ID; c []int `tag` }", {
        "a": "int8", "b": "int8", "ID": (16, "uint8"), "c": "slice"}),
    ("Nowhere", "unknown"), ("mm.Thing", "unknown"), ("unknown.T", "unknown"),
    ("C.int", "int32"), ("C.long", "unknown"), ("C.struct_x", "unknown"),
    ("time.Duration", "int64"), ("time.Time", TIME), ("time.Month", "int"),
    ("context.Context", "interface"), ("context.CancelFunc", "func"), ("net.IP", "slice"),
    ("http.Header", "map"), ("http.ResponseWriter", "interface"), ("os.FileMode", "uint32"),
    ("os.Signal", "interface"), ("reflect.Kind", "uint"), ("sync.Locker", "interface"),
    ("reflect.Value", {"typ_": "pointer", "ptr": "unsafe.Pointer", "flag": "uintptr"}),
    ("sync.Mutex", "unknown"), ("url.URL", "unknown"), ("netip.Addr", "unknown"),
    ("*sync.Mutex", "pointer"), ("json.RawMessage", "slice"), ("json.Number", "string"),
    ("sql.NullString", {"String": "string", "Valid": "bool"}),
    ("sql.Null[int8]", {"V": "int8", "Valid": "bool"}),
    ("syscall.Errno", "uintptr"), ("iter.Seq[int]", "func"), ("template.HTML", "string"),
    ("big.Int", {"neg": "bool", "abs": "slice"}), ("rand.Source", "interface"),
    ("atomic.Int64", {"_": {}, "v": "int64"}), ("net.TCPConn", {"conn": {"fd": "pointer"}}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TYPES)
def test_type(text: str, expected: Any) -> None:
    """Every form of type has its kind; lengths, fields and type arguments are put in."""
    found = only_type(text, DECLARED)
    assert expected == shape(found)
    assert text == found.text


def test_named() -> None:
    """``named`` tells a defined type; an alias is what it stands for."""
    assert only_type("ID", DECLARED).named == "ID"
    assert only_type("A", DECLARED).named == "ID"
    assert only_type("[]ID", DECLARED).named == ""
    imported = 'import t "time"'
    assert only_type("t.Duration", imported)[1:3] == ("t.Duration", "time.Duration")


def test_align64() -> None:
    """A struct that holds an atomic 64-bit integer is aligned to 8 bytes everywhere."""
    assert only_type("atomic.Int64").align64
    assert only_type("struct{ a bool; b [2]atomic.Uint64 }").align64
    assert not only_type("atomic.Int32").align64


def test_type_parameter() -> None:
    """A bare type parameter has no kind of its own; what holds it behind a pointer has."""
    signature = only("func (l *L[T]) F[U any](a T, b []U, c [2]T, d map[T]U)")
    kinds = [p.type.kind for p in signature.parameters]
    assert kinds == [Kind.TYPE_PARAMETER, Kind.SLICE, Kind.ARRAY, Kind.MAP]


def test_core_type() -> None:
    """A constraint of one ~term is the layout of the type parameter."""
    signature = only("func Sort[S ~[]E, E any, M ~map[K]E, K, L comparable, I ~int | ~int8]"
                     "(s S, e E, m M, k K, i I)")  # fmt: skip
    found = [(p.type.kind, p.type.text) for p in signature.parameters]
    other = Kind.TYPE_PARAMETER
    assert found == [(Kind.SLICE, "S"), (other, "E"), (Kind.MAP, "M"), (other, "K"), (other, "I")]


IMPORTS = [
    ("", "time.Duration", Kind.INT64),
    ('import "time"', "time.Duration", Kind.INT64),
    ('import t "time"', "t.Duration", Kind.INT64),
    ('import . "time"', "Duration", Kind.INT64),
    ('import _ "time"', "time.Duration", Kind.INT64),  # not Go, but what else could be meant
    ('import "example.com/time"', "time.Duration", Kind.UNKNOWN),
    ('import time "example.com/x"', "time.Duration", Kind.UNKNOWN),
    ('import "example.com/go-time"', "time.Duration", Kind.UNKNOWN),
    ('import "example.com/other"', "other.T", Kind.BOOL),
    ('import o "example.com/other"', "o.T", Kind.BOOL),
    ('import "example.com/another"', "other.T", Kind.BOOL),
    ("", "other.T", Kind.BOOL),
    ('import "example.com/go-name"', "name.T", Kind.FLOAT32),
    ('import "example.com/bare/v2"', "bare.T", Kind.STRING),
    ('import "bare"', "bare.T", Kind.STRING),
    ("", "bare.Nothing", Kind.UNKNOWN),
    ('import "math/rand/v2"', "rand.Source", Kind.INTERFACE),
    ('import "gopkg.in/yaml.v3"', "yaml.Kind", Kind.UNKNOWN),
]


@pytest.mark.parametrize(("imports", "text", "kind"), IMPORTS)
def test_import(imports: str, text: str, kind: Kind) -> None:
    """A qualifier is an import, else a package of that name here, else the standard library's."""
    others = [
        ("other.go", "package other // example.com/other\ntype T bool"),
        ("name.go", "package name // example.com/go-name\ntype T float32"),
        ("bare.go", "package bare\ntype T string"),
    ]
    files = [*others, ("test.go", f"package p\n{imports}\nfunc f(x {text})")]
    (signature,) = parse_prototype_files(files)[-1].signatures
    assert kind == signature.parameters[0].type.kind


def test_declared_for_two_ports() -> None:
    """A type or length that files declare differently is not guessed; the same twice is fine."""
    files = [
        ("a_linux.go", "package p\ntype (FD int; S struct{ a int }); const N, M = 1, 2"),
        ("a_windows.go", "package p\ntype (FD uintptr; S struct{ a int }); const N, M = 3, 2"),
        ("b.go", "package p\nfunc f(a FD, b S, c [N]int, d [M]int, e *FD)"),
    ]
    (signature,) = parse_prototype_files(files)[-1].signatures
    kinds = [p.type.kind for p in signature.parameters]
    assert kinds == [Kind.UNKNOWN, Kind.STRUCT, Kind.UNKNOWN, Kind.ARRAY, Kind.POINTER]


# ---------------------------------------------------------------------- what is skipped


def test_bodies_and_variables() -> None:
    """Neither a brace in a string, rune or comment nor a function literal ends a body too early."""
    text = """
package p
var ( a = "}"; b = func() { }
	c = map[string]func(){ "x": func() {} } )
var d, e = '}', `
}`
func f(a int) { if a == '{' { _ = "{" + `{` } /* { */ // {
	var x int }
var g int
func h(b struct{ x interface{} }) struct{} { return struct{}{} }
"""
    signatures = parse_prototypes(text, file="test").signatures
    assert [s.function for s in signatures] == ["f", "h"]
    assert [s.line for s in signatures] == [7, 10]


# ---------------------------------------------------------------------- errors


ERRORS = [
    ("func (c *Client) Connect(a string error", 35, "expected ')' or ',' or '[', found 'error'"),
    ("func f(a *) error", 11, "expected a type, found ')'"),
    ("func f(a []) int", 12, "expected a type, found ')'"),
    ("func f(a map[string) int", 20, "expected ']', found ')'"),
    ("func f(a chan) int", 14, "expected a type, found ')'"),
    ("func f(a int) (error", 21, "expected a type, found the end of the text"),
    ("func f(a int;", 13, "expected ')' or ',', found ';'"),
    ("func f(a int) error error", 21, "expected the end of the line or '[', found 'error'"),
    ("func", 5, "expected a name or '(', found the end of the text"),
    ("func f[T any", 13, "expected ']' or ',', found the end of the text"),
    ("Connect(a string) error", 1, "expected a declaration (package, import, type, const, var"),
    ("package a.b", 10, "expected the end of the line, found '.'"),
    ("type T", 7, "expected a type, found the end of the text"),
    ("type T struct { a int, b int }", 22, "expected '}' or a string or the end of the line"),
    ("const x =", 10, "expected a constant, found the end of the text"),
    ("import x", 9, "expected a string, found the end of the text"),
    ("func f(a int) {", 15, "this function body has no end"),
    ("func f(a int) { ' }", 17, "this rune has no end"),
    ('func f("a)', 8, "this string has no end"),
    ("func f() /* x", 10, "this comment has no end"),
    ("func f(a $)", 10, "no Go text begins with '$'"),
    ("func f(a int, *T)", 15, "this parameter has a type, but no name; others in this list have"),
    ("func f(a int, b)", 15, "this parameter has a name, but no type"),
    ("func f(a, b ...int)", 11, "only the last parameter can be variadic"),
    ("func f(a ...int, b int)", 8, "only the last parameter can be variadic"),
    ("func f() (a ...int)", 11, "only the last parameter can be variadic"),
    ("func (a, b T) f()", 6, "a method has one receiver"),
    ("func () f()", 6, "a method has one receiver"),
    ("func ([]T) f()", 7, "a receiver's type has a name"),
    ("func (a []T) f()", 7, "expected a receiver such as (c *Client)"),
    ("func (a ...T) f()", 7, "expected a receiver such as (c *Client)"),
]


@pytest.mark.parametrize(("text", "column", "message"), ERRORS)
def test_error(text: str, column: int, message: str) -> None:
    """A syntax error says what was expected, where, and shows the line with a caret."""
    with pytest.raises(SignatureSyntaxError) as caught:
        parse_prototypes(f"package p\n{text}", file="bad.go")
    error = caught.value
    assert (2, column) == (error.line, error.column)
    assert error.message.startswith(message)
    shown = str(error).split("\n")
    assert ["    " + text, "    " + " " * (column - 1) + "^"] == shown[1:]


@pytest.mark.parametrize("unit", ["*", "[]", "chan ", "func(", "struct{a ", "(", "[1]", "L["])
def test_nesting(unit: str) -> None:
    """Types nested without end are an error or a type, never a crash."""
    for end in ("", "int"):
        for depth in (50, 300, 5000):
            try:
                parse_prototypes(f"func f(a {unit * depth}{end})", file="deep")
            except SignatureSyntaxError as error:
                assert error.message  # noqa: PT017 - both outcomes are right


# ---------------------------------------------------------------------- properties


names = st.sampled_from(["a", "b", "x", "größe", "Total", "_", "v1"])
basics = st.sampled_from([
    ("int", "int"), ("string", "string"), ("byte", "uint8"), ("error", "interface"),
    ("bool", "bool"), ("Unknown", "unknown"), ("q.Unknown", "unknown"), ("uint16", "uint16"),
])  # fmt: skip


def _list(children: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[str]:
    return st.lists(children, max_size=3).map(lambda ts: ", ".join(t for t, _ in ts))


def _struct(fields: list[tuple[str, tuple[str, Any]]]) -> tuple[str, Any]:
    text = "; ".join(f"{n} {t}" for n, (t, _) in fields)
    return (f"struct{{ {text} }}" if text else "struct{}", [(n, s) for n, (_, s) in fields])


def _extend(inner: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[tuple[str, Any]]:
    no_arrow = inner.filter(lambda t: not t[0].startswith("<-"))
    return st.one_of(
        inner.map(lambda t: (f"*{t[0]}", "pointer")),
        inner.map(lambda t: (f"[]{t[0]}", "slice")),
        st.tuples(st.integers(0, 99), inner).map(
            lambda a: (f"[{a[0]}]{a[1][0]}", ("array", a[0], a[1][1]))
        ),
        st.tuples(inner, inner).map(lambda a: (f"map[{a[0][0]}]{a[1][0]}", "map")),
        no_arrow.map(lambda t: (f"chan {t[0]}", "chan")),
        inner.map(lambda t: (f"chan<- {t[0]}", "chan")),
        inner.map(lambda t: (f"<-chan {t[0]}", "chan")),
        _list(inner).map(lambda t: (f"func({t})", "func")),
        st.tuples(_list(inner), inner).map(lambda a: (f"func({a[0]}) ({a[1][0]})", "func")),
        inner.map(lambda t: (f"interface{{ M({t[0]}) }}", "interface")),
        st.lists(st.tuples(names, inner), max_size=3).map(_struct),
    )


types = st.recursive(basics, _extend, max_leaves=8)


def written(t: GoType) -> Any:
    """A resolved type in the strategy's words."""
    match t.kind:
        case Kind.STRUCT:
            return [(f.name, written(f.type)) for f in t.fields]
        case Kind.ARRAY:
            assert t.element is not None
            return ("array", t.length, written(t.element))
    return t.kind.value


@given(
    st.lists(st.tuples(names, types), max_size=4),
    st.lists(types, max_size=3),
    st.sampled_from(["", "(r *R) ", "(R) "]),
)
def test_written_is_read(
    parameters: list[tuple[str, tuple[str, Any]]], results: list[tuple[str, Any]], receiver: str
) -> None:
    """What a writer of Go text meant is what is read."""
    inputs = ", ".join(f"{n} {t}" for n, (t, _) in parameters)
    outputs = ", ".join(t for t, _ in results)
    text = f"func {receiver}F({inputs}) ({outputs})"
    signature = only(text)
    assert [(n, s) for n, (_, s) in parameters] == [
        (p.name, written(p.type)) for p in signature.parameters
    ]
    assert [t for _, (t, _) in parameters] == [p.type.text for p in signature.parameters]
    assert [(None, s) for _, s in results] == [(p.name, written(p.type)) for p in signature.results]
    assert text == signature.text
    assert signature == only(signature.text)


FRAGMENTS = st.sampled_from([
    *"(){}[]*,;.~|=\n\"'`/:", "func ", "type ", "struct", "interface", "map", "chan", "<-", "...",
    "a", "T", "int", "3", "/*", "*/", "//", "package ", "import ", "const ", "var ", "\ud800",
])  # fmt: skip
TEXT = SEED + DECLARED + "func (b *Box[T]) Conv[U any](u U, f func(a, b int) <-chan T) (x []U) { }"


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 9), FRAGMENTS), max_size=5))
def test_mutated(changes: list[tuple[int, int, str]]) -> None:
    """Broken Go is a syntax error with a place in the text, and nothing else."""
    text = TEXT
    for position, removed, added in changes:
        text = text[:position] + added + text[position + removed :]
    _read_or_complain(text)


@given(st.lists(FRAGMENTS, max_size=30).map("".join))
def test_fragments(text: str) -> None:
    """Neither is anything else that looks like Go from afar."""
    _read_or_complain(text)
    _read_or_complain("func f(" + text)


def _read_or_complain(text: str) -> None:
    try:
        parse_prototypes(text, file="mutated")
    except SignatureSyntaxError as error:
        lines = text.removeprefix("\ufeff").split("\n")
        assert 1 <= error.line <= len(lines)  # noqa: PT017 - reading is the other right outcome
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1  # noqa: PT017


class _OurTokens(Lexer):
    """Our scanner in Lark's clothes; the text it is given is a :class:`Source`."""

    __future_interface__ = 0

    def __init__(self, _: Any) -> None: ...

    def lex(self, data: Any) -> Iterator[Token]:
        source = Source(getattr(data, "text", data), "lark")
        for name, start, end in tokens(source):
            yield Token(name, source.text[start:end], start_pos=start, end_pos=end)


def _same(node: Any, tree: Any) -> bool:
    if isinstance(tree, Token):
        return node[:3] == (tree.type, tree.start_pos, tree.end_pos)
    same_length = len(node[3]) == len(tree.children)
    return (node[0], same_length) == (tree.data, True) and all(map(_same, node[3], tree.children))


def test_lark_reads_the_same() -> None:
    """The committed table and our driver give the tree that Lark gives for the grammar."""
    grammar = (ROOT / "grammars" / "prototypes.lark").read_text("utf-8")
    lark = Lark(grammar, parser="lalr", start="file", lexer=_OurTokens, maybe_placeholders=False)
    for text in (SEED, DECLARED, TEXT, "", "package p\n\nvar x = 1", *(t for t, *_ in NAMES)):
        ours = parse_tokens(Table(_tables), "file", tokens(Source(text, "ours")), len(text))
        assert not isinstance(ours, Failure)
        assert _same(ours, lark.parse(text))


# ---------------------------------------------------------------------- Go's own sources


def toolchains() -> list[Path]:
    """The ``src`` folders of the toolchains below GOTRACE_GO_ROOT; skips where it is not set."""
    root = os.environ.get("GOTRACE_GO_ROOT")
    if not root:
        pytest.skip("NOT RUN: GOTRACE_GO_ROOT names no folder of Go toolchains")
    layouts = ("*/go/src", "*/usr/share/go-*/src")
    found = [src for layout in layouts for src in sorted(Path(root).glob(layout))]
    assert found, f"no toolchain below {root}"
    return found


@pytest.mark.toolchain
@pytest.mark.parametrize("package", ["time", "net/http", "runtime", "sync/atomic", "slices"])
def test_go_source_is_accepted(package: str) -> None:
    """A real .go file is a signature file."""
    folders = [src / package for src in toolchains() if (src / package).is_dir()]
    files = list(itertools.chain.from_iterable(f.glob("*.go") for f in folders))
    for file in files:
        parse_prototypes(file.read_text("utf-8"), file=str(file))
    assert files


def _declared(src: Path, path: str, packages: Packages) -> Package | None:
    """The package as this toolchain declares it for linux on amd64."""
    found: Packages = {}
    for file in sorted((src / path).glob("*.go")):
        if not OTHER_PORTS.search(file.name):
            text = file.read_text("utf-8")
            if not re.search(r"^//go:build (?:ignore|!linux|!unix|windows|plan9|js)", text, re.M):
                read(Source(text, str(file)), found)
    name = package_names(path)[0]
    package = found.get((name, None)) or found.get((name, path))
    if package:
        package.path = path
        packages[name, path] = package
    return package


OTHER_PORTS = re.compile(
    r"_(?:test|windows|darwin|plan9|js|wasm|wasip1|(?:free|net|open)?bsd|dragonfly|solaris|aix|386"
    r"|illumos|android|ios|zos|arm|arm64|mips\w*|ppc\w*|riscv64|s390x|loong64|sparc64)\.go$"
)


def _layout(t: GoType) -> Any:
    """What is laid out; field names are left out (reflect.Value.typ was renamed in go1.21)."""
    match t.kind:
        case Kind.STRUCT:
            return [_layout(f.type) for f in t.fields]
        case Kind.ARRAY:
            assert t.element is not None
            return (t.length, _layout(t.element))
    return t.kind.value


@pytest.mark.toolchain
def test_standard_table() -> None:
    """The table's types are those of every toolchain at hand that declares them."""
    for src in toolchains():
        assert _compared_with(src) > 300


def _compared_with(src: Path) -> int:
    """How many types of the table this toolchain declares; each is laid out alike."""
    packages: Packages = {}
    for path in (*STANDARD, *HIDDEN):
        _declared(src, path, packages)
    table, real = Resolver({}), Resolver(packages)
    compared = 0
    for path in STANDARD:
        known, declared = standard(path), packages.get((package_names(path)[0], path))
        assert known is not None
        for name, expected in known.types.items():
            found = declared.types.get(name) if declared else None
            if found and not found.parameters:
                of_table = _layout(table.declared(expected, (), name, 0))
                of_source = _layout(real.declared(found, (), name, 0))
                if "unknown" in str(of_source):  # declared once for each Go experiment
                    continue
                assert (path, name, of_source) == (path, name, of_table)
                assert "unknown" not in str(of_table)
                compared += 1
    return compared


# Packages that the table's packages declare their types with.
HIDDEN = ["internal/abi", "internal/poll", "text/template/parse", "crypto/rsa", "internal/race"]
