"""Mach-O: sections, symbols; of a universal file the slice that Go wrote.

Source: the structures of <mach-o/loader.h>, as debug/macho/macho.go (go1.27.3) has them.
"""

from __future__ import annotations

from functools import partial

from gotrace.binary.container import Container, Section, Symbol, clipped, with_sizes
from gotrace.binary.view import CorruptError, View
from gotrace.tuples import NamedTuple

_FAT, _FAT64 = b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"
_THIN = {
    b"\xcf\xfa\xed\xfe": (8, False),
    b"\xce\xfa\xed\xfe": (4, False),
    b"\xfe\xed\xfa\xcf": (8, True),
    b"\xfe\xed\xfa\xce": (4, True),
}
MAGICS = (_FAT, _FAT64, *_THIN)
_MOST_SLICES = 32
_MOST_COMMANDS = 4096
_SEGMENT, _SYMTAB, _SEGMENT64, _BUILD_VERSION = 0x1, 0x2, 0x19, 0x32  # LC_…
_VERSION_MIN = {0x24: "darwin", 0x25: "ios"}
_PLATFORMS = {1: "darwin", 2: "ios", 7: "ios"}
_PIE, _DYLIB, _BUNDLE = 0x200000, 6, 8
_SECT_TYPE, _ZEROFILL = 0xFF, {0x1, 0xC, 0x12}
_CODE = 0x80000400  # S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS
_WRITE, _READ_ONLY = 2, 0x10  # VM_PROT_WRITE; SG_READ_ONLY: the loader takes writing away
_STAB, _TYPE, _IN_SECTION = 0xE0, 0x0E, 0x0E
_ARCHES = {
    (7, False): "386",
    (7, True): "amd64",
    (12, False): "arm",
    (12, True): "arm64",
}
_GO_SECTIONS = {"__gopclntab", "__go_buildinfo"}


class _Parts(NamedTuple):
    sections: list[Section]
    system: str | None
    symtab: tuple[int, int, int, int] | None  # symoff nsyms stroff strsize


def read(data: memoryview) -> Container:
    """The sections of a Mach-O file, or of the best slice of a universal one.

    Errors: CorruptError where the headers make no sense.
    """
    head = bytes(data[:4])
    if head in _THIN:
        return _thin(data, 0, len(data))
    slices = []
    for offset, size in _slices(View(data, 8, True), head == _FAT64):
        try:
            slices.append(_thin(data, offset, size))
        except CorruptError:
            continue
    go = [c for c in slices if _GO_SECTIONS & {s.name for s in c.sections}]
    if not slices:
        raise CorruptError("no slice of it is a Mach-O file")
    return (go or slices)[0]


def _slices(view: View, wide: bool) -> list[tuple[int, int]]:
    count = view.u32(4)
    if count > _MOST_SLICES:  # Java class files begin with the same bytes
        raise CorruptError("neither a universal file nor a program")
    rows = view.records("IIQQII" if wide else "IIIII", 8, count)
    return [(row[2], row[3]) for row in rows]


def _thin(data: memoryview, base: int, size: int) -> Container:
    if not 0 <= base <= len(data):
        raise CorruptError("a slice beyond the end")
    data = data[: base + clipped(base, size, len(data))]
    kind = _THIN.get(bytes(data[base : base + 4]))
    if kind is None:
        raise CorruptError("a slice that is no Mach-O file")
    view = View(data, *kind)
    cpu, _, filetype, commands, _, flags = view.numbers(base + 4, 6, 4)
    parts = _commands(view, base, commands)
    arch = _ARCHES.get((cpu & 0xFFFFFF, bool(cpu >> 24)))
    pie = bool(flags & _PIE) or filetype in {_DYLIB, _BUNDLE}
    return Container(
        "macho",
        arch,
        parts.system or "darwin",
        view.word_size,
        view.big_endian,
        pie,
        tuple(parts.sections),
        partial(_symbols, view, base, parts),
    )


def _commands(view: View, base: int, count: int) -> _Parts:
    offset = base + (32 if view.word_size == 8 else 28)
    sections: list[Section] = []
    system = symtab = None
    for _ in range(min(count, _MOST_COMMANDS)):
        command, size = view.numbers(offset, 2, 4)
        if command in {_SEGMENT, _SEGMENT64}:
            sections += _segment(view, offset, base, 8 if command == _SEGMENT64 else 4)
        elif command == _SYMTAB:
            one, two, three, four = view.numbers(offset + 8, 4, 4)
            symtab = (one, two, three, four)
        elif command == _BUILD_VERSION:
            system = _PLATFORMS.get(view.u32(offset + 8))
        elif command in _VERSION_MIN:
            system = _VERSION_MIN[command]
        if size < 8:
            raise CorruptError("a load command without a size")
        offset += size
    return _Parts(sections, system, symtab)


def _segment(view: View, offset: int, base: int, wide: int) -> list[Section]:
    # cmd, cmdsize, segname[16], vmaddr, vmsize, fileoff, filesize, maxprot, initprot, nsects, flags
    name = _name(view, offset + 8)
    _, protection, count, flags = view.numbers(offset + 24 + 4 * wide, 4, 4)
    constant = bool(flags & _READ_ONLY) or name == "__DATA_CONST"
    writable = bool(protection & _WRITE) and not constant
    start, size = offset + 40 + 4 * wide, 80 if wide == 8 else 68
    view.slice(start, count * size)
    found = []
    for at in range(start, start + count * size, size):
        # sectname[16], segname[16], addr, size, offset, align, reloff, nreloc, flags
        address, length = view.numbers(at + 32, 2, wide)
        rest = view.numbers(at + 32 + 2 * wide, 5, 4)
        where = base + rest[0]
        empty = rest[4] & _SECT_TYPE in _ZEROFILL
        found.append(
            Section(
                _name(view, at),
                0 if name == "__DWARF" else address,
                length,
                where,
                0 if empty else clipped(where, length, len(view)),
                writable,
                bool(rest[4] & _CODE),
            )
        )
    return found


def _name(view: View, offset: int) -> str:
    return bytes(view.slice(offset, 16)).split(b"\0", 1)[0].decode("utf-8", "replace")


def _symbols(view: View, base: int, parts: _Parts) -> list[Symbol]:
    """Those that lie in a section."""
    if parts.symtab is None:
        return []
    where, count, strings_at, strings_size = parts.symtab
    strings_at += base
    strings = bytes(view.data[strings_at : strings_at + strings_size])
    layout, entry = ("IBBHQ", 16) if view.word_size == 8 else ("IBBHI", 12)
    count = min(count, clipped(base + where, count * entry, len(view)) // entry)
    rows: list[Symbol] = []
    for name, kind, _, _, value in view.records(layout, base + where, count):
        end = strings.find(b"\0", name)
        if not kind & _STAB and kind & _TYPE == _IN_SECTION and end > name:
            # The assembler's underscore stands in front of every name.
            text = strings[name:end].removeprefix(b"_").decode("utf-8", "replace")
            rows.append(Symbol(text, value, 0))
    return with_sizes(rows, parts.sections)
