"""Bytes of a document as ranges of the protocol."""

from __future__ import annotations

from lsprotocol import types

from gotrace.lsp.documents import Document, Lines


def position_of(document: Document, offset: int) -> types.Position:
    """Where a byte stands."""
    return types.Position(*document.text.place(offset))


def range_of(document: Document, start: int, end: int) -> types.Range:
    """From a byte to another."""
    return types.Range(position_of(document, start), position_of(document, max(start, end)))


def first_line_of(document: Document, start: int, end: int) -> types.Range:
    """As much of it as stands on its first line: nobody wants a page underlined."""
    found = range_of(document, start, end)
    if found.end.line == found.start.line:
        return found
    starts = document.text.starts
    return range_of(document, start, starts[found.start.line + 1] - 1)


def lines_of(wanted: types.Range) -> Lines:
    """The lines of a range."""
    return wanted.start.line, wanted.end.line + 1


def bytes_of(document: Document, lines: Lines) -> tuple[int, int]:
    """Where these lines begin and end."""
    starts = document.text.starts
    last = len(starts) - 1
    return starts[min(max(0, lines[0]), last)], starts[min(max(0, lines[1]), last)]
