"""Who waits for whom, in JSON."""

from __future__ import annotations

from gotrace.rendering.json_frames import place_of
from gotrace.rendering.json_values import Json, hexadecimal, text
from gotrace.report import Report
from gotrace.waiting import Group


def waiting_of(report: Report) -> Json | None:
    """The Waiting object; goroutines by their ids."""
    found = report.waiting
    if found is None:
        return None
    ids = [g.goroutine.id for g in report.goroutines]
    return {
        "asleep": found.asleep,
        "groups": [_group(group, ids) for group in found.groups],
        "cycles": [
            {
                "goroutines": [ids[g] for g in cycle.goroutines],
                "locks": [hexadecimal(lock) for lock in cycle.locks],
            }
            for cycle in found.cycles
        ],
        "forever": [{"goroutine": ids[b.goroutine], "thing": b.thing.value} for b in found.forever],
        "leaks": [
            {
                "created_by": text(leak.creator),
                **place_of(leak.site),
                "state": text(leak.state),
                "goroutines": [ids[g] for g in leak.goroutines],
            }
            for leak in found.leaks
        ],
    }


def _group(group: Group, ids: list[int | None]) -> Json:
    return {
        "thing": group.thing.value,
        "address": hexadecimal(group.address),
        "proven": group.proven,
        "goroutines": [ids[b.goroutine] for b in group.blocked],
        "may_be_held_by": [
            {"goroutine": ids[h.goroutine], "frame": h.frame, "object": hexadecimal(h.object)}
            for h in group.holders
        ],
    }
