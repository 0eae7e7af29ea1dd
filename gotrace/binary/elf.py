"""ELF: the file header and the section table, through pyelftools; nothing else of it is used.

Reading debug information with it costs 25 µs an entry, and it keeps them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

from gotrace.binary.container import Container, Section, Symbol, clipped
from gotrace.binary.view import LONGEST_NAME, CorruptError, View

MAGIC = b"\x7fELF"
MOST_SECTIONS = 1 << 14
_WRITE, _ALLOC, _EXECUTE, _TLS, _COMPRESSED = 0x1, 0x2, 0x4, 0x400, 0x800  # sh_flags
_SEGMENT_EXECUTE, _SEGMENT_WRITE = 1, 2  # p_flags
_NO_SYMBOL_TYPES = {3, 4}  # STT_SECTION, STT_FILE

# e_machine, word size and byte order to GOARCH (cmd/link/internal/ld/elf.go, debug/elf).
_MACHINES = {
    (62, 8, False): "amd64",
    (3, 4, False): "386",
    (40, 4, False): "arm",
    (183, 8, False): "arm64",
    (8, 4, True): "mips",
    (8, 4, False): "mipsle",
    (8, 8, True): "mips64",
    (8, 8, False): "mips64le",
    (21, 8, True): "ppc64",
    (21, 8, False): "ppc64le",
    (243, 8, False): "riscv64",
    (258, 8, False): "loong64",
    (22, 8, True): "s390x",
}
# EI_OSABI. Linux and others are 0: their notes tell, or nothing does.
_SYSTEMS = {2: "netbsd", 3: "linux", 6: "solaris", 9: "freebsd", 12: "openbsd"}
_NOTES = {
    ".note.netbsd.ident": "netbsd",
    ".note.openbsd.ident": "openbsd",
    ".note.android.ident": "android",
    ".note.ABI-tag": "linux",
}


def read(data: memoryview) -> Container:
    """The sections of an ELF file.

    Errors: CorruptError where the headers make no sense.
    """
    try:
        return _read(data)
    except CorruptError:
        raise
    except Exception as error:  # pyelftools does not say what it raises, and none of it may leave
        raise CorruptError(f"its headers cannot be read ({error})") from error


def _read(data: memoryview) -> Container:
    from elftools.elf.elffile import ELFFile  # noqa: PLC0415 - costs 40 ms and more

    elf = ELFFile(BytesIO(bytes(data[:64])))
    view = View(data, elf.elfclass // 8, not elf.little_endian)
    header = elf.header
    if header["e_type"] == "ET_CORE":
        raise CorruptError("it is a core file, not the program")
    rows = list(_section_headers(elf, view))
    sections = tuple(_sections(rows, view)) or tuple(_segments(elf, view))
    return Container(
        "elf",
        _MACHINES.get((view.u16(18), view.word_size, view.big_endian)),
        _system(data[7], sections),
        view.word_size,
        view.big_endian,
        header["e_type"] == "ET_DYN",
        sections,
        partial(_symbols, view, rows),
        partial(_relocations, view, rows),
    )


def _system(osabi: int, sections: tuple[Section, ...]) -> str | None:
    notes = (_NOTES[s.name] for s in sections if s.name in _NOTES)
    return next(notes, None) or _SYSTEMS.get(osabi)


def _table(view: View, elf: Any, prefix: str, count: int) -> Iterator[Any]:
    """The headers of sections (``e_sh…``) or segments (``e_ph…``)."""
    from elftools.common.utils import struct_parse  # noqa: PLC0415

    layout = elf.structs.Elf_Shdr if prefix == "e_sh" else elf.structs.Elf_Phdr
    start, size = elf.header[f"{prefix}off"], elf.header[f"{prefix}entsize"]
    if not start or size < layout.sizeof():
        return
    stream = BytesIO(bytes(view.slice(start, size * count)))
    for i in range(count):
        yield struct_parse(layout, stream, i * size)


def _section_headers(elf: Any, view: View) -> Iterator[Any]:
    header = elf.header
    count = header["e_shnum"]
    if not count and header["e_shoff"]:  # more than 65279: the first header has the number
        count = next(_table(view, elf, "e_sh", 1))["sh_size"]
    if count > MOST_SECTIONS:
        raise CorruptError(f"{count} sections")
    rows = list(_table(view, elf, "e_sh", count))
    index = header["e_shstrndx"]
    if not rows or index >= len(rows):
        return
    names = _strings(view, rows[index])
    for row in rows:
        row.name = _name(names, row["sh_name"])
        yield row


def _strings(view: View, row: Any) -> bytes:
    start = row["sh_offset"]
    return bytes(view.data[start : start + clipped(start, row["sh_size"], len(view))])


def _name(strings: bytes, offset: int) -> str:
    end = strings.find(b"\0", offset, offset + LONGEST_NAME)
    return strings[offset:end].decode("utf-8", "replace") if end >= 0 else ""


def _sections(rows: list[Any], view: View) -> Iterator[Section]:
    for row in rows:
        if row["sh_type"] == "SHT_NULL":
            continue
        flags, size, offset = row["sh_flags"], row["sh_size"], row["sh_offset"]
        empty = row["sh_type"] == "SHT_NOBITS"
        # A section without contents of thread-local data takes no addresses.
        mapped = bool(flags & _ALLOC) and not (empty and flags & _TLS)
        yield Section(
            row.name,
            row["sh_addr"] if mapped else 0,
            size,
            offset,
            0 if empty else clipped(offset, size, len(view)),
            bool(flags & _WRITE),
            bool(flags & _EXECUTE),
            bool(flags & _COMPRESSED),
        )


def _segments(elf: Any, view: View) -> Iterator[Section]:
    """Where there is no section table the loaded segments stand for it."""
    for row in _table(view, elf, "e_ph", elf.header["e_phnum"]):
        if row["p_type"] == "PT_LOAD":
            flags, offset = row["p_flags"], row["p_offset"]
            yield Section(
                "",
                row["p_vaddr"],
                row["p_memsz"],
                offset,
                clipped(offset, row["p_filesz"], len(view)),
                bool(flags & _SEGMENT_WRITE),
                bool(flags & _SEGMENT_EXECUTE),
            )


def _symbols(view: View, rows: list[Any]) -> list[Symbol]:
    """The entries of .symtab; damaged ones are left out."""
    table = next((row for row in rows if row["sh_type"] == "SHT_SYMTAB"), None)
    if table is None or table["sh_link"] >= len(rows):
        return []
    names = _strings(view, rows[table["sh_link"]])
    start = table["sh_offset"]
    size = clipped(start, table["sh_size"], len(view))
    # st_name, st_value, st_size, st_info, st_other, st_shndx; in another order on 64 bits.
    layout, entry = ("IBBHQQ", 24) if view.word_size == 8 else ("IIIBBH", 16)
    found = []
    for row in view.records(layout, start, size // entry):
        if view.word_size == 8:
            name, info, _, index, value, length = row
        else:
            name, value, length, info, _, index = row
        if index and info & 15 not in _NO_SYMBOL_TYPES:
            found.append(Symbol(_name(names, name), value, length))
    return found


def _relocations(view: View, rows: list[Any]) -> dict[int, int]:
    """What the loader adds its base to (R_…_RELATIVE: without a symbol) and SHT_RELA tables tell.

    SHT_REL and RELR tables need no answer: the file has the words themselves.
    """
    found: dict[int, int] = {}
    size = 3 * view.word_size
    for row in rows:
        if row["sh_type"] == "SHT_RELA" and row["sh_flags"] & _ALLOC:
            start = row["sh_offset"]
            count = clipped(start, row["sh_size"], len(view)) // size
            numbers = view.words(start, 3 * count)
            places = zip(numbers[0::3], numbers[1::3], numbers[2::3], strict=True)
            no_symbol = 1 << (32 if view.word_size == 8 else 8)
            found.update((at, value) for at, info, value in places if info < no_symbol)
    return found
