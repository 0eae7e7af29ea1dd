"""What stands at a program counter: file, line, and the calls inlined there.

Source: runtime/symtab.go funcline1, runtime/symtabinl.go (go1.27.3), runtime/traceback.go
gentraceback (go1.19.8).
"""

from __future__ import annotations

from gotrace.binary.function import Function, Header, printed_name
from gotrace.binary.image import Image
from gotrace.binary.pctables import runs, value_at
from gotrace.binary.view import CorruptError, View
from gotrace.tuples import NamedTuple

INLINE_INDEX = 2  # PCDATA_InlTreeIndex
_MOST_INLINED = 64
_NONE = 0xFFFFFFFF


class CallSite(NamedTuple):
    """A function, as tracebacks print it, and where in its source it stands."""

    name: str
    file: str
    line: int


class CodeLines(NamedTuple):
    """Where a function stands in its source: its file, the line of its declaration (None before
    go1.20), and the lines of its own code, what was inlined into it left out."""

    file: str
    start: int | None
    lines: frozenset[int]


class Place(NamedTuple):
    """A function in a table, which lies at the address ``table``. ``gofunc``: of moduledata."""

    image: Image
    view: View
    header: Header
    function: Function
    table: int
    gofunc: int

    def value(self, start: int, offset: int) -> int:
        """The value of a pc table at ``offset`` bytes into the function."""
        header, size = self.header, self.function.end - self.function.entry
        return value_at(self.view.data[header.pctab :], start, header.quantum, offset, size)

    def pcdata(self, index: int, offset: int) -> int:
        """PCDATA ``index`` there; -1 where there is none."""
        tables = self.function.pcdata
        return self.value(tables[index], offset) if index < len(tables) else -1

    def funcdata(self, index: int) -> int:
        """Where FUNCDATA ``index`` of the function lies; 0 where it has none."""
        function = self.function
        if index >= function.funcdata_count:
            return 0
        if self.header.format.text_offsets:
            offset = self.view.u32(function.funcdata + 4 * index)
            return self.gofunc + offset if self.gofunc and offset != _NONE else 0
        start = self.table + function.funcdata
        start += -start % self.view.word_size
        return self.image.pointer(start + self.view.word_size * index) or 0

    def file(self, number: int) -> str:
        """The file that the tables call ``number``."""
        view, header = self.view, self.header
        if number < 0:
            return "?"
        if header.format.since < 16:
            return view.text(view.u32(header.files + 4 * number))
        offset = view.u32(header.units + 4 * (self.function.unit + number))
        return "?" if offset == _NONE else view.text(header.files + offset)

    def line(self, offset: int) -> tuple[str, int]:
        """File and line at ``offset`` bytes into the function."""
        line = self.value(self.function.pcln, offset)
        return self.file(self.value(self.function.pcfile, offset)), line

    def name(self, offset: int) -> str:
        """The printed name at ``offset`` in the table of names."""
        return printed_name(self.view.text(self.header.names + offset))


def calls_at(place: Place, offset: int) -> tuple[CallSite, ...]:
    """The calls at ``offset``, innermost first.

    Errors: CorruptError.
    """
    return tuple(CallSite(name, *place.line(at)) for name, at in _nested(place, offset))


def outermost(place: Place, offset: int) -> int:
    """The offset at which the function itself stands for the call inlined at ``offset``.

    Errors: CorruptError.
    """
    return _nested(place, offset)[-1][1]


def code_lines(place: Place) -> CodeLines:
    """Where the function stands in its source.

    Errors: CorruptError.
    """
    file, _ = place.line(_nested(place, 0)[-1][1])
    lines = {line for number, line in _own(place) if line > 0 and place.file(number) == file}
    return CodeLines(file, place.function.start_line, frozenset(lines))


def _own(place: Place) -> set[tuple[int, int]]:
    """Numbers of files, and lines, of a function's code, what was inlined into it left out."""
    function, size = place.function, place.function.end - place.function.entry
    tree = place.funcdata(place.header.format.inline_tree)
    index = function.pcdata[INLINE_INDEX] if tree and len(function.pcdata) > INLINE_INDEX else 0
    table = place.view.data[place.header.pctab :]
    changes = sorted(
        (offset, column, value)
        for column, start in enumerate((function.pcfile, function.pcln, index))
        for offset, value in runs(table, start, place.header.quantum, size)
    )
    own: set[tuple[int, int]] = set()
    now = [-1, -1, -1]
    for i, (offset, column, value) in enumerate(changes):
        now[column] = value
        whole = i + 1 == len(changes) or changes[i + 1][0] != offset
        if whole and now[2] < 0:
            own.add((now[0], now[1]))
    return own


def _nested(place: Place, offset: int) -> list[tuple[str, int]]:
    """The inlined calls and the function, each with the offset that tells its line."""
    found: list[tuple[str, int]] = []
    layout = place.header.format.inlined
    tree = place.funcdata(place.header.format.inline_tree)
    index = place.pcdata(INLINE_INDEX, offset) if tree else -1
    while index >= 0 and len(found) < _MOST_INLINED:
        entry = _entry(place, tree + layout.size * index, layout.size)
        found.append((place.name(entry.i32(layout.name)), offset))
        offset = entry.i32(layout.parent_pc)
        index = place.pcdata(INLINE_INDEX, offset)
    return [*found, (printed_name(place.function.name), offset)]


def _entry(place: Place, address: int, size: int) -> View:
    raw = place.image.read(address, size)
    if raw is None:
        raise CorruptError("an inline tree outside of the file")
    return place.view.of(raw)
