"""Which blocks of a log hold bytes that a dump must hold: the others are never read as lines.

Each search is one pass over the block, so there are as few as its lines allow. A search for one
rare byte costs next to nothing. One for a needle takes a third of a nanosecond for each byte, and
so does a pattern, if it begins with one certain byte: it looks at each of those more closely. Which
of the two is cheaper depends on how rare the byte is.
"""

from __future__ import annotations

import re

from gotrace.input.sniffing import BYTES, Kind, kind_of
from gotrace.parsing.anchors import line_anchors

STRIDE = 1 << 16  # bytes of which one line shows what is wrapped round the block
MEMORY = 1 << 22  # bytes for which the shape of a line that was looked at is remembered
FEW = 32  # how often a byte may stand in vain in a block that is searched for it
_ORDINARY = 1 << 14  # a line is looked at as far as this

# What follows `goroutine ` in a header, in a creator, in a report of a race, in a title.
_HEADER = re.compile(rb"[0-9]{1,20}(?: (?:\[|gp=)|:?(?:[\r\n\\\"\x1b&<#]|\Z))|profile: |\x1b|\Z")
# A word of a sentence before `panic: `: no envelope ends like this.
_SENTENCE = re.compile(rb"[\s\"';,(=][a-z]{2,20} \Z")
_GOROUTINE, _OFFSET = b"goroutine ", b" +0x"
_OFFSETS = re.compile(rb" \+0x")
_PANIC, _FATAL = re.compile(rb"panic: "), b"fatal error: "
# A file line in a string, and in a string inside of it: both hold an escaped tab.
_INSIDE = re.compile(rb"\\t(?<=\\n\\t)")
_DEEPER = re.compile(rb"\\t(?<=n\\\\t)")
_BOTH = re.compile(rb"\\t(?<=\\n\\t|n\\\\t)")
_ESCAPE = 4  # bytes of either
_NEVER = -(1 << 62)


class Sieve:
    """What was seen of a log lately decides which searches its next block needs.

    Lately, and not ever: so a scan may begin anywhere and know the same (``splitting``).
    """

    def __init__(self) -> None:
        # Where a line was seen last that something is wrapped round, that has strings inside of
        # strings, that holds journalctl's lists of bytes.
        self._wrapped = self._nested = self._lists = _NEVER

    def hits(self, block: bytes, at: int = 0) -> list[int]:
        """Where ``block``, which begins with a line, holds what dumps hold; not all, but the first
        and the last, in ascending order. Empty: nothing of a dump begins here. ``at`` is where in
        the log the block begins.
        """
        whole = self.sample(block, at)
        some = at - self._wrapped <= MEMORY
        found = _headers(block)
        if not whole:
            found += line_anchors(block)
        if some:
            found += _offsets(block)
            found += _causes(block)
        if b"\\" in block:
            nested = some or at - self._nested <= MEMORY
            pattern = _DEEPER if whole else _BOTH if nested else _INSIDE
            found += [m.end() - _ESCAPE for m in pattern.finditer(block)]
        if at - self._lists <= MEMORY:
            found += [m.start() for m in BYTES.finditer(block)]
        return sorted(found)

    def sample(self, block: bytes, at: int) -> bool:
        """Look at some lines of a block, and remember; whether all of them are wrapped."""
        whole = True
        for stride in range(0, len(block), STRIDE):
            line = block.find(b"\n", stride) + 1 if stride else 0
            if stride and not line:
                break
            end = min(block.find(b"\n", line) + 1 or len(block), line + _ORDINARY)
            kind = kind_of(block, line, end)
            whole &= kind is Kind.WRAPPED
            if kind is Kind.WRAPPED:
                self._wrapped = at
            if block[line : line + 4] == b'{"__':
                self._lists = at
            if block.find(b'\\\\\\"', line, end) >= 0:
                self._nested = at
        return whole


def _headers(block: bytes) -> list[int]:
    """Where a goroutine is named as headers, creators and reports of races name it."""
    found: list[int] = []
    at = block.find(_GOROUTINE)
    while at >= 0:
        end = at + len(_GOROUTINE)
        if _HEADER.match(block, end):
            found.append(at)
        at = block.find(_GOROUTINE, end)
    return found


def _offsets(block: bytes) -> list[int]:
    """Where the offset of a file line stands."""
    found: list[int] = []
    in_vain = 0
    at = block.find(b"+")
    while at >= 0:
        if block.startswith(_OFFSET, at - 1) and at:
            found.append(at - 1)
        elif (in_vain := in_vain + 1) > FEW:
            return [*found, *(m.start() for m in _OFFSETS.finditer(block, at))]
        at = block.find(b"+", at + 1)
    return found


def _causes(block: bytes) -> list[int]:
    """Where a cause stands, but not as a word of a sentence."""
    found = [m.start() for m in _PANIC.finditer(block)]
    at = block.find(_FATAL)
    while at >= 0:
        found.append(at)
        at = block.find(_FATAL, at + len(_FATAL))
    return [at for at in found if not _SENTENCE.search(block[max(at - 24, 0) : at])]
