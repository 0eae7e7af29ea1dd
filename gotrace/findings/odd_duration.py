"""A time to wait that nobody waits."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.patterns import lazy_pattern
from gotrace.value import Severity

YEARS = 100
_NANOSECONDS = YEARS * 365 * 24 * 3600 * 10**9
# -1 and the like are signs of many packages (no timeout, keep what is there); so is the longest.
_SIGNS = 16
_FOREVER = (1 << 63) - 1
_WAITS = lazy_pattern(r"(?i)time_?out|deadline|ttl|delay|interval|wait|period|expir|lease")


def _check(part: Part, setting: Setting) -> Found | None:
    value, number = part.value, part.value.number
    if part.type is None or part.type.named != "time.Duration" or not exact(value):
        return None
    if not isinstance(number, int) or not _WAITS.search(part.path):
        return None
    shown = value.human or str(number)
    if number < -_SIGNS:
        return Found(f"{part.path} is {shown}: below zero")
    if _NANOSECONDS < number < _FOREVER:
        return Found(f"{part.path} is {shown}: more than {YEARS} years")
    return None


RULE = Rule("odd-duration", Severity.WARNING, "a time to wait below zero, or of centuries", _check)
