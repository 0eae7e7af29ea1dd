"""Program files: sections, addresses, debug sections, ids; damaged files."""

from __future__ import annotations

import json
import random
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from gotrace.binary.image import Image, open_image
from gotrace.binary.pclntab import table
from gotrace.binary.rtype import runtime_types
from gotrace.binary.symbols import Symbols
from gotrace.errors import GotraceError
from tests import binary_support as made
from tests import go_tools

ALLOC, WRITE, CODE = 2, 1, 4


def opened(folder: Path, data: bytes) -> Image:
    path = folder / "program"
    path.write_bytes(data)
    return open_image(path)


# ---------------------------------------------------------------------- formats


@pytest.mark.parametrize(
    ("machine", "bits", "big", "arch"),
    [
        (62, 64, False, "amd64"),
        (3, 32, False, "386"),
        (40, 32, False, "arm"),
        (183, 64, False, "arm64"),
        (8, 32, True, "mips"),
        (8, 32, False, "mipsle"),
        (8, 64, True, "mips64"),
        (8, 64, False, "mips64le"),
        (21, 64, True, "ppc64"),
        (21, 64, False, "ppc64le"),
        (243, 64, False, "riscv64"),
        (258, 64, False, "loong64"),
        (22, 64, True, "s390x"),
    ],
)
def test_elf_of_every_port(tmp_path: Path, machine: int, bits: int, big: bool, arch: str) -> None:
    """Machine, class and byte order name the port; sections keep names, addresses and rights."""
    sections = [
        (".text", 1, ALLOC | CODE, 0x1000, b"code" * 8),
        (".rodata", 1, ALLOC, 0x2000, b"constant"),
        (".data.rel.ro", 1, ALLOC | WRITE, 0x3000, bytes(8)),
        (".data", 1, ALLOC | WRITE, 0x4000, b"variable"),
        (".comment", 1, 0, 0, b"not loaded"),
    ]
    image = opened(tmp_path, made.elf_file(sections, bits=bits, big=big, machine=machine))
    assert image.arch is not None
    assert (image.format, image.arch.name) == ("elf", arch)
    assert (image.word_size, image.big_endian) == (bits // 8, big)
    assert (image.arch.word_size, image.arch.big_endian) == (bits // 8, big)
    places = [0xFFF, 0x1000, 0x101F, 0x1020, 0x2003, 0x3000, 0x4007, 0x5000]
    expected = [None, "text", "text", None, "rodata", "rodata", "data", None]
    assert [image.region(a) for a in places] == expected
    assert image.read(0x2003, 5) == b"stant"
    assert image.read(0x2003, 6) is None
    assert image.read_up_to(0x2003, 6) == b"stant"
    assert image.read(0, 1) is None
    assert not image.pie


def test_contents_without_a_file_are_none(tmp_path: Path) -> None:
    """.bss has addresses and no bytes; thread-local .tbss does not cover what lies behind it."""
    sections = [
        (".tbss", 8, ALLOC | WRITE | 0x400, 0x1000, b"12345678"),
        (".data", 1, ALLOC | WRITE, 0x1000, b"abcd"),
        (".bss", 8, ALLOC | WRITE, 0x2000, b"12345678"),
    ]
    image = opened(tmp_path, made.elf_file(sections, kind=3))
    assert image.read(0x1000, 4) == b"abcd"
    assert (image.region(0x2000), image.read(0x2000, 1)) == ("data", None)
    assert image.pie


def test_debug_sections_are_inflated(tmp_path: Path) -> None:
    """Plain, `.zdebug_` and SHF_COMPRESSED; what claims too much or is damaged is empty."""
    text = b"debug information " * 100
    small = zlib.compress(text)
    old = b"ZLIB" + struct.pack(">Q", len(text)) + small
    new = struct.pack("<IIQQ", 1, 0, len(text), 1) + small
    bomb = struct.pack("<IIQQ", 1, 0, 1 << 40, 1) + small
    sections = [
        (".debug_str", 1, 0, 0, text),
        (".zdebug_info", 1, 0, 0, old),
        (".debug_line", 1, 0x800, 0, new),
        (".debug_abbrev", 1, 0x800, 0, bomb),
        (".debug_loc", 1, 0x800, 0, new[:24] + b"damaged"),
        (".debug_addr", 1, 0x800, 0, b"short"),
    ]
    image = opened(tmp_path, made.elf_file(sections))
    assert [image.debug(n) for n in ("str", "info", "line")] == [text] * 3
    assert [image.debug(n) for n in ("abbrev", "loc", "addr", "ranges")] == [b""] * 4


@pytest.mark.parametrize("wide", [True, False])
def test_macho(tmp_path: Path, wide: bool) -> None:
    """Sections of both widths; the names of debug sections are cut at 16 characters."""
    data = b"ZLIB" + struct.pack(">Q", 5) + zlib.compress(b"lists")
    sections = [
        ("__text", "__TEXT", 0x1000, 0x80000400, b"code"),
        ("__rodata", "__DATA_CONST", 0x2000, 0, b"const"),
        ("__data", "__DATA", 0x3000, 0, b"data"),
        ("__zdebug_loclists", "__DWARF", 0x3000, 0, data),
    ]
    cpu = 0x100000C if wide else 7
    symbols = [("main.a", 0x3000), ("main.b", 0x3002)]
    image = opened(tmp_path, made.macho_file(sections, symbols, wide=wide, cpu=cpu, flags=0x200000))
    assert image.arch is not None
    assert (image.format, image.arch.name, image.os) == (
        "macho",
        "arm64" if wide else "386",
        "darwin",
    )
    assert [image.region(a) for a in (0x1000, 0x2000, 0x3000)] == ["text", "rodata", "data"]
    assert image.debug("loclists") == b"lists"
    assert image.pie
    names = Symbols(image, None)
    assert (names.at(0x3001), names.at(0x3002), names.find("main.b")) == (
        ("main.a", 1), ("main.b", 0), 0x3002,
    )  # fmt: skip


def test_the_slice_that_go_wrote(tmp_path: Path) -> None:
    """Of a universal file the slice with a function table is read, its offsets moved."""
    other = made.macho_file([("__text", "__TEXT", 0x1000, 0x80000400, b"other")])
    own = made.macho_file([("__gopclntab", "__TEXT", 0x2000, 0, b"table")], cpu=0x100000C)
    both = made.universal_file([(0x1000007, other), (0x100000C, own)])
    image = opened(tmp_path, both)
    assert image.arch is not None
    assert (image.arch.name, image.read(0x2000, 5)) == ("arm64", b"table")


@pytest.mark.parametrize("wide", [True, False])
def test_pe(tmp_path: Path, wide: bool) -> None:
    """Addresses count from the image base; long names stand in the string table."""
    packed = b"ZLIB" + struct.pack(">Q", 4) + zlib.compress(b"info")
    sections = [
        (".text", 0x1000, 0x60000020, b"code"),
        (".rdata", 0x2000, 0x40000040, b"const"),
        (".data", 0x3000, 0xC0000040, b"data"),
        (".zdebug_info", 0x4000, 0x42000040, packed),
    ]
    symbols = [("main.a", 3, 0), ("main.aLongName", 3, 2)]
    base = 0x140000000 if wide else 0x400000
    machine = 0x8664 if wide else 0x14C
    image = opened(tmp_path, made.pe_file(sections, symbols, wide=wide, machine=machine, base=base))
    assert image.arch is not None
    assert (image.format, image.arch.name, image.os) == (
        "pe",
        "amd64" if wide else "386",
        "windows",
    )
    assert [image.region(base + a) for a in (0x1000, 0x2000, 0x3000)] == ["text", "rodata", "data"]
    assert (image.read(base + 0x2000, 5), image.debug("info")) == (b"const", b"info")
    assert image.pie
    names = Symbols(image, None)
    assert (names.at(base + 0x3001), names.find("main.aLongName")) == (("main.a", 1), base + 0x3002)


@pytest.mark.parametrize(
    "data",
    [b"", b"#!/bin/sh\n", b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe\0\0\0\x37", b"\xcf\xfa\xed\xfe"],
)
def test_no_program(tmp_path: Path, data: bytes) -> None:
    """What is no program is an error with a hint."""
    with pytest.raises(GotraceError) as caught:
        opened(tmp_path, data)
    assert caught.value.hint


def test_no_file(tmp_path: Path) -> None:
    """Neither a folder nor a missing file can be opened."""
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(GotraceError) as caught:
            open_image(path)
        assert caught.value.hint


# ---------------------------------------------------------------------- real programs


def test_the_stored_programs(tmp_path: Path) -> None:
    """Release, ids and system of stripped programs, in both formats of build information."""
    old, new = (open_image(made.sample(r, tmp_path)) for r in made.SAMPLES)
    assert old.build is not None
    assert new.build is not None
    assert (old.build.version, old.build.minor, old.build.path) == ("1.15.15", 15, "mini")
    assert (new.build.version, new.build.minor, new.build.module) == ("1.27.3", 27, "mini")
    assert new.build.settings["GOARCH"] == "amd64"
    assert new.build.settings["-trimpath"] == "true"
    assert (old.os, new.os) == ("linux", "linux")
    assert old.go_build_id is not None
    assert (old.go_build_id.count("/"), old.gnu_build_id) == (3, None)
    assert new.gnu_build_id is not None
    assert old.symbols == []


TARGETS = [
    (15, "linux", "s390x"),
    (15, "windows", "386"),
    (15, "darwin", "amd64"),
    (19, "linux", "mips"),
    (19, "darwin", "arm64"),
    (23, "windows", "amd64"),
    (26, "linux", "ppc64"),
    (27, "linux", "arm64"),
    (27, "darwin", "arm64"),
    (27, "windows", "amd64"),
]


@pytest.mark.toolchain
@pytest.mark.parametrize(("release", "goos", "goarch"), TARGETS)
def test_what_go_says(release: int, goos: str, goarch: str, tmp_path: Path) -> None:
    """`go version -m`, `go tool buildid` and `go tool nm` say the same of programs of any port."""
    case = "nested"
    path = made.compile_sample(release, case, tmp_path, "-ldflags=", goos=goos, goarch=goarch)
    image = open_image(path)
    assert image.arch is not None
    assert (image.os, image.arch.name) == (goos, goarch)
    assert (
        image.go_build_id == go_tools.go(27, tmp_path, "tool", "buildid", str(path)).stdout.strip()
    )
    assert b"main.main\0" in image.debug("info")  # whatever it is packed in
    assert len(image.debug("line")) > 1000
    version = go_tools.go(27, tmp_path, "version", "-m", "-json", str(path))
    said = json.loads(version.stdout)
    assert image.build is not None
    assert image.build.text == said["GoVersion"]
    assert image.build.settings == {s["Key"]: s["Value"] for s in said.get("Settings") or ()}
    listed = go_tools.go(27, tmp_path, "tool", "nm", "-size", str(path)).stdout.splitlines()
    rows = [line.split(None, 3) for line in listed]
    symbols = [
        (int(r[0], 16), r[3]) for r in rows if len(r) == 4 and r[2] in "DdBb" and r[1] != "0"
    ]
    names = Symbols(image, table(image))
    known = [(a, n) for a, n in symbols if "." in n and not n.startswith("runtime.")]
    assert len(known) > 100
    assert [n for a, n in known if names.find(n) != a] == []
    assert [n for a, n in known if names.at(a) not in {(n, 0), *_twins(symbols, a)}] == []


def _twins(symbols: list[tuple[int, str]], address: int) -> list[tuple[str, int]]:
    return [(name, 0) for at, name in symbols if at == address]


# ---------------------------------------------------------------------- damage


def ask_everything(path: Path) -> None:
    """Every public question; none may raise anything but GotraceError."""
    try:
        image = open_image(path)
    except GotraceError:
        return
    _ = image.build, image.os, image.go_build_id, image.gnu_build_id
    for name in ("info", "line", "abbrev"):
        image.debug(name)
    functions = table(image)
    symbols = Symbols(image, functions)
    symbols.find("main.main")
    symbols.dictionaries("main.apply")
    for section in image.sections:
        symbols.at(section.address + 8)
    if functions is None:
        return
    assert set(functions.named(["panic", "main.apply[...]", "main.fail"])) is not None
    _ = functions.prints_words, functions.at(functions.text + 100)
    for function in [f for some in functions.named(NAMES).values() for f in some]:
        for offset in (0, 1, 0x30, 0x74, 1 << 40):
            functions.calls(function, offset)
            functions.marks(function, offset, fault=True)
            functions.printed_marks(function, offset)
            functions.home_is_live(function, offset, 8)
        functions.arguments(function)
    types = runtime_types(functions)
    module = functions.moduledata
    if types is None or module is None:
        return
    for address in range(module.types & ~7, min(module.etypes, module.types + 0x8000), 8):
        types.type_at(address)
        types.itab_at(address)


NAMES = [
    "main.main",
    "main.fail",
    "main.(*point).move",
    "panic",
    "runtime.mallocgc",
    "main.apply[...]",
]


@pytest.mark.parametrize("release", made.SAMPLES)
def test_damaged_files(release: int, tmp_path: Path) -> None:
    """Flipped bits, huge numbers and cut files are answered in bounded time, and never raise."""
    whole = made.sample_bytes(release)
    image = open_image(made.sample(release, tmp_path))
    hot = [(0, 0x400)]  # the headers
    for section in image.sections:
        if section.name in {".gopclntab", ".go.module", ".noptrdata", ".go.buildinfo", ".shstrtab"}:
            hot.append((section.offset, section.offset + section.file_size))
    hot.append((len(whole) - 0x800, len(whole)))  # the section table
    chosen = random.Random(release)
    path = tmp_path / "damaged"
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chosen.choice((1, 3, 40, 2000))):
            start, end = chosen.choice(hot)
            at = chosen.randrange(start, min(end, len(data) - 8))
            match chosen.randrange(3):
                case 0:
                    data[at] ^= 1 << chosen.randrange(8)
                case 1:
                    data[at : at + 4] = b"\xff\xff\xff\x7f"
                case _:
                    data[at : at + 8] = bytes(8)
        if not chosen.randrange(4):
            del data[chosen.randrange(len(data)) :]
        path.write_bytes(data)
        before = time.process_time()
        ask_everything(path)
        assert time.process_time() - before < 10


def test_damaged_symbols(tmp_path: Path) -> None:
    """Symbol tables of the other formats, cut anywhere."""
    sections = [("__text", "__TEXT", 0x1000, 0x80000400, b"code")]
    macho = made.macho_file(sections, [("main.a", 0x1000)])
    pe = made.pe_file([(".text", 0x1000, 0x60000020, b"code")], [("main.aLongName", 1, 0)])
    both = made.universal_file([(0x1000007, macho)])
    for data in (macho, pe, both):
        for end in range(4, len(data)):
            (tmp_path / "cut").write_bytes(data[:end])
            ask_everything(tmp_path / "cut")


def test_the_tool_is_not_needed() -> None:
    """elftools is imported when an ELF file is read, not before."""
    code = "import sys, gotrace.binary.symbols; print('elftools' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
