"""Document symbols and folding ranges: dumps, and goroutines in them."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from gotrace.lsp.documents import Document
from gotrace.lsp.ranges import first_line_of, range_of
from gotrace.lsp.reading import Reading
from gotrace.model import Goroutine
from gotrace.rendering.sarif_crash import cause_of
from gotrace.rendering.style import clean, cut

MOST = 2000  # goroutines of one answer
FRAMES = 1000  # goroutines up to which their frames are listed too
LONGEST = 120


def symbols(document: Document) -> list[types.DocumentSymbol]:
    """A tree: dumps, goroutines, frames."""
    left = MOST
    found = []
    for reading in document.readings:
        if left <= 0:
            break
        found.append(_dump(document, reading, left))
        left -= len(reading.report.goroutines)
    return found


def flat(document: Document) -> list[types.SymbolInformation]:
    """The same for clients that know no trees, without frames."""
    found: list[types.SymbolInformation] = []
    for symbol in symbols(document):
        for one in (symbol, *(symbol.children or ())):
            inside = None if one is symbol else symbol.name
            place = types.Location(document.uri, one.range)
            found.append(types.SymbolInformation(place, one.name, one.kind, container_name=inside))
    return found


def _dump(document: Document, reading: Reading, most: int) -> types.DocumentSymbol:
    dump = reading.report.dump
    head = dump.causes[-1].span if dump.causes else dump.span
    return types.DocumentSymbol(
        name=_name(cause_of(dump)),
        detail=f"{len(dump.goroutines):,} goroutines" if len(dump.goroutines) > 1 else None,
        kind=types.SymbolKind.Event,
        range=range_of(document, reading.start, reading.end),
        selection_range=_head(document, *reading.span(head)),
        children=list(_goroutines(document, reading, most)),
    )


def _goroutines(document: Document, reading: Reading, most: int) -> Iterator[types.DocumentSymbol]:
    goroutines = reading.report.goroutines
    for index in reading.places.order[:most]:
        goroutine = goroutines[index].goroutine
        start, end = reading.places.goroutines[index]
        start, end = start + reading.shift, end + reading.shift
        frames = list(_frames(document, reading, index)) if len(goroutines) <= FRAMES else None
        yield types.DocumentSymbol(
            name=_name(_title(goroutine)),
            detail="crashed" if goroutine.crashed else None,
            kind=types.SymbolKind.Namespace,
            range=range_of(document, start, end),
            selection_range=_head(document, start, end),
            children=frames,
        )


def _frames(document: Document, reading: Reading, index: int) -> Iterator[types.DocumentSymbol]:
    for frame in reading.report.goroutines[index].frames:
        start, end = reading.span(frame.frame.span)
        site = frame.frame.site
        yield types.DocumentSymbol(
            name=_name(frame.frame.function),
            detail=None if site is None else _name(f"{site.file}:{site.line}"),
            kind=types.SymbolKind.Function,
            range=range_of(document, start, end),
            selection_range=_head(document, start, end),
        )


def _head(document: Document, start: int, end: int) -> types.Range:
    return first_line_of(document, start, end)


def _title(goroutine: Goroutine) -> str:
    who = "runtime stack" if goroutine.id is None else f"goroutine {goroutine.id}"
    return f"{who} [{goroutine.state}]" if goroutine.state else who


def _name(text: str) -> str:
    return cut(clean(text), LONGEST) or "?"  # a name may not be empty


# ---------------------------------------------------------------------- folding


def folds(document: Document, most: int | None) -> list[types.FoldingRange]:
    """Dumps and goroutines; as many as the client takes."""
    text = document.text
    found: list[types.FoldingRange] = []
    limit = min(most or MOST, MOST)
    for reading in document.readings:
        spans = [(reading.start, reading.end)]
        shift = reading.shift
        spans += ((start + shift, end + shift) for start, end in reading.places.goroutines)
        for start, end in spans:
            first, last = text.line_of(start), text.line_of(max(start, end - 1))
            if last > first:
                found.append(types.FoldingRange(first, last, kind=types.FoldingRangeKind.Region))
            if len(found) >= limit:
                return found
    return found
