"""Lines of styled text, and what of a log may reach a terminal."""

from __future__ import annotations

from enum import StrEnum

from gotrace.tuples import NamedTuple


class Style(StrEnum):
    """What a piece of text is; :data:`CODES` says how that looks."""

    PLAIN = "plain"
    CAUSE = "cause"
    FUNCTION = "function"
    NAME = "name"
    TYPE = "type"
    VALUE = "value"
    POINTER = "pointer"
    DIM = "dim"
    WARNING = "warning"
    HEADING = "heading"


CODES = {
    Style.PLAIN: "",
    Style.CAUSE: "1;31",
    Style.FUNCTION: "1",
    Style.NAME: "36",
    Style.TYPE: "2",
    Style.VALUE: "",
    Style.POINTER: "35",
    Style.DIM: "2",
    Style.WARNING: "33",
    Style.HEADING: "1;34",
}


class Piece(NamedTuple):
    """Text in one style. ``link`` is the URI that a terminal opens; empty for none."""

    text: str
    style: Style = Style.PLAIN
    link: str = ""


Line = tuple[Piece, ...]


def plain(line: Line) -> str:
    """The line without colour, without blanks at its end."""
    return "".join(p.text for p in line).rstrip()


def coloured(line: Line) -> str:
    """The line with ANSI colours."""
    parts = []
    for text, style, link in line:
        code = CODES[style]
        shown = f"\x1b[{code}m{text}\x1b[0m" if code and text.strip() else text
        parts.append(_linked(shown, link) if link else shown)
    return "".join(parts).rstrip()


def linked(line: Line) -> str:
    """The line without colour, with its links."""
    return "".join(_linked(p.text, p.link) if p.link else p.text for p in line).rstrip()


def _linked(text: str, link: str) -> str:
    """OSC 8. A link holds no control character: its path is quoted."""
    return f"\x1b]8;;{link}\x1b\\{text}\x1b]8;;\x1b\\"


# Characters that turn the direction of text: a log could use them to show what it does not say.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

SHOWN = 1 << 16  # characters of one text that are shown


def clean(text: str) -> str:
    """``text`` with everything escaped that a terminal would act on."""
    rest = text[SHOWN:]
    text = text[:SHOWN]
    if not text.isascii() or not text.isprintable():
        text = "".join(_shown(c) for c in text)
    if not rest:
        return text
    size = len(rest) if rest.isascii() else len(rest.encode("utf-8", "surrogateescape"))
    return f"{text}… ({size:,} more bytes)"


def _shown(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character.isprintable() and character not in _BIDI:
        return character
    if character == "\t":
        return "\\t"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def rule(text: str, width: int) -> str:
    """A line across the page that says where the next dump stands."""
    return f"── {text} " + "─" * max(3, width - len(text) - 4)


def columns(text: str) -> int:
    """How many columns of a terminal ``text`` takes: two for a wide character."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 - for few texts

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int) -> list[str]:
    """``text`` in lines, broken at blanks; a word that is longer than a line has one of its own."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and columns(lines[-1]) + columns(word) + 1 > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def pad(text: str, width: int) -> str:
    """``text`` with blanks up to ``width``, and at least one."""
    return text + " " * max(1, width - len(text))


def cut(text: str, width: int) -> str:
    """``text``, with `…` for what does not fit."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…"
