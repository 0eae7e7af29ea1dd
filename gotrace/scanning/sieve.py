"""Which blocks of a log hold bytes that a dump must hold: the others are never read as lines.

Each search is one pass over the block, so there are as few as its lines allow. A search for one
byte costs next to nothing, one for a long needle a third of a nanosecond for each byte, one that
looks at each start of a line (parsing/anchors.py) half as much again; no pattern is cheaper.
"""

from __future__ import annotations

import re

from gotrace.input.sniffing import BYTES, Kind, kind_of
from gotrace.parsing.anchors import line_anchors

STRIDE = 1 << 16  # bytes of which one line shows what is wrapped round the block
_ORDINARY = 1 << 14  # a line is looked at as far as this

# What follows `goroutine ` in a header, in a creator, in a report of a race, in a title.
_HEADER = re.compile(rb"[0-9]{1,20}(?: (?:\[|gp=)|:?(?:[\r\n\\\"\x1b&<#]|\Z))|profile: |\x1b|\Z")
# A word of a sentence before `panic: `: no envelope ends like this.
_SENTENCE = re.compile(rb"[\s\"';,(=][a-z]{2,20} \Z")
_NESTED = rb"\\\""  # a string inside of a string
_GOROUTINE, _OFFSET = b"goroutine ", b" +0x"
_CAUSES = (b"panic: ", b"fatal error: ")
_INSIDE, _DEEPER = b"\\n\\t", b"n\\\\t"  # a file line in a string, and in a string inside of it


class Sieve:
    """What was seen of a log so far decides which searches its next block needs."""

    def __init__(self) -> None:
        self._wrapped = False  # whether a line was seen that something is wrapped round
        self._nested = False
        self._lists = False  # whether journalctl's lists of bytes may come

    def hits(self, block: bytes) -> list[int]:
        """Where ``block``, which begins with a line, holds what dumps hold; not all, but the first
        and the last, in ascending order. Empty: nothing of a dump begins here.
        """
        whole, some = self._sampled(block)
        found: list[int] = []
        self._find(block, _GOROUTINE, found)
        if not whole:
            found += line_anchors(block)
        if some:
            self._find(block, _OFFSET, found)
            for cause in _CAUSES:
                self._find(block, cause, found)
        if b"\\" in block:
            if not whole:
                self._find(block, _INSIDE, found)
            if some or self._nested:
                self._find(block, _DEEPER, found)
        if self._lists:
            found += [m.start() for m in BYTES.finditer(block)]
        return sorted(found)

    def _find(self, block: bytes, needle: bytes, found: list[int]) -> None:
        at = block.find(needle)
        while at >= 0:
            end = at + len(needle)
            if needle is _GOROUTINE:
                good = _HEADER.match(block, end) is not None
            else:
                good = needle not in _CAUSES or not _SENTENCE.search(block[max(at - 24, 0) : at])
            if good:
                found.append(at)
            at = block.find(needle, end)

    def _sampled(self, block: bytes) -> tuple[bool, bool]:
        """Whether all of the lines looked at are wrapped, and whether any ever was."""
        whole = True
        for stride in range(0, len(block), STRIDE):
            line = block.find(b"\n", stride) + 1 if stride else 0
            if stride and not line:
                break
            end = min(block.find(b"\n", line) + 1 or len(block), line + _ORDINARY)
            kind = kind_of(block, line, end)
            whole &= kind is Kind.WRAPPED
            self._wrapped |= kind is Kind.WRAPPED
            self._lists |= block[line : line + 4] == b'{"__'
            self._nested |= block.find(b'\\\\\\"', line, end) >= 0
        return whole, self._wrapped
