"""Constant expressions, as far as they give the length of an array."""

from __future__ import annotations

from collections.abc import Callable

from gotrace.parsing.driver import Node

Lookup = Callable[[Node], int | None]

_LIMIT = 1 << 64
_PRECEDENCE = {"*": 5, "/": 5, "%": 5, "<<": 5, ">>": 5, "&": 5, "&^": 5}
_PRECEDENCE |= {"+": 4, "-": 4, "|": 4, "^": 4}
_INTEGERS = frozenset(
    ["int", "uint", "uintptr", "byte", "rune"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)


def evaluate(text: str, node: Node, lookup: Lookup) -> int | None:
    """The value of an ``expression`` of ``text``; ``lookup`` gives that of a ``name``.

    Shape:  an int, or None: not an integer, or nothing here tells it (``unsafe.Sizeof``).
    Units:  none.
    Errors: none.
    Source: the Go specification, "Constant expressions" and "Operator precedence".
    """
    operators: list[str] = []
    operands: list[int | None] = []
    for child in node[3]:
        if child[0] != "operator":
            operands.append(_operand(text, child, lookup))
            continue
        operator = text[child[1] : child[2]]
        while operators and _PRECEDENCE.get(operators[-1], 0) >= _PRECEDENCE.get(operator, 0):
            _apply(operators.pop(), operands)
        operators.append(operator)
    while operators:
        _apply(operators.pop(), operands)
    return operands[0]


def _operand(text: str, node: Node, lookup: Lookup) -> int | None:
    match node[0]:
        case "group":
            return evaluate(text, node[3][0], lookup)
        case "name":
            return lookup(node)
        case "unary":
            return _signed(text, node, lookup)
        case "call":
            return _call(text, node, lookup)
    return _literal(node[0], text[node[1] : node[2]])


def _literal(terminal: str, literal: str) -> int | None:
    if terminal == "INT":
        return _integer(literal)
    if terminal == "RUNE" and len(literal) == 3:
        return ord(literal[1])
    return None


def _integer(literal: str) -> int | None:
    digits = literal.replace("_", "")
    if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
        digits = "0o" + digits[1:]  # 017 is octal in Go
    try:
        value = int(digits, 0) if len(digits) < 100 else _LIMIT + 1
    except ValueError:
        return None
    return value if value <= _LIMIT else None


def _signed(text: str, node: Node, lookup: Lookup) -> int | None:
    sign, operand = node[3]
    value = _operand(text, operand, lookup)
    match text[sign[1] : sign[2]]:
        case "-" if value is not None:
            return -value
        case "+":
            return value
    return None  # ^x depends on the type of x


def _call(text: str, node: Node, lookup: Lookup) -> int | None:
    """``len`` of a plain string and conversions of integers."""
    name, *arguments = node[3]
    function = text[name[1] : name[2]]
    if len(arguments) != 1:
        return None
    kind, start, end = arguments[0][:3]
    if function == "len" and kind == "STRING":
        content = text[start + 1 : end - 1]
        plain = text[start] == "`" or "\\" not in content
        return len(content.encode("utf-8", "surrogateescape")) if plain else None
    if function in _INTEGERS and kind == "INT":
        return _integer(text[start:end])
    if function in _INTEGERS and kind == "IDENT":
        return lookup(("name", start, end, (arguments[0],)))
    return None


def _apply(operator: str, operands: list[int | None]) -> None:
    right, left = operands.pop(), operands.pop()
    known = left is not None and right is not None
    operands.append(_binary(operator, left, right) if known else None)  # type: ignore[arg-type]


def _binary(operator: str, left: int, right: int) -> int | None:
    if operator in {"/", "%"} and right == 0:
        return None
    if operator in {"<<", ">>"} and not 0 <= right <= 64:
        return None
    operation = _OPERATIONS.get(operator)
    value = operation(left, right) if operation else None
    return value if value is not None and abs(value) <= _LIMIT else None


def _quotient(left: int, right: int) -> int:
    """Go's division: towards zero."""
    magnitude = abs(left) // abs(right)
    return magnitude if (left < 0) == (right < 0) else -magnitude


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "*": lambda a, b: a * b,
    "/": _quotient,
    "%": lambda a, b: a - b * _quotient(a, b),
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
    "&": lambda a, b: a & b,
    "&^": lambda a, b: a & ~b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
}
