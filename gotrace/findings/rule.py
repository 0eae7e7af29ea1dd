"""What a rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from gotrace.arch import Port
from gotrace.layout.sizes import Sizes
from gotrace.signature import Role
from gotrace.tuples import NamedTuple
from gotrace.types import GoType
from gotrace.value import Certainty, Severity, Value

if TYPE_CHECKING:
    from gotrace.binary.landed import Landed
    from gotrace.recover import Passed


class Part(NamedTuple):
    """A value or a part of one: ``path`` is ``cfg.limits[2]``. ``type`` is None where unknown.

    ``place`` is where it begins, in bytes from the start of the argument; None where unknown.
    """

    path: str
    value: Value
    type: GoType | None
    role: Role
    function: str
    place: int | None = 0


class Setting(NamedTuple):
    """What is known besides the value.

    ``address`` is the fault address where the part's frame is the one that failed at a nil pointer,
    else None. ``programs`` printed the dump. ``siblings`` are the frame's other arguments.
    ``passed`` are those, by name, that came in as something else. ``culprit`` is the expression
    that was certainly nil, None where that is not certain.
    """

    port: Port
    sizes: Sizes
    os: str | None
    address: int | None
    programs: tuple[Landed, ...]
    siblings: tuple[Part, ...]
    passed: Mapping[str, Passed] = MappingProxyType({})
    culprit: str | None = None


class Found(NamedTuple):
    """What a rule says of a part."""

    message: str
    evidence: tuple[str, ...] = ()


class Rule(NamedTuple):
    """``says`` is what it proves, in a few words; ``check`` gives None where it has nothing to
    say. A rule with ``over`` is not asked where one of those has spoken of the same part."""

    code: str
    severity: Severity
    says: str
    check: Callable[[Part, Setting], Found | None]
    over: frozenset[str] = frozenset()


def exact(value: Value, *parts: str) -> bool:
    """Whether these parts of a value, or all of it, are what was passed: only then anything may be
    said against it. A likely one may be stale on a release that nothing excludes."""
    known = dict(value.certainties)
    return all(known.get(p, value.certainty) is Certainty.EXACT for p in parts or ("",))
