"""A big file scanned by several processes: a dump belongs to the range that holds its first byte.

A process begins to read before its range, at a place where nothing of a dump stands for longer
than any dump reaches, so that it sees what a scan of the whole would see.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import BinaryIO

from gotrace.input.compressed import kind_of
from gotrace.input.encoding import decoded
from gotrace.input.files import unreadable
from gotrace.model import Dump
from gotrace.parsing import read_all
from gotrace.scanning.scanner import AHEAD, MOST, Scanner
from gotrace.scanning.sources import windows

LEAST = 1 << 22  # bytes of a range: less is not worth a process
BLOCK = 1 << 20
HEAD = 1 << 12


def scan_in_ranges(
    name: str, jobs: int, *, prefix: str | None, max_dump_bytes: int = MOST
) -> Iterator[Dump]:
    """Like ``scan``; files that cannot be divided are scanned by this process."""
    try:
        size = os.stat(name).st_size if name != "-" and os.path.isfile(name) else 0
        with open(name, "rb") if size else open(os.devnull, "rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise unreadable(name, error) from error
    count = min(jobs, size // LEAST)
    if count < 2 or kind_of(head) is not None or decoded(head) is not None:
        from gotrace.scanning import scan  # noqa: PLC0415 - it imports this module on demand

        yield from scan(name, prefix=prefix, max_dump_bytes=max_dump_bytes)
        return
    cuts = [size * i // count for i in range(count + 1)]
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only for several jobs

    with ProcessPoolExecutor(count) as pool:
        counted = list(pool.map(_count, [name] * count, cuts, cuts[1:]))
        before = [sum(counted[:i]) for i in range(count)]
        arguments = zip(pairwise(cuts), before, strict=True)
        told = [
            pool.submit(_list, name, a, b, lines, prefix, max_dump_bytes)
            for (a, b), lines in arguments
        ]
        for future in told:
            yield from future.result()


def scan_ranges(name: str, cuts: Sequence[int], *, prefix: str | None = None) -> Iterator[Dump]:
    """All ranges between ``cuts`` one after the other, in this process."""
    lines = 0
    for start, stop in pairwise(cuts):
        yield from scan_range(name, start, stop, lines, prefix=prefix)
        lines += _count(name, start, stop)


def scan_range(
    name: str,
    start: int,
    stop: int,
    lines: int,
    *,
    prefix: str | None = None,
    max_dump_bytes: int = MOST,
) -> Iterator[Dump]:
    """The dumps whose first byte lies in ``start`` to ``stop``; ``lines`` end before ``start``."""
    with open(name, "rb") as file:
        begin = _quiet_place(file, start, prefix)
        scanner = Scanner(
            name,
            prefix=prefix,
            max_dump_bytes=max_dump_bytes,
            position=begin,
            lines=lines - _lines_between(file, begin, start),
        )
        for found in windows(file, scanner):
            for dump in found:
                first = dump.where(dump.span).start
                if first >= stop:
                    return
                if first >= start:
                    yield dump
            if scanner.settled >= stop:
                return


def _list(  # noqa: PLR0917 - a process is given no keywords
    name: str, start: int, stop: int, lines: int, prefix: str | None, most: int
) -> list[Dump]:
    return list(scan_range(name, start, stop, lines, prefix=prefix, max_dump_bytes=most))


def _count(name: str, start: int, stop: int) -> int:
    with open(name, "rb") as file:
        return _lines_between(file, start, stop)


def _lines_between(file: BinaryIO, start: int, stop: int) -> int:
    file.seek(start)
    count = 0
    while start < stop and (data := file.read(min(BLOCK, stop - start))):
        count += data.count(b"\n")
        start += len(data)
    return count


def _quiet_place(file: BinaryIO, start: int, prefix: str | None) -> int:
    """The start of a line before ``start`` with nothing of a dump for ``AHEAD`` bytes around it."""
    quiet = 0
    low = start
    while low > 0 and quiet <= 2 * AHEAD:
        size = min(AHEAD, low)
        low -= size
        file.seek(low)
        found = next(read_all(file.read(size + AHEAD // 4), "-", prefix, None), None)
        quiet = quiet + size if found is None else 0
    if low <= 0:
        return 0
    file.seek(low + AHEAD)
    end = file.read(AHEAD).find(b"\n")
    return low + AHEAD + end + 1 if end >= 0 else 0
