"""Dumps in wrapped text: the streams of each wrapped region are read like texts of their own.

A stream's text may be wrapped once more (zap's JSON in docker's JSON), so this is recursive.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gotrace.input.encoding import decoded
from gotrace.input.sniffing import Needles
from gotrace.input.sourcemap import PieceMap, PlainMap, ShiftMap
from gotrace.model import Dump, Note, SourceMap, Span
from gotrace.parsing import repair

if TYPE_CHECKING:
    from gotrace.input.envelopes.record import Envelope
    from gotrace.input.unwrap import Region, Stream

HEAD = 1 << 16  # bytes that show how lines end
DEEPEST = 4  # envelopes inside of each other


def dumps(
    data: bytes, source: str, prefix: str | None = None, places: SourceMap | None = None
) -> Iterator[Dump]:
    """All dumps of ``data``, in the order in which they begin.

    ``places`` maps ``data`` where it is a part of something that was decoded already.
    """
    own = None
    if prefix is not None:
        from gotrace.input.envelopes.own import own_prefix  # noqa: PLC0415 - rarely asked for

        own = own_prefix(prefix)
    if places is not None:
        return _dumps(data, source, places, own, 0)
    text = decoded(data)
    if text is None:
        head = data[:HEAD]
        if b"\r" in head and b"\n" not in head:
            data = bytes(data).replace(b"\r", b"\n")
            return _repaired(_dumps(data, source, PlainMap(data), own, 0), "line ends of one CR")
        return _dumps(data, source, PlainMap(data), own, 0)
    return _repaired(_dumps(text.text, source, text, own, 0), f"decoded from {text.encoding}")


def _repaired(found: Iterator[Dump], text: str) -> Iterator[Dump]:
    for dump in found:
        yield noted(dump, text)


def noted(dump: Dump, text: str) -> Dump:
    """``dump`` with a note on what was repaired for it."""
    note = Note("repaired", text, Span(dump.span.start, dump.span.start))
    return dump._replace(notes=(*dump.notes, note))


def _dumps(
    data: bytes, source: str, places: SourceMap, own: Envelope | None, depth: int
) -> Iterator[Dump]:
    floor = 0
    if depth < DEEPEST:
        for region in _regions(data, own):
            found = _of_region(region, data, source, places, depth)
            if not found:
                continue  # its lines are read as what they are
            if region.start > floor:
                part = data[floor : region.start]
                yield from repair.dumps(part, source, ShiftMap(floor, places))
            yield from found
            floor = region.end
    if floor == 0:
        yield from repair.dumps(data, source, places)
    elif floor < len(data):
        yield from repair.dumps(data[floor:], source, ShiftMap(floor, places))


def _regions(data: bytes, own: Envelope | None) -> Iterator[Region]:
    """The wrapped parts of ``data``; for a text without any, no envelope is imported."""
    needles = Needles(data, always=own is not None)
    first = needles.after(0)
    if first is None:
        return
    from gotrace.input.unwrap import regions  # noqa: PLC0415 - has all envelopes

    yield from regions(data, needles, first, own)


def _of_region(
    region: Region, data: bytes, source: str, places: SourceMap, depth: int
) -> list[Dump]:
    found: list[tuple[int, Dump]] = []
    for stream in region.streams:
        if len(stream.text) == region.end - region.start == len(data):
            inner = repair.dumps(stream.text, source, _map(stream, places))
        else:
            inner = _dumps(stream.text, source, _map(stream, places), None, depth + 1)
        for dump in inner:
            told = _told(dump, stream)
            # Newest first in the file, but in the order in which they happened here.
            first = region.start if stream.reversed else told.where(told.span).start
            found.append((first, told))
    found.sort(key=lambda pair: pair[0])
    return [dump for _, dump in found]


def _map(stream: Stream, places: SourceMap) -> PieceMap:
    return PieceMap(stream.text, stream.pieces, places)


def _told(dump: Dump, stream: Stream) -> Dump:
    """``dump`` with what the envelope said of it."""
    time = ""
    if stream.times and not dump.envelope:
        index = bisect_right(stream.times, dump.span.start, key=lambda t: t[0]) - 1
        time = stream.times[index][1] if index >= 0 else ""
    elif stream.times:
        time = stream.times[0][1]
    whole = dump._replace(
        timestamp=dump.timestamp or time,
        stream=" ".join(s for s in (stream.name, dump.stream) if s),
        envelope=(stream.envelope, *dump.envelope),
    )
    if stream.reversed:
        whole = noted(whole, "the records stood newest first")
    return whole
