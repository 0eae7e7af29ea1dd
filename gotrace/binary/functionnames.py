"""Functions by the name that a traceback prints."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property

from gotrace.binary.function import Header, printed_name
from gotrace.binary.view import View

_ELIDED = b"[...]"
_SPELLED = {"panic": "runtime.gopanic"}
_MOST_HITS = 1 << 16


class Names:
    """The names in a function table."""

    def __init__(self, view: View, header: Header) -> None:
        self._view = view
        self._header = header

    def places(self, name: str) -> Iterator[int]:
        """Where names stand that are printed as ``name``; some may be the ends of longer ones."""
        wanted = _SPELLED.get(name, name).encode("utf-8", "surrogateescape")
        head, elided, _ = wanted.partition(_ELIDED)
        if not head:
            return
        sought, names = (head + b"[" if elided else wanted + b"\0"), self._bytes
        position = names.find(sought)
        for _ in range(_MOST_HITS):
            if position < 0:
                return
            end = names.find(b"\0", position)
            if not elided or printed_name(names[position:end].decode("utf-8", "replace")) == name:
                yield position
            position = names.find(sought, position + 1)

    def of_records(self, records: Sequence[int]) -> list[int]:
        """The place of the name that each record gives; -1 where that is outside of the table."""
        skip = 4 if self._header.format.text_offsets else self._view.word_size
        numbers = self._numbers
        last = 4 * len(numbers) - skip - 4
        return [numbers[(at + skip) >> 2] if at <= last else -1 for at in records]

    @cached_property
    def _bytes(self) -> bytes:
        """The part of the table that has the names; before go1.16 they stand everywhere."""
        header = self._header
        end = header.units if header.names < header.units else len(self._view)
        return bytes(self._view.data[header.names : end])

    @cached_property
    def _numbers(self) -> Sequence[int]:
        """The records as 32-bit numbers."""
        data = self._view.data[self._header.base :]
        data = data[: len(data) & ~3]
        if self._view.big_endian == (sys.byteorder == "big"):
            return data.cast("I")
        numbers = array("I", bytes(data))
        numbers.byteswap()
        return numbers
