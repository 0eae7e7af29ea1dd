"""Streams of any size to dumps: ``scan`` pulls, :class:`Scanner` is pushed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gotrace.scanning.scanner import MOST, Scanner
from gotrace.scanning.sources import Source, found_in, name_of

if TYPE_CHECKING:
    from gotrace.model import Dump

__all__ = ["Scanner", "scan"]


def scan(
    source: Source,
    *,
    prefix: str | None = None,
    max_dump_bytes: int = MOST,
    jobs: int = 1,
) -> Iterator[Dump]:
    """The dumps of ``source``, each as soon as it is complete, in bounded memory.

    Shape:  ``source`` is a path (``-``: standard input; compressed files are unpacked), a binary
            file, or an iterable of lines or of records (mappings).
    Units:  places (``Dump.where``) in bytes of what was read, unpacked; ``max_dump_bytes`` of a
            dump, which then has an Issue ``truncated``.
    Errors: UnreadableFileError with a hint; TypeError for what is no source. A UserWarning at the
            end where a line was too long to be a record.
    Source: docs/envelopes.md; ``jobs`` processes share a plain file by ranges of bytes.
    """
    if jobs > 1 and isinstance(source, str):
        from gotrace.scanning.ranges import scan_in_ranges  # noqa: PLC0415 - starts processes

        places: list[int] = []
        yield from scan_in_ranges(
            source, jobs, prefix=prefix, max_dump_bytes=max_dump_bytes, overlong=places.append
        )
        for place in places:
            _warn(source, place, max_dump_bytes)
        return
    scanner = Scanner(name_of(source), prefix=prefix, max_dump_bytes=max_dump_bytes)
    for found in found_in(source, scanner):
        yield from found
    if scanner.overlong is not None:
        _warn(scanner.source, scanner.overlong, max_dump_bytes)


def _warn(name: str, place: int, most: int) -> None:
    import warnings  # noqa: PLC0415 - seldom

    from gotrace.input.longest import said_of  # noqa: PLC0415

    warnings.warn(said_of(name, place, most)[0], stacklevel=3)
