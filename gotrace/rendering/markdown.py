"""Reports as Markdown, to paste into an issue.

All that a log or a source says stands in code blocks and code spans, where nothing is markup, no
name is a mention and no number a reference. What stands outside is ours, or plain words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from gotrace.culprit.culprit import Culprit
from gotrace.fingerprints import fingerprints
from gotrace.rendering.culprit import place_of, reason_of, source_lines, telling
from gotrace.rendering.formats import Page
from gotrace.rendering.frames import Look
from gotrace.rendering.heading import heading_lines
from gotrace.rendering.markdown_text import Budget, code, details, fence, prose
from gotrace.rendering.style import plain
from gotrace.rendering.text import look_at, remark_lines, rest_lines, split, whole_lines
from gotrace.report import Report
from gotrace.version import VERSION

MOST = 56_000  # characters of code blocks: GitHub takes 65,536 in an issue
WIDTH = 100
TIES = 6


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A section for each dump. With ``page.everything`` it may be longer than an issue can be."""
    budget = Budget(None if page.everything else MOST)
    missing = 0
    for number, report in enumerate(reports):
        if budget.spent:
            missing += 1
            continue
        if number:
            out.write("---\n\n")
        for block in _blocks(report, page, budget):
            out.write(block + "\n")
    if missing:
        out.write(f"… and {missing} more dump{'' if missing == 1 else 's'}\n")


def _blocks(report: Report, page: Page, budget: Budget) -> Iterator[str]:
    look = look_at(report, WIDTH)
    if page.titled:
        yield code(f"{report.dump.source}:{report.dump.first_line}") + "\n"
    yield fence(map(plain, heading_lines(report, WIDTH)), budget)
    if report.culprit is not None:
        yield from _culprit(report, report.culprit, look, budget)
    whole, rest = split(report, everything=page.everything)
    yield fence(map(plain, whole_lines(report, whole, look)), budget)
    if rest:
        title, *lines = map(plain, rest_lines(report, rest, look))
        yield details(title, fence(lines, budget))
    remarks = list(map(plain, remark_lines(report, WIDTH)))
    if remarks:
        yield details("Notes", fence(remarks, budget))
    stack = fingerprints(report.dump).stack
    yield f"gotrace {VERSION}, stack fingerprint {code(stack)}\n"


def _culprit(report: Report, culprit: Culprit, look: Look, budget: Budget) -> Iterator[str]:
    """What failed; of the message's own facts nothing, they stand above it."""
    if culprit.expression or culprit.alternatives:
        place = code(place_of(culprit, report, look))
        yield f"**Culprit** ({culprit.certainty.value}) at {place}: {prose(_said(culprit))}\n"
        if culprit.span is not None:
            yield fence(map(plain, source_lines(culprit.span, WIDTH)), budget, "go")
        reasons = list(_reasons(report, culprit, look))
        if reasons:
            yield "\n".join(f"- {reason}" for reason in reasons) + "\n"
    if culprit.refused:
        yield f"Note: {prose(culprit.refused)}\n"


def _said(culprit: Culprit) -> str:
    if culprit.expression:
        return culprit.explanation
    return f"one of {', '.join(culprit.alternatives[:TIES])}: {culprit.explanation}"


def _reasons(report: Report, culprit: Culprit, look: Look) -> Iterator[str]:
    frames = report.goroutines[culprit.goroutine].frames
    for step in culprit.blame:
        frame = frames[step.frame].frame
        name, site = code(look.short.function(frame.function)), frame.site
        place = "" if site is None else " at " + code(f"{look.short.file(site.file)}:{site.line}")
        doubt = "" if step.sure else " (one of several calls)"
        yield f"passed as {code(step.expression)} by {name}{place}{doubt}"
    if reason := reason_of(culprit):
        yield f"why: {prose(reason)}"
    if culprit.expression and culprit.alternatives:
        others = ", ".join(code(a) for a in culprit.alternatives[:TIES])
        more = len(culprit.alternatives) - TIES
        others += f" and {more} more" if more > 0 else ""
        yield f"or {others}: nothing here tells them apart"
    for piece in telling(culprit):
        yield f"because {prose(piece.text)}"
