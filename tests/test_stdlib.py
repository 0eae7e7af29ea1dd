"""The built-in standard library: names, layouts and lines, held against traces and toolchains."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gotrace.goversion import Facts
from gotrace.layout.sizes import Sizes
from gotrace.names import is_standard
from gotrace.parsing import parse
from gotrace.signature import Role, Signature, SignatureSource
from gotrace.stdlib import Disagreement, library, line_votes
from gotrace.stdlib.store import FILE, FUNCTIONS
from gotrace.types import GoType, Kind
from tests import go_tools
from tests.bench import stdlib as bench
from tools import stdlib as maker

ANY = Facts(0, None)


def the(
    function: str, facts: Facts = ANY, os: str | None = None, arch: str | None = None
) -> Signature:
    found = library().signature(function, facts, os, arch)
    assert isinstance(found, Signature), (function, found)
    return found


def only(minor: int) -> Facts:
    return Facts(minor, minor)


# ---------------------------------------------------------------------- names


def test_an_unexported_method_is_named() -> None:
    found = the("net/http.(*conn).serve")
    assert found.package == "net/http"
    assert found.function == "(*conn).serve"
    assert found.text == "func (c *http.conn) serve(ctx context.Context)"
    assert found.source is SignatureSource.STDLIB
    assert found.file == "net/http/server.go"
    assert found.line == 1949
    assert found.receiver is not None
    assert found.receiver.role is Role.RECEIVER
    assert [(p.name, p.type.text, p.type.kind) for p in found.inputs()] == [
        ("c", "*http.conn", Kind.POINTER),
        ("ctx", "context.Context", Kind.INTERFACE),
    ]


TEXTS = {
    "panic": "func gopanic(e any)",
    "runtime.gopanic": "func gopanic(e any)",
    "internal/poll.runtime_pollWait": "func runtime_pollWait(pd *runtime.pollDesc, mode int) int",
    "time.Sleep": "func Sleep(ns int64)",
    "slices.SortFunc[...]": "func SortFunc[...](x S, cmp func(E, E) int)",
    "internal/sync.(*HashTrieMap[...]).Load": (
        "func (ht *sync.HashTrieMap[K, V]) Load(key K) (value V, ok bool)"
    ),
    "sync/atomic.(*Pointer[...]).Load": "func (x *atomic.Pointer[T]) Load() *T",
    "net/http.HandlerFunc.ServeHTTP": (
        "func (f http.HandlerFunc) ServeHTTP(w http.ResponseWriter, r *http.Request)"
    ),
    "net/http.(*conn).serve.func1": "func (*conn).serve.func1()",
    "vendor/golang.org/x/net/http/httpguts.ValidHeaderFieldName": (
        "func ValidHeaderFieldName(v string) bool"
    ),
    "fmt.Sprintf": "func Sprintf(format string, a ...any) string",
    "sort.Slice": "func Slice(x any, less func(int, int) bool)",
    # a wrapper that the compiler makes of a method with a value receiver
    "time.(*Time).Add": "func (t *time.Time) Add(d time.Duration) time.Time",
    "net/http.(*Server).Serve.gowrap3": "func (*Server).Serve.gowrap3()",
}


@pytest.mark.parametrize("function", TEXTS)
def test_a_function_is_found_by_its_printed_name(function: str) -> None:
    found = the(function)
    assert found.text == TEXTS[function]
    assert found.generic is ("[...]" in function)


def test_a_method_value_takes_what_its_method_takes() -> None:
    found = the("net/http.HandlerFunc.ServeHTTP-fm")
    assert found.function == "HandlerFunc.ServeHTTP-fm"
    assert [p.name for p in found.parameters] == ["w", "r"]
    assert {p.used for p in found.inputs()} == {None}


UNKNOWN = [
    "",
    "main.main",
    "net/http.nobody",
    "net/http",
    ".",
    "fmt.Sprintf.func9",
    "a.b\x01c",
    "é.f",
]


@pytest.mark.parametrize("function", UNKNOWN)
def test_what_is_not_there_is_not_found(function: str) -> None:
    assert library().find(function) == ()
    assert library().signature(function, ANY) is None


@given(
    st.text()
    | st.builds("{}.{}".format, st.sampled_from(sorted(library().store.packages)), st.text())
)
def test_no_name_raises(function: str) -> None:
    """Names are cut off, escaped wrongly, or not UTF-8: nothing of that is an error."""
    library().find(function)
    library().signature(function + "\udcff", ANY, "plan9", "mips")


# ---------------------------------------------------------------------- releases


def test_editions_say_which_releases_and_ports_have_them() -> None:
    new, old = library().find("runtime.gopark")
    assert new.releases == (21, 22, 23, 24, 25, 26, 27)
    assert old.releases == (15, 19)
    assert new.ports == library().store.ports
    assert {"linux", "windows", "darwin"} <= set(new.systems)
    assert {"amd64", "386", "s390x"} <= set(new.arches)
    assert [p.name for p in old.signature.parameters][3] == "traceEv"


def test_the_possible_releases_decide() -> None:
    assert the("runtime.gopark", Facts(21, None)).parameters[3].name == "traceReason"
    assert the("runtime.gopark", only(15)).parameters[3].name == "traceEv"


def test_a_release_that_is_not_in_the_data_is_what_its_neighbours_agree_on() -> None:
    name = "net/http.http2parseUnknownFrame"  # go1.19 has no countError, go1.21 has: go1.20?
    assert isinstance(the("net/http.(*conn).serve", only(20)), Signature)
    between = library().signature(name, Facts(16, 18))
    assert isinstance(between, Disagreement)
    assert isinstance(library().signature(name, only(19)), Signature)


def test_a_disagreement_says_between_whom() -> None:
    found = library().signature("net/http.http2parseUnknownFrame", ANY)
    assert isinstance(found, Disagreement)
    assert found.message.startswith(
        "net/http.http2parseUnknownFrame is not the same in all Go releases it may be of: func"
    )
    assert "in 1.15 on linux/amd64" in found.message


def test_a_release_younger_than_the_data_counts_as_the_newest() -> None:
    assert the("net/http.(*conn).serve", only(28)) == the("net/http.(*conn).serve", only(27))


def test_names_that_differ_are_left_unsaid() -> None:
    """go1.19 calls the first field of reflect.Value typ, go1.21 typ_; it is a pointer in both."""
    value = the("reflect.Value.Call").receiver
    assert value is not None
    assert value.type.text == "reflect.Value"
    assert [f.type.kind for f in value.type.fields] == [
        Kind.POINTER,
        Kind.UNSAFE_POINTER,
        Kind.UINTPTR,
    ]
    assert value.type.fields[0].type.text == "pointer"


def test_the_port_decides_where_ports_differ() -> None:
    unix = the("syscall.Open", only(27), "linux")
    windows = the("syscall.Open", only(27), "windows", "amd64")
    assert unix.parameters[2].type.text == "uint32"
    assert windows.parameters[2].type.text == "uint32"
    assert windows.results[0].type.text == "syscall.Handle"
    assert unix.results[0].type.text == "int"
    assert isinstance(library().signature("syscall.Open", only(15)), Disagreement)


def test_a_literal_may_be_a_wrapper_in_releases_that_number_them_alike() -> None:
    """go1.21 calls the wrapper of `defer fd.readUnlock()` (*FD).Read.func1, go1.15 a literal so."""
    name = "internal/poll.(*FD).Read.func1"
    assert library().find(name) != ()
    assert library().signature(name, Facts(15, 27)) is None
    assert library().signature(name, only(21)) is None
    new = library().find(name)[0].releases[0]
    assert isinstance(library().signature(name, only(new)), Signature)


# ---------------------------------------------------------------------- layouts


def result(function: str, facts: Facts = ANY) -> GoType:
    return the(function, facts).results[0].type


def receiver(function: str, facts: Facts = ANY) -> GoType:
    found = the(function, facts).receiver
    assert found is not None
    return found.type


def test_structs_are_resolved_by_value() -> None:
    time_ = receiver("time.Time.Add")
    assert [(f.name, f.type.kind) for f in time_.fields] == [
        ("wall", Kind.UINT64),
        ("ext", Kind.INT64),
        ("loc", Kind.POINTER),
    ]
    assert Sizes(8).measure(time_).size == 24
    assert Sizes(4).measure(time_).size == 20


def test_a_pointee_has_its_fields_and_they_go_no_further() -> None:
    conn = receiver("net/http.(*conn).serve", only(27)).element
    assert conn is not None
    assert conn.named == "http.conn"
    server = conn.fields[0]
    assert (server.name, server.type.text) == ("server", "*http.Server")
    assert server.type.element == GoType(Kind.UNKNOWN, "http.Server", named="http.Server")


def test_a_mutex_is_two_words_of_four_bytes_in_every_release() -> None:
    for release in library().store.releases:
        mutex = receiver("sync.(*Mutex).Lock", only(release)).element
        assert mutex is not None
        assert Sizes(8).measure(mutex).size == 8


def test_atomics_are_aligned_on_32_bits() -> None:
    integer = receiver("sync/atomic.(*Int64).Load").element
    assert integer is not None
    assert integer.align64
    assert Sizes(4, align64=True).measure(integer).align == 8


def test_a_type_parameter_with_one_underlying_type_has_its_width() -> None:
    first, second = the("slices.SortFunc[...]").parameters
    assert (first.type.kind, first.type.text) == (Kind.SLICE, "S")
    assert second.type.kind is Kind.FUNC


def test_uses_are_told() -> None:
    """Of what the source proves: use, and whether the address may be taken."""
    name, *_ = the("os.Open", only(27)).parameters
    assert (name.used, name.escapes) == (True, False)
    unused, *_ = the("net/http.http2parseUnknownFrame", only(21)).parameters
    assert (unused.name, unused.used) == ("_", False)


def test_assembly_is_told_apart() -> None:
    assert library().is_assembly("runtime.mcall")
    assert not library().is_assembly("runtime.gopark")


# ---------------------------------------------------------------------- lines

DUMP = b"""panic: x

goroutine 18 [running]:
net/http.(*conn).serve(0xc0000b2000, {0x7a1b20, 0xc0000b4000})
\t/usr/local/go/src/net/http/server.go:%d +0x5b4
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:%d +0x485
"""


def test_lines_vote_for_the_release_whose_functions_stand_there() -> None:
    ends = []
    for function in ("net/http.(*conn).serve", "net/http.(*Server).Serve"):
        path, functions = library().stored(function)
        ends.append(library().lines.of(path, functions)[0][23][1])
    found = line_votes(parse(DUMP % tuple(ends)).dumps[0])
    assert found is not None
    assert 23 in found.best
    assert (found.fitting, found.asked) == (2, 2)
    assert found.text.startswith("2 of 2 lines fit 1.")


def test_lines_that_fit_nowhere_say_so() -> None:
    found = line_votes(parse(DUMP % (99999, 99999)).dumps[0])
    assert found is not None
    assert (found.best, found.text) == ((), "0 of 2 lines fit any release")


def test_without_a_standard_frame_there_is_no_vote() -> None:
    text = b"panic: x\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/x.go:3 +0x1\n"
    assert line_votes(parse(text).dumps[0]) is None


# ---------------------------------------------------------------------- size and speed


def test_the_file_is_small_and_a_lookup_is_quick() -> None:
    assert os.path.getsize(FILE) < 1_500_000
    for function in ("net/http.(*conn).serve", "runtime.gopark", "runtime.mallocgc"):
        spent = []
        for _ in range(3):
            library.cache_clear()
            start = time.process_time()
            library().find(function)
            spent.append(time.process_time() - start)
        assert min(spent) < 0.010, (function, spent)


# ---------------------------------------------------------------------- real traces


@pytest.mark.shared
def test_every_real_frame_fits_its_signature() -> None:
    """All frames of the standard library in all real traces, with the release and architecture that
    printed them: only assembly prints otherwise than its declaration says."""
    counts, wrong = bench.bound()
    assert counts["mismatch"] == counts["of these assembly"]
    assert counts["ambiguous"] == 0
    assert counts["bound"] > 10_000
    unnamed = {function for function, _, what in wrong if what == "unknown"}
    # Made by the compiler: comparison and hashing of types, go1.18 to go1.21's wrappers of go
    # statements (numbered like literals), and what cgo exports.
    assert {f for f in unnamed if not f.startswith(("type", "_cgoexp_"))} == {
        "runtime.gcenable.func1",
        "runtime.gcenable.func2",
        "testing.(*T).Run.func1",
    }


@pytest.mark.shared
def test_the_true_release_is_always_among_the_best() -> None:
    """The traces were printed by the very patch releases of the data: others fit less well."""
    counts = bench.votes()
    assert counts["asked"] > 1500
    assert counts["among the best"] == counts["asked"]
    assert counts["5+ lines: alone the best"] > 0.95 * counts["5+ lines"]


# ---------------------------------------------------------------------- toolchains

SYMBOLS = r"""
package main

import ("debug/elf"; "debug/gosym"; "fmt"; "os")

func main() {
	f, _ := elf.Open(os.Args[1])
	data, _ := f.Section(".gopclntab").Data()
	t, err := gosym.NewTable(nil, gosym.NewLineTable(data, f.Section(".text").Addr))
	if err != nil { panic(err) }
	for _, fn := range t.Funcs {
		file, line, _ := t.PCToLine(fn.Entry)
		fmt.Printf("%s\t%s\t%d\n", fn.Name, file, line)
	}
}
"""


def elided(name: str) -> str:
    """The name as a traceback prints it: type arguments left out."""
    out, depth = "", 0
    for c in name:
        depth += c == "["
        if depth == 0 or (c == "[" and depth == 1):
            out += "[..." if c == "[" else c
        depth -= c == "]"
        if c == "]" and depth == 0:
            out += c
    return out.replace("%2e", ".")


@pytest.mark.toolchain
@pytest.mark.parametrize("release", [15, 19, 23, 27])
def test_every_function_of_the_compiler_and_of_cmd_go_is_found(
    release: int, tmp_path: Path
) -> None:
    """By name, and with the line that the symbol table gives inside of its lines."""
    goroot = go_tools.goroot(release)
    missing, misplaced, asked = [], [], 0
    for program in (goroot / "bin" / "go", *goroot.glob("pkg/tool/linux_amd64/compile")):
        for name, file, line in symbols(goroot, program, tmp_path):
            if file == "<autogenerated>" or not is_ours(name, file):
                continue
            asked += 1
            path, found = library().stored(name)
            there = [f for f in found if f.file == Path(file).name]
            if not found:
                missing.append(name)
            elif there and not any(
                low <= line <= high
                for lines in library().lines.of(path, there)
                for low, high in [lines.get(release, (0, 0))]
            ):
                misplaced.append((name, file, line))
    assert asked > 8_000
    assert len(missing) < asked // 500, missing
    # An entry may stand at the line of a call that was inlined there.
    assert len(misplaced) < asked // 300, misplaced


def is_ours(name: str, file: str) -> bool:
    """Declared in a package of the data; literals and what is made of them are not counted here."""
    package = library().store.packages
    path = name[: name.find(".", name.rfind("/", 0, _stop(name)) + 1)]
    made = ("init", "map.init")
    local = name[len(path) + 1 :]
    plain = not any(part in local for part in (".func", "wrap", "-range", "-fm", "\u00b7"))
    return (
        path in package
        and is_standard(name)
        and plain
        and not local.startswith(made)
        and "_cgo_gotypes" not in file
        and not file.endswith(".s")
    )


def _stop(name: str) -> int:
    return min((i for i in (name.find("["), name.find("(")) if i >= 0), default=len(name))


def symbols(goroot: Path, program: Path, folder: Path) -> list[tuple[str, str, int]]:
    source = folder / "symbols.go"
    source.write_text(SYMBOLS)
    environment = {**os.environ, "GO111MODULE": "off", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    command = [str(goroot / "bin" / "go"), "run", str(source), str(program)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    rows = (row.split("\t") for row in done.stdout.splitlines())
    return [(elided(name), file, int(line)) for name, file, line in rows]


@pytest.mark.toolchain
def test_the_data_is_what_the_toolchain_gives() -> None:
    """One release made anew: each of its declarations is stored, with its lines and its ports."""
    release = 23
    made = maker.Declarations()
    made.add(release, maker.declared(go_tools.goroot(release)))
    store = library().store
    assert store.ports == maker.PORTS
    assert store.releases == maker.RELEASES
    checked = 0
    for path, package in made.packages.items():
        block = store.block(path, FUNCTIONS)
        assert block is not None, path
        short = {full: f"{name}." for name, full in block.packages.items()} | {path: "."}
        wanted = {
            (file, r.name, shortened(r.text, short)): (maker.mask(r.worlds), r.lines[release])
            for file, records in package.files.items()
            for r in records.values()
        }
        functions = [f for name in {key[1] for key in wanted} for f in store.functions(path, name)]
        found = {
            (
                f"{f.home}/{f.file}" if f.home else f.file,
                f.name,
                "|".join(f.text.split("|")[:3]),
            ): (f.worlds & store.worlds([release]), lines[release])
            for f, lines in zip(functions, library().lines.of(path, functions), strict=True)
            if release in lines
        }
        assert found == wanted, path
        checked += len(found)
    assert checked > 24_000


def shortened(text: str, names: dict[str, str]) -> str:
    """The generator's text with the names that a block uses."""
    return re.sub(r"`([^`]*)`", lambda match: names[match[1]], text)
