"""A folder that grows, as a stream of dumps: each comes once, when nothing more can belong to it.

What was read of a file is a place in it. A file is read as far as no dump can be on: where nothing
of a dump has come for ``idle`` seconds that is its end, else a place so far behind the last dump
that none can go on there. The rule of ranges does the rest: a dump belongs to the batch that holds
its first byte.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import DataSourceStreamReader, InputPartition

from gotrace.errors import GotraceError
from gotrace.scanning.splitting import Range, beginning, divided, holds_any, lines_in, range_of
from gotrace.spark.options import Options, files_of
from gotrace.spark.rows import Asked
from gotrace.spark.source import RANGE, Parts, dumps_of, file_id, gathered, with_lines
from gotrace.spark.worker import rows_of

if TYPE_CHECKING:
    import pyarrow as pa

# Of each file: `from` and `end` of the last batch, lines before `from` and `end`, and its id.
Entry = dict[str, Any]
Offset = dict[str, Entry]


class NamedParts(Parts):
    """Ranges of files that may have been renamed since."""

    def __init__(self, ranges: Sequence[Range], ids: dict[str, str]) -> None:
        super().__init__(ranges)
        self.ids = ids


class GoPanicStream(DataSourceStreamReader):
    """``spark.readStream.format("gopanic")``."""

    def __init__(self, options: Options, asked: Asked) -> None:
        self.options = options
        self.asked = asked
        self._last: Offset = {}
        self._checked: dict[str, tuple[int, float]] = {}  # as far as looked at; the last hit's time

    def initialOffset(self) -> Offset:  # noqa: N802 - Spark's name
        """Nothing was read."""
        return {}

    def latestOffset(self, start: Offset | None = None, limit: object = None) -> Offset:  # noqa: N802
        """How far each file can be read. ``start`` is given since Spark 4.2."""
        before = self._last if start is None else start
        ids = {entry["id"]: entry for entry in before.values()}
        found: Offset = {}
        moved = False
        for name in _present(self.options):
            try:
                entry = self._entry(name, ids)
            except (OSError, GotraceError):  # it is just being renamed
                continue
            found[name] = entry
            moved = moved or entry["end"] > entry["from"]
        self._last = found if moved else before
        return self._last

    def partitions(self, start: Offset, end: Offset) -> Sequence[InputPartition]:
        """What came since the last batch."""
        ids = {name: entry["id"] for name, entry in end.items()}
        ranges = [
            part
            for name, entry in end.items()
            if entry["end"] > entry["from"]
            for part in _cut(name, entry, self.options)
        ]
        parts = gathered(ranges, self.options.range_size or RANGE)
        return [NamedParts(p.ranges, {r.name: ids[r.name] for r in p.ranges}) for p in parts]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """The rows of the dumps that begin there."""
        assert isinstance(partition, NamedParts)
        named = ((_found(p.name, partition.ids[p.name]), p) for p in partition.ranges)
        ranges = [part._replace(name=name) for name, part in named if name is not None]
        return rows_of(dumps_of(ranges, self.options), self.options, self.asked)

    def _entry(self, name: str, ids: dict[str, Entry]) -> Entry:
        """How far ``name`` was read, and can be."""
        own, part = file_id(name), range_of(name)
        known = ids.get(own)
        begin, lines = (0, 0) if known is None else (known["end"], known["after"])
        if begin > part.stop:  # it was cut
            begin = lines = 0
        end = self._end(own, part._replace(start=begin))
        more = lines_in(part._replace(start=begin, stop=end)) if self.options.lines else 0
        return {
            "from": begin, "end": end, "before": lines,
            "after": lines + (0 if part.whole else more), "id": own, "whole": part.whole,
        }  # fmt: skip

    def _end(self, own: str, part: Range) -> int:
        now, size = time.time(), part.stop
        looked, hit = self._checked.get(own, (part.start, os.stat(part.name).st_mtime))
        if own in self._checked and size > looked and self._is_hit(part, looked):
            hit = now
        self._checked[own] = (size, hit)
        if now - hit >= self.options.idle or size <= part.start:
            return size
        if part.whole:
            return part.start
        with open(part.name, "rb", buffering=0) as file:
            return max(part.start, beginning(file, size, self.options.prefix))

    def _is_hit(self, part: Range, looked: int) -> bool:
        if part.whole or self.options.prefix is not None:
            return True
        return holds_any(part.name, looked, part.stop)


def _present(options: Options) -> list[str]:
    try:
        return files_of(options)
    except GotraceError:  # the folder is not there yet
        return []


def _cut(name: str, entry: Entry, options: Options) -> list[Range]:
    part = Range(name, entry["from"], entry["end"], entry["before"], entry["whole"])
    try:
        size = options.range_size or RANGE
        parts = divided(part, -(-(part.stop - part.start) // size))
        return with_lines(parts) if options.lines else parts
    except GotraceError:  # it was renamed: the reader looks for it
        return [part]


def _found(name: str, own: str) -> str | None:
    """The file by its id: there, or beside it; None where it is gone."""
    folder = os.path.dirname(name) or "."
    beside = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for path in [name, *(os.path.join(folder, n) for n in beside)]:
        try:
            if file_id(path) == own:
                return path
        except OSError:
            continue
    return None
