"""The push side: bytes in as they come, dumps out as soon as nothing more can belong to them.

Blocks without anything of a dump are passed over (``sieve``). The others are held back in a window,
with what stands near them. What is read of a window is the same as what is read of the whole, as
long as the window begins where nothing of a dump stands and its end is far enough away: where
nothing of a dump was found for long, or, where dumps follow each other without end, before the
first dump that may still go on, which is read again with what comes.
"""

from __future__ import annotations

from bisect import bisect_right

from gotrace.input.sourcemap import PlainMap
from gotrace.model import Dump, Issue, Location, Span
from gotrace.parsing import read_all
from gotrace.scanning.sieve import Sieve

BLOCK = 1 << 17  # bytes that are searched together: few enough to stay in a cache
WINDOW = 1 << 22  # bytes of dumps that are gathered before they are read
AHEAD = 1 << 18  # bytes behind a cause that decide where it ends: more than any message's lines
TAIL = 1 << 15  # bytes behind anything else of a dump in which more of it would stand
LEAD = 1 << 16  # bytes before a dump that may belong to the record that holds it
MOST = 64 << 20  # bytes of one dump, unless the caller says otherwise
# What stands inside of a goroutine.
_SURE = (b"goroutine ", b"\t", b" +0x", b"\\n\\t", b"n\\\\t", b"111,")


class WindowMap:
    """The map of a window: its bytes, and what stands before them in the input.

    Of the bytes only those are kept that dumps stand in (:meth:`shrink`).
    """

    def __init__(self, data: bytes, base: int, lines: int) -> None:
        self._base = base
        self._lines = lines
        # Where in the window each kept part begins, its line ends before it, and its own map.
        self._parts: list[tuple[int, int, PlainMap]] = [(0, 0, PlainMap(data))]

    def locate(self, span: Span) -> Location:
        """Where ``span`` of the window lies in the whole input."""
        index = bisect_right(self._parts, span.start, key=lambda p: p[0]) - 1
        cut, lines, plain = self._parts[max(index, 0)]
        place = plain.locate(Span(span.start - cut, span.end - cut))
        base = self._base + cut
        return place._replace(
            start=place.start + base, end=place.end + base, line=place.line + self._lines + lines
        )

    def line(self, position: int) -> int:
        """How many lines end in the window before ``position``; only before it is shrunk."""
        return self._parts[0][2].line(position) - 1

    def shrink(self, data: bytes, spans: list[tuple[int, int]]) -> None:
        """Keep only the lines of ``spans``."""
        whole = self._parts[0][2]
        kept: list[tuple[int, int]] = []
        for start, end in sorted(spans):
            first = data.rfind(b"\n", 0, start) + 1
            last = data.find(b"\n", end) + 1 or len(data)
            if kept and first <= kept[-1][1]:
                first, last = kept[-1][0], max(last, kept.pop()[1])
            kept.append((first, last))
        self._parts = [(a, whole.line(a) - 1, PlainMap(data[a:b])) for a, b in kept]

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return _kept, (self._base, self._lines, self._parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WindowMap) and self.__reduce__() == other.__reduce__()

    def __hash__(self) -> int:
        return hash(self._base)


def _kept(base: int, lines: int, parts: list[tuple[int, int, PlainMap]]) -> WindowMap:
    window = WindowMap(b"", base, lines)
    window._parts = parts
    return window


class Scanner:
    """Finds dumps in bytes that come piece by piece. How they are cut changes nothing.

    ``feed`` and ``flush`` give the dumps that are complete. ``max_dump_bytes``: a dump that is
    longer ends there with an Issue ``truncated``, what follows is read as dumps of their own.
    ``position`` and ``lines`` are where in the whole input the bytes begin.
    """

    def __init__(
        self,
        source: str = "-",
        *,
        prefix: str | None = None,
        max_dump_bytes: int = MOST,
        position: int = 0,
        lines: int = 0,
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
        self._sieve = Sieve()
        self._quiet = 0  # where the last hit was too long ago for a dump to go on; 0: no dump is on

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
            # A block ends with a line; where that is longer than any block, behind it.
            end = (data.rfind(b"\n", at, at + BLOCK) + 1) or (data.find(b"\n", at + BLOCK) + 1)
            if not end and len(data) - at < self._most:
                break
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
        found = self.take(data) if data else []
        if self._utf16 or self._quiet:
            found += self._read(final=True)
        self._forget(self._base + self._size)
        return found

    def take(self, block: bytes) -> list[Dump]:
        """Hold back a block, or what of it may belong to a dump; the dumps that end in it.

        It is what ``feed`` cuts: lines, as many as BLOCK bytes hold, behind what was taken.
        """
        if self._base == 0 and self._utf16 is None:
            self._utf16 = _is_utf16(block)
        start = self._base + self._size
        self._held.append(block)
        self._size += len(block)
        found: list[Dump] = []
        if self._utf16:
            return self._read(final=False) if self._size >= self._most else []
        hits = self._sieve.hits(block) if self.prefix is None else [0, len(block) - 1]
        if hits and hits[-1] - hits[0] < TAIL:  # none of them is too far from the one before it
            hits = [hits[0], hits[-1]]
        for hit in hits:
            if self._quiet and start + hit >= self._quiet:
                found += self._end(self._quiet)
            if not self._quiet:
                self._forget(start + hit - LEAD, exactly=True)
            sure = block.startswith(_SURE, hit)
            self._quiet = start + hit + (TAIL if sure else AHEAD)
        if self._quiet and start + len(block) >= self._quiet:
            found += self._end(self._quiet)
        if not self._quiet:
            self._forget(start + len(block) - LEAD)
        elif self._size >= self._wanted:
            found += self._read(final=False)
            self._quiet = self._quiet if self._quiet > self._base else 0
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
        return _shrunk(found, window, whole, base)

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
        self._lines += data.count(b"\n", 0, count)
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
        self._wanted = max(WINDOW, 2 * self._size)
        return _shrunk(done, window, whole, base)

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


def _shrunk(found: list[Dump], window: WindowMap | None, whole: bytes, base: int) -> list[Dump]:
    if window is not None and found:
        places = [d.where(d.span) for d in found]
        window.shrink(whole, [(p.start - base, p.end - base) for p in places])
    return found


def _truncated(dump: Dump, most: int) -> Dump:
    text = f"the dump is longer than {most} bytes; what follows is read as dumps of their own"
    issue = Issue("truncated", text, Span(dump.span.end, dump.span.end))
    return dump._replace(issues=(*dump.issues, issue))


def _joined(parts: list[bytes]) -> bytes:
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _is_utf16(data: bytes) -> bool:
    from gotrace.input.encoding import decoded  # noqa: PLC0415 - once for an input

    return decoded(data[: 1 << 12]) is not None
