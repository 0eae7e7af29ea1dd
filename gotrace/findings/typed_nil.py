"""A nil pointer in an interface that is not nil."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.kind is not ValueKind.INTERFACE or not value.typed_nil:
        return None
    if not exact(value, "type_word", "data_word"):
        return None
    held = f"a nil {value.dynamic_type}"
    return Found(
        f"{part.path} holds {held}: compared with nil it is not equal",
        ("its type word is set, its data word is nil",),
    )


RULE = Rule("typed-nil", Severity.WARNING, "a nil pointer in an interface that is not nil", _check)
