"""Text that is not markup, whatever it holds: code blocks, code spans, plain words."""

from __future__ import annotations

from collections.abc import Iterable

from gotrace.patterns import lazy_pattern
from gotrace.rendering.style import clean

_RUN = lazy_pattern("`+")
_PLAIN = lazy_pattern(r"([A-Za-z]{1,24}|[0-9]{1,6})([,.;:]?)")
_COMMIT = lazy_pattern(r"[0-9a-fA-F]{7,}")  # GitHub makes a link of what could be a commit


class Budget:
    """How many characters may still be written; None is without end."""

    def __init__(self, left: int | None) -> None:
        self._left = left

    @property
    def spent(self) -> bool:
        """Whether nothing more fits."""
        return self._left is not None and self._left <= 0

    def take(self, lines: Iterable[str]) -> list[str]:
        """As many of the lines as fit, and how many do not."""
        taken, dropped = [], 0
        for line in lines:
            if self._left is not None:
                self._left -= len(line) + 1
            if self.spent:
                dropped += 1
            else:
                taken.append(line)
        if dropped:
            taken.append(f"… {dropped} more line{'' if dropped == 1 else 's'}")
        return taken


def fence(lines: Iterable[str], budget: Budget, language: str = "text") -> str:
    """A code block; its fence is longer than any run of backticks in it."""
    taken = "\n".join(budget.take(lines)).strip("\n")
    ticks = "`" * (max(2, _longest(taken)) + 1)
    return f"{ticks}{language}\n{taken}\n{ticks}\n"


def code(text: str) -> str:
    """A code span. Nothing in it is a mention, a reference or a link, on GitHub either."""
    shown = clean(text) or " "
    ticks = "`" * (_longest(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _longest(text: str) -> int:
    return max(map(len, _RUN.findall(text)), default=0)


def prose(text: str) -> str:
    """A sentence of ours that quotes others: what is not a plain word becomes a code span."""
    found: list[str] = []
    quoted: list[str] = []
    for word in clean(" ".join(text.split())).split(" "):
        match = _PLAIN.fullmatch(word)
        if match and not _COMMIT.fullmatch(match[1]):
            found += [_quoted(quoted), word] if quoted else [word]
            quoted = []
        else:
            quoted.append(word)
            if word.endswith((",", ".", ";", ":")):  # a sentence goes on behind it
                found.append(_quoted(quoted))
                quoted = []
    return " ".join([*found, _quoted(quoted)] if quoted else found)


def _quoted(words: list[str]) -> str:
    """A code span, the comma behind it outside."""
    text = " ".join(words)
    bare = text.rstrip(",.;:")
    return code(bare) + text[len(bare) :] if bare else code(text)


def details(title: str, body: str) -> str:
    """What is folded away. ``title`` is ours: it stands in HTML."""
    return f"<details>\n<summary>{title}</summary>\n\n{body}\n</details>\n"
