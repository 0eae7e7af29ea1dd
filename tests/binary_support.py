"""Programs for the tests of the binary reader: real ones, and files written bit by bit."""

from __future__ import annotations

import lzma
import re
import shutil
import struct
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from tests import go_tools

ROOT = Path(__file__).parent.parent
DATA = Path(__file__).parent / "data" / "binaries"
SAMPLES = (15, 27)  # the releases of the stored programs

_CALL = re.compile(r"^((?:[\w./%-]+\.)\S*?|panic)\((\.\.\.|[^()]*)\)$")
_SITE = re.compile(r"^\t(\S+):(\d+)(?: \+0x([0-9a-f]+))?")
_TOKEN = re.compile(r"\{|\}|\.\.\.|_|0x[0-9a-f]+\??")


def sample(release: int, folder: Path) -> Path:
    """The stored stripped program of go1.``release``, unpacked."""
    path = folder / f"mini-go1.{release}"
    path.write_bytes(sample_bytes(release))
    return path


def sample_bytes(release: int) -> bytes:
    return lzma.decompress((DATA / f"mini-go1.{release}.xz").read_bytes())


def sample_trace(release: int) -> str:
    """What it printed."""
    return (DATA / f"mini-go1.{release}.txt").read_text()


def compile_sample(
    release: int, case: str, folder: Path, *flags: str, goos: str = "linux", goarch: str = "amd64"
) -> Path:
    """Build a program of ``samples/``; stripped unless ``flags`` say otherwise."""
    source = folder / f"{case}-src"
    source.mkdir(exist_ok=True)
    for file in (ROOT / "samples" / case / "main.go", ROOT / "samples" / "at.go"):
        shutil.copy(file, source)
    out = folder / f"{case}-{release}-{goos}-{goarch}"
    arguments = flags or ("-ldflags=-s -w",)
    go_tools.build(release, source, "-o", str(out), *arguments, ".", GOOS=goos, GOARCH=goarch)
    return out


def run(path: Path) -> str:
    """What a program prints on both channels."""
    done = subprocess.run([path], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def crash(path: Path) -> str:
    """What a program prints when it crashes. Now and then one of them exits before its trace."""
    for _ in range(5):
        text = run(path)
        if "\ngoroutine " in text:
            break
    return text


class Printed(NamedTuple):
    """A frame as it was printed, split in the plainest way; ``inlined``: calls above it."""

    function: str
    tokens: list[str]
    file: str
    line: int
    offset: int
    inlined: list[tuple[str, str, int]]
    faulted: bool

    @property
    def signs(self) -> list[str]:
        """``v`` for a number, ``v?`` for a marked one, and the signs."""
        return [t if t[0] != "0" else "v?" if t.endswith("?") else "v" for t in self.tokens]


def printed_frames(trace: str) -> list[Printed]:
    found, inlined = [], []
    lines = trace.split("\n")
    faulted = any(line.startswith("[signal ") for line in lines)
    for call, site in pairwise(lines):
        if call.startswith("goroutine "):
            inlined = []
        m, s = _CALL.match(call), _SITE.match(site)
        if not m or not s:
            continue
        if m[2] == "...":
            inlined.append((m[1], s[1], int(s[2])))
        elif s[3] is not None:
            frame = Printed(
                m[1], _TOKEN.findall(m[2]), s[1], int(s[2]), int(s[3], 16), inlined, faulted
            )
            found.append(frame)
            inlined = []
            # The first frame of the program's own is where the signal came from.
            faulted = faulted and m[1].startswith(("runtime.", "panic"))
    return found


# ---------------------------------------------------------------------- files bit by bit


def elf_file(
    sections: list[tuple[str, int, int, int, bytes]],
    *,
    bits: int = 64,
    big: bool = False,
    machine: int = 62,
    kind: int = 2,
) -> bytes:
    """An ELF file of sections (name, sh_type, sh_flags, sh_addr, contents); .shstrtab is added."""
    order = ">" if big else "<"
    word = "Q" if bits == 64 else "I"
    names = b"\0" + b"".join(s[0].encode() + b"\0" for s in sections) + b".shstrtab\0"
    rows = [*sections, (".shstrtab", 3, 0, 0, names)]
    head, row = (64, 64) if bits == 64 else (52, 40)
    body, headers, at = b"", bytes(row), 1
    for index, (name, sh_type, flags, address, data) in enumerate(rows):
        layout = f"{order}II{word}{word}{word}{word}II{word}{word}"
        link = index + 2 if sh_type == 2 else 0  # a symbol table's names follow it
        headers += struct.pack(
            layout, at, sh_type, flags, address, head + len(body), len(data), link, 0, 1, 0
        )
        body += data
        at += len(name) + 1
    ident = b"\x7fELF" + bytes([2 if bits == 64 else 1, 2 if big else 1, 1, 0]) + bytes(8)
    layout = f"{order}HHI{word}{word}{word}IHHHHHH"
    table = head + len(body)
    header = struct.pack(
        layout, kind, machine, 1, 0, 0, table, 0, head, 0, 0, row, len(rows) + 1, len(rows)
    )
    return ident + header + body + headers


def macho_file(
    sections: list[tuple[str, str, int, int, bytes]],
    symbols: list[tuple[str, int]] = (),  # type: ignore[assignment]
    *,
    wide: bool = True,
    cpu: int = 0x1000007,
    flags: int = 0,
) -> bytes:
    """A Mach-O file, one segment for each section (section, segment, address, flags, contents)."""
    word = "Q" if wide else "I"
    head, command, row = (32, 72, 80) if wide else (28, 56, 68)
    start = head + len(sections) * (command + row) + 24
    body, commands = b"", b""
    for name, segment, address, kind, data in sections:
        where = start + len(body)
        protection = 5 if segment == "__TEXT" else 3
        commands += struct.pack(
            f"<II16s{word}{word}{word}{word}IIII",
            0x19 if wide else 1, command + row, segment.encode(), address, len(data), where,
            len(data), protection, protection, 1, 0,
        )  # fmt: skip
        commands += struct.pack(
            f"<16s16s{word}{word}IIIIIII" + ("I" if wide else ""),
            name.encode()[:16], segment.encode(), address, len(data), where, 0, 0, 0, kind, 0, 0,
            *((0,) if wide else ()),
        )  # fmt: skip
        body += data
    names, entries = b"\0", b""
    for name, value in symbols:
        entries += struct.pack(f"<IBBH{word}", len(names), 0x0F, 1, 0, value)
        names += b"_" + name.encode() + b"\0"
    where = start + len(body)
    commands += struct.pack("<IIIIII", 2, 24, where, len(symbols), where + len(entries), len(names))
    magic = 0xFEEDFACF if wide else 0xFEEDFACE
    header = struct.pack("<IIIIIII", magic, cpu, 3, 2, len(sections) + 1, len(commands), flags)
    return header.ljust(head, b"\0") + commands + body + entries + names


def universal_file(slices: list[tuple[int, bytes]]) -> bytes:
    """A universal Mach-O file of (cpu, slice)."""
    header = struct.pack(">II", 0xCAFEBABE, len(slices))
    at = len(header) + 20 * len(slices)
    body = b""
    for cpu, data in slices:
        header += struct.pack(">IIIII", cpu, 3, at + len(body), len(data), 0)
        body += data
    return header + body


def pe_file(
    sections: list[tuple[str, int, int, bytes]],
    symbols: list[tuple[str, int, int]] = (),  # type: ignore[assignment]
    *,
    wide: bool = True,
    machine: int = 0x8664,
    base: int = 0x140000000,
) -> bytes:
    """A PE file of sections (name, address, flags, contents) and symbols (name, section, value)."""
    strings = b""

    def spelled(name: str, long: bytes) -> bytes:
        nonlocal strings
        if len(name) <= 8:
            return name.encode().ljust(8, b"\0")
        at = 4 + len(strings)
        strings += name.encode() + b"\0"
        return (b"/%d" % at).ljust(8, b"\0") if long == b"/" else struct.pack("<II", 0, at)

    optional = struct.pack("<HBBIIIII", 0x20B if wide else 0x10B, 0, 0, 0, 0, 0, 0, 0)
    optional += struct.pack("<Q", base) if wide else struct.pack("<II", 0, base)
    optional = optional.ljust(70, b"\0") + struct.pack("<H", 0x40)
    optional = optional.ljust(240 if wide else 224, b"\0")
    start = 64 + 24 + len(optional) + 40 * len(sections)
    rows, body = b"", b""
    for name, address, flags, data in sections:
        rows += spelled(name, b"/") + struct.pack(
            "<IIIIIIHHI", len(data), address, len(data), start + len(body), 0, 0, 0, 0, flags
        )
        body += data
    table = b"".join(
        spelled(name, b"") + struct.pack("<IhHBB", value, number, 0, 2, 0)
        for name, number, value in symbols
    )
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack(
        "<HHIIIHH", machine, len(sections), 0, start + len(body), len(symbols), len(optional), 2
    )
    tail = table + struct.pack("<I", 4 + len(strings)) + strings
    return dos + coff + optional + rows + body + tail
