"""The push side: bytes in as they come, dumps out as soon as nothing more can belong to them.

Text is held back in a window. What is read of a window is the same as what is read of the whole,
as long as the window begins where nothing of a dump stands and its end is far enough away; so a
window is cut before the first dump that may still go on, and read again with what comes.
"""

from __future__ import annotations

from bisect import bisect_right

from gotrace.input.sourcemap import PlainMap
from gotrace.model import Dump, Issue, Location, Span
from gotrace.parsing import read_all

WINDOW = 1 << 22  # bytes that are gathered before they are read
AHEAD = 1 << 18  # bytes behind a dump that decide where it ends: more than any message's lines
LEAD = 4  # the part of it that is kept before a dump that goes on
MOST = 64 << 20  # bytes of one dump, unless the caller says otherwise


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
        self._base = position
        self._lines = lines
        self._parts: list[bytes] = []
        self._size = 0
        self._wanted = WINDOW
        self._utf16: bool | None = None

    @property
    def position(self) -> int:
        """The byte of the input behind the last one that was fed."""
        return self._base + self._size

    @property
    def settled(self) -> int:
        """All dumps that begin before this byte were given."""
        return self._base

    def feed(self, data: bytes) -> list[Dump]:
        """Take ``data``; the dumps that are complete."""
        if not data:
            return []
        self._parts.append(bytes(data))
        self._size += len(data)
        return self._read(final=False) if self._size >= self._wanted else []

    def rewind(self) -> tuple[int, int]:
        """Forget what is held back; the byte to go on from, and how many bytes are wanted then.

        For files, which can be read again: that is cheaper than to keep and join pieces.
        """
        self._parts, self._size = [], 0
        return self._base, self._wanted

    def flush(self) -> list[Dump]:
        """The dumps in what was held back: nothing more comes, or not soon."""
        return self._read(final=True) if self._size else []

    def _read(self, *, final: bool) -> list[Dump]:
        whole = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        if self._base == 0 and self._utf16 is None:
            self._utf16 = _is_utf16(whole)
        if self._utf16 and not final and self._size < self._most:
            self._parts, self._wanted = [whole], 2 * self._size
            return []
        window = None if self._utf16 else WindowMap(whole, self._base, self._lines)
        found = list(read_all(whole, self.source, self.prefix, window))
        if final:
            self._drop(whole, len(whole), window)
            return _shrunk(found, window, whole, self._base - len(whole))
        cut, done = self._cut(whole, found)
        if cut == 0 and self._size >= self._most:
            cut, done = self._forced(whole, found)
        base = self._base
        self._drop(whole, cut, window)
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
                wanted = max(0, start - AHEAD // LEAD)
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

    def _drop(self, whole: bytes, count: int, window: WindowMap | None) -> None:
        self._lines += whole.count(b"\n", 0, count) if window is None else window.line(count)
        self._base += count
        rest = whole[count:]
        self._parts = [rest] if rest else []
        self._size = len(rest)


def _shrunk(found: list[Dump], window: WindowMap | None, whole: bytes, base: int) -> list[Dump]:
    if window is not None and found:
        places = [d.where(d.span) for d in found]
        window.shrink(whole, [(p.start - base, p.end - base) for p in places])
    return found


def _truncated(dump: Dump, most: int) -> Dump:
    text = f"the dump is longer than {most} bytes; what follows is read as dumps of their own"
    issue = Issue("truncated", text, Span(dump.span.end, dump.span.end))
    return dump._replace(issues=(*dump.issues, issue))


def _is_utf16(data: bytes) -> bool:
    from gotrace.input.encoding import decoded  # noqa: PLC0415 - once for an input

    return decoded(data[: 1 << 12]) is not None
