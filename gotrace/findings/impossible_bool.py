"""A bool that is neither true nor false."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.kind is not ValueKind.BOOL or value.raw is None or not exact(value):
        return None
    return Found(f"{part.path} is {value.raw:#x}: a bool is 0 or 1")


RULE = Rule("impossible-bool", Severity.ERROR, "a bool that is neither 0 nor 1", _check)
