"""What happened, and which expression failed: the first things on the page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from gotrace.culprit.culprit import Blame, Culprit, SourceSpan
from gotrace.rendering.culprit import TAB, TIES, place_of, reason_of, telling
from gotrace.rendering.frames import Look
from gotrace.rendering.heading import heading_lines
from gotrace.rendering.html_text import shown
from gotrace.rendering.style import clean, plain
from gotrace.report import Report
from gotrace.source.files import Files

AROUND = 3  # lines of source above and below
LONG = 400  # characters of a source line


def headlines(report: Report) -> list[str]:
    """Causes, signal and server, a line each, and at last what printed it."""
    return [plain(line).strip() for line in heading_lines(report, 1)]  # too narrow to share a line


def culprit(report: Report, found: Culprit, look: Look, anchor: str) -> str:
    """The section of the culprit; empty where only the message's own facts are known.

    ``anchor`` is the failing frame's place in the page.
    """
    if not found.expression and not found.alternatives:
        return f'<p class="note">{shown(found.refused)}</p>' if found.refused else ""
    said = found.explanation
    if not found.expression:
        said = f"one of {', '.join(found.alternatives[:TIES])}: {said}"
    place = shown(place_of(found, report, look))
    sure = found.certainty.value
    blame = "".join(_step(step, found, report, look) for step in found.blame)
    return (
        '<section class="culprit"><h3>Culprit</h3>'
        f'<p class="verdict"><strong>{shown(said)}</strong> '
        f'<span class="sure {sure}">{sure}</span> <a href="#{anchor}">{place}</a></p>'
        f"{_excerpt(found.span)}<dl>{blame}{''.join(_reasons(found))}</dl>{_evidence(found)}"
        "</section>"
    )


def _reasons(found: Culprit) -> Iterator[str]:
    if reason := reason_of(found):
        yield _told("why", shown(reason))
    if found.expression and found.alternatives:
        others = ", ".join(found.alternatives[:TIES])
        more = len(found.alternatives) - TIES
        more_said = f" and {more} more" if more > 0 else ""
        yield _told("or", shown(f"{others}{more_said}: nothing here tells them apart"))
    for piece in telling(found):
        yield _told("because", shown(piece.text))
    if found.refused:
        yield _told("note", shown(found.refused))


def _told(label: str, markup: str) -> str:
    return f"<div><dt>{label}</dt><dd>{markup}</dd></div>"


def _step(step: Blame, found: Culprit, report: Report, look: Look) -> str:
    frame = report.goroutines[found.goroutine].frames[step.frame].frame
    site = frame.site
    place = "" if site is None else f" at {look.short.file(site.file)}:{site.line}"
    doubt = "" if step.sure else " (one of several calls)"
    text = f"by {look.short.function(frame.function)}{place}{doubt}"
    said = f"as <code>{shown(step.expression)}</code> {shown(text)}"
    return _told("passed", said + ("" if step.span is None else _excerpt(step.span, around=0)))


def _evidence(found: Culprit) -> str:
    if not found.evidence:
        return ""
    rows = "".join(
        f'<tr><td class="weight">{e.weight:+.1f}</td><th scope="row">{shown(e.rule)}</th>'
        f"<td>{shown(e.text)}</td></tr>"
        for e in found.evidence
    )
    return (
        f"<details><summary>All evidence ({len(found.evidence)})</summary>"
        '<table class="evidence"><thead><tr><th scope="col">Weight</th><th scope="col">Rule</th>'
        f'<th scope="col">What it says</th></tr></thead><tbody>{rows}</tbody></table></details>'
    )


# ---------------------------------------------------------------------- source


def _excerpt(span: SourceSpan | None, around: int = AROUND) -> str:
    """The line that failed and those around it, a caret under the expression."""
    if span is None:
        return ""
    lines = "".join(
        _failing(span) if number == span.line else _line(number, escape(_cut(text)))
        for number, text in _around(span, around)
    )
    # It scrolls, so the keyboard must reach it.
    label = escape(f"Source of {clean(span.path.replace(chr(92), '/').rpartition('/')[2])}")
    return f'<pre class="src" tabindex="0" role="group" aria-label="{label}">{lines}</pre>'


def _around(span: SourceSpan, around: int) -> list[tuple[int, str]]:
    """Numbered lines; only the one of the span where the file is not as it was read."""
    text = (Files(()).read(span.path) or b"") if around else b""
    lines = text.decode("utf-8", "replace").splitlines()
    if span.line > len(lines) or lines[span.line - 1] != span.text:
        return [(span.line, span.text)]
    first = max(0, span.line - 1 - around)
    return list(enumerate(lines[first : span.line + around], first + 1))


def _cut(text: str) -> str:
    return clean(text[:LONG].expandtabs(TAB))


def _failing(span: SourceSpan) -> str:
    before = _cut(span.text[: span.column - 1])
    expression = _cut(span.text[span.column - 1 : span.end - 1])
    after = _cut(span.text[span.end - 1 :])
    marked = f"{escape(before)}<mark>{escape(expression)}</mark>{escape(after)}"
    caret = f"{' ' * len(before)}{'^' * max(1, len(expression))}"
    return _line(span.line, marked, "line bad") + _line("", caret, "line caret")


def _line(number: int | str, markup: str, kind: str = "line") -> str:
    return f'<span class="{kind}"><span class="ln">{number}</span>{markup}\n</span>'
