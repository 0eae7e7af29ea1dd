"""What the truth of a condition says of the variables in it."""

from __future__ import annotations

from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple


class Told(NamedTuple):
    """Texts, without spaces: ``not_nil``, ``nil``, and booleans that are ``true``."""

    not_nil: frozenset[str] = frozenset()
    nil: frozenset[str] = frozenset()
    true: frozenset[str] = frozenset()

    def __or__(self, other: Told) -> Told:
        return Told(self.not_nil | other.not_nil, self.nil | other.nil, self.true | other.true)


_NOTHING = Told()


def told_by(condition: Syntax | None, sense: bool) -> Told:
    """What follows from ``condition`` being ``sense``. Errors: none."""
    if condition is None:
        return _NOTHING
    kind = condition.kind
    if kind == "parenthesized_expression":
        return told_by(next(iter(condition.children), None), sense)
    if kind == "identifier":
        return Told(true=frozenset({condition.text})) if sense else _NOTHING
    if kind == "unary_expression":
        operator = condition.field("operator")
        if operator is not None and operator.text == "!":
            return told_by(condition.field("operand"), not sense)
        return _NOTHING
    return _binary(condition, sense) if kind == "binary_expression" else _NOTHING


def _binary(condition: Syntax, sense: bool) -> Told:
    operator = condition.field("operator")
    left, right = condition.field("left"), condition.field("right")
    if operator is None or left is None or right is None:
        return _NOTHING
    text = operator.text
    if text == ("&&" if sense else "||"):
        return told_by(left, sense) | told_by(right, sense)
    if text not in {"==", "!="} or "nil" not in {left.kind, right.kind}:
        return _NOTHING
    other = frozenset({"".join((left if right.kind == "nil" else right).text.split())})
    return Told(nil=other) if (text == "==") == sense else Told(not_nil=other)
