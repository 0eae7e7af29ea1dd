"""With source: the candidates of a line to an answer."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.blame import Find, blame, span_of
from gotrace.culprit.calibration import of_nil, of_operation, tied
from gotrace.culprit.candidates import Candidate, Case
from gotrace.culprit.culprit import Blame, Culprit, CulpritCertainty
from gotrace.culprit.frames import user_frame
from gotrace.culprit.messages import Fault, FaultKind, explain
from gotrace.culprit.nil_rules import nil_candidates
from gotrace.culprit.operation_rules import operation_candidates
from gotrace.culprit.roots import root_cause


def candidates_of(case: Case) -> list[Candidate]:
    """What on the line can fail in this way; empty where nothing can."""
    if case.fault.kind is FaultKind.NIL:
        return nil_candidates(case)
    return operation_candidates(case)


def answer(
    candidates: list[Candidate],
    case: Case,
    frames: Sequence[AnnotatedFrame],
    start: int,
    find: Find,
) -> Culprit:
    """The culprit that ranked ``candidates`` make, as an expression of the user's own code."""
    top = candidates[0]
    nil = case.fault.kind is FaultKind.NIL
    certainty = of_nil(candidates, case) if nil else of_operation(candidates, case)
    assert case.line is not None
    links = blame(frames, start, top.node, find, case.machine)
    culprit = Culprit(
        start,
        top.text,
        case.fault.kind.value,
        sentence(top.text, case.fault),
        certainty,
        tuple(top.evidence),
        span_of(case.line, top.node),
        tuple(links),
        root_cause(top, links, case, frames, find),
        tied(candidates) if certainty is CulpritCertainty.POSSIBLE else (),
    )
    user = user_frame(frames, start)
    return culprit if user == start else _outside(culprit, links, user, case)


def _outside(culprit: Culprit, links: list[Blame], user: int, case: Case) -> Culprit:
    """The failure is in the standard library: the first expression outside of it."""
    link = next((b for b in links if b.frame == user), None)
    if link is None:
        return culprit._replace(certainty=CulpritCertainty.POSSIBLE)
    inside = f"{case.frame.frame.function} fails on it"
    return culprit._replace(
        frame=user,
        expression=link.expression,
        explanation=f"{sentence(link.expression, case.fault)}; {inside}",
        certainty=culprit.certainty if link.sure else CulpritCertainty.POSSIBLE,
        span=link.span,
        blame=(Blame(culprit.frame, culprit.expression, True, culprit.span), *links),
        alternatives=(),
    )


_SENTENCES = {
    FaultKind.NIL: "is nil",
    FaultKind.NIL_MAP: "is a nil map, and is written to",
    FaultKind.DIVIDE: "is 0",
    FaultKind.SHIFT: "is negative",
    FaultKind.SEND_NIL: "is a nil channel",
    FaultKind.RECEIVE_NIL: "is a nil channel",
    FaultKind.CLOSE_NIL: "is a nil channel",
    FaultKind.NIL_GO: "is a nil func",
}


def sentence(expression: str, fault: Fault) -> str:
    """What happened, in one line."""
    said = _SENTENCES.get(fault.kind)
    if said is not None:
        return f"{expression} {said}"
    if fault.kind is FaultKind.EXPLICIT:
        return f"{expression}: {fault.message}"
    return f"{expression}: {explain(fault)}"
