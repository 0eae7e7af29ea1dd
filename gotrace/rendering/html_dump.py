"""One dump as a section of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from gotrace.culprit.culprit import CulpritCertainty
from gotrace.fingerprints import fingerprints
from gotrace.grouping import Bucket
from gotrace.rendering.formats import Page
from gotrace.rendering.frames import Look
from gotrace.rendering.html_blob import island
from gotrace.rendering.html_buckets import Entries, Entry
from gotrace.rendering.html_cause import culprit, headlines
from gotrace.rendering.html_frames import Spot, goroutine
from gotrace.rendering.html_rows import Row, Rows
from gotrace.rendering.html_stacks import DEEPEST, stacks
from gotrace.rendering.html_text import counted, shown
from gotrace.rendering.html_tree import creation_tree
from gotrace.rendering.style import plain
from gotrace.rendering.text import look_at, remark_lines, split
from gotrace.rendering.waiting import waiting_lines
from gotrace.report import Report
from gotrace.tuples import NamedTuple

WIDTH = 100
UNBROKEN = 1 << 20  # so wide that no line is broken
WORDED = 60_000  # distinct frames that are shown with their words
WAITS = 200  # lines about who waits for whom
STATES = 12  # of the others, the most frequent
FIRST_WAITS = 12  # of these are not folded


class Room:
    """How much may still be shown without the script; shared by all dumps of a page."""

    def __init__(self, full: int = 400_000, brief: int = 400_000) -> None:
        self.full = full  # characters of groups with their frames
        self.brief = brief  # of groups in a line each


class Shown(NamedTuple):
    """A dump as markup, and what the table of contents says of it."""

    markup: str
    title: str


def section(report: Report, number: int, page: Page, room: Room) -> Shown:
    """The dump that is ``number``-th (from 1) on the page."""
    # Names of three letters tell nobody anything.
    names = {address: name for address, name in report.pointers.items() if len(name) < 3}
    look = look_at(report, WIDTH)._replace(names=names)
    rows = Rows(look, None if page.everything else WORDED)
    made = Entries(report, look, rows, "" if number == 1 else f"d{number}-")
    whole, rest = split(report, everything=page.everything)
    upper, lower = made.all(whole), made.all(rest)
    heads = headlines(report)
    parts = [
        _head(report, heads, number, titled=page.titled),
        _culprit(report, look, whole, upper),
        _waiting(report, look),
        *(_whole(report, bucket, entry, rows.rows)
          for bucket, entry in zip(whole, upper, strict=True)),
        _remarks(report),
        *_pictures(report, look, [*zip(whole, upper, strict=True), *zip(rest, lower, strict=True)],
                   rows.rows),
        _others(lower, rows.rows, room, number),
        island(number, [*upper, *lower], rows.rows),
    ]  # fmt: skip
    inside = "".join(parts)
    markup = (
        f'<article class="dump" id="d{number}" data-dump="{number}" data-whole="{len(upper)}" '
        f'aria-labelledby="d{number}-title">{inside}</article>\n'
    )
    return Shown(markup, heads[0])


def _head(report: Report, heads: list[str], number: int, *, titled: bool) -> str:
    first, *more, told = heads
    dump = report.dump
    facts = [shown(told), f"{shown(dump.source)}:{dump.first_line}"]
    count = sum(g.goroutine.copies or 1 for g in report.goroutines)
    facts.append(counted(count, "goroutine"))
    if dump.timestamp:
        facts.append(shown(dump.timestamp))
    stack = fingerprints(dump).stack
    facts.append(f'stack <code class="print">{stack}</code>')
    listed = "".join(f"<li>{fact}</li>" for fact in facts)
    lines = "".join(f'<p class="more">{escape(line)}</p>' for line in more)
    return (
        f'<header class="cause"><h2 id="d{number}-title">{escape(first)}</h2>{lines}'
        f'<ul class="facts">{listed}</ul></header>'
    )


def _culprit(report: Report, look: Look, whole: Sequence[Bucket], upper: list[Entry]) -> str:
    found = report.culprit
    if found is None:
        return ""
    holding = (e.anchor for b, e in zip(whole, upper, strict=True) if found.goroutine in b.indices)
    anchor = next(holding, "")
    return culprit(report, found, look, f"{anchor}-f{found.frame + 1}" if anchor else "main")


def _waiting(report: Report, look: Look) -> str:
    if report.waiting is None:
        return ""
    wide = look._replace(width=UNBROKEN)
    lines = [line for line in waiting_lines(report, wide, everything=True) if line]
    rows = [_wait(*map(str.strip, (p.text for p in line))) for line in lines[:WAITS]]
    if not rows:
        return ""
    more = len(lines) - len(rows)
    last = f'<p class="note">and {more:,} more lines</p>' if more else ""
    told = f"<dl>{''.join(rows[:FIRST_WAITS])}</dl>"
    if rows[FIRST_WAITS:]:
        title = f"<summary>{len(lines) - FIRST_WAITS:,} more</summary>"
        told += f"<details>{title}<dl>{''.join(rows[FIRST_WAITS:])}</dl>{last}</details>"
    return f'<section class="waiting"><h3>Who waits for whom</h3>{told}</section>'


def _wait(label: str, text: str) -> str:
    kind = ' class="deadlock"' if label in {"deadlock", "cycle"} else ""
    return f"<div{kind}><dt>{escape(label)}</dt><dd>{shown(text)}</dd></div>"


def _whole(report: Report, bucket: Bucket, entry: Entry, rows: list[Row]) -> str:
    found = report.culprit
    failed = None
    if found is not None and found.goroutine in bucket.indices:
        sure = found.certainty is not CulpritCertainty.POSSIBLE
        failed = Spot(found.frame, "failed here" if sure else "may have failed here")
    return goroutine(entry, rows, opened=True, failed=failed)


def _others(entries: list[Entry], rows: list[Row], room: Room, number: int) -> str:
    if not entries:
        return ""
    count = sum(e.size for e in entries)
    title = f"{counted(count, 'other goroutine')}"
    if len(entries) != count:
        title += f" in {counted(len(entries), 'group')}"
    shown_ = "".join(_list(entries, rows, room))
    return (
        f'<section class="others" aria-labelledby="d{number}-others">'
        f'<h3 id="d{number}-others">{title}</h3>{_states(entries)}'
        f'<div class="list">{shown_}</div></section>'
    )


def _states(entries: list[Entry]) -> str:
    counts: Counter[str] = Counter()
    for entry in entries:
        counts[entry.state] += entry.size
    del counts[""]
    told = "".join(
        f'<li><span class="state">{escape(state)}</span> {count:,}</li>'
        for state, count in counts.most_common(STATES)
    )
    return f'<ul class="states" aria-label="States">{told}</ul>' if len(counts) > 1 else ""


def _list(entries: list[Entry], rows: list[Row], room: Room) -> Iterator[str]:
    """Groups with their frames, then groups in a line each, then how many more there are."""
    ahead = iter(entries)
    done = 0
    for entry in ahead:
        if room.full <= 0:
            break
        text = goroutine(entry, rows, opened=False)
        room.full -= len(text)
        done += 1
        yield text
    left = entries[done:]
    if left:
        yield '<ol class="brief">'
        for number, entry in enumerate(left):
            if room.brief <= 0:
                yield f"<li>and {len(left) - number:,} more groups</li>"
                break
            text = _brief(entry)
            room.brief -= len(text)
            yield text
        yield "</ol>"


def _brief(entry: Entry) -> str:
    count = f"{entry.size:,} × " if entry.size > 1 else ""
    state = f" [{', '.join(filter(None, (entry.state, entry.wait)))}]"
    via = f" ← {entry.via}" if entry.via else ""
    text = f"{count}{entry.title}{state} {entry.top}{via} {entry.place}"
    return f'<li id="{entry.anchor}">{escape(text)}</li>'


def _pictures(
    report: Report, look: Look, listed: list[tuple[Bucket, Entry]], rows: list[Row]
) -> Iterator[str]:
    icicle = stacks([entry for _, entry in listed], rows)
    if icicle:
        yield (
            '<details class="panel stacks" open><summary><h3>Merged stacks</h3></summary>'
            '<p class="note">Outermost functions on top, as wide as many goroutines run them. '
            f"What is narrower than 0.4 % or deeper than {DEEPEST} is left out.</p>"
            f"{icicle}</details>"
        )
    anchors = {index: entry.anchor for bucket, entry in listed for index in bucket.indices}
    tree = creation_tree(report.goroutines, anchors, look)
    if tree:
        title = "<summary><h3>Who created whom</h3></summary>"
        yield f'<details class="panel" open>{title}{tree}</details>'


def _remarks(report: Report) -> str:
    lines = map(plain, remark_lines(report, UNBROKEN))
    told = "".join(f"<li>{escape(' '.join(line.split()))}</li>" for line in lines)
    if not told:
        return ""
    return f'<details class="panel"><summary><h3>Notes</h3></summary><ul>{told}</ul></details>'
