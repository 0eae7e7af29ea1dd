"""Values and texts in JSON: one shape for each kind (docs/annotation.md)."""

from __future__ import annotations

import math
from typing import Any

from gotrace.patterns import lazy_pattern
from gotrace.value import Certainty, Value, ValueKind

Json = dict[str, Any]

_INVALID = lazy_pattern("[\ud800-\udfff]")


def text(raw: str) -> str:
    """``raw`` as valid Unicode: each byte that is not UTF-8 becomes U+FFFD."""
    return raw if raw.isascii() else _INVALID.sub("\ufffd", raw)


def optional_text(raw: str | None) -> str | None:
    """:func:`text`; None stays None."""
    return None if raw is None else text(raw)


def named(name: str, raw: str | None) -> Json:
    """``{name: …}``, and ``name_escaped`` in Go's %q form where bytes of it are not UTF-8."""
    if raw is None or raw.isascii():
        return {name: raw}
    valid = text(raw)
    return {name: valid} if valid == raw else {name: valid, f"{name}_escaped": quoted(raw)}


def quoted(raw: str) -> str:
    """Go's %q: a double-quoted string with what cannot be printed escaped (strconv.Quote)."""
    parts = []
    for character in raw:
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:
            parts.append(f"\\x{code - 0xDC00:02x}")
        elif character in _SHORT:
            parts.append(_SHORT[character])
        elif character.isprintable():
            parts.append(character)
        elif code < 0x80:
            parts.append(f"\\x{code:02x}")
        else:
            parts.append(f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")
    return '"' + "".join(parts) + '"'


_SHORT = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}


def hexadecimal(number: int | None) -> str | None:
    """``0x…``; None stays None."""
    return None if number is None else f"{number:#x}"


def value(node: Value, outer: Certainty) -> Json:
    """A Value object. ``outer`` is the argument's certainty: every node below it that has another
    one says so itself, whatever stands between."""
    found: Json = {"kind": node.kind.value}
    if node.certainty is not outer:
        found["certainty"] = node.certainty.value
    if node.truncated:
        found["truncated"] = True
        return found
    if node.kind is ValueKind.STRUCT:
        found["fields"] = [
            {"name": text(f.name), "type": text(f.type), "value": value(f.value, outer)}
            for f in node.fields
        ]
    elif node.kind is ValueKind.ARRAY:
        found["elements"] = [value(element, outer) for element in node.elements]
    else:
        found |= _LEAVES[node.kind](node)
    if node.certainties:
        found["certainties"] = {name: c.value for name, c in node.certainties}
    return found


def number(value: float | None) -> float | str | None:
    """A JSON number; NaN and infinities as the strings NaN, +Inf and -Inf."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
    return value


def _scalar(node: Value) -> Json:
    found: Json = {"value": number(node.number)}
    if node.human is not None:
        found |= named("text", node.human)
    if node.raw is not None:
        found["raw"] = node.raw
    return found


def _complex(node: Value) -> Json:
    return {"real": number(node.real), "imag": number(node.imag)}


def _string(node: Value) -> Json:
    return {
        "pointer": hexadecimal(node.pointer),
        "len": node.len,
        **named("text", node.text),
        "text_source": optional_text(node.text_source),
    }


def _slice(node: Value) -> Json:
    return {
        "pointer": hexadecimal(node.pointer),
        "len": node.len,
        "cap": node.cap,
        "nil": _is_zero(node.pointer),
    }


def _pointer(node: Value) -> Json:
    return {
        "address": hexadecimal(node.pointer),
        "nil": _is_zero(node.pointer),
        "symbol": optional_text(node.symbol),
        "region": node.region,
    }


def _interface(node: Value) -> Json:
    return {
        "type_word": hexadecimal(node.type_word),
        "data_word": hexadecimal(node.pointer),
        "nil": _is_zero(node.type_word),
        "dynamic_type": optional_text(node.dynamic_type),
        "typed_nil": _typed_nil(node),
        **({} if node.text is None else named("text", node.text)),
    }


def _is_zero(word: int | None) -> bool | None:
    return None if word is None else word == 0


def _typed_nil(node: Value) -> bool | None:
    """Whether a nil pointer is in it. A zero data word alone does not prove that: a struct of one
    nil pointer looks alike; the dynamic type tells. Of stale and unset words nothing is said."""
    parts = dict(node.certainties)
    believed = {Certainty.EXACT, Certainty.LIKELY}
    if not {parts.get(p, node.certainty) for p in ("type_word", "data_word")} <= believed:
        return None
    if node.type_word == 0 or (node.pointer is not None and node.pointer != 0):
        return False
    if node.type_word is None or node.pointer is None or node.dynamic_type is None:
        return None
    if node.typed_nil is not None:
        return node.typed_nil
    return node.dynamic_type.startswith(("*", "map[", "chan ", "<-chan ", "func(")) or None


def _unknown(node: Value) -> Json:
    return {"words": [f"{word:#x}" for word in node.words]}


_LEAVES = {
    ValueKind.BOOL: _scalar,
    ValueKind.INT: _scalar,
    ValueKind.FLOAT: _scalar,
    ValueKind.COMPLEX: _complex,
    ValueKind.STRING: _string,
    ValueKind.SLICE: _slice,
    ValueKind.POINTER: _pointer,
    ValueKind.INTERFACE: _interface,
    ValueKind.UNKNOWN: _unknown,
}
