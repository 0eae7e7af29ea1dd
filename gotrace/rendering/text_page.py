"""Reports as text, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from gotrace.rendering import style, text
from gotrace.rendering.formats import Page
from gotrace.report import Report


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A rule with the place before each dump where there are several."""
    uncoloured = style.plain if page.links is None else style.linked
    paint = style.coloured if page.colour else uncoloured
    for number, report in enumerate(reports):
        if number or page.titled:
            place = f"{style.clean(report.dump.source)}:{report.dump.first_line}"
            out.write(("\n" if number else "") + style.rule(place, page.width) + "\n\n")
        shown = text.lines(
            report,
            width=page.width,
            everything=page.everything,
            explain=page.explain,
            links=page.links,
        )
        for line in shown:
            out.write(paint(line) + "\n")
