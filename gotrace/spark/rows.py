"""Dumps as rows of the table, in batches of Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from gotrace.fingerprints import blamed, fingerprints
from gotrace.model import Dump
from gotrace.parsing.collector import paused
from gotrace.redaction import redact
from gotrace.rendering.crash import nanoseconds
from gotrace.rendering.json import dump as all_keys
from gotrace.rendering.json_plain import plain_keys
from gotrace.rendering.json_values import Json, optional_text, text
from gotrace.report import annotate
from gotrace.spark.columns import DECODED, Type, shape_of
from gotrace.spark.filters import Path, all_hold
from gotrace.spark.options import Evidence, Options, evidence_of
from gotrace.tuples import NamedTuple

ROWS = 500  # of a batch, and frames in it
FRAMES = 20_000
_PLAIN = {
    "string": pa.string(), "long": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}  # fmt: skip


class Asked(NamedTuple):
    """What a query wants: columns with their types, and filters."""

    columns: Mapping[str, Type]
    filters: tuple[Any, ...] = ()


def batches(dumps: Iterable[Dump], options: Options, asked: Asked) -> Iterator[pa.RecordBatch]:
    """The dumps that the filters let through; the others are not decoded.

    Errors: GotraceError for what the options name and cannot be read.
    """
    evidence = evidence_of(options) if _needs_report(options, asked) else None
    shape = shape_of(("struct", dict(asked.columns)))
    assert shape is not None
    schema = pa.schema([pa.field(n, _arrow_type(k)) for n, k in asked.columns.items()])
    rows: list[Json] = []
    frames = 0
    for dump in dumps:
        if not all_hold(asked.filters, lambda path, dump=dump: plain_value(dump, path)):  # type: ignore[misc]
            continue
        with paused():
            rows.append(shape(_row(dump, options, evidence)))
        frames += sum(len(g.frames) for g in dump.goroutines)
        if len(rows) >= ROWS or frames >= FRAMES:
            yield _batch(rows, schema)
            rows, frames = [], 0
    if rows:
        yield _batch(rows, schema)


def _batch(rows: list[Json], schema: pa.Schema) -> pa.RecordBatch:
    with paused():
        return pa.RecordBatch.from_pylist(rows, schema=schema)


def _arrow_type(kind: Type) -> pa.DataType:
    if isinstance(kind, str):
        return _PLAIN[kind]
    if kind[0] == "array":
        return pa.list_(_arrow_type(kind[1]))
    if kind[0] == "map":
        return pa.map_(pa.string(), _arrow_type(kind[1]))
    return pa.struct([pa.field(n, _arrow_type(k)) for n, k in kind[1].items()])


def _needs_report(options: Options, asked: Asked) -> bool:
    return options.redact or not DECODED.isdisjoint(asked.columns)


def _row(dump: Dump, options: Options, evidence: Evidence | None) -> Json:
    told = plain_keys(dump) if evidence is None else _decoded(dump, options, evidence)
    goroutine, frame = blamed(dump)
    told["function"] = text(frame.function) if frame else None
    told["state"] = optional_text(goroutine.state) if goroutine else None
    told["time"] = _time(dump.timestamp)
    if not options.lines:
        _without_lines(told)
    return told


def _decoded(dump: Dump, options: Options, evidence: Evidence) -> Json:
    report = annotate(
        dump,
        signatures=evidence.signatures,
        binaries=evidence.binaries,
        sources=evidence.sources,
        stdlib=options.stdlib,
        go=options.go,
        arch=options.arch,
    )
    return all_keys(redact(report) if options.redact else report)


def plain_value(dump: Dump, path: Path) -> str | None:
    """The column at ``path``, one of ``filters.PLAIN``; as the row has it."""
    name = path[-1]
    if path[0] == "fingerprints":
        prints: str = getattr(fingerprints(dump), name)
        return prints
    if name in {"function", "state"}:
        goroutine, frame = blamed(dump)
        if name == "function":
            return text(frame.function) if frame else None
        return optional_text(goroutine.state) if goroutine else None
    if name == "kind":
        return dump.kind.value
    raw: str = getattr(dump, name)
    return text(raw) if raw or name == "source" else None


def _time(stamp: str) -> datetime | None:
    """A log's time, to the microsecond."""
    found = nanoseconds(stamp)
    if found is None:
        return None
    seconds, rest = divmod(found, 10**9)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)


def _without_lines(node: Any) -> None:
    """Take away what only those know who counted the lines before: those of the log."""
    if isinstance(node, dict):
        if "end_column" in node and "start" in node:
            node.update(dict.fromkeys(node.keys() & {"line", "first_line", "last_line"}))
        for value in node.values():
            _without_lines(value)
    elif isinstance(node, list):
        for value in node:
            _without_lines(value)
