"""Rules for nil dereferences: offsets, checks before, origins, words, and the instruction."""

from __future__ import annotations

from gotrace.culprit.candidates import Candidate, Case, Fit
from gotrace.culprit.matching import match
from gotrace.culprit.origins import judge_origin
from gotrace.culprit.structure_rules import judge_structure
from gotrace.culprit.words import judge_passed_pointer, judge_pointer
from gotrace.flow.naming import ONE_OF_SEVERAL
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_nil import NilUse, nil_uses
from gotrace.source.statements import before
from gotrace.source.statements_assigned import squeezed
from gotrace.source.statements_origin import OriginKind, origin


def nil_candidates(case: Case) -> list[Candidate]:
    """The expressions of the line that fail when they are nil, judged."""
    assert case.line is not None
    uses: dict[str, list[NilUse]] = {}
    for use in nil_uses(case.line):
        uses.setdefault(squeezed(use.text), []).append(use)
    found = []
    for same in uses.values():
        value = next((u.value for u in same if u.value is not None), None)
        candidate = Candidate(same[0].text, value or same[0].node)
        _judge_offset(candidate, same, case)
        _judge_source(candidate, same, case.line)
        judge_passed_pointer(candidate, value, case)
        judge_pointer(candidate, value, case)
        found.append(candidate)
    _judge_instruction(found, case)
    return found


# ---------------------------------------------------------------------- offsets


def _judge_offset(candidate: Candidate, same: list[NilUse], case: Case) -> None:
    """Rules ``offset-…``: the fault address is what is added to nil."""
    address = case.address
    candidate.fit = max((_fit(use, address) for use in same), default=Fit.UNKNOWN)
    check = case.machine.check if case.machine else None
    if address is None:
        pass
    elif candidate.fit is Fit.FITS:
        weight = 3.0 if address > 0 else 1.5
        candidate.add(
            "offset-fits",
            weight,
            f"what is read behind {candidate.text} lies at {address:#x}, where it failed",
        )
    elif candidate.fit is Fit.MISS:
        candidate.exclude(
            "offset-misses", -6.0, f"nothing behind {candidate.text} lies at {address:#x}"
        )
    elif candidate.fit is Fit.ZERO:
        _judge_zero(candidate, check)
    if all(use.how == "inlined" for use in same):
        candidate.exclude(
            "not-here",
            -5.0,
            f"a call with a pointer receiver reads nothing behind {candidate.text}",
        )
    elif all(use.how == "address" for use in same):
        candidate.add("address-only", -1.0, "only the address of a field is taken")


def _judge_zero(candidate: Candidate, check: bool | None) -> None:
    if check:
        candidate.add("nil-check", 0.5, "the instruction is a nil check: its address says nothing")
    elif check is None:
        text = "the fault address is 0, which only a nil check of its own explains"
        candidate.add("offset-zero", -1.5, text)
    else:
        candidate.exclude("offset-misses", -6.0, f"nothing behind {candidate.text} lies at 0x0")


def _fit(use: NilUse, address: int | None) -> Fit:
    offset, size = use.offset, use.size
    if use.how in {"star", "array"}:
        offset = 0
        size = 1 << 62 if size is None else size
    if address is None or offset is None:
        return Fit.UNKNOWN
    if offset == address or offset <= address < offset + (size or 0):
        return Fit.FITS
    # The address of a field may be used further inside it, by what was inlined.
    if use.how == "copy" or (use.how == "address" and address > offset):
        return Fit.SOFT
    return Fit.ZERO if address == 0 else Fit.MISS


# ---------------------------------------------------------------------- source


def _judge_source(candidate: Candidate, same: list[NilUse], line: Line) -> None:
    """Rules ``checked-before`` and those of its origin; the use that was checked least counts."""
    key = squeezed(candidate.text)
    known = [before(use.node, line.function, line.expressions) for use in same]
    guards = [k.not_nil.get(key) for k in known]
    if all(guards) and guards[0] is not None:
        guard = guards[0]
        if guard.firm:
            candidate.guarded = True
            candidate.add("checked-before", -4.0, f"{candidate.text} was not nil: {guard.reason}")
        else:
            text = f"{candidate.text} was not nil ({guard.reason}), but may have been set since"
            candidate.suspect("checked-before", -2.5, text)
    value = next((u.value for u in same if u.value is not None), None)
    judge_origin(candidate, value, line, known[0])


# ---------------------------------------------------------------------- the instruction


_COPIES = {OriginKind.FIELD, OriginKind.ELEMENT, OriginKind.SWITCHED, OriginKind.LOOKUP}


def _aliases(candidate: Candidate, case: Case) -> list[str]:
    """What a variable was copied from: in the code it may still have that name only."""
    node, line = candidate.node, case.line
    if node is None or line is None or node.kind != "identifier":
        return []
    found = origin(node, line.expressions)
    return [found.text] if found is not None and found.kind in _COPIES else []


def _judge_instruction(candidates: list[Candidate], case: Case) -> None:
    """Rule ``instruction``: what the faulting instruction went through, by name."""
    machine = case.machine
    if machine is not None and machine.raw is not None:
        judge_structure(candidates, case)
    if machine is None or not machine.names:
        return
    best = 0.0
    for candidate in candidates:
        texts = [candidate.text, *_aliases(candidate, case)]
        quality = max(match(n.text, t) * n.quality for n in machine.names for t in texts)
        if quality:
            candidate.quality = quality
            weight = (6.0 if machine.exact else 4.0) * quality
            candidate.add(
                "instruction",
                weight,
                f"the instruction that failed uses {candidate.text}: {machine.text}",
            )
        best = max(best, quality)
    if best > ONE_OF_SEVERAL:
        for candidate in candidates:
            if not candidate.quality:
                candidate.add("instruction", -2.0, "the instruction that failed uses another value")
