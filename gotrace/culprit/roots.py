"""The root cause: what the source shows of why the value was as it was."""

from __future__ import annotations

import os
from collections.abc import Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.blame import Find
from gotrace.culprit.candidates import Candidate, Case
from gotrace.culprit.culprit import Blame
from gotrace.culprit.messages import FaultKind
from gotrace.culprit.origins import judge_origin
from gotrace.source.expressions_line import Line
from gotrace.source.statements import before
from gotrace.source.syntax import Syntax

_NIL_KINDS = frozenset(
    {
        FaultKind.NIL,
        FaultKind.NIL_MAP,
        FaultKind.CLOSE_NIL,
        FaultKind.SEND_NIL,
        FaultKind.RECEIVE_NIL,
        FaultKind.NIL_GO,
    }
)


def root_cause(
    top: Candidate,
    links: Sequence[Blame],
    case: Case,
    frames: Sequence[AnnotatedFrame],
    find: Find,
) -> str | None:
    """One sentence; None where the source does not show it."""
    if case.fault.kind not in _NIL_KINDS:
        return None
    if not links:
        return top.root_cause or _of_node(top.text, top.node, case.line)
    last = links[-1]
    if not last.sure:
        return top.root_cause
    site = frames[last.frame].frame.site
    where = f"{os.path.basename(site.file)}:{site.line}" if site else "its caller"
    passed = f"{top.text} is {last.expression} at {where}"
    line = find(frames[last.frame])
    node = _at(line, last)
    more = _of_node(last.expression, node, line)
    return f"{passed}; {more}" if more else passed


def _at(line: Line | None, link: Blame) -> Syntax | None:
    """The node that a link stands for."""
    if line is None or link.span is None:
        return None
    return next((n for n in line.nodes if n.text == link.expression), None)


def _of_node(text: str, node: Syntax | None, line: Line | None) -> str | None:
    if line is None or node is None:
        return None
    if node.kind == "nil":
        return "nil was passed"
    candidate = Candidate(text, node)
    judge_origin(candidate, node, line, before(node, line.function, line.expressions))
    return candidate.root_cause
