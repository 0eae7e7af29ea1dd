"""Answers about many goroutines: groups with the same stack, and what changed between two dumps."""

from __future__ import annotations

from collections.abc import Hashable

from gotrace.errors import GotraceError
from gotrace.grouping import Bucket, Level, buckets, group, stack
from gotrace.mcp.frames import place_of
from gotrace.mcp.known import Log
from gotrace.mcp.shapes import ChangeRow, Changes, GroupRow, Groups
from gotrace.model import Dump, Goroutine, Site
from gotrace.names import is_standard
from gotrace.rendering.groups import KINDS, Change, changes, own_first
from gotrace.tuples import NamedTuple

IDS = 6  # goroutines named in a group
OWN = 6  # frames of the user's in a group


class Only(NamedTuple):
    """Which goroutines count."""

    state: str = ""
    function: str = ""
    minutes: int = 0


def groups_answer(log: Log, number: int, by: str, only: Only, page: tuple[int, int]) -> Groups:
    """The groups of a dump, those with the user's own code first."""
    dump = log.dump(number)
    found = own_first(b for b in buckets(_counted(dump, only), Level(by)) if _holds(b, only))
    first, last = page[0], min(len(found), page[0] + page[1])
    return {
        "notice": "",
        "cut": False,
        "log": log.name,
        "goroutines": sum(b.count for b in found),
        "total": len(found),
        "next": last if last < len(found) else None,
        "groups": [_row(b) for b in found[first:last]],
    }


def changes_answer(old: Log, new: Log, by: str, only: Only, page: tuple[int, int]) -> Changes:
    """How the last dump of one log differs from the last one of another."""
    found = [_by_key(log, by, only) for log in (old, new)]
    kinds = changes(*found)
    listed = [change for kind in KINDS for change in kinds[kind]]
    first, last = page[0], min(len(listed), page[0] + page[1])
    return {
        "notice": "",
        "cut": False,
        "log": f"{old.name} → {new.name}",
        "before": sum(b.count for b in found[0].values()),
        "after": sum(b.count for b in found[1].values()),
        "unchanged_groups": len(kinds["same"]),
        "total": len(listed),
        "next": last if last < len(listed) else None,
        "changes": [_change(c) for c in listed[first:last]],
    }


def _by_key(log: Log, by: str, only: Only) -> dict[Hashable, Bucket]:
    dump = next((d for d in reversed(log.dumps) if d.goroutines), None)
    if dump is None:
        raise GotraceError(f"{log.name}: no goroutines found")
    found = group(_counted(dump, only), Level(by))
    return {key: bucket for key, bucket in found.items() if _holds(bucket, only)}


def _counted(dump: Dump, only: Only) -> list[Goroutine]:
    return [
        g
        for g in dump.goroutines
        if only.state in (g.state or "") and (g.wait_minutes or 0) >= only.minutes
    ]


def _holds(bucket: Bucket, only: Only) -> bool:
    return not only.function or any(only.function in f for f, _ in _places(bucket))


def _places(bucket: Bucket) -> list[tuple[str, Site | None]]:
    goroutine = bucket.goroutines[0]
    creator = goroutine.created_by
    made = [] if creator is None else [(creator.function, creator.site)]
    return [*stack(goroutine.frames), *made]


def _row(bucket: Bucket) -> GroupRow:
    goroutine = bucket.goroutines[0]
    frames = [*stack(goroutine.frames)]
    own = [_text(*f) for f in frames if not is_standard(f[0])]
    creator = goroutine.created_by
    return {
        "count": bucket.count,
        "state": goroutine.state,
        "minutes": list(bucket.waits or ()),
        "goroutines": [g.id for g in bucket.goroutines[:IDS]],
        "own": own[:OWN],
        "own_total": len(own),
        "innermost": _text(*frames[0]) if frames else None,
        "created_by": creator and _text(creator.function, creator.site),
    }


def _change(change: Change) -> ChangeRow:
    before, after = change.counts
    return {
        "change": change.kind,
        "before": before,
        "after": after,
        "group": _row(change.bucket),
    }


def _text(function: str, site: Site | None) -> str:
    return f"{function} {place_of(site)}".rstrip()
