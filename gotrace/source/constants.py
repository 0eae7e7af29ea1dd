"""Constant expressions, as far as they give the length of an array."""

from __future__ import annotations

from collections.abc import Callable

from gotrace.source.syntax import Syntax

Lookup = Callable[[Syntax], int | None]

_LIMIT = 1 << 80
_DEEPEST = 60
_BITS = {
    "uint8": 8, "byte": 8, "uint16": 16, "uint32": 32, "uint64": 64,
}  # fmt: skip
_SIGNED = frozenset({"int", "int8", "int16", "int32", "int64", "rune"})


def evaluate(
    node: Syntax, lookup: Lookup, word_size: int | None = None, depth: int = 0
) -> int | None:
    """The value of an expression; ``lookup`` gives that of ``x``, ``p.X`` and ``iota``.

    Shape:  an int, or None: not an integer, or nothing here tells it (``unsafe.Sizeof``).
    Units:  ``word_size`` in bytes, None where not known.
    Errors: none.
    Source: the Go specification, "Constant expressions".
    """
    if depth > _DEEPEST:
        return None

    def value(part: Syntax | None) -> int | None:
        return None if part is None else evaluate(part, lookup, word_size, depth + 1)

    kind, found = node.kind, None
    if kind in {"parenthesized_expression", "literal_element", "expression_list"}:
        found = value(node.children[0]) if len(node.children) == 1 else None
    elif kind in {"int_literal", "rune_literal", "float_literal"}:
        found = _literal(kind, node.text)
    elif kind in {"identifier", "selector_expression", "iota"}:
        found = lookup(node)
    elif kind == "unary_expression":
        found = _unary(node, value(node.field("operand")), word_size)
    elif kind == "binary_expression":
        operator = node.field("operator")
        left, right = value(node.field("left")), value(node.field("right"))
        if operator is not None and left is not None and right is not None:
            found = _binary(operator.text, left, right)
    elif kind == "call_expression":
        found = _call(node, value)
    return found


def _literal(kind: str, text: str) -> int | None:
    if kind == "rune_literal":
        return ord(text[1]) if len(text) == 3 else None
    digits = text.replace("_", "")
    if len(digits) > 100:
        return None
    try:
        if kind == "float_literal":
            number = float(digits)
            return int(number) if number.is_integer() and number < 2**53 else None
        if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
            digits = "0o" + digits[1:]  # 017 is octal in Go
        return int(digits, 0)
    except (ValueError, OverflowError):
        return None


def _unary(node: Syntax, operand: int | None, word_size: int | None) -> int | None:
    operator = node.field("operator")
    if operand is None or operator is None:
        return None
    match operator.text:
        case "-":
            return -operand
        case "+":
            return operand
        case "^":
            return _complement(node.field("operand"), operand, word_size)
    return None


def _complement(node: Syntax | None, operand: int, word_size: int | None) -> int | None:
    """``^uint(0)``: the width of the type decides."""
    while node and node.kind == "parenthesized_expression":
        node = next(iter(node.children), None)
    function = node.field("function") if node and node.kind == "call_expression" else None
    name = function.text if function else ""
    bits = _BITS.get(name)
    if name in {"uint", "uintptr"} and word_size:
        bits = 8 * word_size
    if bits is not None:
        return (1 << bits) - 1 - operand
    return -1 - operand if name in _SIGNED or (node and node.kind == "int_literal") else None


def _call(node: Syntax, value: Callable[[Syntax | None], int | None]) -> int | None:
    """Conversions of integers, and ``len`` of a string without escapes."""
    function, arguments = node.field("function"), node.field("arguments")
    values = arguments.children if arguments else []
    if function is None or len(values) != 1:
        return None
    name = function.text
    if name == "len":
        text = values[0].text
        quoted = values[0].kind in {"interpreted_string_literal", "raw_string_literal"}
        if quoted and (text[0] == "`" or "\\" not in text):
            return len(text[1:-1].encode("utf-8", "surrogateescape"))
        return None
    if name in _BITS or name in _SIGNED or name in {"uint", "uintptr"}:
        return value(values[0])
    return None


def _binary(operator: str, left: int, right: int) -> int | None:
    if operator in {"/", "%"} and right == 0:
        return None
    if operator in {"<<", ">>"} and not 0 <= right <= 70:
        return None
    operation = _OPERATIONS.get(operator)
    found = operation(left, right) if operation else None
    return found if found is not None and abs(found) <= _LIMIT else None


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
