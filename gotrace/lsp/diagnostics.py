"""Remarks as diagnostics, in the log and in the Go source that is open."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache

from lsprotocol import types

from gotrace.culprit.culprit import Culprit, SourceSpan
from gotrace.lsp.documents import Document
from gotrace.lsp.positions import units
from gotrace.lsp.ranges import first_line_of
from gotrace.lsp.reading import Reading
from gotrace.lsp.remarks import MOST, Related, Remark, said
from gotrace.rendering.files import uri_of
from gotrace.rendering.pages import CULPRIT, address, file
from gotrace.rendering.sarif_rules import slug
from gotrace.rendering.style import clean

SOURCE = "gotrace"


def of_log(document: Document, *, related: bool) -> list[types.Diagnostic]:
    """What is wrong in a log. ``related``: the client shows related places."""
    readings = document.readings or document.ahead
    found = ((reading, remark) for reading in readings for remark in reading.remarks)
    listed = sorted(found, key=lambda f: f[1].level)[:MOST]
    listed.sort(key=lambda f: f[1].start + f[0].shift)
    return [_diagnostic(document, r, remark, related=related) for r, remark in listed]


def _diagnostic(
    document: Document, reading: Reading, remark: Remark, *, related: bool
) -> types.Diagnostic:
    shift = reading.shift
    places = [_related(document, reading, place) for place in remark.related]
    return types.Diagnostic(
        range=first_line_of(document, remark.start + shift, remark.end + shift),
        severity=types.DiagnosticSeverity(int(remark.level)),
        code=remark.code,
        code_description=described(remark.code),
        source=SOURCE,
        message=remark.message,
        related_information=[p for p in places if p is not None] if related else None,
        data=None if remark.frame is None else {"frame": list(remark.frame)},
    )


def _related(
    document: Document, reading: Reading, place: Related
) -> types.DiagnosticRelatedInformation | None:
    if place.source is not None:
        location = types.Location(uri_of(place.source.path), _source_range(document, place.source))
    elif place.site is not None:
        local = reading.local.get(place.site.file)
        if local is None:
            return None
        line = max(0, place.site.line - 1)
        location = types.Location(
            uri_of(local), types.Range(types.Position(line, 0), types.Position(line, 0))
        )
    else:
        shift = reading.shift
        shown = first_line_of(document, place.start + shift, place.end + shift)
        location = types.Location(document.uri, shown)
    return types.DiagnosticRelatedInformation(location, place.message)


def _source_range(document: Document, span: SourceSpan) -> types.Range:
    """Columns of a span count code points: the client may count otherwise."""
    encoding = document.text.encoding
    ends = [
        units(span.text[: column - 1].encode("utf-8", "replace"), encoding)
        for column in (span.column, span.end)
    ]
    line = span.line - 1
    return types.Range(types.Position(line, ends[0]), types.Position(line, ends[1]))


@cache
def described(code: str) -> types.CodeDescription | None:
    """The page that explains a code; None where the docs are neither on the net nor here."""
    on_the_net = address(code)
    if on_the_net is not None:
        return types.CodeDescription(on_the_net)
    here = file(code)
    return None if here is None else types.CodeDescription(uri_of(here[0]) + here[1])


# ---------------------------------------------------------------------- Go source


def of_source(
    document: Document, logs: Iterable[Document], *, related: bool
) -> list[types.Diagnostic]:
    """What crashed in a Go file that is open, from all logs that are. Only where the line still
    says what it said: a line that was edited is not accused."""
    if document.path is None or not document.path.endswith(".go"):
        return []
    found: list[types.Diagnostic] = []
    for log in logs:
        for reading in log.readings:
            culprit = reading.report.culprit
            if culprit is not None and log is not document:
                found += _in_source(document, log, reading, culprit, related=related)
    return found


def _in_source(
    document: Document, log: Document, reading: Reading, culprit: Culprit, *, related: bool
) -> Iterator[types.Diagnostic]:
    def made(span: SourceSpan, level: types.DiagnosticSeverity, message: str, frame: int) -> object:
        back = reading.report.goroutines[culprit.goroutine].frames[frame].frame
        start, end = reading.span(back.span)
        place = types.Location(log.uri, first_line_of(log, start, end))
        told = [types.DiagnosticRelatedInformation(place, "the frame in the log")]
        code = CULPRIT + slug(culprit.kind)
        return types.Diagnostic(
            range=_source_range(document, span),
            severity=level,
            code=code,
            code_description=described(code),
            source=SOURCE,
            message=message,
            related_information=told if related else None,
        )

    severity = types.DiagnosticSeverity
    if culprit.span is not None and _says(document, culprit.span):
        text = said(reading.report, culprit)
        yield made(culprit.span, severity.Error, text, culprit.frame)  # type: ignore[misc]
    for step in culprit.blame:
        if step.span is not None and step.sure and _says(document, step.span):
            text = clean(f"passed as {step.expression}: {culprit.explanation}")
            yield made(step.span, severity.Information, text, step.frame)  # type: ignore[misc]


def _says(document: Document, span: SourceSpan) -> bool:
    """Whether the document is that file, and its line what was judged."""
    path, lines = document.path, document.text.lines
    if path is None or span.line > len(lines) or not _same(path, span.path):
        return False
    now = lines[span.line - 1].rstrip(b"\r\n").decode("utf-8", "replace")
    return now == span.text.rstrip("\r\n")


def _same(one: str, other: str) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)
