"""An address below the first page."""

from __future__ import annotations

from gotrace.findings.pointers import LEAST, managed
from gotrace.findings.rule import Found, Part, Rule, Setting
from gotrace.value import Severity


def _check(part: Part, setting: Setting) -> Found | None:
    for pointer in managed(part):
        if pointer.address < LEAST:
            text = f"{pointer.what} is {pointer.address:#x}: no pointer, but nearly nil"
            return Found(text, (f"the runtime takes nothing below {LEAST:#x} for a pointer",))
    return None


RULE = Rule("low-pointer", Severity.ERROR, "an address below 4096 is no pointer", _check)
