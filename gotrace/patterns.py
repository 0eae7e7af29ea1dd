"""Regular expressions of modules, compiled on first use.

Modules define some 180; each takes 0.15 ms to compile, and a run uses less than half of what it
imports. To type checkers, and to all who use one, it is a ``re.Pattern``.
"""

from __future__ import annotations

import re

__all__ = ["lazy_pattern"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, AnyStr

_USED = (
    *("match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn", "scanner"),
    *("pattern", "flags", "groups", "groupindex"),
)


class _LazyPattern:
    """Has the attributes of the compiled one from the first time that one of them is asked for."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self._given: tuple[Any, int] = pattern, flags

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(*self._given)
        vars(self).update((each, getattr(compiled, each)) for each in _USED)
        return getattr(compiled, name)

    def __reduce__(self) -> tuple[object, ...]:
        return lazy_pattern, self._given

    def __repr__(self) -> str:
        return f"lazy_pattern{self._given}"


def lazy_pattern(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` returns, but a mistake in it shows when it is used.

    tests/test_patterns.py compiles all.
    """
    return _LazyPattern(pattern, flags)  # type: ignore[return-value]
