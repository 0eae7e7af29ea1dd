"""Something that has a length and no place."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.pointer != 0:
        return None
    if value.kind is ValueKind.STRING and value.len and exact(value, "pointer", "len"):
        return Found(f"{part.path} is a string of {value.len} bytes at nil")
    if value.kind is ValueKind.SLICE and value.cap and exact(value, "pointer", "cap"):
        return Found(f"{part.path} is a slice with the capacity {value.cap} at nil")
    return None


RULE = Rule("nil-with-length", Severity.ERROR, "a length at a nil pointer", _check)
