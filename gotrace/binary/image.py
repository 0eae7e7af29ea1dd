"""A program file as sections in memory.

    open_image(path) → Image: architecture, sections, bytes by address, debug sections, build ids

Three readers know the formats (:mod:`~gotrace.binary.elf`, ``macho``, ``pe``); nothing above this
module asks which one it was. Addresses are those the linker gave. What a damaged file lacks is
None or empty; only a file that is no program at all is an error.
"""

from __future__ import annotations

import mmap
import os
import stat
import struct
import zlib
from bisect import bisect_right
from functools import cached_property

from gotrace.arch import ARCHES, Arch
from gotrace.binary import buildinfo, elf, macho, pe
from gotrace.binary.buildinfo import Build
from gotrace.binary.container import Container, Section, Symbol
from gotrace.binary.view import CorruptError, View
from gotrace.errors import GotraceError, UnreadableFileError
from gotrace.patterns import lazy_pattern

__all__ = ["Image", "Section", "open_image"]

LARGEST_INFLATED = 1 << 29
_MOST_INFLATION = 1032  # deflate's best ratio: what claims more is damaged
_ZLIB = 1  # ch_type ELFCOMPRESS_ZLIB
_MACHO_NAME = 16  # bytes of a section name
_TEXT_START = 1 << 15
_RELOCATED = (".data.rel.ro", ".gopclntab", ".go.type", ".go.func", ".typelink", ".itablink")
_OS_FILE = lazy_pattern(
    rb"[/\0]runtime/os_(linux|windows|darwin|freebsd|netbsd|openbsd|dragonfly|aix|plan9|solaris)\.go\0"
)


class Image:
    """One program file, mapped. ``arch`` and ``os`` are None where the file does not tell."""

    def __init__(self, path: str, data: memoryview, container: Container) -> None:
        self.path = path
        self.format = container.format
        self.arch: Arch | None = ARCHES.get(container.arch or "")
        self.word_size = container.word_size
        self.big_endian = container.big_endian
        self.pie = container.pie
        self.sections = container.sections
        self._data = data
        self._container = container
        self._inflated: dict[str, bytes] = {}

    # ------------------------------------------------------------------ bytes

    def section(self, name: str) -> Section | None:
        """The first section of that name."""
        return next((s for s in self.sections if s.name == name), None)

    def contents(self, section: Section) -> memoryview:
        """What the file has of a section; not copied, not inflated."""
        return self._data[section.offset : section.offset + section.file_size]

    def view(self, section: Section) -> View:
        """The same, to read numbers from."""
        return View(self.contents(section), self.word_size, self.big_endian)

    def at(self, address: int) -> tuple[Section, int] | None:
        """The loaded section at an address, and how far into it the address lies."""
        starts, loaded = self._loaded
        i = bisect_right(starts, address) - 1
        if i < 0 or address >= loaded[i].address + loaded[i].size:
            return None
        return loaded[i], address - loaded[i].address

    def read(self, address: int, size: int) -> bytes | None:
        """``size`` bytes at a link address; None unless the file has them all."""
        found = self.at(address)
        if found is None or size < 0:
            return None
        section, offset = found
        if offset + size > section.file_size:
            return None
        start = section.offset + offset
        return bytes(self._data[start : start + size])

    def read_up_to(self, address: int, size: int) -> bytes:
        """As many of ``size`` bytes as the section's part of the file has."""
        found = self.at(address)
        if found is None:
            return b""
        section, offset = found
        start = section.offset + offset
        return bytes(self._data[start : start + max(0, min(size, section.file_size - offset))])

    def pointer(self, address: int) -> int | None:
        """The pointer at an address, as the loader will leave it, at link addresses."""
        if address in self._relocations:
            return self._relocations[address]
        raw = self.read(address, self.word_size)
        return None if raw is None else int.from_bytes(raw, "big" if self.big_endian else "little")

    def relocated_to(self, target: int) -> list[int]:
        """Where the loader will write the address ``target``."""
        return [at for at, value in self._relocations.items() if value == target]

    @cached_property
    def _relocations(self) -> dict[int, int]:
        try:
            return self._container.relocations() if self.pie else {}
        except CorruptError:
            return {}

    @cached_property
    def _loaded(self) -> tuple[list[int], list[Section]]:
        loaded = sorted((s for s in self.sections if s.address and s.size), key=lambda s: s.address)
        return [s.address for s in loaded], loaded

    def region(self, address: int) -> str | None:
        """``text``, ``rodata``, ``data`` (what the program can write), None outside of all.

        What only the loader writes (relocated constants) is ``rodata``.
        """
        found = self.at(address)
        if found is None:
            return None
        section, _ = found
        if section.executable:
            return "text"
        return "data" if section.writable and not section.name.startswith(_RELOCATED) else "rodata"

    # ------------------------------------------------------------------ debug sections

    def debug(self, name: str) -> bytes:
        """The debug section ``name`` (``info``, ``line_str``), inflated; empty where absent."""
        if name not in self._inflated:
            self._inflated[name] = self._debug(name)
        return self._inflated[name]

    def _debug(self, name: str) -> bytes:
        lead = "__" if self.format == "macho" else "."
        cut = _MACHO_NAME if self.format == "macho" else None
        plain = self.section(f"{lead}debug_{name}"[:cut])
        if plain is not None:
            return self._plain(plain)
        packed = self.section(f"{lead}zdebug_{name}"[:cut])
        return b"" if packed is None else _unpacked_zlib_header(self.contents(packed))

    def _plain(self, section: Section) -> bytes:
        if not section.compressed:
            return bytes(self.contents(section))
        # Elf64_Chdr: type, reserved, size, align; Elf32_Chdr: type, size, align.
        header = 24 if self.word_size == 8 else 12
        try:
            view = self.view(section)
            kind, size = view.u32(0), view.word(self.word_size)
            return _inflate(view.data[header:], size) if kind == _ZLIB else b""
        except CorruptError:
            return b""

    # ------------------------------------------------------------------ what the file tells

    @cached_property
    def build(self) -> Build | None:
        """What ``go build`` wrote into it (since go1.13)."""
        names = (".go.buildinfo", "__go_buildinfo")
        own = [s for s in self.sections if s.name in names]
        for section in own or [s for s in self.sections if s.writable and s.file_size]:
            found = buildinfo.read_build(self.view(section), self.read)
            if found is not None:
                return found
        return None

    @cached_property
    def os(self) -> str | None:
        """GOOS: from the build settings, the format, or the runtime's file names."""
        if self.build and "GOOS" in self.build.settings:
            return self.build.settings["GOOS"]
        if self._container.os:
            return self._container.os
        table = self.section(".gopclntab") or self.section(".data.rel.ro.gopclntab")
        match = _OS_FILE.search(self.contents(table)) if table else None
        return match[1].decode() if match else None

    @property
    def go_build_id(self) -> str | None:
        """The id that ``go tool buildid`` prints."""
        if self._notes[0]:
            return self._notes[0]
        text = next((s for s in self.sections if s.executable), None)
        return (
            buildinfo.build_id_in_text(bytes(self.contents(text)[:_TEXT_START])) if text else None
        )

    @property
    def gnu_build_id(self) -> str | None:
        """The linker's build id, in hex."""
        return self._notes[1]

    @property
    def telling_ids(self) -> tuple[str | None, str | None]:
        """Both ids, None where another build may have the same."""
        return buildinfo.telling_ids(self.go_build_id, self.gnu_build_id)

    @cached_property
    def _notes(self) -> tuple[str | None, str | None]:
        return buildinfo.notes(self.view(s) for s in self.sections if s.name.startswith(".note"))

    @cached_property
    def symbols(self) -> list[Symbol]:
        """The file's symbol table as it is; empty in stripped files."""
        try:
            return self._container.symbols()
        except CorruptError:
            return []


def _unpacked_zlib_header(data: memoryview) -> bytes:
    """``ZLIB``, the size as eight bytes (big-endian always), then the deflated bytes."""
    if bytes(data[:4]) != b"ZLIB" or len(data) < 12:
        return bytes(data)
    return _inflate(data[12:], struct.unpack(">Q", data[4:12])[0])


def _inflate(data: memoryview, size: int) -> bytes:
    if not 0 < size <= min(LARGEST_INFLATED, _MOST_INFLATION * (len(data) + 1)):
        return b""
    try:
        return zlib.decompressobj().decompress(data, size)
    except zlib.error:
        return b""


# ---------------------------------------------------------------------- opening


def open_image(path: str | os.PathLike[str]) -> Image:
    """Map a program file.

    Errors: GotraceError where it cannot be read or is no ELF, Mach-O or PE file.
    """
    name = os.fspath(path)
    data = _mapped(name)
    reader = next((r for magics, r in _READERS if bytes(data[:4]).startswith(magics)), None)
    if reader is None:
        hint = "give the program itself: the file that `go build` wrote, not an archive of it"
        raise GotraceError(f"{name} is no program: neither ELF nor Mach-O nor PE", hint)
    try:
        return Image(name, data, reader(data))
    except CorruptError as error:
        hint = "it may be cut off or damaged; `file` and `go version -m` tell what others see"
        raise GotraceError(f"{name} cannot be read: {error}", hint) from error


_READERS = (
    ((elf.MAGIC,), elf.read),
    (macho.MAGICS, macho.read),
    ((pe.MAGIC,), pe.read),
)


def _without_waiting(path: str, flags: int) -> int:
    """A named pipe is no program: nobody waits for its other end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _mapped(path: str) -> memoryview:
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise GotraceError(f"{path} is no file", "give the program's file")
            if not status.st_size:
                raise GotraceError(f"{path} is empty", "build the program again")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        hint = "check the path and its permissions"
        raise UnreadableFileError(f"cannot read {path}: {reason}", hint) from error
