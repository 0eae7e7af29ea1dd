"""The function table against what Go prints and says."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest

from gotrace.binary.function import printed_name
from gotrace.binary.image import open_image
from gotrace.binary.pclntab import Function, FunctionTable, Skipped, table
from tests import binary_support as made
from tests import go_tools


def opened(path: Path) -> FunctionTable:
    found = table(open_image(path))
    assert found is not None
    return found


def reading(functions: FunctionTable, frame: made.Printed) -> list[str]:
    """What of the frame the table contradicts, for the candidate that fits best."""
    candidates = functions.named([frame.function])[frame.function]
    found = [contradictions(functions, function, frame) for function in candidates]
    return min(found, key=len, default=[f"no function {frame.function}"])


def contradictions(functions: FunctionTable, function: Function, frame: made.Printed) -> list[str]:
    """Site, inlined calls and arguments as the table has them, where the trace says otherwise."""
    stack = functions.calls(function, frame.offset, fault=frame.faulted)
    wrong = []
    if not stack or tuple(stack[-1]) != (frame.function, frame.file, frame.line):
        wrong.append(f"{frame} stands at {stack}")
    shown = [tuple(call) for call in stack[:-1]]
    if any(call not in shown for call in frame.inlined):  # wrappers and the runtime are not shown
        wrong.append(f"{frame.inlined} is {shown}")
    if functions.prints_words:
        words = 10 if function.args is None else min(function.args // functions.word_size, 10)
        if words != sum(t[0] == "0" for t in frame.tokens):
            wrong.append(f"{frame} has {words} words")
        return wrong
    arguments = functions.arguments(function) or ()
    marks = functions.printed_marks(function, frame.offset, fault=frame.faulted)
    left = iter(marks or ())
    signs = [t if isinstance(t, str) else "v" if next(left) else "v?" for t in arguments]
    if signs != frame.signs:
        wrong.append(f"{frame} prints {signs}")
    return wrong


# ---------------------------------------------------------------------- stored programs


@pytest.mark.parametrize("release", made.SAMPLES)
def test_the_trace_of_a_stripped_program(release: int, tmp_path: Path) -> None:
    """Every frame: names, lines, inlined calls, the shape of the arguments, and every mark."""
    functions = opened(made.sample(release, tmp_path))
    frames = made.printed_frames(made.sample_trace(release))
    assert len(frames) > 5
    assert [x for frame in frames for x in reading(functions, frame)] == []
    assert functions.prints_words == (release < 17)


def test_true_marks_of_generic_functions(tmp_path: Path) -> None:
    """The dictionary's slot is counted: what Go prints as stale and what is differ by it."""
    functions = opened(made.sample(27, tmp_path))
    apply = functions.named(["main.apply[...]"])["main.apply[...]"]
    assert sorted(f.name for f in apply if "func" not in f.name) == [
        "main.apply[go.shape.int]",
        "main.apply[go.shape.interface { main.move(int, string) int }]",
    ]
    frame = next(
        f for f in made.printed_frames(made.sample_trace(27)) if f.function == "main.apply[...]"
    )
    function = next(f for f in apply if not contradictions(functions, f, frame))
    assert functions.arguments(function) == ("{", (8, 8), (16, 8), "}", (24, 8), (32, 8))
    # n was 3 and lives, f was no nil func and does not: the trace says `0x3?, 0x0`.
    assert frame.tokens[-2:] == ["0x3?", "0x0"]
    assert functions.printed_marks(function, frame.offset) == (False, False, False, True)
    assert functions.marks(function, frame.offset) == (False, False, True, False)
    # One slot that is not printed, or two: what both agree on is proven.
    either = functions.marks(function, frame.offset, skipped=Skipped(0, 1))
    assert either == (False, False, False, False)


def test_a_fault_stands_at_its_own_pc(tmp_path: Path) -> None:
    """Above a signal the pc is that of the instruction, not of a return address."""
    functions = opened(made.sample(27, tmp_path))
    frame = made.printed_frames(made.sample_trace(27))[0]
    assert (frame.function, frame.faulted) == ("main.fail", True)
    function = functions.named(["main.fail"])["main.fail"][0]
    assert functions.calls(function, frame.offset, fault=True)[-1].line == frame.line
    assert functions.at(function.entry + frame.offset) == function
    assert functions.at(function.end - 1) == function
    assert functions.at(1) is None
    assert (function.start_line, functions.at(1 << 50)) == (34, None)


@pytest.mark.parametrize("release", made.SAMPLES)
def test_without_a_section_table(release: int, tmp_path: Path) -> None:
    """Where even the sections' names are stripped, the table is found by its first bytes."""
    data = bytearray(made.sample_bytes(release))
    data[40:48], data[60:62] = bytes(8), bytes(2)  # e_shoff, e_shnum
    (tmp_path / "bare").write_bytes(data)
    functions = opened(tmp_path / "bare")
    assert {section.name for section in functions.image.sections} == {""}
    frames = made.printed_frames(made.sample_trace(release))
    assert [x for frame in frames for x in reading(functions, frame)] == []
    assert functions.image.build is not None
    assert functions.image.build.minor == release


def test_panic_is_gopanic(tmp_path: Path) -> None:
    """A name that no function has finds nothing; `panic` is the runtime's."""
    functions = opened(made.sample(15, tmp_path))
    found = functions.named(["panic", "main.missing", "main", "", "point).move", "main.fail[...]"])
    assert [f.name for f in found.pop("panic")] == ["runtime.gopanic"]
    assert set(found.values()) == {()}


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("main.main", "main.main"),
        ("runtime.gopanic", "panic"),
        ("main.F[go.shape.int]", "main.F[...]"),
        ("main.F[go.shape.[]uint8,go.shape.int].func1", "main.F[...].func1"),
        ("main.(*L[go.shape.int]).Map[go.shape.[]int]", "main.(*L[...]).Map[...]"),
        ("main.(*T).M[go.shape.map[string]int]", "main.(*T).M[...]"),
        ("main.odd]name[", "main.odd]name["),
    ],
)
def test_printed_names(name: str, printed: str) -> None:
    """Type arguments are elided."""
    assert printed_name(name) == printed


def test_names_are_found_in_one_pass(tmp_path: Path) -> None:
    """Every function of the table is found by what is printed for it, and fast."""
    functions = opened(made.sample(27, tmp_path))
    every = list(functions.functions())
    assert len(every) == len(functions) > 1000
    before = time.process_time()
    found = functions.named([printed_name(f.name) for f in every])
    assert time.process_time() - before < 5
    assert [f for f in every if f not in found[printed_name(f.name)]] == []


# ---------------------------------------------------------------------- real toolchains


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 21, 23, 25, 26, 27))
@pytest.mark.parametrize("goarch", ["amd64", "386"])
@pytest.mark.parametrize("case", ["generics", "shapes", "nested", "inlined", "closures"])
def test_traces_of_real_programs(release: int, goarch: str, case: str, tmp_path: Path) -> None:
    """All that optimised, stripped programs print is in their tables, `?` by `?`."""
    if case == "generics" and release < 18:
        pytest.skip("go1.15 has no generics")
    path = made.compile_sample(release, case, tmp_path, goarch=goarch)
    functions = opened(path)
    frames = made.printed_frames(made.crash(path))
    assert frames
    assert [x for frame in frames for x in reading(functions, frame)] == []


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(15, 19, 23, 27))
def test_position_independent_programs(release: int, tmp_path: Path) -> None:
    """Addresses that the loader fills in are found."""
    flags = ("-ldflags=-s -w", "-buildmode=pie")
    path = made.compile_sample(release, "nested", tmp_path, *flags)
    functions = opened(path)
    assert functions.image.pie
    frames = made.printed_frames(made.crash(path))
    assert [x for frame in frames for x in reading(functions, frame)] == []


@pytest.mark.toolchain
@pytest.mark.parametrize("release", go_tools.releases(25, 26, 27))
def test_homes_of_large_parameters(release: int, tmp_path: Path) -> None:
    """Where the collector takes a pointer of the parameter for live, its numbers are right; the
    unused ones that go1.26 and later print without having written them are not live."""
    path = tmp_path / "homes"
    source = made.DATA / "homes" / "main.go"
    go_tools.build(release, tmp_path, "-o", str(path), "-ldflags=-s -w", str(source))
    functions = opened(path)
    frames = {f.function: f for f in made.printed_frames(made.run(path))}
    for name, used in (("unusedBig", False), ("usedBig", True), ("unusedTail", False)):
        frame = frames[f"main.{name}"]
        function = functions.named([frame.function])[frame.function][0]
        arguments = functions.arguments(function) or ()
        numbers = [t for t in frame.tokens if t[0] == "0"]
        first = arguments.index("{") + 1
        offset = arguments[first][0]
        assert isinstance(offset, int)
        assert functions.home_is_live(function, frame.offset, offset) is used
        if used or release < 26:
            assert numbers[first] == "0x11"
        assert functions.home_is_live(function, frame.offset, 1 << 20) is None


TARGETS = [
    (release, goos, goarch)
    for release in (15, 19, 23, 26, 27)
    for goos, goarch in (
        ("linux", "arm64"), ("linux", "s390x"), ("linux", "mips"), ("linux", "ppc64"),
        ("windows", "amd64"), ("darwin", "arm64"),
    )
    if (release, goos) != (15, "darwin")
]  # fmt: skip


@pytest.mark.toolchain
@pytest.mark.parametrize(("release", "goos", "goarch"), TARGETS)
def test_what_go_says_of_other_ports(release: int, goos: str, goarch: str, tmp_path: Path) -> None:
    """`go tool nm` has the same names, `go tool addr2line` the same lines."""
    case = "nested"
    path = made.compile_sample(release, case, tmp_path, "-ldflags=", goos=goos, goarch=goarch)
    functions = opened(path)
    every = list(functions.functions())
    listed = go_tools.go(27, tmp_path, "tool", "nm", str(path)).stdout.splitlines()
    symbols: dict[int, set[str]] = {}
    for address, kind, name in (line.split(None, 2) for line in listed if line[:9].strip()):
        if kind in "Tt":
            symbols.setdefault(int(address, 16), set()).add(name.removesuffix(".abi0"))
    assert len(every) > 1000
    # The linker replaces a middle dot; go1.18 and go1.19 elide type arguments in the table, too.
    own = [f for f in every if f.name.startswith(("main.", "runtime.", "sync"))]
    assert [f for f in own if f.name not in symbols[f.entry] and "[...]" not in f.name] == []
    chosen = random.Random(release).sample(own, min(len(own), 100))
    asked = "".join(f"{f.entry:#x}\n{(f.entry + f.end) // 2 & ~3:#x}\n" for f in chosen)
    root = go_tools.goroot(27)
    said = subprocess.run(
        [root / "bin" / "go", "tool", "addr2line", path],
        input=asked, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for i, function in enumerate(chosen):
        for j, address in enumerate((function.entry, (function.entry + function.end) // 2 & ~3)):
            name, place = said[4 * i + 2 * j : 4 * i + 2 * j + 2]
            call = functions.calls(function, address - function.entry, fault=True)[0]
            ours = f"{call.file}:{call.line}".replace("?:-1", ":-1")
            assert (name, place.replace("?:0", ":-1")) == (function.name, ours)
