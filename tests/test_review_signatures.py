"""Files that are not what printed a dump, and look as if they were: each was believed once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import gotrace
from gotrace.binary.among import spared
from gotrace.binary.buildinfo import telling_ids
from gotrace.binary.cache import Cache
from gotrace.binary.callcode import is_behind_call
from gotrace.binary.image import open_image
from gotrace.binary.landed import slide
from gotrace.binary.program import Program, from_binary
from gotrace.binary.standing import standing
from gotrace.binary.verify import landing
from gotrace.errors import GotraceError
from gotrace.model import Dump, Site
from gotrace.report import Report
from gotrace.signature import Parameter, Signature, SignatureSource
from gotrace.source import SourceTree
from gotrace.types import GoType, Kind
from tests import binary_support
from tests.source_support import write

NEWEST = 27


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv("GOTRACE_CACHE", raising=False)


def opened(folder: Path, release: int = NEWEST) -> Program:
    return from_binary(binary_support.sample(release, folder))


def dump(text: str) -> Dump:
    (found,) = gotrace.parse(text.encode()).dumps
    return found


def refused(report: Report) -> str:
    return " / ".join(i.message for i in report.issues if i.code == "binary-mismatch")


# ---------------------------------------------------------------------- one program


@pytest.mark.parametrize("release", binary_support.SAMPLES)
def test_callers_stand_behind_calls(release: int, tmp_path: Path) -> None:
    """Every frame that called another one does; few other places of its line do."""
    program = opened(tmp_path, release)
    frames = [f for f in standing(dump(binary_support.sample_trace(release))) if f.called]
    assert len(frames) >= 5
    others: list[bool | None] = []
    for frame in frames:
        assert frame.site is not None
        # The trace's own instance of a generic function: the others are not called there.
        found = landing(program, frame.call, frame.site)
        behind = [is_behind_call(program.image, f.entry + (frame.site.offset or 0)) for f in found]
        assert True in behind, frame.call.function
        for function in found:
            at = function.entry + (frame.site.offset or 0)
            others += [is_behind_call(program.image, a) for a in range(function.entry + 8, at)]
    assert others.count(True) < len(others) / 10


def test_a_place_on_the_right_line_where_nothing_is_called(tmp_path: Path) -> None:
    """Another build, in which the same offset is of the same line by chance."""
    trace = binary_support.sample_trace(NEWEST)
    program = opened(tmp_path)
    assert not refused(gotrace.annotate(dump(trace), binaries=[program]))
    moved = trace.replace("main.go:43 +0x30", "main.go:43 +0x2f")
    assert "main.outer calls nothing at +0x2f in it" in refused(
        gotrace.annotate(dump(moved), binaries=[program])
    )


def test_where_the_signal_was_raised(tmp_path: Path) -> None:
    """A program at a fixed address has its code where the trace says, or is another one."""
    trace = binary_support.sample_trace(NEWEST)
    program = opened(tmp_path)
    inside = trace.replace("pc=0x47ddf4", "pc=0x47dd54")
    assert "the signal's pc 0x47dd54 is in main." in refused(
        gotrace.annotate(dump(inside), binaries=[program])
    )
    outside = trace.replace("pc=0x47ddf4", "pc=0x7f1122334df4")
    assert "is in no function of it" in refused(gotrace.annotate(dump(outside), binaries=[program]))


def test_what_faulted_may_be_left_out(tmp_path: Path) -> None:
    """A page fits by chance: only a frame that may have faulted tells where a program lies."""
    trace = binary_support.sample_trace(NEWEST)
    program = opened(tmp_path)
    program.image.pie = True
    for name, offset, told in (("main.fail", 0x74, 0x7F0000000000), ("main.outer", 0x30, None)):
        (function,) = program.named(name)
        pc = function.entry + offset + 0x7F0000000000
        assert slide(program, dump(trace.replace("pc=0x47ddf4", f"pc={pc:#x}"))) == told


def test_pcs_of_frames(tmp_path: Path) -> None:
    """GOTRACEBACK=system prints them."""
    trace = binary_support.sample_trace(NEWEST)
    program = opened(tmp_path)
    (outer,) = program.named("main.outer")
    for shift, words in ((0, ""), (0x1000, "the trace says")):
        pc = outer.entry + 0x30 + shift
        told = trace.replace("43 +0x30", f"43 +0x30 fp=0xc000012340 sp=0xc000012300 pc={pc:#x}")
        found = refused(gotrace.annotate(dump(told), binaries=[program]))
        assert words in found
        assert bool(words) is bool(found)


def test_numbers_wider_than_their_slots(tmp_path: Path) -> None:
    """What a program reads from one byte is no more than that."""
    trace = binary_support.sample_trace(NEWEST)
    wide = trace.replace("{0x1, 0x2}", "{0x1, 0x102}")
    program = opened(tmp_path)
    assert "main.carry prints (· {· ·} {· ·}) in it" in refused(
        gotrace.annotate(dump(wide), binaries=[program])
    )


def test_a_program_for_another_system(tmp_path: Path) -> None:
    trace = binary_support.sample_trace(NEWEST).rstrip("\n")
    frame = "\nruntime.main()\n\tC:/go/src/runtime/proc.go:283 +0x28b\n"
    text = refused(gotrace.annotate(dump(trace + frame), binaries=[opened(tmp_path)]))
    assert "it is a program for linux, and the text is of windows" in text


def test_what_is_no_whole_program(tmp_path: Path) -> None:
    """A file of debug information, and a program of another language."""
    trace = dump(binary_support.sample_trace(NEWEST))
    for section, said in ((".debug_info", "debug information and no code"), (".text", "no table")):
        path = tmp_path / section
        path.write_bytes(binary_support.elf_file([(section, 1, 0, 0, b"something")]))
        text = refused(gotrace.annotate(trace, binaries=[from_binary(path)]))
        assert said in text, section


def test_profiles_do_not_mark_what_is_inlined() -> None:
    """There the offset of a frame may count from the start of a function below it."""
    text = (
        "goroutine profile: total 1\n"
        "1 @ 0x47d82a 0x4de8b6 0x4de88f\n"
        "#\t0x4de8b5\tmain.mid+0x55\t/src/main.go:13\n"
        "#\t0x4de88e\tmain.small+0x2e\t/src/main.go:9\n"
    )
    mid, small = standing(dump(text))
    assert (mid.within, mid.called, mid.pc) == (("main.small",), False, None)
    assert not small.within


# ---------------------------------------------------------------------- several programs


def test_programs_that_explain_no_more(tmp_path: Path) -> None:
    """Of two builds that pass for one another the one that explains more is asked."""
    new, old = opened(tmp_path).image, opened(tmp_path, 15).image
    assert spared([new, old], [{1, 2}, {1}]) == {1: 0}
    assert spared([new, old], [{1}, {1, 2}]) == {0: 1}
    assert spared([new, old], [{1}, {1}]) == {1: 0}
    assert spared([new, old], [{1}, {2}]) == {}
    assert spared([new, new], [{1, 2}, {1}]) == {}  # one build, stripped perhaps


# ---------------------------------------------------------------------- build ids


GO = "XPzrR71WzxXZFtgDRFYC/rbaxnor-MqpLYy3rQhGJ/xwaGl81N1NAij9Bm2mV0/dwqaC3f7ws1-yI0mu0Ec"
REDACTED = "498919aff001d8366249403a2544fba2d833084f"  # what go1.27 makes of it


@pytest.mark.parametrize(
    ("go", "gnu", "telling"),
    [
        (GO, None, (GO, None)),
        (GO, "d19863309c", (GO, "d19863309c")),
        (None, "d19863309c", (None, "d19863309c")),
        ("redacted", None, (None, None)),
        ("redacted", REDACTED, (None, None)),
        ("redacted", "d19863309c", (None, "d19863309c")),
        ("v1.2/3", None, (None, None)),
    ],
)
def test_ids_that_somebody_chose_tell_nothing(
    go: str | None, gnu: str | None, telling: tuple[str | None, str | None]
) -> None:
    """Bazel gives all programs the id `redacted`."""
    assert telling_ids(go, gnu) == telling


# ---------------------------------------------------------------------- files


def test_a_flipped_bit_in_the_cache_is_no_name() -> None:
    """A damaged file is as good as none, also where it is still a file of the right shape."""
    cache = Cache("build")
    parameter = Parameter("count", GoType(Kind.INT, "int"))
    cache.put("main.F", Signature("main", "F", (parameter,), (), source=SignatureSource.DWARF))
    cache.save()
    assert cache.path is not None
    content = cache.path.read_bytes()
    assert Cache("build").get("main.F") is not None
    for i in range(len(content)):
        cache.path.write_bytes(content[:i] + bytes([content[i] ^ 1]) + content[i + 1 :])
        assert Cache("build").get("main.F") is None, i


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_nobody_waits_for_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(GotraceError, match="is no file"):
        open_image(path)


def test_a_core_file_is_named_as_such(tmp_path: Path) -> None:
    content = bytearray(binary_support.sample_bytes(NEWEST))
    content[16:18] = b"\x04\x00"  # e_type
    path = tmp_path / "core"
    path.write_bytes(content)
    with pytest.raises(GotraceError, match="core file"):
        open_image(path)


# ---------------------------------------------------------------------- source


NEW = """package main

func run(host string, port int) int {
	if port == 80 {
		panic(host)
	}

	return 1
}

func serve(name string, tries int) int {
	// comment
	for i := 0; i < tries; i++ {
		run(name, 80)
	}

	return 0
}
"""
PLACES = [
    ("main.run", Site("/build/main.go", 5, 0x15)),
    ("main.serve", Site("/build/main.go", 14, 0x52)),
]


def asked(folder: Path, text: str) -> tuple[SourceTree, list[Signature | None]]:
    tree = SourceTree([str(write(folder, {"main.go": text}))])
    return tree, list(tree.find_all(PLACES).values())


def test_source_of_the_same_version(tmp_path: Path) -> None:
    tree, found = asked(tmp_path, NEW)
    assert [s and [p.name for p in s.parameters] for s in found] == [
        ["host", "port"], ["name", "tries"]
    ]  # fmt: skip
    assert not tree.problems


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("\t// comment\n", ""), r":14 holds no code, the trace says main\.serve"),
        (("\tfor", "\n\tif tries > 0 {}\n\tfor"), None),  # nothing shows it
        (("\tfor", "\t// another\n\t// and\n\n\tfor"), r":14 holds no code"),
        (
            ("\t// comment\n", "}\n\nfunc later() {\n"),
            r":14 is in func later, the trace says serve",
        ),
    ],
)
def test_source_of_another_version(
    change: tuple[str, str], problem: str | None, tmp_path: Path
) -> None:
    """One frame that cannot stand where it does refutes the file, the other frames' names too."""
    old = NEW.replace("host", "url").replace("port", "retries").replace(*change)
    tree, found = asked(tmp_path, old)
    if problem is None:
        assert all(found)
    else:
        assert found == [None, None]
        assert re.search(problem, tree.problems[0]), tree.problems


STANDS = """package main

type face interface {
	val(int) int
}

func add(a, b int) int

type pair struct{ a int }

func (p *pair) get() int {
	return p.a
}
"""


@pytest.mark.parametrize(
    ("function", "file", "line", "why"),
    [
        ("main.face.val-fm", "main.go", 4, "the wrapper of an interface's method"),
        ("main.spin", "main.go", 1, "code without a place (a go statement's wrapper, go1.21)"),
        ("main.add", "add_amd64.s", 8, "a line of the assembly, which is blank in the Go file"),
        ("main..func1", "main.go", 12, "gccgo's name of a literal"),
        ("main.pair.get", "main.go", 12, "gccgo's name of a method of a pointer"),
    ],
)
def test_frames_that_stand_elsewhere_refute_nothing(
    function: str, file: str, line: int, why: str, tmp_path: Path
) -> None:
    """Real traces have such frames, and the file is the one that was compiled."""
    write(tmp_path, {"main.go": STANDS, "add_amd64.s": "TEXT ·add(SB),$0-24\n" + "\tNOP\n" * 9})
    right = ("main.(*pair).get", Site("/build/main.go", 12, 0x1D))
    tree = SourceTree([str(tmp_path)])
    found = tree.find_all([right, (function, Site(f"/build/{file}", line, 0x1D))])
    assert found[right] is not None, why


def test_a_file_that_was_only_tried_is_not_refuted(tmp_path: Path) -> None:
    """What the linker calls by another package's name is sought there first."""
    linked = "package m\n\n//go:linkname run example.com/m/bubble.Run\nfunc run() {\n\tx()\n}\n"
    files = {
        "go.mod": "module example.com/m\n",
        "bubble/run.go": "package bubble\n\nfunc Run()\n\nfunc Wait(k int) {\n\tx()\n}\n",
        "run.go": linked,
    }
    tree = SourceTree([str(write(tmp_path, files))])
    places = [
        ("example.com/m/bubble.Run", Site("/build/run.go", 5, 0x1)),
        ("example.com/m/bubble.Wait", Site("/build/bubble/run.go", 6, 0x1)),
    ]
    assert all(tree.find_all(places).values()), tree.problems


def test_lines_that_a_directive_renames_refute_nothing(tmp_path: Path) -> None:
    old = NEW.replace("\t// comment\n", "").replace("main\n\n", "main\n//line x.go:9\n", 1)
    _, found = asked(tmp_path, old)
    assert all(found)


@pytest.mark.parametrize(
    ("function", "file", "found"),
    [
        ("example.com/m/x/conf.Load", "/build/x/conf/conf.go", True),
        ("example.com/m/y/conf.Load", "/build/y/conf/conf.go", False),
        ("example.com/m/y/conf.Load", "example.com/m/y/conf/conf.go", False),
        (
            "example.com/fork/x/conf.Load",
            "/go/pkg/mod/example.com/fork@v1/x/conf/conf.go",
            True,
        ),
        ("example.com/m/cmd/a.Load", "/build/cmd/a/conf.go", False),
    ],
)
def test_packages_of_one_name(function: str, file: str, found: bool, tmp_path: Path) -> None:
    """A root inside a module: what lies above it tells which of its packages it is."""
    text = "package conf\n\nfunc Load(url string, k int) int {\n\treturn k\n}\n"
    write(tmp_path, {"go.mod": "module example.com/m\n", "x/conf/conf.go": text})
    tree = SourceTree([str(tmp_path / "x")])
    assert (tree.find(function, Site(file, 4, None)) is not None) is found
