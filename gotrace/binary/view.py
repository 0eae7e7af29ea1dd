"""Numbers and texts in bytes, every access checked.

``struct`` and slices of Python quietly take negative offsets and short slices; what a damaged file
says is never followed beyond the bytes at hand.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

LONGEST_NAME = 1 << 16


class CorruptError(ValueError):
    """The bytes are not what they should be. Public functions of this room answer it with None."""


class View:
    """Bytes of one byte order and word size."""

    __slots__ = ("_i32", "_u16", "_u32", "_word", "big_endian", "data", "order", "word_size")

    def __init__(self, data: bytes | memoryview, word_size: int, big_endian: bool) -> None:
        self.data = memoryview(data)
        self.word_size = word_size
        self.big_endian = big_endian
        self.order = ">" if big_endian else "<"
        self._u16 = struct.Struct(f"{self.order}H").unpack_from
        self._u32 = struct.Struct(f"{self.order}I").unpack_from
        self._i32 = struct.Struct(f"{self.order}i").unpack_from
        self._word = struct.Struct(self.order + ("Q" if word_size == 8 else "I")).unpack_from

    def __len__(self) -> int:
        return len(self.data)

    def of(self, data: bytes | memoryview) -> View:
        """Other bytes of the same file."""
        return View(data, self.word_size, self.big_endian)

    def _check(self, offset: int, size: int) -> None:
        if not 0 <= offset <= len(self.data) - size:
            raise CorruptError(f"{size} bytes at {offset:#x} of {len(self.data):#x}")

    def u8(self, offset: int) -> int:
        """One byte."""
        self._check(offset, 1)
        return self.data[offset]

    def u16(self, offset: int) -> int:
        """Two bytes."""
        self._check(offset, 2)
        return int(self._u16(self.data, offset)[0])

    def u32(self, offset: int) -> int:
        """Four bytes."""
        self._check(offset, 4)
        return int(self._u32(self.data, offset)[0])

    def i32(self, offset: int) -> int:
        """Four bytes, signed."""
        self._check(offset, 4)
        return int(self._i32(self.data, offset)[0])

    def word(self, offset: int) -> int:
        """A pointer-sized number."""
        self._check(offset, self.word_size)
        return int(self._word(self.data, offset)[0])

    def numbers(self, offset: int, count: int, size: int) -> tuple[int, ...]:
        """``count`` unsigned numbers of ``size`` bytes."""
        self._check(offset, count * size)
        code = {1: "B", 2: "H", 4: "I", 8: "Q"}[size]
        return struct.unpack_from(f"{self.order}{count}{code}", self.data, offset)

    def records(self, layout: str, offset: int, count: int) -> Iterator[tuple[Any, ...]]:
        """``count`` records of a ``struct`` layout without padding."""
        record = struct.Struct(self.order + layout)
        return record.iter_unpack(self.slice(offset, count * record.size))

    def words(self, offset: int, count: int) -> tuple[int, ...]:
        """``count`` pointer-sized numbers."""
        return self.numbers(offset, count, self.word_size)

    def slice(self, offset: int, size: int) -> memoryview:
        """``size`` bytes, not copied."""
        if size < 0:
            raise CorruptError(f"{size} bytes")
        self._check(offset, size)
        return self.data[offset : offset + size]

    def varint(self, offset: int) -> tuple[int, int]:
        """An unsigned LEB128 number and the offset behind it."""
        value = shift = 0
        while True:
            byte = self.u8(offset)
            offset += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, offset
            shift += 7
            if shift > 63:
                raise CorruptError("endless varint")

    def text(self, offset: int) -> str:
        """The bytes before the next NUL."""
        self._check(offset, 1)
        size = 256
        while True:
            piece = bytes(self.data[offset : offset + size])
            end = piece.find(b"\0")
            if end >= 0:
                return piece[:end].decode("utf-8", "surrogateescape")
            if len(piece) < size or size > LONGEST_NAME:
                raise CorruptError(f"a text without an end at {offset:#x}")
            size *= 4
