"""The culprit as text: what failed, the source line with a caret, why, and what speaks for it."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.culprit.culprit import Blame, Culprit, Evidence, SourceSpan
from gotrace.culprit.rules import FACTS
from gotrace.rendering.frames import Look, linked_place
from gotrace.rendering.style import Line, Piece, Style, clean, columns, wrap
from gotrace.report import Report

LABEL = 9  # columns of the words that say what a line is
EVIDENCE = 3  # pieces that are shown without being asked for
TIES = 6


def culprit_lines(report: Report, look: Look, *, explain: bool = False) -> Iterator[Line]:
    """Nothing where only the message's own facts are known: they stand above it.

    ``explain`` shows every piece of evidence with its rule and weight.
    """
    culprit = report.culprit
    if culprit is None:
        return
    if culprit.expression or culprit.alternatives:
        yield ()
        yield from _head(culprit, report, look)
        if culprit.span is not None:
            yield from source_lines(culprit.span, look.width, margin=LABEL)
        yield from _why(culprit, report, look)
        yield from _evidence(culprit, look, explain=explain)
    elif explain:
        yield ()
        yield from _evidence(culprit, look, explain=True)
    if culprit.refused:
        if not culprit.expression:
            yield ()
        yield from _labelled("note", culprit.refused, Style.DIM, look.width)


def _head(culprit: Culprit, report: Report, look: Look) -> Iterator[Line]:
    said = culprit.explanation
    if not culprit.expression:
        said = f"one of {', '.join(culprit.alternatives[:TIES])}: {said}"
    place = place_of(culprit, report, look)
    lines = wrap(f"{clean(said)} ({culprit.certainty.value})", look.width - LABEL)
    gap = look.width - LABEL - columns(lines[0]) - columns(place)
    head = (Piece("culprit".ljust(LABEL), Style.CAUSE), Piece(lines[0], Style.HEADING))
    site = report.goroutines[culprit.goroutine].frames[culprit.frame].frame.site
    at = linked_place(" " * gap + place, site, look, Style.DIM)
    yield (*head, *at) if gap > 1 else head
    for line in lines[1:]:
        yield (Piece(" " * LABEL), Piece(line, Style.HEADING))


def place_of(culprit: Culprit, report: Report, look: Look) -> str:
    """``client.go:79``."""
    frame = report.goroutines[culprit.goroutine].frames[culprit.frame].frame
    site = frame.site
    if site is None:
        return clean(look.short.function(frame.function))
    return f"{clean(look.short.file(site.file))}:{site.line}"


TAB = 4


def source_lines(span: SourceSpan, width: int, *, margin: int = 0) -> Iterator[Line]:
    """The line that failed, indented by ``margin``, and a caret under the expression."""
    before, expression = span.text[: span.column - 1], span.text[span.column - 1 : span.end - 1]
    shift = len(before) - len(before.lstrip())
    before = clean(before[shift:].expandtabs(TAB))
    expression = clean(expression.expandtabs(TAB))
    after = clean(span.text[span.end - 1 :].expandtabs(TAB).rstrip())
    room = width - margin
    if columns(before) + columns(expression) > room:  # the expression is what counts
        before = "…" + before[len(before) - max(0, room - columns(expression) - 1) :]
    yield (
        Piece(" " * margin),
        Piece(before),
        Piece(expression, Style.CAUSE),
        Piece(after[: max(0, room - columns(before) - columns(expression))]),
    )
    carets = "^" * max(1, min(columns(expression), room - columns(before)))
    yield (Piece(" " * (margin + columns(before))), Piece(carets, Style.CAUSE))


def _why(culprit: Culprit, report: Report, look: Look) -> Iterator[Line]:
    for number, step in enumerate(culprit.blame):
        lead = "passed" if number == 0 else ""
        yield from _labelled(lead, _step(step, culprit, report, look), Style.PLAIN, look.width)
    if reason := reason_of(culprit):
        yield from _labelled("why", reason, Style.PLAIN, look.width)
    if culprit.expression and culprit.alternatives:
        others = ", ".join(culprit.alternatives[:TIES])
        more = len(culprit.alternatives) - TIES
        text = f"{others}{f' and {more} more' if more > 0 else ''}: nothing here tells them apart"
        yield from _labelled("or", text, Style.PLAIN, look.width)


def reason_of(culprit: Culprit) -> str:
    """The root cause, without the way there where that is shown."""
    reason = culprit.root_cause or ""
    if culprit.blame:
        _, _, reason = reason.partition("; ")
        if culprit.blame[-1].expression == "nil":
            return ""
    return reason


def _step(step: Blame, culprit: Culprit, report: Report, look: Look) -> str:
    frame = report.goroutines[culprit.goroutine].frames[step.frame].frame
    site = frame.site
    place = "" if site is None else f" at {look.short.file(site.file)}:{site.line}"
    doubt = "" if step.sure else " (one of several calls)"
    return f"as {step.expression} by {look.short.function(frame.function)}{place}{doubt}"


def _evidence(culprit: Culprit, look: Look, *, explain: bool) -> Iterator[Line]:
    if explain:
        for number, piece in enumerate(culprit.evidence):
            lead = "because" if number == 0 else ""
            said = f"{piece.weight:+.1f} {piece.rule}: {piece.text}"
            yield from _labelled(lead, said, Style.DIM, look.width)
        return
    for number, piece in enumerate(telling(culprit)):
        lead = "because" if number == 0 else ""
        yield from _labelled(lead, piece.text, Style.DIM, look.width)


def telling(culprit: Culprit) -> list[Evidence]:
    """The facts that are shown without being asked for."""
    return [e for e in culprit.evidence if _tells(e, culprit)][:EVIDENCE]


def _tells(piece: Evidence, culprit: Culprit) -> bool:
    """Whether it is a fact that speaks for the culprit, and was not said yet."""
    shown = piece.rule == "message" or (culprit.blame and piece.rule.startswith("passed"))
    return piece.weight > 0 and piece.rule in FACTS and not shown


def _labelled(label: str, text: str, style: Style, width: int) -> Iterator[Line]:
    for number, line in enumerate(wrap(clean(text), width - LABEL)):
        lead = label if number == 0 else ""
        yield (Piece(lead.ljust(LABEL), Style.DIM), Piece(line, style))
