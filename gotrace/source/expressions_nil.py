"""What on a line fails when it is nil: pointers behind selectors, funcs that are called, stars."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.source.expressions import Expressions
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_misread import called_container, is_type, through_variable
from gotrace.source.expressions_selectors import Access
from gotrace.source.locals import declaration_of
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple
from gotrace.types import Kind


class NilUse(NamedTuple):
    """Something that must not be nil. ``value`` is its node where the source spells it.

    ``offset`` and ``size`` are the bytes behind it that are accessed (None: not known); a ``size``
    without an exact place means anything inside. ``how`` is that of an Access, or ``func`` (it is
    called), ``star`` (all of it is loaded or stored), ``array`` (an array behind it is indexed),
    ``inlined`` (a method with a pointer receiver: fails only where it was inlined).
    """

    text: str
    node: Syntax
    value: Syntax | None
    offset: int | None
    size: int | None
    how: str


def nil_uses(line: Line) -> list[NilUse]:
    """Everything on the line that fails when it is nil, from left to right."""
    return [use._replace(text=_bare(use.text)) for node in line.nodes for use in _uses(node, line)]


def _uses(node: Syntax, line: Line) -> Iterator[NilUse]:
    kind = node.kind
    expressions = line.expressions
    if kind == "range_clause":
        yield from _array(node.field("right"), node, expressions)
        return
    if not line.stands(node):
        return
    if kind == "selector_expression":
        yield from _selected(node, expressions)
    elif kind == "call_expression":
        yield from _called(node, expressions)
    elif kind == "type_conversion_expression":
        yield from _called_element(node, expressions)
    elif kind == "unary_expression":
        yield from _starred(node, expressions)
    elif kind in {"index_expression", "slice_expression"}:
        yield from _array(node.field("operand"), node, expressions)


def _called_element(node: Syntax, expressions: Expressions) -> Iterator[NilUse]:
    """`m[k](x)` and `v.m[k](x)`, which the grammar takes for conversions."""
    container, type_ = called_container(node, expressions), node.field("type")
    if container is None or type_ is None:
        return
    through = (
        through_variable(container, expressions) if container.kind == "qualified_type" else None
    )
    size = expressions.shapes.size(through.shape) if through else None
    for access in through.accesses if through else ():
        yield NilUse(access.text, node, container.field("package"), access.offset, size, access.how)
    shape = expressions.shape(container)
    if expressions.shapes.element(shape).kind in {Kind.FUNC, Kind.UNKNOWN}:
        yield NilUse(type_.text, node, None, 0, expressions.shapes.word, "func")


def _selected(node: Syntax, expressions: Expressions) -> Iterator[NilUse]:
    found = expressions.selector(node)
    operand = node.field("operand")
    if found is None or operand is None or is_type(operand, expressions):
        return
    size = expressions.shapes.size(found.shape) if found.shape.kind is not Kind.FUNC else None
    for access in found.accesses:
        yield _accessed(access, node, operand, expressions, size)
    if is_called(node):
        if found.method is not None and found.pointer and not found.accesses:
            value = operand if found.pointer == operand.text else None
            yield NilUse(found.pointer, node, value, None, None, "inlined")
        elif found.method is None and found.shape.kind is Kind.FUNC and not found.receiver:
            yield NilUse(node.text, node, node, 0, expressions.shapes.word, "func")


def _accessed(
    access: Access,
    node: Syntax,
    operand: Syntax,
    expressions: Expressions,
    size: int | None,
) -> NilUse:
    value = operand if access.text == operand.text else None
    word = expressions.shapes.word
    if access.how == "method":
        return NilUse(access.text, node, value, access.offset, word, "method")
    if access.how == "copy":
        element = expressions.shapes.element(access.shape)
        return NilUse(
            access.text, node, value, access.offset, expressions.shapes.size(element), "copy"
        )
    return NilUse(access.text, node, value, access.offset, size, access.how)


def is_called(node: Syntax) -> bool:
    """Whether ``node`` is what a call calls."""
    parent = node.parent
    return (
        parent is not None and parent.kind == "call_expression" and parent.field("function") == node
    )


def _called(node: Syntax, expressions: Expressions) -> Iterator[NilUse]:
    """Calls of variables; methods and fields are their selectors' business."""
    function = node.field("function")
    if function is None:
        return
    word = expressions.shapes.word
    if function.kind == "identifier":
        local = declaration_of(function)
        package = expressions.scope.package
        is_variable = (
            local.is_variable
            if local
            else expressions.shapes.members.variable(package, function.text) is not None
        )
        arguments = node.field("type_arguments")
        shape = expressions.shape(function)
        if is_variable and arguments is not None and shape.kind is not Kind.FUNC:
            yield NilUse(function.text + arguments.text, node, None, 0, word, "func")
        elif is_variable and shape.kind in {Kind.FUNC, Kind.UNKNOWN}:
            yield NilUse(function.text, node, function, 0, word, "func")
    elif function.kind in {"index_expression", "call_expression"}:
        operand = function.field("operand") if function.kind == "index_expression" else None
        generic = operand is not None and expressions.shape(operand).kind is Kind.FUNC
        if expressions.shape(function).kind in {Kind.FUNC, Kind.UNKNOWN} and not generic:
            yield NilUse(function.text, node, function, 0, word, "func")


def _starred(node: Syntax, expressions: Expressions) -> Iterator[NilUse]:
    operator, operand = node.field("operator"), node.field("operand")
    if operator is None or operand is None or operator.text != "*":
        return
    if operand.kind in {"type_conversion_expression", "call_expression"} and (
        "unsafe." in operand.text or operand.text.startswith("(*[")
    ):
        return
    if is_type(operand, expressions):
        return
    if expressions.shape(operand).kind in {Kind.POINTER, Kind.UNKNOWN}:
        size = expressions.shapes.size(expressions.shape(node))
        yield NilUse(operand.text, node, operand, None, size, "star")


def _array(operand: Syntax | None, node: Syntax, expressions: Expressions) -> Iterator[NilUse]:
    shape = expressions.shape(operand)
    if operand is None or shape.kind is not Kind.POINTER:
        return
    array = expressions.shapes.element(shape)
    if array.kind is Kind.ARRAY:
        yield NilUse(operand.text, node, operand, None, expressions.shapes.size(array), "array")


def _bare(text: str) -> str:
    """Without parentheses around the whole."""
    while text.startswith("(") and text.endswith(")") and _closes_last(text):
        text = text[1:-1].strip()
    return text


def _closes_last(text: str) -> bool:
    depth = 0
    for i, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return i == len(text) - 1
    return False
