"""Who waits for whom, as text: cycles drawn, then what is blocked on what, then leak candidates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.rendering.frames import Look
from gotrace.rendering.style import Line, Piece, Style, clean, wrap
from gotrace.report import Report
from gotrace.waiting import Cycle, Group, Hold, Leak, Thing, Waiting

LABEL = 9  # columns of the words that say what a line is
MOST = 6  # groups and leaks that are shown without being asked for
IDS = 8  # of a group
FEW = 2  # holders of a lock that are told one by one

_NAMES = {
    Thing.MUTEX: "the mutex",
    Thing.RWMUTEX: "the RWMutex",
    Thing.WAIT_GROUP: "the WaitGroup",
    Thing.COND: "the Cond",
    Thing.SEMAPHORE: "a semaphore",
    Thing.RECEIVE: "a receive from a channel",
    Thing.SEND: "a send to a channel",
    Thing.SELECT: "a select",
    Thing.NIL_CHANNEL: "a nil channel, for ever",
    Thing.NOTHING: "a select without cases, for ever",
}


def waiting_lines(report: Report, look: Look, *, everything: bool = False) -> Iterator[Line]:
    """Nothing where nobody waits for anything that is known."""
    found = report.waiting
    if found is None:
        return
    rows = list(_rows(found, report, look))
    if not rows:
        return
    yield ()
    shown = rows if everything else rows[: 2 * MOST]
    for label, text in shown:
        for number, line in enumerate(wrap(text, look.width - LABEL)):
            lead = label if number == 0 else ""
            style = Style.CAUSE if label in {"deadlock", "cycle"} else Style.DIM
            yield (Piece(lead.ljust(LABEL), style), Piece(line))
    if len(rows) > len(shown):
        yield (Piece(" " * LABEL + f"and {len(rows) - len(shown)} more (--all)", Style.DIM),)


def _rows(found: Waiting, report: Report, look: Look) -> Iterator[tuple[str, str]]:
    for cycle in found.cycles:
        yield ("deadlock" if found.asleep else "cycle"), _cycle(cycle, report)
    # What nothing but the state tells stands in the list of goroutines already.
    groups = [g for g in found.groups if g.address is not None]
    for group in sorted(groups, key=lambda g: -len(g.blocked)):
        yield from _group(group, report, look)
    for one in found.forever:
        yield "blocked", f"{_name(one.goroutine, report)} waits for {_NAMES[one.thing]}"
    for leak in found.leaks:
        yield "leak?", _leak(leak, look)


def _name(goroutine: int, report: Report) -> str:
    id_ = report.goroutines[goroutine].goroutine.id
    return "a goroutine" if id_ is None else f"goroutine {id_}"


def _cycle(cycle: Cycle, report: Report) -> str:
    """``goroutine 1 ── 0xc000014070 ─▶ goroutine 6 ── 0xc000014090 ─▶ goroutine 1``."""
    if len(cycle.goroutines) == 1:
        name = _name(cycle.goroutines[0], report)
        return f"{name} waits for {cycle.locks[0]:#x}, which it may hold itself"
    steps = [
        f"{_name(g, report)} ── {lock:#x} ─▶"
        for g, lock in zip(cycle.goroutines, cycle.locks, strict=True)
    ]
    return " ".join([*steps, _name(cycle.goroutines[0], report)])


def _group(group: Group, report: Report, look: Look) -> Iterator[tuple[str, str]]:
    numbers = [b.goroutine for b in group.blocked]
    waits = [w for n in numbers if (w := report.goroutines[n].goroutine.wait_minutes) is not None]
    many = len(numbers) > 1
    who = (
        f"{len(numbers)} goroutines ({_ids(numbers, report)})"
        if many
        else _name(numbers[0], report)
    )
    place = "" if group.address is None else f" {group.address:#x}"
    since = f", {_minutes(waits)}" if waits else ""
    yield "blocked", f"{who} wait{'' if many else 's'} for {_NAMES[group.thing]}{place}{since}"
    if len(group.holders) > FEW:
        holders = _ids([h.goroutine for h in group.holders], report)
        yield "", f"goroutines {holders} work with its object {group.holders[0].object:#x}"
        return
    for hold in group.holders:
        yield "", f"may be held by {_holder(hold, numbers, report, look)}"


def _ids(numbers: Sequence[int], report: Report) -> str:
    ids = [str(report.goroutines[n].goroutine.id or "?") for n in numbers[:IDS]]
    return ", ".join(ids) + (", …" if len(numbers) > IDS else "")


def _minutes(waits: Sequence[int]) -> str:
    low, high = min(waits), max(waits)
    return f"{low} minutes" if low == high else f"{low}–{high} minutes"


def _holder(hold: Hold, waiting: Sequence[int], report: Report, look: Look) -> str:
    goroutine = report.goroutines[hold.goroutine]
    frame = goroutine.frames[hold.frame].frame
    site = frame.site
    place = "" if site is None else f" {clean(look.short.file(site.file))}:{site.line}"
    where = f"{clean(look.short.function(frame.function))}{place}"
    if hold.goroutine in waiting:
        return f"{_name(hold.goroutine, report)} itself: {where} has the same receiver"
    state = clean(goroutine.goroutine.state or "")
    return f"{_name(hold.goroutine, report)} [{state}], at {hold.object:#x} in {where}"


def _leak(leak: Leak, look: Look) -> str:
    site = leak.site
    place = "" if site is None else f" {clean(look.short.file(site.file))}:{site.line}"
    creator = f"{clean(look.short.function(leak.creator))}{place}"
    return (
        f"{len(leak.goroutines)} goroutines created by {creator} all wait in [{clean(leak.state)}]"
    )
