"""Columns as clients count them: bytes, UTF-16 units or code points, from 0."""

from __future__ import annotations

from enum import StrEnum


class Encoding(StrEnum):
    """What a column counts; the client and the server agree on one."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


def units(raw: bytes, encoding: Encoding) -> int:
    """How many units ``raw``, the beginning of a line, has; a character that is cut does not count.

    Source: Language Server Protocol 3.17, Position.
    """
    if encoding is Encoding.UTF8 or raw.isascii():
        return len(raw)
    text = raw.decode("utf-8", "ignore")
    if encoding is Encoding.UTF32:
        return len(text)
    return len(text) + sum(c > "\uffff" for c in text)


def byte_of(line: bytes, column: int, encoding: Encoding) -> int:
    """The byte of ``line`` (without its end) at ``column``; its end where the line is shorter.

    In the middle of a character it is the character's start.
    """
    line = line.rstrip(b"\r\n")
    column = max(0, column)
    if line.isascii():
        return min(column, len(line))
    if encoding is Encoding.UTF8:
        end = min(column, len(line))
        while 0 < end < len(line) and line[end] & 0xC0 == 0x80:
            end -= 1
        return end
    text = line.decode("utf-8", "ignore")
    text = _within_units(text, column) if encoding is Encoding.UTF16 else text[:column]
    return len(text.encode("utf-8"))


def _within_units(text: str, column: int) -> str:
    """The beginning of ``text`` that is ``column`` UTF-16 units long."""
    passed = 0
    for index, character in enumerate(text):
        passed += 2 if character > "\uffff" else 1
        if passed > column:
            return text[:index]
    return text
