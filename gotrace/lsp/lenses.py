"""Code lenses: how many goroutines are like this one, and the whole of it decoded."""

from __future__ import annotations

from lsprotocol import types

from gotrace.lsp.documents import Document
from gotrace.lsp.ranges import first_line_of

MOST = 500  # lenses of one document
SHOW_REPORT = "gotrace.showReport"
SHOW_GOROUTINES = "gotrace.showGoroutines"


def lenses(document: Document) -> list[types.CodeLens]:
    """One at each dump, and one at the first of goroutines that are alike."""
    found: list[types.CodeLens] = []
    for reading in document.readings:
        shown = first_line_of(document, reading.start, reading.end)
        line = shown.start.line
        arguments = [document.uri, line]
        command = types.Command("show decoded", SHOW_REPORT, arguments=arguments)
        found.append(types.CodeLens(shown, command=command))
        for index, count in reading.places.groups:
            if len(found) >= MOST:
                return found
            start, end = reading.places.goroutines[index]
            place = first_line_of(document, start + reading.shift, end + reading.shift)
            command = types.Command(
                f"{count:,} goroutines like this · show all",
                SHOW_GOROUTINES,
                arguments=[document.uri, place.start.line],
            )
            found.append(types.CodeLens(place, command=command))
    return found
