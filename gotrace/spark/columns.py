"""The columns of the table: those of a Dump object (docs/annotation.md), by its own JSON Schema.

What has no type in a table is text: a decoded value may hold others of its kind, so it is JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from gotrace.rendering.schema import schema_text

# "string", "long", "double", "boolean", "timestamp", ("array", T), ("map", T), ("struct", {…}).
Type = Any
Shape = Callable[[Any], Any]

# What the text alone tells: they are known before anything is decoded.
OWN = {"function": "string", "state": "string", "time": "timestamp"}
DECODED = frozenset({"runtime", "goroutines", "culprit", "waiting", "issues"})
_NAMES = {"integer": "long", "number": "double", "string": "string", "boolean": "boolean"}
_RECURSIVE = "value"
_LARGEST = 1 << 63


@cache
def columns() -> dict[str, Type]:
    """All columns in their order, and their types."""
    definitions = json.loads(schema_text())["$defs"]
    kind, fields = _type(definitions["dump"], definitions)
    assert kind == "struct"
    return {**fields, **OWN}


def _type(node: Mapping[str, Any], known: Mapping[str, Any]) -> Type:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return "string" if name == _RECURSIVE else _type(known[name], known)
    if "anyOf" in node:
        return next(_type(n, known) for n in node["anyOf"] if n.get("type") != "null")
    if "type" not in node:  # one word of a few, or anything
        return "boolean" if node.get("const") is True else "string"
    kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
    kind = next(k for k in kinds if k != "null")
    if kind == "array":
        return "array", _type(node["items"], known)
    return _object(node, known) if kind == "object" else _NAMES[kind]


def _object(node: Mapping[str, Any], known: Mapping[str, Any]) -> Type:
    if "properties" not in node:
        return "map", _type(node["additionalProperties"], known)
    return "struct", {n: _type(p, known) for n, p in node["properties"].items()}


def misfit(asked: Mapping[str, Type], whole: Mapping[str, Type], path: str = "") -> str | None:
    """What of ``asked`` is not in ``whole``, or is of another type; None where all is."""
    for name, kind in asked.items():
        place = f"{path}{name}"
        if name not in whole:
            return f"no column {place}"
        wanted, found = kind, whole[name]
        while isinstance(wanted, tuple) and isinstance(found, tuple) and wanted[0] == found[0]:
            wanted, found = wanted[1], found[1]
        if isinstance(wanted, Mapping) and isinstance(found, Mapping):
            inner = misfit(wanted, found, f"{place}.")
            if inner is not None:
                return inner
        elif wanted != found:
            return f"column {place} is {_spelled(whole[name])}, not {_spelled(kind)}"
    return None


def _spelled(kind: Type) -> str:
    return kind if isinstance(kind, str) else str(kind[0])


def shape_of(kind: Type) -> Shape | None:
    """What makes a value of JSON one for a table; None where it is one already."""
    if kind == "string":
        return _as_text
    if kind == "long":
        return _as_long
    if not isinstance(kind, tuple):
        return None
    if kind[0] == "map":
        return lambda value: None if value is None else list(value.items())
    if kind[0] == "array":
        each = shape_of(kind[1])
        return None if each is None else lambda v: v and [each(x) for x in v]
    shapes = {n: shape_of(k) for n, k in kind[1].items()}
    return lambda value: value and _struct(value, shapes)


def _struct(value: Mapping[str, Any], shapes: Mapping[str, Shape | None]) -> dict[str, Any]:
    """What is there of the columns; Arrow takes what is missing for null."""
    row = {}
    for name, inner in value.items():
        if inner is not None and name in shapes:
            shape = shapes[name]
            row[name] = inner if shape is None or inner.__class__ is str else shape(inner)
    return row


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _as_long(value: Any) -> int | None:
    """A number that no column holds is no number (`goroutine 99999999999999999999`)."""
    return value if value is None or -_LARGEST <= value < _LARGEST else None
