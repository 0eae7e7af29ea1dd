"""Text between quotes anywhere in a line: logfmt, slog's and logrus' text, zap's and zerolog's
console, klog's ``key="value"``. All quote as Go's ``%q`` or as JSON do."""

from __future__ import annotations

from gotrace.input.envelopes.escapes import unquoted
from gotrace.input.envelopes.jsonlines import TRACE
from gotrace.input.envelopes.record import HEADER, Envelope, Reading, Record
from gotrace.patterns import lazy_pattern

_STRING = lazy_pattern(rb'"((?:[^"\\\n]|\\.)*+)"')
_TIME = lazy_pattern(rb'(?:\b(?:time|ts|t)="?)?([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{8}[^\s"]*)')


def _read(data: bytes, start: int, end: int) -> Reading | None:
    if data.find(b"\\n", start, end) < 0:
        return None
    for match in _STRING.finditer(data, start, end):
        if b"\\n" not in match[1]:
            continue
        text, pieces = unquoted(match[1], match.start(1))
        if TRACE.search(text):
            time = _TIME.search(data, start, match.start())
            told = "" if time is None else time[1].decode("ascii", "replace")
            return Reading((Record(text, pieces, "log", told, alone=True),), end)
    return None


QUOTED = Envelope("quoted", _read, (HEADER, b"\\n\\t"), verified=True)
