"""Tier 1: one line to one record, by the patterns derived from the grammar.

A :class:`Record` names the rule and gives each named terminal's span within the line; a part that
repeats or recurs (a *hole*: argument lists, labels) is the table's node for it. Text is ``str``
with one character per byte (latin-1), so offsets are bytes.
"""

from __future__ import annotations

import re
from typing import Any

from gotrace.parsing import _tables, driver
from gotrace.tuples import NamedTuple

# Go prints no longer line than this but for what a program says: patterns with alternatives in a
# repetition would take memory for each character of a hostile one.
LONGEST = 1 << 16
FREE_TEXT = frozenset({"panic", "fatal", "http_panic", "runtime_message"})


class Record(NamedTuple):
    """A line that was understood: ``fields`` maps terminals to spans, ``holes`` rules to nodes."""

    rule: str
    line: str
    fields: dict[str, tuple[int, int]]
    holes: dict[str, driver.Node]

    def text(self, terminal: str) -> str | None:
        """The terminal's text as printed (latin-1), None where the line has none."""
        span = self.fields.get(terminal)
        return None if span is None else self.line[span[0] : span[1]]

    def number(self, terminal: str) -> int | None:
        """The terminal's number, decimal or ``0x…``; None where the line has none or says nil."""
        text = self.text(terminal)
        if text is None or text == "nil":
            return None
        text = text.strip(" \t()")
        return int(text, 16 if text.startswith("0x") else 10)

    def number_of_line(self, terminal: str) -> int:
        """A decimal number that may have leading zeros."""
        return int(self.text(terminal) or "0")


class Reader:
    """Reads lines by the derived module of one grammar. Patterns are compiled on first use."""

    def __init__(self, module: Any) -> None:
        self.table = driver.Table(module)
        self.patterns: dict[str, tuple[str, tuple[str, ...]]] = module.PATTERNS
        self._compiled: dict[str, re.Pattern[str]] = {}
        self._holes: dict[tuple[str, str], driver.Node | driver.Failure] = {}

    def pattern(self, rule: str) -> re.Pattern[str]:
        """The compiled pattern of a record."""
        found = self._compiled.get(rule)
        if found is None:
            found = self._compiled[rule] = re.compile(self.patterns[rule][0])
        return found

    def read(self, rule: str, line: str) -> Record | None:
        """``line`` as ``rule``, None where it is not one."""
        if len(line) > LONGEST and rule not in FREE_TEXT:
            return None
        match = self.pattern(rule).match(line)
        if match is None:
            return None
        holes: dict[str, driver.Node] = {}
        for name in self.patterns[rule][1]:
            text = match[name]
            if text is None:
                continue
            node = self._hole(name, text)
            if isinstance(node, driver.Failure):
                return None
            holes[name] = _moved(node, match.start(name))
        fields = {
            name: match.span(name)
            for name, text in match.groupdict().items()
            if text is not None and name.isupper()
        }
        return Record(rule, line, fields, holes)

    def match(self, rule: str, line: str) -> re.Match[str] | None:
        """Like :meth:`read`, for a rule or a line without holes: what is in it, and no more."""
        return self.pattern(rule).match(line) if len(line) <= LONGEST else None

    def failure(self, rule: str, line: str) -> driver.Failure:
        """Where ``line`` stops being ``rule``.

        A line of the rule that was refused for its size stops where its limit or its end is.
        """
        if len(line) > LONGEST:
            return driver.Failure(LONGEST, ())
        found = driver.parse(self.table, rule, line)
        return found if isinstance(found, driver.Failure) else driver.Failure(len(line), ())

    def _hole(self, name: str, text: str) -> driver.Node | driver.Failure:
        node = self._holes.get((name, text))
        if node is None:
            if len(self._holes) > 4096:
                self._holes.clear()
            node = self._holes[name, text] = driver.parse(self.table, name, text)
        return node


def flatten(node: driver.Node, line: str, holes: tuple[str, ...]) -> Record:
    """A table's or Lark's node as a record: what :meth:`Reader.read` gives for the same line."""
    fields: dict[str, tuple[int, int]] = {}
    found: dict[str, driver.Node] = {}
    _flatten(node, holes, fields, found)
    return Record(node[0], line, fields, found)


def _flatten(
    node: Any,
    holes: tuple[str, ...],
    fields: dict[str, tuple[int, int]],
    found: dict[str, driver.Node],
) -> None:
    for child in node[3]:
        if len(child) == 3:
            fields[child[0]] = (child[1], child[2])
        elif child[0] in holes:
            found[child[0]] = child
        else:
            _flatten(child, holes, fields, found)


def _moved(node: Any, by: int) -> Any:
    """``node`` with its offsets counted from ``by`` characters earlier."""
    if len(node) == 3:
        return (node[0], node[1] + by, node[2] + by)
    return (node[0], node[1] + by, node[2] + by, tuple(_moved(c, by) for c in node[3]))


TRACEBACK = Reader(_tables)
