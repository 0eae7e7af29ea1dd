"""Arguments as a reader wants to see them."""

from __future__ import annotations

from gotrace.rendering.style import Piece, Style, clean
from gotrace.trust import MARKED
from gotrace.value import Argument, Certainty, Value, ValueKind, WordUse

LONG = 72  # a struct whose text is longer is written with a line for each field

Names = dict[int, str]


def shown(argument: Argument, names: Names, function: str, *, mixed: bool) -> tuple[Piece, ...]:
    """What stands behind an argument's name and type.

    ``function`` is its frame's short name; ``mixed`` is whether the dump holds both exact and
    likely arguments, so that the likely ones need a mark.
    """
    value = argument.value
    if argument.certainty is Certainty.UNSET:
        words = ", ".join(f"{w.value:#x}" for w in argument.words)
        held = f" ({words})" if words else ""
        return (Piece(f"not set{held}: {function} has not returned", Style.DIM),)
    if value is None:
        reason = argument.reason or "not printed"
        return (Piece(clean(reason), Style.DIM),)
    text = value_text(value, names)
    if argument.certainty is Certainty.STALE:
        return (Piece(text + _staleness(argument, text), Style.DIM),)
    if argument.certainty is Certainty.PARTIAL:
        return (Piece(text, Style.VALUE), Piece("  the rest was not printed", Style.DIM))
    mark = "  likely" if mixed and argument.certainty is Certainty.LIKELY else ""
    return (*_named(value, text, names), Piece(mark, Style.DIM))


def _staleness(argument: Argument, text: str) -> str:
    """Why not to trust it; a `?` needs no reason, and parts that are stale have said so."""
    if text.endswith(" stale)"):
        return ""
    marked = argument.reason in {"", MARKED}
    return "  stale" if marked else f"  stale: {clean(argument.reason)}"


def _named(value: Value, text: str, names: Names) -> tuple[Piece, ...]:
    """The text, with the short name of its pointer in front in a style of its own."""
    name = names.get(value.pointer or 0)
    if name is None or not text.startswith(f"{name}  "):
        return (Piece(text, Style.VALUE),)
    return (Piece(name, Style.POINTER), Piece(text[len(name) :], Style.VALUE))


def word_text(word: WordUse, names: Names) -> str:
    """A word without a type."""
    name = names.get(word.value)
    return f"{word.value:#x}{'?' if word.stale else ''}{f' ({name})' if name else ''}"


def value_text(value: Value, names: Names) -> str:
    """A value in one line; log text in it is cleaned."""
    if value.truncated:
        return "not printed"
    text = _TEXTS[value.kind](value, names)
    stale = [n for n, c in value.certainties if c is Certainty.STALE]
    return f"{text}  ({', '.join(stale)} stale)" if stale else text


def address_text(address: int | None, names: Names) -> str:
    """``A  0xc0000b2000``; nil; ? where it was not printed."""
    if address is None:
        return "?"
    if address == 0:
        return "nil"
    name = names.get(address)
    return f"{name}  {address:#x}" if name else f"{address:#x}"


def _count(number: int | None, unit: str) -> str:
    return f"? {unit}s" if number is None else f"{number} {unit}{'' if number == 1 else 's'}"


def _scalar(value: Value, names: Names) -> str:
    if value.raw is not None:
        return f"{value.raw:#x} (neither true nor false)"
    if value.human is not None:
        return clean(value.human)
    if isinstance(value.number, bool):
        return "true" if value.number else "false"
    if isinstance(value.number, int) and abs(value.number) > 0xFFFF:
        return f"{value.number} ({value.number:#x})"
    return "?" if value.number is None else f"{value.number}"


def _complex(value: Value, names: Names) -> str:
    real = "?" if value.real is None else f"{value.real:g}"
    return f"({real}{'?' if value.imag is None else f'{value.imag:+g}'}i)"


def _string(value: Value, names: Names) -> str:
    if value.text is not None:
        return f'"{clean(value.text)}"  {_count(value.len, "byte")}'
    if value.len == 0:
        return '""'
    return f"{address_text(value.pointer, names)}  {_count(value.len, 'byte')}"


def _slice(value: Value, names: Names) -> str:
    if value.pointer == 0 and not value.len and not value.cap:
        return "nil"
    length, capacity = ("?" if n is None else str(n) for n in (value.len, value.cap))
    return f"{address_text(value.pointer, names)}  len {length} cap {capacity}"


def _pointer(value: Value, names: Names) -> str:
    symbol = f"  {clean(value.symbol)}" if value.symbol else ""
    return address_text(value.pointer, names) + symbol


def _interface(value: Value, names: Names) -> str:
    if value.type_word == 0 and value.pointer == 0:
        return "nil"
    type_ = "?" if value.type_word is None else f"{value.type_word:#x}"
    known = f" {clean(value.dynamic_type)}" if value.dynamic_type else ""
    return f"type {type_}{known} data {address_text(value.pointer, names)}"


def _struct(value: Value, names: Names) -> str:
    fields = (f"{clean(f.name)}: {value_text(f.value, names)}" for f in value.fields)
    return "{" + ", ".join(fields) + "}"


def _array(value: Value, names: Names) -> str:
    return "[" + ", ".join(value_text(e, names) for e in value.elements) + "]"


def _unknown(value: Value, names: Names) -> str:
    return " ".join(f"{w:#x}" for w in value.words) + "  (type not known)"


_TEXTS = {
    ValueKind.BOOL: _scalar,
    ValueKind.INT: _scalar,
    ValueKind.FLOAT: _scalar,
    ValueKind.COMPLEX: _complex,
    ValueKind.STRING: _string,
    ValueKind.SLICE: _slice,
    ValueKind.POINTER: _pointer,
    ValueKind.INTERFACE: _interface,
    ValueKind.STRUCT: _struct,
    ValueKind.ARRAY: _array,
    ValueKind.UNKNOWN: _unknown,
}
