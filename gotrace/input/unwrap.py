"""Finding what is wrapped in a text, and taking it apart into the streams it is made of.

A text is searched for bytes that a wrapped trace must hold; around such a place lines are read by
their envelopes for as long as they have one. Text that nothing is wrapped round is never decoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from gotrace.input import longest
from gotrace.input.envelopes.record import Envelope, Reading
from gotrace.input.envelopes.registry import ENVELOPES
from gotrace.input.sniffing import INLINE, SOON, Needles
from gotrace.input.streams import LIKE, Gathered, Region, Stream
from gotrace.patterns import lazy_pattern

__all__ = ["Region", "Stream", "regions"]

BACK = 40  # lines read before the place that was found
QUIET = 120  # lines without anything of a trace that end a region
HUSH = 40  # as many are enough where no more of a trace comes soon
COMING = 1 << 15  # bytes that show whether it does
PLAINS = 8  # lines without an envelope that may stand between those that have one

# What stands before the first goroutine of a dump.
_BEFORE = lazy_pattern(
    rb"[^\n]{0,200}(?:panic: |fatal error: |https?2?: panic serving )|\[signal |SIG[A-Z]+: |PC=0x"
    rb"|unexpected fault |accessed data from |panic during panic|Signal [0-9]|Exception 0x"
    rb"|WARNING: DATA RACE|runtime: |=====|[^\n]{0,40} profile: total |goroutine [0-9]+ "
)
_MEMBER = lazy_pattern(rb"[ \t]+\"(?:[^\"\\\n]|\\.)*\": ")
_OPENS = lazy_pattern(rb"[ \t]*(?:\"[^\"\n]*\": )?\{[ \t]*\r?\n")
_CLOSES = lazy_pattern(rb"[ \t]*[\]}]+,?[ \t]*\r?\n")
_CURSOR = b"__CURSOR="
ENTRY = 1 << 16  # bytes of a journal entry before its message
_BEGINS = lazy_pattern(rb"goroutine [0-9]+ |panic: |fatal error: |WARNING: DATA RACE")


def regions(
    data: bytes, needles: Needles, first: int, own: Envelope | None = None
) -> Iterator[Region]:
    """The wrapped parts of ``data`` that may hold traces, in order.

    ``first`` is the first place that ``needles`` found; ``own`` is an envelope of the user's, which
    is tried first.
    """
    floor = 0
    hit: int | None = first
    reader = _Reader(data, own)
    while hit is not None:
        start = data.rfind(b"\n", floor, hit) + 1 or floor
        region = reader.region(start, floor, hit)
        if region is None:
            stop = data.find(b"\n", hit)
            hit = None if stop < 0 else needles.after(stop + 1)
            continue
        yield region
        floor = region.end
        hit = needles.after(floor)


class _Reader:
    """Reads lines of one text by their envelopes."""

    def __init__(self, data: bytes, own: Envelope | None) -> None:
        self.data = data
        self._rest = iter(ENVELOPES)  # those that no line needed so far
        self._order = [own or next(self._rest)]
        self.last = self._order[0]
        self._bare = 0, 0  # between these places no entry of a journal's export begins
        # The lines before a region: they are read upwards, until one is of no envelope, and then
        # downwards with all that follow.
        self._above: dict[int, tuple[Envelope, Reading]] = {}

    def read(self, start: int) -> tuple[Envelope | None, Reading]:
        """What stands at the line that begins at ``start``."""
        data = self.data
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end + 1
        if end - start <= longest.LONGEST:
            order = self._order
            for envelope in order:
                found = envelope.read(data, start, end)
                if found is not None:
                    self.last = envelope
                    return envelope, found
                if envelope is order[-1]:
                    order.extend(islice(self._rest, 1))
        return None, Reading((), end)

    def region(self, start: int, floor: int, hit: int) -> Region | None:
        """The region around the line at ``start``; None where it is not wrapped."""
        envelope, reading = self.read(start)
        if (
            envelope is None or envelope.name == "quoted" or envelope.inline or not reading.records
        ) and start != (above := self._enclosing(start, floor)):
            start = above
            envelope, reading = self.read(start)
        if envelope is None and INLINE.search(self.data, hit, hit + SOON):
            return self._lines(self._caused(start, floor), start, inline=True)
        if envelope is None and self.data[start : start + 1] in {b" ", b"\t"}:
            block, reading = self._block(start, floor, Reading((), hit))
            if reading.records:
                envelope, start = self.last, block
        if envelope is None or not _worth(envelope, reading, hit):
            return None
        if len(reading.records) == 1 and reading.records[0].alone:
            if envelope.name == "indented":
                start, reading = self._block(start, floor, reading)
            gathered = Gathered()
            gathered.add(envelope, reading)
            return Region(start, reading.end, gathered.streams())
        begin = self._begin(start, floor)
        if envelope.inline:
            begin = min(begin, self._caused(start, floor))
        return self._lines(begin, start, inline=envelope.inline)

    def _enclosing(self, start: int, floor: int) -> int:
        """Where the record of several lines begins that the line at ``start`` is in."""
        data = self.data
        member = (_MEMBER.match(data, start) or _CLOSES.match(data, start)) is not None
        if not member:
            entry = self._entry(max(floor, start - ENTRY), start)
            inside = entry >= 0 and data[entry - 1 : entry] in {b"\n", b""}
            return entry if inside and b"\n\n__" not in data[entry:start] else start
        above = start
        for _ in range(BACK):
            if above <= floor:
                break
            above = data.rfind(b"\n", floor, above - 1) + 1 or floor
            if _OPENS.match(data, above):
                return above
            if not _MEMBER.match(data, above) and not _CLOSES.match(data, above):
                break
        return start

    def _entry(self, low: int, start: int) -> int:
        """Where the last entry of a journal's export begins from ``low`` to ``start``; -1: none.

        This is asked for line after line upwards, and nearly always there is none.
        """
        data, (bare, end) = self.data, self._bare
        if not bare <= start <= end:
            bare = end = start
        elif low >= bare:
            return -1
        across = bare + len(_CURSOR) - 1  # one may begin before what was looked through
        found = data.rfind(_CURSOR, low, min(start, across))
        if found < 0:
            self._bare = low, end if start >= across else start
        return found

    def _caused(self, start: int, floor: int) -> int:
        """Where the lines begin that belong before a goroutine: its cause, a race's title."""
        begin = above = start
        for _ in range(BACK):
            if above <= floor:
                break
            above = self.data.rfind(b"\n", floor, above - 1) + 1 or floor
            if _BEFORE.match(self.data, above):
                begin = above
        return begin

    def _block(self, start: int, floor: int, reading: Reading) -> tuple[int, Reading]:
        """An indented block may begin above its first goroutine."""
        above = start
        for _ in range(BACK):
            if above <= floor:
                break
            above = self.data.rfind(b"\n", floor, above - 1) + 1 or floor
            head = self.data[above : above + 1]
            if head not in {b" ", b"\t", b"\n", b"\r"}:
                break
            envelope, whole = self.read(above)
            if envelope is not None and envelope.name == "indented" and whole.end >= reading.end:
                start, reading = above, whole
        return start, reading

    def _begin(self, start: int, floor: int) -> int:
        """Where the wrapped lines before ``start`` begin."""
        begin = start
        for _ in range(BACK):
            if begin <= floor:
                break
            above = self.data.rfind(b"\n", floor, begin - 1) + 1 or floor
            above = self._enclosing(above, floor)
            envelope, reading = self.read(above)
            if envelope is None or reading.end != begin:
                break
            self._above[above] = envelope, reading
            begin = above
        return begin

    def _lines(self, begin: int, start: int, *, inline: bool = False) -> Region:
        data = self.data
        gathered = Gathered()
        gathered.inline = inline
        at, end, quiet, plain = begin, begin, 0, 0
        known = self._above
        while at < len(data):
            told = known.pop(at, None)
            envelope, reading = self.read(at) if told is None else told
            if envelope is None:
                plain += 1
                if not gathered.inline and (plain > PLAINS or _BEGINS.match(data, at)):
                    break
            else:
                plain = 0
            like = (
                gathered.add(envelope, reading)
                if envelope
                else gathered.line(data, at, reading.end)
            )
            at = reading.end
            quiet = 0 if like else quiet + 1
            if envelope is not None or gathered.inline:
                end = at
            if at > start and (quiet > QUIET or (quiet == HUSH and not _more(data, at))):
                break
        known.clear()
        gathered.cut(end)
        return Region(begin, max(end, begin + 1), gathered.streams())


def _more(data: bytes, at: int) -> bool:
    """Whether more of a trace stands behind ``at``, in records that are read as they come."""
    stop = at + COMING
    return data.find(b" +0x", at, stop) >= 0 or data.find(b"goroutine ", at, stop) >= 0


def _worth(envelope: Envelope, reading: Reading, hit: int) -> bool:
    """Whether what was found at ``hit`` is more than a mention inside of a message."""
    for record in reading.records:
        if (
            record.alone
            or LIKE.match(record.text)
            or envelope.inline
            or b" +0x" in record.text
            or b" @ 0x" in record.text
        ):
            return True
    return not reading.records and reading.end > hit and envelope.name == "journald-export"
