"""Who waits for whom, in JSON."""

from __future__ import annotations

from collections.abc import Iterable

from gotrace.model import Site
from gotrace.rendering.json_frames import place_of, span_of
from gotrace.rendering.json_values import Json, hexadecimal, named, text
from gotrace.report import Report
from gotrace.waiting import Awaited, Cycle, Forever, Holder, Pile, Waiter


def waiting_of(report: Report) -> Json | None:
    """The Waiting object. Goroutines are named by id and by their index in ``goroutines``."""
    waiting = report.waiting
    if waiting is None:
        return None
    places = _Places(report)
    return {
        "asleep": waiting.asleep,
        "objects": [_object(a, places) for a in waiting.awaited],
        "cycles": [_cycle(c, places) for c in waiting.cycles],
        "forever": [_forever(f, places) for f in waiting.forever],
        "crowds": [_crowd(p, places) for p in waiting.piles],
    }


class _Places:
    """Where the goroutines of a report stand in the JSON: what crashed comes first."""

    def __init__(self, report: Report) -> None:
        self.report = report
        goroutines = report.dump.goroutines
        order = sorted(range(len(goroutines)), key=lambda i: not goroutines[i].crashed)
        self._index = {number: index for index, number in enumerate(order)}

    def of(self, number: int) -> Json:
        """The two numbers of a goroutine."""
        id_ = self.report.goroutines[number].goroutine.id
        return {"goroutine": id_, "index": self._index[number]}

    def all(self, numbers: Iterable[int]) -> list[Json]:
        """The same for several."""
        return [self.of(n) for n in numbers]

    def span(self, number: int, frame: int | None) -> Json | None:
        """Where a frame stands in the log."""
        frames = self.report.goroutines[number].frames
        if frame is None or frame >= len(frames):
            return None
        span: Json = span_of(self.report.dump, frames[frame].frame.span)
        return span


def _object(awaited: Awaited, places: _Places) -> Json:
    first = awaited.waiters[0]
    return {
        "kind": awaited.kind.value,
        "address": hexadecimal(awaited.address),
        "proven": awaited.proven,
        "owner": hexadecimal(awaited.owner),
        "minutes": _minutes(awaited.minutes),
        "waiters": [_waiter(w, places) for w in awaited.waiters],
        "holders": [_holder(h, places) for h in awaited.holders],
        "span": places.span(first.goroutine, first.frame),
    }


def _waiter(waiter: Waiter, places: _Places) -> Json:
    return {
        **places.of(waiter.goroutine),
        "frame": waiter.frame,
        "how": waiter.how.value,
        "proven": waiter.proven,
        "behind_writer": waiter.behind_writer,
    }


def _holder(holder: Holder, places: _Places) -> Json:
    return {
        **places.of(holder.goroutine),
        "frame": holder.frame,
        "proven": holder.proven,
        "reason": holder.reason,
        "span": places.span(holder.goroutine, holder.frame),
    }


def _cycle(cycle: Cycle, places: _Places) -> Json:
    return {
        "proven": cycle.proven,
        "steps": [{**places.of(s.goroutine), "object": s.awaited} for s in cycle.steps],
    }


def _forever(forever: Forever, places: _Places) -> Json:
    return {
        **named("state", forever.state),
        "leaked": forever.leaked,
        **_place(forever.function, forever.site),
        "goroutines": places.all(forever.goroutines),
    }


def _crowd(pile: Pile, places: _Places) -> Json:
    return {
        **named("state", pile.state),
        **_place(pile.function, pile.site),
        "created_by": _place(pile.creator.function, pile.creator.site),
        "minutes": _minutes(pile.minutes),
        "reason": text(pile.reason) or None,
        "goroutines": places.all(pile.goroutines),
    }


def _place(function: str, site: Site | None) -> Json:
    return {**named("function", function), **place_of(site)}


def _minutes(minutes: tuple[int, int] | None) -> Json | None:
    return None if minutes is None else {"min": minutes[0], "max": minutes[1]}
