"""Types of local variables, as far as their declarations show them."""

from __future__ import annotations

from gotrace.source.locals import Local, declaration_of
from gotrace.source.resolver import Resolver, unknown
from gotrace.source.scopes import Scope
from gotrace.source.syntax import Syntax
from gotrace.types import GoType, Kind

_DEEPEST = 8  # variables that are declared by variables
_LITERALS = {
    "int_literal": GoType(Kind.INT, "int"),
    "float_literal": GoType(Kind.FLOAT64, "float64"),
    "imaginary_literal": GoType(Kind.COMPLEX128, "complex128"),
    "rune_literal": GoType(Kind.INT32, "rune"),
    "interpreted_string_literal": GoType(Kind.STRING, "string"),
    "raw_string_literal": GoType(Kind.STRING, "string"),
    "true": GoType(Kind.BOOL, "bool"),
    "false": GoType(Kind.BOOL, "bool"),
}


class Inference:
    """Types of variables of one declaration, which stands in ``scope``."""

    def __init__(self, resolver: Resolver, scope: Scope) -> None:
        self.resolver = resolver
        self.scope = scope

    def of(self, local: Local, depth: int = 0) -> GoType:
        """The type of a variable; ``Kind.UNKNOWN`` where its declaration does not show it."""
        node = local.node
        declared = node.field("type")
        if declared is not None and node.kind.endswith(("parameter_declaration", "var_spec")):
            type_ = self.resolver.type(declared, self.scope)
            if node.kind == "variadic_parameter_declaration":
                return GoType(Kind.SLICE, f"[]{type_.text}", element=type_)
            return type_
        value = self._value(local)
        found = self._expression(value, depth) if value and depth < _DEEPEST else None
        return found or unknown("unknown")

    def _value(self, local: Local) -> Syntax | None:
        """The expression that the variable gets where it is declared."""
        node = local.node
        if node.kind == "short_var_declaration":
            left, right = node.field("left"), node.field("right")
        elif node.kind == "var_spec":
            left, right = node, node.field("value")
        else:
            return None
        names = node.fields("name") if left == node else (left.children if left else [])
        values = right.children if right else []
        return values[local.place] if len(values) == len(names) else None

    def _expression(self, node: Syntax, depth: int) -> GoType | None:
        kind = node.kind
        if kind in _LITERALS:
            return _LITERALS[kind]
        if kind in {"composite_literal", "type_conversion_expression"}:
            type_ = node.field("type")
            shown = type_ is not None and type_.kind != "implicit_length_array_type"
            return self.resolver.type(type_, self.scope) if type_ and shown else None
        if kind == "func_literal":
            return GoType(Kind.FUNC, "func")
        if kind == "identifier":
            local = declaration_of(node)
            return self.of(local, depth + 1) if local and local.is_variable else None
        if kind == "unary_expression":
            return self._address(node, depth)
        return self._call(node) if kind == "call_expression" else None

    def _address(self, node: Syntax, depth: int) -> GoType | None:
        operator, operand = node.field("operator"), node.field("operand")
        if operator is None or operand is None or operator.text != "&":
            return None
        element = self._expression(operand, depth)
        return element and GoType(Kind.POINTER, f"*{element.text}", element=element)

    def _call(self, node: Syntax) -> GoType | None:
        """``make(T)`` and ``new(T)``."""
        function, arguments = node.field("function"), node.field("arguments")
        first = arguments.children[0] if arguments and arguments.children else None
        if function is None or first is None:
            return None
        if function.text == "make":
            return self.resolver.type(first, self.scope)
        if function.text == "new":
            element = self.resolver.type(first, self.scope)
            return GoType(Kind.POINTER, f"*{element.text}", element=element)
        return None
