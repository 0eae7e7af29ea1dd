"""The formats of Go's function table, and the record of one function.

Source: runtime/symtab.go pcHeader, runtime/runtime2.go _func (go1.15.15, go1.19.8, go1.27.3);
cmd/link/internal/ld/pcln.go.
"""

from __future__ import annotations

from gotrace.binary import moduledata
from gotrace.binary.moduledata import Words
from gotrace.binary.view import View
from gotrace.tuples import NamedTuple


class Inlined(NamedTuple):
    """An entry of an inline tree: its size, and where the name and the pc in the caller stand."""

    size: int
    name: int
    parent_pc: int


class Format(NamedTuple):
    """``since`` is the first minor release that wrote it.

    ``text_offsets``: code is given as 32-bit offsets from the start of code, and function data as
    offsets from one symbol. ``fields`` are the 32-bit fields between a record's entry and its last
    four bytes. ``inline_tree`` is the index of that function data, ``inlined`` its entries.
    ``marks_at_call``: where calls are inlined, tracebacks print the marks that hold where the
    outermost of them begins, not those at the pc.
    """

    since: int
    header_words: int
    text_offsets: bool
    fields: int
    inline_tree: int
    inlined: Inlined
    marks_at_call: bool
    words: Words


# parent, funcID, file, line, function, parentPc; then funcID, function, parentPc, startLine.
_PARENTS, _PLAIN = Inlined(20, 12, 16), Inlined(16, 4, 8)
# By the magic number, which also tells the byte order. Before go1.12 the inline tree had other
# indices; such programs show no inlined calls.
FORMATS = {
    0xFFFFFFFB: Format(2, 1, False, 7, 4, _PARENTS, False, moduledata.BEFORE_16),
    0xFFFFFFFA: Format(16, 7, False, 8, 3, _PARENTS, False, moduledata.SINCE_16),
    0xFFFFFFF0: Format(18, 8, True, 8, 3, _PARENTS, True, moduledata.SINCE_18),
    0xFFFFFFF1: Format(20, 8, True, 9, 3, _PLAIN, False, moduledata.SINCE_20),
}


class Header(NamedTuple):
    """Where the parts of a table lie, from its start. ``text`` is 0 where it does not say.

    The entries of ``number`` functions are at ``entries``; their records count from ``base``.
    """

    format: Format
    quantum: int
    number: int
    text: int
    names: int
    units: int
    files: int
    pctab: int
    entries: int
    base: int


class Function(NamedTuple):
    """A function as the table has it; ``end`` is where the next one starts.

    ``args`` are the bytes of its arguments on the stack (before go1.17 with the results, None where
    the assembler was not told). ``start_line`` is that of its declaration (since go1.20). The rest
    are places in the table.
    """

    name: str
    entry: int
    end: int
    args: int | None
    start_line: int | None
    func_id: int
    pcfile: int
    pcln: int
    unit: int
    pcdata: tuple[int, ...]
    funcdata: int
    funcdata_count: int


def read_header(view: View) -> Header | None:
    """The header at the start of ``view``; None where it makes no sense.

    Errors: CorruptError.
    """
    layout = FORMATS.get(view.u32(0))
    quantum, word = view.u8(6), view.u8(7)
    if layout is None or view.u16(4) or quantum not in {1, 2, 4} or word != view.word_size:
        return None
    numbers = view.words(8, layout.header_words)
    count = numbers[0]
    if layout.since < 16:
        start = 8 + word
        header = Header(layout, quantum, count, 0, 0, 0, 0, 0, start, 0)
        files = start + count * 2 * word + word
        view.slice(start, count * 2 * word + word)
        header = header._replace(files=view.u32(files))
    else:
        text = numbers[2] if layout.text_offsets else 0
        names, units, files, pctab, entries = numbers[-5:]
        header = Header(layout, quantum, count, text, names, units, files, pctab, entries, entries)
        size = 4 if layout.text_offsets else word
        view.slice(entries, count * 2 * size + size)
    in_order = header.names <= header.files <= header.pctab <= header.entries < len(view)
    return header if count and (layout.since < 16 or in_order) else None


def read_function(view: View, header: Header, start: int, end: int, record: int) -> Function:
    """The function whose code is from ``start`` to ``end`` and whose record is at ``record``.

    Errors: CorruptError.
    """
    layout = header.format
    at = record + (4 if layout.text_offsets else view.word_size)
    fields = view.numbers(at, layout.fields, 4)
    at += 4 * layout.fields
    name, args, _, _, pcfile, pcln, pcdata_count = fields[:7]
    unit = fields[7] if layout.fields > 7 else 0
    func_id, _, _, funcdata_count = view.slice(at, 4)
    at += 4
    pcdata = view.numbers(at, pcdata_count, 4)
    args -= (args & 0x80000000) << 1
    return Function(
        view.text(header.names + name),
        start,
        end,
        args if args >= 0 else None,
        fields[8] if layout.fields > 8 else None,
        func_id,
        pcfile,
        pcln,
        unit,
        pcdata,
        at + 4 * pcdata_count,
        funcdata_count,
    )


def printed_name(name: str) -> str:
    """``name`` as a traceback prints it: `[...]` for type arguments.

    Source: runtime/traceback.go funcNamePiecesForPrint (go1.27.3:747); a generic method of a
    generic type has two lists, ``(*L[...]).Map[...]`` (since go1.27).
    """
    if name == "runtime.gopanic":
        return "panic"
    first, last = name.find("["), name.rfind("]")
    if first < 0 or last <= first:
        return name
    depth, middle = 0, ""
    close = None
    for i in range(first, last + 1):
        if name[i] == "[":
            if depth == 0 and close is not None:
                middle = f"{name[close + 1 : i]}[...]"
                break
            depth += 1
        elif name[i] == "]":
            depth -= 1
            if depth == 0:
                close = i
    return f"{name[:first]}[...]{middle}{name[last + 1 :]}"
