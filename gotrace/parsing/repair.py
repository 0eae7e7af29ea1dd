"""Dumps that were damaged on their way: what can be undone is undone, and said.

A dump is only touched where its reading shows that something is wrong, and what comes of it is
only taken where more frames have their file line than before, or fewer lines were not understood.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.input.envelopes.record import RawPiece, plain_line
from gotrace.input.sourcemap import Piece, PieceMap
from gotrace.model import Dump, DumpKind, Location, Note, SourceMap, Span
from gotrace.parsing import assemble
from gotrace.parsing.pieces import USUAL, Line
from gotrace.patterns import lazy_pattern

MOST = 1 << 20  # bytes of a dump that are looked at
FOREIGN = 4  # lines unlike a dump's that end it
_SUSPECT = {"frame-without-line", "foreign-line", "bad-arguments", "bad-header"}
_LIKE = lazy_pattern(
    rb"goroutine |\[signal |created by |[ \t]|runtime|\.\.\.|PC=0x|\[originating|exit status"
    rb"|[^\n]*\)\Z|[^\n]*(?:\.go|\.s):[0-9]|[^\n]*0x[0-9a-f]|\Z|[^\n]*\]:\Z"
)
_NEXT = (b"panic: ", b"fatal error: ", b"WARNING: DATA RACE")
_TORN = lazy_pattern(r"[^./()]+\.func[0-9]+(?:\.[0-9]+)*")  # a literal without its function
_EATEN = lazy_pattern(r"[^()\s]*\.\([A-Za-z_]\w*(?:\[\.\.\.\])?\)\.[A-Za-z_]")


def dumps(data: bytes, source: str, places: SourceMap) -> Iterator[Dump]:
    """All dumps of ``data``, those that were damaged repaired."""
    passed = 0
    for dump in assemble.dumps(data, source, places):
        if dump.span.start < passed:
            continue
        if dump.kind in {DumpKind.RACE, DumpKind.PROFILE} or not _suspicious(dump, data):
            yield dump
            continue
        better = _repaired(dump, data, source, places)
        if better is None:
            yield dump
            continue
        passed = better[1]
        yield better[0]


def _suspicious(dump: Dump, data: bytes) -> bool:
    if any(i.code in _SUSPECT for i in dump.issues):
        return True
    if not dump.goroutines:
        return dump.kind is not DumpKind.FRAMES
    first = dump.goroutines[0]
    if not first.frames and not first.stack_unavailable and first.elided is None:
        return True
    if any(_EATEN.match(f.function) for f in first.frames):
        return True
    if dump.raw_message is not None and _cut_at(dump.raw_message.start, data) in USUAL:
        return True
    end = dump.span.end
    return dump.kind is DumpKind.SNAPSHOT and data[end + 1 : end + 11] == b"goroutine "


def _cut_at(start: int, data: bytes) -> int:
    """The length of the line that holds ``start``."""
    end = data.find(b"\n", start)
    return (len(data) if end < 0 else end) - (data.rfind(b"\n", 0, start) + 1)


def _repaired(dump: Dump, data: bytes, source: str, places: SourceMap) -> tuple[Dump, int] | None:
    """The repaired dump, and the byte of ``data`` where it ends; None where nothing helps."""
    from gotrace.parsing.mending import mend  # noqa: PLC0415 - only for a damaged dump

    lines = _stretch(data, dump.span.start)
    steps = mend(lines)
    if not steps:
        return None
    text, pieces = _text(steps[-1].lines)
    found = next(assemble.dumps(text, source, PieceMap(text, pieces, places)), None)
    if found is None or _score(found) <= _score(dump) or _torn_names(found):
        return None
    notes = tuple(
        Note("repaired", step.said, Span(found.span.start, found.span.start)) for step in steps
    )
    inner = PieceMap(text, pieces, _Same())
    end = inner.locate(Span(found.span.start, found.span.end)).end
    return found._replace(notes=(*found.notes, *notes)), max(end, dump.span.end)


class _Same:
    """The map that changes nothing."""

    def locate(self, span: Span) -> Location:
        """``span`` itself."""
        return Location(span.start, span.end, 1, 1, 1)


def _torn_names(dump: Dump) -> bool:
    """Whether a function's name is only the end of one: ``Session).Run``. Better none than that."""
    functions = (f.function for g in dump.goroutines for f in g.frames)
    return any(n.count("(") != n.count(")") or _TORN.fullmatch(n) for n in functions)


def _score(dump: Dump) -> tuple[int, int, int]:
    """How well a dump was read: frames with a file line, then what was not understood."""
    frames = [f for g in dump.goroutines for f in g.frames]
    sites = sum(1 for f in frames if f.site is not None)
    creators = sum(1 for g in dump.goroutines if g.created_by is not None and g.created_by.site)
    bad = sum(1 for i in dump.issues if i.code in _SUSPECT)
    eaten = sum(1 for f in frames if _EATEN.match(f.function))
    bad += dump.raw_message is not None
    return sites + creators, len(dump.goroutines), -bad - eaten


def _stretch(data: bytes, start: int) -> list[Line]:
    """The lines from ``start`` on that may be of one dump."""
    lines: list[Line] = []
    at, foreign, called = start, 0, False
    stop = min(len(data), start + MOST)
    while at < stop and foreign < FOREIGN:
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end + 1
        first, last = plain_line(data, at, end)
        text = bytes(data[first:last])
        if called and text.startswith(_NEXT):
            break
        called = called or text.endswith(b")")
        foreign = 0 if not lines or _LIKE.match(text) else foreign + 1
        lines.append(Line(text, ((0, first, len(text), len(text)),)))
        at = end
    while foreign and lines:
        lines.pop()
        foreign -= 1
    return lines


def _text(lines: list[Line]) -> tuple[bytes, list[Piece]]:
    text = bytearray()
    pieces: list[Piece] = []
    last: RawPiece = (0, 0, 0, 0)
    for line in lines:
        base = len(text)
        pieces.extend(Piece(base + p[0], *p[1:]) for p in line.pieces)
        last = line.pieces[-1] if line.pieces else last
        text += line.text
        pieces.append(Piece(len(text), last[1] + last[3], 1, 0))
        text += b"\n"
    return bytes(text), pieces
