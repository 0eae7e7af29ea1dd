"""Which variable of a function a name in its body means.

Source: the Go specification, "Declarations and scope".
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.source.parameters import parameter_groups
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple

_FUNCTIONS = frozenset({"func_literal", "function_declaration", "method_declaration"})
_HEADED = frozenset(
    {
        "if_statement",
        "for_statement",
        "for_clause",
        "expression_switch_statement",
        "type_switch_statement",
        "communication_case",
    }
)


class Local(NamedTuple):
    """A name that a function declares. ``node`` is the declaration (a parameter, a spec, a
    statement); ``place`` the name's place in it; ``function`` the function whose scope it is of.
    """

    node: Syntax
    place: int
    function: Syntax

    @property
    def is_variable(self) -> bool:
        """Whether it is a variable at all."""
        return self.node.kind not in {"const_spec", "type_spec", "type_alias"}


def declaration_of(mention: Syntax) -> Local | None:
    """What the identifier ``mention`` means; None for what no function around it declares."""
    name = mention.text
    found: Local | None = None
    child = mention
    for scope in mention.ancestors():
        if scope.kind in _FUNCTIONS:
            # The outermost block of a body is the parameters' own: `p, err := …` assigns p.
            parameter = _parameter(scope, name)
            if parameter is not None or found is not None:
                return parameter or (found and found._replace(function=scope))
        elif found is None:
            found = _in_scope(scope, child, name)
            if found is not None and not _is_body(scope):
                return found._replace(function=_function(scope))
        child = scope
    return None


def _is_body(scope: Syntax) -> bool:
    """Whether ``scope`` is the list of statements of a function itself."""
    block = scope.parent if scope.kind == "statement_list" else scope
    around = block.parent if block else None
    return (
        block is not None and block.kind == "block" and bool(around and around.kind in _FUNCTIONS)
    )


def _function(node: Syntax) -> Syntax:
    return next(a for a in node.ancestors() if a.kind in _FUNCTIONS)


def _parameter(function: Syntax, name: str) -> Local | None:
    for part in ("receiver", "parameters", "result"):
        list_ = function.field(part)
        if list_ and list_.kind == "parameter_list":
            for declaration, names in parameter_groups(list_):
                for index, node in enumerate(names):
                    if node.text == name:
                        return Local(declaration, index, function)
    return None


def _in_scope(scope: Syntax, child: Syntax, name: str) -> Local | None:
    """The declaration of ``name`` in one scope, in front of its part ``child``."""
    if scope.kind not in _HEADED and scope.kind not in {"statement_list", "block"}:
        return None
    for statement in (s for s in scope.children if s.end <= child.start):
        for node, index, declared in _declared(statement):
            if declared == name:
                return Local(node, index, scope)
    alias = scope.field("alias") if scope.kind == "type_switch_statement" else None
    if alias is not None and alias.end <= child.start and alias.text == name:
        return Local(scope, 0, scope)
    return None


def _declared(statement: Syntax) -> Iterator[tuple[Syntax, int, str]]:
    """The names that a statement declares for what follows it."""
    if statement.kind in {"short_var_declaration", "range_clause", "receive_statement"}:
        left = statement.field("left")
        defines = statement.kind == "short_var_declaration" or any(
            t.kind == ":=" for t in statement.tokens
        )
        for index, node in enumerate(left.children if left and defines else ()):
            yield statement, index, node.text
    elif statement.kind == "for_clause":
        initializer = statement.field("initializer")
        if initializer:
            yield from _declared(initializer)
    elif statement.kind in {"var_declaration", "const_declaration", "type_declaration"}:
        for spec in statement.children:
            specs = spec.children if spec.kind == "var_spec_list" else [spec]
            for one in specs:
                for index, node in enumerate(one.fields("name")):
                    yield one, index, node.text
