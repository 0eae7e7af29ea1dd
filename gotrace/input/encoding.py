"""Texts in UTF-16: decoded, with a map back to their bytes."""

from __future__ import annotations

from gotrace.input.sourcemap import PlainMap
from gotrace.model import Location, Span

STEP = 1 << 12  # code points between the places that are kept
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Decoded:
    """A text in UTF-16 as UTF-8: a source map whose bytes are those of the original."""

    def __init__(self, data: bytes, encoding: str, start: int) -> None:
        self.encoding = encoding.upper()
        self._start = start
        text = data[start:].decode(encoding, "replace")
        self.text = text.encode("utf-8", "replace")
        self._plain = PlainMap(self.text)
        self._ascii = text.isascii()
        self._kept = [(0, 0)]  # bytes of UTF-8, bytes of UTF-16
        if not self._ascii:
            self._keep(text)

    def _keep(self, text: str) -> None:
        at = outer = 0
        for index in range(0, len(text), STEP):
            part = text[index : index + STEP]
            at += len(part.encode("utf-8", "replace"))
            outer += 2 * len(part) + 2 * sum(1 for c in part if ord(c) > 0xFFFF)
            self._kept.append((at, outer))

    def locate(self, span: Span) -> Location:
        """The bytes of the original, and the line and columns of its characters."""
        place = self._plain.locate(span)
        return place._replace(start=self._outer(span.start), end=self._outer(span.end))

    def _outer(self, position: int) -> int:
        if self._ascii:
            return self._start + 2 * position
        at, outer = max(k for k in self._kept if k[0] <= position)
        part = self.text[at:position].decode("utf-8", "replace")
        return self._start + outer + 2 * len(part) + 2 * sum(1 for c in part if ord(c) > 0xFFFF)

    def __reduce__(self) -> tuple[object, tuple[bytes, str, int]]:
        mark = b"" if not self._start else {e: m for m, e in _MARKS}[self.encoding.lower()]
        data = mark + self.text.decode("utf-8", "replace").encode(self.encoding.lower())
        return Decoded, (data, self.encoding.lower(), self._start)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decoded) and self.text == other.text

    def __hash__(self) -> int:
        return hash(len(self.text))


def decoded(data: bytes) -> Decoded | None:
    """``data`` as UTF-16, None where it is not: what Go prints is ASCII, every other byte is zero.

    A mark alone is not enough: any bytes may begin with it.
    """
    head = bytes(data[: 1 << 12])
    for mark, encoding in _MARKS:
        if head.startswith(mark) and _zeros(head[2:], encoding) * 8 >= len(head) - 2:
            return Decoded(data, encoding, 2)
    if len(head) >= 16 and len(data) % 2 == 0:
        for _, encoding in _MARKS:
            if _zeros(head, encoding) * 8 >= len(head) * 3 and _zeros(head, encoding, 1) == 0:
                return Decoded(data, encoding, 0)
    return None


def _zeros(head: bytes, encoding: str, other: int = 0) -> int:
    """How many zeros stand where the high bytes of ASCII would (``other``: the low ones)."""
    return head[(encoding == "utf-16-le") ^ other :: 2].count(0)
