"""A failure inside the standard library without its source: what the user's line passed to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.blame import Link, calls_named, receiver_link, span_of
from gotrace.culprit.culprit import Culprit, CulpritCertainty, Evidence
from gotrace.culprit.machine import Machine
from gotrace.culprit.matching import match
from gotrace.culprit.messages import Fault, FaultKind
from gotrace.signature import Role
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_operations import Operation, passed_to
from gotrace.types import Kind
from gotrace.value import Argument, Certainty, ValueKind

_NEAR = 4096
_NILS = {Kind.POINTER, Kind.INTERFACE, Kind.FUNC, Kind.MAP, Kind.UNKNOWN}
_ON_RECEIVER = {FaultKind.WAIT_GROUP, FaultKind.UNLOCK}


def of_call(
    fault: Fault,
    frames: Sequence[AnnotatedFrame],
    user: int,
    line: Line,
    machine: Machine | None = None,
) -> Culprit | None:
    """The culprit on the user's line; None where the line has no call of that function."""
    callee = frames[user - 1]
    name = callee.name.name.rsplit(".", 1)[-1].split("[", maxsplit=1)[0]
    calls = [c for c in calls_named(line, name) if _may_be(c, callee, line)]
    if not calls:
        return None
    if fault.kind is FaultKind.NIL:
        found = _nil(fault, frames, user, line, calls)
        return found and _by_code(found, calls, user, line, machine)
    return _failed(fault, callee, user, line, calls)


def _may_be(call: Operation, callee: AnnotatedFrame, line: Line) -> bool:
    """A call of a method where a method was printed, of a function where none was."""
    function = call.parts["function"]
    if callee.name.receiver is None:
        operand = function.field("operand")
        return operand is None or line.expressions.is_package(operand)
    operand = function.field("operand")
    if operand is None or line.expressions.is_package(operand):
        return False
    shape = line.expressions.shape(operand)
    if shape.kind is Kind.POINTER:
        shape = line.expressions.shapes.element(shape)
    embeds = any(f.embedded for f in line.expressions.shapes.fields(shape))
    receiver = callee.name.receiver.lstrip("*").split("[", maxsplit=1)[0]
    return shape.kind is Kind.INTERFACE or embeds or shape.name in {"", receiver}


def _failed(
    fault: Fault, callee: AnnotatedFrame, user: int, line: Line, calls: list[Operation]
) -> Culprit:
    """Rule ``call``: the message is of what was called; its receiver, or the whole call."""
    call = calls[0]
    base = call.base if fault.kind in _ON_RECEIVER else None
    expression, node = (base.text, base) if base else (call.text, call.node)
    function = callee.frame.function
    return Culprit(
        user,
        expression,
        fault.kind.value,
        f"{function} fails in this call: {fault.message}",
        CulpritCertainty.LIKELY if len(calls) == 1 else CulpritCertainty.POSSIBLE,
        (Evidence("call", f"the line calls {function}, where it failed"),),
        span_of(line, node),
        alternatives=tuple(c.text for c in calls[1:]),
    )


def _nil(
    fault: Fault,
    frames: Sequence[AnnotatedFrame],
    user: int,
    line: Line,
    calls: list[Operation],
) -> Culprit | None:
    callee = frames[user - 1]
    links = [link for call in calls for link in _passed(call, line)]
    nil = _proven(callee, calls, line) if len(calls) == 1 else []
    chosen = nil or links
    if not chosen:
        return None
    near = fault.address is None or fault.address < _NEAR
    # Two words that were nil: either may be what failed.
    proven = len(nil) == 1 and near
    function = callee.frame.function
    evidence = [Evidence("call", f"the line calls {function}, where it failed")]
    if proven:
        evidence.append(Evidence("frame-word", f"{function} was printed with nil for it", 2.0))
    first = chosen[0]
    return Culprit(
        user,
        first.text,
        fault.kind.value,
        f"{first.text} is nil; {frames[0].frame.function} fails on it",
        CulpritCertainty.LIKELY if proven else CulpritCertainty.POSSIBLE,
        tuple(evidence),
        span_of(line, first.node),
        alternatives=tuple(dict.fromkeys(c.text for c in chosen[1:])),
    )


def _by_code(
    found: Culprit, calls: list[Operation], user: int, line: Line, machine: Machine | None
) -> Culprit:
    """Rule ``instruction``: the value that failed, followed to what the user's line passed."""
    names = machine.callers.get(user, ()) if machine else ()
    links = {link.text: link for call in calls for link in _passed(call, line)}
    named = [k for k in links.values() if any(match(n, k.text) >= 0.9 for n in names)]
    if machine is None or len(named) != 1:
        return found
    link = named[0]
    text = f"the instruction that failed uses what is passed here: {machine.text}"
    certain = machine.exact or bool(machine.check)
    return found._replace(
        expression=link.text,
        explanation=found.explanation.replace(found.expression, link.text, 1),
        certainty=CulpritCertainty.CERTAIN if certain else CulpritCertainty.LIKELY,
        evidence=(*found.evidence[:1], Evidence("instruction", text, 6.0)),
        span=span_of(line, link.node),
        alternatives=(),
    )


def _passed(call: Operation, line: Line) -> Iterator[Link]:
    """What of a call can be nil: its receiver, then its arguments."""
    function = call.parts["function"]
    selector = None
    if function.kind == "selector_expression":
        selector = line.expressions.selector(function)
        operand = function.field("operand")
        if operand is not None and not line.expressions.is_package(operand):
            link = receiver_link(call, selector)
            if link is not None:
                yield link
    for node in passed_to(call):
        named = node.kind in {"identifier", "selector_expression", "index_expression"}
        if named and line.expressions.shape(node).kind in _NILS:
            yield Link(node.text, node)


def _proven(callee: AnnotatedFrame, calls: list[Operation], line: Line) -> list[Link]:
    """What was certainly nil when the function printed its words."""
    found = []
    place = 0
    nodes = passed_to(calls[0])
    for argument in callee.arguments:
        if argument.role is Role.RECEIVER:
            link = next(_passed(calls[0], line), None)
            if link is not None and _is_nil(argument):
                found.append(link)
        elif argument.role is Role.PARAMETER:
            if _is_nil(argument) and place < len(nodes):
                found.append(Link(nodes[place].text, nodes[place]))
            place += 1
    return found


def _is_nil(argument: Argument) -> bool:
    value = argument.value
    if value is None or argument.certainty is not Certainty.EXACT:
        return False
    if value.kind is ValueKind.INTERFACE:
        return value.pointer == 0  # a nil interface, or one that holds a nil pointer
    return value.kind is ValueKind.POINTER and value.pointer == 0
