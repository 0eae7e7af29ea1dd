"""Groups of equal goroutines with finished texts: a line of the list, and what unfolds from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gotrace.grouping import Bucket
from gotrace.model import CreatedBy, Site
from gotrace.rendering.frames import Look
from gotrace.rendering.html_rows import Rows
from gotrace.rendering.style import clean
from gotrace.report import Report
from gotrace.tuples import NamedTuple

IDS = 16  # goroutines named in a group's own text; the script knows all


class Entry(NamedTuple):
    """A group. ``anchor`` is its place in the page, ``ids`` are all of its goroutines.

    ``size`` is how many goroutines it stands for.
    ``top`` is what it does, ``via`` the first function of the user's; ``rows`` are numbers of rows.
    ``gap`` is said behind the frame ``gap_after``; ``said`` and ``below`` around the frames.
    """

    anchor: str
    title: str
    size: int
    state: str
    wait: str
    longest: int
    crashed: bool
    own: bool
    top: str
    via: str
    place: str
    ids: tuple[int, ...]
    rows: tuple[int, ...]
    gap: str
    gap_after: int
    said: tuple[str, ...]
    below: tuple[str, ...]


class Entries:
    """Makes the entries of one report; ``prefix`` keeps its anchors apart from other reports'."""

    def __init__(self, report: Report, look: Look, rows: Rows, prefix: str) -> None:
        self._report = report
        self._look = look
        self._rows = rows
        self._prefix = prefix
        self._seen: set[str] = set()

    def all(self, buckets: Iterable[Bucket]) -> list[Entry]:
        """An entry for each."""
        return [self._entry(bucket) for bucket in buckets]

    def _entry(self, bucket: Bucket) -> Entry:
        annotated = self._report.goroutines[bucket.indices[0]]
        goroutine = annotated.goroutine
        elided = goroutine.elided
        waits = bucket.waits
        top, via, place = self._path(bucket)
        return Entry(
            self._anchor(bucket),
            _title(bucket),
            bucket.count,
            _state(bucket),
            _wait(waits),
            0 if waits is None else waits[1],
            goroutine.crashed and goroutine.access is None,
            any(f.in_app for f in annotated.frames),
            top,
            via,
            place,
            tuple(g.id for g in bucket.goroutines if g.id is not None),
            tuple(map(self._rows.number, annotated.frames)),
            "" if elided is None else _elided(elided.missing),
            -1 if elided is None else elided.after_frame,
            tuple(self._said(bucket)),
            tuple(self._below(bucket)),
        )

    def _anchor(self, bucket: Bucket) -> str:
        id_ = bucket.goroutines[0].id
        anchor = f"{self._prefix}s{bucket.indices[0]}" if id_ is None else f"{self._prefix}g{id_}"
        if anchor in self._seen:  # the text repeats an id
            anchor = f"{self._prefix}s{bucket.indices[0]}"
        self._seen.add(anchor)
        return anchor

    def _path(self, bucket: Bucket) -> tuple[str, str, str]:
        """What it does, for whom, and where that stands."""
        annotated = self._report.goroutines[bucket.indices[0]]
        frames = [f for f in annotated.frames if f.name.local not in PARKING]
        frames = frames or list(annotated.frames)
        if not frames:
            gone = annotated.goroutine.stack_unavailable
            return ("stack unavailable" if gone else "no frames"), "", ""
        own = next((f for f in frames if f.in_app), frames[0])
        top = clean(self._look.short.function(frames[0].frame.function))
        via = "" if own is frames[0] else clean(self._look.short.function(own.frame.function))
        return top, via, self._place(own.frame.site)

    def _place(self, site: Site | None) -> str:
        return "" if site is None else f"{clean(self._look.short.file(site.file))}:{site.line}"

    def _said(self, bucket: Bucket) -> Iterator[str]:
        goroutine = bucket.goroutines[0]
        ids = [g.id for g in bucket.goroutines if g.id is not None]
        if len(ids) > 1:
            more = f" and {len(ids) - IDS:,} more" if len(ids) > IDS else ""
            yield f"goroutines {', '.join(map(str, ids[:IDS]))}{more}"
        if goroutine.labels:
            yield "labels " + ", ".join(f"{clean(k)}={clean(v)}" for k, v in goroutine.labels)
        if goroutine.stack_unavailable:
            yield "stack unavailable: it ran on another thread"

    def _below(self, bucket: Bucket) -> Iterator[str]:
        goroutine = bucket.goroutines[0]
        if goroutine.created_by is not None:
            yield self._creator(goroutine.created_by, many=bucket.count > 1)
        for ancestor in goroutine.ancestors:
            yield f"ancestor: goroutine {ancestor.goroutine}"
            for plain in ancestor.frames:
                name = clean(self._look.short.function(plain.function))
                yield f"    {name} {self._place(plain.site)}"

    def _creator(self, creator: CreatedBy, *, many: bool) -> str:
        text = f"created by {clean(self._look.short.function(creator.function))}"
        if creator.goroutine is not None and not many:
            text += f" in goroutine {creator.goroutine}"
        place = self._place(creator.site)
        return f"{text} at {place}" if place else text


PARKING = {"gopark", "goparkunlock", "park_m", "mcall", "semacquire1", "sync_runtime_Semacquire"}


def _title(bucket: Bucket) -> str:
    goroutine = bucket.goroutines[0]
    access = goroutine.access
    if access is not None:
        before = "previous " if access.previous else ""
        kind = f"{before}{'atomic ' if access.atomic else ''}{access.operation}"
        who = "" if goroutine.id is None else f" by goroutine {goroutine.id}"
        return f"{kind} at {access.address:#x}{who}"
    if bucket.count > 1:
        return "goroutines"
    return "runtime stack" if goroutine.id is None else f"goroutine {goroutine.id}"


def _state(bucket: Bucket) -> str:
    goroutine = bucket.goroutines[0]
    parts = [" ".join([clean(goroutine.state or ""), *(f"({clean(f)})" for f in goroutine.flags)])]
    if goroutine.locked_to_thread:
        parts.append("locked to thread")
    if goroutine.bubble is not None:
        parts.append(f"synctest bubble {goroutine.bubble}")
    return ", ".join(filter(None, parts))


def _wait(waits: tuple[int, int] | None) -> str:
    if waits is None:
        return ""
    low, high = waits
    unit = "minute" if high == 1 else "minutes"
    return f"{low} {unit}" if low == high else f"{low}–{high} {unit}"


def _elided(missing: int | None) -> str:
    if missing is None:
        return "… more frames that Go did not print"
    return f"… {missing} frame{'' if missing == 1 else 's'} that Go did not print"
