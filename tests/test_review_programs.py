"""Real programs that pass for one another."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import gotrace
from gotrace.binary import debugfile
from gotrace.binary.image import open_image
from gotrace.binary.program import from_binary
from gotrace.model import Dump
from gotrace.report import Report
from gotrace.value import Certainty
from tests import binary_support, go_tools

pytestmark = pytest.mark.toolchain

TEXTS = """package main

//go:noinline
func work(name string, n int, x interface{}) int {
	if n == 3 {
		panic(x)
	}
	println(x)
	return n + len(name)
}

//go:noinline
func outer(name string, n int) int {
	return work(name, n, "a text")
}

func main() {
	outer("the real text", 3)
}
"""
# The same lines and, in part, the same code.
OTHER = (
    TEXTS.replace('"the real text", 3', 'names["x"], 3')
    + 'var names = map[string]string{"x": ""}\n'
)
SWAPPED = """package main

//go:noinline
func work(a int, b uint) int {
	if a == 3 {
		panic("x")
	}
	return a + int(b)
}

func main() {
	work(3, 4)
}
"""


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    monkeypatch.delenv("GOTRACE_CACHE", raising=False)


def made(release: int, folder: Path, text: str, *flags: str, **environment: str) -> Path:
    folder.mkdir()
    (folder / "main.go").write_text(text)
    arguments = ("-trimpath", *flags, "-o", "program", "main.go")
    go_tools.build(release, folder, *arguments, **environment)
    return folder / "program"


def crashed(path: Path) -> Dump:
    (found,) = gotrace.parse(binary_support.crash(path).encode()).dumps
    return found


def annotated(dump: Dump, *paths: Path) -> Report:
    return gotrace.annotate(dump, binaries=[from_binary(path) for path in paths])


def shown(report: Report, frame: int = 0) -> dict[str | None, object]:
    """What is claimed: texts, else numbers."""
    return {
        a.name: a.value.text or a.value.number
        for a in report.goroutines[0].frames[frame].arguments
        if a.value and a.certainty in {Certainty.EXACT, Certainty.LIKELY}
    }


@pytest.mark.parametrize("release", go_tools.releases(15, 23, 27))
def test_another_build_beside_the_right_one(release: int, tmp_path: Path) -> None:
    """In whatever order they are given, the texts are those of the program that crashed."""
    right = made(release, tmp_path / "right", TEXTS)
    wrong = made(release, tmp_path / "wrong", OTHER)
    dump = crashed(right)
    alone = annotated(dump, right)
    assert not alone.issues
    for paths in ((right, wrong), (wrong, right)):
        report = annotated(dump, *paths)
        assert report.goroutines == alone.goroutines
        assert [i.code for i in report.issues] == ["binary-mismatch"]
    assert [i.code for i in annotated(dump, wrong).issues] == ["binary-mismatch"]
    if release == 15:
        assert shown(alone)["name"] == "the real text"


@pytest.mark.parametrize("release", go_tools.releases(15, 23, 27))
def test_builds_of_one_chosen_id(release: int, tmp_path: Path) -> None:
    """Bazel gives all programs the id `redacted`: no cache and no debug file by it."""
    one = made(release, tmp_path / "one", SWAPPED, "-ldflags=-buildid=redacted")
    swapped = SWAPPED.replace("a int, b uint", "b uint, a int").replace("3, 4", "4, 3")
    two = made(release, tmp_path / "two", swapped, "-ldflags=-buildid=redacted")
    for path in (one, two):
        report = annotated(crashed(path), path)
        frame = report.goroutines[0].frames[0]
        assert frame.signature is not None
        names = [p.name for p in frame.signature.parameters]
        assert names == (["a", "b"] if path == one else ["b", "a"])
    assert "no build id that tells builds apart" in debugfile.difference(
        open_image(one), open_image(two)
    )


@pytest.mark.parametrize("release", go_tools.releases(15, 19, 23, 27))
def test_a_program_at_another_address(release: int, tmp_path: Path) -> None:
    """The same source as a position-independent program has other addresses."""
    text = TEXTS.replace("panic(x)", "var p *[9]int\n\t\tprintln(p[n])")
    fixed = made(release, tmp_path / "fixed", text)
    moving = made(release, tmp_path / "moving", text, "-buildmode=pie")
    report = annotated(crashed(moving), fixed)
    assert [i.code for i in report.issues] == ["binary-mismatch"]
    assert not annotated(crashed(moving), moving).issues


INLINED = """package main

import (
	"os"
	"runtime/pprof"
	"time"
)

func small(c chan int, n int) int { return mid(c, n) + 1 }
func mid(c chan int, n int) int {
	x := 0
	for i := 0; i < n; i++ {
		x += <-c
	}
	return x
}

//go:noinline
func useSmall(f func(chan int, int) int, c chan int) { f(c, 3) }

//go:noinline
func big(c chan int) int { println("x"); return small(c, 2) }

func main() {
	c := make(chan int)
	go big(c)
	go useSmall(small, c)
	go useSmall(mid, c)
	time.Sleep(50 * time.Millisecond)
	pprof.Lookup("goroutine").WriteTo(os.Stdout, 1)
}
"""


@pytest.mark.parametrize("release", go_tools.releases(15, 21, 27))
def test_profiles_count_from_the_start_of_what_it_is_inlined_in(
    release: int, tmp_path: Path
) -> None:
    """A function that is inlined in one place and called in another; its program is not refused."""
    right = made(release, tmp_path / "right", INLINED)
    wrong = made(release, tmp_path / "wrong", INLINED.replace("x := 0", "x := 0\n\tprintln()"))
    dump = crashed_profile(right)
    assert not [i for i in annotated(dump, right).issues if i.code.startswith("binary")]
    assert [i.code for i in annotated(dump, wrong).issues] == ["binary-mismatch"]


def crashed_profile(path: Path) -> Dump:
    return gotrace.parse(binary_support.run(path).encode()).dumps[0]


HOST = """package main

import "plugin"

//go:noinline
func call(f func(string, int) int, name string, n int) int { return f(name, n) + 1 }

func main() {
	p, err := plugin.Open("./plugin.so")
	if err != nil {
		panic(err)
	}
	f, err := p.Lookup("F")
	if err != nil {
		panic(err)
	}
	println(call(f.(func(string, int) int), "text of the host", 7))
}
"""
PLUGIN = """package main

import "strings"

//go:noinline
func inner(p *int) int {
	strings.Map(func(r rune) rune { return rune(*p) }, "text of the plugin")
	return *p
}

//go:noinline
func F(name string, n int) int { println(name, n); return inner(nil) }

func main() {}
"""


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no C compiler")
@pytest.mark.parametrize("release", go_tools.releases(15, 27))
def test_a_host_and_its_plugin(release: int, tmp_path: Path) -> None:
    """Both printed it, whatever the copies of the host's packages in the plugin are."""
    for name, text in (("host", HOST), ("plugin", PLUGIN)):
        (tmp_path / f"{name}.go").write_text(text)
    plugin = ("-buildmode=plugin", "-o", "plugin.so", "plugin.go")
    go_tools.build(release, tmp_path, *plugin, CGO_ENABLED="1")
    go_tools.build(release, tmp_path, "-o", "host", "host.go", CGO_ENABLED="1")
    done = subprocess.run(
        [tmp_path / "host"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={**os.environ, "GOTRACEBACK": "system"},
    )
    (dump,) = gotrace.parse(done.stderr).dumps
    for paths in (("host", "plugin.so"), ("plugin.so", "host")):
        report = annotated(dump, *(tmp_path / name for name in paths))
        assert not [i for i in report.issues if i.code.startswith("binary")]
        frames = [f.frame.function for f in report.goroutines[0].frames]
        assert shown(report, frames.index("strings.Map"))["s"] == "text of the plugin"
    (alone,) = annotated(dump, tmp_path / "plugin.so").issues
    assert "give the program that loaded it too" in alone.message
