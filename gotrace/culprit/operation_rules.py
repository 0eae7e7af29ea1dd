"""Candidates of every kind of failure but nil dereferences, and the rules that are for all."""

from __future__ import annotations

from collections.abc import Callable

from gotrace.culprit.bounds_rules import judge_conversion, judge_index, judge_slice
from gotrace.culprit.candidates import Candidate, Case
from gotrace.culprit.matching import match
from gotrace.culprit.messages import FaultKind, with_article
from gotrace.culprit.type_rules import judge_assertion
from gotrace.culprit.words import judge_negative, judge_number, judge_passed_pointer
from gotrace.source.expressions_operations import Operation, operations
from gotrace.source.syntax import Syntax
from gotrace.types import Kind

_OPERATIONS = {
    FaultKind.NIL_MAP: "map write",
    FaultKind.INDEX: "index",
    FaultKind.SLICE: "slice",
    FaultKind.CONVERT: "convert",
    FaultKind.DIVIDE: "divide",
    FaultKind.SHIFT: "shift",
    FaultKind.ASSERTION: "assertion",
    FaultKind.CLOSE_NIL: "close",
    FaultKind.CLOSE_CLOSED: "close",
    FaultKind.SEND_CLOSED: "send",
    FaultKind.SEND_NIL: "send",
    FaultKind.RECEIVE_NIL: "receive",
    FaultKind.MAKE_SLICE: "make",
    FaultKind.MAKE_CHAN: "make",
    FaultKind.UNHASHABLE: "lookup",
    FaultKind.UNCOMPARABLE: "compare",
    FaultKind.CONCURRENT_MAP: "map use",
    FaultKind.NIL_GO: "go",
    FaultKind.EXPLICIT: "panic",
}
_BASIC = {Kind.STRING, Kind.BOOL, Kind.INT, Kind.FLOAT64}


def operation_candidates(case: Case) -> list[Candidate]:
    """The operations of the line that fail in this way, judged."""
    assert case.line is not None
    kind = _OPERATIONS.get(case.fault.kind)
    if kind is None:
        return []
    found = []
    for operation in operations(case.line, kind):
        candidate = Candidate(operation.text, _shown(operation))
        judge = _JUDGES.get(case.fault.kind)
        if judge is not None:
            judge(candidate, operation, case)
        _judge_checked(candidate, operation, case)
        found.append(candidate)
    return found


def _shown(operation: Operation) -> Syntax:
    """The node that is underlined: the operand where the text is its."""
    base = operation.base
    return base if base is not None and base.text == operation.text else operation.node


def _judge_divisor(candidate: Candidate, operation: Operation, case: Case) -> None:
    judge_number(candidate, operation.base, case, "number", 0)


def _judge_count(candidate: Candidate, operation: Operation, case: Case) -> None:
    judge_negative(candidate, operation.base, case)


def _judge_make(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rule ``made``: a channel or a slice, as the message says."""
    type_ = operation.parts.get("type")
    is_channel = type_ is not None and type_.kind == "channel_type"
    if is_channel != (case.fault.kind is FaultKind.MAKE_CHAN):
        candidate.exclude("made", -6.0, "it makes another kind of value")
    for name in ("length", "capacity"):
        judge_negative(candidate, operation.parts.get(name), case)


def _judge_key(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rule ``key-type``: a key that is no interface has the type that the source says."""
    assert case.line is not None
    shape = case.line.expressions.shape(operation.parts.get("index"))
    if shape.kind in _BASIC:
        candidate.exclude("key-type", -5.0, f"its key is {with_article(shape.kind.value)}")


def _judge_map(candidate: Candidate, operation: Operation, case: Case) -> None:
    judge_passed_pointer(candidate, operation.base, case)


def _judge_compared(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rule ``compared-type``: both sides hold the type of the message; other types are unequal."""
    start = case.fault.have
    wanted = next((kind for head, kind in _UNCOMPARABLE if start.startswith(head)), None)
    for side in ("left", "right"):
        given = case.given(operation.parts.get(side))
        shape = given.shape if given else None
        if wanted is None or shape is None or shape.kind in {Kind.UNKNOWN, Kind.INTERFACE}:
            continue
        if shape.kind is not wanted and not shape.name.endswith(start.rsplit(".", 1)[-1]):
            text = f"{operation.parts[side].text} is passed as {with_article(shape.kind.value)}"
            candidate.exclude("compared-type", -4.0, text)


_UNCOMPARABLE = (("[]", Kind.SLICE), ("map[", Kind.MAP), ("func", Kind.FUNC))
_JUDGES: dict[FaultKind, Callable[[Candidate, Operation, Case], None]] = {
    FaultKind.INDEX: judge_index,
    FaultKind.SLICE: judge_slice,
    FaultKind.CONVERT: judge_conversion,
    FaultKind.DIVIDE: _judge_divisor,
    FaultKind.SHIFT: _judge_count,
    FaultKind.ASSERTION: judge_assertion,
    FaultKind.MAKE_SLICE: _judge_make,
    FaultKind.MAKE_CHAN: _judge_make,
    FaultKind.UNHASHABLE: _judge_key,
    FaultKind.UNCOMPARABLE: _judge_compared,
    FaultKind.NIL_MAP: _judge_map,
    FaultKind.CLOSE_NIL: _judge_map,
    FaultKind.SEND_NIL: _judge_map,
    FaultKind.RECEIVE_NIL: _judge_map,
    FaultKind.NIL_GO: _judge_map,
}


# ---------------------------------------------------------------------- the program's code


def _judge_checked(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rules ``check`` and ``check-index``: what the failing check reads."""
    machine = case.machine
    if machine is None:
        return
    kind = case.fault.kind
    if machine.raw is not None:
        _judge_computed(candidate, operation, case)
    if machine.names:
        quality = max(_quality(n.text, operation, kind) * n.quality for n in machine.names)
        candidate.quality = quality if machine.whole else 0.0
        text = f"the machine code that failed is that of {candidate.text}"
        if quality and machine.whole:
            candidate.add("check", 5.0 * quality, text)
        elif quality:
            candidate.suspect("check", quality, text)
        elif machine.whole:
            candidate.add("check", -1.5, "the machine code that failed reads another value")
    if machine.indices and kind in _INDEXED:
        parts = list(operation.parts.values())
        best = max((match(i, p.text) for i in machine.indices for p in parts), default=0.0)
        candidate.index_quality = best
        if best:
            candidate.add("check-index", 2.0 * best, "the comparison that failed has this index")
        else:
            candidate.add("check-index", -0.7, "the comparison that failed has another index")


_LENGTHS = {FaultKind.INDEX: (1,), FaultKind.SLICE: (1, 2), FaultKind.CONVERT: (1,)}


def _judge_computed(candidate: Candidate, operation: Operation, case: Case) -> None:
    """Rule ``computed``, of the length or value that the failing check read."""
    from gotrace.culprit.structure import Structure  # noqa: PLC0415 - only where it is needed

    assert case.line is not None
    assert case.machine is not None
    assert case.machine.raw is not None
    structure, values = Structure(case.line, case.machine.raw), case.machine.raw.values
    words = _LENGTHS.get(case.fault.kind, (0,))
    found = [structure.match(v, operation.base, w) for v in values for w in words]
    quality = max(found, default=0.5)
    if quality >= 0.8:
        candidate.quality = quality
        candidate.add(
            "computed", 5.0 * quality, f"the machine code that failed computes {candidate.text}"
        )
    elif not quality:
        candidate.add("computed", -2.0, "the machine code that failed reads another value")


_INDEXED = {
    FaultKind.INDEX,
    FaultKind.SLICE,
    FaultKind.UNHASHABLE,
    FaultKind.UNCOMPARABLE,
}


def _quality(rendered: str, operation: Operation, kind: FaultKind) -> float:
    parts = operation.parts
    if kind in {FaultKind.MAKE_SLICE, FaultKind.MAKE_CHAN}:
        sizes = [parts[n] for n in ("length", "capacity") if n in parts]
        return max((match(rendered, size.text) for size in sizes), default=0.0)
    if kind is FaultKind.UNCOMPARABLE:
        return match(rendered, parts["left"].text)
    return match(rendered, operation.base.text if operation.base else operation.text)
