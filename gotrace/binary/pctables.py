"""Tables of values by program counter: lines, files, liveness, inlining.

Source: runtime/symtab.go pcvalue, step (go1.27.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.binary.view import CorruptError

_MOST_STEPS = 1 << 18


def value_at(table: memoryview, start: int, quantum: int, target: int, size: int) -> int:
    """The value at ``target`` bytes into a function of ``size`` bytes; -1 where there is none.

    The table, at ``start``, is pairs of varints: the value's change (zigzag) and the bytes, in
    units of ``quantum``, for which the new value holds. Read inline: it is the inner loop.
    Errors: CorruptError.
    """
    if start == 0:
        return -1
    value, covered, at = -1, 0, start
    try:
        for step in range(min(size + 2, _MOST_STEPS)):  # every step covers a byte at least
            change = table[at]
            at += 1
            if change >= 0x80:
                change, at = _long(table, change, at)
            elif change == 0 and step:
                return -1
            value += -(change >> 1) - 1 if change & 1 else change >> 1
            length = table[at]
            at += 1
            if length >= 0x80:
                length, at = _long(table, length, at)
            covered += length * quantum
            if target < covered:
                return value
    except IndexError as error:
        raise CorruptError("a pc table that ends too early") from error
    raise CorruptError("a pc table without an end")


def runs(table: memoryview, start: int, quantum: int, size: int) -> Iterator[tuple[int, int]]:
    """All values of a function of ``size`` bytes: where each begins to hold, and the value.

    Errors: CorruptError.
    """
    if start == 0:
        return
    value, covered, at = -1, 0, start
    try:
        for step in range(min(size + 2, _MOST_STEPS)):
            change, at = _varint(table, at)
            if not change and step:
                return
            value += -(change >> 1) - 1 if change & 1 else change >> 1
            yield covered, value
            length, at = _varint(table, at)
            covered += length * quantum
            if covered >= size:
                return
    except IndexError as error:
        raise CorruptError("a pc table that ends too early") from error
    raise CorruptError("a pc table without an end")


def _varint(table: memoryview, at: int) -> tuple[int, int]:
    first = table[at]
    return (first, at + 1) if first < 0x80 else _long(table, first, at + 1)


def _long(table: memoryview, first: int, at: int) -> tuple[int, int]:
    """The rest of a varint of 32 bits whose first byte is ``first``."""
    value, shift = first & 0x7F, 7
    while shift < 35:
        byte = table[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise CorruptError("endless varint")
