"""The data file: every declaration of the standard library, packed by package.

``declarations.bin`` is written by ``tools/stdlib.py``::

    16 bytes  GOTRACE-STDLIB-1
     4 bytes  size of the index, little-endian      4 bytes  size of the dictionary
    the index, zlib:  the releases; the ports; the sets of worlds, hexadecimal; then a line for each
                      package: import path, name, sizes of its three blocks
    the dictionary, zlib: what the blocks of functions and types were deflated with
    the blocks, deflated, in the order of the index: functions, types, lines

A *world* is a release on a port; a set of worlds is an integer, bit ``port * len(releases) +
release``. A block of functions is lines of text, as is one of types:

    rand=crypto/rand,rand·2=math/rand          the packages that it names, and how
    \\x01file.go  or  \\x01home/package/file.go   of this file is what follows
    (*conn).serve<tab>c|ctx context.Context|<tab>17   name, receiver|parameters|results|flags, set
    conn<tab>struct{server *.Server}<tab>3            a type: name, underlying type, set

:mod:`gotrace.stdlib.typetext` reads the types, :mod:`gotrace.stdlib.lines` the block of lines.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

from gotrace.errors import GotraceError
from gotrace.tuples import NamedTuple

FILE = os.path.join(os.path.dirname(__file__), "declarations.bin")
MAGIC = b"GOTRACE-STDLIB-1"


FUNCTIONS, TYPES, LINES = range(3)  # the blocks of a package


class Entry(NamedTuple):
    """A package: its name, and where its blocks start and end."""

    name: str
    bounds: tuple[int, int, int, int]


class Function(NamedTuple):
    """A declaration as it is stored. ``record`` is its place among those of its ``file`` (which
    has ``home``'s path where a linkname gave it to this package), ``section`` the file's place.
    """

    name: str
    text: str
    worlds: int
    home: str
    file: str
    section: int
    record: int


class Block:
    """The text of functions or types of one package."""

    def __init__(self, path: str, name: str, data: bytes) -> None:
        self.path = path
        self.name = name
        self.data = data
        end = data.find(b"\n")
        pairs = (pair.partition("=") for pair in data[:end].decode().split(",") if pair)
        self.packages = {short: path for short, _, path in pairs}


class Store:
    """The file, opened; blocks are inflated when they are asked for and the latest are kept."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        if data[:16] != MAGIC:
            raise GotraceError(
                f"{FILE} is not the standard library's data",
                hint="install gotrace again",
            )
        sizes = [int.from_bytes(data[i : i + 4], "little") for i in (16, 20)]
        start = 24 + sizes[0]
        index = zlib.decompress(data[24:start]).decode().split("\n")
        self._data = data
        self._dictionary = zlib.decompress(data[start : start + sizes[1]])
        self.releases = tuple(map(int, index[0].split()))
        self.ports = tuple(index[1].split())
        self._sets = index[2].split()
        self.packages = _entries(index[3:], start + sizes[1])
        self.block = lru_cache(maxsize=64)(self._block)
        self.functions = lru_cache(maxsize=4096)(self._functions)

    @property
    def everywhere(self) -> int:
        """All worlds."""
        return (1 << len(self.releases) * len(self.ports)) - 1

    def worlds(self, releases: Iterable[int], ports: Iterable[str] | None = None) -> int:
        """The set of these releases on these ports (None: on all)."""
        columns = sum(1 << self.releases.index(r) for r in releases if r in self.releases)
        wanted = self.ports if ports is None else ports
        return sum(columns << self.ports.index(p) * len(self.releases) for p in wanted)

    def releases_of(self, worlds: int) -> tuple[int, ...]:
        """The releases in a set of worlds, in order."""
        return tuple(r for r in self.releases if worlds & self.worlds((r,)))

    def ports_of(self, worlds: int) -> tuple[str, ...]:
        """The ports in a set of worlds."""
        return tuple(p for p in self.ports if worlds & self.worlds(self.releases, (p,)))

    def like(self, os: str | None, arch: str | None) -> tuple[str, ...]:
        """The ports that speak for this one: itself, else those of its system, else those of its
        architecture, else all."""
        pairs = [(port, *port.split("/")) for port in self.ports]
        same = tuple(p for p, o, a in pairs if os in {None, o} and arch in {None, a})
        system = tuple(p for p, o, _ in pairs if o == os)
        kindred = tuple(p for p, _, a in pairs if a == arch)
        return same or system or kindred or self.ports

    def set_of(self, number: str) -> int:
        """The set of worlds with this number."""
        return int(self._sets[int(number)], 16)

    def inflate(self, path: str, part: int) -> bytes:
        """The bytes of one block; empty for a package that is not here."""
        entry = self.packages.get(path)
        if entry is None:
            return b""
        data = self._data[entry.bounds[part] : entry.bounds[part + 1]]
        return zlib.decompressobj(-15, self._dictionary).decompress(data)

    def _block(self, path: str, part: int) -> Block | None:
        entry = self.packages.get(path)
        return Block(path, entry.name, self.inflate(path, part)) if entry else None

    def _functions(self, path: str, name: str) -> tuple[Function, ...]:
        """The declarations of a function; ``name`` is what is printed behind the package."""
        block = self.block(path, FUNCTIONS)
        if block is None:
            return ()
        data = block.data
        return tuple(self._function(data, at) for at in _starts(data, name))

    def _function(self, data: bytes, at: int) -> Function:
        name, text, number = data[at : data.find(b"\n", at)].decode().split("\t")
        head = data.rfind(b"\n\x01", 0, at)
        first = data.find(b"\n", head + 1) + 1
        home, _, file = data[head + 2 : first - 1].decode().rpartition("/")
        section = data.count(b"\n\x01", 0, head + 1)
        record = data.count(b"\n", first, at)
        return Function(name, text, self.set_of(number), home, file, section, record)

    def types(self, path: str, name: str) -> tuple[tuple[str, str, int], ...]:
        """The declarations of a type: its parameters, its underlying type, the worlds."""
        block = self.block(path, TYPES)
        if block is None:
            return ()
        data = block.data
        found = []
        for at in (*_starts(data, name), *_starts(data, name, b"[")):
            head, text, number = data[at : data.find(b"\n", at)].decode().split("\t")
            found.append((head[len(name) + 1 : -1], text, self.set_of(number)))
        return tuple(found)


def _starts(data: bytes, name: str, behind: bytes = b"\t") -> list[int]:
    """Where the lines start that begin with ``name``."""
    if "\n" in name or "\t" in name:
        return []
    wanted = b"\n" + name.encode("utf-8", "surrogateescape") + behind
    found, at = [], data.find(wanted)
    while at >= 0:
        found.append(at + 1)
        at = data.find(wanted, at + 1)
    return found


def _entries(lines: Sequence[str], start: int) -> dict[str, Entry]:
    entries = {}
    for line in lines:
        path, name, *sizes = line.split(" ")
        a, b, c = map(int, sizes)
        entries[path] = Entry(name, (start, start + a, start + a + b, start + a + b + c))
        start += a + b + c
    return entries


def open_store(path: str = FILE) -> Store:
    """Open the file; only its index is read. GotraceError where it is missing or damaged."""
    try:
        with open(path, "rb") as file:
            return Store(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError, zlib.error) as error:
        raise GotraceError(
            f"cannot read the standard library's data: {error}", hint="install gotrace again"
        ) from error
