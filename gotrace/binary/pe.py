"""PE: sections, with the image base added to their addresses, and COFF symbols.

Source: the structures of debug/pe (go1.27.3), Microsoft's PE/COFF specification.
"""

from __future__ import annotations

from functools import partial

from gotrace.binary.container import Container, Section, Symbol, clipped, with_sizes
from gotrace.binary.view import CorruptError, View

MAGIC = b"MZ"
_MOST_SECTIONS = 4096
_ARCHES = {0x8664: "amd64", 0x14C: "386", 0x1C0: "arm", 0x1C4: "arm", 0xAA64: "arm64"}
_EXECUTE, _WRITE, _BSS = 0x20000000, 0x80000000, 0x80
_PE32, _PE32_PLUS = 0x10B, 0x20B
_DYNAMIC_BASE, _RELOCS_STRIPPED = 0x40, 0x1
_DEBUG = (".debug", ".zdebug")


def read(data: memoryview) -> Container:
    """The sections of a PE file.

    Errors: CorruptError where the headers make no sense.
    """
    view = View(data, 4, False)
    start = view.u32(0x3C)
    if bytes(view.slice(start, 4)) != b"PE\0\0":
        raise CorruptError("a DOS program")
    machine, count = view.u16(start + 4), view.u16(start + 6)
    symbols_at, symbol_count = view.numbers(start + 12, 2, 4)
    optional_size, traits = view.u16(start + 20), view.u16(start + 22)
    optional = start + 24
    magic = view.u16(optional) if optional_size >= 72 else 0
    if magic not in {_PE32, _PE32_PLUS} or count > _MOST_SECTIONS:
        raise CorruptError("not an executable file")
    wide = magic == _PE32_PLUS
    base = view.numbers(optional + 24, 1, 8)[0] if wide else view.u32(optional + 28)
    pie = bool(view.u16(optional + 70) & _DYNAMIC_BASE) and not traits & _RELOCS_STRIPPED
    strings = symbols_at + 18 * symbol_count if symbols_at else 0
    view = View(data, 8 if wide else 4, False)
    sections = tuple(
        _section(view, optional + optional_size + 40 * i, base, strings) for i in range(count)
    )
    return Container(
        "pe",
        _ARCHES.get(machine),
        "windows",
        view.word_size,
        False,
        pie,
        sections,
        partial(_symbols, view, symbols_at, symbol_count, sections),
    )


def _section(view: View, at: int, base: int, strings: int) -> Section:
    # Name[8], VirtualSize, VirtualAddress, SizeOfRawData, PointerToRawData, …, Characteristics
    name = bytes(view.slice(at, 8)).rstrip(b"\0")
    size, address, raw, offset = view.numbers(at + 8, 4, 4)
    traits = view.u32(at + 36)
    if name.startswith(b"/") and name[1:].isdigit() and strings:
        text = _string(view, strings, int(name[1:]))
    else:
        text = name.decode("utf-8", "replace")
    size = size or raw
    backed = 0 if traits & _BSS and not raw else clipped(offset, min(raw, size), len(view))
    return Section(
        text,
        0 if text.startswith(_DEBUG) else base + address,
        size,
        offset,
        backed,
        bool(traits & _WRITE),
        bool(traits & _EXECUTE),
    )


def _string(view: View, strings: int, offset: int) -> str:
    try:
        return view.text(strings + offset)
    except CorruptError:
        return ""


def _symbols(view: View, start: int, count: int, sections: tuple[Section, ...]) -> list[Symbol]:
    """Those that lie in a section."""
    if not start:
        return []
    strings = start + 18 * count
    count = clipped(start, 18 * count, len(view)) // 18
    found: list[Symbol] = []
    skip = 0
    for name, value, number, _, _, extra in view.records("8sIhHBB", start, count):
        if skip:
            skip -= 1
            continue
        skip = extra
        if not 0 < number <= len(sections) or not sections[number - 1].address:
            continue
        if name[:4] == b"\0\0\0\0":
            text = _string(view, strings, int.from_bytes(name[4:], "little"))
        else:
            text = name.rstrip(b"\0").decode("utf-8", "replace")
        if text:
            found.append(Symbol(text, sections[number - 1].address + value, 0))
    return with_sizes(found, sections)
