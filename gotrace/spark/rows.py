"""Dumps as rows of the table, in batches of Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gotrace.fingerprints import blamed, fingerprints
from gotrace.model import Dump
from gotrace.parsing.collector import paused
from gotrace.redaction import redact
from gotrace.rendering.crash import nanoseconds
from gotrace.rendering.json import dump as all_keys
from gotrace.rendering.json_plain import plain_keys
from gotrace.rendering.json_values import Json, optional_text, text
from gotrace.report import annotate
from gotrace.spark.arrow import Table
from gotrace.spark.columns import DECODED, Type
from gotrace.spark.filters import Path, all_hold
from gotrace.spark.options import Evidence, Options, evidence_of
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 500  # of a batch; frames in it, and bytes of the dumps
FRAMES = 4_000
SIZE = 1 << 24


class Asked(NamedTuple):
    """What a query wants: columns with their types, and filters."""

    columns: Mapping[str, Type]
    filters: tuple[Any, ...] = ()


def batches(dumps: Iterable[Dump], options: Options, asked: Asked) -> Iterator[pa.RecordBatch]:
    """The dumps that the filters let through; the others are not decoded.

    Errors: GotraceError for what the options name and cannot be read.
    """
    evidence = evidence_of(options) if needs_report(options, asked) else None
    table = Table(asked.columns)
    rows: list[Json] = []
    frames = size = 0
    for dump in dumps:
        if not all_hold(asked.filters, lambda path, dump=dump: plain_value(dump, path)):  # type: ignore[misc]
            continue
        with paused():
            rows.append(_row(dump, options, evidence))
        frames += sum(len(g.frames) for g in dump.goroutines)
        size += dump.span.end - dump.span.start
        if len(rows) >= ROWS or frames >= FRAMES or size >= SIZE:
            yield table.batch(rows)
            rows, frames, size = [], 0, 0
    if rows:
        yield table.batch(rows)


def needs_report(options: Options, asked: Asked) -> bool:
    """Whether dumps are decoded for it."""
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


def _time(stamp: str) -> int | None:
    """A log's time, in microseconds."""
    found = nanoseconds(stamp)
    return None if found is None else found // 1000


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
