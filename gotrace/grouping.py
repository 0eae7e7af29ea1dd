"""Goroutines with the same stack, in buckets."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from gotrace.model import Goroutine


class Bucket(NamedTuple):
    """Goroutines with equal stacks, in the dump's order; ``indices`` are their places in it."""

    goroutines: tuple[Goroutine, ...]
    indices: tuple[int, ...]

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many goroutines it stands for; a profile counts several in one."""
        return sum(g.copies or 1 for g in self.goroutines)

    @property
    def waits(self) -> tuple[int, int] | None:
        """The shortest and longest wait in minutes, None where nobody has waited."""
        waits = [g.wait_minutes for g in self.goroutines if g.wait_minutes is not None]
        return (min(waits), max(waits)) if waits else None


def group_exactly(goroutines: Iterable[Goroutine]) -> tuple[Bucket, ...]:
    """Buckets of goroutines whose state, functions, words and places are equal.

    Shape:  buckets in the order of their first goroutine.
    Ignored: ids, wait times, labels, who created them (but not where).
    """
    found: dict[Hashable, list[tuple[int, Goroutine]]] = {}
    for index, goroutine in enumerate(goroutines):
        found.setdefault(_key(goroutine), []).append((index, goroutine))
    return tuple(
        Bucket(tuple(g for _, g in members), tuple(i for i, _ in members))
        for members in found.values()
    )


def _key(goroutine: Goroutine) -> Hashable:
    creator = goroutine.created_by
    return (
        goroutine.state,
        goroutine.locked_to_thread,
        goroutine.flags,
        goroutine.stack_unavailable,
        tuple((f.call, f.site) for f in goroutine.frames),
        None if goroutine.elided is None else goroutine.elided.missing,
        None if creator is None else (creator.function, creator.site),
        goroutine.access,
    )
