"""A big file scanned by several processes, each of which has a range of its bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial

from gotrace.model import Dump
from gotrace.scanning.scanner import MOST, Scanner
from gotrace.scanning.sources import found_in
from gotrace.scanning.splitting import Range, counted, divided, lines_in, range_of, scan_range

LEAST = 1 << 22  # bytes of a range: less is not worth a process


def scan_in_ranges(
    name: str,
    jobs: int,
    *,
    prefix: str | None,
    max_dump_bytes: int = MOST,
    overlong: Callable[[int], None] | None = None,
) -> Iterator[Dump]:
    """Like ``scan``; files that cannot be divided are scanned by this process.

    ``overlong`` is told at the end where the first line begins that is too long, if there is one.
    Errors: UnreadableFileError.
    """
    part = range_of(name) if os.path.isfile(name) else Range(name, 0, 0)
    parts = divided(part, min(jobs, part.stop // LEAST))
    if len(parts) < 2:
        scanner = Scanner(name, prefix=prefix, max_dump_bytes=max_dump_bytes)
        for found in found_in(name, scanner):
            yield from found
        _tell(overlong, [scanner.overlong])
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only for several jobs

    with ProcessPoolExecutor(len(parts)) as pool:
        parts = counted(parts, list(pool.map(lines_in, parts)))
        read = partial(_list, prefix=prefix, max_dump_bytes=max_dump_bytes)
        places: list[int | None] = []
        for found, place in pool.map(read, parts):
            yield from found
            places.append(place)
    _tell(overlong, places)


def _list(part: Range, *, prefix: str | None, max_dump_bytes: int) -> tuple[list[Dump], int | None]:
    places: list[int] = []
    read = scan_range(part, prefix=prefix, max_dump_bytes=max_dump_bytes, overlong=places.append)
    return list(read), next(iter(places), None)


def _tell(overlong: Callable[[int], None] | None, places: list[int | None]) -> None:
    first = min((place for place in places if place is not None), default=None)
    if overlong is not None and first is not None:
        overlong(first)
