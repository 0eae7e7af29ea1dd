"""Signatures from Go text: prototypes that someone wrote, or a real .go file.

Theory: ``gosyntax`` makes tokens, ``declarations`` reads them with the table derived from
``grammars/prototypes.lark``, ``resolver`` gives the types their kinds; here functions become
signatures under the names that a traceback prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gotrace.names import FunctionName, split_name
from gotrace.parsing.driver import Node, Token
from gotrace.signature import Parameter, Role, Signature
from gotrace.signatures.declarations import (
    Clause,
    FunctionDeclaration,
    read,
    type_parameter_names,
)
from gotrace.signatures.gosyntax import Source
from gotrace.signatures.resolver import Resolver, Scope, bracketed
from gotrace.signatures.scopes import Packages, by_path
from gotrace.signatures.spelling import spell
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind

# The compiler renames init functions (init.0), and no frame shows a blank one.
_NEVER_PRINTED = frozenset({"init", "_"})


class PackageName(NamedTuple):
    """``path`` as in ``Signature.package``, ``name`` that of the package clause."""

    path: str
    name: str


class PrototypeFile(NamedTuple):
    """What one text declares. ``packages`` are those whose name is not the end of their path."""

    file: str
    signatures: tuple[Signature, ...]
    packages: tuple[PackageName, ...] = ()


def parse_prototypes(text: str, *, file: str) -> PrototypeFile:
    """The functions that ``text`` declares; ``file`` is how errors name it.

    Shape:  one Signature per function and method, in the order of the text.
    Units:  none.
    Errors: SignatureSyntaxError with line, column and the source line.
    Source: the Go specification; names as cmd/compile/internal/ir (methodsym) makes them.
    """
    return parse_prototype_files([(file, text)])[0]


def parse_prototype_files(files: Iterable[tuple[str, str]]) -> tuple[PrototypeFile, ...]:
    """Like :func:`parse_prototypes` for ``(file, text)`` pairs that may use each other's types."""
    packages: Packages = {}
    sources = [Source(text.removeprefix("\ufeff"), file) for file, text in files]
    try:
        read_files = [(source, read(source, packages)) for source in sources]
        resolver = Resolver(packages)
        return tuple(_file(source, clauses, resolver) for source, clauses in read_files)
    except RecursionError:
        source = next(iter(sources))
        raise source.error(0, "types are nested too deeply to be read") from None


def _file(source: Source, clauses: list[Clause], resolver: Resolver) -> PrototypeFile:
    signatures = tuple(
        _Function(clause, declaration, resolver).signature()
        for clause in clauses
        for declaration in clause.functions
        if clause.text(declaration.name) not in _NEVER_PRINTED
    )
    named = {PackageName(_printed_package(c), c.package.name): None for c in clauses}
    return PrototypeFile(source.file, signatures, tuple(n for n in named if n.path != n.name))


def _printed_package(clause: Clause) -> str:
    """A traceback calls package main so, whatever its path."""
    package = clause.package
    return "main" if package.name == "main" else package.path or package.name


class _Function:
    """One declaration on its way to a signature."""

    def __init__(
        self, clause: Clause, declaration: FunctionDeclaration, resolver: Resolver
    ) -> None:
        self.clause = clause
        self.declaration = declaration
        self.resolver = resolver
        self.bound: dict[str, GoType] = {}
        self.traced = _traced(clause, declaration)
        self.scope = Scope(_home(clause, self.traced, resolver.packages), self.bound)

    def signature(self) -> Signature:
        declaration = self.declaration
        receiver = declaration.receiver
        base = self._receiver_base(receiver) if receiver else None
        for name in self._type_parameters(base):
            self.bound[name] = GoType(Kind.TYPE_PARAMETER, name)
        self._bind_core_types()
        package, function = self._names(base)
        inputs, *results = declaration.signature[3]
        return Signature(
            package=package,
            function=function,
            parameters=tuple(self._parameters(inputs, Role.PARAMETER)),
            results=tuple(self._results(results)),
            receiver=self._receiver(receiver),
            text=self._text(),
            file=self.clause.source.file,
            line=self.clause.source.line(declaration.head[1]),
            generic="[...]" in function,
        )

    # ------------------------------------------------------------- names

    def _receiver_base(self, receiver: Node) -> Node:
        """The ``name`` or ``instance`` in the receiver's type."""
        if len(receiver[3]) != 1:
            raise self.clause.source.error(receiver[1], "a method has one receiver")
        parameter = receiver[3][0]
        if parameter[0] not in {"unnamed", "named"}:
            raise self.clause.source.error(parameter[1], "expected a receiver such as (c *Client)")
        node: Node = parameter[3][-1]
        while node[0] in {"pointer", "parens"}:
            node = node[3][0]
        if node[0] not in {"name", "instance"}:
            raise self.clause.source.error(node[1], "a receiver's type has a name")
        return node

    def _type_parameters(self, base: Node | None) -> Iterator[str]:
        if base and base[0] == "instance":
            yield from (self.clause.text(c) for c in base[3] if c[0] != "IDENT")
        if self.declaration.type_parameters:
            yield from type_parameter_names(self.clause, self.declaration.type_parameters)

    def _bind_core_types(self) -> None:
        """``S ~[]E`` is a slice, whatever E is: one term is the type's layout."""
        parameters = self.declaration.type_parameters
        for parameter in parameters[3] if parameters else ():
            names, constraint = parameter[3]
            terms = constraint[3]
            if len(terms) == 1 and terms[0][0] == "tilde":
                core = self.resolver.type(terms[0][3][0], self.scope)
                if core.kind is not Kind.UNKNOWN:
                    for name in map(self.clause.text, names[3]):
                        self.bound[name] = core._replace(text=name, named="")

    def _names(self, base: Node | None) -> tuple[str, str]:
        """Package and function as a traceback prints them."""
        if self.traced:
            return self.traced.package or _printed_package(self.clause), self.traced.local
        name = self.clause.text(self.declaration.name)
        if self.declaration.type_parameters:
            name += "[...]"
        if base:
            name = f"{self._receiver_name(base)}.{name}"
        return _printed_package(self.clause), name

    def _receiver_name(self, base: Node) -> str:
        declared = self.resolver.declaration(base, self.scope)
        while declared and declared.alias and declared.type[0] in {"name", "instance"}:
            base, scope = declared.type, Scope(declared.clause)
            found = self.resolver.declaration(base, scope)
            if found is None or found is declared:
                break
            declared = found
        identifier = declared.name if declared else self.clause.text(base[3][0])
        shown = identifier + ("[...]" if base[0] == "instance" else "")
        receiver = self.declaration.receiver
        assert receiver is not None
        return f"(*{shown})" if _is_pointer(receiver[3][0][3][-1]) else shown

    # ------------------------------------------------------------- parameters

    def _receiver(self, receiver: Node | None) -> Parameter | None:
        if receiver:
            return next(self._parameters(receiver, Role.RECEIVER))
        if self.traced is None or self.traced.receiver is None:
            return None
        return Parameter(None, self._traced_receiver(self.traced), Role.RECEIVER)

    def _traced_receiver(self, traced: FunctionName) -> GoType:
        """The type of the receiver that ``main.(*T).M`` or ``main.T.M`` names."""
        receiver = traced.receiver or ""
        name = receiver.partition("[")[0].removeprefix("*")
        start = self.declaration.name[2] - len(traced.local) + traced.local.index(name)
        node: Node = ("name", start, start + len(name), (("IDENT", start, start + len(name)),))
        if receiver.startswith("*"):
            node = ("pointer", start - 1, node[2], (node,))
        return self.resolver.type(node, self.scope)

    def _results(self, results: list[Node]) -> Iterator[Parameter]:
        for result in results:
            if result[0] == "parameters":
                yield from self._parameters(result, Role.RESULT)
            else:
                yield Parameter(None, self.resolver.type(result, self.scope), Role.RESULT)

    def _parameters(self, node: Node, role: Role) -> Iterator[Parameter]:
        """The parameters of a list. In ``(a, b int)`` only the last of a group has a type."""
        named = any(p[0].startswith("named") for p in node[3])
        waiting: list[str] = []
        for parameter in node[3]:
            if named and parameter[0] in {"unnamed", "variadic"}:
                waiting.append(self._bare_name(parameter))
                continue
            type_ = self._parameter_type(parameter)
            names = [*waiting, self.clause.text(parameter[3][0])] if named else [None]
            variadic = parameter[0].endswith("variadic")
            if variadic and (waiting or role is not Role.PARAMETER or parameter is not node[3][-1]):
                message = "only the last parameter can be variadic"
                raise self.clause.source.error(parameter[1], message)
            yield from (Parameter(name, type_, role, variadic) for name in names)
            waiting.clear()
        if waiting:
            raise self.clause.source.error(node[3][-1][1], "this parameter has a name, but no type")

    def _bare_name(self, parameter: Node) -> str:
        """The name that stands alone in a list where others have types."""
        child = parameter[3][0]
        if parameter[0] == "variadic" or child[0] != "name" or len(child[3]) != 1:
            message = "this parameter has a type, but no name; others in this list have names"
            raise self.clause.source.error(parameter[1], message)
        return self.clause.text(child)

    def _parameter_type(self, node: Node) -> GoType:
        rule, start, end, children = node
        parts: tuple[Node, ...] = children[1:] if rule.startswith("named") else children
        declared = self.resolver.type(bracketed(rule, start, end, parts), self.scope)
        if not rule.endswith("variadic"):
            return declared
        return GoType(Kind.SLICE, f"...{declared.text}", element=declared)

    # ------------------------------------------------------------- text

    def _text(self) -> str:
        """The declaration on one line, without its body."""
        text = self.clause.source.text
        declaration = self.declaration
        name = self.clause.text(declaration.name)
        if declaration.receiver:
            name = f"{spell(text, declaration.receiver)} {name}"
        if declaration.type_parameters:
            name += " ".join(self.clause.text(declaration.type_parameters).split())
        return f"func {name}{spell(text, declaration.signature)}"


def _traced(clause: Clause, declaration: FunctionDeclaration) -> FunctionName | None:
    """The name taken apart where it is a traceback's own."""
    if declaration.name[0] != "TRACED_NAME":
        return None
    text = clause.text(declaration.name)
    return split_name(f".{text}" if text.startswith("(") else text)  # (*T).M has no package


def _home(clause: Clause, traced: FunctionName | None, packages: Packages) -> Clause:
    """The clause in whose package the types of a declaration are sought."""
    if traced is None or not traced.package:
        return clause
    for package in by_path(traced.package, packages):
        home = Clause(clause.source, package)
        home.imports = clause.imports
        return home
    return clause


def _is_pointer(node: Node | Token) -> bool:
    while node[0] == "parens":
        node = node[3][0]  # type: ignore[misc]
    return node[0] == "pointer"
