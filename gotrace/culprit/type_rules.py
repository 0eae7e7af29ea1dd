"""Rules for type assertions: the types of the message against those of the source."""

from __future__ import annotations

import re

from gotrace.culprit.candidates import Candidate, Case
from gotrace.culprit.messages import with_article
from gotrace.culprit.words import passed, printed
from gotrace.patterns import lazy_pattern
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_operations import Operation
from gotrace.source.statements_assigned import squeezed
from gotrace.types import Kind

_PATH = lazy_pattern(r"[\w.\-~%]+/")
_QUALIFIER = lazy_pattern(r"(?<![\w.])\w+\.(?=[A-Za-z_])")
_SPELLINGS = (("interface{}", "any"), ("uint8", "byte"), ("int32", "rune"))
_CONCRETE = {Kind.POINTER, Kind.STRUCT, Kind.STRING, Kind.INT, Kind.BOOL, Kind.SLICE, Kind.MAP}


def judge_assertion(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rules ``asserted-type``, ``missing-method``, ``static-type``, ``frame-word``."""
    fault, line = case.fault, case.line
    type_ = operation.parts.get("type")
    if line is None or type_ is None:
        return
    if fault.want:
        _judge_type(candidate, type_.text, fault.want, line)
    if fault.method:
        _judge_method(candidate, operation, case)
    _judge_static(candidate, operation, case)
    if fault.have == "nil":
        _judge_nil(candidate, operation, case)


def _judge_type(candidate: Candidate, written: str, wanted: str, line: Line) -> None:
    source, message = _plain(written, line), _plain(wanted, line)
    if source == message:
        candidate.add("asserted-type", 3.0, f"it asserts {written}, as the message says")
    elif _QUALIFIER.sub("", source) == _QUALIFIER.sub("", message):
        candidate.add("asserted-type", 1.5, f"it asserts {written}, by another package name")
    else:
        candidate.exclude("asserted-type", -6.0, f"it asserts {written}, not {wanted}")


def _plain(type_: str, line: Line) -> str:
    """One spelling: no paths, no name of the file's own package."""
    text = squeezed(_PATH.sub("", type_.replace("interface {", "interface{")))
    for long, short in _SPELLINGS:
        text = re.sub(rf"(?<!\w){re.escape(long)}(?!\w)", short, text)
    own = line.file.package
    return re.sub(rf"(?<![\w.]){re.escape(own)}\.", "", text)


def _judge_method(candidate: Candidate, operation: Operation, case: Case) -> None:
    assert case.line is not None
    shapes = case.line.expressions.shapes
    shape = shapes.of(operation.parts["type"], case.line.scope)
    if shape.kind is Kind.INTERFACE:
        methods = shapes.interface_methods(shape)
        if methods is not None and case.fault.method not in methods:
            text = f"what it asserts has no method {case.fault.method}"
            candidate.exclude("missing-method", -6.0, text)
        elif methods:
            candidate.add("missing-method", 1.5, f"it asserts a type with {case.fault.method}")
    elif shape.kind in _CONCRETE:
        candidate.exclude("missing-method", -5.0, "it asserts a type that is no interface")


def _judge_static(candidate: Candidate, operation: Operation, case: Case) -> None:
    assert case.line is not None
    static, shape = case.fault.interface, case.line.expressions.shape(operation.base)
    named = shape.name if shape.name not in {"", "any"} else ""
    if static.startswith("interface {") and named:
        candidate.add("static-type", -2.0, f"its operand is {with_article(named)}")
    elif static.startswith("interface {}") and shape.kind is Kind.INTERFACE:
        candidate.add("static-type", 0.5, "its operand is an interface without a name")
    elif named and static.rsplit(".", 1)[-1] == named:
        candidate.add("static-type", 1.0, f"its operand is {with_article(static)}")


def _judge_nil(candidate: Candidate, operation: Operation, case: Case) -> None:
    assert case.line is not None
    word = printed(passed(case.frame, operation.base, case.line), "pointer")
    if word is None:
        return
    if word.number == 0:
        weight = 2.0 if word.sure else 0.5
        candidate.add("frame-word", weight, f"the type word printed for {candidate.text} is 0x0")
    elif word.sure:
        candidate.exclude(
            "frame-word", -4.0, f"the type word printed for {candidate.text} is not nil"
        )
    else:
        candidate.add("frame-word", -0.3, "the type word printed for it is not zero, with ?")
