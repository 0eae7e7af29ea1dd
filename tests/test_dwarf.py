"""Signatures from DWARF, held against the source of the programs."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotrace.binary.dwarf import Dwarf
from gotrace.binary.dwarf_entries import Entries
from gotrace.binary.dwarf_forms import sleb, uleb
from gotrace.binary.dwarf_names import go_text, is_defined, last_element
from gotrace.binary.dwarf_words import Listed, count_parameters, place
from gotrace.binary.image import Image, open_image
from gotrace.binary.pclntab import table
from gotrace.binary.view import CorruptError
from gotrace.layout.sizes import Sizes
from gotrace.model import Site
from gotrace.signature import Role, Signature
from gotrace.types import GoType, Kind
from tests import go_tools
from tests.dwarf_programs import Case, Writer, differences

INT, BOOL = GoType(Kind.INT, "int"), GoType(Kind.BOOL, "bool")


# ---------------------------------------------------------------------- parts


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("map[string]net/http.Header", "map[string]http.Header"),
        ("func(*net/http.Request, ...io/fs.File) error", "func(*http.Request, ...fs.File) error"),
        ("main.L[go.shape.int_0]", "main.L[go.shape.int]"),
        ("*a.b/c%2ed/v2.T[go.shape.*uint8_1]", "*v2.T[go.shape.*uint8]"),
        ("gopkg.in/yaml%2ev2.Node", "yaml.v2.Node"),
        ("struct { main.x int; A net/url.URL }", "struct { x int; A url.URL }"),
        ("struct { net/http.Header; B int }", "struct { http.Header; B int }"),
        ('struct { A int "json:\\"a/b.c\\"" }', 'struct { A int "json:\\"a/b.c\\"" }'),
        ("<-chan main.T\u00b71", "<-chan main.T"),
        ("[3]uint8", "[3]uint8"),
    ],
)
def test_names_in_go_syntax(raw: str, text: str) -> None:
    assert go_text(raw, last_element) == text


def test_defined_types() -> None:
    assert is_defined("time.Duration")
    assert not any(map(is_defined, ("int", "*a.T", "func(a.T)", "go.shape.int", "[2]a.T")))


@given(st.integers(-(2**62), 2**62))
def test_numbers(number: int) -> None:
    """LEB128, written here."""
    signed, rest = bytearray(), number
    while not (-64 <= rest < 64):
        signed.append(rest & 0x7F | 0x80)
        rest >>= 7
    signed.append(rest & 0x7F)
    assert sleb(bytes(signed), 0) == (number, len(signed))
    if number >= 0:
        assert uleb(bytes(signed), 0)[0] == number


def test_gaps_until_go_1_16() -> None:
    """What is missing is a gap of exact width; what may lie elsewhere is not told."""
    sizes = Sizes(8)
    found = place([Listed(0, BOOL, 1), Listed(1, INT, 24)], False, 40, sizes)
    assert found is not None
    assert [(i.number, i.type.length) for i in found] == [
        (None, 1), (0, 0), (None, 22), (1, 0), (None, 8),
    ]  # fmt: skip
    free = place([Listed(0, BOOL, None), Listed(1, INT, 8)], False, 16, sizes)
    assert free is not None
    assert [i.number for i in free] == [None, 1]
    sure = place([Listed(0, BOOL, None), Listed(1, INT, 8)], True, 16, sizes)
    assert sure is not None
    assert [i.number for i in sure] == [0, 1]
    assert place([Listed(0, INT, 8), Listed(1, INT, 8)], False, 16, sizes) is None


def test_counting_parameters() -> None:
    """The compiler's names of results count on from the parameters."""
    assert count_parameters(["~r2", "~r3"]) == 2
    assert count_parameters(["err", "~b1"]) == 1
    assert count_parameters(["err"]) is None


@given(st.binary(max_size=200), st.binary(max_size=100), st.booleans())
def test_garbage_is_no_entry(info: bytes, abbrev: bytes, big: bool) -> None:
    """Any bytes: entries or CorruptError."""
    parts = {"info": info, "abbrev": abbrev}
    entries = Entries(lambda name: parts.get(name, b""), "big" if big else "little")
    for unit in entries.units:
        try:
            for child in entries.children(entries.top(unit)):
                list(entries.children(child))
        except CorruptError:
            continue


# ---------------------------------------------------------------------- random programs


def build(release: int, seed: int, folder: Path, goarch: str, *flags: str) -> tuple[Writer, Path]:
    writer = Writer(seed, generics=release >= 18)
    (folder / "main.go").write_text(writer.program(60))
    go_tools.build(release, folder, "-o", "program", *flags, "main.go", GOARCH=goarch)
    return writer, folder / "program"


def wrong_all(case: Case, found: Signature) -> list[str]:
    """Since go1.22 every parameter is there."""
    inputs = found.inputs()
    if len(inputs) != len(case.inputs):
        return [f"{len(inputs)} inputs"]
    wrong = []
    for truth, read in zip(case.inputs, inputs, strict=True):
        name = None if truth.name == "_" else truth.name
        if read.name != name or differences(truth.type, read.type):
            wrong.append(f"{read.name} {differences(truth.type, read.type)} for {truth.name}")
    return wrong


def wrong_some(case: Case, found: Signature, sizes: Sizes) -> list[str]:
    """Before, what has a name is right and in order. Where words are printed, what has no size
    is in no order."""
    named = {t.name: t for t in case.inputs if t.name not in {None, "_"}}
    order = [n for n, t in named.items() if sizes.measure(t.type).size]
    read = {p.name: p for p in found.inputs() if p.name not in {None, "_"}}
    if set(read) - set(named) or [n for n in read if n in order] != [n for n in order if n in read]:
        return [f"{list(read)} for {list(named)}"]
    return [d for n, p in read.items() if (d := differences(named[n].type, p.type))]


def check(release: int, writer: Writer, path: Path) -> None:
    image = open_image(path)
    dwarf = Dwarf(image, table(image))
    sizes = Sizes(image.word_size, align64=True)
    absent = 0
    for case in writer.cases:
        found = dwarf.find(case.function, None)
        if found is None:
            absent += 1
            continue
        wrong = wrong_all(case, found) if release >= 22 else wrong_some(case, found, sizes)
        wrong += [] if (found.receiver is not None) == case.method else ["receiver"]
        moves = {t.name: t.moves for t in case.inputs}
        wrong += [
            f"{p.name} escapes: {p.escapes}"
            for p in found.inputs()
            if p.name in moves and p.escapes not in {None, moves[p.name]}
        ]
        if release >= 17:
            results = [
                differences(t.type, p.type)
                for t, p in zip(case.results, found.results, strict=False)
            ]
            wrong += [r for r in results if r]
        assert (case.function, wrong) == (case.function, []), found.text
    assert absent <= (0 if release >= 22 else 6)


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 21, 22, 25, 26, 27))
@pytest.mark.parametrize("goarch", ["amd64", "386", "arm64"])
def test_random_programs(release: int, goarch: str, tmp_path: Path) -> None:
    """Every name and type that is told is right."""
    writer, path = build(release, release, tmp_path, goarch)
    check(release, writer, path)


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 21, 27))
def test_random_programs_unoptimised(release: int, tmp_path: Path) -> None:
    writer, path = build(release, 90 + release, tmp_path, "amd64", "-gcflags=-N -l")
    check(release, writer, path)


CLOSURES = """package main

import "fmt"

var sink interface{}

//go:noinline
func outer(a int, s string) {
	f := func(b int, c string) int { fmt.Println(b, c, a); return a + b }
	defer func(q int8) { s = "x"; fmt.Println(s, q) }(4)
	sink = f
}

func main() { outer(1, "") }
"""


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 27))
def test_literals(release: int, tmp_path: Path) -> None:
    """A literal has its own parameters; what it captures is passed only until go1.16."""
    (tmp_path / "main.go").write_text(CLOSURES)
    go_tools.build(release, tmp_path, "-o", "program", "main.go")
    image = open_image(tmp_path / "program")
    dwarf = Dwarf(image, table(image))
    stored = dwarf.find("main.outer.func1", None)
    called = dwarf.find("main.outer.func2", None)
    assert stored is not None
    assert called is not None
    assert [p.name for p in stored.inputs()] == ["b", "c"]
    assert [p.name for p in called.parameters] == ["q"]
    captured = [(p.name, p.type.text, p.role) for p in called.captured]
    assert captured == ([("&s", "*string", Role.CAPTURED)] if release == 15 else [])
    assert stored.file is not None
    assert (stored.file.rsplit("/", 1)[-1], stored.line) == ("main.go", 9)


GENERIC = """package main

import "fmt"

//go:noinline
func F[T any](x T, n int) {
	if n > 0 {
		panic(fmt.Sprint(x))
	}
}

func main() {
	F("a", 0)
	F(1.5, 0)
	F(7, 1)
}
"""


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(19, 21, 27))
def test_the_site_chooses_the_instantiation(release: int, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(GENERIC)
    go_tools.build(release, tmp_path, "-o", "program", "main.go")
    image = open_image(tmp_path / "program")
    functions = table(image)
    assert functions is not None
    dwarf = Dwarf(image, functions)
    common = dwarf.find("main.F[...]", None)
    assert common is not None
    assert [p.type.kind for p in common.parameters[:1]] == [Kind.TYPE_PARAMETER]
    done = subprocess.run([tmp_path / "program"], capture_output=True, text=True, check=False)
    lines = done.stderr.splitlines()
    frame = next(i for i, line in enumerate(lines) if line.startswith("main.F[...]"))
    file, _, offset = lines[frame + 1].strip().partition(" +0x")
    file, _, number = file.rpartition(":")
    site = Site(file, int(number), int(offset, 16))
    found = dwarf.find("main.F[...]", site)
    chosen = {p.type.kind for p in found.parameters} if found else set()
    offsets = {f.end - f.entry for f in functions.named(["main.F[...]"])["main.F[...]"]}
    # The same line can stand at the same offset of several: then only what they share is told.
    assert chosen in ({Kind.INT}, {Kind.INT, Kind.TYPE_PARAMETER})
    assert offsets


class Damaged:
    """An image whose debug sections are not what they were."""

    def __init__(self, image: Image, seed: int) -> None:
        self.arch, self.word_size, self.big_endian = image.arch, image.word_size, image.big_endian
        self._image = image
        self._random = random.Random(seed)
        self._made: dict[str, bytes] = {}

    def debug(self, name: str) -> bytes:
        if name not in self._made:
            data = bytearray(self._image.debug(name))
            if data and self._random.random() < 0.3:
                del data[self._random.randrange(len(data)) :]
            for _ in range(min(len(data), self._random.choice([5, 300, 20000]))):
                data[self._random.randrange(len(data))] = self._random.randrange(256)
            self._made[name] = bytes(data)
        return self._made[name]


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 21, 27))
def test_damaged_debug_information(release: int, tmp_path: Path) -> None:
    """No exception, and no time that grows."""
    writer, path = build(release, 5, tmp_path, "amd64")
    image = open_image(path)
    functions = table(image)
    for seed in range(12):
        started = time.process_time()
        damaged = Damaged(image, seed)
        dwarf = Dwarf(damaged, functions)  # type: ignore[arg-type]
        for case in writer.cases:
            dwarf.find(case.function, None)
        assert all(isinstance(s, Signature) for s in dwarf.signatures())
        assert time.process_time() - started < 20
