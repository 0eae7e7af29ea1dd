"""What the runtime writes over memory that is free or dead."""

from __future__ import annotations

from gotrace.findings.pointers import managed
from gotrace.findings.rule import Found, Part, Rule, Setting
from gotrace.value import Severity

_MEANINGS = {
    0xDEADBEEFDEADBEEF: "memory that was freed (GODEBUG=clobberfree=1)",
    0xDEADBEEF: "memory that was freed (GODEBUG=clobberfree=1)",
    0xDEADDEADDEADDEAD: "a slot that was dead (compiled with -clobberdead)",
    0xDEADDEAD: "a slot that was dead (compiled with -clobberdead)",
}


def _check(part: Part, setting: Setting) -> Found | None:
    for pointer in managed(part):
        meaning = _MEANINGS.get(pointer.address)
        if meaning is not None:
            text = f"{pointer.what} is {pointer.address:#x}, what the runtime writes over {meaning}"
            return Found(text, ("runtime/mgcsweep.go clobberfree, cmd/compile -clobberdead",))
    return None


RULE = Rule("poison", Severity.ERROR, "memory that was freed, or a slot that was dead", _check)
