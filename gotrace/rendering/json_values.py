"""Values in JSON: one shape for each kind (docs/annotation.md)."""

from __future__ import annotations

import math
from typing import Any

from gotrace.value import Certainty, Value, ValueKind

Json = dict[str, Any]


def text(raw: str) -> str:
    """``raw`` as valid Unicode: bytes that are not UTF-8 become U+FFFD."""
    if raw.isascii():
        return raw
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def escaped(name: str, raw: str) -> Json:
    """``{name_escaped: …}`` in Go's %q form where ``raw`` holds bytes that are not UTF-8."""
    if text(raw) == raw:
        return {}
    return {f"{name}_escaped": quoted(raw)}


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
    """A Value object; its certainty is written where it is not ``outer``'s."""
    found: Json = {"kind": node.kind.value}
    if node.certainty is not outer:
        found["certainty"] = node.certainty.value
    if node.truncated:
        return found | {"truncated": True}
    found |= _FIELDS[node.kind](node)
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
        found["text"] = node.human
    if node.raw is not None:
        found["raw"] = node.raw
    return found


def _complex(node: Value) -> Json:
    return {"real": number(node.real), "imag": number(node.imag)}


def _string(node: Value) -> Json:
    found: Json = {
        "pointer": hexadecimal(node.pointer),
        "len": node.len,
        "text": None if node.text is None else text(node.text),
        "text_source": node.text_source,
    }
    return found if node.text is None else found | escaped("text", node.text)


def _slice(node: Value) -> Json:
    nil = None if node.pointer is None else node.pointer == 0
    return {"pointer": hexadecimal(node.pointer), "len": node.len, "cap": node.cap, "nil": nil}


def _pointer(node: Value) -> Json:
    return {
        "address": hexadecimal(node.pointer),
        "nil": None if node.pointer is None else node.pointer == 0,
        "symbol": node.symbol,
        "region": node.region,
    }


def _interface(node: Value) -> Json:
    return {
        "type_word": hexadecimal(node.type_word),
        "data_word": hexadecimal(node.pointer),
        "nil": None if node.type_word is None else node.type_word == 0,
        "dynamic_type": node.dynamic_type,
        "typed_nil": None,
    }


def _struct(node: Value) -> Json:
    return {
        "fields": [
            {"name": text(f.name), "type": text(f.type), "value": value(f.value, node.certainty)}
            for f in node.fields
        ]
    }


def _array(node: Value) -> Json:
    return {"elements": [value(e, node.certainty) for e in node.elements]}


def _unknown(node: Value) -> Json:
    return {"words": [hexadecimal(w) for w in node.words]}


_FIELDS = {
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
