"""Hover: a frame's full table. All that a log says stands in code spans and code blocks, where
nothing is markup; for clients without Markdown, the same as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.lsp.documents import Document
from gotrace.lsp.ranges import range_of
from gotrace.lsp.reading import FramePlace, Reading
from gotrace.lsp.wording import name_of, printed_value, title_of
from gotrace.pointers import pointers_of
from gotrace.rendering.frames import Look, frame_lines
from gotrace.rendering.markdown_text import Budget, code, fence, prose
from gotrace.rendering.paths import ShortNames
from gotrace.rendering.style import clean, plain
from gotrace.value import Argument, Certainty

WIDTH = 100
SEEN = 5
_TITLES = ["argument", "type", "value", "certainty", "also in"]


def frame_at(document: Document, offset: int) -> tuple[Reading, FramePlace] | None:
    """The frame that stands at a byte of the document."""
    line = document.text.line_of(offset)
    for reading in document.known((line, line + 1)):
        for place in reading.frames(offset, offset):
            return reading, place
    return None


def hover(document: Document, offset: int, *, markdown: bool) -> types.Hover | None:
    """What there is to say of the frame at a byte; None where none stands there."""
    found = frame_at(document, offset)
    if found is None:
        return None
    reading, place = found
    if markdown:
        kind, text = types.MarkupKind.Markdown, "\n".join(_blocks(reading, place))
    else:
        kind, text = types.MarkupKind.PlainText, frame_text(reading, place)
    shown = range_of(document, place.start, place.end)
    return types.Hover(contents=types.MarkupContent(kind, text), range=shown)


def frame_text(reading: Reading, place: FramePlace) -> str:
    """The frame as plain text, as a terminal shows it."""
    frame, report = place.frame, reading.report
    site = frame.frame.site
    short = ShortNames([frame.frame.function], [site.file] if site else [])
    look = Look(short, report.pointers, True, WIDTH)
    goroutine = report.goroutines[place.goroutine].goroutine
    alone = goroutine._replace(
        frames=(), elided=None, created_by=None, ancestors=(), stack_unavailable=False
    )
    lines = frame_lines(AnnotatedGoroutine(alone, (frame,)), look)
    return "\n".join(map(plain, lines))


def _blocks(reading: Reading, place: FramePlace) -> Iterator[str]:
    frame = place.frame
    site = frame.frame.site
    where = "" if site is None else f" at {code(str(site))}"
    yield f"{code(title_of(frame))}{where}\n"
    signature = frame.signature
    if signature is not None:
        yield fence([clean(signature.text)], Budget(4000), "go")
    culprit = reading.report.culprit
    if culprit is not None and (culprit.goroutine, culprit.frame) == (
        place.goroutine,
        place.number,
    ):
        yield f"**Culprit** ({culprit.certainty.value}): {prose(culprit.explanation)}\n"
    if not reading.tells:
        return
    if frame.arguments:
        yield from _table(reading, place)
    for issue in frame.issues:
        yield f"- **{code(issue.code)}** {prose(issue.message)}\n"
    for argument in frame.arguments:
        for finding in argument.findings:
            yield f"- **{finding.severity.value}** {prose(finding.message)} {code(finding.code)}\n"
    yield from _rest(frame)


def _rest(frame: AnnotatedFrame) -> Iterator[str]:
    if frame.unbound:
        why = "No signature" if frame.signature is None else "Not bound"
        words = " ".join(f"{w.value:#x}{'?' if w.stale else ''}" for w in frame.unbound)
        yield f"{why}: {code(words)}\n"
    if frame.signature is not None:
        yield f"Signature from: {frame.signature.source.value}\n"


def _table(reading: Reading, place: FramePlace) -> Iterator[str]:
    names = reading.report.pointers
    rows = [
        [
            code(name_of(argument, index)),
            code(argument.type),
            code(printed_value(argument, names)),
            _certainty(argument),
            _seen(reading, place, argument),
        ]
        for index, argument in enumerate(place.frame.arguments)
    ]
    columns = 5 if any(row[4] for row in rows) else 4
    for row in (_TITLES, ["---"] * columns, *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row[:columns]) + " |"
    yield ""


def _certainty(argument: Argument) -> str:
    parts = [argument.certainty.value]
    if argument.reason and argument.value is not None:
        parts.append(prose(argument.reason))
    if argument.provenance is not None:
        parts.append(prose(argument.provenance.text))
    return ": ".join(parts)


def _seen(reading: Reading, place: FramePlace, argument: Argument) -> str:
    """Other frames that hold the same pointer."""
    if argument.value is None or argument.certainty is Certainty.UNSET:
        return ""
    found: dict[str, None] = {}
    here = (place.goroutine, place.number)
    for address in pointers_of(argument.value):
        for seen in reading.report.seen.get(address, ())[: 4 * SEEN]:
            if seen[1:3] != here:
                found[f"goroutine {seen.goroutine} frame {seen.frame + 1}"] = None
    listed = list(found)[:SEEN]
    return ", ".join(listed) + (", …" if len(found) > SEEN else "")
