"""What statements assign, by text; and what may be set where nobody names it."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.source.syntax import Syntax

FUNCTIONS = frozenset({"func_literal", "function_declaration", "method_declaration"})
ASSIGNING = frozenset({"assignment_statement", "short_var_declaration"})
_STEPPING = frozenset({"inc_statement", "dec_statement"})
_CHANGING = ASSIGNING | _STEPPING | {"range_clause", "unary_expression", "receive_statement"}
_SETTING = frozenset({"assignment_statement", "range_clause", "receive_statement", *_STEPPING})
_LITERALS = frozenset({"func_literal"})
_TAKING = frozenset({"unary_expression"})


def squeezed(text: str) -> str:
    """Text without spaces, to compare expressions by."""
    return "".join(text.split())


def assigned_in(node: Syntax) -> Iterator[str]:
    """The texts of everything that is assigned, or has its address taken, in ``node``."""
    for part in (node, *node.descendants(_CHANGING)):
        if part.kind in ASSIGNING or part.kind in {"range_clause", "receive_statement"}:
            left = part.field("left")
            yield from (squeezed(n.text) for n in (left.children if left else ()))
        elif part.kind in _STEPPING:
            yield from (squeezed(n.text) for n in part.children[:1])
        elif part.kind == "unary_expression":
            operator, operand = part.field("operator"), part.field("operand")
            if operator is not None and operator.text == "&" and operand is not None:
                yield squeezed(operand.text)


def set_elsewhere(function: Syntax) -> Iterator[str]:
    """The variables whose address is taken, or which a literal other than ``function`` sets."""
    outermost = function
    for around in function.ancestors():
        if around.kind in FUNCTIONS:
            outermost = around
    for part in outermost.descendants(_TAKING):
        operator, operand = part.field("operator"), part.field("operand")
        if operator is not None and operator.text == "&" and operand is not None:
            yield squeezed(operand.text)
    for literal in outermost.descendants(_LITERALS):
        if literal.start <= function.start and function.end <= literal.end:
            continue
        for part in literal.descendants(_SETTING):
            left = part.children[:1] if part.kind in _STEPPING else _targets(part)
            yield from (squeezed(n.text) for n in left)


def _targets(statement: Syntax) -> list[Syntax]:
    left = statement.field("left")
    declares = any(t.kind == ":=" for t in statement.tokens)
    return left.children if left and not declares else []
