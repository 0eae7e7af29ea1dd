"""A source file of another version, noticed by where the program has its code."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import gotrace
from gotrace.binary.calls import CodeLines
from gotrace.binary.function import printed_name
from gotrace.culprit import CulpritCertainty
from gotrace.model import Dump, Site
from gotrace.report import Report
from gotrace.source import SourceTree
from gotrace.source.codeless import is_renamed
from gotrace.source.compiled import difference
from gotrace.source.held import Held
from tests.go_tools import build, goroot, releases

MAIN = """package main

import "os"

type node struct {
	next *node
	size int
}

//go:noinline
func find(n *node, deep int) *node {
	for i := 0; i < deep; i++ {
		n = n.next
	}

	return n
}

func main() {
	first := &node{next: &node{size: len(os.Args)}}
	found := find(first, 2)
	println(found.size)
}
"""
TRACE = """panic: runtime error: invalid memory address or nil pointer dereference

goroutine 1 [running]:
main.main()
	/build/main.go:22 +0x25
"""


def dump_of(text: str) -> Dump:
    return gotrace.parse(text.encode()).dumps[0]


@pytest.mark.parametrize(
    ("start", "lines", "problem"),
    [
        (19, {19, 20, 21, 22, 23}, None),
        (None, {19, 20, 21, 22, 23}, None),
        (19, {19, 20, 22, 5}, None),  # what was inlined from above lost its mark
        (18, {18, 19, 20}, "main.go:19 declares main.main, the program has it at line 18"),
        (None, {10, 11, 13, 22}, "main.go:19 declares main.main, the program has its code elsewh"),
    ],
)
def test_where_the_program_has_its_code(
    start: int | None, lines: set[int], problem: str | None, tmp_path: Path
) -> None:
    (tmp_path / "main.go").write_text(MAIN)
    code = CodeLines("/build/main.go", start, frozenset(lines))
    held = Held(SourceTree([str(tmp_path)]), dump_of(TRACE), lambda _: code)
    assert len(held.refused) == (problem is not None)
    assert all((problem or "") in text for text in held.refused.values())


@pytest.mark.parametrize(
    ("line", "empty"), [(11, False), (13, False), (14, True), (15, True), (16, False), (17, False)]
)
def test_lines_without_code(line: int, *, empty: bool, tmp_path: Path) -> None:
    """Blank ones and ends of blocks; what a function does at its end stands at its brace."""
    (tmp_path / "main.go").write_text(MAIN)
    tree = SourceTree([str(tmp_path)])
    code = CodeLines("/build/main.go", 11, frozenset({11, line}))
    (spot,) = tree._spots("main.find", Site("/build/main.go", 13, None))
    assert (difference(spot, "main.find", code) is not None) is empty


def test_the_end_of_a_loop_over_a_function_has_code(tmp_path: Path) -> None:
    """Its body is a function since go1.23."""
    text = MAIN.replace("for i := 0; i < deep; i++ {", "for range deep {")
    (tmp_path / "main.go").write_text(text)
    tree = SourceTree([str(tmp_path)])
    (spot,) = tree._spots("main.find", Site("/build/main.go", 13, None))
    assert difference(spot, "main.find", CodeLines("main.go", 11, frozenset({14}))) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("package main\n", "//line other.go:1\npackage main\n"),
        ("package main\n", "package main\n\nfunc {\n"),
    ],
    ids=["directive", "broken"],
)
def test_files_of_which_nothing_is_said(old: str, new: str, tmp_path: Path) -> None:
    (tmp_path / "main.go").write_text(MAIN.replace(old, new))
    code = CodeLines("/build/main.go", 900, frozenset({900}))
    held = Held(SourceTree([str(tmp_path)]), dump_of(TRACE), lambda _: code)
    assert held.refused == {}


# ---------------------------------------------------------------------- real programs

EDITS = {
    "the same": ("", ""),
    "a comment more above": ("type node", "// A node.\ntype node"),
    "a line more within": ("\tfirst := ", "\n\tfirst := "),
    "a line less within": ("{\n\tfirst := &node{next: ", "{ first := &node{next: "),
    "the loop is another": ("\t\tn = n.next\n\t}\n\n", "\t\tn = n.next }\n\n\n"),
}


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[Path, str]]:
    return {}


def crash(
    release: int, crashes: dict[int, tuple[Path, str]], factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The program, and what it printed."""
    if release not in crashes:
        folder = factory.mktemp("built")
        (folder / "main.go").write_text(MAIN)
        build(release, folder, "-o", "program", "main.go", GOARCH="amd64", GOOS="linux")
        done = subprocess.run([str(folder / "program")], capture_output=True, check=False)
        crashes[release] = folder / "program", done.stderr.decode()
    return crashes[release]


def annotated(program: Path, trace: str, source: Path) -> Report:
    binary, tree = gotrace.from_binary(str(program)), SourceTree([str(source)])
    return gotrace.annotate(dump_of(trace), binaries=[binary], sources=[tree])


@pytest.mark.toolchain
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("release", releases(15, 19, 21, 23, 25, 27))
def test_a_source_that_was_edited(
    release: int,
    edit: str,
    tmp_path: Path,
    crashes: dict[int, tuple[Path, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    program, trace = crash(release, crashes, tmp_path_factory)
    (tmp_path / "main.go").write_text(MAIN.replace(*EDITS[edit]))
    report = annotated(program, trace, tmp_path)
    assert report.culprit is not None
    refused = [i.message for i in report.issues if i.code == "source-mismatch"]
    if edit == "the same":
        assert refused == []
        assert report.culprit.certainty is CulpritCertainty.CERTAIN
        assert report.culprit.expression == "found"
        return
    if edit == "the loop is another":  # in a function that no frame stands in
        assert report.culprit.expression == "found"
        return
    assert report.culprit.certainty is not CulpritCertainty.CERTAIN
    # Before go1.20 the program does not tell where a function is declared.
    assert refused or edit == "a line less within" or release < 20


@pytest.mark.toolchain
@pytest.mark.parametrize("release", releases(15, 19, 21, 22, 23, 24, 25, 26, 27))
def test_the_standard_library_is_never_refused(release: int, tmp_path: Path) -> None:
    """All functions of gofmt and what it imports, held against the files it was built from."""
    build(release, tmp_path, "-o", "program", "cmd/gofmt", GOARCH="amd64", GOOS="linux")
    table = gotrace.from_binary(str(tmp_path / "program")).table
    assert table is not None
    tree = SourceTree([os.path.realpath(goroot(release) / "src")])
    judged, wrong = 0, []
    for function in table.functions():
        code = table.code_lines(function)
        calls = table.calls(function, 1)
        if code is None or not calls or calls[-1].line <= 0 or calls[-1].file.endswith(".s"):
            continue
        name = printed_name(function.name)
        spots = tree._spots(name, Site(calls[-1].file, calls[-1].line, None))
        if len(spots) != 1 or is_renamed(spots[0].file):
            continue
        judged += 1
        against = difference(spots[0], name, code)
        wrong += [against] if against else []
    assert wrong == []
    assert judged > 1200
