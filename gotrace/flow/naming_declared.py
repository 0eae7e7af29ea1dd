"""What DWARF declares beside variables of a function: globals, and results of what is called."""

from __future__ import annotations

from gotrace.binary import dwarf_forms as forms
from gotrace.binary.view import CorruptError
from gotrace.flow.code import Code
from gotrace.flow.debug_types import DebugType
from gotrace.flow.values import Flowing
from gotrace.flow.variables import Debug


def global_type(name: str, debug: Debug) -> DebugType | None:
    """The type of a package's variable."""
    raw = name.encode("utf-8", "surrogateescape") + b"\0"
    try:
        for entry in debug.entries.named(raw, {forms.VARIABLE}):
            target = entry.number(forms.TYPE)
            if target is not None:
                return debug.types.at(target)
    except CorruptError:
        pass
    return None


def result_of(value: Flowing, debug: Debug, code: Code) -> tuple[DebugType | None, int]:
    """The type of a word of a call's results, and how far into it that is."""
    table = code.program.table
    found = table.named([value.name])[value.name] if table else ()
    if not found or not isinstance(value.number, int):
        return None, 0
    own = [v for v in debug.variables(found[0]) if v.scope is None]
    results = [v.type for v in own if v.result]
    if code.in_registers:
        words = [(t, w) for t in results for w in t.words]
        return words[value.number] if value.number < len(words) else (None, 0)
    at = code.target.first_argument
    for type_ in [v.type for v in own if v.parameter]:
        at = -(-at // type_.align) * type_.align + type_.size
    at = -(-at // 8) * 8
    for type_ in results:
        at = -(-at // type_.align) * type_.align
        if at <= value.number < at + type_.size:
            return type_, value.number - at
        at += type_.size
    return None, 0
