"""Without source and program: the message's own facts, and the words of the frame that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.culprit import Culprit, CulpritCertainty, Evidence
from gotrace.culprit.messages import Fault, FaultKind, explain
from gotrace.signature import Role
from gotrace.stack import Group, Word
from gotrace.value import Certainty, ValueKind

_NEAR = 4096  # no program maps the first page: a lower address is nil and an offset


def of_trace(fault: Fault, frames: Sequence[AnnotatedFrame], start: int, user: int) -> Culprit:
    """What the text alone says. Never more than ``possible``."""
    explanation = explain(fault)
    if fault.kind is FaultKind.EXPLICIT:
        explanation = fault.message or explanation
    evidence = [Evidence("message", fault.message)]
    names = tuple(_nil_words(fault, frames[start]))
    if len(names) == 1:
        evidence.append(Evidence("frame-word", f"the word printed for {names[0]} is 0x0", 2.0))
    elif names:
        evidence.append(Evidence("frame-word", f"{' and '.join(names)} were all printed as 0x0"))
    expression = names[0] if len(names) == 1 else ""
    if expression:
        explanation = f"{expression} of {frames[start].frame.function} is nil"
    return Culprit(
        start if expression else user,
        expression,
        fault.kind.value,
        explanation,
        CulpritCertainty.POSSIBLE,
        tuple(evidence),
        alternatives=names if len(names) > 1 else (),
    )


def _nil_words(fault: Fault, frame: AnnotatedFrame) -> Iterator[str]:
    """Rule ``frame-word``: the pointers that were certainly nil in the frame that failed."""
    near = fault.address is None or fault.address < _NEAR
    if fault.kind is not FaultKind.NIL or not near:
        return
    for argument in frame.arguments:
        value = argument.value
        if argument.role is Role.RESULT or value is None or not argument.name:
            continue
        words = {ValueKind.POINTER: value.pointer, ValueKind.INTERFACE: value.type_word}
        if argument.certainty is Certainty.EXACT and words.get(value.kind) == 0:
            yield argument.name
    if not frame.arguments and frame.name.receiver and frame.name.receiver.startswith("*"):
        first = next(iter(frame.frame.call.items), None)
        if isinstance(first, Group) or not isinstance(first, Word):
            return
        if first.value == 0 and not first.stale:
            yield "the receiver"
