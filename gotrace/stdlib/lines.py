"""Where declarations stand: first and last line, release by release.

The block of lines holds, for each file in the order of the block of functions, its length in bytes
and then numbers, for each release from the newest on: of each declaration that the release has, how
far it starts behind the one before, then of each, how many lines it is long; both less what the
next newer release says of that declaration. Numbers are zigzag varints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from gotrace.stdlib.store import FUNCTIONS, LINES, Function, Store

Lines = dict[int, tuple[int, int]]  # release: first and last line


class LineTable:
    """Reads lines file by file, and keeps those of the latest files."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._block = lru_cache(maxsize=16)(lambda path: store.inflate(path, LINES))
        self._file = lru_cache(maxsize=256)(self._read)

    def of(self, path: str, functions: Iterable[Function]) -> list[Lines]:
        """First and last line of each of these declarations of one package, by release."""
        return [self._file(path, f.section)[f.record] for f in functions]

    def _read(self, path: str, section: int) -> list[Lines]:
        data, at = self._block(path), 0
        for _ in range(section):
            size, at = _varint(data, at)
            at += size
        size, at = _varint(data, at)
        return self._lines(_numbers(data[at : at + size]), self._sets(path, section))

    def _sets(self, path: str, section: int) -> list[int]:
        """Of each declaration in a file, the worlds that have it."""
        block = self._store.block(path, FUNCTIONS)
        assert block is not None, "its functions were found"
        start = -1
        for _ in range(section + 1):
            start = block.data.find(b"\n\x01", start + 1)
        first = block.data.find(b"\n", start + 1) + 1
        end = block.data.find(b"\n\x01", first)
        rows = block.data[first : end if end >= 0 else len(block.data)].splitlines()
        return [self._store.set_of(row[row.rfind(b"\t") + 1 :].decode()) for row in rows]

    def _lines(self, numbers: Iterator[int], sets: Sequence[int]) -> list[Lines]:
        found: list[Lines] = [{} for _ in sets]
        newer = [(0, 0)] * len(sets)
        for release in reversed(self._store.releases):
            worlds = self._store.worlds((release,))
            there = [i for i, some in enumerate(sets) if some & worlds]
            steps = [newer[i][0] + next(numbers) for i in there]
            lengths = [newer[i][1] + next(numbers) for i in there]
            line = 0
            for i, step, length in zip(there, steps, lengths, strict=True):
                line += step
                found[i][release] = (line, line + length)
                newer[i] = (step, length)
        return found


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while data[at] > 127:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
    return value | data[at] << shift, at + 1


def _numbers(data: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        if byte > 127:
            shift += 7
            continue
        yield value >> 1 ^ -(value & 1)
        value = shift = 0
