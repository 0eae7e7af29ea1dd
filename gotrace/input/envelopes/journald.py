"""systemd's journal, as ``journalctl`` prints it: ``-o short`` and its kin, and ``-o export``.

``-o json`` is in ``jsonlines``.
"""

from __future__ import annotations

from gotrace.input.envelopes.prefixed import ISO, prefixed
from gotrace.input.envelopes.record import LINE_ANCHORS, Envelope, Reading, Record, plain_line
from gotrace.patterns import lazy_pattern

_SHORT = prefixed(
    "journald",
    rb"(?P<time>[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    rb"|"
    + ISO
    + rb"(?:[.,][0-9]{1,9})?[+-][0-9]{2}:?[0-9]{2}|[A-Z][a-z]{2} "
    + ISO
    + rb" [A-Z]{3,5})"
    rb" (?!fatal error: )(?P<s1>[^\s:\[<]{1,255}) (?P<s2>[^\s:\[]{1,128}(?:\[[0-9]{1,10}\])?):(?: "
    rb"|(?=\r?\n|\Z))",
    verified=True,
    controls=True,
)


def _read_short(data: bytes, start: int, end: int) -> Reading | None:
    """A line with what journalctl prints of a message's further lines: padded to the prefix."""
    reading = _SHORT.read(data, start, end)
    if reading is None:
        return None
    record = reading.records[0]
    margin = b" " * (record.pieces[0][1] - start)
    records = [record]
    while data[end : end + len(margin)] == margin:
        stop = data.find(b"\n", end)
        stop = len(data) if stop < 0 else stop + 1
        first, last = plain_line(data, end + len(margin), stop)
        text = bytes(data[first:last])
        pieces = ((0, first, len(text), len(text)),)
        records.append(record._replace(text=text, pieces=pieces))
        end = stop
    return Reading(tuple(records), end)


JOURNALD = Envelope("journald", _read_short, LINE_ANCHORS, verified=True)

# systemd's Journal Export Format: an entry is lines FIELD=VALUE up to a blank one; a value with
# control characters is FIELD, a line end, its length as 64 bits little-endian, and its bytes.
_ENTRY = lazy_pattern(rb"__CURSOR=")
_FIELD = lazy_pattern(rb"([A-Z_][A-Z0-9_]{0,63})(?:=([^\n]*)(?:\n|\Z)|\n)")
_LONGEST = 1 << 26


def _read_export(data: bytes, start: int, end: int) -> Reading | None:
    if not _ENTRY.match(data, start, end):
        return None
    fields: dict[bytes, tuple[int, int]] = {}
    at = start
    while match := _FIELD.match(data, at):
        if match[2] is not None:
            fields[match[1]] = match.span(2)
            at = match.end()
            continue
        size = int.from_bytes(data[match.end() : match.end() + 8], "little")
        first = match.end() + 8
        if size > _LONGEST or first + size > len(data):
            break
        fields[match[1]] = (first, first + size)
        at = first + size + 1
    at = min(max(at, end), len(data))
    if data[at : at + 1] == b"\n":
        at += 1
    if b"MESSAGE" not in fields:
        return Reading((), at)
    first, last = fields[b"MESSAGE"]
    text = bytes(data[first:last])
    told = [bytes(data[slice(*fields[n])]) for n in _STREAM if n in fields]
    time = fields.get(b"__REALTIME_TIMESTAMP", (0, 0))
    record = Record(
        text,
        ((0, first, len(text), len(text)),),
        b" ".join(told).decode("utf-8", "replace"),
        bytes(data[slice(*time)]).decode("utf-8", "replace"),
        alone=b"\n" in text,
    )
    return Reading((record,), at)


_STREAM = (b"_HOSTNAME", b"SYSLOG_IDENTIFIER", b"_PID", b"_STREAM_ID")
EXPORT = Envelope(
    "journald-export", _read_export, (*LINE_ANCHORS, b"MESSAGE"), verified=True, inline=False
)
