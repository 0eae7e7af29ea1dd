"""The nil pointer that the fault address goes with."""

from __future__ import annotations

from gotrace.findings.pointers import LEAST
from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.layout.sizes import has_unknown
from gotrace.types import GoType, Kind
from gotrace.value import Severity, ValueKind


def _check(part: Part, setting: Setting) -> Found | None:
    value, address = part.value, setting.address
    if address is None or address >= LEAST or not exact(value):
        return None
    if value.kind is not ValueKind.POINTER or value.pointer != 0 or "." in part.path:
        return None
    if part.type is None or part.type.kind is not Kind.POINTER:
        return None
    if setting.culprit is not None and not _stands_first(part.path, setting.culprit):
        return None
    field = _field(part.type.element, address, setting)
    if field is None:
        return None
    where = f"{part.path}{field}" if field else f"what {part.path} points to"
    return Found(
        f"{part.path} is nil, and the program failed at {address:#x}",
        (f"{where} lies {address:#x} behind it" if address else f"{where} starts there",),
    )


def _stands_first(path: str, expression: str) -> bool:
    """Whether ``expression`` is ``path`` or something of it: its ``*`` and parentheses aside."""
    rest = expression.lstrip("*(")
    behind = rest[len(path) : len(path) + 1]
    return rest.startswith(path) and not (behind == "_" or behind.isalnum())


def _field(target: GoType | None, address: int, setting: Setting) -> str | None:
    """What lies there: ``.name``; empty for the whole; None where nothing does, or nobody knows."""
    if target is None or not setting.port.word_size_proven:
        return None
    if target.kind is not Kind.STRUCT:
        return "" if not address else None
    for part in setting.sizes.parts(target):
        if has_unknown(part.type):  # where what follows lies, nobody knows
            return None
        size = setting.sizes.measure(part.type).size
        if part.offset <= address < part.offset + size:
            inner = _field(part.type, address - part.offset, setting)
            return f".{part.name}{inner or ''}"
    return None


RULE = Rule("nil-fault", Severity.ERROR, "a nil pointer that the fault address fits", _check)
