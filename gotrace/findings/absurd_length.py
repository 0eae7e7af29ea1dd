"""More than any memory holds."""

from __future__ import annotations

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.layout.sizes import has_unknown
from gotrace.value import Severity, ValueKind

# maxAlloc: 2^48 bytes on 64-bit ports, 2^32 - 1 on others (runtime/malloc.go, go1.27.3).
_MOST = {8: 1 << 48, 4: (1 << 32) - 1}
_NAMES = {"len": "length", "cap": "capacity"}


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.kind not in {ValueKind.STRING, ValueKind.SLICE}:
        return None
    size, most = _element(part, setting), _MOST[setting.sizes.word_size]
    if size is None:
        return None
    for name, number in (("len", value.len), ("cap", value.cap)):
        if number is not None and number * size > most and exact(value, name):
            each = f" of {size} bytes each" if size > 1 else ""
            text = f"{part.path} has the {_NAMES[name]} {number:,}{each}: more than memory holds"
            return Found(text, (f"the runtime allocates {most:#x} bytes at most",))
    return None


def _element(part: Part, setting: Setting) -> int | None:
    """Bytes of an element; None where nobody told: it may take no room."""
    element = part.type.element if part.type is not None else None
    if part.value.kind is ValueKind.STRING:
        return 1
    if element is None or has_unknown(element):
        return None
    return setting.sizes.measure(element).size


RULE = Rule("absurd-length", Severity.ERROR, "a length or capacity that no memory holds", _check)
