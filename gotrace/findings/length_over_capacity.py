"""A slice that is longer than its array."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.kind is not ValueKind.SLICE or not exact(value, "len", "cap"):
        return None
    if value.len is None or value.cap is None or not 0 <= value.cap < value.len:
        return None
    return Found(f"{part.path} has length {value.len} and capacity {value.cap}")


RULE = Rule("length-over-capacity", Severity.ERROR, "a slice's length over its capacity", _check)
