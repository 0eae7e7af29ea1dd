"""What an envelope gives for what it understands: records with text, and where it stood."""

from __future__ import annotations

import re
from collections.abc import Callable

from gotrace.input.sourcemap import RawPiece
from gotrace.tuples import NamedTuple

__all__ = [
    "HEADER", "LINE_ANCHORS", "PLAIN", "Envelope", "RawPiece", "Reading", "Record", "plain_line",
    "tail", "word",
]  # fmt: skip


PLAIN = ""  # the stream of lines that nothing was wrapped round


class Record(NamedTuple):
    """One record of a collector or logger.

    ``text`` comes without the collector's line end; ``newline`` says whether it ends a line of the
    program (False: the next record of the stream goes on in it). ``alone``: the text is a whole of
    its own, not a line of a stream. ``resumes``: it goes on in the line that the record before it
    ended. ``format`` names the format where an envelope reads several.
    """

    text: bytes
    pieces: tuple[RawPiece, ...]
    stream: str = PLAIN
    time: str = ""
    newline: bool = True
    alone: bool = False
    resumes: bool = False
    format: str = ""


class Reading(NamedTuple):
    """What stood at a place: its records (none: a record without text) and where it ends."""

    records: tuple[Record, ...]
    end: int


class Envelope(NamedTuple):
    """A way in which text is wrapped.

    ``read(data, start, end)`` is given the bounds of a line, its line end included, and answers
    with what it read there, or None where the line is not of this envelope. It may read on behind
    the line. ``anchors``: every record that holds a part of a trace worth finding holds one of
    these bytes. ``inline``: lines that are not wrapped belong to the same text. ``verified`` is
    whether real output of the format was seen.
    """

    name: str
    read: Callable[[bytes, int, int], Reading | None]
    anchors: tuple[bytes, ...]
    verified: bool
    inline: bool = False


_new = tuple.__new__  # skips NamedTuple's own __new__, which takes twice the time

HEADER = b"goroutine "
LINE_ANCHORS = (HEADER, b"panic: ", b"fatal error: ", b".go:", b" +0x", b"[signal ", b"PC=0x")


def plain_line(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The bounds of a line without its line end."""
    if end > start and data[end - 1] == 10:
        end -= 1
        if end > start and data[end - 1] == 13:
            end -= 1
    return start, end


def tail(
    data: bytes, start: int, end: int, stream: str = PLAIN, time: str = "", *, newline: bool = True
) -> Reading:
    """The rest of a line, from ``start`` on, as one record."""
    stop = max(start, end)
    if stop > start and data[stop - 1] == 10:
        stop -= 1
        if stop > start and data[stop - 1] == 13:
            stop -= 1
    text = bytes(data[start:stop])
    pieces = ((0, start, stop - start, stop - start),)
    record = _new(Record, (text, pieces, stream, time, newline, False, False, ""))
    return _new(Reading, ((record,), end))


def word(match: re.Match[bytes], group: str) -> str:
    """A group's text, empty where it took no part."""
    found = match[group]
    return "" if found is None else found.decode("utf-8", "replace")
