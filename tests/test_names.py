"""Function names, taken apart and shortened."""

from __future__ import annotations

import pytest

from gotrace.names import is_standard, split_name, unescape
from gotrace.rendering.paths import ShortNames, shorten

# printed name: package, receiver, name, closure, generic
NAMES = {
    "main.main": ("main", None, "main", False, False),
    "main.(*T).M": ("main", "*T", "M", False, False),
    "main.T.M": ("main", "T", "M", False, False),
    "main.main.func1": ("main", None, "main.func1", True, False),
    "main.main.func1.2.1": ("main", None, "main.func1.2.1", True, False),
    # A literal in a method of T, or (1.21 to 1.26) one of M inlined into a function T: not known.
    "main.T.M.func1": ("main", None, "T.M.func1", True, False),
    "main.func1": ("main", None, "func1", False, False),
    "main.(*T).M.func1": ("main", "*T", "M.func1", True, False),
    "main.glob..func1": ("main", None, "glob..func1", True, False),
    "main.init.0": ("main", None, "init.0", False, False),
    "main.init.0.func1": ("main", None, "init.0.func1", True, False),
    "main.main.gowrap1": ("main", None, "main.gowrap1", True, False),
    "main.main.deferwrap7": ("main", None, "main.deferwrap7", True, False),
    "main.main-range1": ("main", None, "main-range1", True, False),
    "main.main-range2-range1": ("main", None, "main-range2-range1", True, False),
    "main.Big.Val-fm": ("main", "Big", "Val-fm", True, False),
    "main.(*Big).Ptr-fm": ("main", "*Big", "Ptr-fm", True, False),
    "main.Map[...]": ("main", None, "Map[...]", False, True),
    "main.Pair[...].Boom": ("main", "Pair[...]", "Boom", False, True),
    "main.(*List[...]).At": ("main", "*List[...]", "At", False, True),
    "main.(*Box[...]).Conv[...]": ("main", "*Box[...]", "Conv[...]", False, True),
    "main.Sum[...].func1": ("main", None, "Sum[...].func1", True, True),
    "gopkg.in/yaml%2ev2.Decode": ("gopkg.in/yaml.v2", None, "Decode", False, False),
    "github.com/a/b.(*C).d": ("github.com/a/b", "*C", "d", False, False),
    "main.(*Größe).мера": ("main", "*Größe", "мера", False, False),
    "main.func·001": ("main", None, "func·001", True, False),
    "panic": (None, None, "panic", False, False),
    "_cgoexp_de52_goCallback": (None, None, "_cgoexp_de52_goCallback", False, False),
}


@pytest.mark.parametrize("printed", NAMES)
def test_split_name(printed: str) -> None:
    found = split_name(printed)
    assert NAMES[printed] == found[:5]


def test_unescape() -> None:
    assert unescape("a%2eb/c%25d") == "a.b/c%d"
    assert unescape("gr%c3%b6%c3%9fe") == "größe"


def test_is_standard() -> None:
    for function in (
        "runtime.gopark",
        "net/http.(*conn).serve",
        "panic",
        "vendor/golang.org/x/a.B",
    ):
        assert is_standard(function)
    for function in ("main.main", "github.com/a/runtime.F", "example.com/net.F"):
        assert not is_standard(function)


def test_shorten_keeps_paths_apart() -> None:
    paths = ["/a/x/main.go", "/a/y/main.go", "/a/y/util.go", "main.go"]
    short = shorten(paths)
    assert short == {
        "/a/x/main.go": "x/main.go",
        "/a/y/main.go": "y/main.go",
        "/a/y/util.go": "util.go",
        "main.go": "main.go",
    }


def test_short_names() -> None:
    short = ShortNames(["a/b/store.(*S).Get", "x/store.New", "net/http.Get"], ["/s/http.go"])
    assert short.function("a/b/store.(*S).Get") == "b/store.(*S).Get"
    assert short.function("x/store.New") == "x/store.New"
    assert short.function("net/http.Get") == "http.Get"
    assert short.function("panic") == "panic"
