"""How well an expression made from machine code matches one of the source.

What code shows is `s.conf.…`, `xs[…]`, `….next(…)`: indices and receivers may be missing.
"""

from __future__ import annotations

from itertools import zip_longest

from gotrace.patterns import lazy_pattern
from gotrace.source.statements_assigned import squeezed

_INDEX = lazy_pattern(r"\[([^\[\]]*)\]")
_DEREFERENCED = lazy_pattern(r"^\(\*(\w+)\)")
_OPEN = frozenset({"…", "?", ""})


def match(rendered: str, written: str) -> float:
    """0 (another expression) to 1 (the same text)."""
    left, right = squeezed(rendered), squeezed(written)
    if left == right:
        return 1.0
    left = left.removeprefix("&").lstrip("*")
    plain = right.strip("()").lstrip("*")
    if left == plain:
        return 0.95
    right_head = _DEREFERENCED.sub(r"\1", right)
    outer_left = _outer(left)
    outer_right = _outer(plain if right_head.startswith("(") else right_head)
    if outer_left and outer_left == outer_right:
        return 0.9 * _indices(left, right)
    if outer_left.startswith("….") and outer_right.endswith(outer_left[1:]):
        return 0.9
    return _promoted(outer_left.split("."), outer_right.split("."))


def _outer(text: str) -> str:
    """The text with what stands in brackets taken out."""
    found = []
    depth = 0
    for sign in text:
        if sign in "])":
            depth -= 1
        if depth == 0:
            found.append(sign)
        if sign in "[(":
            depth += 1
    return "".join(found)


def _indices(left: str, right: str) -> float:
    """Less where an index is known to be another one."""
    pairs = zip_longest(_INDEX.findall(left), _INDEX.findall(right), fillvalue="")
    return 0.55 if any(b and not _may_be(a, b) for a, b in pairs) else 1.0


def _may_be(shown: str, written: str) -> bool:
    """Whether an index or bounds can be the written ones, part by part."""
    parts = zip_longest(shown.split(":"), written.split(":"), fillvalue="…")
    return shown in _OPEN or all(a in _OPEN or a == b for a, b in parts)


def _promoted(left: list[str], right: list[str]) -> float:
    """`s.base.id` for `s.id`: embedded fields need not be written."""
    longer = len(left) > len(right) > 1
    if "…" in left[0]:
        return 0.0
    if longer and left[0] == right[0] and left[-1] == right[-1] and set(right) <= set(left):
        return 0.8
    return 0.0
