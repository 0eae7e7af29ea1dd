"""Inlay hints: ``name=`` before an argument's words, its value behind them."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from gotrace.lsp.documents import Document, Lines
from gotrace.lsp.ranges import bytes_of, position_of
from gotrace.lsp.reading import FramePlace, Reading
from gotrace.lsp.wording import finding_marks, name_of, short_value
from gotrace.rendering.style import clean
from gotrace.value import Argument

MOST = 5000  # hints of one answer


def hints(document: Document, lines: Lines) -> list[types.InlayHint]:
    """The hints of these lines."""
    start, end = bytes_of(document, lines)
    found: list[types.InlayHint] = []
    for reading in document.known(lines):
        if not reading.tells:
            continue
        for place in reading.frames(start, end):
            found += _of_frame(document, reading, place)
            if len(found) >= MOST:
                return found
    return found


def _of_frame(document: Document, reading: Reading, place: FramePlace) -> Iterator[types.InlayHint]:
    """Two arguments that share a word have their names before it, both."""
    frame = place.frame
    if not any(a.words for a in frame.arguments):
        return
    parts = reading.parts(frame)
    before: dict[int, list[tuple[str, Argument]]] = {}
    behind: dict[int, list[tuple[str, Argument]]] = {}
    for index, argument in enumerate(frame.arguments):
        if not argument.words:
            continue
        first = min(w.start for w in argument.words)
        last = max(w.end + w.stale for w in argument.words)
        before.setdefault(first, []).append((f"{name_of(argument, index)}=", argument))
        text = short_value(argument, reading.report.pointers)
        if text:
            behind.setdefault(last, []).append((text, argument))
    for first, labels in before.items():
        yield _hint(document, parts(first, first + 1)[0], labels, types.InlayHintKind.Parameter)
    for last, labels in behind.items():
        yield _hint(document, parts(last - 1, last)[1], labels, types.InlayHintKind.Type)


def _hint(
    document: Document,
    offset: int,
    labels: list[tuple[str, Argument]],
    kind: types.InlayHintKind,
) -> types.InlayHint:
    names = kind is types.InlayHintKind.Parameter
    return types.InlayHint(
        position=position_of(document, offset),
        label=("" if names else ", ").join(text for text, _ in labels),
        kind=kind,
        tooltip="\n".join(_tooltip(argument) for _, argument in labels),
        padding_left=not names,
        padding_right=False,
    )


def _tooltip(argument: Argument) -> str:
    marks = finding_marks(argument)
    parts = [clean(argument.type), argument.certainty.value, clean(argument.reason), marks]
    return " · ".join(p for p in parts if p)
