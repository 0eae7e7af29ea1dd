"""Commands of the server: a dump, goroutines or a frame as text.

The text is the answer; a client that shows documents is asked to show it as well.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from io import StringIO

from gotrace.grouping import Level, buckets
from gotrace.lsp.documents import Document
from gotrace.lsp.hover import frame_at, frame_text
from gotrace.lsp.reading import Reading
from gotrace.rendering.formats import Page, writer
from gotrace.rendering.style import clean, plain
from gotrace.rendering.text import look_at, whole_lines

WIDTH = 120
LISTED = 1000  # goroutines that are listed by their places


def report_text(document: Document, line: int) -> str:
    """The dump at a line, as ``gotrace annotate`` prints it; the first one where none is there."""
    reading = _at(document, line)
    if reading is None:
        return ""
    out = StringIO()
    writer("text")([reading.report], out, Page(width=WIDTH))
    return "\n".join(row.rstrip() for row in out.getvalue().split("\n"))


def goroutines_text(document: Document, line: int) -> str:
    """All goroutines that are like the one at a line: their stack once, then who and where."""
    reading = _at(document, line)
    if reading is None:
        return ""
    offset = document.text.starts[min(max(line, 0), len(document.text.lines))] - reading.shift
    here = set(reading.places.between(offset, offset))
    goroutines = reading.report.goroutines
    for bucket in buckets((g.goroutine for g in goroutines), Level.POINTERS):
        if here & set(bucket.indices):
            break
    else:
        return ""
    shown = "\n".join(
        plain(row) for row in whole_lines(reading.report, [bucket], look_at(reading.report, WIDTH))
    )
    rows = [shown.strip("\n"), ""]
    for index in bucket.indices[:LISTED]:
        start = reading.places.goroutines[index][0] + reading.shift
        goroutine = goroutines[index].goroutine
        where = f"{document.path or document.uri}:{document.text.line_of(start) + 1}"
        rows.append(f"{clean(where)}  goroutine {goroutine.id} [{clean(goroutine.state or '')}]")
    if len(bucket.indices) > LISTED:
        rows.append(f"… and {len(bucket.indices) - LISTED:,} more")
    return "\n".join(rows) + "\n"


def frame_text_at(document: Document, line: int, column: int) -> str:
    """The frame at a place."""
    found = frame_at(document, document.text.offset((line, column)))
    return "" if found is None else frame_text(*found) + "\n"


def _at(document: Document, line: int) -> Reading | None:
    readings = document.known((line, line + 1)) or document.readings
    return readings[0] if readings else None


class Shown:
    """A folder of our own for texts that an editor shows; gone when the server is."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self._count = 0

    def write(self, name: str, text: str) -> str:
        """A file with this text; its path."""
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="gotrace-")
        self._count += 1
        path = os.path.join(self._folder, f"{name}-{self._count}.txt")
        with open(path, "w", encoding="utf-8", errors="replace") as file:
            file.write(text)
        return path

    def close(self) -> None:
        """Take all of it away."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
