"""The function literal that a printed name and a line mean.

Literals are numbered in the order of the text within the function around them, go1.5 to go1.27;
literals in dead code may be left out, compiler-made wrappers come behind (go1.17 to go1.21) or have
names of their own (since go1.22), and inlined copies carry another function's numbers. So the line
must lie in the literal, and the number decides where several are on that line.

Source: cmd/compile/internal/ir/func.go closureName (go1.23.12, go1.27.3), gc/closure.go
closurename (go1.15.15); all closures of programs of go1.15 to go1.27 agree.
"""

from __future__ import annotations

from collections.abc import Iterable

from gotrace.source.printed import Printed, Step
from gotrace.source.syntax import Syntax

_LITERAL = frozenset({"func_literal"})
_STARTING = frozenset({"go_statement", "defer_statement"})


def find_literal(declaration: Syntax, printed: Printed, line: int, *, exact: bool) -> Syntax | None:
    """The literal inside ``declaration`` (a function or a package variable) that ``printed`` is.

    ``exact``: the name begins with that of the declaration, so that its first number counts there.
    """
    found = declaration
    counts = exact
    for step in printed.steps:
        if step.form == "func":
            chosen = _chosen(_directly_inside(found), step, line, counts=counts)
            if chosen is None:
                return None
            found, counts = chosen, True
        elif step.form == "range":
            counts = False  # bodies of loops are functions too: which one, only the line says
    return None if found is declaration else found


def _chosen(literals: list[Syntax], step: Step, line: int, *, counts: bool) -> Syntax | None:
    covering = [n for n, node in enumerate(literals, 1) if node.line <= line <= node.end_line]
    if counts and step.number in covering:
        return literals[step.number - 1]
    if len(covering) == 1 and (not counts or step.number < covering[0]):
        return literals[covering[0] - 1]
    return None


def _directly_inside(function: Syntax) -> list[Syntax]:
    """The literals in ``function`` that are in no other literal of it, in the order of the text."""
    return list(function.descendants(_LITERAL, outermost=True))


def is_wrapper(declaration: Syntax, printed: Printed, line: int, *, exact: bool) -> bool:
    """Whether ``printed`` is what the compiler makes of a go or defer statement on this line: a
    function without parameters."""
    *outer, last = printed.steps
    around: Syntax | None = declaration
    if any(step.form == "func" for step in outer):
        outside = printed._replace(steps=tuple(outer))
        around = find_literal(declaration, outside, line, exact=exact)
    if around is None or last.form == "range":
        return False
    if last.form == "func" and last.number <= len(_directly_inside(around)):
        return False  # go1.17 to go1.21: the numbers of wrappers follow those of the literals
    return _covers(around.descendants(_STARTING), line)


def _covers(nodes: Iterable[Syntax], line: int) -> bool:
    return any(node.line <= line <= node.end_line for node in nodes)


def called_in_place(literal: Syntax) -> bool:
    """Whether a literal is called where it stands, also by go and defer."""
    node, parent = literal, literal.parent
    while parent and parent.kind == "parenthesized_expression":
        node, parent = parent, parent.parent
    return (
        parent is not None and parent.kind == "call_expression" and parent.field("function") == node
    )
