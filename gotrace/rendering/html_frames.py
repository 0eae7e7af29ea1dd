"""Rows and goroutines as elements. assets/report.js makes the same of the data in the page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import count

from gotrace.rendering.html_buckets import Entry
from gotrace.rendering.html_rows import WORD, Cell, Mark, Row
from gotrace.tuples import NamedTuple

HEAD = (
    '<colgroup><col class="c1"><col class="c2"><col><col class="c4"></colgroup>'
    '<thead><tr><th scope="col">Argument</th><th scope="col">Type</th><th scope="col">Value</th>'
    '<th scope="col">Certainty</th></tr></thead>'
)


class Spot(NamedTuple):
    """A frame that is marked: its index in the goroutine, and what is said of it."""

    frame: int
    text: str


def goroutine(entry: Entry, rows: list[Row], *, opened: bool, failed: Spot | None = None) -> str:
    """A group of equal goroutines, with its frames."""
    attributes = " open" if opened else ""
    kind = "g crashed" if entry.crashed else "g"
    return (
        f'<details class="{kind}" id="{entry.anchor}"{attributes}>{summary(entry)}'
        f'<div class="body">{"".join(_body(entry, rows, failed))}</div></details>'
    )


def summary(entry: Entry) -> str:
    """``12 ×  chan receive  3–48 minutes  sync.(*Mutex).Lock ← store.Get  store.go:120``."""
    many = f'<span class="count">{entry.size:,} ×</span>' if entry.size > 1 else ""
    state = f'<span class="state">{escape(entry.state)}</span>' if entry.state else ""
    wait = f'<span class="wait">{escape(entry.wait)}</span>' if entry.wait else ""
    crashed = '<strong class="bad">crashed</strong>' if entry.crashed else ""
    via = f'<span class="via"> ← {escape(entry.via)}</span>' if entry.via else ""
    place = f'<span class="at">{escape(entry.place)}</span>' if entry.place else ""
    return (
        f'<summary>{many}<span class="who">{escape(entry.title)}</span>{state}{wait}{crashed}'
        f'<span class="what"><span class="fn">{escape(entry.top)}</span>{via}</span>{place}'
        "</summary>"
    )


def _body(entry: Entry, rows: list[Row], failed: Spot | None) -> Iterator[str]:
    for said in entry.said:
        yield f'<p class="said">{escape(said)}</p>'
    if entry.rows:
        yield '<ol class="frames">'
        for number, row in enumerate(entry.rows):
            mark = failed.text if failed is not None and failed.frame == number else ""
            gap = entry.gap if entry.gap_after == number else ""
            yield frame(rows[row], f"{entry.anchor}-f{number + 1}", number + 1, mark, gap)
        yield "</ol>"
    for said in entry.below:
        yield f'<p class="said">{escape(said)}</p>'


def frame(row: Row, anchor: str, number: int, mark: str = "", gap: str = "") -> str:
    """A frame: what it is, then what was printed beside what it means."""
    kind = ("frame own" if row.own else "frame") + (" failed" if mark else "")
    bad = f'<strong class="bad">{escape(mark)}</strong>' if mark else ""
    place = f'<span class="at">{escape(row.place)}</span>' if row.place else ""
    badge = f'<span class="badge">{escape(row.badge)}</span>' if row.badge else ""
    issues = "".join(f'<p class="issue">{escape(i)}</p>' for i in row.issues)
    more = f'<p class="said">{escape(gap)}</p>' if gap else ""
    return (
        f'<li class="{kind}" id="{anchor}"><div class="head"><span class="no">{number}</span>'
        f'<span class="fn">{escape(row.short)}</span>{bad}{place}{badge}'
        f'<a class="link" href="#{anchor}" aria-label="Link to frame {number}">#</a></div>'
        f'<div class="pair">{_raw(row)}{_decoded(row)}</div>{issues}{more}</li>'
    )


def _raw(row: Row) -> str:
    words = count()
    raw = WORD.sub(lambda m: f'<b class="w" data-w="{next(words)}">{m[0]}</b>', escape(row.raw))
    site = f'\n<span class="site">{escape(row.site)}</span>' if row.site else ""
    return f'<pre class="raw">{escape(row.function)}{raw}{site}</pre>'


def _decoded(row: Row) -> str:
    if not row.cells:
        unsigned = "0x" in row.raw and not row.badge
        return '<p class="note">no signature</p>' if unsigned else ""
    above = ["", *(cell.note for cell in row.cells)]
    cells = "".join(map(_cell, row.cells, above))
    return f'<table class="dec">{HEAD}<tbody>{cells}</tbody></table>'


def _cell(cell: Cell, above: str) -> str:
    """A line of the table; ``above`` is what was said of the line above: it is said once."""
    words = " ".join(map(str, cell.words))
    name = f'<th scope="row">{escape(cell.name)}</th>' if cell.name else "<td></td>"
    note = f'<span class="note">{escape(cell.note)}</span>' if cell.note not in ("", above) else ""
    marks = "".join(map(_mark, cell.marks))
    kind = cell.certainty.replace(" ", "-") or "none"
    return (
        f'<tr class="c-{kind}" data-w="{words}">{name}<td class="type">{escape(cell.type)}</td>'
        f'<td class="val"><span>{escape(cell.value)}</span>{note}{marks}</td>'
        f'<td class="cert">{cell.certainty}</td></tr>'
    )


def _mark(mark: Mark) -> str:
    evidence = "".join(f'<span class="ev">{escape(e)}</span>' for e in mark.evidence)
    return (
        f'<span class="mark {mark.severity}"><b>{mark.severity}</b> {escape(mark.message)} '
        f"<code>{escape(mark.code)}</code>{evidence}</span>"
    )
