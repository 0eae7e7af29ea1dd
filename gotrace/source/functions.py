"""Declarations and function literals to signatures."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.names import split_name
from gotrace.signature import Parameter, Role, Signature, SignatureSource
from gotrace.source.addresses import escapes
from gotrace.source.captures import captured
from gotrace.source.gofile import Declared, receiver_base
from gotrace.source.inference import Inference
from gotrace.source.parameters import parameter_groups
from gotrace.source.resolver import Resolver
from gotrace.source.scopes import Scope
from gotrace.source.spelling import signature, spell
from gotrace.source.syntax import Syntax
from gotrace.source.uses import Uses
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind

_LOCAL = frozenset({"type_spec", "type_alias", "const_spec"})


class Place(NamedTuple):
    """A function as printed, and the line of the frame."""

    function: str
    line: int


class Functions:
    """Makes signatures of one source tree."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver

    def declared(self, place: Place, declared: Declared, scope: Scope) -> Signature:
        """The signature of a function or method declaration."""
        scope = scope._replace(bound=self.bound(declared, scope))
        node = declared.node
        receiver = node.field("receiver")
        found = (
            next(iter(self._parameters(receiver, scope, Role.RECEIVER)), None) if receiver else None
        )
        head = f"({self._list(receiver)}) " if receiver else ""
        parameters = declared.type_parameters
        brackets = " ".join(parameters.text.split()) if parameters else ""
        text = f"func {head}{declared.name}{brackets}{_written(node)}"
        made = self._signature(place, node, scope, text)
        return self._examined(made._replace(receiver=found), node.field("body"), place.line)

    def literal(
        self, place: Place, node: Syntax, around: Declared | None, scope: Scope
    ) -> Signature:
        """The signature of a function literal in the declaration ``around`` (None: a variable)."""
        if around is not None:
            hidden = frozenset(_declared_inside(around.node))
            scope = scope._replace(bound=self.bound(around, scope), hidden=hidden)
        made = self._signature(place, node, scope, "func" + _written(node))
        if around is not None:
            types = Inference(self.resolver, scope)
            told = captured(node, around.node, types)
            made = made._replace(captured=told or (), captures_told=told is not None)
        return self._examined(made, node.field("body"), place.line)

    def wrapper(self, place: Place, node: Syntax, scope: Scope) -> Signature:
        """What the compiler makes of a go or defer statement: it takes nothing."""
        return self._plain(place, scope)._replace(text="func()", line=node.line)

    def bound(self, declared: Declared, scope: Scope) -> dict[str, GoType]:
        """The type parameters in force in a declaration, with their constraints' core types."""
        bound: dict[str, GoType] = {}
        specs: list[tuple[str, Syntax | None]] = []
        receiver = declared.node.field("receiver")
        base, _ = receiver_base(receiver) if receiver else (None, False)
        if base is not None and base.kind == "generic_type" and declared.receiver:
            arguments = base.field("type_arguments")
            names = [a.text for a in arguments.children] if arguments else []
            types = scope.package.types(declared.receiver)
            constraints = _constraints(types[0].parameters) if types else []
            padded = [*(c for _, c in constraints), *(None for _ in names)]
            specs += zip(names, padded, strict=False)
        specs += _constraints(declared.type_parameters)
        for name, _ in specs:
            bound[name] = GoType(Kind.TYPE_PARAMETER, name)
        for name, constraint in specs:
            core = self._core(constraint, scope._replace(bound=bound)) if constraint else None
            if core is not None and name in bound:
                bound[name] = core._replace(text=name, named="")
        return bound

    def _core(self, constraint: Syntax, scope: Scope) -> GoType | None:
        """``~[]E`` is a slice, whatever E is: one term is the type's layout."""
        terms = constraint.children
        if len(terms) != 1 or terms[0].kind != "negated_type" or not terms[0].children:
            return None
        core = self.resolver.type(terms[0].children[0], scope)
        return None if core.kind is Kind.UNKNOWN else core

    # ------------------------------------------------------------- parts

    def _plain(self, place: Place, scope: Scope) -> Signature:
        name = split_name(place.function)
        return Signature(
            package=name.package or scope.package.name,
            function=name.local,
            parameters=(),
            results=(),
            source=SignatureSource.GO_SOURCE,
            file=scope.file.path,
            generic=name.generic,
        )

    def _signature(self, place: Place, node: Syntax, scope: Scope, text: str) -> Signature:
        parameters, result = node.field("parameters"), node.field("result")
        inputs = self._parameters(parameters, scope, Role.PARAMETER) if parameters else ()
        results: Iterator[Parameter] = iter(())
        if result and result.kind == "parameter_list":
            results = self._parameters(result, scope, Role.RESULT)
        elif result:
            type_ = self.resolver.type(result, scope)
            results = iter((Parameter(None, type_, Role.RESULT),))
        return self._plain(place, scope)._replace(
            parameters=tuple(inputs), results=tuple(results), text=text, line=node.line
        )

    def _parameters(self, node: Syntax, scope: Scope, role: Role) -> Iterator[Parameter]:
        for declaration, group in parameter_groups(node):
            type_node = declaration.field("type")
            assert type_node is not None
            type_ = self.resolver.type(type_node, scope)
            variadic = declaration.kind == "variadic_parameter_declaration"
            if variadic:
                type_ = GoType(Kind.SLICE, f"...{type_.text}", element=type_)
            names: list[str | None] = [n.text for n in group]
            yield from (Parameter(n, type_, role, variadic) for n in names or [None])

    def _examined(self, made: Signature, body: Syntax | None, line: int) -> Signature:
        """With what the body does to its parameters."""
        if body is None:
            return made
        uses = Uses(body)
        return made._replace(
            parameters=tuple(_examined(p, uses, line) for p in made.parameters),
            receiver=_examined(made.receiver, uses, line) if made.receiver else None,
        )

    def _list(self, node: Syntax | None) -> str:
        return spell(node, _as_written)[1:-1] if node else ""


def _examined(parameter: Parameter, uses: Uses, line: int) -> Parameter:
    name = parameter.name
    if name in {None, "_"} or name is None:
        return parameter._replace(escapes=False, used=False)
    return parameter._replace(
        escapes=escapes(uses, name, parameter.type), used=uses.used(name, parameter.type, line)
    )


def _as_written(node: Syntax) -> str:
    return "".join(node.text.split())


def _written(node: Syntax) -> str:
    """Parameters and results as the source spells them, on one line."""

    def part(child: Syntax | None) -> str:
        return spell(child, _as_written) if child else ""

    return signature(node, part)


def _constraints(parameters: Syntax | None) -> list[tuple[str, Syntax | None]]:
    specs = parameters.children if parameters else []
    return [(n.text, spec.field("type")) for spec in specs for n in spec.fields("name")]


def _declared_inside(function: Syntax) -> Iterator[str]:
    """The names of types and constants that a function declares for itself."""
    for spec in function.descendants(_LOCAL):
        yield from (name.text for name in spec.fields("name"))
