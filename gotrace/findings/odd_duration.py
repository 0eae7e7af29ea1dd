"""A time to wait that nobody waits."""

from __future__ import annotations

import re

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind

YEARS = 100
_NANOSECONDS = YEARS * 365 * 24 * 3600 * 10**9
_WAITS = re.compile(r"(?i)time_?out|deadline|ttl|delay|interval|wait|period|expir|lease")


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    number = value.number
    if part.type is None or part.type.named != "time.Duration" or not exact(value):
        return None
    if value.kind is not ValueKind.INT or not isinstance(number, int) or isinstance(number, bool):
        return None
    if not _WAITS.search(part.path):
        return None
    shown = value.human or str(number)
    if number < 0:
        return Found(f"{part.path} is {shown}: it is over before it begins")
    if number > _NANOSECONDS:
        return Found(f"{part.path} is {shown}: more than {YEARS} years")
    return None


RULE = Rule("odd-duration", Severity.WARNING, "a time to wait below zero, or of centuries", _check)
