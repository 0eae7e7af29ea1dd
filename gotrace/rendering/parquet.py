"""Parquet: a table with a row for each frame (docs/parquet.md), in row groups of bounded size.

It needs pyarrow, the extra ``arrow``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, TextIO

from gotrace.errors import GotraceError
from gotrace.parsing.collector import paused
from gotrace.rendering import crash
from gotrace.rendering.formats import Page
from gotrace.rendering.json_values import Json
from gotrace.rendering.parquet_rows import (
    dump_row,
    function_row,
    goroutine_row,
    place_row,
    words_row,
)
from gotrace.report import Report

if TYPE_CHECKING:
    import pyarrow as pa

    from gotrace.annotated import AnnotatedFrame

ROWS = 1 << 13  # of a row group, and of a batch
SIZE = 1 << 23  # characters of text in one, about


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A Parquet file, complete when ``reports`` end; each row group is written when it is full.

    Errors: GotraceError without pyarrow, and where ``out`` is a terminal.
    """
    _load()
    if out.isatty():
        raise GotraceError("parquet is nothing for a terminal", "name a file: -o crashes.parquet")
    out.flush()
    write_to(out.buffer, reports)


def write_to(file: BinaryIO, reports: Iterable[Report]) -> None:
    """The same into a binary file."""
    _load()
    from pyarrow import parquet  # noqa: PLC0415 - only with the extra

    from gotrace.rendering.parquet_schema import SCHEMA  # noqa: PLC0415

    # Without Arrow's own schema in the file, all readers see plain columns.
    options = {"compression": "zstd", "store_schema": False}
    with parquet.ParquetWriter(file, SCHEMA, **options) as writer:
        for batch in batches(reports):
            writer.write_batch(batch)


def batches(reports: Iterable[Report]) -> Iterator[pa.RecordBatch]:
    """The rows of ``reports``, a batch as soon as it is full.

    Errors: GotraceError without pyarrow.
    """
    _load()
    rows = _Rows()
    for report in reports:
        rows.begin(report)
        while rows.fill():
            yield rows.batch()
    if rows.count:
        yield rows.batch()


def _load() -> None:
    try:
        import pyarrow  # noqa: F401, PLC0415 - only with the extra
    except ImportError as error:
        raise GotraceError(
            "parquet needs pyarrow, which is not installed", "pip install 'gotrace[arrow]'"
        ) from error


_Place = tuple[int, int, "AnnotatedFrame | None"]


def _frames(report: Report) -> Iterator[_Place]:
    """The rows of a report: goroutine, frame, and what stands there. What has no frames is a row
    too, so that nothing is missing: -1 is a dump without goroutines, None no frame."""
    if not report.goroutines:
        yield -1, 0, None
    for number, goroutine in enumerate(report.goroutines):
        if not goroutine.frames:
            yield number, 0, None
        for index, frame in enumerate(goroutine.frames):
            yield number, index, frame


class _Rows:
    """Rows that become a batch. What many rows share is kept, and made into columns, once."""

    def __init__(self) -> None:
        self._report: Report | None = None
        self._forget()

    def _forget(self) -> None:
        self.count = 0
        self._size = 0
        self._goroutine = -2  # whose rows come
        self._dumps, self._goroutines = _Shared(), _Shared()
        self._functions, self._words = _Shared(), _Shared()
        self._places: list[tuple[object, ...]] = []

    def begin(self, report: Report) -> None:
        """The rows that follow are of this report."""
        self._report, self._dump = report, dump_row(report)
        self._blamed = crash.frame_of(report)
        self._coming = _frames(report)
        self._goroutine = -2
        self._dumps.append(self._dump)

    def fill(self) -> bool:
        """Take rows of the report; whether the batch is full, so that more of them may come."""
        assert self._report is not None
        if not self._dumps.rows:
            self._dumps.append(self._dump)
        with paused():
            for number, index, frame in self._coming:
                if number != self._goroutine:
                    self._stand_in(self._report, number)
                self._places.append(place_row(self._report, frame, index, self._blamed))
                self._add(frame)
                if self.count >= ROWS or self._size >= SIZE:
                    return True
        return False

    def _stand_in(self, report: Report, number: int) -> None:
        self._goroutine = number
        plain = report.goroutines[number].goroutine if number >= 0 else None
        self._goroutines.append(goroutine_row(plain, number))

    def _add(self, frame: AnnotatedFrame | None) -> None:
        self.count += 1
        self._size += self._dumps.again() + self._goroutines.again()
        if frame is None:
            self._functions.choose((), dict)
            self._words.choose((), dict)
            return
        plain = frame.frame
        call = plain.call
        self._size += call.end
        line = (plain.function, plain.site, id(frame.signature), frame.in_app, plain.language)
        self._functions.choose(line, lambda: function_row(frame), frame)
        said = (id(call), id(frame.arguments), id(frame.unbound), id(frame.issues))
        self._words.choose(said, lambda: words_row(frame), frame)

    def batch(self) -> pa.RecordBatch:
        """All rows so far; it begins anew."""
        import pyarrow as pa  # noqa: PLC0415 - only with the extra

        from gotrace.rendering import parquet_schema as schema  # noqa: PLC0415

        places = zip(zip(*self._places, strict=True), schema.PLACE, strict=True)
        columns = [
            *self._dumps.columns(schema.DUMP),
            *self._goroutines.columns(schema.GOROUTINE),
            *(pa.array(values, field.type) for values, field in places),
            *self._functions.columns(schema.FUNCTION),
            *self._words.columns(schema.WORDS),
        ]
        self._forget()
        return pa.RecordBatch.from_arrays(columns, schema=schema.SCHEMA)


class _Shared:
    """Columns that are the same for many rows: the distinct ones, and which of them each has."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self._weight = 0  # characters of the last one's texts
        self._chosen: list[int] = []
        self._known: dict[tuple[object, ...], int] = {}
        self._held: list[object] = []  # what the keys are the ids of: it has to live

    def append(self, row: Json) -> None:
        """What the next rows have."""
        self.rows.append(row)
        self._weight = sum(len(value) for value in row.values() if isinstance(value, str))

    def again(self) -> int:
        """A row that has what was appended last; the characters of it."""
        self._chosen.append(len(self.rows) - 1)
        return self._weight

    def choose(
        self, key: tuple[object, ...], make: Callable[[], Json], held: object = None
    ) -> None:
        """A row that has what is made for ``key``."""
        index = self._known.get(key)
        if index is None:
            index = self._known[key] = len(self.rows)
            self._held.append(held)
            self.rows.append(make())
        self._chosen.append(index)

    def columns(self, schema: pa.Schema) -> list[pa.Array]:
        """An entry for each row; null where nothing is said."""
        import pyarrow as pa  # noqa: PLC0415 - only with the extra

        table = pa.RecordBatch.from_pylist(self.rows, schema=schema)
        columns: list[pa.Array] = table.take(pa.array(self._chosen)).columns
        return columns
