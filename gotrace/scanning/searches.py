"""What the sieve looks for in a block, and where it stands: one pass over the block for each.

A search for one rare byte costs next to nothing. One for a needle takes a third of a nanosecond
for each byte, and so does a pattern, if it begins with one certain byte: it looks at each of those
more closely. Which of the two is cheaper depends on how rare the byte is. ``swift`` finds the same
places with the packages of the extra `fast`.
"""

from __future__ import annotations

from collections.abc import Callable

from gotrace.parsing.anchors import line_anchors
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

FEW = 32  # how often a byte may stand in vain in a block that is searched for it

# What follows `goroutine ` in a header, in a creator, in a report of a race, in a title.
HEADER = lazy_pattern(rb"[0-9]{1,20}(?: (?:\[|gp=)|:?(?:[\r\n\\\"\x1b&<#]|\Z))|profile: |\x1b|\Z")
# A word of a sentence before `panic: `: no envelope ends like this.
_SENTENCE = lazy_pattern(rb"[\s\"';,(=][a-z]{2,20} \Z")
GOROUTINE, OFFSET = b"goroutine ", b" +0x"
_OFFSETS = lazy_pattern(rb" \+0x")
PANIC, FATAL = b"panic: ", b"fatal error: "
_PANIC = lazy_pattern(PANIC)
# A file line in a string, and in a string inside of it: both hold an escaped tab.
INSIDE, DEEPER = rb"\n\t", rb"n\\t"
_INSIDE = lazy_pattern(rb"\\t(?<=\\n\\t)")
_DEEPER = lazy_pattern(rb"\\t(?<=n\\\\t)")
_BOTH = lazy_pattern(rb"\\t(?<=\\n\\t|n\\\\t)")
_ESCAPE = 4  # bytes of either


class Wanted(NamedTuple):
    """What a block may hold of a dump beside headers: ``lines`` that begin like one, what stands
    in ``wrapped`` lines, file lines ``inside`` of strings and ``deeper``."""

    lines: bool
    wrapped: bool
    inside: bool
    deeper: bool


class Searches(NamedTuple):
    """``places`` of what is wanted in a block, in any order; ``line_ends`` between two places."""

    places: Callable[[bytes, Wanted], list[int]]
    line_ends: Callable[[bytes, int, int], int]


def _places(block: bytes, wanted: Wanted) -> list[int]:
    found = _headers(block)
    if wanted.lines:
        found += line_anchors(block)
    if wanted.wrapped:
        found += _offsets(block)
        found += _causes(block)
    if (wanted.inside or wanted.deeper) and b"\\" in block:
        pattern = _BOTH if wanted.inside and wanted.deeper else _INSIDE
        pattern = pattern if wanted.inside else _DEEPER
        found += [m.end() - _ESCAPE for m in pattern.finditer(block)]
    return found


def _line_ends(data: bytes, start: int, end: int) -> int:
    return data.count(b"\n", start, end)


PLAIN = Searches(_places, _line_ends)


def _headers(block: bytes) -> list[int]:
    """Where a goroutine is named as headers, creators and reports of races name it."""
    found: list[int] = []
    at = block.find(GOROUTINE)
    while at >= 0:
        end = at + len(GOROUTINE)
        if HEADER.match(block, end):
            found.append(at)
        at = block.find(GOROUTINE, end)
    return found


def _offsets(block: bytes) -> list[int]:
    """Where the offset of a file line stands."""
    found: list[int] = []
    in_vain = 0
    at = block.find(b"+")
    while at >= 0:
        if block.startswith(OFFSET, at - 1) and at:
            found.append(at - 1)
        elif (in_vain := in_vain + 1) > FEW:
            return [*found, *(m.start() for m in _OFFSETS.finditer(block, at))]
        at = block.find(b"+", at + 1)
    return found


def _causes(block: bytes) -> list[int]:
    found = [m.start() for m in _PANIC.finditer(block)]
    at = block.find(FATAL)
    while at >= 0:
        found.append(at)
        at = block.find(FATAL, at + len(FATAL))
    return [at for at in found if is_cause(block, at)]


def is_cause(block: bytes, at: int) -> bool:
    """Whether what stands there is no word of a sentence."""
    return not _SENTENCE.search(block[max(at - 24, 0) : at])
