"""Type expressions to :class:`GoType`: names are looked up, lengths counted, arguments put in.

A name is sought in its own package, through the imports in the other clauses of the same texts,
then in the standard library's table. What is declared nowhere is ``Kind.UNKNOWN``, which is safe:
its width is left to be solved from the words printed.

Behind a pointer one level is resolved, so that a pointee's fields are known; further away a
declared type stays ``UNKNOWN``: no layout asks for it, and types that point at each other end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gotrace.parsing.driver import Node
from gotrace.signatures.constants import evaluate
from gotrace.signatures.declarations import Clause, ConstantDeclaration, Package, TypeDeclaration
from gotrace.signatures.scopes import Packages, dot_imported, imported, is_built_in
from gotrace.signatures.spelling import spell
from gotrace.tuples import NamedTuple
from gotrace.types import Field, GoType, Kind

_BASIC = {
    kind.value: kind
    for kind in Kind
    if kind.value.rstrip("0123456789") in {"bool", "int", "uint", "float", "complex", "string"}
}
_BASIC |= {"uintptr": Kind.UINTPTR, "byte": Kind.UINT8, "rune": Kind.INT32}
_BASIC |= {"error": Kind.INTERFACE, "any": Kind.INTERFACE, "comparable": Kind.INTERFACE}
# cgo's names for C's numbers that have one width on every port (cmd/cgo/doc.go); C.long has not.
_C_TYPES = {
    "char": Kind.INT8, "schar": Kind.INT8, "uchar": Kind.UINT8, "short": Kind.INT16,
    "ushort": Kind.UINT16, "int": Kind.INT32, "uint": Kind.UINT32, "longlong": Kind.INT64,
    "ulonglong": Kind.UINT64, "float": Kind.FLOAT32, "double": Kind.FLOAT64,
    "size_t": Kind.UINTPTR, "int8_t": Kind.INT8, "uint8_t": Kind.UINT8, "int16_t": Kind.INT16,
    "uint16_t": Kind.UINT16, "int32_t": Kind.INT32, "uint32_t": Kind.UINT32,
    "int64_t": Kind.INT64, "uint64_t": Kind.UINT64, "uintptr_t": Kind.UINTPTR,
}  # fmt: skip
_COMPOSITE = {
    "pointer": Kind.POINTER,
    "slice": Kind.SLICE,
    "chan": Kind.CHAN,
    "send_chan": Kind.CHAN,
    "receive_chan": Kind.CHAN,
}
_OPAQUE = {"map": Kind.MAP, "func": Kind.FUNC, "interface": Kind.INTERFACE}
_FURTHEST = 1  # indirections behind which declared types are still resolved
_DEEPEST = 40  # types in types by value


class Scope(NamedTuple):
    """Where a type expression stands; ``bound`` are the type parameters and what they are."""

    clause: Clause
    bound: Mapping[str, GoType] = {}


class Resolver:
    """Resolves the types of one set of texts. Lives inside one call of ``parse_prototypes``."""

    def __init__(self, packages: Packages) -> None:
        self.packages = packages
        self._known: dict[tuple[int, str, int], GoType] = {}
        self._open: list[tuple[int, str, int]] = []  # declared types being resolved, by value
        self._open_constants: list[ConstantDeclaration] = []

    def type(self, node: Node, scope: Scope, level: int = 0) -> GoType:
        """The type that ``node`` writes, ``level`` pointers away from the value printed."""
        rule, _, _, children = node
        text = spell(scope.clause.source.text, node)
        if rule in _COMPOSITE:
            element = self.type(children[0], scope, level + 1)
            return GoType(_COMPOSITE[rule], text, element=element)
        if rule in _OPAQUE:
            return GoType(_OPAQUE[rule], text)
        if rule == "expression" and len(children) == 1:  # a type argument, read as a constant
            node = children[0]
            rule, _, _, children = node
        if rule in {"parens", "group"}:
            return self.type(children[0], scope, level)
        forms = {
            "name": self._name,
            "instance": self._instance,
            "array": self._array,
            "struct": self._struct,
        }
        return forms[rule](node, scope, text, level) if rule in forms else _unknown(text)

    # ------------------------------------------------------------- names

    def _name(self, node: Node, scope: Scope, text: str, level: int) -> GoType:
        first, *rest = (scope.clause.text(t) for t in node[3])
        if not rest and first in scope.bound:
            return scope.bound[first]
        declaration = self.declaration(node, scope)
        if declaration:
            return self.declared(declaration, (), text, level)
        if not rest:
            kind = _BASIC.get(first)
            return GoType(kind, text) if kind else _unknown(text, text)
        if first == "unsafe" and rest[0] == "Pointer":
            return GoType(Kind.UNSAFE_POINTER, text)
        if first == "C":
            return GoType(_C_TYPES.get(rest[0], Kind.UNKNOWN), text, named=text)
        return _unknown(text, text)

    def declaration(self, node: Node, scope: Scope) -> TypeDeclaration | None:
        """What the ``name`` or ``instance`` node names; None where no text declares it."""
        *qualifier, name = (scope.clause.text(t) for t in node[3] if t[0] == "IDENT")
        for package in self._where(qualifier, scope):
            if name in package.types:
                return package.types[name]
        return None

    def _where(self, qualifier: list[str], scope: Scope) -> Iterator[Package]:
        if qualifier:
            return imported(scope.clause, qualifier[0], self.packages)
        return self._unqualified(scope)

    def _unqualified(self, scope: Scope) -> Iterator[Package]:
        yield scope.clause.package
        yield from dot_imported(scope.clause, self.packages)

    def _instance(self, node: Node, scope: Scope, text: str, level: int) -> GoType:
        declaration = self.declaration(node, scope)
        if declaration is None:
            return _unknown(text, text)
        arguments = (c for c in node[3] if c[0] != "IDENT")
        types = tuple(self.type(a, scope, level) for a in arguments)
        return self.declared(declaration, types, text, level)

    def declared(
        self, declaration: TypeDeclaration, arguments: tuple[GoType, ...], text: str, level: int
    ) -> GoType:
        """The declared type, with its type parameters bound to ``arguments``; spelled ``text``."""
        clause, name = declaration.clause, declaration.name
        named = f"{clause.package.name}.{name}" if is_built_in(clause) else text
        key = (id(clause.package), name, level)
        if level > _FURTHEST or key in self._open or len(self._open) > _DEEPEST:
            return _unknown(text, named)
        found = None if arguments else self._known.get(key)
        if found is None:
            self._open.append(key)
            bound = dict(zip(declaration.parameters, arguments, strict=False))
            found = self.type(declaration.type, Scope(clause, bound), level)
            if (clause.package.name, name) == ("atomic", "align64"):  # known to the compiler
                found = found._replace(align64=True)
            self._open.pop()
            if not arguments:
                self._known[key] = found
        if declaration.alias:
            return found._replace(text=text)
        return found._replace(text=text, named=named)

    # ------------------------------------------------------------- composites

    def _array(self, node: Node, scope: Scope, text: str, level: int) -> GoType:
        length = self._length(node[3][0], scope)
        if length is None or length < 0:
            return _unknown(text)
        element = self.type(node[3][1], scope, level)
        return GoType(Kind.ARRAY, text, element=element, length=length, align64=element.align64)

    def _struct(self, node: Node, scope: Scope, text: str, level: int) -> GoType:
        fields = tuple(self._fields(node, scope, level))
        aligned = any(f.type.align64 for f in fields)
        return GoType(Kind.STRUCT, text, fields=fields, align64=aligned)

    def _fields(self, node: Node, scope: Scope, level: int) -> Iterator[Field]:
        for rule, start, end, children in node[3]:
            parts = tuple(c for c in children if c[0] not in {"IDENT", "STRING"})
            if rule == "embedded":
                type_ = self.type(parts[0], scope, level)
                yield Field(_embedded_name(scope.clause, parts[0]), type_)
                continue
            type_ = self.type(bracketed(rule, start, end, parts), scope, level)
            for name in (c for c in children if c[0] == "IDENT"):
                yield Field(scope.clause.text(name), type_)

    # ------------------------------------------------------------- constants

    def _length(self, node: Node, scope: Scope) -> int | None:
        return evaluate(scope.clause.source.text, node, lambda n: self._constant(n, scope))

    def _constant(self, node: Node, scope: Scope) -> int | None:
        *qualifier, name = (scope.clause.text(t) for t in node[3])
        for package in self._where(qualifier, scope):
            declaration = package.constants.get(name)
            if declaration is not None:
                return self._value(declaration)
        return None

    def _value(self, declaration: ConstantDeclaration) -> int | None:
        if declaration.value is None or declaration in self._open_constants:
            return None
        scope = Scope(declaration.clause)

        def lookup(node: Node) -> int | None:
            if scope.clause.text(node) == "iota":
                return declaration.iota
            return self._constant(node, scope)

        self._open_constants.append(declaration)
        value = evaluate(scope.clause.source.text, declaration.value, lookup)
        self._open_constants.pop()
        return value


def _unknown(text: str, named: str = "") -> GoType:
    return GoType(Kind.UNKNOWN, text, named=named)


def bracketed(rule: str, start: int, end: int, parts: tuple[Node, ...]) -> Node:
    """The type's node of ``name []T`` and ``name [N]T``, where the rule took the brackets in."""
    if rule.endswith("_slice"):
        return ("slice", start, end, parts)
    if rule.endswith("_array"):
        return ("array", start, end, parts)
    return parts[0]


def _embedded_name(clause: Clause, node: Node) -> str:
    while node[0] in {"pointer", "parens"}:
        node = node[3][0]
    return clause.text([t for t in node[3] if t[0] == "IDENT"][-1])
