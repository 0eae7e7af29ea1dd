"""Tier 2: Lark's LALR table, driven by a few lines of ours. Nothing here knows a grammar.

A node is ``(rule, start, end, children)``, a token ``(TERMINAL, start, end)``; offsets count from
the start of the text. Trees have Lark's shape: quoted literals are left out, rules whose name
begins with ``_`` are replaced by their children.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from gotrace.tuples import NamedTuple

Token = tuple[str, int, int]
Node = tuple[str, int, int, tuple[Any, ...]]


class Failure(NamedTuple):
    """The text is not of the rule. ``offset`` is where that shows; ``expected`` are terminals."""

    offset: int
    expected: tuple[str, ...]


class Table:
    """A derived LALR table. Scanners are compiled when their state is first entered."""

    def __init__(self, module: Any) -> None:
        self.states: tuple[tuple[tuple[str, ...], dict[str, int]], ...] = module.STATES
        self.rules: tuple[tuple[str, str, int, tuple[int, ...]], ...] = module.RULES
        self.starts: dict[str, int] = module.STARTS
        self.ends: dict[str, int] = module.ENDS
        self._terminals: dict[str, str] = module.TERMINALS
        self._scanners: dict[tuple[str, ...], re.Pattern[str]] = {}

    def scanner(self, names: tuple[str, ...]) -> re.Pattern[str]:
        """One pattern for the terminals of a state; the first that fits wins, as in Lark."""
        found = self._scanners.get(names)
        if found is None:
            parts = (f"(?P<{n}>{self._terminals[n]})" for n in names)
            found = self._scanners[names] = re.compile("|".join(parts))
        return found


def parse(table: Table, start: str, text: str) -> Node | Failure:
    """Read ``text`` as the rule ``start``.

    Shape:  the rule's node.
    Units:  characters of ``text``.
    Errors: a :class:`Failure`; nothing raises.
    Source: Lark's lalr_parser_state.py and lexer.py; tests hold the two equal.
    """
    stack = [table.starts[start]]
    return _run(table, start, stack, _lex(table, stack, text), len(text))


def parse_tokens(table: Table, start: str, tokens: Iterable[Token], end: int) -> Node | Failure:
    """Read a stream of tokens that a scanner made; ``end`` is where the text ends."""
    return _run(table, start, [table.starts[start]], iter(tokens), end)


def _lex(table: Table, stack: list[int], text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        names = table.states[stack[-1]][0]
        match = table.scanner(names).match(text, position) if names else None
        if match is None or match.lastgroup is None:
            yield ("", position, position)
            return
        yield (match.lastgroup, position, match.end())
        position = match.end()


def _run(
    table: Table, start: str, stack: list[int], tokens: Iterator[Token], length: int
) -> Node | Failure:
    values: list[Any] = []
    end = table.ends[start]
    token = next(tokens, ("$END", length, length))
    while True:
        action = table.states[stack[-1]][1].get(token[0])
        if action is None:
            return Failure(token[1], tuple(table.states[stack[-1]][1]))
        if action < 0:
            _reduce(table, ~action, stack, values, token[1])
            if token[0] == "$END" and stack[-1] == end:
                node: Node = values[-1]
                return node
            continue
        stack.append(action)
        values.append(token)
        token = next(tokens, ("$END", length, length))


def _reduce(table: Table, rule: int, stack: list[int], values: list[Any], position: int) -> None:
    name, origin, size, kept = table.rules[rule]
    popped = values[len(values) - size :] if size else []
    if size:
        del values[-size:], stack[-size:]
    children: list[Any] = []
    for index in kept:
        child = popped[index]
        if len(child) != 4 or not child[0].startswith("_"):
            children.append(child)
        elif children:
            children.extend(child[3])
        else:
            children = child[3]  # nobody else has this list: a long repetition is not copied
    first = popped[0][1] if popped else position
    last = popped[-1][2] if popped else position
    held = children if name.startswith("_") else tuple(children)
    values.append((name, first, last, held))
    stack.append(table.states[stack[-1]][1][origin])
