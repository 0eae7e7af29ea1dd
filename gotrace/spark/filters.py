"""Filters that Spark hands down, and what they say of a value: true, false, or unknown (None)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Path = tuple[str, ...]

# What is known of a dump before it is decoded.
PLAIN: frozenset[Path] = frozenset(
    [("source",), ("kind",), ("stream",), ("timestamp",), ("function",), ("state",)]
    + [("fingerprints", name) for name in ("site", "stack", "exact")]
)
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "EqualTo": lambda a, b: bool(a == b),
    "In": lambda a, b: a in b,
    "GreaterThan": lambda a, b: bool(a > b),
    "GreaterThanOrEqual": lambda a, b: bool(a >= b),
    "LessThan": lambda a, b: bool(a < b),
    "LessThanOrEqual": lambda a, b: bool(a <= b),
    "StringStartsWith": lambda a, b: str(a).startswith(b),
    "StringEndsWith": lambda a, b: str(a).endswith(b),
    "StringContains": lambda a, b: b in str(a),
}


def can_be_taken(one: Any) -> bool:
    """Whether ``one`` of pyspark's filters asks of what is known before decoding."""
    name = type(one).__name__
    if name == "Not":
        return can_be_taken(one.child)
    if name in {"IsNull", "IsNotNull"}:
        return one.attribute in PLAIN
    if (name not in _COMPARED and name != "EqualNullSafe") or one.attribute not in PLAIN:
        return False
    values = one.value if name == "In" else (one.value,)
    return all(isinstance(v, str) or (v is None and name != "In") for v in values)


def holds(one: Any, value_of: Callable[[Path], Any]) -> bool | None:
    """What SQL says: a comparison with null is unknown, and so is its negation."""
    name = type(one).__name__
    if name == "Not":
        inner = holds(one.child, value_of)
        return None if inner is None else not inner
    value = value_of(one.attribute)
    if name == "IsNull":
        return value is None
    if name == "IsNotNull":
        return value is not None
    if name == "EqualNullSafe":
        return bool(value == one.value)
    if value is None or one.value is None:
        return None
    return _COMPARED[name](value, one.value)


def all_hold(filters: Iterable[Any], value_of: Callable[[Path], Any]) -> bool:
    """Whether each of them is true."""
    return all(holds(one, value_of) is True for one in filters)


def of_files(filters: Iterable[Any]) -> list[Any]:
    """Those that the name of a file decides."""
    return [one for one in filters if _attribute(one) == ("source",)]


def _attribute(one: Any) -> Path:
    path: Path = _attribute(one.child) if type(one).__name__ == "Not" else one.attribute
    return path
