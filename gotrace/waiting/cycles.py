"""Goroutines that wait for each other in a ring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.annotated import AnnotatedGoroutine
from gotrace.tuples import NamedTuple
from gotrace.waiting.found import Awaited, Cycle, Holder, Step, Waiter
from gotrace.waiting.objects import pending_writer


class _Edge(NamedTuple):
    awaited: int
    holder: Holder
    proven: bool


def cycles(
    found: Sequence[Awaited], goroutines: Sequence[AnnotatedGoroutine], *, asleep: bool
) -> Iterator[Cycle]:
    """Rings whose every step is proven; or hinted, and all of whose members do not go on: the
    runtime says so, or each has waited for a minute. In a healthy program two may well seem to wait
    for each other, for a moment."""
    edges = {w.goroutine: edge for i, a in enumerate(found) for w, edge in _edges(i, a)}
    done: set[int] = set()
    for start in edges:
        path: dict[int, None] = {}
        number = start
        while number in edges and number not in path and number not in done:
            path[number] = None
            number = edges[number].holder.goroutine
        if number in path:
            ring = [*path][[*path].index(number) :]
            if _stands(ring, edges, goroutines, asleep=asleep):
                steps = tuple(Step(n, edges[n].awaited) for n in ring)
                yield Cycle(steps, all(edges[n].proven for n in ring))
        done |= path.keys()


def _edges(index: int, awaited: Awaited) -> Iterator[tuple[Waiter, _Edge]]:
    """From each waiter to the one holder that is proven, or the only one that is hinted."""
    writer = pending_writer(awaited)
    for waiter in awaited.waiters:
        others = [h for h in awaited.holders if _holds_up(h, waiter, writer, awaited)]
        proven = [h for h in others if h.proven]
        if len(proven) == 1 or len(others) == 1:
            holder = (proven or others)[0]
            yield waiter, _Edge(index, holder, holder.proven and waiter.proven)


def _holds_up(holder: Holder, waiter: Waiter, writer: Waiter | None, awaited: Awaited) -> bool:
    """A pending writer waits for the readers, the others for it."""
    if writer is None:
        return True
    if waiter.goroutine == writer.goroutine:
        return holder.goroutine != writer.goroutine or len(awaited.waiters) == 1
    return holder.goroutine == writer.goroutine


def _stands(
    ring: Sequence[int],
    edges: dict[int, _Edge],
    goroutines: Sequence[AnnotatedGoroutine],
    *,
    asleep: bool,
) -> bool:
    return (
        asleep
        or all(edges[n].proven for n in ring)
        or all((goroutines[n].goroutine.wait_minutes or 0) >= 1 for n in ring)
    )
