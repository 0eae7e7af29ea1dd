"""What a call's arguments are known to be when it runs."""

from __future__ import annotations

from gotrace.source.expressions_line import Line
from gotrace.source.locals import declaration_of
from gotrace.source.statements_assigned import assigned_in
from gotrace.source.syntax import Syntax
from gotrace.types import GoType, Kind

_DEFER = frozenset({"defer_statement"})
_USES = frozenset({"selector_expression", "slice_expression"})


def may_change(name: str, go_type: GoType, function: Syntax) -> bool:
    """Whether the function may give its parameter ``name`` another value.

    It may be assigned, as a whole or in parts, here or in a literal; a method of its own type may
    take its address, and so does slicing an array.
    """
    for text in assigned_in(function):
        if text == name or text.startswith((f"{name}.", f"{name}[")):
            return True
    addressed = bool(go_type.named) and go_type.kind is not Kind.INTERFACE
    addressed = addressed or go_type.kind in {Kind.ARRAY, Kind.STRUCT}
    return addressed and any(_is_of(use, name) for use in function.descendants(_USES))


def _is_of(use: Syntax, name: str) -> bool:
    """Whether it slices the variable or a part of it, or calls a method of that."""
    operand = use.field("operand")
    while operand is not None and operand.kind in {"selector_expression", "index_expression"}:
        operand = operand.field("operand")
    if operand is None or operand.text != name:
        return False
    called = use.parent is not None and use.parent.field("function") == use
    return use.kind == "slice_expression" or called


def may_be_deferred(line: Line, name: str) -> bool:
    """Whether a function ``name`` that runs while the caller stands on ``line`` may be one that it
    deferred: those run where it returns, whatever that line calls."""
    for statement in line.function.descendants(_DEFER):
        call = next(iter(statement.children), None)
        function = call.field("function") if call is not None else None
        if function is None:
            return True
        if function.kind == "func_literal":
            continue
        last = function.field("field") or function
        if last.text.partition("[")[0] == name or _is_value(function, line):
            return True
    return False


def _is_value(function: Syntax, line: Line) -> bool:
    """Whether a variable or a field is called: that may be any function."""
    if function.kind == "identifier":
        return declaration_of(function) is not None
    if function.kind != "selector_expression":
        return True
    selector = line.expressions.selector(function)
    if selector is not None and selector.method is not None:
        return False
    operand = function.field("operand")  # of a package or of a variable
    return operand is None or operand.kind != "identifier" or declaration_of(operand) is not None
