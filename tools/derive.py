"""Derive the run-time tables from ``grammars/*.lark``: ``python tools/derive.py [--check]``.

For each grammar one module is written, with

* ``PATTERNS``: per record (a start rule) one regular expression made from its *rules*, with a named
  group for each named terminal. A part that repeats or recurs becomes a *hole*: a group that
  over-approximates it and is then read by the table;
* ``STATES``, ``STARTS``, ``ENDS``, ``RULES``: Lark's LALR(1) table, each state with the terminals
  that its contextual lexer tries, in Lark's own order;
* ``TERMINALS``: the regular expression of each terminal;
* ``BOUNDED``: rules that recur, as one pattern that never backtracks. It stops at a depth and a
  length that the rule does not have: what it matches is of the rule, the rest is for the table;
* ``GRAMMAR_SHA256`` and ``LARK_VERSION``.

``--check`` writes nothing and exits with 1 when a module is not what the grammar gives.
"""

from __future__ import annotations

import ast
import hashlib
import pprint
import re
import sys
from pathlib import Path
from typing import Any

import lark
from lark.grammar import NonTerminal, Terminal
from lark.lexer import ContextualLexer
from lark.load_grammar import load_grammar

ROOT = Path(__file__).resolve().parent.parent
TARGETS = {
    "traceback": ROOT / "gotrace" / "parsing" / "_tables.py",
    "race": ROOT / "gotrace" / "parsing" / "_race_tables.py",
    "prototypes": ROOT / "gotrace" / "signatures" / "_tables.py",
}
BOUNDED = {"traceback": ("arguments", "_tail")}
DEPTH = 3  # groups within groups; a pattern doubles with each
REPEATS = 255
NEVER = "(?!)"
TOKENS_ONLY = {"prototypes"}  # its tokens come from a scanner: no patterns of whole records


class Grammar:
    """A grammar's rules as trees, and what Lark compiles it to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = ROOT / "grammars" / f"{name}.lark"
        self.text = self.path.read_text("utf-8")
        loaded, _ = load_grammar(  # type: ignore[no-untyped-call]
            self.text, str(self.path), [], False
        )
        self.rules: dict[str, Any] = {str(r[0]): r[2] for r in loaded.rule_defs}
        self.order = [r for r in self.rules if not r.startswith("_")]
        self.starts = ["file"] if name in TOKENS_ONLY else self.order
        self.lark = lark.Lark(
            self.text,
            parser="lalr",
            lexer="basic" if name in TOKENS_ONLY else "contextual",
            start=self.starts,
            maybe_placeholders=False,
            propagate_positions=True,
        )
        self.terminals = {t.name: t.pattern.to_regexp() for t in self.lark.terminals}

    # ------------------------------------------------------------- patterns

    def repeats(self, rule: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether ``rule`` has a part that repeats or recurs: no one pattern can name its parts."""
        if rule in seen:
            return True
        return any(
            node == "loop" or self.repeats(node, seen | {rule})
            for node in _references(self.rules[rule])
        )

    def records(self) -> list[str]:
        """The start rules that describe a line: those that no other rule uses."""
        used = {r for rule in self.rules.values() for r in _references(rule)}
        return [r for r in self.order if r not in used]

    def record(self, rule: str) -> tuple[str, tuple[str, ...]]:
        """The pattern of one whole line, and the names of its holes."""
        holes: list[str] = []
        text = self._pattern(self.rules[rule], holes)
        names = re.findall(r"\(\?P<(\w+)>", text)
        assert len(names) == len(set(names)), f"{rule}: a terminal stands twice: {names}"
        return text + r"\Z", tuple(holes)

    def _pattern(self, node: Any, holes: list[str]) -> str:
        match getattr(node, "data", None):
            case "expansions":
                parts = [self._pattern(c, holes) for c in node.children]
                return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
            case "expansion":
                return "".join(self._pattern(c, holes) for c in node.children)
            case "expr":
                assert str(node.children[1]) == "?", "a repetition outside of a hole"
                return f"(?:{self._pattern(node.children[0], holes)})?"
            case "value":
                return self._symbol(node.children[0], holes)
        raise AssertionError(f"no pattern for {node}")

    def _symbol(self, symbol: Any, holes: list[str]) -> str:
        if isinstance(symbol, Terminal):
            return f"(?P<{symbol.name}>{self.terminals[symbol.name]})"
        if not isinstance(symbol, NonTerminal):
            return re.escape(_literal(symbol))
        if symbol.name.startswith("_") or not self.repeats(symbol.name):
            return self._pattern(self.rules[symbol.name], holes)
        holes.append(symbol.name)
        return f"(?P<{symbol.name}>{self._approximation(symbol.name)})"

    def _approximation(self, rule: str) -> str:
        """Any sequence of the terminals that ``rule`` can hold."""
        found: dict[str, None] = {}
        pending, seen = [rule], set()
        while pending:
            name = pending.pop()
            if name in seen:
                continue
            seen.add(name)
            for leaf in _leaves(self.rules[name]):
                if isinstance(leaf, NonTerminal):
                    pending.append(leaf.name)
                elif isinstance(leaf, Terminal):
                    found[self.terminals[leaf.name]] = None
                else:
                    found[re.escape(_literal(leaf))] = None
        return f"(?:{'|'.join(sorted(found, key=lambda p: (-len(p), p)))})+"

    # ------------------------------------------------------------- bounded patterns

    def bounded(self, rule: str, depth: int = DEPTH) -> str:
        """``rule`` to ``depth`` recursions. Alternatives begin differently and what repeats gives
        nothing back, so that no other way to read a text is ever looked for."""
        return self._bounded(self.rules[rule], rule, depth)

    def _bounded(self, node: Any, top: str, depth: int) -> str:
        if node.data == "value":
            return self._bounded_symbol(node.children[0], top, depth)
        parts = [self._bounded(c, top, depth) for c in node.children if hasattr(c, "data")]
        match node.data:
            case "expansions":
                shown = [p for p in parts if p != NEVER]
                return shown[0] if len(shown) == 1 else f"(?:{'|'.join(shown)})"
            case "expansion":
                return NEVER if NEVER in parts else "".join(parts)
            case "expr":
                count = {"?": "?", "*": f"{{0,{REPEATS}}}"}[str(node.children[1])]
                single = re.fullmatch(r"\\?.", parts[0])
                part = parts[0] if single else f"(?:{parts[0]})"
                return "" if parts[0] == NEVER else f"{part}{count}+"
        raise AssertionError(f"no pattern for {node}")

    def _bounded_symbol(self, symbol: Any, top: str, depth: int) -> str:
        if isinstance(symbol, Terminal):
            return _possessive(self.terminals[symbol.name])
        if not isinstance(symbol, NonTerminal):
            return re.escape(_literal(symbol))
        if symbol.name == top:
            return self.bounded(top, depth - 1) if depth else NEVER
        return self._bounded(self.rules[symbol.name], top, depth)

    # ------------------------------------------------------------- table

    def table(self) -> dict[str, Any]:
        """Lark's LALR table as plain data; a shift is the state, a reduction the inverted rule.

        Lark numbers states in the order of a set: here they are numbered breadth first from the
        start rules, symbols in order, so that every run writes the same bytes.
        """
        table = self.lark.parser.parser._parse_table
        order = [table.start_states[name] for name in sorted(table.start_states)]
        known = set(order)
        for state in order:  # grows while it is walked
            for _, (action, target) in sorted(table.states[state].items()):
                if str(action) != "Reduce" and target not in known:
                    known.add(target)
                    order.append(target)
        number = {state: index for index, state in enumerate(order)}
        rules: dict[Any, int] = {}
        return {
            "STATES": tuple(self._state(s, table.states[s], number, rules) for s in order),
            "RULES": tuple(_rule(r) for r in rules),
            "STARTS": {name: number[s] for name, s in sorted(table.start_states.items())},
            "ENDS": {name: number[s] for name, s in sorted(table.end_states.items())},
        }

    def _state(
        self, state: int, actions: dict[str, Any], number: dict[int, int], rules: dict[Any, int]
    ) -> tuple[Any, ...]:
        encoded = {}
        for symbol, (action, argument) in sorted(actions.items()):
            if str(action) == "Reduce":
                encoded[str(symbol)] = ~rules.setdefault(argument, len(rules))
            else:
                encoded[str(symbol)] = number[argument]
        return self._lexed(state), encoded

    def _lexed(self, state: int) -> tuple[str, ...]:
        lexer = self.lark.parser.lexer
        if not isinstance(lexer, ContextualLexer):
            return ()
        basic: Any = lexer.lexers[state]
        basic.scanner  # noqa: B018 - builds it
        assert not basic.callback, f"{self.name}: strings and patterns compete in state {state}"
        return tuple(t.name for t in basic.terminals)

    def module(self) -> str:
        """The text of the derived module."""
        values: dict[str, Any] = {
            "GRAMMAR_SHA256": hashlib.sha256(self.text.encode()).hexdigest(),
            "LARK_VERSION": lark.__version__,
            "TERMINALS": self._ordered_terminals(),
        }
        if self.name not in TOKENS_ONLY:
            values["PATTERNS"] = {r: self.record(r) for r in self.records()}
        if self.name in BOUNDED:
            values["BOUNDED"] = {r: self.bounded(r) for r in BOUNDED[self.name]}
        values |= self.table()
        body = "\n".join(
            f"{k}: {_annotation(k)} = {pprint.pformat(v, width=100, sort_dicts=False)}\n"
            for k, v in values.items()
        )
        return (
            f'"""Derived from grammars/{self.name}.lark by tools/derive.py. Do not edit."""\n\n'
            f"from typing import Any\n\n{body}"
        )

    def _ordered_terminals(self) -> dict[str, str]:
        """Terminals in the order in which Lark's lexer would try them."""
        key = lambda t: (-t.priority, -t.pattern.max_width, -len(t.pattern.value), t.name)  # noqa: E731
        return {t.name: t.pattern.to_regexp() for t in sorted(self.lark.terminals, key=key)}


def _possessive(pattern: str) -> str:
    """A terminal's pattern that gives nothing back: a class that repeats, a text, or made so."""
    if re.fullmatch(r"[0-9a-z]*\[[^]]+\]\{\d+,\d+\}", pattern):
        return f"{pattern}+"
    if re.fullmatch(r"(?:\\.|[^\\.^$*+?{}\[\]|()])+", pattern):
        return pattern
    return f"(?>{pattern})"


def _annotation(name: str) -> str:
    if name in {"GRAMMAR_SHA256", "LARK_VERSION"}:
        return "str"
    return "tuple[Any, ...]" if name in {"STATES", "RULES"} else "dict[str, Any]"


def _rule(rule: Any) -> tuple[Any, ...]:
    """Name (an alias wins), origin, length and the positions of the children that are kept."""
    kept = tuple(
        i for i, symbol in enumerate(rule.expansion) if not (symbol.is_term and symbol.filter_out)
    )
    return (str(rule.alias or rule.origin.name), str(rule.origin.name), len(rule.expansion), kept)


def _references(node: Any) -> list[str]:
    """Names of the rules that ``node`` uses, and "loop" for each repetition."""
    if isinstance(node, NonTerminal):
        return [node.name]
    if not hasattr(node, "children"):
        return []
    found = [r for c in node.children for r in _references(c)]
    if node.data == "expr" and str(node.children[1]) in {"*", "+", "~"}:
        found.append("loop")
    return found


def _leaves(node: Any) -> list[Any]:
    if getattr(node, "data", None) == "literal" or not hasattr(node, "children"):
        return [node] if getattr(node, "type", "") != "OP" else []
    return [leaf for c in node.children for leaf in _leaves(c)]


def _literal(tree: Any) -> str:
    """The text of a quoted literal in a rule."""
    return str(ast.literal_eval(str(tree.children[0])))


def _comparable(text: str) -> str:
    """The module without Lark's version: equal tables of another Lark are no difference."""
    return re.sub(r"^LARK_VERSION: str = .*$", "", text, flags=re.M)


def main() -> int:
    """Write the modules, or with ``--check`` compare them; the exit code."""
    stale = 0
    for name, target in TARGETS.items():
        if not (ROOT / "grammars" / f"{name}.lark").exists():
            continue
        text = Grammar(name).module()
        if "--check" in sys.argv:
            if not target.exists() or _comparable(target.read_text("utf-8")) != _comparable(text):
                print(f"{target.relative_to(ROOT)} is not what grammars/{name}.lark gives")
                stale = 1
        else:
            target.write_text(text, "utf-8")
    return stale


if __name__ == "__main__":
    sys.exit(main())
