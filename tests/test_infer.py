"""Release and port that a dump's text shows: never wrong, and contradictions are said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gotrace
from gotrace.arch import ARCHES
from gotrace.goversion import NEWEST
from gotrace.infer import Runtime, infer, minor_release
from gotrace.model import Dump
from gotrace.parsing import parse
from tests import evidence

NAME = re.compile(r"go1\.([0-9]+)(?:-([a-z0-9]+))?\.")


def only(text: str) -> Dump:
    dumps = parse(text.encode()).dumps
    assert len(dumps) == 1
    return dumps[0]


def inferred(text: str, go: str | None = None, arch: str | None = None) -> Runtime:
    return infer(only(text), go=go, arch=arch)


def truths(paths: list[Path]) -> Iterator[tuple[Path, int, str | None, Dump]]:
    """Each dump of the files, with the release and the architecture that printed it.

    Names are ``go1.<minor>[-<arch>][.<variant>].txt``; without an architecture it is amd64.
    """
    for path in paths:
        match = NAME.match(path.name)
        if match is None:  # gccgo
            continue
        for dump in parse(path.read_bytes(), source=path.name).dumps:
            yield path, int(match[1]), match[2], dump


def check_truth(path: Path, minor: int, arch: str, dump: Dump) -> None:
    runtime = infer(dump)
    where = f"{path.parent.name}/{path.name}: {runtime.evidence}"
    assert runtime.facts.version(minor) is not False, where
    assert runtime.issues == (), where
    assert runtime.style in {None, "words" if minor <= 16 else "values"}, where
    port = runtime.port
    row = ARCHES[arch]
    assert port.arch is None or port.arch.name == arch, f"{where} {port}"
    if "word_size=8" not in runtime.assumed:
        assert port.word_size == row.word_size, f"{where} {port}"
    if "byte_order=little" not in runtime.assumed:
        assert port.big_endian == row.big_endian, f"{where} {port}"


def check_told(path: Path, minor: int, arch: str, dump: Dump) -> None:
    told = infer(dump, go=f"1.{minor}", arch=arch)
    assert told.issues == (), path
    assert told.facts.version(minor) is True, path
    assert told.port.arch is ARCHES[arch], path


def arch_of(path: Path, named: str | None) -> str:
    return named or ("wasm" if path.parent.name == "wasm_node" else "amd64")


def test_samples_are_of_what_printed_them() -> None:
    """In each sample the true release is in the range, and the true port is never excluded."""
    seen = 0
    for path, minor, arch, dump in truths(evidence.sample_files()):
        check_truth(path, minor, arch_of(path, arch), dump)
        check_told(path, minor, arch_of(path, arch), dump)
        seen += 1
    assert seen > 20


@pytest.mark.shared
def test_traces_are_of_what_printed_them() -> None:
    """The same over every real output of nine releases and eleven ports."""
    seen = 0
    for path, minor, arch, dump in truths(evidence.trace_files()):
        check_truth(path, minor, arch_of(path, arch), dump)
        check_told(path, minor, arch_of(path, arch), dump)
        seen += 1
    assert seen > 5000


FRAME = "main.f()\n\t/app/main.go:3 +0x1d\n"
HEAD = "panic: x\n\ngoroutine 1 [running]:\n"

# A text that only some releases print: the text, the first and the last of them.
RELEASES = [
    ("nothing in particular", HEAD + FRAME, 0, None),
    ("braces", HEAD + "main.f({0x1, 0x2})\n\t/a.go:1 +0x1\n", 17, None),
    ("an offset too large", HEAD + "main.f(0x1, _)\n\t/a.go:1 +0x1\n", 17, None),
    ("a stale mark", HEAD + "main.f(0x1?)\n\t/a.go:1 +0x1\n", 18, None),
    ("a stale mark in braces", HEAD + "main.f({0x1, 0x2?})\n\t/a.go:1 +0x1\n", 18, None),
    ("flat words of panic", HEAD + "panic(0x1, 0x2)\n\t/a.go:1 +0x1\n", 0, 16),
    ("an inlined call", HEAD + "main.f(...)\n\t/a.go:1\n", 9, None),
    ("a pc", HEAD + "main.f()\n\t/a.go:1 +0x1 fp=0x1 sp=0x2 pc=0x3\n", 10, None),
    (
        "bounds",
        "panic: runtime error: index out of range [5] with length 3\n\n" + HEAD[10:],
        13,
        None,
    ),
    ("a type argument", HEAD + "main.f[...]()\n\t/a.go:1 +0x1\n", 18, None),
    ("the creator", HEAD + FRAME + "created by main.g in goroutine 7\n\t/a.go:1 +0x1\n", 21, None),
    ("frames elided", HEAD + FRAME + "...7 frames elided...\n" + FRAME, 21, None),
    ("more frames elided", HEAD + FRAME + "...additional frames elided...\n", 4, 20),
    ("a mutex", "goroutine 7 [sync.Mutex.Lock]:\n" + FRAME, 20, None),
    ("a wait group", "goroutine 7 [sync.WaitGroup.Wait]:\n" + FRAME, 24, None),
    ("gp", "goroutine 7 gp=0xc000002380 m=nil [select]:\n" + FRAME, 22, None),
    ("a wrapper", HEAD + "main.main.gowrap1()\n\t/a.go:1 +0x1\n", 22, None),
    ("a function of that name", HEAD + "main.main.gowrapper()\n\t/a.go:1 +0x1\n", 0, None),
    ("a global closure", HEAD + "main.glob..func1()\n\t/a.go:1 +0x1\n", 5, 21),
    # The second line may be another writer's.
    ("a raw message", "panic: a\nb\n\ngoroutine 1 [running]:\n" + FRAME, 0, None),
    ("a range body", HEAD + "main.main-range1()\n\t/a.go:1 +0x1\n", 23, None),
    ("swiss maps", HEAD + "internal/runtime/maps.fatal({0x1, 0x2})\n\t/a.go:1 +0x1\n", 24, None),
    ("a group", "goroutine 7 [select, synctest group 5]:\n" + FRAME, 24, 24),
    ("a bubble", "goroutine 7 [select, synctest bubble 5]:\n" + FRAME, 25, None),
    ("a durable wait", "goroutine 7 [select (durable)]:\n" + FRAME, 25, None),
    (
        "repanicked",
        "panic: x [recovered, repanicked]\n\ngoroutine 1 [running]:\n" + FRAME,
        25,
        None,
    ),
    (
        "a fatal error in a panic",
        "panic: x\n\tfatal error: y\n\ngoroutine 1 [running]:\n",
        26,
        None,
    ),
    ("a leak", "goroutine 7 [select (leaked)]:\n" + FRAME, 26, None),
    ("labels inside", 'goroutine 7 [select labels:{"k": "v"}]:\n' + FRAME, 26, 26),
    ("labels behind", "goroutine 7 [select] {k: v}:\n" + FRAME, 27, None),
]


@pytest.mark.parametrize(
    ("text", "low", "high"), [r[1:] for r in RELEASES], ids=[r[0] for r in RELEASES]
)
def test_what_only_some_releases_print(text: str, low: int, high: int | None) -> None:
    """Each form bounds the release as far as it does, and no further."""
    runtime = inferred(text)
    assert (runtime.facts.min, runtime.facts.max) == (low, high), runtime.evidence
    assert runtime.issues == ()


ROOTS = [
    ("/usr/lib/go-1.19", 19, None),
    ("/usr/local/go1.23.4", 23, "1.23.4"),
    ("/root/sdk/go1.22.1", 22, "1.22.1"),
    ("/root/sdk/go1.23rc1", 23, None),
    ("/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.22.3.linux-amd64", 22, "1.22.3"),
    ("/opt/hostedtoolcache/go/1.21.5/x64", 21, "1.21.5"),
    ("C:/hostedtoolcache/windows/go/1.21.5/x64", 21, "1.21.5"),
    ("/usr/local/Cellar/go/1.21.0/libexec", 21, "1.21.0"),
    ("/nix/store/1qkf0pz-go-1.22.1/share/go", 22, "1.22.1"),
    ("/home/u/.asdf/installs/golang/1.20.3/go", 20, "1.20.3"),
    ("/home/u/.gvm/gos/go1.17.5", 17, "1.17.5"),
    ("/usr/local/go", None, None),
    ("/home/go1/go", None, None),
]


@pytest.mark.parametrize(("root", "minor", "exact"), ROOTS)
def test_where_go_lies_names_the_release(root: str, minor: int | None, exact: str | None) -> None:
    """The folder of the standard library names a release, and may name the very one."""
    frame = f"runtime.goexit()\n\t{root}/src/runtime/asm_amd64.s:1 +0x1\n"
    runtime = inferred(HEAD + frame)
    assert (runtime.facts.min or None, runtime.facts.max) == (minor, minor)
    assert runtime.exact == exact


def test_folders_of_the_program_name_no_release() -> None:
    """A GOPATH that is called like a release is no evidence: programs lie there, not Go."""
    runtime = inferred(HEAD + "main.f()\n\t/home/u/go1.12/src/example.com/app/main.go:1 +0x1\n")
    assert (runtime.facts.min, runtime.facts.max) == (0, None)


def test_the_text_beats_the_user() -> None:
    """A release or port that the text excludes is not used, and an Issue says why."""
    stale = HEAD + "main.f(0x1?)\n\t/a.go:1 +0x1\n"
    runtime = inferred(stale, go="1.16")
    assert [i.code for i in runtime.issues] == ["go-contradicted"]
    assert "`?` marks" in runtime.issues[0].message
    assert runtime.facts.min == 18
    shown = stale[runtime.issues[0].span.start : runtime.issues[0].span.end]
    assert shown == "main.f(0x1?)"
    killed = "SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\n" + HEAD[10:] + FRAME
    killed += "\nrax    0x0\nrip    0x1\nrflags 0x2\n"
    runtime = inferred(killed, arch="arm64")
    assert [i.code for i in runtime.issues] == ["arch-contradicted"]
    assert runtime.port.arch is ARCHES["amd64"]
    wide = HEAD + "main.f()\n\t/a.go:1 +0x1 fp=0xc000012345 sp=0xc000012340 pc=0x1\n"
    assert [i.code for i in inferred(wide, arch="386").issues] == ["arch-contradicted"]


def test_the_user_settles_what_the_text_leaves_open() -> None:
    """Where nothing speaks against them, the given release and port are taken."""
    runtime = inferred(HEAD + FRAME, go="go1.21.3", arch="s390x")
    assert (runtime.facts.min, runtime.facts.max) == (21, 21)
    assert runtime.exact == "1.21.3"
    assert runtime.port.arch is ARCHES["s390x"]
    assert runtime.port.big_endian
    assert (runtime.issues, runtime.assumed) == ((), ())


def test_a_release_that_nobody_looked_at_is_read_like_the_newest() -> None:
    """And that is said, in the annotation and to a reader."""
    dump = only(HEAD + FRAME)
    newest = gotrace.annotate(dump, go=f"1.{NEWEST}", arch="amd64")
    newer = gotrace.annotate(dump, go=f"1.{NEWEST + 1}", arch="amd64")
    assert newest.runtime.assumed == ()
    assert newer.runtime.assumed == (f"go=1.{NEWEST}",)
    said = f"Go 1.{NEWEST + 1} (unknown yet; read as 1.{NEWEST}), amd64"
    assert said in gotrace.render(newer, "text")
    assert "read as" not in gotrace.render(newest, "text")


def test_evidence_that_contradicts_itself_is_an_issue() -> None:
    """Two dumps mixed up (or an edited one) give no range, but an Issue and every release."""
    mixed = HEAD + "main.f(0x1?)\n\t/a.go:1 +0x1\npanic(0x1, 0x2)\n\t/a.go:2 +0x1\n"
    runtime = inferred(mixed)
    assert [i.code for i in runtime.issues] == ["go-contradictory"]
    assert (runtime.facts.min, runtime.facts.max) == (0, None)


def test_blanks_for_tabs_are_no_evidence_of_a_raw_message() -> None:
    """A paste turns the runtime's tabs to blanks: that says nothing of the release."""
    text = "panic: a\n        b\n\ngoroutine 1 [running]:\nmain.f()\n        /app/main.go:3 +0x1d\n"
    runtime = inferred(text)
    assert (runtime.facts.min, runtime.facts.max) == (0, None)


@pytest.mark.parametrize("go", ["", "2.0", "go", "1.x", "1.23.4.5.6 ", "eleven", "1.1234"])
def test_what_is_no_release_is_a_mistake_of_the_caller(go: str) -> None:
    with pytest.raises(ValueError, match="not a Go release"):
        inferred(HEAD + FRAME, go=go)


def test_what_is_no_port_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="not an architecture"):
        inferred(HEAD + FRAME, arch="vax")


def test_spellings_of_a_release() -> None:
    assert {minor_release(go) for go in ("1.23", "go1.23", "1.23.4", "go1.23rc1", "23")} == {23}


@pytest.mark.parametrize(
    "line",
    [
        "example.com/app-range2/x.f(0x1)",  # an import path that looks like a loop body
        "main.gowrap1(0x1)",  # a declared function
    ],
)
def test_names_that_only_look_like_the_compilers(line: str) -> None:
    text = f"goroutine 1 [running]:\n{line}\n\t/home/dev/nodejs.go:1 +0x1\n".encode()
    (dump,) = parse(text).dumps
    found = infer(dump)
    assert (found.facts.min, found.os) == (0, None)


def test_a_users_message_is_no_evidence() -> None:
    text = (
        b"panic: bad index with length 5\n\ngoroutine 1 [running]:\nmain.f(0x1)\n\t/a.go:1 +0x1\n"
    )
    (dump,) = parse(text).dumps
    assert infer(dump).facts.min == 0


NESTED = "/root/.asdf/golang/1.20.3/pkg/mod/golang.org/toolchain@v0.0.1-go1.22.3.linux-amd64"


def test_the_innermost_toolchain_counts_and_gives_way() -> None:
    """A toolchain may lie in another's cache; what a folder is called gives way to ``--go``."""
    text = f"goroutine 1 [running]:\nruntime.gopark(0x1)\n\t{NESTED}/src/runtime/proc.go:1 +0x1\n"
    (dump,) = parse(text.encode()).dumps
    assert infer(dump).exact == "1.22.3"
    given = infer(dump, go="1.24")
    assert (given.facts.min, given.facts.max) == (24, 24)
    assert [i.code for i in given.issues] == ["go-contradictory"]
