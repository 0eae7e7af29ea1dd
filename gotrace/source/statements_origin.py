"""Where a variable's value comes from: its last definition before a place."""

from __future__ import annotations

from enum import StrEnum

from gotrace.source.expressions import Expressions
from gotrace.source.locals import Local, declaration_of
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple
from gotrace.types import Kind

_ASSIGNING = frozenset({"assignment_statement", "short_var_declaration", "receive_statement"})


class OriginKind(StrEnum):
    """What gave the variable its value."""

    PARAMETER = "parameter"
    RECEIVER = "receiver"
    RESULT = "result"
    ASSERTION = "assertion"
    LOOKUP = "lookup"
    ELEMENT = "element"
    CALL = "call"
    ZERO = "zero"
    NIL = "nil"
    FIELD = "field"
    RECEIVED = "received"
    RANGED = "ranged"
    SWITCHED = "switched"
    GLOBAL = "global"
    OTHER = "other"


class Origin(NamedTuple):
    """``flag`` is the second name of `v, ok := …`, the last of `v, err := f()`; ``_`` where it is
    thrown away, empty where there is none. ``place`` counts the names before it."""

    kind: OriginKind
    line: int
    text: str = ""
    flag: str = ""
    place: int = 0
    node: Syntax | None = None


def origin(mention: Syntax, expressions: Expressions) -> Origin | None:
    """The last definition of the identifier ``mention`` in front of it, as the text goes; None
    where its function does not declare it and the package has no such variable."""
    local = declaration_of(mention)
    if local is None:
        variable = expressions.shapes.members.variable(expressions.scope.package, mention.text)
        return Origin(OriginKind.GLOBAL, variable.spec.line) if variable else None
    if not local.is_variable:
        return None
    last = _last_assignment(mention, local)
    if last is not None:
        return _of_assignment(*last, expressions)
    return _of_declaration(local, mention, expressions)


def _last_assignment(mention: Syntax, local: Local) -> tuple[Syntax, int] | None:
    """The last assignment to the variable before the mention, in the same function."""
    found = None
    for statement in local.function.descendants(_ASSIGNING):
        left = statement.field("left")
        if statement.start >= mention.start:
            break
        if left is None or statement.end > mention.start:
            continue
        for place, target in enumerate(left.children):
            if target.kind == "identifier" and target.text == mention.text:
                meant = declaration_of(target)
                declares = statement == local.node
                if declares or (meant is not None and meant.node == local.node):
                    found = statement, place
    return found


def _of_assignment(statement: Syntax, place: int, expressions: Expressions) -> Origin:
    left, right = statement.field("left"), statement.field("right")
    names = left.children if left else []
    values = right.children if right else []
    if right is not None and right.kind != "expression_list":
        values = [right]
    return _of_values(names, values, place, statement, expressions)


def _of_declaration(local: Local, mention: Syntax, expressions: Expressions) -> Origin:
    node = local.node
    if node.kind.endswith("parameter_declaration"):
        around = node.parent
        kind = OriginKind.PARAMETER
        if local.function.field("receiver") == around:
            kind = OriginKind.RECEIVER
        elif local.function.field("result") == around:
            kind = OriginKind.RESULT
        return Origin(kind, local.function.line, mention.text)
    if node.kind == "range_clause":
        right = node.field("right")
        return Origin(OriginKind.RANGED, node.line, right.text if right else "", node=right)
    if node.kind == "type_switch_statement":
        value = node.field("value")
        return Origin(OriginKind.SWITCHED, node.line, value.text if value else "", node=value)
    if node.kind == "var_spec":
        values = node.field("value")
        if values is None:
            return Origin(OriginKind.ZERO, node.line)
        return _of_values(node.fields("name"), values.children, local.place, node, expressions)
    return Origin(OriginKind.OTHER, node.line)


def _of_values(
    names: list[Syntax],
    values: list[Syntax],
    place: int,
    statement: Syntax,
    expressions: Expressions,
) -> Origin:
    if not values:
        return Origin(OriginKind.OTHER, statement.line)
    several = len(names) > 1 and len(values) == 1
    value = values[0] if several else values[min(place, len(values) - 1)]
    while value.kind == "parenthesized_expression" and value.children:
        value = value.children[0]
    flag = names[-1].text if several else ""
    kind = _kind(value, expressions)
    return Origin(kind, statement.line, " ".join(value.text.split()), flag, place, value)


def _kind(value: Syntax, expressions: Expressions) -> OriginKind:
    plain = {
        "type_assertion_expression": OriginKind.ASSERTION,
        "call_expression": OriginKind.CALL,
        "nil": OriginKind.NIL,
        "selector_expression": OriginKind.FIELD,
    }
    if value.kind == "index_expression":
        shape = expressions.shape(value.field("operand"))
        return OriginKind.LOOKUP if shape.kind is Kind.MAP else OriginKind.ELEMENT
    if value.kind == "unary_expression":
        operator = value.field("operator")
        if operator is not None and operator.text == "<-":
            return OriginKind.RECEIVED
    return plain.get(value.kind, OriginKind.OTHER)
