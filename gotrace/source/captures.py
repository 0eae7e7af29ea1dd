"""What a function literal that is called where it stands is passed by go1.16 and earlier.

The variables that it captures become parameters in front of its own, in the order in which the
compiler first reads their names: by value if nothing takes their address, nothing assigns them but
straight-line code before the first literal that captures them, and they have at most 128 bytes;
else by address, under the name ``&v``.

Source: cmd/compile/internal/gc/closure.go typecheckclosure, capturevars, transformclosure;
noder.go assignments and ranges, right side first; typecheck.go checkassign (go1.15.15). Where the
text leaves open how a variable is passed, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.layout.sizes import Sizes, has_unknown
from gotrace.signature import Parameter, Role
from gotrace.source.addresses import may_take_address
from gotrace.source.inference import Inference
from gotrace.source.literals import called_in_place
from gotrace.source.locals import Local, declaration_of
from gotrace.source.syntax import Syntax
from gotrace.source.uses import is_assigned, is_declared
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind

_LARGEST = 128  # bytes of a variable that is captured by value
_NAMES = frozenset({"identifier"})
_LABELS = frozenset({"labeled_statement"})
_LITERALS = frozenset({"func_literal"})
_PARTS = frozenset({"selector_expression", "index_expression"})
_ASSIGNED = frozenset({"expression_list", "inc_statement", "dec_statement", "range_clause"})
_POINTING = frozenset({Kind.POINTER, Kind.SLICE, Kind.MAP})
_MOST = 4000  # names in a function that are looked at
# Declared anew, or assigned, in ways that the text does not show.
_UNCLEAR = frozenset({"receive_statement", "type_switch_statement"})


class _Passing(NamedTuple):
    """``by_value`` is None where the text leaves it open."""

    by_value: bool | None
    type: GoType


def captured(literal: Syntax, outermost: Syntax, types: Inference) -> tuple[Parameter, ...] | None:
    """The captured variables that ``literal``, in the declaration ``outermost``, is passed.

    Shape:  in the order in which they are passed; None where the text does not tell. A literal that
            is not called in place is passed none.
    """
    if not called_in_place(literal):
        return ()
    names = list(outermost.descendants(_NAMES))
    variables = _variables(literal) if len(names) <= _MOST else None
    if variables is None:
        return None
    found = []
    for local, name in variables:
        passing = _passing(local, name, names, types)
        if passing.by_value is None:
            return None
        if passing.by_value:
            found.append(Parameter(name, passing.type, Role.CAPTURED))
        else:
            address = GoType(Kind.POINTER, f"*{passing.type.text}", element=passing.type)
            found.append(Parameter(f"&{name}", address, Role.CAPTURED))
    return tuple(found)


def _variables(literal: Syntax) -> list[tuple[Local, str]] | None:
    """The variables of outer functions that the literal names, in order; None if one may be the
    name of a field."""
    found: dict[Local, str] = {}
    for mention in _in_order(literal):
        if mention.text == "_" or is_declared(mention):
            continue
        local = declaration_of(mention)
        if local is None or not local.is_variable or _inside(local.node, literal):
            continue
        if _is_key(mention):
            return None
        found.setdefault(local, mention.text)
    return list(found.items())


def _in_order(node: Syntax) -> Iterator[Syntax]:
    """The names in ``node`` as the compiler reads them."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node.kind == "identifier":
            yield node
            continue
        parts = node.children
        operator = node.field("operator")
        if node.kind == "range_clause" or (
            node.kind == "assignment_statement" and (operator is None or operator.text == "=")
        ):
            parts.reverse()
        waiting += reversed(parts)


def _is_key(mention: Syntax) -> bool:
    """``T{x: 1}``: x is a field, or else a variable."""
    element = mention.parent
    around = element.parent if element and element.kind == "literal_element" else None
    return around is not None and around.kind == "keyed_element" and around.field("key") == element


def _passing(local: Local, name: str, names: list[Syntax], types: Inference) -> _Passing:
    type_ = types.of(local)
    mentions = [m for m in names if m.text == name and declaration_of(m) == local]
    by_value: bool | None = _by_size(type_)
    if local.node.kind in _UNCLEAR or any(may_take_address(m, type_) for m in mentions):
        by_value = None
    if any(_address_is_taken(m, type_) for m in mentions):
        by_value = False
    if by_value is not False:
        changed = _changed(local, mentions, type_)
        by_value = None if changed is None else by_value and not changed
    if _is_result(local) or local.node.kind == "range_clause":
        by_value = False
    return _Passing(by_value, type_)


def _by_size(type_: GoType) -> bool | None:
    """A type that is not known at all is taken for a small one: nobody captures large ones."""
    if has_unknown(type_):
        return True if type_.kind is Kind.UNKNOWN else None
    sizes = {Sizes(word).measure(type_).size <= _LARGEST for word in (4, 8)}
    return sizes.pop() if len(sizes) == 1 else None


def _is_result(local: Local) -> bool:
    list_ = local.node.parent
    return list_ is not None and local.function.field("result") == list_


def _address_is_taken(mention: Syntax, type_: GoType) -> bool:
    parent = mention.parent
    if parent is None:
        return False
    operator = parent.field("operator") if parent.kind == "unary_expression" else None
    sliced = parent.kind == "slice_expression" and parent.field("operand") == mention
    return (operator is not None and operator.text == "&") or (sliced and type_.kind is Kind.ARRAY)


# ---------------------------------------------------------------------- assignments


def _changed(local: Local, mentions: list[Syntax], type_: GoType) -> bool | None:
    """Whether something assigns the variable that is not straight-line code before the first
    literal that captures it; None where that cannot be told."""
    assigned = [m for m in mentions if _assigns(m, local, type_)]
    if not assigned:
        return False
    if any(True for _ in local.function.descendants(_LABELS)):
        return None
    first = _first_capture(local, mentions)
    if first is None:
        return None
    statement = _statement(first, local)
    if statement is None:
        return True  # the literal is in a loop, its variable outside
    if any(statement.start <= m.start < first.start for m in assigned):
        return None
    return any(m.start >= first.start for m in assigned)


def _assigns(mention: Syntax, local: Local, type_: GoType) -> bool:
    """``x = …``, ``x.f = …`` where x is no pointer, and `x, y := …` where x is not new."""
    if _inside(mention, local.node) and local.node.kind != "for_clause":
        return False  # its declaration
    if is_declared(mention):
        statement = next(
            (a for a in mention.ancestors() if a.kind == "short_var_declaration"), None
        )
        block = statement.parent if statement else None
        body = block.parent.parent if block and block.parent else None
        same = block == local.node.parent
        return same or (body == local.function and not _inside(local.node, _body(local)))
    node, parent = mention, mention.parent
    while parent and (parent.field("operand") == node or parent.kind.startswith("parenthesized")):
        if parent.kind not in {*_PARTS, "parenthesized_expression"} or type_.kind in _POINTING:
            return False
        node, parent = parent, parent.parent
    listed = parent is not None and parent.kind in _ASSIGNED
    return listed and is_assigned(mention)


def _body(local: Local) -> Syntax:
    return local.function.field("body") or local.function


def _first_capture(local: Local, mentions: list[Syntax]) -> Syntax | None:
    """The first literal, directly in the variable's function, that names it."""
    for literal in local.function.descendants(_LITERALS, outermost=True):
        if any(_inside(m, literal) for m in mentions):
            return literal
    return None


def _statement(literal: Syntax, local: Local) -> Syntax | None:
    """The statement that the literal is in; None if a loop lies between it and the variable."""
    node, found = literal, None
    for around in literal.ancestors():
        if around.kind in {"statement_list", "block"}:
            found = found or node
        if _inside(local.node, around):
            return None if around.kind == "for_statement" else found or node
        if around.kind == "for_statement":
            return None
        node = around
    return None


def _inside(node: Syntax, around: Syntax) -> bool:
    return around.start <= node.start and node.end <= around.end
