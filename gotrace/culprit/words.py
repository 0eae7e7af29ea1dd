"""What the words printed for a frame say of a variable.

A word without `?` is hard evidence both ways, one with it almost none: of those that a binary could
check, a fifth was right (docs: culprit).
"""

from __future__ import annotations

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.candidates import Candidate, Case
from gotrace.signature import Role
from gotrace.source.expressions_line import Line
from gotrace.source.statements_assigned import assigned_in
from gotrace.source.statements_origin import OriginKind, origin
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple
from gotrace.value import Argument, Certainty, Value, ValueKind

_PASSED = {Role.RECEIVER, Role.PARAMETER}
_ORIGINS = {OriginKind.PARAMETER, OriginKind.RECEIVER}


class Printed(NamedTuple):
    """A number printed for a variable; ``sure``: without `?`, and of a known layout."""

    number: int
    sure: bool


def passed(frame: AnnotatedFrame, node: Syntax | None, line: Line) -> Argument | None:
    """The argument that an identifier is, unless something assigns it."""
    if node is None or node.kind != "identifier" or line.function.kind == "func_literal":
        return None
    found = origin(node, line.expressions)
    if found is None or found.kind not in _ORIGINS or node.text in assigned_in(line.function):
        return None
    for argument in frame.arguments:
        if argument.name == node.text and argument.role in _PASSED:
            return argument
    return None


def printed(argument: Argument | None, part: str) -> Printed | None:
    """``part`` of what was printed: pointer, len, cap, number, type."""
    value = argument.value if argument else None
    if value is None:
        return None
    number: object = {
        "pointer": value.type_word if value.kind is ValueKind.INTERFACE else value.pointer,
        "len": value.len,
        "cap": value.cap,
        "number": value.number,
    }[part]
    certainty = _certainty(value, "type_word" if value.type_word is not None else part)
    if not isinstance(number, int) or certainty not in {
        Certainty.EXACT,
        Certainty.LIKELY,
        Certainty.STALE,
    }:
        return None
    return Printed(int(number), certainty is Certainty.EXACT)


def _certainty(value: Value, part: str) -> Certainty:
    return dict(value.certainties).get(part, value.certainty)


def judge_passed_pointer(candidate: Candidate, node: Syntax | None, case: Case) -> None:
    """Rules ``passed-nil`` and ``passed-value``: what the caller's line puts there."""
    given = case.given(node)
    if given is None or given.nil is None:
        return
    if given.nil and given.firm:
        candidate.add("passed-nil", 3.0, f"{candidate.text} is nil: see {given.where}")
    elif given.nil:
        text = f"{candidate.text} was nil at {given.where}, but calls ran since"
        candidate.suspect("passed-nil", 1.5, text)
    elif given.firm:
        text = f"{candidate.text} is not nil: see {given.where}"
        candidate.exclude("passed-value", -4.0, text)
    else:
        candidate.suspect(
            "passed-value",
            -2.0,
            f"{candidate.text} was not nil at {given.where}, but calls ran since",
        )


def judge_passed_number(
    candidate: Candidate, node: Syntax | None, case: Case, part: str, wanted: int | None
) -> None:
    """Rule ``passed-number``: a number or a length that the caller's line shows."""
    given = case.given(node)
    found = None
    if given is not None:
        found = given.number if part == "number" else given.length if part == "len" else None
    if given is None or found is None or wanted is None or node is None:
        return
    text = f"the {part} of {node.text} is {found}: see {given.where}"
    if not given.firm:
        candidate.suspect("passed-number", 1.0 if found == wanted else -2.0, text)
    elif found == wanted:
        candidate.add("passed-number", 2.5, text)
    else:
        candidate.exclude("passed-number", -4.0, text)


def judge_pointer(candidate: Candidate, node: Syntax | None, case: Case) -> None:
    """Rule ``frame-word``: what was printed for the variable is nil, or is not."""
    assert case.line is not None
    word = printed(passed(case.frame, node, case.line), "pointer")
    if word is None:
        return
    if word.number == 0:
        candidate.add(
            "frame-word", 2.0 if word.sure else 0.5, f"the word printed for {candidate.text} is 0x0"
        )
    elif word.sure:
        candidate.exclude(
            "frame-word", -4.0, f"the word printed for {candidate.text} is a pointer, not nil"
        )
    else:
        candidate.add(
            "frame-word",
            -0.3,
            f"the word printed for {candidate.text} is not zero, but is not certain",
        )


def judge_number(
    candidate: Candidate, node: Syntax | None, case: Case, part: str, wanted: int | None
) -> None:
    """Rule ``frame-number``: what was printed for the variable is the message's number, or not."""
    assert case.line is not None
    judge_passed_number(candidate, node, case, part, wanted)
    word = printed(passed(case.frame, node, case.line), part)
    if word is None or wanted is None or node is None:
        return
    if word.number == wanted:
        weight = (2.0 if part == "number" else 2.5) if word.sure else 0.4
        candidate.add("frame-number", weight, f"the {part} printed for {node.text} is {wanted}")
    elif word.sure:
        text = f"the {part} printed for {node.text} is {word.number}, not {wanted}"
        candidate.exclude("frame-number", -4.0, text)
    else:
        candidate.add("frame-number", -0.4, f"another {part} is printed for {node.text}, with ?")


def judge_negative(candidate: Candidate, node: Syntax | None, case: Case) -> None:
    """Rule ``frame-negative``: what was printed for a size or a shift count is negative."""
    assert case.line is not None
    word = printed(passed(case.frame, node, case.line), "number")
    if word is None or node is None:
        return
    if word.number < 0:
        weight = 2.0 if word.sure else 1.0
        candidate.add("frame-negative", weight, f"{node.text} was printed as {word.number}")
    elif word.sure:
        candidate.add("frame-negative", -3.0, f"{node.text} was printed as {word.number}")
    else:
        candidate.add("frame-negative", -0.5, f"{node.text} was printed as not negative, with ?")
