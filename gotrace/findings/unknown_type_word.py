"""An interface's type word that points into the program, but at no type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gotrace.findings.rule import Found, Part, Rule, Setting, exact
from gotrace.value import Severity, ValueKind

if TYPE_CHECKING:
    from gotrace.binary.program import Program

_FIXED = {"rodata", "text"}  # reflection and conversions make types and tables elsewhere
_TYPES = ("type", "go.itab", "go:itab", "runtime.t")


def _check(part: Part, setting: Setting) -> Found | None:
    value = part.value
    if value.kind is not ValueKind.INTERFACE or not value.type_word or value.dynamic_type:
        return None
    if not exact(value, "type_word"):
        return None
    for program, _, slide, _ in setting.programs:
        if slide is None or program.types is None:
            continue
        address = value.type_word - slide
        region = program.image.region(address)
        if region == "text" or (region in _FIXED and _is_elsewhere(program, address)):
            text = f"the type word of {part.path} is {value.type_word:#x}, which is no type"
            symbol = program.symbol_at(address)
            place = f"it points into {symbol[0]}" if symbol else f"it points into {region}"
            return Found(text, (place,))
    return None


def _is_elsewhere(program: Program, address: int) -> bool:
    """Whether a symbol that is no type or table of methods holds the address."""
    symbol = program.symbol_at(address)
    return symbol is not None and not symbol[0].startswith(_TYPES)


RULE = Rule("unknown-type-word", Severity.WARNING, "an interface's type word at no type", _check)
