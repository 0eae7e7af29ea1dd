"""Go's function table: every function's name, code, lines, inlined calls and printed arguments.

    table(image) → FunctionTable: named(), at(), calls(), arguments(), marks()

The runtime prints its tracebacks from it, so it is there in a stripped program. Names are those of
the linker; what a traceback prints of them is :func:`~gotrace.binary.function.printed_name`. What
is damaged is None or left out.

Source: runtime/symtab.go (go1.15.15, go1.19.8, go1.27.3), debug/gosym/pclntab.go (go1.27.3).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from gotrace.binary import funcdata, moduledata
from gotrace.binary.calls import CallSite, CodeLines, Place, calls_at, code_lines
from gotrace.binary.funcdata import ArgToken, Skipped
from gotrace.binary.function import FORMATS, Function, Header, read_function, read_header
from gotrace.binary.functionnames import Names
from gotrace.binary.image import Image
from gotrace.binary.moduledata import Moduledata
from gotrace.binary.view import CorruptError, View

__all__ = ["ArgToken", "CallSite", "Function", "FunctionTable", "Skipped", "table"]

_SECTIONS = (".gopclntab", ".data.rel.ro.gopclntab", "__gopclntab")
_MOST_PLACES = 1 << 12
_MOST_KEPT = 1 << 16
_Key = TypeVar("_Key")
_Told = TypeVar("_Told")


def table(image: Image) -> FunctionTable | None:
    """The function table of a Go program; None where it has none."""
    for _, (address, view) in zip(range(_MOST_PLACES), _places(image), strict=False):
        try:
            header = read_header(view)
            if header is not None:
                return FunctionTable(image, address, view, header)
        except CorruptError:
            continue
    return None


def _places(image: Image) -> Iterator[tuple[int, View]]:
    """Where a function table may start: its own section, else wherever its first bytes stand."""
    for name in _SECTIONS:
        section = image.section(name)
        if section is not None:
            yield section.address, image.view(section)
    order = ">I" if image.big_endian else "<I"
    starts = [struct.pack(order, magic) + b"\0\0" for magic in FORMATS]
    for section in sorted(image.sections, key=lambda s: (s.executable, s.writable)):
        if not section.address or not section.file_size:
            continue
        view = image.view(section)
        data = bytes(view.data)
        for start in starts:
            position = data.find(start)
            while position >= 0:
                if not position % 4:
                    yield section.address + position, view.of(view.data[position:])
                position = data.find(start, position + 1)


class FunctionTable:
    """One program's functions."""

    def __init__(self, image: Image, address: int, view: View, header: Header) -> None:
        self.image = image
        self.address = address
        self.word_size = image.word_size
        self._view = view
        self._header = header
        self._names = Names(view, header)
        # A dump asks for the same places over and over.
        self._calls: dict[tuple[int, int], tuple[CallSite, ...]] = {}
        self._arguments: dict[int, tuple[ArgToken, ...] | None] = {}
        self._marks: dict[tuple[int, int, Skipped | None], tuple[bool, ...] | None] = {}
        self._ever_live: dict[tuple[int, int], bool | None] = {}
        size = 4 if header.format.text_offsets else view.word_size
        # Pairs of code address and record; one more address is the end of the last function.
        numbers = view.numbers(header.entries, 2 * header.number + 1, size)
        self._pcs: Sequence[int] = numbers[0::2]
        self._records = numbers[1::2]
        if (
            image.pie and not header.format.text_offsets and not numbers[0]
        ):  # the loader fills them in
            step, start = 2 * size, address + header.entries
            self._pcs = [image.pointer(start + i * step) or 0 for i in range(header.number + 1)]

    def __len__(self) -> int:
        return self._header.number

    # ------------------------------------------------------------------ the program

    @cached_property
    def moduledata(self) -> Moduledata | None:
        """Where the program keeps its types and code; None where it cannot be found."""
        header = self._header
        names = self.address + header.names if header.names else 0
        return moduledata.find(self.image, self.address, names, header.format.words)

    @cached_property
    def text(self) -> int:
        """The address that offsets of code count from."""
        if not self._header.format.text_offsets:
            return 0
        if self._header.text:
            return self._header.text
        if self.moduledata is not None:  # since go1.26, or where the loader fills it in
            return self.moduledata.text
        section = next((s for s in self.image.sections if s.executable), None)
        return section.address if section else 0

    @cached_property
    def prints_words(self) -> bool:
        """Whether the program's tracebacks print raw words (until go1.16)."""
        since = self._header.format.since
        if since != 16:
            return since < 16
        return not any(f.funcdata_count > funcdata.ARG_INFO for f in self.functions())

    # ------------------------------------------------------------------ functions

    def named(self, functions: Iterable[str]) -> dict[str, tuple[Function, ...]]:
        """The functions that a traceback prints as these names, in the order of their code.

        ``[...]`` stands for every instantiation; ``panic`` is runtime.gopanic. A name that no
        function has gets an empty tuple.
        """
        return {name: tuple(self._with_name(name)) for name in dict.fromkeys(functions)}

    def _with_name(self, name: str) -> Iterator[Function]:
        places = self._names.places(name)
        for i in sorted({i for place in places for i in self._at_place(place)}):
            function = self._function(i)
            if function is not None:
                yield function

    def _at_place(self, place: int) -> list[int]:
        """The functions whose name stands at a place of the table."""
        last, others = self._by_place
        return [*others.get(place, ()), last[place]] if place in last else []

    @cached_property
    def _by_place(self) -> tuple[dict[int, int], dict[int, list[int]]]:
        """The last function with each place, and those before it: nearly all names are unique."""
        places = self._names.of_records(self._records)
        last = dict(zip(places, range(len(places)), strict=True))
        others: dict[int, list[int]] = {}
        if len(last) < len(places):
            for i, place in enumerate(places):
                if last[place] != i:
                    others.setdefault(place, []).append(i)
        return last, others

    def at(self, address: int) -> Function | None:
        """The function that has its code at ``address``."""
        pc = address - self.text
        i = bisect_right(self._pcs, pc, 0, self._header.number) - 1
        if i < 0 or pc >= self._pcs[i + 1]:
            return None
        return self._function(i)

    def functions(self) -> Iterator[Function]:
        """All of them, in the order of their code."""
        found = (self._function(i) for i in range(self._header.number))
        return (function for function in found if function is not None)

    def _function(self, i: int) -> Function | None:
        start, end = self._pcs[i] + self.text, self._pcs[i + 1] + self.text
        record = self._header.base + self._records[i]
        try:
            return read_function(self._view, self._header, start, end, record)
        except CorruptError:
            return None

    # ------------------------------------------------------------------ one place in a function

    def calls(
        self, function: Function, offset: int, *, fault: bool = False
    ) -> tuple[CallSite, ...]:
        """The calls where a frame stands at ``+offset``: inlined ones first, ``function`` last.

        The offset is that of a return address, ``fault`` that of an instruction that faulted.
        Empty where the table is damaged.
        """
        key = function.entry, _instruction(offset, fault)
        return _once(self._calls, key, lambda: calls_at(self._place(function), key[1]), ())

    def code_lines(self, function: Function) -> CodeLines | None:
        """Where the function stands in its source; None where the table is damaged."""
        try:
            return code_lines(self._place(function))
        except CorruptError:
            return None

    def arguments(self, function: Function) -> tuple[ArgToken, ...] | None:
        """What a traceback prints of the function's arguments (since go1.17): for each number its
        offset and size; None where the table does not say (then it prints none)."""
        known, key = self._arguments, function.entry
        return _once(known, key, lambda: funcdata.arguments(self._place(function)), None)

    def marks(
        self,
        function: Function,
        offset: int,
        *,
        fault: bool = False,
        skipped: Skipped | None = None,
    ) -> tuple[bool, ...] | None:
        """Whether each number that is printed there was in its place, in printed order.

        This is not what Go prints: in generic functions its marks are shifted. True is proven; None
        means that nothing is known. Parameters without a name are not written before go1.22,
        whatever this says. ``skipped``: slots that Go does not print, where the caller knows.
        """
        key = function.entry, _instruction(offset, fault), skipped
        return _once(
            self._marks, key, lambda: funcdata.marks(self._place(function), key[1], skipped), None
        )

    def printed_marks(
        self, function: Function, offset: int, *, fault: bool = False
    ) -> tuple[bool, ...] | None:
        """The marks as Go prints them there: False is `?`."""
        try:
            return funcdata.printed_marks(self._place(function), _instruction(offset, fault))
        except CorruptError:
            return None

    def home_is_live(
        self, function: Function, offset: int, slot: int, *, fault: bool = False
    ) -> bool | None:
        """Whether the collector takes the argument word at offset ``slot`` for a live pointer.

        It tells what marks do not since go1.26: a large parameter that is never used.
        Source: runtime/stkframe.go getStackMap (go1.27.3).
        """
        try:
            place = self._place(function)
            return funcdata.home_is_live(place, _instruction(offset, fault), slot)
        except CorruptError:
            return None

    def home_is_ever_live(self, function: Function, slot: int) -> bool | None:
        """Whether the collector follows the argument word at ``slot`` anywhere in the function."""
        key = function.entry, slot
        return _once(
            self._ever_live, key, lambda: funcdata.home_is_ever_live(self._place(function), slot),
            None,
        )  # fmt: skip

    def _place(self, function: Function) -> Place:
        gofunc = self.moduledata.gofunc if self.moduledata else 0
        return Place(self.image, self._view, self._header, function, self.address, gofunc)


def _once(known: dict[_Key, _Told], key: _Key, ask: Callable[[], _Told], damaged: _Told) -> _Told:
    """What was asked before is told again; not all of it where ever more is asked."""
    try:
        return known[key]
    except KeyError:
        pass
    try:
        told = ask()
    except CorruptError:
        told = damaged
    if len(known) >= _MOST_KEPT:
        known.clear()
    known[key] = told
    return told


def _instruction(offset: int, fault: bool) -> int:
    """A return address belongs to the call before it."""
    return offset if fault else max(offset - 1, 0)
