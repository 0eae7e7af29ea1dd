"""Printed paths to local files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gotrace.source import SourceTree
from gotrace.stack import Site
from tests.source_support import TREES, find, size, tree, write

_KINDS = "vendor/example.com/dep/kinds/kinds.go"
_CART = "src/github.com/acme/Shop/cart/cart.go"
_TOML = "pkg/mod/github.com/!burnt!sushi/toml@v1.2.0/decode.go"
_PRINTED_TOML = "github.com/BurntSushi/toml@v1.2.0/decode.go"
_PQ = "github.com/acme/shop-web/vendor/github.com/lib/pq/conn.go"

# what a trace prints, the file below data/source_trees that it is
LOCATED = [
    ("app", "/home/ci/go/src/app/geometry/sides.go", "app/geometry/sides.go"),
    ("app", "C:/Users/x/app/geometry/sides.go", "app/geometry/sides.go"),
    ("app", "C:\\Users\\x\\app\\geometry\\sides.go", "app/geometry/sides.go"),
    ("app", "example.com/app/geometry/sides.go", "app/geometry/sides.go"),  # -trimpath
    ("app", "example.com/app/main.go", "app/main.go"),
    ("app", "./main.go", "app/main.go"),
    ("app", "_/home/x/app/geometry/types.go", "app/geometry/types.go"),
    ("app", "/proc/self/cwd/geometry/types.go", "app/geometry/types.go"),
    ("app", "/app/vendor/example.com/dep/dep.go", "app/vendor/example.com/dep/dep.go"),
    ("app", "example.com/dep@v1.2.3/dep.go", "app/vendor/example.com/dep/dep.go"),
    ("app", "/root/go/pkg/mod/example.com/dep@v1.2.3/kinds/kinds.go", f"app/{_KINDS}"),
    ("app", "/w/kinds.go", f"app/{_KINDS}"),
    ("gopath", f"/home/ci/{_CART}", f"gopath/{_CART}"),
    ("gopath", _PRINTED_TOML, f"gopath/{_TOML}"),
    ("gopath", f"/root/go/{_TOML}", f"gopath/{_TOML}"),
    ("gopath/pkg/mod", _PRINTED_TOML, f"gopath/{_TOML}"),
    ("gopath", _PQ, f"gopath/src/{_PQ}"),
    ("goroot", "/usr/local/go/src/net/http/server.go", "goroot/src/net/http/server.go"),
    ("goroot", "net/http/server.go", "goroot/src/net/http/server.go"),
    ("goroot/src", "/usr/lib/go-1.19/src/net/http/server.go", "goroot/src/net/http/server.go"),
    ("goroot", "c:/go/src/runtime/asm_amd64.s", "goroot/src/runtime/asm_amd64.s"),
    (".", "/build/geometry/sides.go", "app/geometry/sides.go"),
    ("ties/a", "/build/x/same.go", "ties/a/x/same.go"),
    ("ties", "/build/a/x/same.go", "ties/a/x/same.go"),
    ("ties", "/build/x/same.go", None),  # in a and in b
    ("ties", "/build/same.go", None),
    ("app", "/etc/passwd", None),
    ("app", "/app/../../app/main.go", None),
    ("app", "../app/main.go", None),
    ("app", "", None),
    ("app", "/", None),
    ("app", "\0/main.go", None),
    ("nowhere", "/build/x/same.go", None),
]  # fmt: skip


@pytest.mark.parametrize(("root", "printed", "local"), LOCATED)
def test_printed_paths(root: str, printed: str, local: str | None) -> None:
    """Each way of printing a path leads to the file, or to none where several fit."""
    assert (str(TREES / local) if local else None) == tree(root).locate(printed)


def test_the_users_maps_come_first(tmp_path: Path) -> None:
    """The longest FROM wins; a map may lead anywhere; FROM ends where an element ends."""
    write(
        tmp_path, {"one/x.go": "package a", "two/x.go": "package b", "two/deep/y.go": "package c"}
    )
    maps = [
        ("/src", f"{tmp_path}/one"),
        ("/src/two/", f"{tmp_path}/two"),
        ("/f/z.go", f"{tmp_path}/one/x.go"),
    ]
    source = SourceTree([str(TREES / "app")], path_maps=maps)
    assert str(tmp_path / "one/x.go") == source.locate("/src/x.go")
    assert str(tmp_path / "two/x.go") == source.locate("/src/two/x.go")
    assert str(tmp_path / "two/deep/y.go") == source.locate("/src/two/deep/y.go")
    assert str(tmp_path / "one/x.go") == source.locate("/f/z.go")
    assert source.locate("/src/../one/x.go") is None
    windows = SourceTree([], path_maps=[("C:\\build", str(tmp_path))])
    assert str(tmp_path / "two/deep/y.go") == windows.locate("C:/build/two/deep/y.go")


FUNCTIONS = [
    ("gopath", "github.com/acme/Shop/cart.(*Cart).Add", "/ci/cart.go", 12, [8, 16, 32, 2]),
    ("gopath", "main.serve", "/w/shop-web/main.go", 10, [24, 8]),
    ("gopath", "github.com/acme/shop-web/vendor/github.com/lib/pq.Connect", "/x/conn.go", 8, [24]),
    ("gopath", "github.com/BurntSushi/toml.Decode", _PRINTED_TOML, 9, [16, 16]),
    ("goroot", "net/http.(*conn).serve", "/usr/lib/go/src/net/http/server.go", 14, [8, 8]),
    (".", "net/http.(*conn).serve", "net/http/server.go", 14, [8, 8]),
    ("app", "main.later", "example.com/app/main.go", 52, [4, 8]),
    ("goroot", "internal/poll.runtime_pollWait", "/go/src/runtime/sema.go", 7, [4, 8]),
    ("goroot/src", "internal/poll.runtime_pollWait", "runtime/sema.go", 7, [4, 8]),
    ("goroot", "panic", "/usr/local/go/src/runtime/extern.go", 11, [16]),
    ("goroot", "runtime.gopanic", "runtime/extern.go", 11, [16]),
]  # fmt: skip


@pytest.mark.parametrize(("root", "function", "file", "line", "sizes"), FUNCTIONS)
def test_imports_are_found(
    root: str, function: str, file: str, line: int, sizes: list[int]
) -> None:
    """GOPATH, its vendor folders and module cache, and a GOROOT hold the types of imports."""
    source = tree(root)
    signature = find(source, function, file, line)
    assert signature is not None, source.problems
    assert sizes == [size(p.type) for p in signature.inputs()]


def test_the_function_chooses_among_files_of_one_name() -> None:
    """A tie is solved by the function at the line; equal signatures are none; others stay open."""
    source = tree("ties")
    only = find(source, "m/x.Only", "/w/x/only.go", 4)
    assert only is not None
    assert only.file == str(TREES / "ties/a/x/only.go")
    assert find(source, "m/x.Same", "/w/x/same.go", 4) is not None
    assert source.problems == []
    source = tree("ties")
    assert find(source, "m/x.Differ", "/w/x/differ.go", 4) is None
    assert "could be any of" in source.problems[0]


def test_the_standard_library_is_not_somebody_elses_file(tmp_path: Path) -> None:
    """``http/server.go`` of the user is not net/http's, though path, name and line agree."""
    text = (TREES / "goroot/src/net/http/server.go").read_text("utf-8")
    source = SourceTree([str(write(tmp_path, {"http/server.go": text}))])
    assert find(source, "net/http.(*conn).serve", "/usr/lib/go/src/net/http/server.go", 14) is None
    assert find(source, "m/http.(*conn).serve", "/m/http/server.go", 14) is not None


def test_replaced_and_nested_modules(tmp_path: Path) -> None:
    """``replace`` leads to another directory below the roots, never out of them."""
    files = {
        "svc/go.mod": "module m.org/svc\nrequire m.org/lib v1.0.0\nreplace (\n"
        "\tm.org/lib => ../lib\n\tm.org/out v0.1.0 => ../../out // gone\n)\n",
        "svc/a/a.go": "package a\n\n"
        'import (\n\t"m.org/lib/t"\n\t"m.org/out"\n\t"m.org/svc/b"\n)\n\n'
        "func F(x t.T, y out.O, z other.B) {\n\tpanic(x)\n}\n",
        "svc/b/b.go": "package other\n\ntype B [3]byte\n",
        "lib/go.mod": "module m.org/lib\n",
        "lib/t/t.go": "package t\n\ntype T [7]byte\n",
        "../out/o.go": "package out\n\ntype O [9]byte\n",
    }
    root = write(tmp_path / "root", files)
    source = SourceTree([str(root)])
    signature = find(source, "m.org/svc/a.F", "/w/svc/a/a.go", 10)
    assert signature is not None, source.problems
    assert [size(p.type) for p in signature.parameters] == [7, None, 3]


def test_directories_are_learned_from_other_frames(tmp_path: Path) -> None:
    """A checkout without go.mod: one frame shows which path its directory stands for."""
    files = {
        "a/a.go": 'package a\n\nimport "corp/x/b/deep"\n\nfunc F(v deep.V) {\n\tpanic(v)\n}\n',
        "b/deep/v.go": "package deep\n\ntype V [5]byte\n",
    }
    source = SourceTree([str(write(tmp_path, files))])
    place = ("corp/x/a.F", Site("/builds/x/a/a.go", 6, None))
    signature = source.find_all([place])[place]
    assert signature is not None
    assert size(signature.parameters[0].type) == 5


def test_links_and_unreadable_directories(tmp_path: Path) -> None:
    """A link inside a root may lead out of it; a loop of links ends; what is unreadable is left."""
    write(
        tmp_path,
        {"away/x.go": "package x\n\nfunc F(n int) {\n}\n", "root/closed/y.go": "package y"},
    )
    root = tmp_path / "root"
    os.symlink(tmp_path / "away", root / "link")
    os.symlink(root, root / "again")
    os.symlink("self", root / "self")
    os.mkfifo(root / "pipe.go")
    (root / "closed").chmod(0)
    try:
        source = SourceTree([str(root), str(root)])
        assert find(source, "m/x.F", "/b/x.go", 3) is not None
        assert source.locate("/b/y.go") in {None, str(root / "closed/y.go")}
        assert source.locate("/b/pipe.go") is None
    finally:
        (root / "closed").chmod(0o700)


def test_only_the_needed_files_are_opened(tmp_path: Path) -> None:
    """Of a tree of 5,000 files, a frame opens its own and the package of a type by value."""
    files = {"go.mod": "module big.org/big\n"}
    for i in range(500):
        for j in range(10):
            files[f"p{i}/f{j}.go"] = f"package p{i}\n\ntype T{j} [{j}]byte\n"
    files["p7/f0.go"] = (
        'package p7\n\nimport q "big.org/big/p8"\n\nfunc F(a *int, t q.T3) {\n\tpanic(t)\n}\n'
    )
    files["p9/f5.go"] = (
        "package p9\n\nfunc G(a []byte, m map[string]T0, e error) {\n\tpanic(e)\n}\n"
    )
    source = SourceTree([str(write(tmp_path, files))])
    signature = find(source, "big.org/big/p9.G", "/somewhere/big/p9/f5.go", 4)
    assert signature is not None, source.problems
    opened = [str(Path(p).relative_to(tmp_path)) for p in source.opened]
    assert opened == ["go.mod", "p9/f5.go"]
    signature = find(source, "big.org/big/p7.F", "/somewhere/else/f0.go", 6)
    assert signature is not None, source.problems
    assert [size(p.type) for p in signature.parameters] == [8, 3]
    opened = [str(Path(p).relative_to(tmp_path)) for p in source.opened]
    assert {p.split("/")[0] for p in opened} == {"go.mod", "p7", "p8", "p9"}
    assert len(opened) == len(set(opened)) == 13
