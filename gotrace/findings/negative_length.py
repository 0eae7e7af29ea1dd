"""A length or capacity below zero."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind

_PARTS = {ValueKind.STRING: ("len",), ValueKind.SLICE: ("len", "cap")}
_NAMES = {"len": "length", "cap": "capacity"}


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    for name in _PARTS.get(value.kind, ()):
        number = value.len if name == "len" else value.cap
        if number is not None and number < 0 and exact(value, name):
            return Found(f"{part.path} has the {_NAMES[name]} {number}")
    return None


RULE = Rule("negative-length", Severity.ERROR, "a length or capacity below zero", _check)
