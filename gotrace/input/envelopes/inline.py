"""What happens to lines without a collector: colours, quotes, indentation, HTML, byte order marks.

Lines that are not touched belong to the same text as those that are.
"""

from __future__ import annotations

from gotrace.input.envelopes.escapes import html_unescaped, without
from gotrace.input.envelopes.record import (
    HEADER,
    LINE_ANCHORS,
    Envelope,
    RawPiece,
    Reading,
    Record,
    plain_line,
    tail,
)
from gotrace.input.marks import BOM
from gotrace.patterns import lazy_pattern

# ECMA-48 control sequences and what terminals add (OSC up to BEL or ST).
_CONTROLS = lazy_pattern(
    rb"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()][0-9A-Z])"
)
_ENTITY = lazy_pattern(rb"&(?:#[0-9]{2,5}|#x[0-9a-fA-F]{2,5}|lt|gt|amp|quot);")
_QUOTE = lazy_pattern(rb"(?:> ?)+")
_GLUED = lazy_pattern(
    rb"(?:[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]{8}(?:\.[0-9]{1,9})? (?:[^\s:]{1,255}:[0-9]{1,9}: )?"
    rb"|[IWEF][0-9]{4} [0-9:]{8}\.[0-9]{6} +[0-9]{1,10} [^\s:]{1,255}:[0-9]{1,9}\] "
    rb"|[^\n]{0,4096}?[\w.\]]=)(?=goroutine [0-9]{1,20} [^\n]{0,255}[\]}]:\r?(?:\n|\Z))"
)
_MARGIN = lazy_pattern(rb"[ \t]{1,64}")
_BLOCK = lazy_pattern(
    rb"(?:[^\n]{0,200}https?2?: panic serving |=====|WARNING: DATA RACE|SIG[A-Z]+: |PC=0x|runtime: "
    rb"|unexpected fault |accessed data from |panic during panic|Signal [0-9]|Exception 0x"
    rb"|[a-z]{1,20} profile: total |panic: |fatal error: |\[signal "
    rb"|goroutine [0-9]{1,20} [^\n]{0,4096}[\]}]:\r?(?:\n|\Z))"
)
_CAUSE = lazy_pattern(rb"(?:^|[^\n])*?(?:panic: |fatal error: )")
_BACK = 300  # lines looked at above and below an indented block


def _ansi(data: bytes, start: int, end: int) -> Reading | None:
    if data.find(b"\x1b", start, end) < 0:
        return None
    return _whole(without(bytes(data[slice(*plain_line(data, start, end))]), start, _CONTROLS), end)


def _html(data: bytes, start: int, end: int) -> Reading | None:
    if data.find(b"&", start, end) < 0 or not _ENTITY.search(data, start, end):
        return None
    return _whole(html_unescaped(bytes(data[slice(*plain_line(data, start, end))]), start), end)


def _whole(unwrapped: tuple[bytes, tuple[RawPiece, ...]], end: int) -> Reading:
    return Reading((Record(*unwrapped),), end)


def _bom(data: bytes, start: int, end: int) -> Reading | None:
    return tail(data, start + 3, end) if data[start : start + 3] == BOM else None


def _quote(data: bytes, start: int, end: int) -> Reading | None:
    match = _QUOTE.match(data, start, end)
    return None if match is None else tail(data, match.end(), end)


def _glued(data: bytes, start: int, end: int) -> Reading | None:
    """A header behind the words of a logger: ``log.Printf("%s", debug.Stack())``."""
    if data.find(HEADER, start, end) < 0:
        return None
    match = _GLUED.match(data, start, end)
    return None if match is None else tail(data, match.end(), end)


def _indented(data: bytes, start: int, end: int) -> Reading | None:
    """A whole dump moved to the right: klog's ``stack=<`` blocks, tests' output, Markdown.

    Since Go 1.23 the runtime itself indents the lines of a message by a tab, and a message may hold
    the text of a dump: an indented block below a cause is no dump.
    """
    margin = _MARGIN.match(data, start, end)
    if margin is None or not _BLOCK.match(data, margin.end(), end):
        return None
    if _in_message(data, start, margin[0]):
        return None
    text = bytearray()
    pieces: list[RawPiece] = []
    at, held = start, False
    while at < len(data):
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop + 1
        first, last = plain_line(data, at, stop)
        if data[first : first + len(margin[0])] == margin[0]:
            first += len(margin[0])
        elif first != last:
            break
        held = held or bool(
            _BLOCK.match(data, first, last) and data[first : first + 1] in {b"g", b"W"}
        )
        pieces.append((len(text), first, last - first, last - first))
        text += data[first:last]
        pieces.append((len(text), last, 1, 0))
        text += b"\n"
        at = stop
    if not held:
        return None
    return Reading((Record(bytes(text), tuple(pieces), alone=True),), at)


def _in_message(data: bytes, start: int, margin: bytes) -> bool:
    """Whether the indented lines around ``start`` hang below a panic or fatal error."""
    for _ in range(_BACK):
        if start <= 0:
            return False
        above = data.rfind(b"\n", 0, start - 1) + 1
        line = data[above : min(start, above + 4096)]
        if line.strip(b"\r\n") and not line.startswith(margin):
            return b"panic: " in line or b"fatal error: " in line
        start = above
    return True


ANSI = Envelope("ansi", _ansi, LINE_ANCHORS, verified=True, inline=True)
HTML = Envelope("html", _html, (*LINE_ANCHORS, b"&#43;0x"), verified=False, inline=True)
MARK = Envelope("bom", _bom, (BOM,), verified=True, inline=True)
QUOTE = Envelope("markdown", _quote, LINE_ANCHORS, verified=False, inline=True)
GLUED = Envelope("log-prefix", _glued, (HEADER,), verified=True, inline=True)
INDENT = Envelope("indented", _indented, (HEADER,), verified=True, inline=True)
