"""Types as expressions need them: one level at a time, followed as far as an expression goes.

A :class:`GoType` ends one pointer away from the value; `a.b.c.d` goes further. A Shape is where a
type is written; its element, fields and methods are looked up when asked for.
"""

from __future__ import annotations

from gotrace.layout.sizes import Measure, Sizes, has_unknown
from gotrace.source.expressions_members import Member, Members
from gotrace.source.gofile import TypeDeclaration
from gotrace.source.locals import declaration_of
from gotrace.source.packages import Package
from gotrace.source.resolver import Resolver, type_parameter_names
from gotrace.source.scopes import Scope
from gotrace.source.syntax import Syntax
from gotrace.source.widths import Widths
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind

_DEEPEST = 12  # types that are declared as types
_LITERALS = {
    "pointer_type": Kind.POINTER,
    "slice_type": Kind.SLICE,
    "array_type": Kind.ARRAY,
    "implicit_length_array_type": Kind.ARRAY,
    "map_type": Kind.MAP,
    "channel_type": Kind.CHAN,
    "function_type": Kind.FUNC,
    "interface_type": Kind.INTERFACE,
    "struct_type": Kind.STRUCT,
}
_BASIC = {k.value: k for k in Kind if k.value.rstrip("0123456789") in {"bool", "int", "uint"}}
_BASIC |= {k.value: k for k in (Kind.FLOAT32, Kind.FLOAT64, Kind.COMPLEX64, Kind.COMPLEX128)}
_BASIC |= {"string": Kind.STRING, "uintptr": Kind.UINTPTR, "byte": Kind.UINT8, "rune": Kind.INT32}
_BASIC |= {"error": Kind.INTERFACE, "any": Kind.INTERFACE, "comparable": Kind.INTERFACE}
_FUNCTIONS = frozenset({"func_literal", "function_declaration", "method_declaration"})


class Shape(NamedTuple):
    """A type. ``node`` is the underlying type's literal (or a function), standing in ``scope``.

    ``name`` is that of a defined or basic type, without its package, which is ``home``. ``inner``
    is an element that no source spells (of ``&x``, of a variadic parameter).
    """

    kind: Kind
    node: Syntax | None = None
    scope: Scope | None = None
    name: str = ""
    home: Package | None = None
    inner: Shape | None = None


UNKNOWN = Shape(Kind.UNKNOWN)
INT = Shape(Kind.INT, name="int")
BOOL = Shape(Kind.BOOL, name="bool")
STRING = Shape(Kind.STRING, name="string")


class FieldShape(NamedTuple):
    """A field of a struct; ``offset`` in bytes, None where a width before it is not known."""

    name: str
    shape: Shape
    embedded: bool
    offset: int | None


class Shapes:
    """Looks types up for one source tree and one port."""

    def __init__(self, resolver: Resolver, members: Members, widths: Widths) -> None:
        self.resolver = resolver
        self.members = members
        self.word = widths.word
        self.methods = widths.methods
        self._sizes = Sizes(widths.word, align64=True)
        self._fields: dict[tuple[Syntax, int], tuple[FieldShape, ...]] = {}

    # ------------------------------------------------------------------ names

    def of(self, node: Syntax | None, scope: Scope, depth: int = 0) -> Shape:
        """The type that ``node`` writes."""
        while node is not None and node.kind in {"parenthesized_type", "type_elem"}:
            node = node.children[0] if len(node.children) == 1 else None
        if node is None or depth > _DEEPEST:
            return UNKNOWN
        if node.kind in _LITERALS:
            return Shape(_LITERALS[node.kind], node, scope)
        forms = {
            "type_identifier": self._named,
            "identifier": self._named,
            "qualified_type": self._qualified,
            "selector_expression": self._qualified,
            "generic_type": self._instance,
        }
        return forms[node.kind](node, scope, depth) if node.kind in forms else UNKNOWN

    def _named(self, node: Syntax, scope: Scope, depth: int) -> Shape:
        name = node.text
        if name in scope.bound:
            bound = scope.bound[name]
            return Shape(bound.kind, name=name)
        local = declaration_of(node)
        if local is not None and local.node.kind in {"type_spec", "type_alias"}:
            found = self.of(local.node.field("type"), scope, depth + 1)
            return found._replace(name=name, home=scope.package)
        declared, home = self._declaration(name, scope)
        if declared is not None and home is not None:
            return self._declared(declared, home, {}, depth)
        return Shape(_BASIC[name], name=name) if name in _BASIC else Shape(Kind.UNKNOWN, name=name)

    def _declaration(self, name: str, scope: Scope) -> tuple[TypeDeclaration | None, Package]:
        own = scope.file.types.get(name)
        if own:
            return own, scope.package
        for package in (scope.package, *self.resolver.scopes.dot_imported(scope)):
            found = package.types(name)
            if found:
                return found[0], package
        return None, scope.package

    def _qualified(self, node: Syntax, scope: Scope, depth: int) -> Shape:
        qualifier = node.field("package") or node.field("operand")
        name = node.field("name") or node.field("field")
        if qualifier is None or name is None:
            return UNKNOWN
        if (qualifier.text, name.text) == ("unsafe", "Pointer"):
            return Shape(Kind.UNSAFE_POINTER)
        package = self.resolver.scopes.qualified(qualifier.text, scope)
        found = package.types(name.text) if package else ()
        if package is None or not found:
            return Shape(Kind.UNKNOWN, name=name.text)
        return self._declared(found[0], package, {}, depth)

    def _declared(
        self,
        declared: TypeDeclaration,
        home: Package,
        bound: dict[str, GoType],
        depth: int,
    ) -> Shape:
        scope = Scope(declared.file, home, bound)
        found = self.of(declared.type, scope, depth + 1)
        return found if declared.alias else found._replace(name=declared.name, home=home)

    def _instance(self, node: Syntax, scope: Scope, depth: int) -> Shape:
        base, arguments = node.field("type"), node.field("type_arguments")
        if base is None or arguments is None:
            return UNKNOWN
        package: Package | None = scope.package
        if base.kind == "qualified_type":
            qualifier, name = base.field("package"), base.field("name")
            package = self.resolver.scopes.qualified(qualifier.text, scope) if qualifier else None
            found = package.types(name.text) if package and name else ()
            declared = found[0] if found else None
        else:
            declared, package = self._declaration(base.text, scope)
        if declared is None or package is None:
            return UNKNOWN
        types = [self.resolver.type(a, scope) for a in arguments.children]
        bound = dict(zip(type_parameter_names(declared.parameters), types, strict=False))
        return self._declared(declared, package, bound, depth)

    # ------------------------------------------------------------------ parts

    def element(self, shape: Shape) -> Shape:
        """What a pointer, slice, array, channel or map holds."""
        if shape.inner is not None:
            return shape.inner
        if shape.node is None or shape.scope is None:
            return UNKNOWN
        node = shape.node
        child = node.field("element") or node.field("value")
        if child is None and shape.kind is Kind.POINTER:
            child = next(iter(node.children), None)
        return self.of(child, shape.scope)

    def key(self, shape: Shape) -> Shape:
        """The type of a map's keys."""
        if shape.node is None or shape.scope is None:
            return UNKNOWN
        return self.of(shape.node.field("key"), shape.scope)

    def length(self, shape: Shape) -> int | None:
        """The length of an array."""
        node = shape.node.field("length") if shape.node else None
        if node is None or shape.scope is None:
            return None
        return self.resolver.lengths.constant(node, shape.scope)

    def measure(self, shape: Shape, *, variadic: bool = False) -> Measure | None:
        """Size and registers; None where the width is not known."""
        if variadic:
            return self._sizes.measure(GoType(Kind.SLICE, "[]"))
        found = self._go_type(shape)
        return None if found is None else self._sizes.measure(found)

    def size(self, shape: Shape) -> int | None:
        """Bytes; None where the width is not known."""
        found = self._go_type(shape)
        return None if found is None else self._sizes.measure(found).size

    def _go_type(self, shape: Shape) -> GoType | None:
        if shape.node is not None and shape.scope is not None and shape.node.kind in _LITERALS:
            found = self.resolver.type(shape.node, shape.scope)
        else:
            found = GoType(shape.kind, shape.name)
        if shape.kind in {Kind.UNKNOWN, Kind.TYPE_PARAMETER} or has_unknown(found):
            return None
        return found

    def fields(self, shape: Shape) -> tuple[FieldShape, ...]:
        """The fields of a struct, embedded ones by the name of their type."""
        if shape.kind is not Kind.STRUCT or shape.node is None or shape.scope is None:
            return ()
        key = (shape.node, id(shape.scope.bound))
        if key not in self._fields:
            self._fields[key] = tuple(self._laid_out(shape.node, shape.scope))
        return self._fields[key]

    def _laid_out(self, node: Syntax, scope: Scope) -> list[FieldShape]:
        found: list[FieldShape] = []
        at: int | None = 0
        whole = self.resolver.type(node, scope)
        widths = [f.type for f in whole.fields]
        for name, shape, embedded in self._written(node, scope):
            width = widths[len(found)] if len(found) < len(widths) else None
            # Wherever a type of unknown width can stand, a multiple of a word is right for it.
            offset = at if at is not None and at % self.word == 0 else None
            if at is not None and width is not None and not has_unknown(width):
                measure = self._sizes.measure(width)
                offset = -(-at // measure.align) * measure.align
                at = offset + measure.size
            else:
                at = None
            found.append(FieldShape(name, shape, embedded, offset))
        return found

    def _written(self, node: Syntax, scope: Scope) -> list[tuple[str, Shape, bool]]:
        found: list[tuple[str, Shape, bool]] = []
        for list_ in node.children:
            for declaration in list_.children:
                type_ = declaration.field("type")
                if type_ is None:
                    continue
                shape, names = self.of(type_, scope), declaration.fields("name")
                if names:
                    found += [(name.text, shape, False) for name in names]
                    continue
                if any(t.kind == "*" for t in declaration.tokens):
                    shape = Shape(Kind.POINTER, inner=shape)
                base = type_.text.split("[", maxsplit=1)[0].rsplit(".", 1)[-1].lstrip("*")
                found.append((base, shape, True))
        return found

    # ------------------------------------------------------------------ methods

    def method(self, shape: Shape, name: str) -> Member | None:
        """The method that the defined type itself has."""
        if not shape.name or shape.home is None:
            return None
        return self.members.function(shape.home, name, shape.name)

    def interface_methods(self, shape: Shape, depth: int = 0) -> dict[str, Shape] | None:
        """The methods of an interface as functions; None where an embedded one is not known."""
        if shape.name == "error" and shape.node is None:
            return {"Error": Shape(Kind.FUNC)}
        if shape.scope is not None and not shape.scope.package.directory and shape.name:
            return None  # the table of the standard library leaves methods out
        if shape.node is None or shape.scope is None or depth > _DEEPEST:
            return {} if shape.kind is Kind.INTERFACE and shape.name in _BASIC else None
        found: dict[str, Shape] = {}
        for part in shape.node.children:
            name = part.field("name")
            if part.kind in {"method_elem", "method_spec"} and name is not None:
                found[name.text] = Shape(Kind.FUNC, part, shape.scope)
                continue
            embedded = self.of(part, shape.scope)
            more = self.interface_methods(embedded, depth + 1)
            if embedded.kind is not Kind.INTERFACE or more is None:
                return None
            found |= more
        return found

    def results(self, function: Shape) -> tuple[Shape, ...]:
        """The types of a function's results."""
        node, scope = function.node, function.scope
        result = node.field("result") if node else None
        if result is None or scope is None:
            return ()
        if result.kind != "parameter_list":
            return (self.of(result, scope),)
        return tuple(
            shape
            for p in result.children
            for shape in [self.of(p.field("type"), scope)] * max(1, len(p.fields("name")))
        )
