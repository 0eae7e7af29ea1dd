"""Which ports the fields' offsets are held against, and what answers for several have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gotrace.culprit.culprit import Culprit, CulpritCertainty
from gotrace.infer import Runtime
from gotrace.programs import Programs

if TYPE_CHECKING:
    from gotrace.source.widths import Widths

_ORDER = {certainty: rank for rank, certainty in enumerate(CulpritCertainty)}


def possible_widths(runtime: Runtime | None, programs: Programs) -> tuple[Widths, ...]:
    """Those that nothing excludes, the most usual first."""
    from gotrace.source.widths import Widths  # noqa: PLC0415 - only with source

    arch = next((found.program.image.arch for found in programs.landed), None)
    size = arch.word_size if arch is not None else None
    if size is None and runtime is not None and runtime.port.word_size_proven:
        size = runtime.port.word_size
    wide = (Widths(8, 24),)
    if size == 8 or runtime is None:
        return wide
    packed = runtime.facts.has("packed_itab")
    narrow = tuple(
        Widths(4, methods) for methods, fact in ((12, True), (16, False)) if packed in {fact, None}
    )
    return narrow if size == 4 else wide + narrow


def agreed(answers: Sequence[Culprit]) -> Culprit:
    """What answers for several ports have in common: as sure as the least of them; a tie where
    they differ. A port on which nothing lies at the fault address is excluded by that."""
    fitting = [a for a in answers if not any(e.rule == "offset-misses" for e in a.evidence)]
    if not fitting:
        return answers[0]
    culprit = fitting[0]
    for other in fitting[1:]:
        if (other.frame, other.expression) == (culprit.frame, culprit.expression):
            worst = max(culprit.certainty, other.certainty, key=_ORDER.__getitem__)
            culprit = culprit._replace(certainty=worst)
        else:
            also = dict.fromkeys((*culprit.alternatives, other.expression))
            also.pop("", None)
            culprit = culprit._replace(
                certainty=CulpritCertainty.POSSIBLE, alternatives=tuple(also)
            )
    return culprit
