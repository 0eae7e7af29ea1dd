"""The columns of the table: those of a Dump object (docs/annotation.md), by its own JSON Schema.

What has no type in a table is text: a decoded value may hold others of its kind, so it is JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from gotrace.rendering.schema import schema_text

# "string", "long", "double", "boolean", "timestamp", ("array", T), ("map", T), ("struct", {…}).
Type = Any

# What the text alone tells: they are known before anything is decoded.
OWN = {"function": "string", "state": "string", "time": "timestamp"}
DECODED = frozenset({"runtime", "goroutines", "culprit", "waiting", "issues"})
_NAMES = {"integer": "long", "number": "double", "string": "string", "boolean": "boolean"}
_RECURSIVE = "value"
_SPAN, _LINES = {"start", "end_column"}, {"line", "first_line", "last_line"}


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


def tells_lines(asked: Mapping[str, Type]) -> bool:
    """Whether there are lines of the log among the columns: those of a Span object."""
    return any(_has_lines(asked.get(name), kind) for name, kind in columns().items())


def _has_lines(asked: Type, whole: Type) -> bool:
    """``asked`` holds some of what ``whole`` does, or None."""
    while isinstance(asked, tuple) and asked[0] != "struct":
        asked, whole = asked[1], whole[1]
    if not isinstance(asked, tuple):
        return False
    names, known = asked[1], whole[1]
    if known.keys() >= _SPAN and not _LINES.isdisjoint(names):
        return True
    return any(_has_lines(kind, known[name]) for name, kind in names.items())
