"""Type expressions to :class:`GoType`: names are looked up, lengths counted, arguments put in.

What cannot be found is ``Kind.UNKNOWN``, which is safe: its width is left to be solved from what
is printed. So is what files for different builds declare differently.

Behind a pointer one level is resolved, so that a pointee's fields are known; further away a
declared type stays ``UNKNOWN``: no layout asks for it, no file is opened for it, and types that
point at each other end.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.source.gofile import TypeDeclaration
from gotrace.source.lengths import Lengths
from gotrace.source.packages import Package
from gotrace.source.scopes import Scope, Scopes
from gotrace.source.spelling import spell
from gotrace.source.syntax import Syntax
from gotrace.types import Field, GoType, Kind

_BASIC = {
    kind.value: kind
    for kind in Kind
    if kind.value.rstrip("0123456789") in {"bool", "int", "uint", "float", "complex", "string"}
}
_BASIC |= {"uintptr": Kind.UINTPTR, "byte": Kind.UINT8, "rune": Kind.INT32}
_BASIC |= {"error": Kind.INTERFACE, "any": Kind.INTERFACE, "comparable": Kind.INTERFACE}
_OPAQUE = {
    "map_type": Kind.MAP,
    "function_type": Kind.FUNC,
    "interface_type": Kind.INTERFACE,
}
_POINTING = {"slice_type": Kind.SLICE, "channel_type": Kind.CHAN, "pointer_type": Kind.POINTER}
# Known to the compiler: cmd/compile/internal/types/size.go isAtomicStdPkg (go1.27.3).
_ATOMIC = frozenset({"sync/atomic", "internal/runtime/atomic", "runtime/internal/atomic"})
_FURTHEST = 1  # indirections behind which declared types are still resolved
_DEEPEST = 40  # types in types by value
_HEAVIEST = 20_000  # fields of a type, by value to any depth
_LONGEST = 2000  # characters of a type argument

_Key = tuple[Package, str, tuple[GoType, ...], int]


class Resolver:
    """Resolves types of one source tree; remembers every declared type by package and level."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.lengths = Lengths(scopes)
        self._known: dict[_Key, GoType] = {}
        self._open: list[_Key] = []
        self._weights: dict[int, tuple[tuple[Field, ...], int]] = {}

    def type(self, node: Syntax, scope: Scope, level: int = 0) -> GoType:
        """The type that ``node`` writes, ``level`` pointers away from the value printed."""
        kind = node.kind
        if kind in {"parenthesized_type", "type_elem"} and len(node.children) == 1:
            return self.type(node.children[0], scope, level)
        text = self.spell(node, scope)
        if kind in _POINTING:
            child = node.field("element") or node.field("value") or next(iter(node.children), None)
            element = self._behind(child, scope, level) if child else None
            return GoType(_POINTING[kind], text, element=element)
        if kind in _OPAQUE:
            return GoType(_OPAQUE[kind], text)
        forms = {
            "type_identifier": self._name,
            "identifier": self._name,
            "qualified_type": self._qualified,
            "selector_expression": self._qualified,
            "generic_type": self._instance,
            "array_type": self._array,
            "struct_type": self._struct,
        }
        return forms[kind](node, scope, text, level) if kind in forms else unknown(text)

    def _behind(self, node: Syntax, scope: Scope, level: int) -> GoType | None:
        """An element: far away, only its text."""
        if level > _FURTHEST:
            return None
        return self.type(node, scope, level + 1)

    def spell(self, node: Syntax, scope: Scope) -> str:
        """The text of a type, each name behind its package's."""
        return spell(node, lambda n: self._spelled(n, scope))

    def _spelled(self, node: Syntax, scope: Scope) -> str:
        if node.kind == "qualified_type":
            package, name = node.field("package"), node.field("name")
            if package is None or name is None:
                return node.text
            return f"{self.scopes.package_name(package.text, scope)}.{name.text}"
        own = node.text
        if own in scope.bound:
            return scope.bound[own].text
        if own in scope.hidden or (own in _BASIC and own not in scope.file.types):
            return own
        return f"{self._home(own, scope).name}.{own}"

    def _home(self, name: str, scope: Scope) -> Package:
        """The package that an unqualified name is of."""
        if any(i.name == "." for i in scope.file.imports) and not scope.package.types(name):
            for package in self.scopes.dot_imported(scope):
                if package.types(name):
                    return package
        return scope.package

    # ------------------------------------------------------------- names

    def _name(self, node: Syntax, scope: Scope, text: str, level: int) -> GoType:
        name = node.text
        if name in scope.bound:
            return scope.bound[name]
        if name in scope.hidden:
            return unknown(text, text)
        if name in _BASIC and name not in scope.file.types:
            return GoType(_BASIC[name], text)
        return self._declared(self._declarations(name, scope, level), (), text, level)

    def _declarations(
        self, name: str, scope: Scope, level: int
    ) -> tuple[Package, tuple[TypeDeclaration, ...]] | None:
        if level > _FURTHEST:
            return None
        own = scope.file.types.get(name)
        if own:  # whatever the build is, it takes the file in which the name stands
            return scope.package, (own,)
        found = scope.package.types(name)
        if found:
            return scope.package, found
        for package in self.scopes.dot_imported(scope):
            found = package.types(name)
            if found:
                return package, found
        return None

    def _qualified(self, node: Syntax, scope: Scope, text: str, level: int) -> GoType:
        qualifier = node.field("package") or node.field("operand")
        name = node.field("name") or node.field("field")
        if qualifier is None or name is None:
            return unknown(text)
        if (qualifier.text, name.text) == ("unsafe", "Pointer"):
            return GoType(Kind.UNSAFE_POINTER, text)
        return self._declared(self._found(qualifier, name, scope, level), (), text, level)

    def _found(
        self, qualifier: Syntax, name: Syntax, scope: Scope, level: int
    ) -> tuple[Package, tuple[TypeDeclaration, ...]] | None:
        if level > _FURTHEST or qualifier.text == "C":
            return None
        package = self.scopes.qualified(qualifier.text, scope)
        return (package, package.types(name.text)) if package else None

    def _instance(self, node: Syntax, scope: Scope, text: str, level: int) -> GoType:
        base, arguments = node.field("type"), node.field("type_arguments")
        if base is None or arguments is None:
            return unknown(text)
        types = tuple(self.type(a, scope, level) for a in arguments.children)
        if any(len(t.text) > _LONGEST for t in types):
            return unknown(base.text)
        if base.kind == "qualified_type":
            qualifier, name = base.field("package"), base.field("name")
            found = self._found(qualifier, name, scope, level) if qualifier and name else None
        else:
            found = self._declarations(base.text, scope, level)
        return self._declared(found, types, text, level)

    def _declared(
        self,
        found: tuple[Package, tuple[TypeDeclaration, ...]] | None,
        arguments: tuple[GoType, ...],
        text: str,
        level: int,
    ) -> GoType:
        """The declared type spelled ``text``; several declarations count where they agree."""
        if found is None or not found[1]:
            return unknown(text, text)
        package, declarations = found
        types = [self._one(package, d, arguments, level) for d in declarations]
        first = types[0]
        if any(t != first for t in types[1:]):
            return unknown(text, text)
        if first.kind is Kind.UNKNOWN and not first.named:
            return first._replace(text=text, named=text)
        named = first.named if declarations[0].alias else text
        return first._replace(text=text, named=named)

    def _one(
        self,
        package: Package,
        declaration: TypeDeclaration,
        arguments: tuple[GoType, ...],
        level: int,
    ) -> GoType:
        name = declaration.name
        key = (package, f"{name} {declaration.file.path}", arguments, level)
        if key in self._open or len(self._open) > _DEEPEST:
            return unknown(name)
        known = self._known.get(key)
        if known is None:
            self._open.append(key)
            parameters = type_parameter_names(declaration.parameters)
            bound = dict(zip(parameters, arguments, strict=False))
            known = self.type(declaration.type, Scope(declaration.file, package, bound), level)
            if name == "align64" and package.path in _ATOMIC:
                known = known._replace(align64=True)
            self._open.pop()
            self._known[key] = known
        return known

    # ------------------------------------------------------------- composites

    def _array(self, node: Syntax, scope: Scope, text: str, level: int) -> GoType:
        length, element = node.field("length"), node.field("element")
        count = self.lengths.constant(length, scope) if length else None
        if count is None or not 0 <= count < 1 << 50 or element is None:
            return unknown(text)
        type_ = self.type(element, scope, level)
        return GoType(Kind.ARRAY, text, element=type_, length=count, align64=type_.align64)

    def _struct(self, node: Syntax, scope: Scope, text: str, level: int) -> GoType:
        fields = tuple(self._fields(node, scope, level))
        weight = 1 + sum(map(self._weight, fields))
        if weight > _HEAVIEST:  # types within types can double at each step
            return unknown(text)
        self._weights[id(fields)] = (fields, weight)
        return GoType(Kind.STRUCT, text, fields=fields, align64=any(f.type.align64 for f in fields))

    def _weight(self, field: Field) -> int:
        type_ = field.type
        while type_.kind is Kind.ARRAY and type_.element:
            type_ = type_.element
        return self._weights.get(id(type_.fields), ((), 1))[1]

    def _fields(self, node: Syntax, scope: Scope, level: int) -> Iterator[Field]:
        for list_ in node.children:
            for declaration in list_.children:
                type_ = declaration.field("type")
                if declaration.kind != "field_declaration" or type_ is None:
                    yield Field("_", unknown(declaration.text))  # not Go: nothing is known
                    continue
                names = declaration.fields("name")
                if names:
                    shared = self.type(type_, scope, level)
                    yield from (Field(name.text, shared) for name in names)
                else:
                    yield self._embedded(declaration, type_, scope, level)

    def _embedded(self, declaration: Syntax, type_: Syntax, scope: Scope, level: int) -> Field:
        base = type_.field("type") if type_.kind == "generic_type" else type_
        base = (base.field("name") or base) if base else type_
        if any(t.kind == "*" for t in declaration.tokens):
            element = self._behind(type_, scope, level)
            text = "*" + self.spell(type_, scope)
            return Field(base.text, GoType(Kind.POINTER, text, element=element))
        return Field(base.text, self.type(type_, scope, level))


def unknown(text: str, named: str = "") -> GoType:
    """A type whose width is not known."""
    return GoType(Kind.UNKNOWN, text, named=named)


def type_parameter_names(parameters: Syntax | None) -> list[str]:
    """The names that ``[K comparable, V any]`` declares."""
    specs = parameters.children if parameters else []
    return [name.text for spec in specs for name in spec.fields("name")]
