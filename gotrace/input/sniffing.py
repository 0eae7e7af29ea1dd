"""Which bytes to look for, and where: decided by samples of a text's lines."""

from __future__ import annotations

import mmap
import re
from enum import IntEnum

from gotrace.input.marks import BOM
from gotrace.patterns import lazy_pattern

WINDOW = 1 << 16  # bytes of which two lines are looked at
LONGEST_RUN = 1 << 26  # bytes of windows of one kind that are searched in one go
PAGES = 1 << 16  # a multiple of every page size
SMALL = 1 << 20  # a text up to this size is searched for wrapped headers whatever its lines are


INLINE = lazy_pattern(rb"\x1b\[|&#43;0x|&lt;")
SOON = 2048  # bytes behind a bare header in which colours or HTML show that it is part of such text


class Kind(IntEnum):
    """What the lines of a window look like."""

    PLAIN = 1  # nothing is wrapped round them
    LOGGED = 2  # a logger's records, which hold a trace as a whole
    WRAPPED = 3  # each line has something before it or round it


_WRAPPED = lazy_pattern(
    rb"\{\s*\"(?:log|Time|Action|__CURSOR|__REALTIME|MESSAGE|insertId|textPayload|logName|events"
    rb"|log"
    rb"Events|resourceLogs|stream|kubernetes|message|date|time\":\s*\"[^\"]*\",\s*\"(?:stream"
    rb"|log))\"?"
    rb"|\[?\{|__CURSOR=|<[0-9]{1,3}>|\[pod/|> |\xef\xbb\xbf|[ \t]+\"[\w.]+\":"
    rb"|[A-Za-z0-9][\w.-]{0,127} {0,64}\|(?: |\r?\n)"
    rb"|[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8}|[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2} "
    rb"|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{8}(?:[.,][0-9]{3,9})?(?:Z"
    rb"|[+-][0-9]{2}:?[0-9]{2})?[ \t]"
    rb"(?:std(?:out|err) [PF]|\[[A-Z]|[a-z]+\[|[^\s/=]+/\S+ |[0-9a-f]{2}[OE][ +]|[0-9a-f]{8}-"
    rb"|[^\s=:]+ [^\s=:]+: )"
    rb"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.(?:[0-9]{7}|[0-9]{9})(?:Z|[+-][0-9:]{5}) "
    rb"|[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9:]{8} (?:\[|[\w.+-]+: )"
    rb"|(?:[0-9]{4}-)?[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3} +[0-9]|[VDIWEFA]/[^(\n]{1,64}\("
    rb"|[^\n\t]{1,200}\t[^\n\t]{1,200}\t(?:\xef\xbb\xbf)?[0-9]{4}-"
)
_RECORD = lazy_pattern(
    rb"\{\s*\"(?!log\"|Time\"|__|MESSAGE|insertId|textPayload|events|resourceLogs|stream\")"
)
_LOGGED = lazy_pattern(
    rb"[^\n]{0,200}?(?:[ \t\{,][\w.]+[=:] ?\"|\t\{\")|[IWEF][0-9]{4} [0-9:]{8}\."
)


def is_wrapped(data: bytes, start: int, end: int) -> bool:
    """Whether the line at ``start`` has something before it or round it."""
    return not _RECORD.match(data, start, end) and _WRAPPED.match(data, start, end) is not None


def kind_of(data: bytes, start: int, end: int) -> Kind:
    """What the line at ``start`` looks like."""
    if _RECORD.match(data, start, end):
        return Kind.LOGGED
    if _WRAPPED.match(data, start, end):
        return Kind.WRAPPED
    return Kind.LOGGED if _LOGGED.match(data, start, min(end, start + 400)) else Kind.PLAIN


# A goroutine's header, a race's `by goroutine 7:`, a profile's title.
_NAMED = rb"(?:[0-9]{1,20}(?: (?:gp=[^\n\[]{1,99} )?\[|:)|profile: total )"
_HEADER = lazy_pattern(rb"goroutine " + _NAMED)
_INNER_HEADER = lazy_pattern(rb"goroutine (?<!\ngoroutine )(?<!\Agoroutine )" + _NAMED)
_FILE = lazy_pattern(rb"\t[^\t\n\"\\]{1,1024}\.(?:go|s):[0-9]+(?=\r?(?:\n|\Z))")
_ESCAPED_FILE = lazy_pattern(rb"\\t[^\t\n\"\\]{1,1024}\.(?:go|s):[0-9]+(?=\\n)")
_LINE = lazy_pattern(rb"\\n(?:#?\\{1,4}(?:t|u0009)|  |goroutine |=====)")
_ESCAPED = (_LINE, _ESCAPED_FILE)
BYTES = lazy_pattern(rb"111,\s*117,\s*116,\s*105,\s*110,\s*101,\s*32")
_HTML = b"&#43;0x"
Needle = bytes | re.Pattern[bytes]
# The searches of each kind. Those of a logger's records: a header, or a file line in a string.
_NEEDLES: dict[Kind, tuple[Needle, ...]] = {
    Kind.PLAIN: (_HEADER,),
    Kind.LOGGED: (_HEADER, _LINE),
    Kind.WRAPPED: (_HEADER, b" +0x", b"panic: ", b"fatal error: ", _FILE, *_ESCAPED),
}


class Needles:
    """The places of a text that may be wrapped traces, asked for in ascending order."""

    def __init__(self, data: bytes, *, always: bool = False) -> None:
        self._data = data
        self._always = always
        self._small = len(data) <= SMALL
        self._step = WINDOW // 16 if len(data) <= WINDOW else WINDOW // 4
        mapped: object = data  # what is large is an mmap that answers like bytes (input/files.py)
        can = isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED")
        self._mapped = mapped if can and isinstance(mapped, mmap.mmap) else None
        self._released = 0
        # Searches that only some texts need: byte order marks, HTML, journalctl's byte lists.
        self._special: tuple[Needle, ...] = ()
        self._inline = False  # whether colours or HTML were seen
        self._next: dict[bytes | re.Pattern[bytes], int] = {}
        self._runs = self._run_from(0)

    def after(self, position: int) -> int | None:
        """The first place at or behind ``position``."""
        while True:
            kind, stop = self._runs
            if position >= stop:
                if stop >= len(self._data):
                    return None
                self._runs = self._run_from(position)
                continue
            found = self._in_run(kind, position, stop)
            if found is not None:
                return found
            if stop >= len(self._data):
                return None
            position = stop
            self._runs = self._run_from(position)

    def _in_run(self, kind: Kind, position: int, stop: int) -> int | None:
        needles = _NEEDLES[kind]
        if kind is Kind.WRAPPED and self._special:
            needles = (*needles, *self._special)
        nearest = stop
        for needle in needles:
            place = self._next.get(needle, -1)
            if place < position:
                place = self._next[needle] = self._find(needle, position, stop)
            nearest = min(nearest, place)
        return nearest if nearest < stop else None

    def _find(self, needle: bytes | re.Pattern[bytes], position: int, stop: int) -> int:
        data = self._data
        if isinstance(needle, bytes):
            found = data.find(needle, position, min(len(data), stop + len(needle)))
        elif needle is _HEADER:
            found = self._header(position, stop)
        else:
            if needle in _ESCAPED:  # a single byte is found much faster than a pattern
                position = data.find(b"\\", position, stop)
                if position < 0:
                    return stop
            match = needle.search(data, position, min(len(data), stop + 1024))
            found = -1 if match is None else match.start()
        return stop if found < 0 else found

    def _header(self, position: int, stop: int) -> int:
        """A header that does not stand at the start of a line: those need no unwrapping."""
        data, last = self._data, min(len(self._data), stop + 128)
        if self._mapped is not None and not self._inline:  # whose find looks at each byte
            match = _INNER_HEADER.search(data, position, last)
            return -1 if match is None else match.start()
        start = data.find(b"goroutine ", position, last)
        while start >= 0:
            if _HEADER.match(data, start, last):
                if start and data[start - 1] != 10:
                    return start
                if self._inline and INLINE.search(data, start, start + SOON):
                    return start
            start = data.find(b"goroutine ", start + 10, last)
        return -1

    def _run_from(self, position: int) -> tuple[Kind, int]:
        """The kind of the windows from ``position`` on, and where they end."""
        data = self._data
        self._next.clear()  # where a run ended without a hit is none in the next
        kind = self._kind(position)
        at = position + WINDOW
        while at < len(data) and at - position < LONGEST_RUN:
            if self._kind(at) is not kind:
                break
            at += WINDOW
        self._release(position)
        return kind, min(at, len(data))

    def _release(self, position: int) -> None:
        """Let go of the pages of a mapped file that were looked at."""
        if self._mapped is not None and position - self._released >= LONGEST_RUN // 2:
            start = self._released - self._released % PAGES
            self._mapped.madvise(mmap.MADV_DONTNEED, start, position - start)
            self._released = position

    def _kind(self, window: int) -> Kind:
        if self._always:
            return Kind.WRAPPED
        data, start = self._data, window
        stop = min(window + WINDOW, len(data))
        mapped: object = data
        if not isinstance(mapped, bytes):
            # A copy: what searches bytes is much faster than what searches a mapped file.
            data, start, stop = data[window:stop], 0, stop - window
        found = data.find
        if found(b"\x1b", start, stop) >= 0 or (
            found(b"&", start, stop) >= 0
            and (found(b"&#43;0x", start, stop) >= 0 or found(b"&lt;", start, stop) >= 0)
        ):
            self._inline = True
            self._also(_HTML)
            return Kind.WRAPPED
        if found(BOM[:1], start, stop) >= 0 and found(BOM, start, stop) >= 0:
            self._also(BOM)
            return Kind.WRAPPED
        return self._sampled(data, start, stop, at_start=window == 0)

    def _also(self, needle: Needle) -> None:
        if needle not in self._special:
            self._special = (*self._special, needle)

    def _sampled(self, data: bytes, start: int, stop: int, *, at_start: bool) -> Kind:
        """What the lines here and there in a window look like."""
        best = Kind.PLAIN
        step, count = (self._step, 4) if self._small else (WINDOW // 2, 1)
        for at in range(start, stop, step):
            line = at if at_start and at == start else data.find(b"\n", at, stop) + 1
            for _ in range(count):
                if best is Kind.WRAPPED or (line == 0 and not at_start):
                    break
                end = data.find(b"\n", line, stop) + 1 or stop
                if best is Kind.PLAIN:
                    best = kind_of(data, line, end)
                elif is_wrapped(data, line, end):
                    best = Kind.WRAPPED
                if data[line : line + 4] == b'{"__':
                    self._also(BYTES)
                line = end
        return best
