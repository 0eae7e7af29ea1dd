"""Rule ``computed``: the value that failed was computed as an expression is, or was not."""

from __future__ import annotations

from gotrace.culprit.candidates import Candidate, Case
from gotrace.source.statements_assigned import squeezed

_SAME = 0.8


def judge_structure(candidates: list[Candidate], case: Case) -> None:
    """Hold the value that failed against each expression; for programs without DWARF."""
    machine, line = case.machine, case.line
    if machine is None or machine.raw is None or line is None:
        return
    from gotrace.culprit.structure import UNDECIDED, Structure  # noqa: PLC0415 - seldom needed

    structure = Structure(line, machine.raw)
    found: list[tuple[Candidate, float]] = []
    for candidate in candidates:
        node, quality = candidate.node, UNDECIDED
        if node is not None and squeezed(node.text) == squeezed(candidate.text):
            quality = max((structure.match(v, node) for v in machine.raw.values), default=UNDECIDED)
        found.append((candidate, quality))
    for candidate, quality in found:
        others = [q for c, q in found if c is not candidate and c.alive]
        if quality >= _SAME and all(q == 0 for q in others):
            candidate.quality = quality
            candidate.add(
                "computed",
                5.0 * quality,
                f"the value that failed is computed like {candidate.text}",
            )
        elif quality >= _SAME:  # others may be computed in the same way
            text = f"the value that failed may be computed like {candidate.text}"
            candidate.suspect("computed", 2.0 * quality, text)
        elif quality == 0:
            candidate.add("computed", -4.0, "the value that failed is computed in another way")
