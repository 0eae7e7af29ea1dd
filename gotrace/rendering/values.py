"""Arguments as a reader wants to see them."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.rendering.style import Piece, Style, clean
from gotrace.trust import MARKED, UNWRITTEN
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
        return (Piece(text + _staleness(argument), Style.DIM),)
    if argument.certainty is Certainty.PARTIAL:
        return (Piece(text, Style.VALUE), Piece("  the rest was not printed", Style.DIM))
    mark = "  likely" if mixed and argument.certainty is Certainty.LIKELY else ""
    return (*_named(value, text, names), Piece(mark, Style.DIM))


def _staleness(argument: Argument) -> str:
    """Why not to trust it. A `?` needs no reason; where only parts are stale they are marked."""
    assert argument.value is not None
    if any(c is not Certainty.STALE for c in part_certainties(argument.value)):
        return ""
    marked = argument.reason in {"", MARKED, UNWRITTEN}
    return "  stale" if marked else f"  stale: {clean(argument.reason)}"


def part_certainties(value: Value) -> Iterator[Certainty]:
    """The certainty of every number that ``value`` was made of, those not printed left out."""
    for part in (*(f.value for f in value.fields), *value.elements):
        yield from part_certainties(part)
    if not value.fields and not value.elements and not value.truncated:
        parts = dict(value.certainties)
        yield from parts.values()
        if len(parts) < _PARTS.get(value.kind, 1):
            yield value.certainty


_PARTS = {ValueKind.STRING: 2, ValueKind.SLICE: 3, ValueKind.INTERFACE: 2, ValueKind.COMPLEX: 2}


def _mark(value: Value, part: str = "") -> str:
    """A `?` behind what is stale, as Go prints it."""
    certainty = dict(value.certainties).get(part, value.certainty)
    return "?" if certainty is Certainty.STALE else ""


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
    """A value in one line; log text in it is cleaned, and every stale number has its `?`."""
    if value.truncated:
        return "not printed"
    return _TEXTS[value.kind](value, names)


def _address(address: int | None, names: Names, mark: str) -> str:
    """``A  0xc0000b2000``; nil; ? where it was not printed."""
    if address is None:
        return "not printed"
    if address == 0:
        return f"nil{mark}"
    name = names.get(address)
    return f"{name}  {address:#x}{mark}" if name else f"{address:#x}{mark}"


def _number(number: int | None, mark: str) -> str:
    return "…" if number is None else f"{number}{mark}"


def _bytes(value: Value) -> str:
    unit = "byte" if value.len == 1 else "bytes"
    return f"{_number(value.len, _mark(value, 'len'))} {unit}"


def _scalar(value: Value, names: Names) -> str:
    return _scalar_text(value) + _mark(value)


def _scalar_text(value: Value) -> str:
    if value.raw is not None:
        return f"{value.raw:#x} (neither true nor false)"
    if value.human is not None:
        return clean(value.human)
    if isinstance(value.number, bool):
        return "true" if value.number else "false"
    if isinstance(value.number, int) and abs(value.number) > 0xFFFF:
        return f"{value.number} ({value.number:#x})"
    return "…" if value.number is None else f"{value.number}"


def _complex(value: Value, names: Names) -> str:
    real = "…" if value.real is None else f"{value.real:g}{_mark(value, 'real')}"
    imag = "+…" if value.imag is None else f"{value.imag:+g}"
    return f"({real}{imag}i{_mark(value, 'imag')})"


def _string(value: Value, names: Names) -> str:
    if value.text is not None:
        return f'"{clean(value.text)}"  {_bytes(value)}'
    if value.len == 0 and not _mark(value, "len"):
        return '""'
    return f"{_address(value.pointer, names, _mark(value, 'pointer'))}  {_bytes(value)}"


def _slice(value: Value, names: Names) -> str:
    marks = [_mark(value, part) for part in ("pointer", "len", "cap")]
    if value.pointer == 0 and not value.len and not value.cap:
        return f"nil{'?' if any(marks) else ''}"
    length, capacity = _number(value.len, marks[1]), _number(value.cap, marks[2])
    return f"{_address(value.pointer, names, marks[0])}  len {length} cap {capacity}"


def _pointer(value: Value, names: Names) -> str:
    symbol = f"  {clean(value.symbol)}" if value.symbol else ""
    return _address(value.pointer, names, _mark(value)) + symbol


def _interface(value: Value, names: Names) -> str:
    marks = [_mark(value, part) for part in ("type_word", "data_word")]
    if value.type_word == 0 and value.pointer == 0:
        return f"nil{'?' if any(marks) else ''}"
    data = _address(value.pointer, names, marks[1])
    if value.dynamic_type:
        if value.text is not None:
            quote = '"' if value.dynamic_type == "string" else ""
            data = f"{quote}{clean(value.text)}{quote}"
        nil = "  a nil pointer in an interface that is not nil" if value.typed_nil else ""
        return f"{clean(value.dynamic_type)}{marks[0]}  {data}{nil}"
    type_ = "…" if value.type_word is None else f"{value.type_word:#x}{marks[0]}"
    return f"type {type_} data {data}"


def _struct(value: Value, names: Names) -> str:
    fields = (f"{clean(f.name)}: {value_text(f.value, names)}" for f in value.fields)
    return "{" + ", ".join(fields) + "}"


def _array(value: Value, names: Names) -> str:
    return "[" + ", ".join(value_text(e, names) for e in value.elements) + "]"


def _unknown(value: Value, names: Names) -> str:
    return " ".join(f"{w:#x}{_mark(value)}" for w in value.words) + "  (type not known)"


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
