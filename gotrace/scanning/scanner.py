"""The push side: bytes in as they come, dumps out as soon as nothing more can belong to them.

Blocks without anything of a dump are passed over (``sieve``). The others are held back in a window,
with what stands near them. What is read of a window is the same as what is read of the whole, as
long as the window begins where nothing of a dump stands and its end is far enough away: where
nothing of a dump was found for long, or, where dumps follow each other without end, before the
first dump that may still go on, which is read again with what comes.
"""

from __future__ import annotations

from gotrace.input import longest
from gotrace.model import Dump, Issue, Span
from gotrace.parsing import read_all
from gotrace.scanning.sieve import Sieve
from gotrace.scanning.window import WindowMap, shrunk

BLOCK = 1 << 17  # bytes that are searched together: few enough to stay in a cache
WINDOW = 1 << 22  # bytes of dumps that are gathered before they are read
AHEAD = 1 << 18  # bytes behind a cause that decide where it ends: more than any message's lines
TAIL = 1 << 15  # bytes behind anything else of a dump in which more of it would stand
LEAD = 1 << 16  # bytes before a dump that may belong to the record that holds it
MOST = 64 << 20  # bytes of one dump, unless the caller says otherwise
# What stands inside of a goroutine.
_SURE = (b"goroutine ", b"\t", b" +0x", b"\\n\\t", b"n\\\\t", b"111,")


class Scanner:
    """Finds dumps in bytes that come piece by piece. How they are cut changes nothing.

    ``feed`` and ``flush`` give the dumps that are complete. ``max_dump_bytes``: a dump that is
    longer ends there with an Issue ``truncated``, what follows is read as dumps of their own.
    A line that is longer, or longer than any record, is none: ``overlong`` is where the first such
    line begins. ``position`` and ``lines`` are where in the whole input the bytes begin;
    ``sieve`` is one that saw what stands before.
    """

    def __init__(
        self,
        source: str = "-",
        *,
        prefix: str | None = None,
        max_dump_bytes: int = MOST,
        position: int = 0,
        lines: int = 0,
        sieve: Sieve | None = None,
    ) -> None:
        if max_dump_bytes < 1:
            raise ValueError("max_dump_bytes must be positive")
        self.source = source
        self.prefix = prefix
        self._most = max_dump_bytes
        self._base = position  # where what is held back begins
        self._lines = lines
        self._held: list[bytes] = []  # blocks of whole lines
        self._size = 0  # bytes of them
        self._coming: list[bytes] = []  # what is no block yet
        self._came = 0
        self._block = BLOCK
        self._wanted = WINDOW
        self._utf16: bool | None = None
        self.overlong: int | None = None
        self._sieve = sieve or Sieve()
        self._quiet = 0  # where the last hit was too long ago for a dump to go on; 0: no dump is on

    def anew(self) -> Scanner:
        """One with the same options, at the start of another input."""
        return Scanner(self.source, prefix=self.prefix, max_dump_bytes=self._most)

    @property
    def position(self) -> int:
        """The byte of the input behind the last one that was fed."""
        return self._base + self._size + self._came

    @property
    def settled(self) -> int:
        """All dumps that begin before this byte were given."""
        return self._base

    def feed(self, data: bytes) -> list[Dump]:
        """Take ``data``; the dumps that are complete."""
        if not data:
            return []
        self._coming.append(bytes(data))
        self._came += len(data)
        if self._came < self._block:
            return []
        data, at = _joined(self._coming), 0
        found: list[Dump] = []
        while len(data) - at >= BLOCK:
            end = block_end(data, at, self._base + self._size)
            if not end and (len(data) - at < self._most or data.find(b"\n", at) >= 0):
                break
            if not end and self.overlong is None:
                self.overlong = self._base + self._size
            end = end or len(data)
            found += self.take(data[at:end])
            at = end
        self._coming = [data[at:]] if at < len(data) else []
        self._came = len(data) - at
        self._block = BLOCK if self._came < BLOCK else 2 * self._came
        return found

    def flush(self) -> list[Dump]:
        """The dumps in what was held back: nothing more comes, or not soon."""
        data = _joined(self._coming)
        self._coming, self._came, self._block = [], 0, BLOCK
        found: list[Dump] = []
        while data:
            end = block_end(data, 0, self._base + self._size) or len(data)
            found += self.take(data[:end])
            data = data[end:]
        if self._utf16 or self._quiet:
            found += self._read(final=True)
        self._forget(self._base + self._size)
        return found

    def take(self, block: bytes) -> list[Dump]:
        """Hold back a block, or what of it may belong to a dump; the dumps that end in it.

        It is what ``feed`` cuts (:func:`block_end`), behind what was taken.
        """
        if self._base == 0 and self._utf16 is None:
            self._utf16 = _is_utf16(block)
        start = self._base + self._size
        if len(block) > longest.LONGEST and self.overlong is None:
            place = longest.first_beyond(block, longest.LONGEST)
            self.overlong = None if place is None else start + place
        self._held.append(block)
        self._size += len(block)
        found: list[Dump] = []
        if self._utf16:
            return self._read(final=False) if self._size >= self._most else []
        hits = self._sieve.hits(block, start) if self.prefix is None else [0, len(block) - 1]
        if hits and hits[-1] - hits[0] < TAIL:  # none of them is too far from the one before it
            hits = [hits[0], hits[-1]]
        for hit in hits:
            if self._quiet and start + hit >= self._quiet:
                found += self._end(self._quiet)
            if not self._quiet:
                self._forget(start + hit - LEAD, exactly=True)
            self._quiet = start + hit + reach(block, hit)
        if self._quiet and start + len(block) >= self._quiet:
            found += self._end(self._quiet)
        if not self._quiet:
            self._forget(start + len(block) - LEAD)
        elif self._size >= self._wanted:
            found += self._read(final=False)
            if self._quiet <= self._base:
                self._quiet, self._wanted = 0, WINDOW
        return found

    def _end(self, position: int) -> list[Dump]:
        """The dumps before ``position``: nothing of a dump stands there, so they are complete."""
        whole = _joined(self._held)
        cut = whole.find(b"\n", position - self._base) + 1 or len(whole)
        window = WindowMap(whole, self._base, self._lines)
        found = list(read_all(whole[:cut], self.source, self.prefix, window))
        base, last = self._base, max(0, cut - LEAD)
        for dump in found:
            end = dump.where(dump.span).end - base
            last = max(last, whole.find(b"\n", max(end - 1, 0)) + 1 or cut)
        self._quiet, self._wanted = 0, WINDOW
        self._held = [whole]
        self._forget(base + last, exactly=True)
        return shrunk(found, window, whole, base)

    def _forget(self, position: int, *, exactly: bool = False) -> None:
        """Let go of the blocks before ``position``; ``exactly``: of the lines before it."""
        while self._held and self._base + len(self._held[0]) <= position:
            self._pass(len(self._held[0]), self._held.pop(0))
        if exactly and self._held and position > self._base:
            first = self._held.pop(0)
            cut = first.rfind(b"\n", 0, position - self._base) + 1
            self._held.insert(0, first[cut:])
            self._pass(cut, first)

    def _pass(self, count: int, data: bytes) -> None:
        """The first ``count`` bytes of ``data`` are no longer held back."""
        self._lines += self._sieve.searches.line_ends(data, 0, count)
        self._base += count
        self._size -= count

    def _read(self, *, final: bool) -> list[Dump]:
        """The dumps of what is held back; those that may still go on begin anew the next time."""
        whole = _joined(self._held)
        window = None if self._utf16 else WindowMap(whole, self._base, self._lines)
        found = list(read_all(whole, self.source, self.prefix, window))
        cut, done = (len(whole), found) if final else self._cut(whole, found)
        if cut == 0 and self._size >= self._most:
            cut, done = self._forced(whole, found)
        base = self._base
        self._pass(cut, whole)
        self._held = [whole[cut:]] if cut < len(whole) else []
        # What is still going on is read again: the fewer times the better, up to its longest.
        times = 4 if 4 * self._size <= self._most else 2
        self._wanted = max(WINDOW, times * self._size)
        return shrunk(done, window, whole, base)

    def _cut(self, whole: bytes, found: list[Dump]) -> tuple[int, list[Dump]]:
        """Where the next window begins, and the dumps that are complete before it."""
        safe = len(whole) - AHEAD
        if safe <= 0:
            return 0, []
        places = [d.where(d.span) for d in found]
        spans = [(p.start - self._base, p.end - self._base) for p in places]
        cut = whole.rfind(b"\n", 0, safe) + 1
        # What is not complete begins anew in the next window, with the lines that it hangs on: a
        # record may begin above its text. Streams are interleaved: that may reach into another.
        moved = True
        while moved:
            moved = False
            for start, end in spans:
                wanted = max(0, start - LEAD)
                if end >= cut > wanted:
                    passed = max((e for s, e in spans if e <= start), default=0)
                    line = whole.rfind(b"\n", 0, max(wanted, min(passed + 1, start))) + 1
                    moved = moved or line < cut
                    cut = min(cut, line)
        return cut, [d for d, s in zip(found, spans, strict=True) if s[1] <= cut]

    def _forced(self, whole: bytes, found: list[Dump]) -> tuple[int, list[Dump]]:
        """Where a dump that is too long is cut: before its last goroutine, which may go on."""
        if not found:
            return len(whole), []
        dump = found.pop()
        last = max(dump.goroutines, key=lambda g: g.span.start, default=None)
        cut = len(whole)
        if last is not None and len(dump.goroutines) > 1 and not dump.threads:
            start = dump.where(last.span).start - self._base
            line = whole.rfind(b"\n", 0, start) + 1
            if line:
                cut = line
                rest = tuple(g for g in dump.goroutines if g is not last)
                dump = dump._replace(goroutines=rest)
        return cut, [*found, _truncated(dump, self._most)]


def block_end(data: bytes, at: int, position: int) -> int:
    """Where the block ends that begins at ``at`` of ``data``, byte ``position`` of the input; 0
    where that is not in ``data`` yet.

    The input is ruled into stretches of BLOCK bytes. A block is the lines that end in one of them:
    wherever a scan begins, its blocks are the same.
    """
    first = data.find(b"\n", at) + 1
    if not first:
        return 0
    offset = position - at
    rule = -(-(first + offset) // BLOCK) * BLOCK - offset
    return 0 if rule > len(data) else data.rfind(b"\n", at, rule) + 1


def reach(block: bytes, hit: int) -> int:
    """How far behind a hit nothing else of a dump must stand, that the dump is over."""
    return TAIL if block.startswith(_SURE, hit) else AHEAD


def _truncated(dump: Dump, most: int) -> Dump:
    text = f"the dump is longer than {most} bytes; what follows is read as dumps of their own"
    issue = Issue("truncated", text, Span(dump.span.end, dump.span.end))
    return dump._replace(issues=(*dump.issues, issue))


def _joined(parts: list[bytes]) -> bytes:
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _is_utf16(data: bytes) -> bool:
    from gotrace.input.encoding import decoded  # noqa: PLC0415 - once for an input

    return decoded(data[: 1 << 12]) is not None
