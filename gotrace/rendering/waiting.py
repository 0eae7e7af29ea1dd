"""Who waits for whom, as text: rings first, then what is waited for, then what never ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.model import Site
from gotrace.rendering.frames import Look
from gotrace.rendering.style import Line, Piece, Style, clean, columns, wrap
from gotrace.report import Report
from gotrace.waiting import Awaited, Cycle, Forever, Holder, How, Kind, Pile, Step, Waiting
from gotrace.waiting.objects import pending_writer

LABEL = 10  # columns of the word that says what a line is
LINES = 12  # so many are shown without being asked for
IDS = 6  # goroutines of a group that are named

_NAMES = {
    Kind.MUTEX: "mutex",
    Kind.RWMUTEX: "RWMutex",
    Kind.ONCE: "Once",
    Kind.WAITGROUP: "WaitGroup",
    Kind.COND: "Cond",
    Kind.CHANNEL: "channel",
    Kind.FILE: "file",
}
_DOING = {
    How.READ: " to read",
    How.WRITE: " to write",
    How.SEND: " to send",
    How.RECEIVE: " to receive",
}
Row = tuple[str, Style, str]


def waiting_lines(report: Report, look: Look, *, everything: bool = False) -> Iterator[Line]:
    """An empty line and what there is to say; nothing where there is nothing.

    Shape:  ``everything`` shows all of it, else what fits in a dozen lines.
    """
    waiting = report.waiting
    if waiting is None:
        return
    lines = [
        line
        for label, style, text in _rows(waiting, report, look, everything=everything)
        for line in _labelled(label, style, text, look.width)
    ]
    if lines:
        yield ()
    if everything or len(lines) <= LINES:
        yield from lines
        return
    yield from lines[: LINES - 1]
    rest = f"and {len(lines) - LINES + 1} more lines of who waits for whom (--all)"
    yield (Piece(" " * LABEL), Piece(rest, Style.DIM))


def _rows(waiting: Waiting, report: Report, look: Look, *, everything: bool) -> Iterator[Row]:
    for cycle in waiting.cycles:
        yield from _cycle(cycle, waiting, report, look)
    told = {(s.awaited, s.goroutine) for c in waiting.cycles for s in c.steps}
    ordered = sorted(enumerate(waiting.awaited), key=lambda pair: -len(pair[1].waiters))
    for index, awaited in ordered:
        if all((index, w.goroutine) in told for w in awaited.waiters):
            continue
        if everything or _tells(awaited, waiting):
            yield from _awaited(awaited, report, look)
    for forever in waiting.forever:
        if everything or not _is_idiom(forever, waiting):
            yield "forever", Style.WARNING, _forever(forever, report, look)
    for pile in sorted(waiting.piles, key=lambda p: not p.reason):
        if pile.reason:
            yield "leak?", Style.WARNING, _pile(pile, look)
        else:
            yield "many", Style.PLAIN, _pile(pile, look)


def _tells(awaited: Awaited, waiting: Waiting) -> bool:
    """Whether it is more than one goroutine that waits for a moment."""
    several = len(awaited.waiters) > 1
    if awaited.kind is Kind.CHANNEL and all(w.how is How.RECEIVE for w in awaited.waiters):
        return waiting.asleep  # idle workers
    return waiting.asleep or several or bool(awaited.holders) or awaited.minutes is not None


def _is_idiom(forever: Forever, waiting: Waiting) -> bool:
    """``select {}`` is how a goroutine is kept for good on purpose: no news where others run."""
    return forever.state == "select (no cases)" and not forever.leaked and not waiting.asleep


# ---------------------------------------------------------------------- rings


def _cycle(cycle: Cycle, waiting: Waiting, report: Report, look: Look) -> Iterator[Row]:
    """``goroutine 6 ── mutex 0xc… ─▶ goroutine 7 ── mutex 0xc… ─▶ goroutine 6``."""
    label = "deadlock" if waiting.asleep or cycle.proven else "deadlock?"
    first = _goroutine(cycle.steps[0].goroutine, report)
    if len(cycle.steps) == 1:
        thing = _thing(waiting.awaited[cycle.steps[0].awaited])
        may = "has" if cycle.proven else "seems to have"
        yield label, Style.CAUSE, f"{first} waits for {thing}, which it {may} itself"
    else:
        steps = [_step(step, waiting, report) for step in cycle.steps]
        yield label, Style.CAUSE, " ".join([*steps, first])
    for step, before in zip(cycle.steps, (cycle.steps[-1], *cycle.steps[:-1]), strict=True):
        yield "", Style.DIM, _member(step, before, waiting, report, look)
    if not cycle.proven:
        yield "", Style.DIM, "likely, not proven: no dump prints who holds a lock"


def _member(step: Step, before: Step, waiting: Waiting, report: Report, look: Look) -> str:
    """Where it waits, and why it may have what the one before it waits for."""
    awaited = waiting.awaited[step.awaited]
    own = next(w for w in awaited.waiters if w.goroutine == step.goroutine)
    holders = waiting.awaited[before.awaited].holders
    held = next(h for h in holders if h.goroutine == step.goroutine)
    where = _frame(step.goroutine, own.frame, report, look)
    through = _frame(step.goroutine, held.frame, report, look)
    text = f"{_goroutine(step.goroutine, report)} waits in {where or '?'}; {held.reason}"
    return f"{text}: {through}" if through else text


def _frame(number: int, frame: int | None, report: Report, look: Look) -> str:
    frames = report.goroutines[number].frames
    if frame is None or frame >= len(frames):
        return ""
    found = frames[frame].frame
    return _place(found.function, found.site, look)


def _step(step: Step, waiting: Waiting, report: Report) -> str:
    thing = _thing(waiting.awaited[step.awaited])
    return f"{_goroutine(step.goroutine, report)} ── {thing} ─▶"


# ---------------------------------------------------------------------- what is waited for


def _awaited(awaited: Awaited, report: Report, look: Look) -> Iterator[Row]:
    waiters = awaited.waiters
    who = _goroutines([w.goroutine for w in waiters], report)
    hows = {w.how for w in waiters}
    doing = _DOING.get(next(iter(hows)), "") if len(hows) == 1 else ""
    verb = "waits" if len(waiters) == 1 else "wait"
    since = _minutes(awaited.minutes)
    same = ""
    several = len(waiters) > 1
    if several and not awaited.proven:
        same = " (probably the same)" if awaited.address or awaited.owner else " (maybe several)"
    text = f"{who} {verb}{since} for {_thing(awaited)}{same}{doing}{_at(awaited, report, look)}"
    yield "waits", Style.PLAIN, text
    first = pending_writer(awaited)
    for holder in awaited.holders:
        comes = first is not None and holder.goroutine == first.goroutine and several
        yield "", Style.DIM, _holder(holder, report, look, first=comes)


def _thing(awaited: Awaited) -> str:
    name = _NAMES[awaited.kind]
    if awaited.address is not None:
        return f"{name} {awaited.address:#x}"
    return f"a {name}" if awaited.owner is None else f"the {name} in {awaited.owner:#x}"


def _at(awaited: Awaited, report: Report, look: Look) -> str:
    """Where they wait, where it is one place."""
    places = {
        (f.frame.function, f.frame.site)
        for w in awaited.waiters
        if w.frame is not None
        for f in (report.goroutines[w.goroutine].frames[w.frame],)
    }
    if len(places) != 1:
        return ""
    return f" in {_place(*places.pop(), look)}"


def _holder(holder: Holder, report: Report, look: Look, *, first: bool) -> str:
    has = "has it" if holder.proven else "may have it"
    if first:
        has = "is before the others" if holder.proven else "seems to be before the others"
    state = report.goroutines[holder.goroutine].goroutine.state
    shown = f" [{clean(state)}]" if state else ""
    where = _frame(holder.goroutine, holder.frame, report, look)
    text = f"{_goroutine(holder.goroutine, report)}{shown} {has}: {holder.reason}"
    return f"{text}: {where}" if where else text


# ---------------------------------------------------------------------- what never ends


def _forever(forever: Forever, report: Report, look: Look) -> str:
    who = _goroutines(forever.goroutines, report)
    place = _place(forever.function, forever.site, look)
    if forever.leaked:
        verb = "was" if len(forever.goroutines) == 1 else "were"
        return f"{who} {verb} found leaked by the runtime [{clean(forever.state)}] in {place}"
    verb = "stays" if len(forever.goroutines) == 1 else "stay"
    return f"{who} {verb} in {place}: nothing ends [{clean(forever.state)}]"


def _pile(pile: Pile, look: Look) -> str:
    creator = _place(pile.creator.function, pile.creator.site, look)
    place = _place(pile.function, pile.site, look)
    count = len(pile.goroutines)
    since = _minutes(pile.minutes)
    state = clean(pile.state)
    text = f"{count} goroutines that {creator} created wait{since} [{state}] in {place}"
    return f"{text}: {pile.reason}" if pile.reason else text


# ---------------------------------------------------------------------- words


def _goroutine(number: int, report: Report) -> str:
    id_ = report.goroutines[number].goroutine.id
    return "a goroutine" if id_ is None else f"goroutine {id_}"


def _goroutines(numbers: Sequence[int], report: Report) -> str:
    if len(numbers) == 1:
        return _goroutine(numbers[0], report)
    ids = [str(report.goroutines[n].goroutine.id) for n in numbers[:IDS]]
    more = ", …" if len(numbers) > IDS else ""
    return f"{len(numbers)} goroutines ({', '.join(ids)}{more})"


def _minutes(minutes: tuple[int, int] | None) -> str:
    if minutes is None:
        return ""
    low, high = minutes
    unit = "minute" if high == 1 else "minutes"
    return f" {low} {unit}" if low == high else f" {low}–{high} {unit}"


def _place(function: str, site: Site | None, look: Look) -> str:
    name = clean(look.short.function(function)) if function else "?"
    return name if site is None else f"{name} {clean(look.short.file(site.file))}:{site.line}"


def _labelled(label: str, style: Style, text: str, width: int) -> Iterator[Line]:
    lead = style if label else Style.DIM
    for number, line in enumerate(wrap(text, width - LABEL)):
        word = label if number == 0 else ""
        gap = " " * max(1, LABEL - columns(word))
        yield (
            Piece(word + gap, Style.DIM if lead is Style.PLAIN else lead),
            Piece(line, Style.DIM if style is Style.DIM else Style.PLAIN),
        )
