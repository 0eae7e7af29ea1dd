"""An error that is nil where an error is dealt with."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.patterns import lazy_pattern
from gotrace.value import Severity, ValueKind

_DEALS = lazy_pattern(
    r"(?:^|[a-z.])(?:Handle|On|Report|Log|Write|Render|Send|Wrap|Fail|Fatal)[A-Za-z]*(?:Err|Fail)"
    r"|(?:^|\.)(?:handle|on|report|log|write|render|send|wrap|fail|fatal)[A-Za-z]*(?:Err|Fail)"
)


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.kind is not ValueKind.INTERFACE or part.type is None or part.type.text != "error":
        return None
    if value.type_word != 0 or not exact(value, "type_word") or not _DEALS.search(part.function):
        return None
    return Found(f"{part.path} is nil, in a function that deals with errors")


RULE = Rule("nil-error", Severity.NOTE, "a nil error where errors are dealt with", _check)
