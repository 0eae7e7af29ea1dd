"""How long a line may be to be a record, and where one is longer."""

from __future__ import annotations

LONGEST = 1 << 28  # bytes
_STEP = 1 << 24  # bytes searched before the pages of a mapped file are let go
_PAGES = 1 << 16  # a multiple of every page size


def first_beyond(data: bytes, most: int) -> int | None:
    """Where the first line of ``data`` begins that has more than ``most`` bytes; None where all are
    shorter."""
    start = 0
    while len(data) - start > most:
        end = _last_line_end(data, start, start + most)
        if end < 0:
            return start
        start = end + 1
    return None


def _last_line_end(data: bytes, start: int, stop: int) -> int:
    """The last one there, or -1: of a mapped file no more is in memory than is looked at."""
    while stop > start:
        low = max(start, stop - _STEP)
        end = data.rfind(b"\n", low, stop)
        _let_go(data, low, stop)
        if end >= 0:
            return end
        stop = low
    return -1


def _let_go(data: bytes, start: int, stop: int) -> None:
    madvise = getattr(data, "madvise", None)
    if madvise is not None:
        import mmap  # noqa: PLC0415 - it is there already: somebody mapped the file

        start -= start % _PAGES
        madvise(mmap.MADV_DONTNEED, start, stop - start)


def said_of(name: str, place: int, most: int) -> tuple[str, str]:
    """What there is to say of the line at byte ``place`` that is longer than ``most``, and a hint:
    a dump in it may have been missed."""
    if most >= LONGEST:
        text = f"{name}: the line at byte {place} is longer than {_size(LONGEST)}: it is no record"
        return text, "if it is one that holds a dump: cut the text of the dump out of it"
    text = f"{name}: the line at byte {place} is longer than {_size(most)}, and was read in parts"
    return text, "if it is a record that holds a dump: --max-dump 256M reads one of up to 256 MB"


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count} bytes"
