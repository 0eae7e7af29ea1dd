"""Text to dumps. ``parse`` is the way in; the parts are records, frames, goroutine, assemble."""

from __future__ import annotations

import gc
from collections.abc import Iterator

from gotrace.input import longest
from gotrace.model import Dump, Issue, Parse, SourceMap, Span

MANY = 200  # goroutines that are worth making old at once


def parse(data: bytes, *, source: str = "-") -> Parse:
    """Find and read every Go traceback in ``data``, whatever a log collector wrapped round it.

    Shape:  the dumps in the order in which they begin.
    Units:  spans in bytes of the text that was read; ``Dump.where`` and ``Dump.locate`` give the
            bytes of ``data``, which differ where it was wrapped.
    Errors: none for any bytes; what is not understood becomes an Issue of its dump. One of the
            Parse says where a line is longer than any record (``line-too-long``).
    Source: runtime/traceback.go, runtime/panic.go (docs/how-it-works.md names the references).
    """
    found = tuple(each_dump(data, source=source))
    place = longest.first_beyond(data, longest.LONGEST)
    if place is None:
        return Parse(found)
    text, _ = longest.said_of(source, place, longest.LONGEST)
    return Parse(found, (Issue("line-too-long", text, Span(place, place)),))


def each_dump(data: bytes, *, source: str = "-", prefix: str | None = None) -> Iterator[Dump]:
    """The dumps of ``data`` one after the other, each as soon as it is read.

    ``prefix`` is a regular expression for what stands before each line of the user's log.
    """
    return read_all(data, source, prefix, None)


def read_all(
    data: bytes, source: str, prefix: str | None, places: SourceMap | None
) -> Iterator[Dump]:
    """Like :func:`each_dump`; ``places`` maps ``data`` where it is a part of something.

    No garbage is collected while a dump is built. A model is many small objects without cycles: to
    look through them again and again takes half of the time. Threads that do this at once leave the
    collector as the first one found it.
    """
    from gotrace.parsing import wrapped  # noqa: PLC0415 - compiles patterns

    found = wrapped.dumps(data, source, prefix, places)
    while True:
        dump = None
        enabled = gc.isenabled()
        gc.disable()
        try:
            dump = next(found, None)
        finally:
            if enabled and dump is not None and len(dump.goroutines) > MANY:
                from gotrace.parsing.collector import settle  # noqa: PLC0415 - only for large ones

                settle()
            if enabled:
                gc.enable()
        if dump is None:
            return
        yield dump
