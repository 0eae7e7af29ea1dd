"""How long a line may be to be a record, and where one is longer."""

from __future__ import annotations

LONGEST = 1 << 28  # bytes


def first_beyond(data: bytes, most: int) -> int | None:
    """Where the first line of ``data`` begins that has more than ``most`` bytes; None where all are
    shorter."""
    start = 0
    while len(data) - start > most:
        end = data.rfind(b"\n", start, start + most)
        if end < 0:
            return start
        start = end + 1
    return None


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
