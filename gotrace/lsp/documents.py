"""The documents that are open: what was read of them, and what has to be read again.

A document is read in one job at a time. What is edited while a job runs is noted, and its results
are moved to where they stand by now; those that were touched are read again. So however fast
changes come, at most one job runs and one waits, and nothing is read that did not change.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from gotrace.lsp.positions import Encoding
from gotrace.lsp.reading import Reading, Region
from gotrace.lsp.text import Edit, Place, Text
from gotrace.tuples import NamedTuple

Lines = tuple[int, int]  # first, and the one behind the last
LARGE = 1 << 18  # bytes; a larger document is read in parts
AROUND = 1 << 17  # bytes read before and behind lines that are asked for
BEFORE = 1 << 16  # bytes before a change that may hold the beginning of what it belongs to


class Change(NamedTuple):
    """``start`` to ``end`` became ``text``; all of the document where they are None."""

    start: Place | None
    end: Place | None
    text: str


class Document:
    """One document. ``unread`` are the lines that nobody has read, ``under_way`` those that the
    running job reads; ``ahead`` are parts that were read before all of it could be."""

    def __init__(
        self, uri: str, path: str | None, text: str, version: int, encoding: Encoding
    ) -> None:
        self.uri = uri
        self.path = path
        self.version = version
        self.text = Text(text, encoding)
        self.readings: list[Reading] = []
        self.ahead: list[Reading] = []
        self.ahead_lines: list[Lines] = []
        self.unread: Lines | None = (0, len(self.text.lines))
        self.under_way: Lines | None = None
        self.edits: list[Edit] = []  # since the running job began
        self.width = 1  # how many dumps around a change are read again

    # ------------------------------------------------------------------ changes

    def change(self, change: Change) -> None:
        """What the client says that it did."""
        if change.start is None or change.end is None:
            lines = len(self.text.lines)
            size = self.text.size
            self.text = Text(change.text, self.text.encoding)
            edit = Edit(0, lines, len(self.text.lines), self.text.size - size)
        else:
            edit = self.text.change(change.start, change.end, change.text)
        if self.under_way is not None:
            self.edits.append(edit)
            self.under_way = _shifted(self.under_way, edit)
        dirty = self._move(edit)
        self.unread = dirty if self.unread is None else _hull(_shifted(self.unread, edit), dirty)

    def _move(self, edit: Edit) -> Lines:
        """Move what was read; the lines that have to be read again."""
        dirty = (edit.first, edit.first + edit.made)
        kept: list[Reading] = []
        for reading in self.readings:
            moved = reading.moved(edit)
            if moved is None:
                dirty = _hull(dirty, _shifted((reading.first, reading.last), edit))
            else:
                kept.append(moved)
        self.readings = kept
        self.ahead = [r for r in (a.moved(edit) for a in self.ahead) if r is not None]
        apart = [a for a in self.ahead_lines if a[1] <= edit.first or a[0] >= edit.last]
        self.ahead_lines = [_shifted(a, edit) for a in apart]
        return dirty

    def reread(self) -> None:
        """Everything has to be read again: what is known of the program changed."""
        self.unread = (0, len(self.text.lines))
        self.width = 1

    # ------------------------------------------------------------------ reading

    def begin(self) -> Region | None:
        """The region that is to be read next; None where nothing is, or a job runs."""
        if self.unread is None or self.under_way is not None:
            return None
        region, lines = self._region(self.unread)
        self.under_way = lines
        self.unread = None
        self.edits = []
        return region

    def _region(self, unread: Lines) -> tuple[Region, Lines]:
        """The unread lines with dumps on both sides, the outermost of which must be found again.

        Not where dumps interleave or something is wrapped round them: what is read of a line then
        depends on lines far away.
        """
        count = len(self.text.lines)
        readings = self.readings
        plain = all(not r.report.dump.envelope for r in readings) and all(
            a.last <= b.first for a, b in pairwise(readings)
        )
        if not plain:
            return self._part((0, count)), (0, count)
        index = bisect_left(readings, unread[0], key=lambda r: r.last)
        behind = bisect_left(readings, unread[1], key=lambda r: r.first)
        low, high = index - self.width - 1, behind + self.width
        first = 0 if low < 0 else self._line_before(low)
        last = count if high >= len(readings) else self._line_behind(high)
        checks = tuple(readings[i] for i in (low, high) if 0 <= i < len(readings))
        return self._part((first, last))._replace(checks=checks), (first, last)

    def _line_before(self, index: int) -> int:
        """Where to begin to read so that a dump is found: with what stands before it."""
        reading = self.readings[index]
        above = self.readings[index - 1].last if index else 0
        near = self.text.line_of(max(0, reading.start - BEFORE))
        return min(reading.first, max(above, near))

    def _line_behind(self, index: int) -> int:
        """Where to end: before the next dump."""
        if index + 1 < len(self.readings):
            return max(self.readings[index].last, self.readings[index + 1].first)
        return len(self.text.lines)

    def _part(self, lines: Lines) -> Region:
        first, last = lines
        data = self.text.bytes_of(first, last)
        return Region(first, self.text.starts[first], data, self.path or self.uri)

    def around(self, lines: Lines) -> Region:
        """Lines that somebody looks at, with what stands near them."""
        starts = self.text.starts
        last_line = len(self.text.lines)
        begin = starts[min(max(lines[0], 0), last_line)]
        end = starts[min(max(lines[1], 0), last_line)]
        first = self.text.line_of(max(0, begin - AROUND))
        last = self.text.line_of(min(self.text.size, end + AROUND)) + 1
        return self._part((first, last))

    def take(self, found: list[Reading] | None) -> None:
        """What a job read; None where the region was too small, and a larger one has to be read."""
        lines, edits = self.under_way, self.edits
        assert lines is not None
        self.under_way, self.edits = None, []
        if found is None:
            self.width *= 8
            self.unread = lines if self.unread is None else _hull(lines, self.unread)
            return
        self.width = 1
        outside = [r for r in self.readings if r.last <= lines[0] or r.first >= lines[1]]
        inside = [r for r in (self._moved(reading, edits) for reading in found) if r is not None]
        self.readings = sorted([*outside, *inside], key=lambda r: r.start)
        self.ahead, self.ahead_lines = [], []

    def _moved(self, reading: Reading, edits: list[Edit]) -> Reading | None:
        """Where it stands by now; what was edited while it was read is read again, all of it."""
        moved: Reading | None = reading
        lines = (reading.first, reading.last)
        for edit in edits:
            moved = None if moved is None else moved.moved(edit)
            lines = _shifted(lines, edit)
        if moved is None:
            self.unread = lines if self.unread is None else _hull(lines, self.unread)
        return moved

    # ------------------------------------------------------------------ questions

    def covers(self, lines: Lines, *, ahead: bool = False) -> bool:
        """Whether these lines were read; ``ahead``: as part of the whole or before it."""
        missing = (self.unread, self.under_way)
        if not any(m is not None and m[0] < lines[1] and m[1] > lines[0] for m in missing):
            return True
        return ahead and any(a[0] <= lines[0] and lines[1] <= a[1] for a in self.ahead_lines)

    @property
    def settled(self) -> bool:
        """Whether all of it was read."""
        return self.unread is None and self.under_way is None

    def known(self, lines: Lines) -> list[Reading]:
        """What was read of these lines; where the whole was not, what was read ahead."""
        found = [r for r in self.readings if r.first < lines[1] and r.last > lines[0]]
        return found or [r for r in self.ahead if r.first < lines[1] and r.last > lines[0]]


def _hull(one: Lines, other: Lines) -> Lines:
    return min(one[0], other[0]), max(one[1], other[1])


def _shifted(lines: Lines, edit: Edit) -> Lines:
    """Where lines are after an edit; with what the edit put into them."""
    first, last = lines
    delta = edit.made - (edit.last - edit.first)
    if last <= edit.first:
        return lines
    if first >= edit.last:
        return first + delta, last + delta
    return min(first, edit.first), max(last + delta, edit.first + edit.made)
