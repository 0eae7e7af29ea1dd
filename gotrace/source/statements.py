"""What is known just before an expression runs: which pointers were used or tested already.

A walk from the expression outwards, over what runs before it on every path: earlier statements of
the same block, conditions around it, the left side of `&&` and `||`. What is assigned in between
is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gotrace.source.expressions import Expressions
from gotrace.source.statements_assigned import (
    ASSIGNING,
    FUNCTIONS,
    assigned_in,
    set_elsewhere,
    squeezed,
)
from gotrace.source.statements_conditions import Told, told_by
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple

_LISTS = frozenset(
    ("statement_list block expression_case type_case default_case communication_case").split()
)
_LEAVING = frozenset(("return_statement continue_statement break_statement goto_statement").split())
_FATAL = ("panic(", "os.Exit(", "log.Fatal", "log.Panic", "t.Fatal", "b.Fatal")
_CALLS = frozenset({"call_expression"})
_LATER = frozenset({"select_statement", "go_statement", "defer_statement", *FUNCTIONS})
_GOTOS = frozenset({"goto_statement"})


class NotNil(NamedTuple):
    """Why something is not nil. ``firm`` is False where something ran since that may have set it
    by another name: a call, or a store through a pointer or to such a field or element."""

    reason: str
    line: int
    firm: bool


class Before(NamedTuple):
    """``not_nil`` by text; ``true``: booleans known to be true; ``nil``: what is known to be nil;
    ``called``: whether a call may have run since the function was entered."""

    not_nil: dict[str, NotNil]
    true: frozenset[str]
    nil: frozenset[str]
    called: bool = False


class _State:
    """The running state of one walk."""

    def __init__(self, expressions: Expressions, function: Syntax) -> None:
        self.expressions = expressions
        self.function = function
        self.not_nil: dict[str, NotNil] = {}
        self.true: set[str] = set()
        self.nil: set[str] = set()
        self.assigned: set[str] = set()
        self.called = False
        self._shared: frozenset[str] | None = None

    def note(self, text: str, reason: str, line: int) -> None:
        if not self._is_lost(text):
            self.not_nil.setdefault(text, NotNil(reason, line, not self._may_be_set(text)))

    def _may_be_set(self, text: str) -> bool:
        """Whether what is forgotten may have set it without naming it."""
        elsewhere = self.called or any(t.startswith(("*", "(*")) for t in self.assigned)
        if text.isidentifier():
            return elsewhere and text in self.shared
        return elsewhere or any(self._may_name(t, text) for t in self.assigned)

    def _may_name(self, target: str, text: str) -> bool:
        """Whether an assignment to ``target`` may be one to a part of ``text``: `q.f` and `p.f`,
        `ys[i]` and `xs[0]`, a variable that something points to."""
        if target.isidentifier():
            return target in self.shared
        if target.endswith("]"):
            return "[" in text
        field = target.rpartition(".")[2]
        return re.search(rf"\.{re.escape(field)}(?!\w)", text) is not None

    @property
    def shared(self) -> frozenset[str]:
        """The variables that can be set without being named here."""
        if self._shared is None:
            self._shared = frozenset(set_elsewhere(self.function))
        return self._shared

    def learn(self, told: Told, line: int, reason: str = "checked") -> None:
        for text in told.not_nil:
            self.note(text, f"{reason} at line {line}", line)
        self.true |= {t for t in told.true if not self._is_lost(t)}
        self.nil |= {t for t in told.nil if not self._is_lost(t)}

    def used_in(self, node: Syntax) -> None:
        for text, line in used(node, self.expressions):
            self.note(text, f"used at line {line}", line)

    def forget(self, node: Syntax) -> None:
        self.assigned |= set(assigned_in(node))
        self.called = self.called or any(True for _ in node.descendants(_CALLS))

    def _is_lost(self, text: str) -> bool:
        return any(
            text == lost or text.startswith((f"{lost}.", f"{lost}[")) for lost in self.assigned
        )


def before(node: Syntax, function: Syntax, expressions: Expressions) -> Before:
    """What holds just before ``node`` runs, in ``function``.

    Errors: none.
    """
    state = _State(expressions, function)
    current = node
    for around in node.ancestors():
        if current == function:
            break
        _inside_expression(current, around, state)
        if around.kind == "if_statement":
            _in_if(current, around, state)
        elif around.kind == "for_statement":
            _in_loop(current, around, state)
        elif around.kind in _LISTS:
            _after(current, around, state)
        elif around.kind == "labeled_statement":
            _at_label(around, state)
        current = around
    return Before(state.not_nil, frozenset(state.true), frozenset(state.nil), state.called)


def _inside_expression(current: Syntax, around: Syntax, state: _State) -> None:
    """`a != nil && a.b`: the right side runs only where the left one says so."""
    operator = around.field("operator") if around.kind == "binary_expression" else None
    left = around.field("left")
    if operator is None or left is None or operator.text not in {"&&", "||"} or left == current:
        return
    state.learn(told_by(left, operator.text == "&&"), left.line)
    state.used_in(left)


def _in_if(current: Syntax, around: Syntax, state: _State) -> None:
    condition, then = around.field("condition"), around.field("consequence")
    otherwise = around.field("alternative")
    if condition is None or current == condition:
        return
    if current in {then, otherwise}:
        state.learn(told_by(condition, current == then), condition.line)
        state.used_in(condition)
        initializer = around.field("initializer")
        if initializer is not None:
            state.used_in(initializer)
            state.forget(initializer)


def _in_loop(current: Syntax, around: Syntax, state: _State) -> None:
    """What any round assigns may have been assigned before this one."""
    body = around.field("body")
    for part in around.children:
        if part in {body, current}:
            continue
        condition = part.field("condition") if part.kind == "for_clause" else part
        if condition is not None and part.kind != "range_clause":
            state.learn(told_by(condition, True), condition.line)
    state.forget(around)


def _after(current: Syntax, list_: Syntax, state: _State) -> None:
    """The statements of a block in front of ``current``, the last one first."""
    earlier = [s for s in list_.children if s.end <= current.start and s != current]
    for statement in reversed(earlier):
        if statement.kind == "if_statement":
            _after_if(statement, state)
            continue
        if statement.kind == "labeled_statement":
            _at_label(statement, state)
        if statement.kind in ASSIGNING:
            _assigned_fresh(statement, state)
        state.forget(statement)
        state.used_in(statement)


def _at_label(statement: Syntax, state: _State) -> None:
    """Whoever goes to a label may come from behind: what ran there is not known."""
    label = statement.field("label")
    gotos = state.function.descendants(_GOTOS)
    if label is not None and any(label.text == n.text for g in gotos for n in g.children):
        state.forget(state.function)


def _after_if(statement: Syntax, state: _State) -> None:
    condition, then = statement.field("condition"), statement.field("consequence")
    if condition is None or then is None:
        return
    initializer = statement.field("initializer")
    if initializer is not None:  # what it declares may hide what the name means outside
        state.forget(initializer)
    if leaves(then) and statement.field("alternative") is None:
        state.learn(told_by(condition, False), condition.line)
    else:
        state.forget(statement)
    state.used_in(condition)
    if initializer is not None:
        state.used_in(initializer)


def _assigned_fresh(statement: Syntax, state: _State) -> None:
    left, right = statement.field("left"), statement.field("right")
    if left is None or right is None or len(left.children) != len(right.children):
        return
    for target, value in zip(left.children, right.children, strict=True):
        if is_fresh(value):
            state.note(
                squeezed(target.text), f"set to a new value at line {value.line}", value.line
            )


def is_fresh(value: Syntax) -> bool:
    """Whether an expression is never nil: `&T{}`, `new(T)`, `make(T)`, a literal."""
    if value.kind == "unary_expression":
        operator = value.field("operator")
        return operator is not None and operator.text == "&"
    if value.kind == "call_expression":
        function = value.field("function")
        return function is not None and function.text in {"new", "make"}
    return value.kind in {"composite_literal", "func_literal"}


def leaves(block: Syntax) -> bool:
    """Whether a block never reaches its end."""
    inside = block.children
    if len(inside) == 1 and inside[0].kind == "statement_list":
        inside = inside[0].children
    if not inside:
        return False
    last = inside[-1]
    return last.kind in _LEAVING or (
        last.kind == "expression_statement" and last.text.startswith(_FATAL)
    )


def used(node: Syntax, expressions: Expressions) -> Iterator[tuple[str, int]]:
    """(text, line) of what would have failed in ``node`` had it been nil."""
    for part in always_run(node):
        if part.kind == "selector_expression":
            found = expressions.selector(part)
            for access in found.accesses if found else ():
                if access.how in {"field", "method", "copy"}:
                    yield squeezed(access.text), part.line
        elif part.kind == "unary_expression":
            operator, operand = part.field("operator"), part.field("operand")
            if operator is not None and operator.text == "*" and operand is not None:
                yield squeezed(operand.text), part.line


def always_run(node: Syntax) -> Iterator[Syntax]:
    """The nodes that run whenever ``node`` does."""
    yield node
    for part in _parts_run(node):
        yield from always_run(part)


def _parts_run(node: Syntax) -> Iterable[Syntax]:
    kind = node.kind
    if kind in _LATER:
        return ()
    if kind == "binary_expression":
        operator, left = node.field("operator"), node.field("left")
        if operator is not None and operator.text in {"&&", "||"} and left is not None:
            return (left,)
    fields = {
        "if_statement": ("initializer", "condition"),
        "expression_switch_statement": ("initializer", "value"),
        "type_switch_statement": ("initializer", "value"),
    }.get(kind)
    if fields is not None:
        return [part for name in fields if (part := node.field(name)) is not None]
    if kind == "for_statement":
        return list(_loop_head(node))
    return node.children


def _loop_head(node: Syntax) -> Iterator[Syntax]:
    for part in node.children:
        names = {"range_clause": ("right",), "for_clause": ("initializer", "condition")}
        for name in names.get(part.kind, ()):
            found = part.field(name)
            if found is not None:
                yield found
