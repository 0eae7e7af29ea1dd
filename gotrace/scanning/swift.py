"""The sieve's searches by code that compares many bytes at once: the extra `fast`.

A few needles are found in one pass, and what stands there is then held against the same patterns
as in ``searches``, so that the places are the same.
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
NEEDLES = (GOROUTINE, _PLUS, PANIC, FATAL, INSIDE, DEEPER)

_Found = Callable[[bytes], list[tuple[int, int, int]]]  # which needle, where it starts and ends


@cache
def swift() -> Searches | None:
    """None where the packages are not installed."""
    try:
        from ahocorasick_rs import BytesAhoCorasick, MatchKind  # noqa: PLC0415 - an extra
        from stringzilla import count  # noqa: PLC0415
    except ImportError:
        return None

    def finder(*needles: bytes) -> _Found:
        made = BytesAhoCorasick(needles, matchkind=MatchKind.LeftmostFirst)
        found: _Found = made.find_matches_as_indexes
        return found

    def line_ends(data: bytes, start: int, end: int) -> int:
        found: int = count(data, b"\n", start, end)
        return found

    return Searches(_Places(finder).of, line_ends)


class _Places:
    """The searches of a block, each of them made when it is needed first."""

    def __init__(self, finder: Callable[..., _Found]) -> None:
        self._headers = finder(GOROUTINE)
        self._needles = finder(*NEEDLES)
        self._lines = finder(*(b"\n" + head for head in HEADS))
        self._rest = 0

    def of(self, block: bytes, wanted: Wanted) -> list[int]:
        escapes = (wanted.inside or wanted.deeper) and b"\\" in block
        if escapes or wanted.wrapped:
            found = self._marks(block, wanted)
        else:
            found = [a for _, a, end in self._headers(block) if HEADER.match(block, end)]
        return found + self._anchors(block) if wanted.lines else found

    def _marks(self, block: bytes, wanted: Wanted) -> list[int]:
        found: list[int] = []
        for number, at, end in self._needles(block):
            match NEEDLES[number]:
                case b"goroutine ":
                    if HEADER.match(block, end):
                        found.append(at)
                case b"+0x":
                    if wanted.wrapped and block[at - 1 : at] == b" ":
                        found.append(at - 1)
                case b"panic: " | b"fatal error: ":
                    if wanted.wrapped and is_cause(block, at):
                        found.append(at)
                case escape:
                    if wanted.inside if escape == INSIDE else wanted.deeper:
                        found.append(at)
        return found

    def _anchors(self, block: bytes) -> list[int]:
        if self._rest:
            self._rest -= 1
            return line_anchors(block)
        places = [at + 1 for _, at, _ in self._lines(block)]
        found = [at for at in (0, *places) if is_line_anchor(block, at)]
        if len(places) - len(found) > MANY:
            self._rest = REST
        return found
