"""What the runtime writes over memory that is free or dead."""

from __future__ import annotations

from gotrace.findings.pointers import managed
from gotrace.findings.rule import Found, Part, Rule, Setting
from gotrace.value import Severity

_FREED = "memory that was freed (GODEBUG=clobberfree=1)"
_DEAD = "a slot that was dead (compiled with -clobberdead)"
# By the size of a word: half of a pattern in a wide pointer is not the runtime's, but somebody's
# own fake pointer.
_MEANINGS = {
    8: {0xDEADBEEFDEADBEEF: _FREED, 0xDEADDEADDEADDEAD: _DEAD},
    4: {0xDEADBEEF: _FREED, 0xDEADDEAD: _DEAD},
}


def _check(part: Part, setting: Setting) -> Found | None:
    known = _MEANINGS[setting.sizes.word_size]
    for pointer in managed(part):
        meaning = known.get(pointer.address)
        if meaning is not None:
            text = f"{pointer.what} is {pointer.address:#x}, what the runtime writes over {meaning}"
            return Found(text, ("runtime/mgcsweep.go clobberfree, cmd/compile -clobberdead",))
    return None


RULE = Rule("poison", Severity.ERROR, "memory that was freed, or a slot that was dead", _check)
