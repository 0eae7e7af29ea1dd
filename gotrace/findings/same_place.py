"""Source and destination that are one."""

from __future__ import annotations

from gotrace.findings.quiet import copies
from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind

_SOURCES = {"dst": "src", "dest": "src", "to": "from", "target": "source", "out": "in"}
_KINDS = {ValueKind.SLICE, ValueKind.POINTER}


def _check(part: Part, setting: Setting) -> Found | None:
    source = _SOURCES.get(part.path)
    if source is None or part.value.kind not in _KINDS or not copies(part.function):
        return None
    other = next((p for p in setting.siblings if p.path == source), None)
    if other is None or other.type != part.type or not part.value.pointer:
        return None
    if not exact(part.value, "pointer") or not exact(other.value, "pointer"):
        return None
    if other.value.pointer != part.value.pointer:
        return None
    return Found(f"{part.path} and {source} are the same: {part.value.pointer:#x}")


RULE = Rule("same-place", Severity.NOTE, "source and destination of a copy that are one", _check)
