"""Rules on where a nil value came from: what was not checked on its way.

The sentence of the rule that speaks loudest is the culprit's root cause.
"""

from __future__ import annotations

from gotrace.culprit.candidates import Candidate
from gotrace.source.expressions_line import Line
from gotrace.source.statements import Before
from gotrace.source.statements_origin import Origin, OriginKind, origin
from gotrace.source.syntax import Syntax

Verdict = tuple[str, float, str | None]


def judge_origin(candidate: Candidate, node: Syntax | None, line: Line, known: Before) -> None:
    """Weigh how likely the value is nil by where it came from."""
    if node is None or node.kind != "identifier":
        _by_form(candidate)
        return
    found = origin(node, line.expressions)
    if found is None:
        return
    rule, weight, sentence = _verdict(node.text, found, known)
    candidate.suspect(rule, weight, sentence or f"{node.text} was checked where it was set")
    candidate.root_cause = sentence


def _by_form(candidate: Candidate) -> None:
    """An expression that is no variable: nothing can have checked it by name."""
    text = candidate.text
    if text.endswith("]"):
        candidate.suspect("direct-use", 0.8, "an element is used as it is found")
    elif text.endswith(")"):
        candidate.suspect("direct-use", 0.6, "a result is used as it is returned")
    elif "." in text:
        candidate.suspect("direct-use", 0.5, "a field is used as it is")


def _verdict(name: str, found: Origin, known: Before) -> Verdict:
    match found.kind:
        case OriginKind.ASSERTION if found.flag:
            return _assertion(name, found, known)
        case OriginKind.LOOKUP:
            return _lookup(name, found, known)
        case OriginKind.CALL:
            return _call(name, found, known)
        case OriginKind.RECEIVED:
            text = f"{name} was received at line {found.line}: a closed channel gives nil"
            return "received", 1.0, text
    return _plain(name, found)


def _assertion(name: str, found: Origin, known: Before) -> Verdict:
    place = f"{name} comes from the type assertion at line {found.line}"
    if found.flag == "_":
        return "flag-discarded", 3.0, f"{place}; its second result is thrown away"
    if found.flag not in known.true:
        return "flag-unchecked", 3.0, f"{place}; {found.flag} is not checked before this use"
    return "flag-checked", -2.0, None


def _lookup(name: str, found: Origin, known: Before) -> Verdict:
    if found.flag and found.flag in known.true:
        return "flag-checked", -1.0, None
    tail = "a key that is missing gives nil, and that is not checked"
    text = f"{name} comes from the map lookup {found.text} at line {found.line}; {tail}"
    return "map-lookup", 2.5, text


def _call(name: str, found: Origin, known: Before) -> Verdict:
    flag, call = found.flag, f"{found.text} at line {found.line}"
    if flag == "_" and found.place == 0:
        return "error-discarded", 2.5, f"{name} is a result of {call}, whose error is thrown away"
    if flag in known.nil or flag in known.true:
        text = f"{name} is a result of {call}, which said that nothing was wrong"
        return "error-checked", 0.2, text
    if flag and (flag.lower().endswith(("err", "ok")) or flag.lower().startswith(("err", "ok"))):
        return (
            "error-unchecked",
            2.0,
            f"{name} is a result of {call}; {flag} is not checked before this use",
        )
    return "nil-result", 0.7, f"{name} is the result of {call}"


def _plain(name: str, found: Origin) -> Verdict:
    line = found.line
    sentences = {
        OriginKind.ZERO: ("never-set", 1.5, f"{name} is declared without a value at line {line}"),
        OriginKind.NIL: ("set-to-nil", 2.0, f"{name} is set to nil at line {line}"),
        OriginKind.PARAMETER: ("parameter", 0.5, f"{name} is a parameter: the caller passed nil"),
        OriginKind.RECEIVER: (
            "receiver",
            0.2,
            f"{name} is the receiver: the method was called on nil",
        ),
        OriginKind.RESULT: ("named-result", 1.0, f"{name} is a result that was not set yet"),
        OriginKind.FIELD: ("copied", 0.6, f"{name} is {found.text}, read at line {line}"),
        OriginKind.ELEMENT: ("copied", 0.6, f"{name} is {found.text}, read at line {line}"),
        OriginKind.RANGED: ("ranged", 0.3, f"{name} is an element of {found.text}"),
        OriginKind.GLOBAL: ("global", 0.8, f"{name} is the package variable of line {line}"),
        OriginKind.SWITCHED: ("switched", 0.5, f"{name} is {found.text} in a type switch"),
    }
    return sentences.get(found.kind, ("origin", 0.0, None))
