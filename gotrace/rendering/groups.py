"""Buckets of goroutines as text and as JSON: the user's own code first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from gotrace.grouping import Bucket, file_of, functions_of, stack
from gotrace.model import CreatedBy, Dump, Site
from gotrace.names import is_standard
from gotrace.rendering.paths import ShortNames
from gotrace.rendering.style import Line, Piece, Style, clean
from gotrace.tuples import NamedTuple

SCHEMA = "gotrace-groups/1"
SHOWN = 8  # frames of the user's in one bucket; the rest is counted
IDS = 6  # goroutines named in one bucket

Place = tuple[str, Site | None]


class Change(NamedTuple):
    """A bucket in two dumps; None where one of them has none."""

    old: Bucket | None
    new: Bucket | None

    @property
    def bucket(self) -> Bucket:
        """The newer of the two."""
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def counts(self) -> tuple[int, int]:
        """How many goroutines were in it, and are."""
        return self.old.count if self.old else 0, self.new.count if self.new else 0

    @property
    def kind(self) -> str:
        """``new``, ``gone``, ``grown``, ``shrunk`` or ``same``."""
        old, new = self.counts
        if old == 0 or new == 0:
            return "new" if old == 0 else "gone"
        return "same" if old == new else "grown" if new > old else "shrunk"


KINDS = ("new", "grown", "shrunk", "gone")


def changes(old: dict[Hashable, Bucket], new: dict[Hashable, Bucket]) -> dict[str, list[Change]]:
    """What differs, by kind, what changed most first."""
    found: dict[str, list[Change]] = {kind: [] for kind in (*KINDS, "same")}
    for key in dict.fromkeys([*new, *old]):
        change = Change(old.get(key), new.get(key))
        found[change.kind].append(change)
    for listed in found.values():
        listed.sort(key=lambda c: -abs(c.counts[1] - c.counts[0]))
    return found


def own_first(buckets: Iterable[Bucket]) -> list[Bucket]:
    """Those with code of the user's before those without, and the largest first."""
    listed = [(b, b.pieces, b.goroutines[0].created_by) for b in buckets]
    pieces = functions_of(set().union(*(p for _, p, _ in listed)))
    own = {piece for piece, function in pieces.items() if function and not is_standard(function)}

    def rank(item: tuple[Bucket, tuple[str, ...], CreatedBy | None]) -> tuple[bool, int]:
        bucket, pieces, creator = item
        has_own = not own.isdisjoint(pieces)
        has_own = has_own or (creator is not None and not is_standard(creator.function))
        return not has_own, -bucket.count

    return [bucket for bucket, _, _ in sorted(listed, key=rank)]


# ---------------------------------------------------------------------- text


Paint = Callable[[Line], str]


class Row(NamedTuple):
    """A frame of a group as a line."""

    own: bool
    text: str
    place: Place


class GroupWriter:
    """Writes buckets as text; remembers how it wrote each stack, for many buckets share one."""

    def __init__(self, buckets: Iterable[Bucket], paint: Paint, *, everything: bool) -> None:
        self._paint = paint
        self._everything = everything
        self._known: dict[Hashable, str] = {}
        self._lines: dict[tuple[str, Place], str] = {}
        self._rows: dict[Place, Row] = {}
        mark = "\0"
        title = (Piece(mark, Style.HEADING), Piece(mark), Piece(mark, Style.DIM))
        self._title = paint(title).split(mark)
        listed = [*buckets]
        creators = [c for b in listed if (c := b.goroutines[0].created_by) is not None]
        pieces = set().union(*(b.pieces for b in listed))
        files = {file_of(p) for p in pieces} | {c.site.file for c in creators if c.site}
        functions = {*functions_of(pieces).values()} | {c.function for c in creators}
        self._short = ShortNames(sorted(functions - {""}), sorted(files - {""}))

    def text(self, bucket: Bucket, count: str) -> str:
        """The lines of one bucket; ``count`` stands before its state."""
        goroutine = bucket.goroutines[0]
        state = goroutine.state or ("stack" if goroutine.id is None else "")
        state = state if state.isascii() and state.isprintable() else clean(state)
        wait = _wait(bucket)
        locked = ", locked to thread" if goroutine.locked_to_thread else ""
        title = f"#{goroutine.id}  " if count == "1" else f"{count} × "
        ids = "" if count == "1" else _ids(bucket)
        before, inside, between, behind = self._title
        head = f"{before}{title:>9}{inside}[{state}{wait}{locked}]{between}{ids}{behind}"
        creator = goroutine.created_by
        where = creator and (creator.function, creator.site)
        key = bucket.pieces, where, goroutine.stack_unavailable
        below = self._known.get(key)
        if below is None:
            below = self._known[key] = "".join(self._stack(bucket))
        return f"{head}\n{below}"

    def _stack(self, bucket: Bucket) -> Iterator[str]:
        goroutine = bucket.goroutines[0]
        rows = [self._row(place) for place in stack(goroutine.frames)]
        own = [row for row in rows if row.own]
        if goroutine.stack_unavailable:
            yield self._remark("stack unavailable")
        for row in rows if self._everything else own[:SHOWN] or rows[:1]:
            yield row.text
        if not self._everything:
            if len(own) > SHOWN:
                yield self._remark(f"… and {len(own) - SHOWN} more of your frames")
            if own and rows[0] is not own[0]:
                yield self._line("in ", rows[0].place)
        if goroutine.created_by is not None:
            where = goroutine.created_by.function, goroutine.created_by.site
            yield self._line("created by ", where)

    def _row(self, place: Place) -> Row:
        row = self._rows.get(place)
        if row is None:
            row = self._rows[place] = Row(not is_standard(place[0]), self._line("", place), place)
        return row

    def _remark(self, text: str) -> str:
        return self._paint((Piece(_MARGIN), Piece(text, Style.DIM))) + "\n"

    def _line(self, lead: str, place: Place) -> str:
        known = self._lines.get((lead, place))
        if known is not None:
            return known
        function, site = place
        style = Style.DIM if is_standard(function) else Style.FUNCTION
        where = "" if site is None else f"  {clean(self._short.file(site.file))}:{site.line}"
        name = clean(self._short.function(function))
        line = (Piece(_MARGIN + lead, Style.DIM), Piece(name, style), Piece(where, Style.DIM))
        text = self._lines[lead, place] = self._paint(line) + "\n"
        return text


_MARGIN = " " * 10


def _wait(bucket: Bucket) -> str:
    waits = bucket.waits
    if waits is None:
        return ""
    low, high = waits
    some = len(bucket.goroutines) > 1 and any(g.wait_minutes is None for g in bucket.goroutines)
    if some:  # less than a minute is not printed
        return f", up to {high} minutes"
    return f", {low} minutes" if low == high else f", {low}–{high} minutes"


def _ids(bucket: Bucket) -> str:
    ids = [f"#{g.id}" for g in bucket.goroutines[: IDS + 1] if g.id is not None]
    return f"  {' '.join(ids[:IDS])}{' …' if len(ids) > IDS else ''}" if ids else ""


def counted(count: int, buckets: int) -> str:
    """``3 goroutines in 1 group``."""
    goroutines = f"{count} goroutine{'' if count == 1 else 's'}"
    return f"{goroutines} in {buckets} group{'' if buckets == 1 else 's'}"


def heading(dump: Dump, count: int, buckets: int, level: str) -> Line:
    """What stands above the buckets of a dump."""
    where = f"  {clean(dump.source)}:{dump.first_line}"
    return (
        Piece(counted(count, buckets), Style.HEADING),
        Piece(f" ({_TOLD[level]}){where}", Style.DIM),
    )


_TOLD = {
    "exact": "equal in every word",
    "pointers": "equal but for pointers",
    "values": "equal but for their words",
}

# ---------------------------------------------------------------------- JSON


def bucket_data(bucket: Bucket) -> dict[str, Any]:
    """One bucket as plain data."""
    goroutine = bucket.goroutines[0]
    waits = bucket.waits
    return {
        "count": bucket.count,
        "state": _text(goroutine.state),
        "wait_minutes": None if waits is None else {"shortest": waits[0], "longest": waits[1]},
        "waiting": sum(g.wait_minutes is not None for g in bucket.goroutines),
        "locked_to_thread": goroutine.locked_to_thread,
        "goroutines": [g.id for g in bucket.goroutines],
        "frames": [_frame_data(*place) for place in stack(goroutine.frames)],
        "created_by": _creator_data(goroutine.created_by),
    }


def change_data(change: Change) -> dict[str, Any]:
    """One difference as plain data."""
    old, new = change.counts
    return {"change": change.kind, "old_count": old, "new_count": new} | bucket_data(change.bucket)


def _frame_data(function: str, site: Site | None) -> dict[str, Any]:
    return {
        "function": _text(function),
        "file": None if site is None else _text(site.file),
        "line": None if site is None else site.line,
        "own": not is_standard(function),
    }


def _creator_data(creator: CreatedBy | None) -> dict[str, Any] | None:
    return None if creator is None else _frame_data(creator.function, creator.site)


def _text(raw: str | None) -> str | None:
    """``raw`` without what is no Unicode."""
    return raw if raw is None or raw.isascii() else raw.encode("utf-8", "replace").decode()
