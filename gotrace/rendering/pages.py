"""Where the docs explain a code: a rule of findings, a kind of culprit or crash, an issue."""

from __future__ import annotations

import os

from gotrace.findings.rules import RULES

# The address of the docs site, with a slash at its end; empty while it has none. The only place
# that knows it.
HOME = ""
CULPRIT, CRASH = "culprit/", "crash/"
# In a checkout; in an installed package the pages of findings lie beside the modules.
_ROOMS = (("..", "..", "docs"), ("..", "docs"))


def page(code: str) -> str:
    """The page below ``docs`` that explains ``code``."""
    if code in RULES:
        return f"findings/{code}.md"
    return "culprit.md" if code.startswith((CULPRIT, CRASH)) else "annotation.md"


def anchor(code: str) -> str:
    """The heading of that page, empty for its beginning."""
    if code in RULES:
        return ""
    return "kinds" if code.startswith((CULPRIT, CRASH)) else "issues"


def address(code: str) -> str | None:
    """Where that page is on the net; None while it is nowhere."""
    return f"{HOME}{page(code).removesuffix('.md')}.html{_fragment(code)}" if HOME else None


def file(code: str) -> tuple[str, str] | None:
    """That page where it lies on this machine, and its fragment; None where it does not."""
    here = os.path.dirname(os.path.abspath(__file__))
    for room in _ROOMS:
        path = os.path.normpath(os.path.join(here, *room, page(code)))
        if os.path.isfile(path):
            return path, _fragment(code)
    return None


def _fragment(code: str) -> str:
    name = anchor(code)
    return f"#{name}" if name else ""
