"""Which blocks of a log hold bytes that a dump must hold: the others are never read as lines.

Each search is one pass over the block, so there are as few as its lines allow. A search for one
rare byte costs next to nothing. One for a needle takes a third of a nanosecond for each byte, and
so does a pattern, if it begins with one certain byte: it looks at each of those more closely. Which
of the two is cheaper depends on how rare the byte is.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.input.sniffing import BYTES, is_wrapped
from gotrace.scanning.searches import PLAIN, Searches, Wanted

STRIDE = 1 << 16  # bytes of which one line shows what is wrapped round the block
MEMORY = 1 << 22  # bytes for which the shape of a line that was looked at is remembered
WORTH = 1 << 20  # bytes of a log after which the extra `fast` saves more than its import takes
_ORDINARY = 1 << 14  # a line is looked at as far as this

_NEVER = -(1 << 62)


class Sieve:
    """What was seen of a log lately decides which searches its next block needs.

    Lately, and not ever: so a scan may begin anywhere and know the same (``splitting``).
    """

    def __init__(self) -> None:
        # Where a line was seen last that something is wrapped round, that has strings inside of
        # strings, that holds journalctl's lists of bytes.
        self._wrapped = self._nested = self._lists = _NEVER
        self._seen = 0
        self.searches = PLAIN

    def hits(self, block: bytes, at: int = 0) -> list[int]:
        """Where ``block``, which begins with a line, holds what dumps hold; not all, but the first
        and the last, in ascending order. Empty: nothing of a dump begins here. ``at`` is where in
        the log the block begins.
        """
        whole = self.sample(block, at)
        some = at - self._wrapped <= MEMORY
        nested = some or at - self._nested <= MEMORY
        found = self._quickest(block).places(
            block, Wanted(not whole, some, inside=not whole, deeper=whole or nested)
        )
        if at - self._lists <= MEMORY:
            found += [m.start() for m in BYTES.finditer(block)]
        return sorted(found)

    def _quickest(self, block: bytes) -> Searches:
        """The extra `fast` is imported once enough was seen for it to pay."""
        if self._seen < WORTH:
            self._seen += len(block)
            if self._seen >= WORTH:
                from gotrace.scanning.swift import swift  # noqa: PLC0415 - for large logs

                self.searches = swift() or PLAIN
        return self.searches

    def sample(self, block: bytes, at: int) -> bool:
        """Look at some lines of a block, and remember; whether all of them are wrapped."""
        whole = True
        for line in _sampled(block):
            stop = line + _ORDINARY
            end = block.find(b"\n", line, stop) + 1 or min(len(block), stop)
            wrapped = is_wrapped(block, line, end)
            whole &= wrapped
            if wrapped:
                self._wrapped = at
            if block[line : line + 4] == b'{"__':
                self._lists = at
            if block.find(b'\\\\\\"', line, end) >= 0:
                self._nested = at
        return whole


def _sampled(block: bytes) -> Iterator[int]:
    """Where the first line begins, and the next one behind each stride; a line of many strides
    is looked through once."""
    line = stride = 0
    while stride < len(block) and (line or not stride):
        yield line
        stride = max(1, -(-line // STRIDE)) * STRIDE
        line = block.find(b"\n", stride) + 1
