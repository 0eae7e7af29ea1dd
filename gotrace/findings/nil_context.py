"""A context that is nil."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.kind is not ValueKind.INTERFACE or part.type is None:
        return None
    if part.type.named != "context.Context" and part.type.text != "context.Context":
        return None
    if value.type_word != 0 or not exact(value, "type_word"):
        return None
    return Found(
        f"{part.path} is a nil context: to call a method of it panics",
        ("package context says: do not pass a nil Context",),
    )


RULE = Rule("nil-context", Severity.WARNING, "a context.Context that is nil", _check)
