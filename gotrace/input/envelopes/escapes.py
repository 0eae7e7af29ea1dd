"""Escape sequences inside quotes (JSON, Go's ``%q``) and of HTML, with where each one stood."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from gotrace.input.envelopes.record import RawPiece
from gotrace.patterns import lazy_pattern

_SEQUENCE = lazy_pattern(
    rb"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})"
    rb"|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))",
    re.S,
)
_SIMPLE = {
    b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"a": b"\a", b"v": b"\v",
}  # fmt: skip
_ONE_LETTER = {**_SIMPLE, b'"': b'"', b"\\": b"\\", b"/": b"/"}
_ENTITY = lazy_pattern(rb"&(?:#[0-9]{1,6}|#x[0-9a-fA-F]{1,6}|lt|gt|amp|quot|apos|nbsp);")


def unquoted(raw: bytes, base: int) -> tuple[bytes, tuple[RawPiece, ...]]:
    """What stands between quotes; ``base`` is where ``raw`` begins."""
    first, *parts = raw.split(b"\\")
    if not parts:
        return raw, ((0, base, len(raw), len(raw)),)
    size, outer = len(first), base + len(first)
    texts = [first]
    pieces = [(0, base, size, size)] if size else []
    for part in parts:
        new = _ONE_LETTER.get(part[:1])
        if new is None:  # longer, or a backslash of its own
            return _unquoted(raw, base)
        length = len(part) - 1
        pieces.append((size, outer, 1, 2))
        if length:
            pieces.append((size + 1, outer + 2, length, length))
        texts += new, part[1:]
        size += length + 1
        outer += length + 2
    return b"".join(texts), tuple(pieces)


def _unquoted(raw: bytes, base: int) -> tuple[bytes, tuple[RawPiece, ...]]:
    """The same for escape sequences of any kind, one after the other."""
    at = raw.find(b"\\")
    texts: list[bytes] = []
    pieces: list[RawPiece] = []
    size = last = 0
    while at >= 0:
        if at > last:
            length = at - last
            pieces.append((size, base + last, length, length))
            texts.append(raw[last:at])
            size += length
        new = _ONE_LETTER.get(raw[at + 1 : at + 2])
        last = at + 2
        if new is None:
            match = _SEQUENCE.match(raw, at)
            if match is None:  # a backslash at the very end
                last = at
                break
            new, last = _sequence(match), match.end()
        pieces.append((size, base + at, len(new), last - at))
        texts.append(new)
        size += len(new)
        at = raw.find(b"\\", last)
    if last < len(raw):
        pieces.append((size, base + last, len(raw) - last, len(raw) - last))
        texts.append(raw[last:])
    return b"".join(texts), tuple(pieces)


def html_unescaped(raw: bytes, base: int) -> tuple[bytes, tuple[RawPiece, ...]]:
    """Text with HTML's character references."""
    return _replaced(raw, base, _ENTITY, lambda m: unescape(m[0].decode()).encode())


def without(
    raw: bytes, base: int, pattern: re.Pattern[bytes]
) -> tuple[bytes, tuple[RawPiece, ...]]:
    """``raw`` without what matches ``pattern``."""
    return _replaced(raw, base, pattern, lambda _: b"")


def _replaced(
    raw: bytes,
    base: int,
    pattern: re.Pattern[bytes],
    value: Callable[[re.Match[bytes]], bytes],
) -> tuple[bytes, tuple[RawPiece, ...]]:
    text = bytearray()
    pieces: list[RawPiece] = []
    last = 0
    for match in pattern.finditer(raw):
        start, end = match.span()
        if start > last:
            pieces.append((len(text), base + last, start - last, start - last))
            text += raw[last:start]
        new = value(match)
        if new:
            pieces.append((len(text), base + start, len(new), end - start))
            text += new
        last = end
    if last < len(raw) or not pieces:
        pieces.append((len(text), base + last, len(raw) - last, len(raw) - last))
        text += raw[last:]
    return bytes(text), tuple(pieces)


def _sequence(match: re.Match[bytes]) -> bytes:
    high, low, short, long, byte, octal, plain = match.groups()
    if plain is not None:
        return _SIMPLE.get(plain, bytes(plain))
    if byte is not None:
        return bytes([int(byte, 16)])
    if octal is not None:
        return bytes([int(octal, 8) & 255])
    if high is not None:
        code = 0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00
    else:
        code = int(short or long, 16)
    if code > 0x10FFFF:
        return b"\xef\xbf\xbd"
    return chr(code).encode("utf-8", "surrogatepass")
