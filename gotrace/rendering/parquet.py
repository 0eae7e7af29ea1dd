"""Parquet: a table with a row for each frame (docs/parquet.md), in row groups of bounded size.

It needs pyarrow, the extra ``arrow``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, TextIO, TypeVar

from gotrace.errors import GotraceError
from gotrace.model import Span
from gotrace.parsing.collector import paused
from gotrace.rendering import crash
from gotrace.rendering.formats import Page
from gotrace.rendering.json_values import Json, hexadecimal
from gotrace.rendering.parquet_rows import (
    NO_WORDS,
    Words,
    dump_row,
    extent_in,
    frames_of,
    function_row,
    goroutine_row,
    words_row,
)
from gotrace.report import Report

if TYPE_CHECKING:
    import pyarrow as pa

    from gotrace.annotated import AnnotatedFrame

ROWS = 1 << 13  # of a row group, and of a batch
SIZE = 1 << 23  # characters of text in one, about
_Key = TypeVar("_Key")
_Row = TypeVar("_Row")


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A Parquet file, complete when ``reports`` end; each row group is written when it is full.

    Errors: GotraceError without pyarrow, and where ``out`` is a terminal.
    """
    _write(batches(reports), _binary(out))


def write_batches(found: Iterable[pa.RecordBatch], out: TextIO) -> None:
    """The same of what :func:`batches` made of some reports at a time.

    Errors: those of :func:`write`.
    """
    file = _binary(out)
    _write(_filled(found), file)


def write_to(file: BinaryIO, reports: Iterable[Report]) -> None:
    """The same into a binary file."""
    _write(batches(reports), file)


def _binary(out: TextIO) -> BinaryIO:
    with _one_thread():
        _load()
    if out.isatty():
        raise GotraceError("parquet is nothing for a terminal", "name a file: -o crashes.parquet")
    out.flush()
    return out.buffer


def _write(found: Iterable[pa.RecordBatch], file: BinaryIO) -> None:
    _load()
    from pyarrow import parquet  # noqa: PLC0415 - only with the extra

    from gotrace.rendering.parquet_schema import SCHEMA  # noqa: PLC0415

    # Without Arrow's own schema in the file, all readers see plain columns.
    options = {"compression": "zstd", "store_schema": False}
    with parquet.ParquetWriter(file, SCHEMA, **options) as writer:
        for batch in found:
            writer.write_batch(batch)


def _filled(found: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, as many in each batch as there may be."""
    import pyarrow as pa  # noqa: PLC0415 - only with the extra

    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in found:
        held.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows < ROWS and size < SIZE:
            continue
        whole = pa.Table.from_batches(held).combine_chunks().to_batches(ROWS)
        held = [] if size >= SIZE or rows % ROWS == 0 else [whole.pop()]
        yield from whole
        rows, size = sum(b.num_rows for b in held), sum(b.nbytes for b in held)
    if held:
        yield from pa.Table.from_batches(held).combine_chunks().to_batches()


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


@contextmanager
def _one_thread() -> Iterator[None]:
    """Where numpy is installed, Arrow imports it, and OpenBLAS starts a thread for each core: half
    of what the import takes. A command computes nothing with it."""
    told = os.environ.get(_THREADS)
    os.environ.setdefault(_THREADS, "1")
    try:
        yield
    finally:
        if told is None:
            del os.environ[_THREADS]


_THREADS = "OPENBLAS_NUM_THREADS"


class _Rows:
    """Rows that become a batch. What many rows share is kept, and made into columns, once."""

    def __init__(self) -> None:
        self._report: Report | None = None
        self._forget()

    def _forget(self) -> None:
        self._size = 0
        self._goroutine = -2  # whose rows come
        self._dumps, self._goroutines = _Shared(), _Shared()
        self._functions: dict[tuple[object, ...], int] = {}
        self._function_rows: list[Json] = []
        self._words: dict[tuple[int, ...], int] = {}
        self._words_rows: list[Words] = []
        self._frames: dict[tuple[object, ...], tuple[int, int]] = {}
        self._held: list[AnnotatedFrame] = []  # what the keys are the ids of: it has to live
        self._chosen: list[tuple[int, int, int, int]] = []  # of the four, by each row
        self._places: list[tuple[object, ...]] = []

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._places)

    def begin(self, report: Report) -> None:
        """The rows that follow are of this report."""
        self._report, self._dump = report, dump_row(report)
        self._blamed = crash.frame_of(report)
        self._extent = extent_in(report.dump)
        self._coming = frames_of(report)
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
                self._add(index, frame)
                if len(self._places) >= ROWS or self._size >= SIZE:
                    return True
        return False

    def _stand_in(self, report: Report, number: int) -> None:
        self._goroutine = number
        plain = report.goroutines[number].goroutine if number >= 0 else None
        self._goroutines.append(goroutine_row(plain, number))
        self._above = len(self._dumps.rows) - 1, len(self._goroutines.rows) - 1

    def _add(self, index: int, frame: AnnotatedFrame | None) -> None:
        self._size += self._dumps.weight + self._goroutines.weight
        if frame is None:
            self._chosen.append((*self._above, *self._nothing()))
            self._places.append((None, None, None, None, None, False))
            return
        plain, _, in_app, signature, arguments, unbound, issues = frame
        call, site, start, _, end, _, _, pc, language = plain
        self._size += call.end
        # What is shared is one object: to hash what it holds takes longer.
        key = (
            *(id(call), id(site), id(signature), id(arguments), id(unbound), id(issues)),
            *(in_app, language),
        )
        shared = self._frames.get(key)
        if shared is None:
            self._held.append(frame)
            shared = self._frames[key] = self._function(frame), self._words_of(frame)
        self._chosen.append((*self._above, *shared))
        place = self._extent(Span(start, end))
        self._places.append((hexadecimal(pc), index, *place, frame is self._blamed))

    def _nothing(self) -> tuple[int, int]:
        return (
            _number(self._functions, (), self._function_rows, dict),
            _number(self._words, (), self._words_rows, lambda: NO_WORDS),
        )

    def _function(self, frame: AnnotatedFrame) -> int:
        plain = frame.frame
        key = (plain.function, plain.site, id(frame.signature), frame.in_app, plain.language)
        return _number(self._functions, key, self._function_rows, lambda: function_row(frame))

    def _words_of(self, frame: AnnotatedFrame) -> int:
        key = (id(frame.frame.call), id(frame.arguments), id(frame.unbound), id(frame.issues))
        return _number(self._words, key, self._words_rows, lambda: words_row(frame))

    def batch(self) -> pa.RecordBatch:
        """All rows so far; it begins anew."""
        import pyarrow as pa  # noqa: PLC0415 - only with the extra

        from gotrace.rendering import parquet_columns as columns  # noqa: PLC0415
        from gotrace.rendering import parquet_schema as schema  # noqa: PLC0415

        dumps, goroutines, functions, words = zip(*self._chosen, strict=True)
        found = [
            *columns.of_rows(self._dumps.rows, schema.DUMP, dumps),
            *columns.of_rows(self._goroutines.rows, schema.GOROUTINE, goroutines),
            *columns.of_lists(zip(*self._places, strict=True), schema.PLACE),
            *columns.of_rows(self._function_rows, schema.FUNCTION, functions),
            *columns.of_words(self._words_rows, schema.WORDS, words),
        ]
        self._forget()
        return pa.RecordBatch.from_arrays(found, schema=schema.SCHEMA)


class _Shared:
    """Columns that are the same for many rows that stand together."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self.weight = 0  # characters of the last one's texts

    def append(self, row: Json) -> None:
        """What the next rows have."""
        self.rows.append(row)
        self.weight = sum(len(value) for value in row.values() if isinstance(value, str))


def _number(
    known: dict[tuple[_Key, ...], int],
    key: tuple[_Key, ...],
    rows: list[_Row],
    make: Callable[[], _Row],
) -> int:
    """Which of ``rows`` is that of ``key``; where there is none, it is made."""
    number = known.get(key)
    if number is None:
        number = known[key] = len(rows)
        rows.append(make())
    return number
