"""The catalogue of findings: docs/findings.md, in the package or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from gotrace.errors import GotraceError
from gotrace.findings.rules import RULES


def whole() -> str:
    """All of it, in Markdown."""
    package = Path(__file__).resolve().parent.parent
    for path in (package / "docs" / "findings.md", package.parent / "docs" / "findings.md"):
        if path.is_file():
            return path.read_text("utf-8")
    raise FileNotFoundError("findings.md is neither in the package nor beside it")


def one(code: str) -> str:
    """What it says of one finding. Errors: GotraceError where there is no such finding."""
    if code not in RULES:
        raise GotraceError("no such finding", f"known: {', '.join(RULES)}")
    _, _, behind = whole().partition(f"\n## {code}\n")
    rule = RULES[code]
    text = behind.partition("\n## ")[0].strip()
    return f"## {code} ({rule.severity.value}: {rule.says})\n\n{text}\n"
