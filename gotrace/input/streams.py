"""Records put together: the streams of a wrapped region, and the text of each."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from gotrace.input.envelopes.record import PLAIN, Envelope, RawPiece, Reading, Record
from gotrace.patterns import lazy_pattern

TORN = 256  # bytes of a part of a line that may be one of a trace

# What a line of a trace looks like, roughly: where there is none for long, a region ends.
LIKE = lazy_pattern(
    rb"goroutine (?:[0-9]+ |profile: )|[A-Z][a-z ]{3,30} at 0x[0-9a-f]+ by |Goroutine [0-9]+ \("
    rb"|panic: |fatal error: |\[signal |created by |\t[^\n]*:[0-9]|  [^\n]*[:@(]|#[ \t]"
    rb"|[0-9]{1,9} @ 0x|runtime[.:/ ]|\.\.\.|SIG[A-Z]+: |PC=0x|WARNING: DATA|\[originating"
    rb"|exit status"
    rb"|https?2?: panic|=====|[A-Za-z_][^\s\"={]{0,4096}\([^\"\n=]*\)\Z"
    rb"|[^\s\"={]{1,4096}\.(?:go|s):[0-9]+(?: \+0x[0-9a-f]+)?\Z"
)


class Stream(NamedTuple):
    """The text of one stream of a region, and what it is made of.

    ``times`` are (offset in the text, time of the record that begins there). ``reversed``: the
    records stood newest first.
    """

    name: str
    envelope: str
    text: bytes
    pieces: list[RawPiece]
    times: list[tuple[int, str]]
    reversed: bool


class Region(NamedTuple):
    """A part of a text that is wrapped: where it lies, and its streams."""

    start: int
    end: int
    streams: list[Stream]


class Gathered:
    """Records by stream, in the order in which the streams began."""

    def __init__(self) -> None:
        self.by_stream: dict[tuple[str, str], list[Record]] = {}
        self.alone = 0
        self.inline = False

    def add(self, envelope: Envelope, reading: Reading) -> bool:
        """Take what was read; whether any of it looks like a part of a trace."""
        like = False
        for record in reading.records:
            text, _, stream, _, newline, alone, _, format_ = record
            if alone:
                self.alone += 1
                key = (format_ or envelope.name, f"{stream}\0{self.alone}")
                like = True
            else:
                self.inline |= envelope.inline and stream == PLAIN
                key = ("" if envelope.inline else format_ or envelope.name, stream)
                torn = not newline and len(text) < TORN
                like = like or torn or LIKE.match(text) is not None
            self.by_stream.setdefault(key, []).append(record)
        if envelope.inline and reading.records and not reading.records[0].alone:
            self.kind = envelope.name
        return like

    kind = ""

    def line(self, data: bytes, start: int, end: int) -> bool:
        """A line without an envelope."""
        stop = end - 1 if end > start and data[end - 1] == 10 else end
        if stop > start and data[stop - 1] == 13:
            stop -= 1
        text = bytes(data[start:stop])
        record = Record(text, ((0, start, len(text), len(text)),))
        self.by_stream.setdefault(("", PLAIN), []).append(record)
        return LIKE.match(text) is not None

    def cut(self, end: int) -> None:
        """Drop lines without an envelope that stand behind the last one that has one."""
        lines = self.by_stream.get(("", PLAIN))
        while lines and lines[-1].pieces and lines[-1].pieces[0][1] >= end:
            lines.pop()

    def streams(self) -> list[Stream]:
        """The texts of the streams."""
        return [
            _stream(name.partition("\0")[0], envelope or self.kind, records)
            for (envelope, name), records in self.by_stream.items()
            if records
        ]


def _stream(name: str, envelope: str, records: list[Record]) -> Stream:
    backwards = _newest_first(records)
    if backwards:
        records = records[::-1]
    text = bytearray()
    pieces: list[RawPiece] = []
    times: list[tuple[int, str]] = []
    for part, places, _, time, newline, _, resumes, _ in records:
        if resumes and text.endswith(b"\n"):
            text.pop()
            pieces.pop()
        base = len(text)
        if time and (not times or times[-1][1] != time):
            times.append((base, time))
        pieces += [(base + a, o, n, m) for a, o, n, m in places if n]
        text += part
        if newline:
            last = places[-1] if places else (0, 0, 0, 0)
            pieces.append((len(text), last[1] + last[3], 1, 0))
            text += b"\n"
    return Stream(name, envelope, bytes(text), pieces, times, backwards)


def _newest_first(records: list[Record]) -> bool:
    times = [r.time for r in records if r.time]
    if len(times) < 3 or times[0] <= times[-1] or len({len(t) for t in times}) > 1:
        return False
    return all(a >= b for a, b in pairwise(times))
