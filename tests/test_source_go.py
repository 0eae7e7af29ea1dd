"""Go itself against the source reader: traces of real programs, DWARF, go/types."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

import gotrace
from gotrace.signature import Signature
from gotrace.source import SourceTree
from gotrace.stack import Site
from tests.go_tools import build, goroot, releases
from tests.source_support import TREES, size

pytestmark = pytest.mark.toolchain

_MODULES = {"GO111MODULE": "on", "GOARCH": "amd64", "GOOS": "linux"}
_VENDOR = {**_MODULES, "GOFLAGS": "-mod=vendor"}


def crash(
    release: int, name: str, folder: Path, *flags: str
) -> tuple[Path, list[tuple[str, Site]]]:
    """Build a copy of the tree elsewhere and run it; the program and the places of its frames."""
    work = folder / "somewhere" / "else" / name
    shutil.copytree(TREES / name, work)
    settings = _VENDOR if (work / "vendor").is_dir() else _MODULES
    build(release, work, *flags, "-o", "program", ".", **settings)
    done = subprocess.run([str(work / "program")], capture_output=True, check=False)
    dump = gotrace.parse(done.stderr).dumps[0]
    frames = [f for g in dump.goroutines for f in g.frames]
    places = [(f.call.function, f.site) for f in frames if f.site]
    shutil.move(work / "program", folder / "program")
    shutil.rmtree(work)
    return folder / "program", places


def dwarf_parameters(program: Path) -> dict[str, list[list[tuple[str, int]]]]:
    """Name and size of each parameter of every function, as often as there are instantiations."""
    found: dict[str, list[list[tuple[str, int]]]] = {}
    with program.open("rb") as file:
        dwarf: Any = ELFFile(file).get_dwarf_info()
        for unit in dwarf.iter_CUs():
            for die in unit.get_top_DIE().iter_children():
                if die.tag == "DW_TAG_subprogram":
                    origin = die
                    if "DW_AT_abstract_origin" in die.attributes:
                        origin = die.get_DIE_from_attribute("DW_AT_abstract_origin")
                    if "DW_AT_name" in origin.attributes:
                        name = origin.attributes["DW_AT_name"].value.decode()
                        shown = re.sub(r"\[.*?\](?=[.(]|$|\))", "[...]", name)
                        found.setdefault(shown, []).append(list(_parameters(origin)))
    return found


def _parameters(die: Any) -> Iterator[tuple[str, int]]:
    for child in die.iter_children():
        if child.tag != "DW_TAG_formal_parameter":
            continue
        result = child.attributes.get("DW_AT_variable_parameter")
        name = child.attributes["DW_AT_name"].value.decode()
        if (result and result.value) or name[0] in "~._":
            continue
        yield name, _size(child.get_DIE_from_attribute("DW_AT_type"))


def _size(type_: Any) -> int:
    while "DW_AT_byte_size" not in type_.attributes:
        if type_.tag in {"DW_TAG_pointer_type", "DW_TAG_subroutine_type"}:
            return 8
        type_ = type_.get_DIE_from_attribute("DW_AT_type")
    return int(type_.attributes["DW_AT_byte_size"].value)


def agree(signature: Signature, dwarf: list[tuple[str, int]]) -> bool:
    """Whether names are equal, and sizes where the source knows them."""
    ours = [(p.name, size(p.type)) for p in signature.inputs() if p.name not in {None, "_"}]
    return len(ours) == len(dwarf) and all(
        one == name and width in {None, known}
        for (one, width), (name, known) in zip(ours, dwarf, strict=True)
    )


@pytest.mark.parametrize("flags", [(), ("-trimpath",), ("-gcflags=all=-N -l",)], ids=" ".join)
@pytest.mark.parametrize("release", releases(15, 19, 21, 23, 25, 27))
def test_real_frames_of_several_packages(
    tmp_path: Path, release: int, flags: tuple[str, ...]
) -> None:
    """Every frame of a program built elsewhere has the parameters that its DWARF says."""
    program, places = crash(release, "app", tmp_path, *flags)
    known = dwarf_parameters(program)
    source = SourceTree([str(TREES / "app")], goos="linux", goarch="amd64")
    found = source.find_all(places)
    assert len(places) >= 15
    assert [p for p in places if found[p] is None] == [], source.problems
    checked = 0
    for place, declared in found.items():
        assert declared is not None
        signature = declared if release <= 16 else declared._replace(captured=())
        assert all(size(p.type) is not None for p in signature.parameters)
        versions = known.get(place[0], [])
        checked += bool(versions)
        assert not versions or any(agree(signature, v) for v in versions), (signature, versions)
    assert checked >= 10


@pytest.mark.parametrize("flags", [(), ("-trimpath",)], ids=" ".join)
@pytest.mark.parametrize("release", releases(19, 21, 23, 25, 26, 27))
def test_real_frames_of_generic_code(tmp_path: Path, release: int, flags: tuple[str, ...]) -> None:
    """Generic functions, methods and closures, instantiated in several ways."""
    program, places = crash(release, "generic", tmp_path, *flags)
    known = dwarf_parameters(program)
    source = SourceTree([str(TREES / "generic")], goos="linux", goarch="amd64")
    found = source.find_all(places)
    assert [p for p in places if found[p] is None] == [], source.problems
    assert sum("[...]" in function for function, _ in places) >= 5
    for place, signature in found.items():
        assert signature is not None
        versions = known.get(place[0], [])
        assert not versions or any(agree(signature, v) for v in versions), (signature, versions)


def test_captured_variables_before_registers(tmp_path: Path) -> None:
    """Literals called in place are passed what they capture until go1.16: names, order, and
    whether by value are those of the compiler's DWARF, or nothing is said."""
    shutil.copy(TREES / "closures" / "main.go", tmp_path)
    build(15, tmp_path, "-gcflags=-l", "-o", "program", "main.go", GOARCH="amd64", GOOS="linux")
    known = dwarf_parameters(tmp_path / "program")
    source = SourceTree([str(TREES / "closures")], goos="linux", goarch="amd64")
    told = 0
    for function in (f for f in known if re.fullmatch(r"main\..*\.func\d.*", f)):
        lines = range(1, 110)
        found = (source.find(function, Site("main.go", line, None)) for line in lines)
        signature = next(s for s in found if s is not None)
        captures = len(known[function][0]) > len(signature.parameters)
        assert bool(signature.captured) is (captures and function != "main.loops.func3"), function
        if signature.captured:
            told += 1
            assert agree(signature, known[function][0]), (signature, known[function])
    assert told >= 14


KINDS = {"byte": "uint8", "rune": "int32", "Pointer": "unsafe.Pointer", "untyped nil": ""}
PACKAGES = (
    "net/http encoding/json go/types database/sql os syscall reflect sync/atomic math/big time net "
    "crypto/tls internal/poll slices maps log/slog"
).split()


@pytest.mark.parametrize(("arch", "word"), [("amd64", 8), ("386", 4)])
def test_the_standard_library_as_go_types_sees_it(tmp_path: Path, arch: str, word: int) -> None:
    """Kind and size of every parameter and result of every function and literal are go/types'."""
    root = goroot(27)
    shutil.copy(TREES.parent / "go_sizes" / "main.go", tmp_path)
    build(27, tmp_path, "-o", "sizes", "main.go")
    done = subprocess.run(
        [str(tmp_path / "sizes"), *PACKAGES],
        env={"GOARCH": arch, "GOROOT": str(root), "HOME": str(tmp_path), "GO111MODULE": "off"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    source = SourceTree([str(root)], goos="linux", goarch=arch)
    counts: Counter[str] = Counter()
    for line in done.stdout.splitlines():
        function = json.loads(line)
        place = Site(
            "/usr/local/go" + function["file"].removeprefix(str(root)), function["line"], None
        )
        signature = source.find(function["function"], place)
        assert signature is not None, source.problems
        theirs = (function["params"] or []) + (function["results"] or [])
        ours = (*signature._replace(captured=()).inputs(), *signature.results)
        assert [p["name"] for p in theirs] == [p.name or "" for p in ours]
        for parameter, known in zip(ours, theirs, strict=True):
            counts["all"] += 1
            kind = KINDS.get(known["kind"], known["kind"])
            width = size(parameter.type, word)
            if known["size"] < 0:  # it depends on a type parameter
                assert width is None or known["kind"] == "type parameter"  # S ~[]E is a slice
                counts["generic"] += 1
            elif width is None:
                counts["unknown"] += 1
            else:
                assert (kind, known["size"]) == (parameter.type.kind, width), (function, parameter)
    assert counts["all"] > 15_000
    assert counts["unknown"] <= counts["all"] // 2000
