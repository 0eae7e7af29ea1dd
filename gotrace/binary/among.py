"""Which of several programs a dump needs: one build may pass for another in some of its frames."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from gotrace.binary.image import Image


def spared(images: Sequence[Image], lands: Sequence[AbstractSet[int]]) -> dict[int, int]:
    """Programs that explain nothing which one that explains more does not: that one.

    Shape:  indices into ``images``; ``lands`` are the frames that each explains. Of two that
            explain the same the first is kept, both where they are one build.
    Errors: none.
    """
    found: dict[int, int] = {}
    kept: list[int] = []
    for i in sorted(range(len(images)), key=lambda i: -len(lands[i])):
        other = next((k for k in kept if lands[i] <= lands[k]), None)
        if other is None or not lands[i] or _is_one_build(images[i], images[other]):
            kept.append(i)
        else:
            found[i] = other
    return found


def _is_one_build(one: Image, other: Image) -> bool:
    ids = zip(one.telling_ids, other.telling_ids, strict=True)
    known = [pair for pair in ids if all(pair)]
    return one.path == other.path or (bool(known) and all(a == b for a, b in known))
