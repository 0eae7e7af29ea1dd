"""Make ``gotrace/stdlib/declarations.bin`` from real Go toolchains.

``python tools/stdlib.py [--check] [--root FOLDER] [--only PACKAGE]``. FOLDER (or GOTRACE_GO_ROOT)
holds a folder for each release (``1.15`` … ``1.27``) with a GOROOT somewhere inside. With each the
program in ``tools/stdlib/`` is built and run; what it prints is merged over releases and ports and
written as ``gotrace/stdlib/store.py`` reads it. The same toolchains give the same bytes.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "gotrace" / "stdlib" / "declarations.bin"
GENERATOR = ROOT / "tools" / "stdlib"
RELEASES = (15, 19, 21, 22, 23, 24, 25, 26, 27)
# The first of a system and of an architecture speaks for those of its kind that are not here.
PORTS = (
    "linux/amd64", "linux/386", "linux/arm64", "linux/arm", "linux/s390x", "linux/ppc64le",
    "linux/riscv64", "linux/loong64", "linux/mips64le", "linux/mips", "windows/amd64",
    "windows/arm64", "darwin/arm64", "darwin/amd64", "freebsd/amd64", "openbsd/amd64",
    "js/wasm",
)  # fmt: skip
VARIANTS = ("linux/amd64+cgo+race",)  # merged into linux/amd64: files that these tags choose
MAGIC = b"GOTRACE-STDLIB-1"
# used and address of each letter of the generator's flags (tools/stdlib/uses.go)
FLAGS = {"a": "10", "b": "1?", "c": "00", "d": "?0", "e": "??"}
LETTERS = {meaning: letter for letter, meaning in FLAGS.items()} | {"0?": "e"}


class Record(NamedTuple):
    """A declaration as it stands in one file, for all releases and ports that have it so."""

    name: str
    text: str  # receiver|parameters|results
    worlds: dict[tuple[int, int], None]
    flags: list[str]
    lines: dict[int, tuple[int, int]]  # by release


class Package:
    """What all releases say of one package: records by file, types by name and text."""

    def __init__(self) -> None:
        self.name = ""
        self.files: dict[str, dict[tuple[str, str], Record]] = {}
        self.types: dict[tuple[str, str], dict[tuple[int, int], None]] = {}


class Declarations:
    """All packages, filled release by release."""

    def __init__(self) -> None:
        self.packages: dict[str, Package] = {}
        self.names: dict[str, str] = {}

    def add(self, release: int, lines: Iterable[str]) -> None:
        """Take in what the generator printed with one release's toolchain."""
        port, path = 0, ""
        for line in lines:
            kind, *rest = line.rstrip("\n").split("\t")
            if kind == "V":
                port = PORTS.index(rest[0])
            elif kind == "P":
                path = rest[0]
                self.package(path).name = self.names[path] = rest[1]
            elif kind == "I":
                self.names[rest[0]] = rest[1]
            elif kind == "T":
                head = rest[0] + (f"[{rest[1]}]" if rest[1] else "")
                self.package(path).types.setdefault((head, rest[2]), {})[release, port] = None
            else:
                self._function(path, (release, port), rest)

    def package(self, path: str) -> Package:
        """The package of this path, an empty one at first."""
        return self.packages.setdefault(path, Package())

    def _function(self, path: str, world: tuple[int, int], rest: list[str]) -> None:
        name, file, first, last, flags, owner, receiver, params, results = rest
        if owner:  # a linkname gives it to another package
            file = f"{path}/{file}"
        text = "|".join((_receiver(name, receiver), params, results))
        records = self.package(owner or path).files.setdefault(file, {})
        record = records.setdefault((name, text), Record(name, text, {}, [], {}))
        record.worlds[world] = None
        record.flags.append(flags or "a" * _count(receiver, params))
        record.lines.setdefault(world[0], (int(first), int(last)))


def _count(receiver: str, params: str) -> int:
    return bool(receiver) + (len(split_list(params)) if params else 0)


def _receiver(name: str, receiver: str) -> str:
    """The receiver's name; its type too where the function's name does not give it."""
    if not receiver:
        return ""
    variable, _, written = receiver.partition(" ")
    base = re.sub(r"`[^`]*`", "", written)
    plain = name.rpartition(".")[0].strip("()")
    return (variable or "_") if base == plain else receiver


def split_list(text: str) -> list[str]:
    """Split at ``;`` outside of brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if c == ";" and not depth:
            parts.append(text[start:i])
            start = i + 1
    return [*parts, text[start:]]


def merged_flags(flags: Iterable[str]) -> str:
    """What all of them say: letter by letter, what differs is not known."""
    different = set(flags)
    if "x" in different:
        return "x"
    columns = zip(*different, strict=True)
    letters = ""
    for column in columns:
        used, address = (
            "".join(sorted(set(side))) for side in zip(*map(FLAGS.__getitem__, column), strict=True)
        )
        letters += LETTERS[
            (used if len(used) == 1 else "?") + (address if len(address) == 1 else "?")
        ]
    return letters if set(letters) - {"a"} else ""


# ---------------------------------------------------------------------- text of the blocks


class Masks:
    """Numbers the sets of worlds, the commonest first."""

    def __init__(self, sets: Iterable[Iterable[tuple[int, int]]]) -> None:
        counted = Counter(map(mask, sets))
        self.order = sorted(counted, key=lambda m: (-counted[m], m))
        self.number = {m: i for i, m in enumerate(self.order)}


def mask(worlds: Iterable[tuple[int, int]]) -> int:
    """A bit for each release of each port."""
    bits = 0
    for release, port in worlds:
        bits |= 1 << (port * len(RELEASES) + RELEASES.index(release))
    return bits


class Qualifiers:
    """Short names of packages in one block: ``.`` its own, ``rand``, ``rand\u00b72`` …"""

    def __init__(self, path: str, names: dict[str, str], texts: Iterable[str]) -> None:
        used = sorted({m for text in texts for m in re.findall(r"`([^`]*)`", text)} - {path})
        self.short = {path: "."}
        seen: Counter[str] = Counter()
        for other in used:
            name = names[other]
            seen[name] += 1
            self.short[other] = name + (f"\u00b7{seen[name]}" if seen[name] > 1 else "") + "."
        self.header = ",".join(f"{self.short[p][:-1]}={p}" for p in used)

    def shorten(self, text: str) -> str:
        """Types as the block writes them."""
        return re.sub(r"`([^`]*)`", lambda m: self.short[m[1]], text)


def in_order(records: Iterable[Record]) -> list[Record]:
    """By line in the newest release; those that only older ones have behind what they followed."""
    order: list[Record] = []
    placed: set[int] = set()
    every = list(records)
    for release in reversed(RELEASES):
        at = 0
        for record in sorted(
            (r for r in every if release in r.lines), key=lambda r: (*r.lines[release], r.name)
        ):
            if id(record) in placed:
                at = next(i for i, r in enumerate(order) if r is record) + 1
            else:
                order.insert(at, record)
                placed.add(id(record))
                at += 1
    return order


def function_block(path: str, package: Package, names: dict[str, str], masks: Masks) -> bytes:
    """Names, signatures and worlds, by file."""
    texts = [r.text for records in package.files.values() for r in records.values()]
    short = Qualifiers(path, names, texts)
    lines = [short.header]
    for file, records in sorted(package.files.items()):
        lines.append("\x01" + file)
        for r in in_order(records.values()):
            text = short.shorten(r.text)
            flags = merged_flags(r.flags)
            number = masks.number[mask(r.worlds)]
            lines.append(f"{r.name}\t{text}{'|' + flags if flags else ''}\t{number}")
    return ("\n".join(lines) + "\n").encode()


def type_block(path: str, package: Package, names: dict[str, str], masks: Masks) -> bytes:
    """Names, underlying types and worlds."""
    short = Qualifiers(path, names, [text for _, text in package.types])
    lines = [short.header]
    for (head, text), worlds in sorted(package.types.items()):
        lines.append(f"{head}\t{short.shorten(text)}\t{masks.number[mask(worlds)]}")
    return ("\n".join(lines) + "\n").encode()


# ---------------------------------------------------------------------- lines


def line_block(package: Package) -> bytes:
    """For each file its length in bytes, then for each release from the newest on, of the records
    that it has: how far each starts behind the one before, and how many lines it is long; both
    less what the next newer release says of that record."""
    out = bytearray()
    for _, records in sorted(package.files.items()):
        part = bytearray()
        newer: dict[int, tuple[int, int]] = {}
        ordered = in_order(records.values())
        for release in reversed(RELEASES):
            starts, lengths = bytearray(), bytearray()
            before = 0
            for record in (r for r in ordered if release in r.lines):
                first, last = record.lines[release]
                step, length = first - before, last - first
                old = newer.get(id(record), (0, 0))
                starts += varint(zigzag(step - old[0]))
                lengths += varint(zigzag(length - old[1]))
                newer[id(record)] = (step, length)
                before = first
            part += starts + lengths
        out += varint(len(part)) + part
    return bytes(out)


def zigzag(n: int) -> int:
    """Small for what is near 0, on either side."""
    return n << 1 if n >= 0 else (-n << 1) - 1


def varint(n: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes([*out, n])


# ---------------------------------------------------------------------- the file


def packed(declarations: Declarations) -> bytes:
    """The whole file. ``gotrace/stdlib/store.py`` describes it."""
    packages = sorted(declarations.packages.items())
    names = declarations.names
    masks = Masks(
        worlds
        for _, p in packages
        for worlds in (
            *(r.worlds for records in p.files.values() for r in records.values()),
            *p.types.values(),
        )
    )
    blocks = [
        (
            path,
            (
                function_block(path, p, names, masks),
                type_block(path, p, names, masks),
                line_block(p),
            ),
        )
        for path, p in packages
    ]
    dictionary = common([raw for _, parts in blocks for raw in parts[:2]])
    body = bytearray()
    index = [" ".join(map(str, RELEASES)), " ".join(PORTS), " ".join(f"{m:x}" for m in masks.order)]
    for path, parts in blocks:
        sizes = []
        for raw in parts:
            data = deflated(raw, dictionary)
            sizes.append(len(data))
            body += data
        name = declarations.packages[path].name or path.rpartition("/")[2]
        index.append(f"{path} {name} {' '.join(map(str, sizes))}")
    head = zlib.compress("\n".join(index).encode(), 9)
    shared = zlib.compress(dictionary, 9)
    sizes_of = len(head).to_bytes(4, "little") + len(shared).to_bytes(4, "little")
    return MAGIC + sizes_of + head + shared + bytes(body)


def deflated(raw: bytes, dictionary: bytes) -> bytes:
    """A block as it is stored."""
    c = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, dictionary)
    return c.compress(raw) + c.flush()


def common(blocks: list[bytes]) -> bytes:
    """Up to 32 KB of what stands in many blocks, the commonest last, where it is cheapest."""
    found: Counter[bytes] = Counter()
    for raw in blocks:
        found.update({piece for line in raw.split(b"\n") for piece in line.split(b"\t")[1:2]})
        found.update({piece for line in raw.split(b"\n") for piece in line.split(b"\t")[:1]})
    worth = sorted(
        (p for p in found if found[p] > 2 and len(p) > 3),
        key=lambda p: (found[p] * len(p), p),
        reverse=True,
    )
    taken, size = [], 0
    for piece in worth:
        if size + len(piece) + 1 > 32000:
            break
        taken.append(piece)
        size += len(piece) + 1
    return b"\n".join(reversed(taken))


# ---------------------------------------------------------------------- toolchains


def goroots(folder: Path) -> dict[int, Path]:
    """The GOROOT of each release in ``folder``."""
    found = {}
    for release in RELEASES:
        tools = sorted((folder / f"1.{release}").glob("**/bin/go"))
        if not tools:
            sys.exit(f"{folder} has no Go 1.{release}")
        found[release] = tools[0].parent.parent
    return found


def declared(goroot: Path, only: str = "") -> Iterator[str]:
    """What the generator prints with this toolchain."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "stdlib"
        environment = {
            **os.environ, "GOROOT": str(goroot), "GO111MODULE": "off", "CGO_ENABLED": "0",
            "GOTOOLCHAIN": "local", "GOFLAGS": "",
        }  # fmt: skip
        go = str(goroot / "bin" / "go")
        listed = subprocess.run(
            [go, "tool", "dist", "list"], env=environment, check=True, capture_output=True
        )
        there = set(listed.stdout.decode().split())
        ports = [p for p in (*PORTS, *VARIANTS) if p.partition("+")[0] in there]
        subprocess.run(
            [go, "build", "-o", program, "."], cwd=GENERATOR, env=environment, check=True
        )
        command: list[str | Path] = [
            program,
            "-goroot",
            goroot,
            "-only",
            only,
            "-ports",
            ",".join(ports),
        ]
        with (Path(folder) / "out").open("w+", encoding="utf-8") as out:
            subprocess.run(command, stdout=out, env=environment, check=True)
            out.seek(0)
            yield from out


def made(folder: Path, only: str = "") -> bytes:
    """The file's contents, from the toolchains in ``folder``."""
    declarations = Declarations()
    for release, goroot in goroots(folder).items():
        declarations.add(release, declared(goroot, only))
    return packed(declarations)


def main() -> None:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", default=os.environ.get("GOTRACE_GO_ROOT", ""))
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args()
    if not options.root:
        sys.exit("--root or GOTRACE_GO_ROOT must name the folder of toolchains")
    data = made(Path(options.root))
    if options.check:
        sys.exit(0 if TARGET.read_bytes() == data else f"{TARGET} is not what the toolchains give")
    TARGET.write_bytes(data)
    print(f"{TARGET}: {len(data)} bytes")


if __name__ == "__main__":
    main()
