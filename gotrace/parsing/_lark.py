"""Tier 3: Lark itself, the oracle of the tests. The main job never imports this."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import lark

from gotrace.parsing.driver import Failure, Node


def grammar_text(name: str) -> str:
    """``grammars/<name>.lark``: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "grammars", package.parent / "grammars"):
        path = folder / f"{name}.lark"
        if path.is_file():
            return path.read_text("utf-8")
    raise FileNotFoundError(f"{name}.lark is neither in the package nor beside it")


@lru_cache
def reader(name: str, starts: tuple[str, ...]) -> lark.Lark:
    """Lark's own reader of a grammar, with the options that the tables were derived with."""
    return lark.Lark(
        grammar_text(name),
        parser="lalr",
        lexer="contextual",
        start=list(starts),
        maybe_placeholders=False,
        propagate_positions=True,
    )


def parse(name: str, starts: tuple[str, ...], start: str, text: str) -> Node | Failure:
    """Read ``text`` with Lark; the same shape as :func:`gotrace.parsing.driver.parse`."""
    try:
        node: Node = _node(reader(name, starts).parse(text, start=start))
        return node
    except lark.exceptions.UnexpectedCharacters as error:
        return Failure(error.pos_in_stream or 0, ())
    except lark.exceptions.UnexpectedToken as error:
        at_end = error.token.type == "$END"
        return Failure(len(text) if at_end else error.token.start_pos or 0, ())
    except lark.exceptions.UnexpectedEOF:
        return Failure(len(text), ())


def _node(tree: Any) -> Any:
    if isinstance(tree, lark.Token):
        return (tree.type, tree.start_pos, tree.end_pos)
    children = tuple(_node(c) for c in tree.children)
    return (str(tree.data), tree.meta.start_pos, tree.meta.end_pos, children)
