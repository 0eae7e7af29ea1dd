"""Tables that hold lines already: ``mapInArrow`` over the lines of each stream in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pyspark.sql import DataFrame

from gotrace.model import Dump
from gotrace.scanning.scanner import Scanner
from gotrace.spark.options import Options, options_of
from gotrace.spark.rows import Asked
from gotrace.spark.source import asked_of, whole_schema
from gotrace.spark.worker import rows_of

if TYPE_CHECKING:
    import pyarrow as pa

Decoder = Callable[[Iterator["pa.RecordBatch"]], Iterator["pa.RecordBatch"]]


def decoded(
    table: DataFrame,
    text: str,
    stream: str | None,
    order: tuple[str, ...],
    given: Mapping[str, str],
) -> DataFrame:
    """A row for each dump. Errors: ValueError for a column that is not there."""
    for name in (text, *([stream] if stream else []), *order):
        if name not in table.columns:
            raise ValueError(f"no column {name}: the table has {', '.join(table.columns)}")
    schema = whole_schema()
    if stream is not None:
        table = table.repartition(stream).sortWithinPartitions(stream, *order)
    lines = table.select(text, *([stream] if stream else []))
    return lines.mapInArrow(_decoder(options_of(given), asked_of(schema)), schema)


def _decoder(options: Options, asked: Asked) -> Decoder:
    def decode(tables: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return rows_of(_dumps(tables, options), options, asked)

    return decode


def _dumps(tables: Iterator[pa.RecordBatch], options: Options) -> Iterator[Dump]:
    """The dumps of each stream; its name is their source, and places count its own bytes."""
    scanner: Scanner | None = None
    for name, data in _runs(tables):
        if scanner is None or scanner.source != name:
            if scanner is not None:
                yield from scanner.flush()
            scanner = Scanner(name, prefix=options.prefix, max_dump_bytes=options.max_dump)
        yield from scanner.feed(data)
    if scanner is not None:
        yield from scanner.flush()


def _runs(tables: Iterator[pa.RecordBatch]) -> Iterator[tuple[str, bytes]]:
    """Neighbouring lines of one stream."""
    for table in tables:
        lines = table.column(0).to_pylist()
        names = table.column(1).to_pylist() if table.num_columns > 1 else [""] * len(lines)
        first = 0
        for at in range(1, len(lines) + 1):
            if at == len(lines) or names[at] != names[first]:
                name = "-" if names[first] in {None, ""} else str(names[first])
                yield name, b"".join(map(_line, lines[first:at]))
                first = at


def _line(value: Any) -> bytes:
    if value is None:
        return b""
    raw = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else bytes(value)
    return raw if raw.endswith(b"\n") else raw + b"\n"
