"""A big file scanned by several processes, each of which has a range of its bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from gotrace.model import Dump
from gotrace.scanning.scanner import MOST
from gotrace.scanning.splitting import Range, counted, divided, lines_in, range_of, scan_range

LEAST = 1 << 22  # bytes of a range: less is not worth a process


def scan_in_ranges(
    name: str, jobs: int, *, prefix: str | None, max_dump_bytes: int = MOST
) -> Iterator[Dump]:
    """Like ``scan``; files that cannot be divided are scanned by this process.

    Errors: UnreadableFileError.
    """
    part = range_of(name) if os.path.isfile(name) else Range(name, 0, 0)
    parts = divided(part, min(jobs, part.stop // LEAST))
    if len(parts) < 2:
        from gotrace.scanning import scan  # noqa: PLC0415 - it imports this module on demand

        yield from scan(name, prefix=prefix, max_dump_bytes=max_dump_bytes)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only for several jobs

    with ProcessPoolExecutor(len(parts)) as pool:
        parts = counted(parts, list(pool.map(lines_in, parts)))
        read = partial(_list, prefix=prefix, max_dump_bytes=max_dump_bytes)
        for found in pool.map(read, parts):
            yield from found


def _list(part: Range, *, prefix: str | None, max_dump_bytes: int) -> list[Dump]:
    return list(scan_range(part, prefix=prefix, max_dump_bytes=max_dump_bytes))
