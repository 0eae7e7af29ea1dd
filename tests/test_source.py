"""Functions at a file and line, and their types, from Go source."""

from __future__ import annotations

from pathlib import Path

import pytest

from gotrace.signature import Role, SignatureSource
from gotrace.source import SourceTree
from gotrace.source.build import Build, constraints, ending_tags, told_by
from gotrace.stack import Site
from gotrace.types import Kind
from tests.source_support import TREES, find, shown, size, tree, write

# function, file, line, its inputs as the source tree resolves them, their sizes on amd64
APP = [
    (
        "main.(*server).serve", "main.go", 46,
        "s *main.server, port int, p dep.Pair, then func()", "8 8 10 8",
    ),
    ("main.later", "main.go", 56, "limit [4]uint8, then func()", "4 8"),
    (  # go1.16 and earlier pass it what it captures
        "main.later.func1", "main.go", 53,
        "then func(), done chan bool, limit [4]uint8, n int64", "8 8 4 8",
    ),
    ("main.(*server).serve-fm", "main.go", 46,
     "s *main.server, port int, p dep.Pair, then func()", "8 8 10 8"),
    ("main.glob..func1", "main.go", 19, "code int, body []byte", "8 24"),
    ("main.init.func1", "main.go", 19, "code int, body []byte", "8 24"),
    ("main.inner.func1.2.1", "main.go", 38, "id uint16, note string", "2 16"),
    ("main.inner.1.2.1", "main.go", 38, "id uint16, note string", "2 16"),
    ("main.inner.func1.1", "main.go", 36, "name string", "16"),
    ("main.inner.func1.2", "main.go", 40, "", ""),
    ("main.main.inner.func1.2", "main.go", 40, "", ""),  # inlined into main, go1.21 to go1.26
    ("main.main.func1.1.1", "main.go", 28, "", ""),
    ("main.later.gowrap1", "main.go", 52, "", ""),
    (
        "example.com/app/geometry.Point.Scale", "geometry/geometry.go", 15,
        "p geometry.Point, by int8, off geometry.Celsius, then func()", "8 1 8 8",
    ),
    (
        "example.com/app/geometry.(*Stamped).Move", "geometry/geometry.go", 21,
        "s *geometry.Stamped, to geometry.Point, from geometry.Point, names ...string", "8 8 8 24",
    ),
    (
        "example.com/app/geometry.(*Stamped).Move.func1", "geometry/geometry.go", 23,
        "d time.Duration", "8",
    ),
    (
        "example.com/app/geometry.Outline", "geometry/geometry.go", 34,
        "p geometry.Path, frame [border]int16, in kinds.Inner, b kinds.Bits, sh geometry.Shape,"
        " then func()", "32 8 32 4 16 8",
    ),
    (
        "example.com/app/geometry.anonymous", "geometry/geometry.go", 40,
        "_ int, string_ string, _ map[string][]geometry.Point, c chan<- geometry.Point,"
        " then func()", "8 16 8 8 8",
    ),
    (
        "example.com/dep.Pair.Visit", "vendor/example.com/dep/dep.go", 20,
        "p dep.Pair, depth int, then func()", "10 8 8",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "file", "line", "inputs", "sizes"), APP, ids=lambda v: str(v)[:40]
)
def test_the_function_at_the_line(
    function: str, file: str, line: int, inputs: str, sizes: str
) -> None:
    """Methods, closures and wrappers are found by name and line, with types of other packages."""
    source = tree("app")
    signature = find(source, function, f"/home/ci/app/{file}", line)
    assert signature is not None, source.problems
    assert inputs == shown(signature.inputs())
    assert sizes == " ".join(str(size(p.type)) for p in signature.inputs())
    assert signature.source is SignatureSource.GO_SOURCE
    assert signature.file == str(TREES / "app" / file)
    assert f"{signature.package}.{signature.function}" == function
    assert source.problems == []


def test_signatures_read_like_the_source() -> None:
    """``text`` is the declaration on one line; results and receiver have their roles."""
    signature = find(tree("app"), "example.com/app/geometry.Point.Scale", "geometry.go", 15)
    assert signature is not None
    text = "func (p Point) Scale(by int8, off Celsius, then func()) (n Named, err error)"
    assert text == signature.text
    assert (signature.line, signature.generic) == (14, False)
    assert signature.receiver is not None
    assert signature.receiver.role is Role.RECEIVER
    assert [(r.name, r.type.text) for r in signature.results] == [
        ("n", "geometry.Named"),
        ("err", "error"),
    ]
    assert [r.type.kind for r in signature.results] == [Kind.STRUCT, Kind.INTERFACE]
    assert [r.role for r in signature.results] == [Role.RESULT] * 2
    assert signature.results[0].type.fields[1].name == "Y"


def test_pointees_have_their_fields_once() -> None:
    """A pointer's struct is resolved; what its own pointers mean is not."""
    signature = find(tree("app"), "example.com/app/geometry.(*Stamped).step", "geometry.go", 29)
    assert signature is not None
    assert signature.receiver is not None
    stamped = signature.receiver.type.element
    assert stamped is not None
    assert [f.name for f in stamped.fields] == ["Point", "Path", "At", "Extra", "Sys"]
    kinds = [Kind.STRUCT, Kind.POINTER, Kind.INT64, Kind.STRUCT, Kind.UNKNOWN]
    assert kinds == [f.type.kind for f in stamped.fields]
    assert stamped.fields[1].type.element is not None
    assert stamped.fields[1].type.element.kind is Kind.UNKNOWN
    assert stamped.named == "geometry.Stamped"


WRONG = [
    ("main.gone", "main.go", 46, "main.go:46 is in func (*server).serve, the trace says gone"),
    ("main.server.serve", "main.go", 46, "is in func (*server).serve, the trace says server.serve"),
    ("main.main", "main.go", 46, "is in func (*server).serve, the trace says main"),
    ("main.main", "main.go", 4000, "main.go:4000 is in no function, the trace says main"),
    ("main.later.func2", "main.go", 50, "is in no function literal that could be later.func2"),
    ("main.later.func1", "main.go", 56, "is in no function literal that could be later.func1"),
    ("main.main.func1", "main.go", 53, "is in func later, the trace says main.func1"),
    ("main.Area", "geometry/geometry.go", 15, "is of package geometry, the trace says main.Area"),
]


@pytest.mark.parametrize(("function", "file", "line", "problem"), WRONG)
def test_another_version_of_the_source_is_refused(
    function: str, file: str, line: int, problem: str
) -> None:
    """Where name and line disagree there is no signature, and the reason is said once."""
    source = tree("app")
    assert find(source, function, f"/ci/app/{file}", line) is None
    assert find(source, function, f"/ci/app/{file}", line) is None
    assert len(source.problems) == 1
    assert problem in source.problems[0]


def test_a_file_that_is_not_there_is_named_once() -> None:
    """That is no other version: a file of a library, of a module that was not checked out."""
    source = tree("app")
    for line in (3, 3, 4):
        assert find(source, "main.main", "/ci/app/elsewhere.go", line) is None
    assert (source.problems, source.missing) == ([], ["/ci/app/elsewhere.go"])


@pytest.mark.parametrize(
    "file", ["<autogenerated>", "_cgo_gotypes.go", "page.templ", "parse.y", ""]
)
def test_what_is_no_go_file_is_no_problem(file: str) -> None:
    """Frames of generated code have no source; nobody is told to look for it."""
    source = tree("app")
    assert find(source, "main.(*T).M", file, 1) is None
    assert source.problems == []
    assert source.opened == []


GENERIC = [
    (
        "Map[...]", "list.go", 23,
        "in S slice, one E type parameter, n N type parameter, p list.Pair[string,N] struct,"
        " i list.Ints struct, f func(E) N func", "24 None None None 16 8",
    ),
    ("Map[...].func1", "list.go", 21, "at int int, e E type parameter", "8 None"),
    (
        "(*List[...]).Push", "list.go", 28,
        "l *list.List[T,A] pointer, v T type parameter, rest A array, then func() func",
        "8 None None 8",
    ),
    (
        "Pair[...].Swap", "list.go", 33,
        "p list.Pair[K,V] struct, k K type parameter, then func() func", "None None 8",
    ),
    (
        "Pair[...].To[...]", "methods.go", 7,
        "p list.Pair[K,V] struct, r R int64, q Q type parameter, then func() func",
        "None 8 None 8",
    ),
    (
        "Plain", "list.go", 39,
        "p list.Pair[int,string] struct, q list.Pair[uint16,list.Pair[uint8,bool]] struct,"
        " then func() func", "32 32 8",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("function", "file", "line", "inputs", "sizes"), GENERIC)
def test_generics(function: str, file: str, line: int, inputs: str, sizes: str) -> None:
    """Type arguments are put in; a type parameter has the kind of its constraint's core type."""
    source = tree("generic")
    signature = find(source, f"example.com/generic/list.{function}", f"/x/list/{file}", line)
    assert signature is not None, source.problems
    assert inputs == ", ".join(f"{p.name} {p.type.text} {p.type.kind}" for p in signature.inputs())
    assert sizes == " ".join(str(size(p.type)) for p in signature.inputs())
    assert ("[...]" in function) is signature.generic


@pytest.mark.parametrize(
    ("goos", "goarch", "sizes"),
    [
        (None, None, "None None None None 1"),
        ("linux", "amd64", "4 2 None 2 1"),
        ("linux", "386", "4 2 None None 1"),
        ("windows", "amd64", "8 3 None 8 1"),
        ("darwin", "arm64", "None None 0 2 1"),
    ],
)
def test_build_constraints(goos: str | None, goarch: str | None, sizes: str) -> None:
    """Files for other systems do not count; where several may, only what they agree on does."""
    source = SourceTree([str(TREES / "builds")], goos=goos, goarch=goarch)
    signature = find(source, "example.com/builds.Use", "/src/use.go", 4)
    assert signature is not None, source.problems
    assert sizes == " ".join(str(size(p.type)) for p in signature.parameters)


def test_the_file_of_the_frame_is_taken_by_its_build() -> None:
    """A type that the frame's own file declares is that one, whatever its constraints say."""
    signature = find(tree("builds"), "example.com/builds.Off", "/src/flag_off.go", 10)
    assert signature is not None
    assert [size(p.type) for p in signature.parameters] == [0, None]


def test_names_of_files_in_the_trace_tell_the_build() -> None:
    """A frame in ``…_linux_arm64.go`` says for which system and processor the program is."""
    source = tree("builds")
    place = ("example.com/builds.Use", Site("/src/use.go", 4, None))
    frames = [place, ("runtime.epoll", Site("/go/src/runtime/sys_linux_arm64.s", 9, None))]
    found = source.find_all(frames)[place]
    assert found is not None
    assert [size(p.type) for p in found.parameters] == [4, 2, None, 2, 1]
    assert told_by(["a_windows.go", "linux.go", "b_test.go"], Build()) == ("windows", None)
    assert told_by(["a_windows.go", "b_linux_arm.go"], Build()) == (None, "arm")
    assert told_by(["a_linux.go"], Build("plan9", None)) == ("plan9", None)


CONSTRAINTS = [
    ("//go:build linux && !cgo\n", ("linux", "amd64"), None),
    ("//go:build windows && cgo\n", ("linux", "amd64"), False),
    ("//go:build (darwin || unix) && 386\n\n", ("linux", "386"), True),
    ("// Copyright\n\n//go:build !ignore\n", (None, None), True),
    ("// +build linux,amd64 darwin\n// +build !gccgo\n", ("linux", "amd64"), True),
    ("// +build linux,!amd64 darwin\n", ("linux", "amd64"), False),
    ("//go:build linux\n// +build windows\n", ("linux", None), True),
    ("/* +build ignore */\n", (None, None), True),
    ("//go:build gc &&\n", (None, None), None),
    ("//go:build linux\n", ("android", None), True),
    ("", (None, None), True),
]


@pytest.mark.parametrize(("head", "build", "taken"), CONSTRAINTS)
def test_constraint_expressions(
    head: str, build: tuple[str | None, str | None], taken: bool | None
) -> None:
    """Both notations, with unknown tags as unknown."""
    assert taken is Build(*build).takes("x.go", head.encode())
    assert len(constraints(head.encode())) <= 2
    assert ending_tags("a_b_linux_arm64_test.go") == ("linux", "arm64")
    assert ending_tags("linux.go") == ()


def test_assembly_takes_the_go_declaration() -> None:
    """A frame in a .s file has the signature of the function without a body beside it."""
    source = tree("goroot")
    signature = find(source, "runtime.add", "/usr/local/go/src/runtime/asm_amd64.s", 4)
    assert signature is not None, source.problems
    assert shown(signature.inputs()) == "x int, y int"
    assert find(source, "runtime.gopanic", "/usr/local/go/src/runtime/asm_amd64.s", 4) is None


def test_standard_types_without_a_goroot(tmp_path: Path) -> None:
    """What no root holds comes from the table of the standard library, else it is unknown."""
    files = {
        "go.mod": "module m",
        "a.go": 'package a\n\nimport (\n\t"math/bits"\n\tnh "net/http"\n\t"sync"\n\t"time"\n'
        '\t"gopkg.in/yaml.v3"\n)\n\nfunc F(t time.Time, d [bits.UintSize]byte, m sync.Mutex,'
        " h nh.Header, n yaml.Node, w [time.Saturday]int8, x C.int) {\n\tpanic(t)\n}\n",
    }
    source = SourceTree([str(write(tmp_path, files))])
    signature = find(source, "m.F", "/src/m/a.go", 12)
    assert signature is not None, source.problems
    texts = (
        "time.Time [bits.UintSize]byte sync.Mutex http.Header yaml.Node [time.Saturday]int8 C.int"
    )
    assert texts.split() == [p.type.text for p in signature.parameters]
    kinds = [Kind.STRUCT, Kind.UNKNOWN, Kind.UNKNOWN, Kind.MAP, Kind.UNKNOWN]
    assert kinds == [p.type.kind for p in signature.parameters][:5]
    assert Kind.UNKNOWN is signature.parameters[6].type.kind
    assert signature.parameters[4].type.named == "yaml.Node"
