"""The sieve's searches by code that compares many bytes at once: the extra `fast`.

All needles are found in one pass, and what stands there is then held against the same patterns as
in ``searches``, so that the places are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from gotrace.parsing.anchors import HEADS, is_line_anchor, line_anchors
from gotrace.scanning.searches import (
    DEEPER,
    FATAL,
    GOROUTINE,
    HEADER,
    INSIDE,
    PANIC,
    Searches,
    Wanted,
    is_cause,
)

MANY = 256  # lines of a block that begin like one of a dump, but are none: too many
REST = 32  # blocks that are then searched by the pattern, which is quicker where there are many
_PLUS = b"+0x"  # without the blank before it, which may be the last byte of another needle
_ANYWHERE = (GOROUTINE, PANIC, FATAL)
_FILE = b"\n\t"  # on its own: searches for many needles are quicker where none is this short
# With the newline in front, but for what is looked for anywhere.
_LINES = tuple(b"\n" + head for head in HEADS if head not in (*_ANYWHERE, _FILE[1:]))
NEEDLES = (*_ANYWHERE, _PLUS, INSIDE, DEEPER, *_LINES)
_LINE = NEEDLES.index(_LINES[0])
_NEWLINE = 10
_IS_LINE_END = bytes(byte == _NEWLINE for byte in range(256))
_LOOKS_UP = "icelake"  # of what stringzilla can do here: to look up 64 bytes at once

_Found = Callable[[bytes], list[tuple[int, int, int]]]  # which needle, where it starts and ends
_Find = Callable[[bytes, bytes, int], int]
_LineEnds = Callable[[bytes, int, int], int]


@cache
def swift() -> Searches | None:
    """None where the packages are not installed."""
    try:
        import stringzilla  # noqa: PLC0415 - an extra
        from ahocorasick_rs import BytesAhoCorasick, MatchKind  # noqa: PLC0415
    except ImportError:
        return None
    made = BytesAhoCorasick(NEEDLES, matchkind=MatchKind.LeftmostFirst)
    places = _Places(made.find_matches_as_indexes, stringzilla.find)
    looks_up = _LOOKS_UP in stringzilla.__capabilities__
    return Searches(places.of, summing() if looks_up else counting())


def counting() -> _LineEnds:
    """Line ends are counted by going from one to the next."""
    from stringzilla import count  # noqa: PLC0415

    def line_ends(data: bytes, start: int, end: int) -> int:
        found: int = count(data, b"\n", start, end)
        return found

    return line_ends


def summing() -> _LineEnds:
    """Line ends become ones, all else zeros, and the sum is taken: half of the time, where bytes
    are looked up quickly."""
    from stringzilla import bytesum, translate  # noqa: PLC0415

    def line_ends(data: bytes, start: int, end: int) -> int:
        found: int = bytesum(translate(data, _IS_LINE_END, False, start, end))
        return found

    return line_ends


class _Places:
    def __init__(self, matches: _Found, find: _Find) -> None:
        self._matches = matches
        self._find = find
        self._rest = 0

    def of(self, block: bytes, wanted: Wanted) -> list[int]:
        found: list[int] = []
        begins = [0]
        for number, at, end in self._matches(block):
            if number >= _LINE:
                begins.append(at + 1)
                continue
            needle = NEEDLES[number]
            if needle in _ANYWHERE and at and block[at - 1] == _NEWLINE:
                begins.append(at)
            if needle == _PLUS:
                if wanted.wrapped and block[at - 1 : at] == b" ":
                    found.append(at - 1)
            elif _is_mark(needle, block, at, end, wanted):
                found.append(at)
        return found + self._lines(block, begins) if wanted.lines else found

    def _lines(self, block: bytes, begins: list[int]) -> list[int]:
        """Which of the lines that begin like one of a dump are one."""
        if self._rest:
            self._rest -= 1
            return line_anchors(block)
        at = self._find(block, _FILE, 0)
        while at >= 0:
            begins.append(at + 1)
            at = self._find(block, _FILE, at + 1)
        found = [at for at in begins if is_line_anchor(block, at)]
        if len(begins) - len(found) > MANY:
            self._rest = REST
        return found


def _is_mark(needle: bytes, block: bytes, at: int, end: int, wanted: Wanted) -> bool:
    if needle == GOROUTINE:
        return HEADER.match(block, end) is not None
    if needle == INSIDE:
        return wanted.inside
    if needle == DEEPER:
        return wanted.deeper
    return wanted.wrapped and is_cause(block, at)
