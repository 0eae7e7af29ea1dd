"""Type descriptors against what reflect says of the same addresses."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from gotrace.binary.image import open_image
from gotrace.binary.pclntab import table
from gotrace.binary.rtype import RuntimeTypes, runtime_types
from gotrace.binary.symbols import Symbols
from gotrace.types import Kind
from tests import binary_support as made
from tests import go_tools

PROGRAM = made.DATA / "types" / "main.go"


def opened(path: Path) -> RuntimeTypes:
    functions = table(open_image(path))
    assert functions is not None
    types = runtime_types(functions)
    assert types is not None
    return types


@pytest.mark.parametrize("release", made.SAMPLES)
def test_the_words_of_interfaces(release: int, tmp_path: Path) -> None:
    """The words that a stripped program printed for an error, an any and another interface."""
    types = opened(made.sample(release, tmp_path))
    frames = made.printed_frames(made.sample_trace(release))
    failed = next(f for f in frames if f.function == "main.fail")
    outer = next(f for f in frames if f.function == "main.outer")
    values = [int(t.rstrip("?"), 16) for t in failed.tokens if t[0] == "0"]
    table_of_error = types.itab_at(values[1])
    assert table_of_error is not None
    assert (table_of_error.interface.name, table_of_error.interface.kind) == (
        "error",
        Kind.INTERFACE,
    )
    dynamic = table_of_error.dynamic
    assert (dynamic.name, dynamic.kind, dynamic.pointer_shaped) == (
        "*main.failure",
        Kind.POINTER,
        True,
    )
    failure = types.type_at(dynamic.element)
    assert failure is not None
    assert (failure.name, failure.size, failure.named) == ("main.failure", 8, True)
    text = types.type_at(values[3])
    assert text is not None
    assert (text.name, text.kind, text.size, text.pointer_shaped) == (
        "string",
        Kind.STRING,
        16,
        False,
    )
    mover = types.itab_at(int(next(t for t in outer.tokens if t[0] == "0").rstrip("?"), 16))
    assert mover is not None
    assert (mover.interface.name, mover.dynamic.name) == ("main.mover", "*main.point")
    assert types.type_at(values[1]) is None  # an itab is no type, nor a type an itab
    assert types.itab_at(values[3]) is None


@pytest.mark.parametrize("release", made.SAMPLES)
def test_no_address_inside_a_type_is_a_type(release: int, tmp_path: Path) -> None:
    """Stale words must not become types: descriptors that are found never overlap."""
    image = open_image(made.sample(release, tmp_path))
    functions = table(image)
    assert functions is not None
    module = functions.moduledata
    assert module is not None
    types = opened(made.sample(release, tmp_path))
    found = [a for a in range(module.types, module.etypes) if types.type_at(a)]
    assert len(found) > 100
    assert [a for a, b in pairwise(found) if b - a < 48] == []


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 21, 23, 24, 25, 26, 27))
@pytest.mark.parametrize("flags", [("amd64",), ("386",), ("amd64", "-buildmode=pie")], ids="-".join)
def test_what_reflect_says(release: int, flags: tuple[str, ...], tmp_path: Path) -> None:
    """Name, kind, size and package of each kind of type, defined or not; itabs by their types."""
    goarch, *more = flags
    out = tmp_path / "types"
    arguments = ("-ldflags=-s -w", *more, str(PROGRAM))
    go_tools.build(release, tmp_path, "-o", str(out), *arguments, GOARCH=goarch)
    functions = table(open_image(out))
    assert functions is not None
    types = opened(out)
    lines = made.run(out).splitlines()
    main = functions.named(["main.f"])["main.f"][0]
    slide = int(lines[0].split()[1], 16) - main.entry
    assert len(lines) > 60
    for line in lines[1:]:
        word, name, *said = line[2:].split("|")
        address = int(word, 16) - slide
        if line[0] == "I":
            itab = types.itab_at(address)
            assert itab is not None, line
            assert (itab.interface.name, itab.dynamic.name) == (name, said[0])
            continue
        found = types.type_at(address)
        assert found is not None, line
        kind, size, named, package, direct = said
        ours = (found.name, found.kind.value, str(found.size), str(found.named).lower())
        assert ours == (name, "pointer" if kind == "ptr" else kind, size, named)
        if found.named:
            assert (found.package or "") == package
        assert str(found.pointer_shaped).lower() == direct


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(19, 23, 27))
@pytest.mark.parametrize("goos", ["linux", "windows", "darwin"])
def test_dictionaries(release: int, goos: str, tmp_path: Path) -> None:
    """The symbol at a dictionary's address names the type arguments that a trace hides."""
    path = made.compile_sample(release, "generics", tmp_path, "-ldflags=-w", goos=goos)
    image = open_image(path)
    symbols = Symbols(image, table(image))
    found = symbols.dictionaries("main.Each")
    assert [s.name for s in found] == ["main..dict.Each[float64]"]
    assert symbols.at(found[0].address) == ("main..dict.Each[float64]", 0)
    assert symbols.find("main..dict.Each[float64]") == found[0].address
    if release >= 20:
        assert [s.name for s in symbols.dictionaries("main.Pair")] == [
            "main..dict.Pair[string,int]"
        ]
    assert symbols.find("main.main") == next(
        f.entry
        for f in symbols._table.named(["main.main"])["main.main"]  # type: ignore[union-attr]
    )
