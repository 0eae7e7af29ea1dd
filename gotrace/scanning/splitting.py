"""A file in ranges of bytes: a dump belongs to the range that holds its first byte.

Any cut gives the dumps of the whole. Who reads a range begins before it, where a scan of the whole
would stand as one that begins there: nothing of a dump is on, no line that is held back matters any
more, and the blocks are the same ones. It goes on behind the range until its last dump is complete.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable, Iterator
from io import FileIO
from itertools import pairwise

from gotrace.input.compressed import kind_of
from gotrace.input.encoding import decoded
from gotrace.input.files import unreadable
from gotrace.model import Dump
from gotrace.parsing import read_all
from gotrace.scanning.scanner import AHEAD, BLOCK, LEAD, MOST, Scanner, block_end, reach
from gotrace.scanning.sieve import MEMORY, Sieve
from gotrace.scanning.sources import found_in, windows
from gotrace.tuples import NamedTuple

NEAR = 1 << 20  # bytes before a range in which a quiet place is looked for first,
FAR = 1 << 24  # and last: where dumps never pause, it is told by reading
HEAD = 1 << 12


class Range(NamedTuple):
    """Bytes ``start`` to ``stop`` of a file; ``lines`` end before ``start``. ``whole``: it cannot
    be divided, and the places are those of what it holds unpacked."""

    name: str
    start: int
    stop: int
    lines: int = 0
    whole: bool = False


def range_of(name: str) -> Range:
    """The whole file, not divided yet. Errors: UnreadableFileError."""
    try:
        size = os.stat(name).st_size
        with open(name, "rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise unreadable(name, error) from error
    return Range(name, 0, size, whole=kind_of(head) is not None or decoded(head) is not None)


def divided(part: Range, count: int) -> list[Range]:
    """``part`` in ``count`` ranges of about the same size; the lines before them not counted."""
    if part.whole or count < 2:
        return [part]
    size = part.stop - part.start
    cuts = [part.start + size * i // count for i in range(count + 1)]
    return [part._replace(start=a, stop=b) for a, b in pairwise(cuts)]


def lines_in(part: Range) -> int:
    """How many lines end in a range. Errors: UnreadableFileError."""
    try:
        with open(part.name, "rb", buffering=0) as file:
            return _lines_between(file, part.start, part.stop)
    except OSError as error:
        raise unreadable(part.name, error) from error


def counted(parts: list[Range], counts: list[int]) -> list[Range]:
    """Neighbours with the lines before each; ``counts`` are the lines in each."""
    return [p._replace(lines=parts[0].lines + sum(counts[:i])) for i, p in enumerate(parts)]


def scan_range(
    part: Range,
    *,
    prefix: str | None = None,
    max_dump_bytes: int = MOST,
    overlong: Callable[[int], None] | None = None,
) -> Iterator[Dump]:
    """The dumps whose first byte lies in ``part``. ``overlong`` is told where the first line begins
    in it that is too long, if there is one. Errors: UnreadableFileError."""
    if part.whole:
        scanner = Scanner(part.name, prefix=prefix, max_dump_bytes=max_dump_bytes)
        for found in found_in(part.name, scanner):
            yield from found
        if scanner.overlong is not None and overlong is not None:
            overlong(scanner.overlong)
        return
    try:
        with open(part.name, "rb", buffering=0) as file:
            scanner = _scanner(file, part, prefix, max_dump_bytes)
            yield from _in_range(file, part, scanner)
    except OSError as error:
        raise unreadable(part.name, error) from error
    place = scanner.overlong
    if place is not None and overlong is not None and part.start <= place < part.stop:
        overlong(place)


def _scanner(file: FileIO, part: Range, prefix: str | None, most: int) -> Scanner:
    begin = beginning(file, part.start, prefix)
    return Scanner(
        part.name,
        prefix=prefix,
        max_dump_bytes=most,
        position=begin,
        lines=part.lines - _lines_between(file, begin, part.start),
        sieve=_sieve_at(file, begin),
    )


def _in_range(file: FileIO, part: Range, scanner: Scanner) -> Iterator[Dump]:
    for found in windows(file, scanner):
        # Streams are interleaved: one that began later may have been complete earlier.
        for dump in found:
            if part.start <= dump.where(dump.span).start < part.stop:
                yield dump
        if scanner.settled >= part.stop:
            return


def beginning(file: FileIO, start: int, prefix: str | None = None) -> int:
    """Where to begin to read, so that what begins at ``start`` or later is found as in the whole.

    Where dumps never pause it is their first one; where every line is looked at (``prefix``) or
    looks like one of a dump, it is a place with nothing of a dump for long around it.
    """
    span = NEAR
    while prefix is None and span <= FAR and start > 0:
        low = max(0, start - span)
        place = _quiet_block(file, low, start)
        if place is not None or low == 0:
            return place or 0
        span *= 4
    return _quiet_place(file, start, prefix) if start else 0


def holds_any(name: str, start: int, stop: int) -> bool:
    """Whether something that a dump holds stands there. Errors: UnreadableFileError."""
    sieve = Sieve()
    try:
        with open(name, "rb", buffering=0) as file:
            blocks = _blocks(file, max(start, 0), stop)
            return any(sieve.hits(block[: stop - at], at) for at, block in blocks)
    except OSError as error:
        raise unreadable(name, error) from error


def _quiet_block(file: FileIO, low: int, start: int) -> int | None:
    """The last block between ``low`` and ``start`` at which no dump can be on, and which is so far
    before the next hit that nothing before it is held back for it."""
    sieve = Sieve()
    starts: list[int] = []
    quiet: int | None = None  # where the last dump so far is surely over
    found: int | None = None
    for at, block in _blocks(file, low - MEMORY, start):
        if at < low:
            sieve.sample(block, at)
            continue
        if quiet is None:
            quiet = at + AHEAD if at else 0  # who knows what stands before
        hits = sieve.hits(block, at)
        if hits:
            found = _between(starts, quiet, at + hits[0] - LEAD) or found
            quiet = at + hits[-1] + reach(block, hits[-1])
        starts.append(at)
    return _between(starts, quiet or 0, start - LEAD) or found


def _between(starts: list[int], quiet: int, last: int) -> int | None:
    """The last of ``starts`` behind ``quiet`` and not behind ``last``."""
    index = bisect_right(starts, last) - 1
    return starts[index] if index >= 0 and starts[index] > quiet else None


def _sieve_at(file: FileIO, begin: int) -> Sieve:
    """What a scan from the start of the file remembers at ``begin``."""
    sieve = Sieve()
    for at, block in _blocks(file, begin - MEMORY, begin):
        sieve.sample(block, at)
    return sieve


def _blocks(file: FileIO, low: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """The blocks from the one that holds ``low`` to the last that begins before ``stop``."""
    at = _line_before(file, low // BLOCK * BLOCK) if low > 0 else 0
    file.seek(at)
    data = b""
    while at < stop:
        end = block_end(data, 0, at)
        while not end and len(data) < MOST and (more := file.read(max(BLOCK, len(data)))):
            data += more
            end = block_end(data, 0, at)
        if not data:
            return
        end = end or len(data)
        yield at, data[:end]
        at += end
        data = data[end:]


def _line_before(file: FileIO, place: int) -> int:
    """Where the line begins that ``place`` lies in; a line end belongs to what stands before."""
    while place > 0:
        low = max(0, place - BLOCK)
        file.seek(low)
        found = file.read(place - low).rfind(b"\n")
        if found >= 0:
            return low + found + 1
        place = low
    return 0


def _lines_between(file: FileIO, start: int, stop: int) -> int:
    file.seek(start)
    buffer = bytearray(BLOCK)
    count = 0
    while start < stop and (size := file.readinto(memoryview(buffer)[: stop - start])):
        count += buffer.count(b"\n", 0, size)
        start += size
    return count


def _quiet_place(file: FileIO, start: int, prefix: str | None) -> int:
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
