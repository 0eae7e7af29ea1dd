"""The entries of .debug_info, read where they are asked for.

Nothing is indexed: an entry is found by its name, which Go writes into the entry itself
(DW_FORM_string, always the first attribute), or by the offset that another entry gives. A name that
stands in the middle of something else is found, too: whoever asks must check what the entry says.

Source: DWARF 4 and 5 section 7.5.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Literal

from gotrace.binary import dwarf_forms as forms
from gotrace.binary.dwarf_forms import Abbreviation, Widths, uleb
from gotrace.binary.dwarf_units import Unit, read_units
from gotrace.binary.view import CorruptError
from gotrace.tuples import NamedTuple

_MOST_HITS = 1 << 13
_DEEPEST = 64

Value = int | bytes


class Entry(NamedTuple):
    """An entry with its attributes: numbers, texts and blocks; references are offsets.

    ``end`` is where what follows it starts: its first child, or the entry behind it.
    """

    unit: Unit
    offset: int
    tag: int
    children: bool
    attributes: dict[int, Value]
    end: int

    def text(self, attribute: int) -> str:
        """A text; empty where there is none."""
        value = self.attributes.get(attribute)
        return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else ""

    def number(self, attribute: int) -> int | None:
        """A number; None where there is none."""
        value = self.attributes.get(attribute)
        return value if isinstance(value, int) else None


class Entries:
    """Reads entries. Everything raises CorruptError where the bytes make no sense."""

    def __init__(self, debug: Callable[[str], bytes], order: Literal["little", "big"]) -> None:
        self._debug = debug
        self._order = order
        self.info = debug("info")
        self._abbrev = debug("abbrev") if self.info else b""
        self.units = list(read_units(self.info, order))
        self._starts = [unit.start for unit in self.units]
        self._tables: dict[tuple[int, Widths], dict[int, Abbreviation]] = {}
        self._tops: dict[int, Entry] = {}

    # ------------------------------------------------------------------ units

    def unit_of(self, offset: int) -> Unit:
        """The unit that ``offset`` lies in."""
        i = bisect_right(self._starts, offset) - 1
        if i < 0 or not self.units[i].first <= offset < self.units[i].end:
            raise CorruptError(f"no unit at {offset:#x}")
        return self.units[i]

    def top(self, unit: Unit) -> Entry:
        """The unit's own entry."""
        found = self._tops.get(unit.start)
        if found is None:
            found = self._tops[unit.start] = self.read(unit, unit.first)
        return found

    def unit_named(self, name: str) -> Unit | None:
        """The unit of a package; None where there is none of this name."""
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Unit]:
        found: dict[str, Unit] = {}
        for unit in self.units:
            try:
                name = self._first_name(unit)
            except (CorruptError, IndexError, ValueError):
                continue
            found.setdefault(name.decode("utf-8", "surrogateescape"), unit)
        return found

    def _first_name(self, unit: Unit) -> bytes:
        """The name of a unit's own entry, which Go writes first; empty where it stands elsewhere:
        the other attributes are not read."""
        code, at = uleb(self.info, unit.first)
        attributes = self.table(unit)[code].attributes if code in self.table(unit) else ()
        if not attributes or attributes[0][:2] != (forms.NAME, forms.STRING):
            return b""
        return self.info[at : self.info.index(b"\0", at, unit.end)]

    # ------------------------------------------------------------------ entries

    def at(self, offset: int) -> Entry:
        """The entry at ``offset``."""
        return self.read(self.unit_of(offset), offset)

    def read(self, unit: Unit, offset: int) -> Entry:
        """The entry of ``unit`` at ``offset``."""
        if unit.widths.version > 4 and offset != unit.first:
            self.top(unit)  # it says where the unit's addresses are
        try:
            code, at = uleb(self.info, offset)
            abbreviation = self.table(unit).get(code)
            if abbreviation is None:
                raise CorruptError(f"no entry at {offset:#x}")
            attributes: dict[int, Value] = {}
            for attribute, form, constant in abbreviation.attributes:
                attributes[attribute], at = self._value(unit, at, form, constant)
        except IndexError as error:
            raise CorruptError("an entry is cut off") from error
        if at > unit.end:
            raise CorruptError("an entry leaves its unit")
        return Entry(unit, offset, abbreviation.tag, abbreviation.children, attributes, at)

    def children(self, entry: Entry) -> Iterator[Entry]:
        """The entries directly below ``entry``."""
        unit, at = entry.unit, entry.end
        if not entry.children:
            return
        while at < unit.end and self.info[at]:
            child = self.read(unit, at)
            yield child
            at = self.skip(unit, child.end) if child.children else child.end

    def skip(self, unit: Unit, at: int) -> int:
        """Where the list of entries that starts at ``at`` ends, behind all that is below them."""
        info, table = self.info, self.table(unit)
        depth = 1
        try:
            while depth:
                code = info[at]
                if not code:
                    depth, at = depth - 1, at + 1
                    continue
                abbreviation, at = self.skip_one(unit, table, at)
                depth += abbreviation.children
                if depth > _DEEPEST or at > unit.end:
                    raise CorruptError("entries without an end")
        except IndexError as error:
            raise CorruptError("entries are cut off") from error
        return at

    def skip_one(
        self, unit: Unit, table: dict[int, Abbreviation], at: int
    ) -> tuple[Abbreviation, int]:
        """What is at ``at``, and where it ends. Errors: IndexError, too."""
        info = self.info
        code = info[at]
        at += 1
        if code > 0x7F:
            code, at = uleb(info, at - 1)
        abbreviation = table.get(code)
        if abbreviation is None:
            raise CorruptError("no such entry")
        for step in abbreviation.steps:
            if step >= 0:
                at += step
            elif step == -forms.STRING:
                at = info.index(b"\0", at) + 1
            elif step == -forms.ULEB and info[at] < 0x80:
                at += 1
            else:
                at = forms.size_at(info, at, -step, unit.widths)
        return abbreviation, at

    def named(
        self, wanted: bytes, tags: frozenset[int] | set[int], near: Unit | None = None
    ) -> Iterator[Entry]:
        """Entries whose first attribute is a name that begins like this (NUL ends a whole one).

        Those in ``near`` come first. Some may stand in the middle of something else.
        """
        for at in self._places(wanted, near):
            yield from self._before(at, tags, forms.NAME, wanted)

    def referring(self, target: Entry, tag: int) -> Iterator[Entry]:
        """Entries whose first attribute is DW_AT_abstract_origin with ``target``; near first."""
        wanted = target.offset.to_bytes(target.unit.widths.offset, self._order)
        for at in self._places(wanted, target.unit):
            yield from self._before(at, {tag}, forms.ABSTRACT_ORIGIN, target.offset)

    def _places(self, wanted: bytes, near: Unit | None) -> Iterator[int]:
        """Where these bytes stand, first in ``near``; so many at most as no program has."""
        info, whole = self.info, len(self.info)
        parts = [(0, whole)]
        if near is not None:
            parts = [(near.first, near.end), (near.end, whole), (0, near.first)]
        hits = 0
        for start, end in parts:
            at = info.find(wanted, start, end)
            while at >= 0 and hits < _MOST_HITS:
                hits += 1
                yield at
                at = info.find(wanted, at + 1, end)

    def _before(
        self, at: int, tags: frozenset[int] | set[int], attribute: int, value: Value
    ) -> Iterator[Entry]:
        """The entry whose first attribute is at ``at``: its code is one or two bytes long."""
        for size in (1, 2):
            try:
                unit = self.unit_of(at - size)
                code, end = uleb(self.info, at - size)
                abbreviation = self.table(unit).get(code)
                if abbreviation is None or end != at or abbreviation.tag not in tags:
                    continue
                if not abbreviation.attributes or abbreviation.attributes[0][0] != attribute:
                    continue
                entry = self.read(unit, at - size)
            except (CorruptError, IndexError):
                continue
            found = entry.attributes.get(attribute)
            if isinstance(value, int):
                if found == value:
                    yield entry
            elif isinstance(found, bytes) and (found + b"\0").startswith(value):
                yield entry

    # ------------------------------------------------------------------ attributes

    def _value(self, unit: Unit, at: int, form: int, constant: int) -> tuple[Value, int]:
        info, widths = self.info, unit.widths
        size = forms.fixed_size(form, widths)
        if size is not None:
            number = constant if form == forms.IMPLICIT else int(form == forms.FLAG_PRESENT)
            if size:
                number = int.from_bytes(info[at : at + size], self._order)
            return self._meaning(unit, form, number), at + size
        if form == forms.INDIRECT:
            form, at = uleb(info, at)
            if form == forms.INDIRECT:
                raise CorruptError("a form that is none")
            return self._value(unit, at, form, 0)
        end = forms.size_at(info, at, form, widths)
        if form == forms.STRING:
            return info[at : end - 1], end
        if form in {forms.BLOCK, forms.EXPRLOC}:
            return info[uleb(info, at)[1] : end], end
        if form in {forms.BLOCK1, forms.BLOCK2, forms.BLOCK4}:
            return info[at + {forms.BLOCK1: 1, forms.BLOCK2: 2}.get(form, 4) : end], end
        number = forms.sleb(info, at)[0] if form == forms.SLEB else uleb(info, at)[0]
        return self._meaning(unit, form, number), end

    def _meaning(self, unit: Unit, form: int, number: int) -> Value:
        if form in forms.UNIT_REFERENCES:
            return unit.start + number
        if form in {forms.STRP, forms.LINE_STRP}:
            texts = self._debug("str" if form == forms.STRP else "line_str")
            end = texts.find(b"\0", number)
            return texts[number:end] if end >= 0 else b""
        if form in forms.ADDRX:
            return self._address(unit, number)
        return number

    def _address(self, unit: Unit, index: int) -> int:
        """Entry ``index`` of the unit's part of .debug_addr; 0 where there is none."""
        top = self._tops.get(unit.start)
        base = top.number(forms.ADDR_BASE) if top else None
        if base is None:
            return 0
        size = unit.widths.address
        raw = self._debug("addr")[base + index * size : base + (index + 1) * size]
        return int.from_bytes(raw, self._order)

    def table(self, unit: Unit) -> dict[int, Abbreviation]:
        """The unit's abbreviations by code."""
        key = (unit.abbreviations, unit.widths)
        found = self._tables.get(key)
        if found is None:
            found = self._tables[key] = forms.read_table(self._abbrev, *key)
        return found
