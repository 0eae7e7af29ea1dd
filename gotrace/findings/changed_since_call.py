"""A parameter that was set since it came in."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, Value, ValueKind


def _check(part: Part, setting: Setting) -> Found | None:
    passed = setting.passed.get(part.path)
    if passed is None:
        return None
    now, then = _shown(part.value), _shown(passed.value)
    if not now or not then or now == then:  # a struct, or a part that nobody believes
        return Found(f"{part.path} is not what came in", (passed.origin.text,))
    return Found(f"{part.path} came in as {then}, and is {now}", (passed.origin.text,))


def _shown(value: Value) -> str:
    """Numbers alone: no text that the program made."""
    pointer = "nil" if not value.pointer else f"{value.pointer:#x}"
    if not exact(value):
        return ""
    match value.kind:
        case ValueKind.BOOL | ValueKind.INT | ValueKind.FLOAT:
            return value.human or str(value.number).lower()
        case ValueKind.POINTER:
            return pointer
        case ValueKind.STRING:
            return f"{value.len} bytes at {pointer}"
        case ValueKind.SLICE:
            return f"{value.len} of {value.cap} elements at {pointer}"
        case _:
            return ""


RULE = Rule(
    "changed-since-call", Severity.NOTE, "a parameter that is not what the call passed", _check
)
