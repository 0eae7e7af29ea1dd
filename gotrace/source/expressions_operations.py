"""The operations on a line that can fail by themselves: indexing, division, assertions …"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gotrace.source.constants import evaluate
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_misread import (
    arguments_of,
    called_container,
    instance_base,
    is_type,
    type_argument,
)
from gotrace.source.locals import Local, declaration_of
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple
from gotrace.types import Kind

_FLOATS = {Kind.FLOAT32, Kind.FLOAT64, Kind.COMPLEX64, Kind.COMPLEX128}
_UNSIGNED = {Kind.UINT, Kind.UINT8, Kind.UINT16, Kind.UINT32, Kind.UINT64, Kind.UINTPTR}
_HASHED = {Kind.INTERFACE, Kind.UNKNOWN, Kind.STRUCT, Kind.ARRAY, Kind.TYPE_PARAMETER}
_BINARY = frozenset({"binary_expression", "assignment_statement"})


class Operation(NamedTuple):
    """``base`` is what is operated on, ``parts`` the operands beside it by name:
    index; low, high, max; type; left, right; length, capacity."""

    text: str
    node: Syntax
    base: Syntax | None
    parts: dict[str, Syntax]


def operations(line: Line, kind: str) -> list[Operation]:
    """The operations of one sort on the line: one of the keys of ``READERS``."""
    read = READERS[kind]
    return [found for node in line.nodes if line.covers(node) for found in read(node, line)]


def _parts(node: Syntax, *names: str) -> dict[str, Syntax]:
    return {name: part for name in names if (part := node.field(name)) is not None}


def _index(node: Syntax, line: Line) -> Iterator[Operation]:
    called = called_container(node, line.expressions) if line.stands(node) else None
    type_ = node.field("type")
    if called is not None and type_ is not None:  # `fs[i](x)`
        if line.expressions.shape(called).kind is not Kind.MAP:
            yield Operation(type_.text, type_, called, type_argument(type_))
        return
    if node.kind != "index_expression" or not line.stands(node):
        return
    shape = line.expressions.shape(node.field("operand"))
    if shape.kind is Kind.POINTER:
        shape = line.expressions.shapes.element(shape)
    if shape.kind not in {Kind.MAP, Kind.FUNC}:
        yield Operation(node.text, node, node.field("operand"), _parts(node, "index"))


def _slice(node: Syntax, line: Line) -> Iterator[Operation]:
    if node.kind != "slice_expression":
        return
    parts = _parts(node, "start", "end", "capacity")
    named = {"start": "low", "end": "high", "capacity": "max"}
    yield Operation(node.text, node, node.field("operand"), {named[k]: v for k, v in parts.items()})


def _map_write(node: Syntax, line: Line) -> Iterator[Operation]:
    targets: list[Syntax] = []
    if node.kind == "assignment_statement":
        left = node.field("left")
        targets = left.children if left else []
    elif node.kind in {"inc_statement", "dec_statement"}:
        targets = node.children[:1]
    for target in targets:
        operand = target.field("operand")
        if target.kind != "index_expression" or operand is None or not line.covers(target):
            continue
        if line.expressions.shape(operand).kind in {Kind.MAP, Kind.UNKNOWN}:
            yield Operation(operand.text, target, operand, _parts(target, "index"))


def _binary(node: Syntax, signs: set[str]) -> Syntax | None:
    """The right side of an operation or an assigning one."""
    operator = node.field("operator")
    if node.kind not in _BINARY or operator is None or operator.text not in signs:
        return None
    right = node.field("right")
    if right is not None and right.kind == "expression_list":
        right = next(iter(right.children), None)
    return right


def _divide(node: Syntax, line: Line) -> Iterator[Operation]:
    right = _binary(node, {"/", "%", "/=", "%="})
    if right is None or constant(right, line):
        return
    left = node.field("left")
    if left is not None and left.kind == "expression_list":
        left = next(iter(left.children), None)
    if not {line.expressions.shape(left).kind, line.expressions.shape(right).kind} & _FLOATS:
        yield Operation(right.text, node, right, {})


def _shift(node: Syntax, line: Line) -> Iterator[Operation]:
    right = _binary(node, {"<<", ">>", "<<=", ">>="})
    if right is None or constant(right, line) is not None:
        return
    if line.expressions.shape(right).kind not in _UNSIGNED:
        yield Operation(right.text, node, right, {})


def _assertion(node: Syntax, line: Line) -> Iterator[Operation]:
    if node.kind == "type_assertion_expression" and not has_flag(node):
        yield Operation(node.text, node, node.field("operand"), _parts(node, "type"))


def has_flag(node: Syntax) -> bool:
    """Whether an expression stands alone on the right of `v, ok =`: it never panics."""
    list_ = node.parent
    while list_ is not None and list_.kind == "parenthesized_expression":
        list_ = list_.parent
    if list_ is None or list_.kind != "expression_list" or len(list_.children) != 1:
        return bool(list_ and list_.kind == "var_spec" and len(list_.fields("name")) == 2)
    statement = list_.parent
    if statement is None or statement.field("right") not in {list_, None}:
        return False
    left = statement.field("left")
    names = left.children if left else statement.fields("name")
    return len(names) == 2


def _built_in(node: Syntax, line: Line, name: str) -> list[Syntax]:
    function, arguments = node.field("function"), node.field("arguments")
    if node.kind != "call_expression" or function is None or arguments is None:
        return []
    return arguments.children if function.text == name and line.stands(node) else []


def _close(node: Syntax, line: Line) -> Iterator[Operation]:
    for argument in _built_in(node, line, "close")[:1]:
        yield Operation(argument.text, node, argument, {})


def _send(node: Syntax, line: Line) -> Iterator[Operation]:
    channel = node.field("channel")
    if node.kind == "send_statement" and channel is not None:
        yield Operation(channel.text, node, channel, {})


def _receive(node: Syntax, line: Line) -> Iterator[Operation]:
    operator, operand = node.field("operator"), node.field("operand")
    if node.kind == "range_clause":
        right = node.field("right")
        if right is not None and line.expressions.shape(right).kind is Kind.CHAN:
            yield Operation(right.text, node, right, {})
    elif node.kind == "unary_expression" and operator and operator.text == "<-" and operand:
        yield Operation(operand.text, node, operand, {})


def _make(node: Syntax, line: Line) -> Iterator[Operation]:
    arguments = _built_in(node, line, "make")
    sizes = arguments[1:]
    if sizes and not all(constant(size, line) is not None for size in sizes):
        names = ("length", "capacity")
        parts = {"type": arguments[0]} | dict(zip(names, sizes, strict=False))
        yield Operation(node.text, node, arguments[0], parts)


def _lookup(node: Syntax, line: Line) -> Iterator[Operation]:
    if node.kind != "index_expression" or not line.stands(node):
        return
    shape = line.expressions.shape(node.field("operand"))
    if shape.kind is Kind.MAP:
        if line.expressions.shapes.key(shape).kind in _HASHED:
            yield Operation(node.text, node, node.field("operand"), _parts(node, "index"))
    elif shape.kind is Kind.UNKNOWN:
        yield Operation(node.text, node, node.field("operand"), _parts(node, "index"))


def _compare(node: Syntax, line: Line) -> Iterator[Operation]:
    operator = node.field("operator")
    if node.kind != "binary_expression" or operator is None or operator.text not in {"==", "!="}:
        return
    parts = _parts(node, "left", "right")
    if len(parts) < 2 or not line.stands(node) or any(p.kind == "nil" for p in parts.values()):
        return
    kinds = {line.expressions.shape(p).kind for p in parts.values()}
    if kinds & _HASHED:
        yield Operation(node.text, node, None, parts)


def _panic(node: Syntax, line: Line) -> Iterator[Operation]:
    for argument in _built_in(node, line, "panic")[:1]:
        yield Operation(node.text, node, argument, {})


def _convert(node: Syntax, line: Line) -> Iterator[Operation]:
    """`[4]int(s)` (go1.20) and `(*[4]int)(s)` (go1.17)."""
    if node.kind == "type_conversion_expression":
        target, operand = node.field("type"), node.field("operand")
    elif node.kind == "call_expression":
        target, arguments = node.field("function"), node.field("arguments")
        operand = arguments.children[0] if arguments and len(arguments.children) == 1 else None
    else:
        return
    if target is None or operand is None:
        return
    text = node.text
    plain = target.text
    if plain.startswith("*("):  # *(*[4]int)(s): the grammar puts the star into the type
        text, plain = text[1:], plain[1:]
    bare = plain.lstrip("(*")
    if bare.startswith("[") and not bare.startswith("[]"):
        yield Operation(text, node, operand, {"type": target})


def _calls(node: Syntax, line: Line) -> Iterator[Operation]:
    function = node.field("function")
    if node.kind == "call_expression" and function is not None and line.stands(node):
        receiver = function.field("operand") if function.kind == "selector_expression" else None
        if receiver is not None and is_type(receiver, line.expressions):  # (*T).f(t, x)
            receiver = next(iter(arguments_of(node)), None)
        yield Operation(node.text, node, receiver, {"function": function})
    elif node.kind == "type_conversion_expression" and line.stands(node):
        yield from _instance_call(node, line)


def _instance_call(node: Syntax, line: Line) -> Iterator[Operation]:
    """`f[T](x)`, which the grammar takes for a conversion."""
    base = instance_base(node)
    if base is not None and line.expressions.shape(base).kind is Kind.FUNC:
        yield Operation(node.text, node, None, {"function": base})


def passed_to(call: Operation) -> list[Syntax]:
    """The arguments of a call, the receiver of a method expression left out."""
    found = arguments_of(call.node)
    return found[1:] if call.base is not None and found[:1] == [call.base] else found


def _go(node: Syntax, line: Line) -> Iterator[Operation]:
    call = next(iter(node.children), None)
    function = call.field("function") if call else None
    if node.kind == "go_statement" and function is not None:
        yield Operation(function.text, node, function, {})


def _map_use(node: Syntax, line: Line) -> Iterator[Operation]:
    operand = node.field("operand") or node.field("right")
    if node.kind not in {"index_expression", "range_clause"} or operand is None:
        return
    if line.expressions.shape(operand).kind is Kind.MAP:
        yield Operation(operand.text, node, operand, {})


def constant(node: Syntax, line: Line, depth: int = 0) -> int | None:
    """The value of a constant expression. A variable may hide a constant's name."""

    def lookup(part: Syntax) -> int | None:
        if part.kind == "identifier":
            local = declaration_of(part)
            if local is not None:
                return _local_constant(local, line, depth)
        return line.expressions.shapes.resolver.lengths.constant(part, line.scope)

    return evaluate(node, lookup, line.expressions.shapes.word)


def _local_constant(local: Local, line: Line, depth: int) -> int | None:
    values = local.node.field("value") if local.node.kind == "const_spec" else None
    if values is None or local.place >= len(values.children) or depth > 8:
        return None
    return constant(values.children[local.place], line, depth + 1)


READERS: dict[str, Callable[[Syntax, Line], Iterator[Operation]]] = {
    "index": _index,
    "slice": _slice,
    "map write": _map_write,
    "divide": _divide,
    "shift": _shift,
    "assertion": _assertion,
    "close": _close,
    "send": _send,
    "receive": _receive,
    "make": _make,
    "lookup": _lookup,
    "compare": _compare,
    "panic": _panic,
    "convert": _convert,
    "call": _calls,
    "go": _go,
    "map use": _map_use,
}
