"""What the script needs to know of a dump: all rows and groups, as JSON that cannot be markup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from gotrace.rendering.html_buckets import Entry
from gotrace.rendering.html_rows import WORD, Cell, Row

SMALL = 1 << 17  # characters; what is longer is compressed
WORD_MARK = "\x01"  # before the number of a word, and a semicolon behind


def island(number: int, entries: Iterable[Entry], rows: Iterable[Row]) -> str:
    """A data block for dump ``number``; what repeats stands in it once."""
    strings: _Table = _Table()
    strings.number("")  # 0 is the empty text
    heads, cells = _Told(strings), _Told(strings)
    told = {
        "rows": [_row(row, heads, cells) for row in rows],
        "groups": [_entry(entry, strings) for entry in entries],
        "heads": heads.all,
        "cells": cells.all,
        "strings": list(strings),
    }
    text = json.dumps(told, separators=(",", ":"))
    if len(text) > SMALL:
        return _block(number, _packed(text), ' data-packed="deflate"')
    for character in "<>&":  # they are in strings only
        text = text.replace(character, f"\\u{ord(character):04x}")
    return _block(number, text, "")


def _block(number: int, text: str, attribute: str) -> str:
    return f'<script type="application/json" id="data-{number}"{attribute}>{text}</script>\n'


def _packed(text: str) -> str:
    import zlib  # noqa: PLC0415 - for large dumps
    from base64 import b64encode  # noqa: PLC0415

    return b64encode(zlib.compress(text.encode("ascii"), 4)).decode("ascii")


class _Table(dict[Any, int]):
    """What repeats, with its number."""

    def number(self, item: Any) -> int:
        return self.setdefault(item, len(self))


class _Told:
    """Tuples that repeat, with their numbers: five texts in front, which stand in a table."""

    def __init__(self, strings: _Table) -> None:
        self.all: list[tuple[Any, ...]] = []
        self._strings = strings
        self._known: dict[tuple[Any, ...], int] = {}

    def number(self, item: tuple[Any, ...]) -> int:
        """The number of ``item``: (text, text, text, text, text, …)."""
        found = self._known.get(item)
        if found is None:
            found = self._known[item] = len(self.all)
            self.all.append((*map(self._strings.number, item[:5]), *item[5:]))
        return found


def _row(row: Row, heads: _Told, cells: _Told) -> list[Any]:
    function, short, raw, site, place, badge, own, found, issues = row
    head = heads.number((function, short, site, place, badge, int(own)))
    numbers = [cells.number(cell) for cell in _cells(found, raw)] if found else []
    return [head, raw, numbers, *([issues] if issues else [])]


def _cells(cells: Iterable[Cell], raw: str) -> Iterator[tuple[Any, ...]]:
    """Words that stand in the value are named by their number, so that equal cells are equal."""
    words = WORD.findall(raw)
    for name, type_, value, certainty, note, numbers, marks in cells:
        said = value
        for number in numbers:  # no cleaned text holds a control character
            said = said.replace(words[number].rstrip("?"), f"{WORD_MARK}{number};", 1)
        told = (name, type_, said, certainty, note, numbers)
        yield (*told, marks) if marks else told


def _entry(entry: Entry, strings: _Table) -> list[Any]:
    texts = (entry.title, entry.state, entry.wait, entry.top, entry.via, entry.place, entry.gap)
    return [
        entry.anchor,
        *map(strings.number, texts),
        entry.size,
        entry.longest,
        int(entry.crashed),
        int(entry.own),
        entry.gap_after,
        entry.ids,
        entry.rows,
        entry.said,
        [strings.number(text) for text in entry.below],
    ]
