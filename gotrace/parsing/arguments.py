"""Argument lists, read once per shape.

A list's *shape* is its text with every number replaced by ``0x0``. The derived table reads the
shape; what it says is then filled with the numbers of each text. Numbers are the only part of a
list that has no fixed width, so a position in the text is that in the shape plus what the numbers
before it are longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from gotrace.model import Absence, AbsenceReason, Group, Item, Word
from gotrace.parsing import _tables, driver
from gotrace.parsing.records import TRACEBACK
from gotrace.patterns import lazy_pattern

MEMORY = 1 << 12  # shapes remembered
MOST = 1000  # items of a list, and
DEEPEST = 64  # groups within each other: Go prints ten and five at most
HEX = lazy_pattern(f"({_tables.TERMINALS['HEX']}(?![0-9a-f]))")
ZERO = "0x0"
_FLAT = ("flat",)
_new = tuple.__new__  # skips NamedTuple's own __new__: most of the objects of a dump are words


class ArgumentReader:
    """Reads argument lists; knows the shapes it has seen."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, ...], tuple[Any, ...] | None] = {}

    def read(self, text: str, start: int) -> tuple[Item, ...] | None:
        """The items of ``text``, which begins at byte ``start`` of its line; None: no such list."""
        if not text:
            return ()
        parts = HEX.split(text)
        key = tuple(parts[::2])
        try:
            nodes = self._shapes[key]
        except KeyError:
            if len(self._shapes) > MEMORY:
                self._shapes.clear()
            nodes = self._shapes[key] = _nodes(ZERO.join(key))
        if nodes is None:
            return None
        if nodes is _FLAT:
            return _flat(parts, start)
        return _filled(nodes, iter(parts[1::2]), [start])


def _nodes(shape: str) -> tuple[Any, ...] | None:
    """A shape's items as the table reads them, None where it does not."""
    if shape.count(",") >= MOST or _depth(shape) > DEEPEST:
        return None
    node = driver.parse(TRACEBACK.table, "arguments", shape)
    if isinstance(node, driver.Failure):
        return None
    nodes = _list(node)
    flat = all(len(n) == 2 and not n[1] for n in nodes)
    return _FLAT if flat else nodes


def _depth(shape: str) -> int:
    steps = ((c == "{") - (c == "}") for c in shape if c in "{}")
    return max(accumulate(steps), default=0)


def _list(node: driver.Node) -> tuple[Any, ...]:
    return tuple(_item(item[3][0]) for item in node[3])


def _item(node: Any) -> tuple[Any, ...]:
    """A word as ``(start, stale)``, a group as ``(start, end, items)``, an absence as
    ``(start, end, reason, None)``: their lengths tell them apart."""
    name, start, end = node[:3]
    match name:
        case "CUT":
            return (start, end, AbsenceReason.CUT, None)
        case "TOO_FAR":
            return (start, end, AbsenceReason.TOO_FAR, None)
        case "group":
            return (start, end, _list(node[3][0]) if node[3] else ())
    return (node[3][0][1], len(node[3]) == 2)


def _flat(parts: list[str], start: int) -> tuple[Item, ...]:
    """Words and nothing else, as Go ≤ 1.16 prints them."""
    items: list[Item] = []
    for number in parts[1::2]:
        end = start + len(number)
        items.append(_new(Word, (int(number, 16), False, start, end)))
        start = end + 2
    return tuple(items)


def _filled(nodes: tuple[Any, ...], numbers: Iterator[str], shift: list[int]) -> tuple[Item, ...]:
    """``nodes`` with their numbers; ``shift`` is how far texts are behind their place so far."""
    items: list[Item] = []
    by = shift[0]
    for node in nodes:
        if len(node) == 2:
            number = next(numbers)
            start = node[0] + by
            by += len(number) - 3
            items.append(_new(Word, (int(number, 16), node[1], start, node[0] + by + 3)))
        elif len(node) == 3:
            shift[0] = by
            inner = _filled(node[2], numbers, shift)
            items.append(_new(Group, (inner, node[0] + by, node[1] + shift[0])))
            by = shift[0]
        else:
            items.append(_new(Absence, (node[2], node[0] + by, node[1] + by)))
    shift[0] = by
    return tuple(items)
