"""Types of the expressions in one function, and what their selectors go through.

Source: the Go specification, "Selectors", "Expressions".
"""

from __future__ import annotations

from collections.abc import Callable

from gotrace.source.expressions_misread import called_container, shape_of_qualified
from gotrace.source.expressions_selectors import Selector, Selectors
from gotrace.source.expressions_shapes import BOOL, INT, STRING, UNKNOWN, Shape, Shapes
from gotrace.source.locals import Local, declaration_of
from gotrace.source.packages import Package
from gotrace.source.scopes import Scope
from gotrace.source.syntax import Syntax
from gotrace.types import Kind

_DEEPEST = 24  # variables declared by variables, parts of one expression
_LITERALS = {
    "int_literal": INT,
    "rune_literal": Shape(Kind.INT32, name="rune"),
    "float_literal": Shape(Kind.FLOAT64, name="float64"),
    "interpreted_string_literal": STRING,
    "raw_string_literal": STRING,
    "true": BOOL,
    "false": BOOL,
}
_COMPARISONS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_BUILT_IN = {"len": INT, "cap": INT, "copy": INT}


class Expressions:
    """Reads the expressions of a function whose types stand in ``scope``."""

    def __init__(self, shapes: Shapes, scope: Scope) -> None:
        self.shapes = shapes
        self.scope = scope
        self._selectors = Selectors(shapes)
        self._known: dict[Syntax, Shape] = {}
        self._selected: dict[Syntax, Selector | None] = {}
        self._depth = 0
        self._forms: dict[str, Callable[[Syntax], Shape]] = {
            "identifier": self.named,
            "type_identifier": self.named,  # see expressions_misread
            "qualified_type": lambda node: shape_of_qualified(node, self),
            "selector_expression": self._select,
            "index_expression": self._index,
            "slice_expression": self._slice,
            "unary_expression": self._unary,
            "binary_expression": self._binary,
            "call_expression": self._call,
            "type_assertion_expression": self._typed,
            "type_conversion_expression": self._conversion,
            "composite_literal": self._typed,
            "func_literal": lambda node: Shape(Kind.FUNC, node, self.scope),
        }

    def shape(self, node: Syntax | None) -> Shape:
        """The type of an expression; ``UNKNOWN`` where the source here does not show it."""
        if node is None or self._depth > _DEEPEST:
            return UNKNOWN
        while node.kind == "parenthesized_expression" and len(node.children) == 1:
            node = node.children[0]
        found = self._known.get(node)
        if found is None:
            self._known[node] = UNKNOWN  # a variable that is declared by itself
            self._depth += 1
            if node.kind in _LITERALS:
                found = _LITERALS[node.kind]
            else:
                form = self._forms.get(node.kind)
                found = form(node) if form else UNKNOWN
            self._depth -= 1
            self._known[node] = found
        return found

    def _typed(self, node: Syntax) -> Shape:
        return self.shapes.of(node.field("type"), self.scope)

    # ------------------------------------------------------------------ names

    def named(self, node: Syntax) -> Shape:
        """What a name stands for, whatever the grammar calls it."""
        local = declaration_of(node)
        if local is not None:
            return self._local(local, node) if local.is_variable else UNKNOWN
        return self.global_(self.scope.package, node.text)

    def global_(self, package: Package, name: str) -> Shape:
        """A package's variable or function."""
        variable = self.shapes.members.variable(package, name)
        if variable is not None:
            declared = variable.spec.field("type")
            if declared is not None:
                return self.shapes.of(declared, variable.scope)
            values = variable.spec.field("value")
            if values is not None and variable.place < len(values.children):
                there = self if variable.scope == self.scope else self._at(variable.scope)
                return there.shape(values.children[variable.place])
            return UNKNOWN
        function = self.shapes.members.function(package, name)
        if function is not None:
            return Shape(Kind.FUNC, function.declared.node, function.scope, name=name)
        return UNKNOWN

    def _at(self, scope: Scope) -> Expressions:
        other = Expressions(self.shapes, scope)
        other._depth = self._depth + 1
        return other

    def _local(self, local: Local, mention: Syntax) -> Shape:
        node = local.node
        if node.kind.endswith(("parameter_declaration", "var_spec")):
            declared = node.field("type")
            if declared is not None:
                shape = self.shapes.of(declared, self.scope)
                variadic = node.kind == "variadic_parameter_declaration"
                return Shape(Kind.SLICE, inner=shape) if variadic else shape
        if node.kind == "range_clause":
            return self._ranged(node, local.place)
        if node.kind == "type_switch_statement":
            return self._switched(mention, node)
        if node.kind == "receive_statement":
            right = node.field("right")
            return self.shape(right) if local.place == 0 else BOOL
        right = node.field("right") or node.field("value")
        left = node.field("left")
        names = left.children if left else node.fields("name")
        values = right.children if right else []
        return self.assigned(names, values, local.place)

    def assigned(self, names: list[Syntax], values: list[Syntax], place: int) -> Shape:
        """What the name at ``place`` gets from an assignment of ``values``."""
        if len(values) == len(names):
            return self.shape(values[place])
        if len(values) != 1:
            return UNKNOWN
        value = values[0]
        if value.kind == "call_expression":
            results = self.results(value)
            return results[place] if place < len(results) else UNKNOWN
        return self.shape(value) if place == 0 else BOOL

    def _ranged(self, clause: Syntax, place: int) -> Shape:
        shape = self.shape(clause.field("right"))
        if shape.kind is Kind.POINTER:
            shape = self.shapes.element(shape)
        if place == 1 or shape.kind is Kind.CHAN:
            if shape.kind is Kind.STRING:
                return _LITERALS["rune_literal"]
            return self.shapes.element(shape)
        return self.shapes.key(shape) if shape.kind is Kind.MAP else INT

    def _switched(self, mention: Syntax, switch: Syntax) -> Shape:
        for node in mention.ancestors():
            if node == switch:
                break
            if node.kind == "type_case":
                types = node.fields("type")
                if len(types) == 1:
                    return self.shapes.of(types[0], self.scope)
        return self.shape(switch.field("value"))

    # ------------------------------------------------------------------ selectors

    def package_of(self, node: Syntax | None) -> Package | None:
        """The package that an identifier names, unless a variable hides it."""
        if node is None or node.kind != "identifier" or declaration_of(node) is not None:
            return None
        if not any(True for _ in self.scope.file.imports):
            return None
        return self.shapes.resolver.scopes.qualified(node.text, self.scope)

    def is_package(self, node: Syntax | None) -> bool:
        """Whether an identifier stands for an imported package, known or not."""
        if node is None or node.kind != "identifier" or declaration_of(node) is not None:
            return False
        name = node.text
        for path, alias in self.scope.file.imports:
            last = path.rsplit("/", 1)[-1]
            if alias == name or (alias is None and name in {last, last.partition(".")[0]}):
                return True
        return self.package_of(node) is not None

    def selector(self, node: Syntax) -> Selector | None:
        """What ``x.f`` goes through; None where ``x`` is a package."""
        if node not in self._selected:
            operand, field = node.field("operand"), node.field("field")
            found = None
            if operand is not None and field is not None and not self.is_package(operand):
                found = self.select(self.shape(operand), operand.text, field.text)
            self._selected[node] = found
        return self._selected[node]

    def select(self, shape: Shape, text: str, field: str) -> Selector:
        """What ``text.field`` goes through, where ``text`` has this type."""
        return self._selectors.select(shape, text, field)

    def of_package(self, package: Package, name: str) -> Shape:
        """A variable or function of another package."""
        return self._at(Scope(self.scope.file, package)).global_(package, name)

    def _select(self, node: Syntax) -> Shape:
        operand, field = node.field("operand"), node.field("field")
        package = self.package_of(operand)
        if package is not None and field is not None:
            return self.of_package(package, field.text)
        found = self.selector(node)
        return found.shape if found else UNKNOWN

    # ------------------------------------------------------------------ operators

    def _index(self, node: Syntax) -> Shape:
        shape = self.shape(node.field("operand"))
        if shape.kind is Kind.POINTER:
            shape = self.shapes.element(shape)
        if shape.kind is Kind.STRING:
            return Shape(Kind.UINT8, name="byte")
        return shape if shape.kind is Kind.FUNC else self.shapes.element(shape)

    def _slice(self, node: Syntax) -> Shape:
        shape = self.shape(node.field("operand"))
        inner = self.shapes.element(shape) if shape.kind is Kind.POINTER else shape
        if inner.kind is Kind.ARRAY:
            return Shape(Kind.SLICE, inner=self.shapes.element(inner))
        return shape

    def _unary(self, node: Syntax) -> Shape:
        operator, operand = node.field("operator"), node.field("operand")
        shape = self.shape(operand)
        match operator.text if operator else "":
            case "&":
                return Shape(Kind.POINTER, inner=shape)
            case "*" | "<-":
                return self.shapes.element(shape)
        return shape

    def _binary(self, node: Syntax) -> Shape:
        operator, left = node.field("operator"), self.shape(node.field("left"))
        if operator is not None and operator.text in _COMPARISONS:
            return BOOL
        return left

    def _conversion(self, node: Syntax) -> Shape:
        """The grammar takes `m[k](x)` for a conversion to an instance of a generic type."""
        type_ = node.field("type")
        container = called_container(node, self)
        if container is not None:
            called = self.shapes.element(self.shape(container))
            return next(iter(self.shapes.results(called)), UNKNOWN)
        return self.shapes.of(type_, self.scope)

    def results(self, call: Syntax) -> tuple[Shape, ...]:
        """The types of a call's results."""
        return self.shapes.results(self.shape(call.field("function")))

    def _call(self, node: Syntax) -> Shape:
        function, arguments = node.field("function"), node.field("arguments")
        if function is None or arguments is None:
            return UNKNOWN
        name, values = function.text, arguments.children
        if name in _BUILT_IN:
            return _BUILT_IN[name]
        if name in {"make", "new"} and values:
            made = self.shapes.of(values[0], self.scope)
            return made if name == "make" else Shape(Kind.POINTER, inner=made)
        if name in {"append", "min", "max"} and values:
            return self.shape(values[0])
        shape = self.shape(function)
        if shape.kind is Kind.FUNC:
            return next(iter(self.shapes.results(shape)), UNKNOWN)
        return self._converted(function)

    def _converted(self, function: Syntax) -> Shape:
        """`T(x)` and `(*T)(x)`."""
        while function.kind == "parenthesized_expression" and len(function.children) == 1:
            function = function.children[0]
        operator, operand = function.field("operator"), function.field("operand")
        if operator is not None and operator.text == "*" and operand is not None:
            inner = self.shapes.of(operand, self.scope)
            return Shape(Kind.POINTER, inner=inner)
        return self.shapes.of(function, self.scope)
