"""Rules for indices and slice bounds: the numbers of the message against those of the source."""

from __future__ import annotations

import re

from gotrace.culprit.candidates import Candidate, Case
from gotrace.culprit.messages import Fault
from gotrace.culprit.words import judge_number
from gotrace.patterns import lazy_pattern
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_operations import Operation, constant
from gotrace.source.expressions_shapes import Shape
from gotrace.source.statements_assigned import assigned_in, squeezed
from gotrace.source.syntax import Syntax
from gotrace.types import Kind

_NAMES = frozenset({"identifier", "field_identifier"})
_FROM_THE_END = lazy_pattern(r"len\((.*)\)-(\d+)")


def judge_index(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rules ``index-…`` and ``length-…``."""
    line, fault = case.line, case.fault
    index, base = operation.parts.get("index"), operation.base
    if line is None or index is None or base is None or fault.number is None:
        return
    value = constant(index, line)
    if value is not None:
        if value == fault.number:
            candidate.add("index-is", 0.9, f"its index is {value}")
        else:
            candidate.exclude("index-differs", -6.0, f"its index is always {value}")
    _judge_length(candidate, _behind(line.expressions.shape(base), line), line, fault)
    _judge_end(candidate, squeezed(index.text), squeezed(base.text), fault)
    judge_number(candidate, base, case, "len", fault.length)
    judge_number(candidate, index, case, "number", fault.number)
    if _bounded(operation, line):
        candidate.add("loop-bounded", -3.0, "the loop around it stops at its length")


def _behind(shape: Shape, line: Line) -> Shape:
    return line.expressions.shapes.element(shape) if shape.kind is Kind.POINTER else shape


def _judge_length(candidate: Candidate, shape: Shape, line: Line, fault: Fault) -> None:
    """An array has one length."""
    length = line.expressions.shapes.length(shape) if shape.kind is Kind.ARRAY else None
    if length is None or fault.length is None:
        return
    if length == fault.length:
        candidate.add("length-is", 1.5, f"it is an array of {length}")
    else:
        candidate.exclude("length-differs", -6.0, f"it is an array of {length}")


def _judge_end(candidate: Candidate, index: str, base: str, fault: Fault) -> None:
    """`s[len(s)-1]` fails only with an index below zero."""
    found = _FROM_THE_END.fullmatch(index)
    if found is None or fault.number is None:
        return
    if fault.number < 0 and -int(found[2]) == fault.number:
        candidate.add("index-from-end", 2.0, f"of an empty one, {index} is {fault.number}")
    elif fault.number >= 0 and found[1] == base:
        candidate.exclude("index-from-end", -5.0, f"{index} never lies behind the end")


def _bounded(operation: Operation, line: Line) -> bool:
    """Whether a loop around it counts its index up to its own length."""
    index, base = operation.parts.get("index"), operation.base
    if index is None or base is None:
        return False
    condition = f"{squeezed(index.text)}<len({squeezed(base.text)})"
    for around in operation.node.ancestors():
        if around == line.function:
            return False
        if around.kind != "for_statement":
            continue
        body = around.field("body")
        if body is not None and _sets(body, index, base):
            continue
        for part in around.children:
            if part.kind == "for_clause":
                stop = part.field("condition")
                if stop is not None and squeezed(stop.text) == condition:
                    return True
            left = part.field("left") if part.kind == "range_clause" else None
            right = part.field("right")
            if left is not None and right is not None and left.children:
                same = squeezed(left.children[0].text) == squeezed(index.text)
                if same and squeezed(right.text) == squeezed(base.text):
                    return True
    return False


def _sets(body: Syntax, *parts: Syntax) -> bool:
    """Whether a loop's body gives one of these another value, or the name another meaning."""
    mentioned = {n.text for p in parts for n in (p, *p.descendants(_NAMES))}
    heads = {text for target in assigned_in(body) for text in (target, _head(target))}
    return not heads.isdisjoint(mentioned)


def _head(target: str) -> str:
    """The variable that `v.f` is a part of; what `xs[i]` sets is no length."""
    return "" if target.endswith("]") else target.partition(".")[0]


def judge_slice(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rules ``bound-…``: the form `[:5]`, `[5:3]`, `[::7]`, `[:5:3]`, `[5:3:]` of the message."""
    fault, line = case.fault, case.line
    if line is None or not fault.bounds:
        return
    texts = fault.bounds.split(":")
    if (len(texts) == 3) != ("max" in operation.parts):
        text = "the message is of a slice with another number of bounds"
        candidate.exclude("bound-form", -6.0, text)
        return
    for name, text in zip(_bound_names(texts), texts, strict=True):
        if text:
            _judge_bound(candidate, operation, name, int(text), case)
    if fault.measure:
        _judge_measure(candidate, operation, case)


def _bound_names(texts: list[str]) -> tuple[str, ...]:
    return ("low", "high", "max")[: len(texts)]


def _judge_bound(
    candidate: Candidate, operation: Operation, name: str, wanted: int, case: Case
) -> None:
    """A bound that the message shows must be the source's. Where `[5:3]` leaves the high one out,
    it is the length."""
    assert case.line is not None
    part = operation.parts.get(name)
    first = case.fault.bounds.startswith(":")
    if part is None:
        if not (name == "high" and not first):
            candidate.exclude("bound-missing", -5.0, f"it has no {name} bound")
        return
    value = constant(part, case.line)
    if value == wanted:
        candidate.add("bound-is", 1.5, f"its {name} bound is {value}")
    elif value is not None:
        candidate.exclude("bound-differs", -6.0, f"its {name} bound is always {value}")
    judge_number(candidate, part, case, "number", wanted)


def _judge_measure(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Strings have a length, slices report their capacity (ssagen/ssa.go slice, go1.27.3)."""
    assert case.line is not None
    fault = case.fault
    shape = _behind(case.line.expressions.shape(operation.base), case.line)
    if fault.measure == "capacity" and shape.kind is Kind.STRING:
        candidate.exclude("measure", -6.0, "a string has no capacity")
    elif fault.measure == "length" and shape.kind is Kind.SLICE:
        candidate.add("measure", -2.0, "a slice reports its capacity")
    _judge_length(candidate, shape, case.line, fault)
    part = "cap" if fault.measure == "capacity" else "len"
    judge_number(candidate, operation.base, case, part, fault.length)


def judge_conversion(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rule ``length-…``: the array that a slice was converted to has the message's length."""
    line, target = case.line, operation.parts.get("type")
    if line is None or target is None:
        return
    found = re.search(r"\[([^\]]+)\]", target.text)
    if found and found[1].isdigit() and case.fault.number is not None:
        same = int(found[1]) == case.fault.number
        if same:
            candidate.add("length-is", 1.5, f"it converts to an array of {found[1]}")
        else:
            text = f"it converts to an array of {found[1]}"
            candidate.exclude("length-differs", -6.0, text)
    judge_number(candidate, operation.base, case, "len", case.fault.length)
