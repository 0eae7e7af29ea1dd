"""Text that is not markup, whatever it holds."""

from __future__ import annotations

from html import escape

from gotrace.rendering.style import clean


def shown(text: str) -> str:
    """Text of a log or a source: what is no plain character is escaped, and nothing is markup."""
    return escape(clean(text))


def counted(number: int, what: str) -> str:
    """``1 frame``, ``1,200 frames``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
