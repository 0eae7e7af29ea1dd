"""Text to dumps. ``parse`` is the way in; the parts are records, frames, goroutine, assemble."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from gotrace.model import Dump, Parse, SourceMap


def parse(data: bytes, *, source: str = "-") -> Parse:
    """Find and read every Go traceback in ``data``, whatever a log collector wrapped round it.

    Shape:  the dumps in the order in which they begin.
    Units:  spans in bytes of the text that was read; ``Dump.where`` and ``Dump.locate`` give the
            bytes of ``data``, which differ where it was wrapped.
    Errors: none for any bytes; what is not understood becomes an Issue of its dump.
    Source: runtime/traceback.go, runtime/panic.go (docs/how-it-works.md names the references).
    """
    return Parse(tuple(each_dump(data, source=source)))


def each_dump(data: bytes, *, source: str = "-", prefix: str | None = None) -> Iterator[Dump]:
    """The dumps of ``data`` one after the other, each as soon as it is read.

    ``prefix`` is a regular expression for what stands before each line of the user's log.
    """
    return read_all(data, source, prefix, None)


def read_all(
    data: bytes, source: str, prefix: str | None, places: SourceMap | None
) -> Iterator[Dump]:
    """Like :func:`each_dump`; ``places`` maps ``data`` where it is a part of something."""
    from gotrace.parsing import wrapped  # noqa: PLC0415 - compiles patterns

    found = wrapped.dumps(data, source, prefix, places)
    while True:
        with _collector_paused():
            dump = next(found, None)
        if dump is None:
            return
        yield dump


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No garbage collection while a dump is built.

    A model is many small objects without cycles: to look through them again and again takes half
    of the time. Threads that do this at once leave the collector as the first one found it.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
