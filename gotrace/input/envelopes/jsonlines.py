"""JSON records, one or several in a line: which member is the text, which the stream.

A row of :data:`SHAPES` for each format; what fits none is a record of a logger, of which the first
member that holds a trace is the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from gotrace.input.envelopes.escapes import unquoted
from gotrace.input.envelopes.jsontext import Member, members
from gotrace.input.envelopes.record import (
    LINE_ANCHORS,
    Envelope,
    RawPiece,
    Reading,
    Record,
    plain_line,
)
from gotrace.patterns import lazy_pattern


class Shape(NamedTuple):
    """A format. ``text`` is the shape of the member with the text; the others lie beside it.

    ``raw``: the text says itself where its lines end. ``needs``: members that tell the format.
    """

    name: str
    text: str
    streams: tuple[str, ...]
    time: str
    needs: tuple[str, ...] = ()
    raw: bool = False
    verified: bool = False


# Docker's jsonlog; go's cmd/test2json; journalctl -o json; Cloud Logging's LogEntry; CloudWatch's
# GetLogEvents/FilterLogEvents; OTLP's JSON for logs.
SHAPES = (
    Shape("docker", "log", ("stream", "attrs.tag"), "time", ("stream", "time"), True, True),
    Shape("fluent", "log", ("kubernetes.pod_name", "kubernetes.container_name", "stream"), "time",
          ("kubernetes.pod_name",)),
    Shape("go-test-json", "Output", ("Package",), "Time", ("Action",), True, True),
    Shape("journald-json", "MESSAGE", ("_HOSTNAME", "SYSLOG_IDENTIFIER", "_PID", "_STREAM_ID"),
          "__REALTIME_TIMESTAMP", ("__CURSOR",), False, True),
    Shape("journald-json", "MESSAGE", ("_HOSTNAME", "SYSLOG_IDENTIFIER", "_PID"),
          "__REALTIME_TIMESTAMP", ("_PID",), False, True),
    *(Shape("gcp", f"{p}{t}", ("logName", "labels.k8s-pod/app", "resource.labels.pod_name",
            "resource.labels.container_name", "labels.instanceId"), "timestamp", (n,))
      for p in ("", "*.", "entries.*.") for t in ("textPayload", "jsonPayload.message",
      "jsonPayload.stack_trace", "jsonPayload.exception", "jsonPayload.stack")
      for n in ("logName", "insertId")),
    Shape("cloudwatch", "events.*.message", ("logStreamName",), "timestamp"),
    Shape("cloudwatch", "logEvents.*.message", ("logStreamName",), "timestamp"),
    Shape("cloudwatch", "results.*.*.value", (), ""),
    Shape("opentelemetry", "resourceLogs.*.scopeLogs.*.logRecords.*.body.stringValue",
          ("severityText",), "timeUnixNano"),
    Shape("opentelemetry", "resourceLogs.*.scopeLogs.*.logRecords.*.attributes.*.value.stringValue",
          (), ""),
)  # fmt: skip
# What loggers call the member with the stack or the message; the first that holds a trace wins.
FIELDS = (
    "stack", "stacktrace", "stackTrace", "stack_trace", "error.stack_trace", "error.stack",
    "exception.stacktrace", "errorVerbose", "error.verbose", "panic", "exception", "err.stack",
    "error", "msg", "message", "log", "MESSAGE", "textPayload", "body", "stringValue",
    "body.stringValue", "@message", "value",
)  # fmt: skip
_TIMES = ("time", "ts", "timestamp", "@timestamp", "t", "date", "Time")
_STREAMS = ("kubernetes.pod_name", "pod", "container_name", "host", "hostname", "pid", "service")
_LINES = (
    "msg", "message", "log", "MESSAGE", "textPayload", "body", "stringValue", "@message", "value",
)  # fmt: skip
TRACE = lazy_pattern(
    rb"goroutine [0-9]+ [^\n]{0,200}\[|\n\t[^\n]{1,4096}:[0-9]+|^(?:panic: |fatal error: )"
    rb"|WARNING: DATA RACE\n| profile: total [0-9]|\n\npanic: "
)
_OPEN = lazy_pattern(rb"[ \t]*(?:\"[^\"\n]{1,99}\": )?(?:\[|\{)[ \t]*(?=\r?\n)")
_ENDS = lazy_pattern(rb"\n([ \t]*)[\]}]")
MOST = 1 << 16  # lines of a record that is printed over several
_ONE = lazy_pattern(rb"[ \t]*(?:\{|\[[ \t]*\{)")


def text_of(data: bytes, member: Member) -> tuple[bytes, tuple[RawPiece, ...]]:
    """A member's text, and where it stood."""
    raw = bytes(data[member.start : member.end])
    if not member.byte_list:
        return unquoted(raw, member.start)
    numbers = [m for m in re.finditer(rb"[0-9]{1,3}", raw) if int(m[0]) < 256]
    pieces = tuple(
        (i, member.start + m.start(), 1, m.end() - m.start()) for i, m in enumerate(numbers)
    )
    return bytes(int(m[0]) for m in numbers), pieces


# Most of docker's records are these three members in this order.
_DOCKER = lazy_pattern(
    rb'\{"log": ?"([^"\\]*+(?:\\.[^"\\]*+)*+)", ?"stream": ?"(\w{1,16})", ?'
    rb'"time": ?"([^"\\]{1,40})"\}\r?\n?'
)


_new = tuple.__new__  # skips NamedTuple's own __new__, which takes twice the time
_BEGIN = {b" ", b"\t", b"{", b"[", b'"', b"]", b"}"}  # what is read here begins with one of them


def _docker(match: re.Match[bytes]) -> Record:
    raw, stream, time = match.groups()
    newline = raw.endswith(b"\\n") and not raw.endswith(b"\\\\n")
    text, pieces = unquoted(raw[:-2] if newline else raw, match.start(1))
    told = stream.decode(), str(time, "utf-8", "replace")
    return _new(Record, (text, pieces, *told, newline, False, False, "docker"))


def _read(data: bytes, start: int, end: int) -> Reading | None:
    if data[start : start + 1] not in _BEGIN:
        return None
    match = _DOCKER.fullmatch(data, start, end)
    if match is not None:
        return _new(Reading, ((_docker(match),), end))
    if not _ONE.match(data, start, end) or _OPEN.match(data, start, end):
        return _pretty(data, start, end)
    found = members(data, *plain_line(data, start, end))
    if not found:
        return None
    return Reading(tuple(_records(data, found)), end)


def _pretty(data: bytes, start: int, end: int) -> Reading | None:
    """An object that is printed over several lines (jq, gcloud, aws): up to its own end."""
    opened = _OPEN.match(data, start, end)
    if opened is None:
        # What stands between two objects, or closes what they are in.
        return Reading((), end) if _CLOSE.fullmatch(data, start, end) else None
    if data[opened.end() - 1 : opened.end()] == b"[":
        return Reading((), end) if opened[0].strip() == b"[" or b'": [' in opened[0] else None
    margin = len(opened[0]) - len(opened[0].lstrip(b" \t"))
    for _ in range(MOST):
        match = _ENDS.search(data, end - 1)
        if match is None:
            return None
        end = data.find(b"\n", match.end()) + 1 or len(data)
        if len(match[1]) <= margin:
            break
    return Reading(tuple(_records(data, members(data, opened.end() - 1, end))), end)


_CLOSE = lazy_pattern(rb"[ \t]*[\]}]{1,9},?[ \t]*\r?\n?")


def _records(data: bytes, found: list[Member]) -> list[Record]:
    shapes = {m.shape for m in found}
    for shape in SHAPES:
        lead = shape.text[: shape.text.rfind("*.") + 2] if "*." in shape.text else ""
        if shape.text in shapes and all(lead + n in shapes or n in shapes for n in shape.needs):
            return [_shaped(data, m, shape, found) for m in found if m.shape == shape.text]
    return _logged(data, found)


def _shaped(data: bytes, member: Member, shape: Shape, found: list[Member]) -> Record:
    text, pieces = text_of(data, member)
    parts = member.path.split(".")
    stars = [i for i, p in enumerate(shape.text.split(".")) if p == "*"]
    # What lies beside the text shares its path up to the last index of an array.
    beside = ".".join(parts[: stars[-1] + 1]) + "." if stars else ""
    values = {
        m.path.removeprefix(beside): m
        for m in found
        if m is not member and m.path.startswith(beside)
    }
    outside = {m.path: m for m in found} if beside else values
    told = [values.get(n) or outside.get(n) for n in shape.streams]
    stream = " ".join(_word(data, m) for m in told if m is not None)
    time = values.get(shape.time)
    newline = text.endswith(b"\n")
    # A logger's whole text is no line of a stream; docker and go test tell where lines end.
    alone = b"\n" in text[:-1] and not shape.raw
    if newline and shape.raw:
        text, pieces = text[:-1], _shortened(pieces, len(text) - 1)
    return Record(
        text,
        pieces,
        stream or shape.name,
        "" if time is None else _word(data, time),
        newline or not shape.raw,
        alone,
        format=shape.name,
    )


def _shortened(pieces: tuple[RawPiece, ...], length: int) -> tuple[RawPiece, ...]:
    """``pieces`` of a text without what is behind ``length``."""
    kept = []
    for at, outer, size, outer_size in pieces:
        if at >= length:
            break
        over = at + size - length
        if over > 0 and size == outer_size:
            size -= over  # noqa: PLW2901
            outer_size = size  # noqa: PLW2901
        kept.append((at, outer, size, outer_size))
    return tuple(kept)


def _word(data: bytes, member: Member) -> str:
    return bytes(data[member.start : member.end]).decode("utf-8", "replace")


def _logged(data: bytes, found: list[Member]) -> list[Record]:
    """A logger's record: the first member that holds a trace, else its message."""
    by_path: dict[str, Member] = {}
    for member in found:
        by_path.setdefault(member.path, member)
    order = [by_path[n] for n in FIELDS if n in by_path]
    order += [m for m in by_path.values() if m.quoted and m.path not in FIELDS]
    time = next((_word(data, by_path[n]) for n in _TIMES if n in by_path), "")
    stream = " ".join(_word(data, by_path[n]) for n in _STREAMS if n in by_path) or "json"
    for member in order:
        if not (member.quoted or member.byte_list):
            continue
        text, pieces = text_of(data, member)
        if b"\n" in text.rstrip(b"\n") and TRACE.search(text):
            return [Record(text, pieces, stream, time, alone=True)]
    for name in _LINES:
        if name in by_path and by_path[name].quoted:
            text, pieces = text_of(data, by_path[name])
            line = text.rstrip(b"\r\n")
            return [Record(line, _shortened(pieces, len(line)), stream, time)]
    return []


JSON = Envelope("json", _read, (*LINE_ANCHORS, b"101,32"), verified=True)
# journalctl pads nothing between the numbers of a byte list: `110,101,32` is `ne `.
