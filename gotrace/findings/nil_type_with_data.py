"""An interface without a type that holds something."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.kind is not ValueKind.INTERFACE or not exact(value, "type_word", "data_word"):
        return None
    if value.type_word != 0 or not value.pointer:
        return None
    return Found(f"{part.path} is an interface without a type that holds {value.pointer:#x}")


RULE = Rule("nil-type-with-data", Severity.ERROR, "an interface's data without a type", _check)
