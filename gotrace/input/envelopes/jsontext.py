"""The strings and numbers of a JSON text with their paths and places; nothing else of it."""

from __future__ import annotations

import re
from typing import NamedTuple

from gotrace.patterns import lazy_pattern

_TOKEN = lazy_pattern(
    rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"([ \t\r\n]*:)?|([\[{])|([\]}])|(,)|([^\s\[\]{},":]+)', re.S
)
DEEPEST = 64


class Member(NamedTuple):
    """``path`` is dotted, ``shape`` the same with ``*`` for the indices of arrays.

    ``start`` and ``end`` are what stands between the quotes of a string, or the bare word.
    ``byte_list``: an array of numbers, which journalctl prints for bytes that are no text.
    """

    path: str
    shape: str
    start: int
    end: int
    quoted: bool
    byte_list: bool = False


def members(data: bytes, start: int, end: int) -> list[Member]:
    """All members in ``start`` to ``end``; what is broken off ends the list."""
    found: list[Member] = []
    # A level: its path, its shape, the index of an array (-1: an object), where it begins, and
    # whether only numbers were in it.
    path = shape = ""
    index = -1
    levels: list[tuple[str, str, int, int, bool]] = []
    key: str | None = None
    begun, numbers = start, False
    for match in _TOKEN.finditer(data, start, end):
        kind = match.lastindex
        if kind == 2:
            key = match[1].decode("utf-8", "replace")
            continue
        if kind == 5:
            index += index >= 0
            continue
        if kind == 4:
            if index >= 0 and numbers:
                found = [m for m in found if not m.path.startswith(path + ".")]
                found.append(Member(path, shape, begun, match.start(), False, byte_list=True))
            if not levels:
                break
            path, shape, index, begun, numbers = levels.pop()
            continue
        here = _below(path, str(index) if index >= 0 else key or "")
        like = _below(shape, "*" if index >= 0 else key or "")
        if kind == 3:
            if len(levels) > DEEPEST:
                break
            levels.append((path, shape, index, begun, False))
            path, shape, begun = here, like, match.end()
            index, numbers = (0, True) if match[3] == b"[" else (-1, False)
        else:
            quoted = kind == 1
            numbers = numbers and not quoted and match[6].isdigit()
            group = 1 if quoted else 6
            found.append(Member(here, like, match.start(group), match.end(group), quoted))
    return found


def _below(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step
