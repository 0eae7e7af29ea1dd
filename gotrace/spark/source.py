"""The data source: files in ranges of bytes, a row for each dump (docs/spark.md)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition
from pyspark.sql.types import (
    ArrayType,
    BooleanType,
    DataType,
    DoubleType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
    TimestampType,
)

from gotrace.errors import GotraceError
from gotrace.scanning.splitting import Range, counted, divided, range_of, scan_range
from gotrace.spark import FORMAT
from gotrace.spark.columns import Type, columns, misfit, tells_lines
from gotrace.spark.counting import counts_of
from gotrace.spark.filters import all_hold, can_be_taken, of_files
from gotrace.spark.options import Options, files_of, options_of
from gotrace.spark.rows import Asked
from gotrace.spark.worker import rows_of

if TYPE_CHECKING:
    import pyarrow as pa

    from gotrace.spark.stream import GoPanicStream

_PLAIN: dict[str, type[DataType]] = {
    "string": StringType, "long": LongType, "double": DoubleType, "boolean": BooleanType,
    "timestamp": TimestampType,
}  # fmt: skip


RANGE = 128 << 20  # bytes that a task reads, as Spark cuts its own files
LEAST = 4 << 20  # less is not worth a task,
LARGEST = 512 << 20  # and more is too much to do again, if it fails


class GoPanicSource(DataSource):
    """``spark.read.format("gopanic")``."""

    cores: int | None = None  # how many tasks run at once, where it is known

    @classmethod
    def name(cls) -> str:
        """What it is asked for by."""
        return FORMAT

    def schema(self) -> StructType:
        """All columns; ``schema(…)`` of the reader chooses among them."""
        return whole_schema()

    def reader(self, schema: StructType) -> GoPanicReader:
        """Errors: GotraceError for options and columns that are none."""
        return GoPanicReader(options_of(dict(self.options)), asked_of(schema), self.cores)

    def streamReader(self, schema: StructType) -> GoPanicStream:  # noqa: N802 - Spark's name
        """Errors: GotraceError for options and columns that are none."""
        from gotrace.spark.stream import GoPanicStream  # noqa: PLC0415 - it imports this module

        return GoPanicStream(options_of(dict(self.options)), asked_of(schema))


class Parts(InputPartition):
    """Ranges that one task reads."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self.ranges = tuple(ranges)


class GoPanicReader(DataSourceReader):
    """Plans the ranges, and reads them."""

    def __init__(self, options: Options, asked: Asked, cores: int | None = None) -> None:
        self.options = options
        self.asked = asked
        self.cores = cores

    def pushFilters(self, filters: list[Any]) -> Iterable[Any]:  # noqa: N802 - Spark's name
        """Take what can be told before a dump is decoded; give the others back."""
        taken = tuple(one for one in filters if can_be_taken(one))
        self.asked = self.asked._replace(filters=(*self.asked.filters, *taken))
        return [one for one in filters if not can_be_taken(one)]

    def partitions(self) -> Sequence[InputPartition]:
        """Files in ranges; small ones together. Errors: GotraceError for what cannot be read."""
        if not self.options.paths:
            raise GotraceError("no path", 'like .load("/var/log/app")')
        named = of_files(self.asked.filters)
        files = [
            range_of(name)
            for name in files_of(self.options)
            if all_hold(named, lambda _, name=name: name)  # type: ignore[misc]
        ]
        size = self._size(files)
        if size is None:
            size = self.options.range_size or RANGE
            divisions = [divided(file, -(-(file.stop - file.start) // size)) for file in files]
        else:
            divisions = filled(files, size)
        lines = self.options.lines and tells_lines(self.asked.columns)
        ranges = [r for parts in divisions for r in (with_lines(parts) if lines else parts)]
        return list(gathered(ranges, size))

    def _size(self, files: Sequence[Range]) -> int | None:
        """Bytes of a task on a machine whose cores are known; None elsewhere. To begin a task takes
        as long as to search some MB, so there are as few as keep all cores busy."""
        if self.options.range_size is not None or self.cores is None:
            return None
        whole = sum(file.stop - file.start for file in files)
        return min(max(-(-whole // self.cores), LEAST), LARGEST)

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """The rows of the dumps that begin in the ranges."""
        assert isinstance(partition, Parts)
        return rows_of(dumps_of(partition.ranges, self.options), self.options, self.asked)


def filled(files: Iterable[Range], size: int) -> list[list[Range]]:
    """Each file in ranges; ``gathered``, they are tasks of this size but for the last one, and for
    files that cannot be divided."""
    found: list[list[Range]] = []
    room = size
    for file in files:
        start, parts = file.start, []
        while file.stop - start > room and not file.whole:
            parts.append(file._replace(start=start, stop=start + room))
            start, room = start + room, size
        rest = file.stop - start
        room = (room if rest <= room else size) - rest
        if room <= 0:
            room = size
        found.append([*parts, file._replace(start=start)])
    return found


def with_lines(parts: list[Range]) -> list[Range]:
    """Neighbours, with the lines before each counted. Errors: UnreadableFileError."""
    return parts if len(parts) < 2 else counted(parts, [*counts_of(parts[:-1]), 0])


def gathered(ranges: Iterable[Range], size: int) -> Iterator[Parts]:
    """Ranges that are small together in one task."""
    held: list[Range] = []
    total = 0
    for part in ranges:
        own = part.stop - part.start
        if held and total + own > size:
            yield Parts(held)
            held, total = [], 0
        held.append(part)
        total += own
    if held:
        yield Parts(held)


def dumps_of(ranges: Iterable[Range], options: Options) -> Iterator[Any]:
    """The dumps that begin in them. Errors: UnreadableFileError."""
    for part in ranges:
        yield from scan_range(part, prefix=options.prefix, max_dump_bytes=options.max_dump)


def whole_schema() -> StructType:
    """All columns, as Spark spells types."""
    found = _spark_type(("struct", columns()))
    assert isinstance(found, StructType)
    return found


def asked_of(schema: StructType) -> Asked:
    """What a query asks for. Errors: GotraceError for a column that is none."""
    kind, fields = _own_type(schema)
    assert kind == "struct"
    wrong = misfit(fields, columns())
    if wrong is not None:
        raise GotraceError(wrong, "docs/spark.md has the columns")
    return Asked(fields)


def _spark_type(kind: Type) -> DataType:
    if isinstance(kind, str):
        return _PLAIN[kind]()
    if kind[0] == "array":
        return ArrayType(_spark_type(kind[1]))
    if kind[0] == "map":
        return MapType(StringType(), _spark_type(kind[1]))
    return StructType([StructField(n, _spark_type(k)) for n, k in kind[1].items()])


def _own_type(given: DataType) -> Type:
    if isinstance(given, StructType):
        return "struct", {f.name: _own_type(f.dataType) for f in given.fields}
    if isinstance(given, ArrayType):
        return "array", _own_type(given.elementType)
    if isinstance(given, MapType):
        return "map", _own_type(given.valueType)
    return next((n for n, k in _PLAIN.items() if isinstance(given, k)), given.simpleString())


def file_id(name: str) -> str:
    """What a file is known by when it was renamed."""
    found = os.stat(name)
    return f"{found.st_dev}:{found.st_ino}"
