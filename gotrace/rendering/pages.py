"""Where the docs explain a code: a rule of findings, a kind of culprit or crash, an issue."""

from __future__ import annotations

import os

from gotrace.culprit.messages import FaultKind
from gotrace.findings.rules import RULES

# The address of the docs site, with a slash at its end; empty while it has none. The only place
# that knows it.
HOME = ""
CULPRIT, CRASH = "culprit/", "crash/"
RUN = "run"  # what a run had to say: notes, in SARIF
# In a checkout; in an installed package the pages lie beside the modules.
_ROOMS = (("..", "..", "docs"), ("..", "docs"))
_KINDS = {kind.value.replace(" ", "-") for kind in FaultKind}


def page(code: str) -> str:
    """The page below ``docs`` that explains ``code``."""
    if code in RULES:
        return f"findings/{code}.md"
    if code.startswith((CULPRIT, CRASH)):
        kind = code.partition("/")[2]
        return f"culprits/{kind}.md" if kind in _KINDS else "culprit.md"
    return "annotation.md" if code == RUN else f"issues/{code}.md"


def anchor(code: str) -> str:
    """The heading of that page, empty for its beginning."""
    shared = {"culprit.md": "kinds", "annotation.md": "the-document"}
    return shared.get(page(code), "")


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
