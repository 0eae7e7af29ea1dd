"""Envelopes that put something in front of each line: the shape they share."""

from __future__ import annotations

import re

from gotrace.input.envelopes.record import (
    LINE_ANCHORS,
    PLAIN,
    Envelope,
    Reading,
    Record,
    plain_line,
    tail,
)
from gotrace.patterns import lazy_pattern

ISO = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}"
ZONE = rb"(?:Z|[+-][0-9]{2}:?[0-9]{2})"
_CONTROL = lazy_pattern(rb"#([0-3][0-7]{2})")


def prefixed(
    name: str, pattern: bytes, *, verified: bool, controls: bool = False, inline: bool = False
) -> Envelope:
    """An envelope whose ``pattern`` matches what stands before the text of a line.

    Its groups: ``time``, and any whose name begins with ``s`` are the stream. ``controls``: control
    characters are written as ``#011`` (rsyslog's $EscapeControlCharactersOnReceive).
    """
    compiled = re.compile(pattern)
    names = sorted(n for n in compiled.groupindex if n.startswith("s"))
    timed = "time" in compiled.groupindex

    def read(data: bytes, start: int, end: int) -> Reading | None:
        match = compiled.match(data, start, end)
        if match is None:
            return None
        stream = " ".join(match[n].decode("utf-8", "replace") for n in names if match[n])
        time = match["time"].decode("utf-8", "replace") if timed and match["time"] else ""
        reading = tail(data, match.end(), end, stream or PLAIN, time)
        return _unescaped(reading, match.end()) if controls else reading

    return Envelope(name, read, LINE_ANCHORS, verified, inline)


def _unescaped(reading: Reading, start: int) -> Reading:
    record = reading.records[0]
    if b"#" not in record.text:
        return reading
    text = bytearray()
    pieces = []
    last = 0
    for match in _CONTROL.finditer(record.text):
        code = int(match[1], 8)
        if code >= 32 and code != 127:
            continue
        cut = match.start()
        pieces.append((len(text), start + last, cut - last, cut - last))
        text += record.text[last:cut]
        pieces.append((len(text), start + cut, 1, 4))
        text.append(code)
        last = match.end()
    rest = len(record.text) - last
    pieces.append((len(text), start + last, rest, rest))
    text += record.text[last:]
    whole = Record(bytes(text), tuple(pieces), record.stream, record.time)
    return Reading((whole,), reading.end)


__all__ = ["ISO", "ZONE", "plain_line", "prefixed"]
