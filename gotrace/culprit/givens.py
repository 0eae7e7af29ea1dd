"""What the callers' lines say of a value: literals that were passed, fields that were left out.

A parameter that its function never assigns is what the call on the caller's line passes. There a
`nil`, an `&T{…}` or a number may stand.
"""

from __future__ import annotations

from collections.abc import Callable

from gotrace.culprit.blame import argument_of, parameter_place
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_operations import constant
from gotrace.source.expressions_shapes import Shape
from gotrace.source.locals import declaration_of
from gotrace.source.statements import before, is_fresh
from gotrace.source.statements_assigned import assigned_in, squeezed
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple
from gotrace.types import Kind

_DEEPEST = 5  # callers, fields of literals
_TEXTS = frozenset({"interpreted_string_literal", "raw_string_literal"})
_REFERENCES = {Kind.POINTER, Kind.MAP, Kind.CHAN, Kind.FUNC, Kind.INTERFACE, Kind.SLICE}


class Given(NamedTuple):
    """What is known of a value; None: not known. ``firm`` is False for a field of something that
    calls may have changed since. ``shape`` is the type that was put into an interface."""

    nil: bool | None = None
    number: int | None = None
    length: int | None = None
    shape: Shape | None = None
    firm: bool = True
    where: str = ""


_NOTHING = Given()


class Literal(NamedTuple):
    """A composite literal and the line it stands on."""

    node: Syntax
    line: Line
    firm: bool


class Givens:
    """``caller`` finds the line that called a line's function."""

    def __init__(self, caller: Callable[[Line], Line | None]) -> None:
        self._caller = caller

    def of(self, node: Syntax | None, line: Line, depth: int = 0) -> Given:
        """What is known of an expression on ``line``. Errors: none."""
        node = _bare(node)
        if node is None or depth > _DEEPEST:
            return _NOTHING
        own = self._by_itself(node, line)
        if own is not None:
            return own._replace(where=f"{_name(line)}:{node.line}")
        if node.kind == "identifier":
            return self._variable(node, line, depth)
        if node.kind in {"selector_expression", "index_expression"}:
            return self._part(node, line, depth)
        return _NOTHING

    def _variable(self, node: Syntax, line: Line, depth: int) -> Given:
        """A parameter, or a variable of a caller that was used before."""
        passed = self.passed(node, line)
        if passed is not None:
            return self._as_passed(node, line, passed, depth)
        single = _single_value(node, line)
        if single is not None:
            return self.of(single, line, depth + 1)
        known = before(node, line.function, line.expressions).not_nil.get(node.text)
        if depth and known is not None and known.firm:
            return Given(nil=False, where=f"{_name(line)}:{known.line}")
        return _NOTHING

    def _as_passed(
        self, node: Syntax, line: Line, passed: tuple[Syntax, Line], depth: int
    ) -> Given:
        """An interface that holds a nil pointer is not nil, and what is called through one that is
        not nil may still be a nil pointer."""
        argument, caller = passed
        found = self.of(argument, caller, depth + 1)
        shape = found.shape or caller.expressions.shape(argument)
        own, given = line.expressions.shape(node).kind, shape.kind
        if own is not given and Kind.INTERFACE in {own, given} and argument.kind != "nil":
            known = own is Kind.INTERFACE and given is not Kind.UNKNOWN
            found = found._replace(nil=False if known else None)
        return found._replace(shape=shape)

    def passed(self, node: Syntax, line: Line) -> tuple[Syntax, Line] | None:
        """The argument that a parameter is, and the caller's line."""
        place = parameter_place(node, line)
        if place is None or node.text in assigned_in(line.function):
            return None
        caller = self._caller(line)
        argument = argument_of(caller, line, place) if caller else None
        return (argument, caller) if argument is not None and caller is not None else None

    def _by_itself(self, node: Syntax, line: Line) -> Given | None:
        """What the expression says without anything else."""
        if node.kind == "nil":
            return Given(nil=True)
        number = constant(node, line)
        if number is not None:
            return Given(number=number)
        if node.kind in _TEXTS:
            text = node.text[1:-1]
            plain = node.text[0] == "`" or "\\" not in text
            return Given(length=len(text.encode("utf-8", "surrogateescape")) if plain else None)
        if not is_fresh(node):
            return None
        return Given(nil=False, length=_length(node, line), shape=line.expressions.shape(node))

    # ------------------------------------------------------------------ parts of literals

    def _part(self, node: Syntax, line: Line, depth: int) -> Given:
        base = node.field("operand")
        literal = self.literal(base, line, depth + 1)
        if literal is None or squeezed(node.text) in assigned_in(line.function):
            return _NOTHING
        if node.kind == "selector_expression":
            field = node.field("field")
            value = _field(literal, field.text) if field else None
            zero = value is _OMITTED
        else:
            index = constant(i, line) if (i := node.field("index")) is not None else None
            value = None if index is None else _element(literal.node, index)
            zero = False
        where = f"{_name(literal.line)}:{literal.node.line}"
        if zero:
            shape = line.expressions.shape(node)
            nil = True if shape.kind in _REFERENCES else None
            return Given(nil, 0, 0, firm=literal.firm, where=where)
        if not isinstance(value, Syntax):
            return _NOTHING
        if value.kind in {"literal_value", "literal_element"}:  # `{…}` inside []*T{…}
            return Given(nil=False, firm=literal.firm, where=where)
        found = self.of(value, literal.line, depth + 1)
        return found._replace(firm=found.firm and literal.firm)

    def literal(self, node: Syntax | None, line: Line, depth: int = 0) -> Literal | None:
        """The composite literal that an expression is, or points to."""
        node = _bare(node)
        if node is None or depth > _DEEPEST:
            return None
        if node.kind == "unary_expression" and node.text.startswith("&"):
            node = _bare(node.field("operand"))
        if node is not None and node.kind == "composite_literal":
            return Literal(node, line, True)
        if node is not None and node.kind == "identifier":
            passed = self.passed(node, line)
            if passed is not None:
                found = self.literal(passed[0], passed[1], depth + 1)
                called = before(node, line.function, line.expressions).called
                return found and found._replace(firm=found.firm and not called)
        return None


def _single_value(node: Syntax, line: Line) -> Syntax | None:
    """The value of a variable that gets one where it is declared, and never another."""
    local = declaration_of(node)
    if local is None or local.node.kind not in {"short_var_declaration", "var_spec"}:
        return None
    left, right = local.node.field("left"), local.node.field("right") or local.node.field("value")
    names = left.children if left else local.node.fields("name")
    values = right.children if right else []
    if len(names) != len(values) or local.node.start >= node.start:
        return None
    declares = int(left is not None)  # what `var x = …` sets is no assignment
    count = sum(text == node.text for text in assigned_in(local.function))
    return values[local.place] if count == declares else None


_OMITTED = object()


def _field(literal: Literal, name: str) -> object:
    """A field's value in a struct literal; ``_OMITTED`` where the literal leaves it out."""
    body = literal.node.field("body")
    shape = literal.line.expressions.shape(literal.node)
    if body is None or shape.kind is not Kind.STRUCT:
        return None
    fields = [f.name for f in literal.line.expressions.shapes.fields(shape)]
    if name not in fields:
        return None
    elements = body.children
    if not elements:
        return _OMITTED
    if elements[0].kind == "keyed_element":
        for element in elements:
            key, *rest = element.children
            if key.text == name and rest:
                return _value(rest[0])
        return _OMITTED
    place = fields.index(name)
    return _value(elements[place]) if place < len(elements) else None


def _element(literal: Syntax, index: int) -> Syntax | None:
    """An element of a slice or array literal without keys."""
    body = literal.field("body")
    elements = body.children if body else []
    if any(e.kind == "keyed_element" for e in elements) or not 0 <= index < len(elements):
        return None
    return _value(elements[index])


def _value(node: Syntax) -> Syntax:
    while node.kind == "literal_element" and len(node.children) == 1:
        node = node.children[0]
    return node


def _length(node: Syntax, line: Line) -> int | None:
    """The length of what `make` or a literal makes."""
    if node.kind == "call_expression":
        arguments = node.field("arguments")
        sizes = arguments.children[1:] if arguments else []
        return constant(sizes[0], line) if sizes else None
    if node.kind == "composite_literal":
        body, shape = node.field("body"), line.expressions.shape(node)
        elements = body.children if body else []
        keyed = any(e.kind == "keyed_element" for e in elements)
        return len(elements) if shape.kind is Kind.SLICE and not keyed else None
    return None


def _bare(node: Syntax | None) -> Syntax | None:
    while node is not None and node.kind == "parenthesized_expression" and node.children:
        node = node.children[0]
    return node


def _name(line: Line) -> str:
    return line.file.path.rsplit("/", 1)[-1]
