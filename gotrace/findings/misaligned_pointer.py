"""An address that its type cannot have."""

from __future__ import annotations

from gotrace.findings.pointers import LEAST, Pointer, managed
from gotrace.findings.rule import Found, Part, Rule, Setting
from gotrace.types import GoType, Kind
from gotrace.value import Severity

_MOST = 8  # no type is aligned to more
_UNTOLD = {Kind.UNKNOWN, Kind.TYPE_PARAMETER}


def _check(part: Part, setting: Setting) -> Found | None:
    for pointer in managed(part):
        if pointer.address < LEAST or pointer.address % _MOST == 0:
            continue
        align = _align(pointer, setting)
        if pointer.address % align:
            text = f"{pointer.what} is {pointer.address:#x}, which is not a multiple of {align}"
            behind = "it" if pointer.target is None else f"a {pointer.target.text}"
            return Found(text, (f"{behind} is aligned to {align} bytes",))
    return None


def _align(pointer: Pointer, setting: Setting) -> int:
    """1 where nothing is known."""
    if pointer.whole:
        # What an assumed word size asks for may be twice what is right.
        return setting.sizes.word_size if setting.port.word_size_proven else 4
    if pointer.target is None or not _known(pointer.target):
        return 1
    measure = setting.sizes.measure(pointer.target)
    if not measure.size:
        return 1
    return measure.align if setting.port.word_size_proven else min(measure.align, 4)


def _known(go_type: GoType) -> bool:
    """Whether nothing in it has a width that nobody told."""
    if go_type.kind in _UNTOLD or "_Ctype_" in go_type.text:
        return False
    if go_type.kind is Kind.ARRAY:
        return go_type.element is not None and _known(go_type.element)
    return all(_known(f.type) for f in go_type.fields)


RULE = Rule(
    "misaligned-pointer",
    Severity.ERROR,
    "an address that is no multiple of its type's alignment",
    _check,
    frozenset({"poison"}),
)
