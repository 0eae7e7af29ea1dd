"""From frames to source: links on their file lines, and go-to-definition."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from gotrace.lsp.documents import Document, Lines
from gotrace.lsp.hover import frame_at
from gotrace.lsp.positions import units
from gotrace.lsp.ranges import range_of
from gotrace.lsp.reading import Interval, Reading
from gotrace.model import Site, Span
from gotrace.rendering.files import uri_of

MOST = 5000  # links of one document


def links(document: Document, lines: Lines, *, tooltips: bool) -> list[types.DocumentLink]:
    """A link for each file line whose file is here."""
    found: list[types.DocumentLink] = []
    for reading in document.known(lines):
        for site, start, end in _sites(reading) if reading.local else ():
            path = reading.local.get(site.file)
            if path is not None:
                target = f"{uri_of(path)}#{max(1, site.line)}"
                shown = _trimmed(document, site, start, end)
                tip = f"{path}:{site.line}" if tooltips else None
                found.append(types.DocumentLink(shown, target=target, tooltip=tip))
            if len(found) >= MOST:
                return found
    return found


def _sites(reading: Reading) -> Iterator[tuple[Site, int, int]]:
    """Every printed place, with where it is printed; the crash first."""
    report = reading.report
    order = sorted(
        range(len(report.goroutines)), key=lambda i: not report.goroutines[i].goroutine.crashed
    )
    for index in order:
        goroutine = report.goroutines[index]
        for frame in goroutine.frames:
            plain = frame.frame
            if plain.site is not None:
                yield (plain.site, *reading.span(Span(plain.site_start, plain.end)))
        creator = goroutine.goroutine.created_by
        if creator is not None and creator.site is not None:
            yield (creator.site, *reading.span(creator.span))


def _trimmed(document: Document, site: Site, start: int, end: int) -> types.Range:
    """The file and line themselves; all of what was printed where it is written otherwise."""
    text = document.text
    line = text.line_of(max(start, end - 1))
    begin = max(start, text.starts[line])
    data = text.bytes_of(line, line + 1)[begin - text.starts[line] : end - text.starts[line]]
    printed = f"{site.file}:{site.line}".encode("utf-8", "surrogateescape")
    at = data.rfind(printed)
    if at >= 0:
        return range_of(document, begin + at, begin + at + len(printed))
    return range_of(document, begin, begin + len(data.rstrip()))


def definition(document: Document, offset: int) -> types.Location | None:
    """The source of the frame, or of what created the goroutine, at a byte of the document."""
    found = frame_at(document, offset)
    if found is None:
        return _creator(document, offset)
    reading, place = found
    culprit = reading.report.culprit
    span = None if culprit is None else culprit.span
    if culprit is not None and span is not None:
        raw = span.text[: span.column - 1].encode("utf-8", "replace")
        if (culprit.goroutine, culprit.frame) == place[:2]:
            return _location(span.path, span.line, units(raw, document.text.encoding))
    return _of_site(reading, place.frame.frame.site)


def _creator(document: Document, offset: int) -> types.Location | None:
    line = document.text.line_of(offset)
    for reading in document.known((line, line + 1)):
        inside = offset - reading.shift
        for index in reading.places.between(inside, inside):
            creator = reading.report.goroutines[index].goroutine.created_by
            if creator is not None and _holds(reading.span(creator.span), offset):
                return _of_site(reading, creator.site)
    return None


def _holds(span: Interval, offset: int) -> bool:
    return span[0] <= offset <= span[1]


def _of_site(reading: Reading, site: Site | None) -> types.Location | None:
    path = None if site is None else reading.local.get(site.file)
    return None if site is None or path is None else _location(path, site.line, 0)


def _location(path: str, line: int, column: int) -> types.Location:
    place = types.Position(max(0, line - 1), column)
    return types.Location(uri_of(path), types.Range(place, place))
