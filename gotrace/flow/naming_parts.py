"""Which part of a struct or array lies at an offset."""

from __future__ import annotations

from gotrace.flow.debug_types import DebugType, Member
from gotrace.types import Kind

_DEEPEST = 32
# The runtime's functions stand for what the source writes in another way.
SAYING_NOTHING = "runtime."
_CONVERSIONS = {
    "runtime.stringtoslicebyte": "[]byte(…)",
    "runtime.stringtoslicerune": "[]rune(…)",
    "runtime.slicebytetostring": "string(…)",
    "runtime.slicerunetostring": "string(…)",
    "runtime.intstring": "string(…)",
    "runtime.growslice": "append(…)",
    "runtime.makeslice": "make(…)",
}


def converted(function: str) -> tuple[str, ...]:
    """What the source may have written for a call of the runtime; `…` for a value in an interface,
    nothing where that is not known."""
    if function.startswith("runtime.conv"):
        return ("…",)
    text = _CONVERSIONS.get(function)
    return () if text is None else (text,)


def part_at(type_: DebugType, offset: int, text: str) -> tuple[str, DebugType, int]:
    """The part of a variable that a word of it belongs to; strings, slices and the like whole."""
    return member_at(type_, offset, text) if type_.kind is Kind.STRUCT else (text, type_, offset)


def _operand(text: str) -> str:
    """In front of a field or an index, a star binds less."""
    return f"({text})" if text.startswith("*") else text


def member_at(type_: DebugType, offset: int, text: str) -> tuple[str, DebugType, int]:
    """The innermost field or element at ``offset``: its text, its type, how far into it."""
    for _ in range(_DEEPEST):
        if type_.kind is Kind.STRUCT:
            member = _covering(type_, offset)
            if member is None:
                break
            text, type_, offset = (
                f"{_operand(text)}.{member.name}",
                member.type,
                offset - member.offset,
            )
        elif type_.kind is Kind.ARRAY and type_.element is not None:
            size = type_.element.size or 1
            text, offset, type_ = (
                f"{_operand(text)}[{offset // size}]",
                offset % size,
                type_.element,
            )
        else:
            break
    return text, type_, offset


def array_at(type_: DebugType, offset: int, text: str) -> tuple[str, DebugType, int] | None:
    """The array at ``offset``: its text, the type of its elements, how far into it."""
    for _ in range(_DEEPEST):
        if type_.kind is Kind.ARRAY and type_.element is not None:
            return text, type_.element, offset
        member = _covering(type_, offset) if type_.kind is Kind.STRUCT else None
        if member is None:
            return None
        text, type_, offset = f"{text}.{member.name}", member.type, offset - member.offset
    return None


def _covering(type_: DebugType, offset: int) -> Member | None:
    for member in type_.members:
        if member.offset <= offset < member.offset + max(member.type.size, 1):
            return member
    return None
