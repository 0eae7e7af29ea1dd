"""What there is to say of a report, at the very words: made by the reader, shown by
``diagnostics``. Places are bytes of what was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.culprit import Culprit, SourceSpan
from gotrace.model import Dump, Site, Span
from gotrace.rendering.culprit import reason_of, telling
from gotrace.rendering.json_frames import origin_of
from gotrace.rendering.pages import CRASH, CULPRIT
from gotrace.rendering.sarif_crash import cause_of, is_asked_for, is_crash, is_named, own_frame
from gotrace.rendering.sarif_rules import slug
from gotrace.rendering.style import clean
from gotrace.report import Report
from gotrace.tuples import NamedTuple
from gotrace.value import Finding, Severity

MOST = 1000  # of one dump: beyond, no list can be read


class Level(IntEnum):
    """As the protocol counts them."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


class Related(NamedTuple):
    """A place that evidence comes from: bytes ``start`` to ``end`` of the log, else a local source
    file, else a printed one."""

    message: str
    start: int = 0
    end: int = 0
    source: SourceSpan | None = None
    site: Site | None = None


class Remark(NamedTuple):
    """``code`` has a page in the docs. ``frame`` is the goroutine and frame that it is about."""

    start: int
    end: int
    level: Level
    code: str
    message: str
    related: tuple[Related, ...] = ()
    frame: tuple[int, int] | None = None


_LEVELS = {
    Severity.ERROR: Level.ERROR,
    Severity.WARNING: Level.WARNING,
    Severity.NOTE: Level.INFORMATION,
}
_DOUBTS = {"binary-mismatch", "signature-disagreement", "source-mismatch", "internal"}


def remarks_of(report: Report, *, whole: bool = True) -> tuple[Remark, ...]:
    """The worst first, and as many as anybody reads. Of a part of a dump, not ``whole``, nothing is
    said that the rest could refute."""
    found = [*_crash(report), *_issues(report)] if whole else []
    if not whole and not report.runtime.port.word_size_proven:
        return ()
    for remark in _findings(report):
        if len(found) >= 4 * MOST:
            break
        found.append(remark)
    found.sort(key=lambda r: (r.level, not r.code.startswith((CULPRIT, CRASH)), r.start))
    return tuple(found[:MOST])


# ---------------------------------------------------------------------- findings


def _findings(report: Report) -> Iterator[Remark]:
    """Those of the goroutine that crashed first: a bound must not leave them out."""
    order = sorted(
        range(len(report.goroutines)), key=lambda i: not report.goroutines[i].goroutine.crashed
    )
    for index in order:
        for number, frame in enumerate(report.goroutines[index].frames):
            if frame.issues or any(a.findings for a in frame.arguments):
                yield from _of_frame(report, frame, (index, number))


def _of_frame(report: Report, frame: AnnotatedFrame, place: tuple[int, int]) -> Iterator[Remark]:
    for issue in frame.issues:
        start, end = _within(report, frame, issue.start, issue.end)
        related = tuple(_site(frame))
        message = clean(issue.message)
        yield Remark(start, end, Level.WARNING, issue.code, message, related, place)
    for argument in frame.arguments:
        for finding in argument.findings:
            first, last = finding.start, finding.end
            if last <= first:  # nothing of it was printed
                first, last = 0, frame.frame.call.name_end
            start, end = _within(report, frame, first, last)
            related = tuple(_evidence(report, frame, finding))
            level, message = _LEVELS[finding.severity], clean(finding.message)
            yield Remark(start, end, level, finding.code, message, related, place)


def _evidence(report: Report, frame: AnnotatedFrame, finding: Finding) -> Iterator[Related]:
    signal = report.dump.signal
    if finding.code == "nil-fault" and signal is not None:
        start, end = report.dump.where(signal.span)[:2]
        yield Related("the address that could not be read", start, end)
    for text in finding.evidence:
        start, end = _within(report, frame, finding.start, finding.end)
        yield Related(clean(text), start, end)
    yield from _site(frame)


def _site(frame: AnnotatedFrame) -> Iterator[Related]:
    if frame.frame.site is not None:
        yield Related("the frame's line in the source", site=frame.frame.site)


def _within(report: Report, frame: AnnotatedFrame, first: int, last: int) -> tuple[int, int]:
    plain = frame.frame
    origin = origin_of(report.dump, plain) if plain.call.parenthesised else None
    if origin is not None:
        return origin[0] + first, origin[0] + last
    return report.dump.where(Span(plain.start + first, plain.start + last))[:2]


# ---------------------------------------------------------------------- the crash


def _crash(report: Report) -> Iterator[Remark]:
    culprit = report.culprit
    if culprit is not None and is_named(culprit):
        frame = report.goroutines[culprit.goroutine].frames[culprit.frame]
        start, end = _within(report, frame, 0, frame.frame.call.name_end)
        code = CULPRIT + slug(culprit.kind)
        related = tuple(_ways(report, culprit))
        place = (culprit.goroutine, culprit.frame)
        yield Remark(start, end, Level.ERROR, code, said(report, culprit), related, place)
    elif is_crash(report) and not is_asked_for(report):
        yield from _death(report)


def _death(report: Report) -> Iterator[Remark]:
    own = own_frame(report)
    kind = report.dump.kind.value if report.culprit is None else slug(report.culprit.kind)
    if own is not None:
        start, end = _within(report, own, 0, own.frame.call.name_end)
        related = (*_cause(report), *_site(own))
        yield Remark(start, end, Level.ERROR, CRASH + kind, clean(cause_of(report.dump)), related)


def said(report: Report, culprit: Culprit) -> str:
    """What failed, how sure that is, and why."""
    head = culprit.explanation
    if not culprit.expression:
        head = f"one of {', '.join(culprit.alternatives)}: {head}"
    parts = [f"{head} ({culprit.certainty.value})"]
    if culprit.expression and culprit.alternatives:
        parts.append(f"or {', '.join(culprit.alternatives)}: nothing here tells them apart")
    parts += [reason_of(culprit), cause_of(report.dump)]
    return "\n".join(clean(p) for p in parts if p)


def _ways(report: Report, culprit: Culprit) -> Iterator[Related]:
    """The source, the cause, the callers that the value came through, and other evidence."""
    frames = report.goroutines[culprit.goroutine].frames
    if culprit.span is not None:
        yield Related("the expression in the source", source=culprit.span)
    else:
        yield from _site(frames[culprit.frame])
    yield from _cause(report)
    for step in culprit.blame:
        doubt = "" if step.sure else " (one of several calls)"
        message = clean(f"passed as {step.expression}{doubt}")
        if step.span is not None:
            yield Related(message, source=step.span)
        else:
            call = frames[step.frame].frame.call
            start, end = _within(report, frames[step.frame], 0, call.name_end)
            yield Related(message, start, end)
    frame = frames[culprit.frame]
    start, end = _within(report, frame, 0, frame.frame.call.end)
    for piece in telling(culprit):
        yield Related(clean(piece.text), start, end)


def _cause(report: Report) -> Iterator[Related]:
    spans = [c.span for c in report.dump.causes[-1:]]
    if not spans and report.dump.signal is not None:
        spans = [report.dump.signal.span]
    for span in spans:
        start, end = report.dump.where(span)[:2]
        yield Related("what Go printed of the cause", start, end)


# ---------------------------------------------------------------------- issues


def _issues(report: Report) -> Iterable[Remark]:
    dump = report.dump
    for issue in report.issues[: 4 * MOST]:
        # What is said of a dump as a whole stands at its head: a page underlined helps nobody.
        span = _head(dump) if issue.span == dump.span else issue.span
        start, end = dump.where(span)[:2]
        level = Level.WARNING if issue.code in _DOUBTS else Level.INFORMATION
        yield Remark(start, end, level, issue.code, clean(issue.message))


def _head(dump: Dump) -> Span:
    if dump.causes:
        return dump.causes[-1].span
    if dump.signal is not None:
        return dump.signal.span
    frame = next((f for g in dump.goroutines for f in g.frames), None)
    return dump.span if frame is None else Span(frame.start, frame.start + frame.call.end)
