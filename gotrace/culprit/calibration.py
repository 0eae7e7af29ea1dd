"""How sure an answer is.

No rule may make an answer certain that it did not earn: what is excluded, or was checked before, is
never above ``possible``, and a program without source never above ``likely`` (docs: culprit).
"""

from __future__ import annotations

from gotrace.culprit.candidates import Candidate, Case, Fit, lead
from gotrace.culprit.culprit import CulpritCertainty
from gotrace.flow.naming import ONE_OF_SEVERAL

_CERTAIN, _LIKELY, _POSSIBLE = CulpritCertainty
_OTHER_INDEX = 0.6  # the quality of an element that is known to be another one
_TIE = 0.5  # scores nearer than this are a tie


def of_nil(candidates: list[Candidate], case: Case) -> CulpritCertainty:
    """For ranked expressions that may have been nil."""
    top, gap = candidates[0], lead(candidates)
    if not top.alive or _is_unseen(candidates, case):
        return _POSSIBLE
    alive = [c for c in candidates if c.alive]
    exact = case.machine is not None and case.machine.exact
    if exact and top.quality >= 0.9 and top.fit > Fit.MISS and gap >= 3:
        checked = case.machine is not None and case.machine.check
        proven = top.fit is Fit.FITS or checked or len(alive) == 1
        return _CERTAIN if proven else _LIKELY
    address = case.address
    alone = len(candidates) == 1 or (address is not None and address > 0 and len(alive) == 1)
    if top.fit is Fit.FITS and alone:
        named = case.machine is not None and bool(case.machine.names)
        return _CERTAIN if top.quality or not named else _POSSIBLE
    if 0 < top.quality <= ONE_OF_SEVERAL and gap < 6.0 * top.quality + 1.5:
        return _POSSIBLE  # the instruction used one of several values: facts beside it must tell
    # At address 0 an explicit check of another pointer cannot be excluded without the instruction.
    if address == 0 and not exact:
        unsettled = any(c.fit is Fit.ZERO and c.alive for c in candidates[1:])
        if unsettled:
            return _LIKELY if gap >= 3.5 else _POSSIBLE
    return _LIKELY if gap >= 1.5 else _POSSIBLE


def _is_unseen(candidates: list[Candidate], case: Case) -> bool:
    """Whether the code says what failed, and that is none of the line's expressions."""
    machine = case.machine
    sure = machine is not None and any(n.quality > ONE_OF_SEVERAL for n in machine.names)
    if sure and not any(c.quality > _OTHER_INDEX for c in candidates):
        return True
    return any(e.rule == "computed" and e.weight < 0 for e in candidates[0].evidence)


def of_operation(candidates: list[Candidate], case: Case) -> CulpritCertainty:
    """For ranked operations that may have failed."""
    top, gap = candidates[0], lead(candidates)
    if not top.alive:
        return _POSSIBLE
    machine = case.machine
    if machine is not None and machine.checks > len(candidates):
        return _POSSIBLE  # what else is checked there does not stand on this line
    if machine is not None and machine.indices and not top.index_quality and len(candidates) == 1:
        return _POSSIBLE
    named = machine is not None and bool(machine.names)
    if sum(c.alive for c in candidates) == 1:
        return _CERTAIN if not named or top.quality else _POSSIBLE
    if gap >= 3:
        return _CERTAIN if named and top.quality >= 0.9 else _LIKELY
    return _LIKELY if gap >= 1 else _POSSIBLE


def tied(candidates: list[Candidate]) -> tuple[str, ...]:
    """The expressions that fit about as well as the first one."""
    first = candidates[0]
    return tuple(
        c.text for c in candidates[1:] if c.alive >= first.alive and first.score - c.score < _TIE
    )
