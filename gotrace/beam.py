"""Dumps of log files for Apache Beam, which may cut a file anywhere (docs/pipelines.md).

It needs the extra ``beam``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from apache_beam.io.filebasedsource import FileBasedSource

from gotrace.model import Dump
from gotrace.scanning.scanner import MOST
from gotrace.scanning.splitting import Range, lines_in, range_of, scan_range

STEP = 1 << 23  # bytes whose dumps are held, to give them in the order of their first bytes


class CrashSource(FileBasedSource):
    """``beam.io.Read(CrashSource("logs/*.log"))``: a collection of ``gotrace.Dump``.

    Shape:  a dump belongs to the range that holds its first byte; compressed files are not cut.
    Errors: UnreadableFileError for what is not a file of this machine.
    """

    def __init__(
        self, file_pattern: str, *, prefix: str | None = None, max_dump_bytes: int = MOST
    ) -> None:
        super().__init__(file_pattern)
        self._prefix = prefix
        self._most = max_dump_bytes

    def read_records(self, file_name: str, range_tracker: Any) -> Iterator[Dump]:
        """The dumps that begin in the tracker's range, which may become shorter meanwhile."""
        part = range_of(file_name)
        start = range_tracker.start_position()
        if part.whole:
            if start == 0 and range_tracker.try_claim(0):
                yield from self._dumps(part)
            return
        stop = min(part.stop, range_tracker.stop_position())
        for step in _steps(part._replace(start=start, stop=stop)):
            for dump in sorted(self._dumps(step), key=_place):
                place = _place(dump)
                if place == range_tracker.last_record_start:
                    range_tracker.set_current_position(place)
                elif not range_tracker.try_claim(place):
                    return
                yield dump
            if step.stop >= range_tracker.stop_position():
                return

    def _dumps(self, part: Range) -> list[Dump]:
        return [*scan_range(part, prefix=self._prefix, max_dump_bytes=self._most)]


def _place(dump: Dump) -> int:
    return dump.where(dump.span).start


def _steps(part: Range) -> Iterator[Range]:
    """``part`` in pieces, their lines counted."""
    stat, start = os.stat(part.name), part.start
    known = (part.name, stat.st_ino, stat.st_mtime_ns)
    lines = sum(_lines(known, at, min(at + STEP, start)) for at in range(0, start, STEP))
    while start < part.stop:
        stop = min(start + STEP, part.stop)
        yield Range(part.name, start, stop, lines)
        lines += _lines(known, start, stop)
        start = stop


@lru_cache(maxsize=1 << 12)
def _lines(known: tuple[str, int, int], start: int, stop: int) -> int:
    return lines_in(Range(known[0], start, stop))
