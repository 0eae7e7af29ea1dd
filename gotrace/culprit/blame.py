"""The way outwards: a value that came in as a parameter is an expression of the caller's line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.culprit import Blame, SourceSpan
from gotrace.culprit.machine import Machine
from gotrace.culprit.matching import match
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_operations import Operation, operations, passed_to
from gotrace.source.expressions_selectors import Selector
from gotrace.source.locals import declaration_of
from gotrace.source.parameters import parameter_groups
from gotrace.source.statements_origin import OriginKind, origin
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple

_FURTHEST = 12
Find = Callable[[AnnotatedFrame], Line | None]


class Link(NamedTuple):
    """An expression of a line that carries the value; ``node`` None where it is not spelt."""

    text: str
    node: Syntax | None


def blame(
    frames: Sequence[AnnotatedFrame],
    start: int,
    node: Syntax | None,
    find: Find,
    machine: Machine | None,
) -> list[Blame]:
    """Follow the value of ``node``, in frame ``start``, into the callers.

    Shape:  one Blame for each frame it came from, the nearest first.
    Errors: none; it ends where the source does, or at what is no parameter.
    """
    found: list[Blame] = []
    line = find(frames[start])
    sure = True
    for index in range(start + 1, min(len(frames), start + _FURTHEST)):
        if line is None or node is None:
            break
        place = parameter_place(node, line)
        caller = find(frames[index])
        if place is None or caller is None:
            break
        links = list(_links(caller, line, place))
        links = _chosen(links, machine.callers.get(index, ()) if machine else ())
        if not links:
            break
        sure = sure and len(links) == 1
        found.append(Blame(index, links[0].text, sure, span_of(caller, links[0].node)))
        node, line = links[0].node, caller
    return found


def span_of(line: Line, node: Syntax | None) -> SourceSpan | None:
    """Where an expression stands on its line."""
    if node is None or not line.covers(node):
        return None
    column, end = line.columns(node)
    return SourceSpan(line.file.path, line.line, column, end, line.text)


def argument_of(caller: Line, callee: Line, place: int) -> Syntax | None:
    """What the one call of ``callee`` on the caller's line passes; None where there are several."""
    links = list(_links(caller, callee, place))
    return links[0].node if len(links) == 1 else None


def parameter_place(node: Syntax, line: Line) -> int | None:
    """The place of the parameter that ``node`` is, -1 for the receiver; None for anything else."""
    while node.kind == "parenthesized_expression" and node.children:
        node = node.children[0]
    if node.kind != "identifier" or line.function.kind == "func_literal":
        return None
    found = origin(node, line.expressions)
    if found is None or found.kind not in {OriginKind.PARAMETER, OriginKind.RECEIVER}:
        return None
    local = declaration_of(node)
    if local is None or local.function != line.function:
        return None
    return -1 if found.kind is OriginKind.RECEIVER else place_of(line.function, node.text)


def place_of(function: Syntax, name: str) -> int | None:
    """The place of a parameter among all of its function; None for a variadic one, which is no
    argument but holds some."""
    place = 0
    list_ = function.field("parameters")
    for declaration, names in parameter_groups(list_) if list_ else ():
        for node in names:
            if node.text == name:
                variadic = declaration.kind == "variadic_parameter_declaration"
                return None if variadic else place
            place += 1
        place += not names
    return None


def _links(caller: Line, callee: Line, place: int) -> Iterator[Link]:
    """What the calls of ``callee`` on the caller's line pass at ``place``."""
    declared = callee.declared
    if declared is None:
        return
    seen = set()
    for call in calls_named(caller, declared.name):
        selector = selector_of(call, caller)
        if not _is_of(selector, declared.receiver):
            continue
        link = receiver_link(call, selector) if place < 0 else _argument(call, place)
        if link is not None and link.text not in seen:
            seen.add(link.text)
            yield link


def calls_named(line: Line, name: str) -> Iterator[Operation]:
    """The calls on the line whose function has this last name."""
    for call in operations(line, "call"):
        function = call.parts["function"]
        last = function.field("field") or function
        if last.text.split("[", maxsplit=1)[0] == name:
            yield call


def selector_of(call: Operation, line: Line) -> Selector | None:
    """What `x.f` in a call of it means; None where a plain name is called."""
    function = call.parts["function"]
    return line.expressions.selector(function) if function.kind == "selector_expression" else None


def _is_of(selector: Selector | None, receiver: str | None) -> bool:
    """Whether a call can be of a method of ``receiver``; yes where the types do not tell."""
    if selector is None or selector.method is None:
        return True
    return selector.method.declared.receiver == receiver


def receiver_link(call: Operation, selector: Selector | None) -> Link | None:
    """What a method is called on: for a field of it, the field."""
    if call.base is None:
        return None
    if selector is not None and selector.steps:
        return Link(selector.receiver, None)
    return Link(call.base.text, call.base)


def _argument(call: Operation, place: int) -> Link | None:
    found = passed_to(call)
    return Link(found[place].text, found[place]) if place < len(found) else None


def _chosen(links: list[Link], names: Sequence[str]) -> list[Link]:
    """Of several, those that the program's code names, if that is one."""
    if len(links) < 2 or not names:
        return links
    named = [link for link in links if any(match(n, link.text) >= 0.9 for n in names)]
    return named if len(named) == 1 else links
