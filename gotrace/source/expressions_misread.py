"""Calls and types that the grammar alone cannot tell apart.

`m[k](x)` and `v.m[k](x)` look like conversions to an instance of a generic type, as `f[T](x)` does;
`(*T).f` looks like a field behind a pointer. What the names mean decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gotrace.source.expressions_selectors import Selector
from gotrace.source.expressions_shapes import UNKNOWN, Shape
from gotrace.source.locals import declaration_of
from gotrace.source.syntax import Syntax
from gotrace.types import Kind

if TYPE_CHECKING:
    from gotrace.source.expressions import Expressions

_CONTAINERS = frozenset({Kind.MAP, Kind.SLICE, Kind.ARRAY})
_INSTANCES = frozenset({"generic_type", "type_instantiation_expression"})


def called_container(node: Syntax, expressions: Expressions) -> Syntax | None:
    """The variable `m` or `v.m` of `m[k](x)`; None for what is a conversion, or anything else."""
    base = instance_base(node)
    if base is None:
        return None
    if base.kind == "type_identifier":
        return base if _is_variable(base, expressions) else None
    name = base.field("package")
    known = name is not None and _is_variable(name, expressions)
    return base if known or expressions.shape(base).kind in _CONTAINERS else None


def instance_base(conversion: Syntax) -> Syntax | None:
    """`F` of what looks like `F[T](x)`."""
    plain = conversion.kind == "type_conversion_expression"
    type_ = conversion.field("type") if plain else None
    return type_.field("type") if type_ and type_.kind == "generic_type" else None


def type_argument(type_: Syntax) -> dict[str, Syntax]:
    """The index `k` of `m[k]`, where the grammar sees a type argument."""
    arguments = type_.field("type_arguments")
    inside = arguments.children if arguments else []
    while len(inside) == 1 and inside[0].kind == "type_elem":
        inside = inside[0].children
    return {"index": inside[0]} if len(inside) == 1 else {}


def arguments_of(call: Syntax) -> list[Syntax]:
    """What is passed, also where the grammar sees a conversion."""
    if call.kind == "type_conversion_expression":
        operand = call.field("operand")
        return [operand] if operand is not None else []
    arguments = call.field("arguments")
    return arguments.children if arguments else []


def through_variable(qualified: Syntax, expressions: Expressions) -> Selector | None:
    """What `v.m` goes through, where the grammar sees a type of a package `v`."""
    operand, name = qualified.field("package"), qualified.field("name")
    if operand is None or name is None or not _is_variable(operand, expressions):
        return None
    return expressions.select(expressions.named(operand), operand.text, name.text)


def shape_of_qualified(node: Syntax, expressions: Expressions) -> Shape:
    """The type of the variable `v.m`; UNKNOWN for what is a type."""
    found = through_variable(node, expressions)
    if found is not None:
        return found.shape
    operand, name = node.field("package"), node.field("name")
    scope = expressions.scope
    package = operand and expressions.shapes.resolver.scopes.qualified(operand.text, scope)
    return expressions.of_package(package, name.text) if package and name else UNKNOWN


def is_type(node: Syntax | None, expressions: Expressions) -> bool:
    """Whether `T`, `p.T` or `(*T)` in front of a method's name is a type: a method expression."""
    while node is not None and node.kind == "parenthesized_expression" and node.children:
        node = node.children[0]
    if node is None or node.kind in _INSTANCES:
        return node is not None
    if node.kind == "unary_expression":
        return node.text.startswith("*") and is_type(node.field("operand"), expressions)
    if node.kind == "selector_expression":
        qualified = expressions.is_package(node.field("operand"))
        return qualified and _names_type(node, expressions)
    if node.kind != "identifier" or expressions.is_package(node):
        return False
    local = declaration_of(node)
    if local is not None:
        return not local.is_variable and local.node.kind != "const_spec"
    return _names_type(node, expressions)


def _names_type(node: Syntax, expressions: Expressions) -> bool:
    value = expressions.shape(node) is not UNKNOWN
    return not value and expressions.shapes.of(node, expressions.scope).kind is not Kind.UNKNOWN


def _is_variable(name: Syntax, expressions: Expressions) -> bool:
    local = declaration_of(name)
    if local is not None:
        return local.is_variable
    package = expressions.scope.package
    return expressions.shapes.members.variable(package, name.text) is not None
