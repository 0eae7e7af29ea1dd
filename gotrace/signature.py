"""A function's signature: what its declaration says about its arguments."""

from __future__ import annotations

from enum import StrEnum

from gotrace.tuples import NamedTuple
from gotrace.types import GoType


class Role(StrEnum):
    """What an argument is to its function."""

    RECEIVER = "receiver"
    PARAMETER = "parameter"
    RESULT = "result"
    CAPTURED = "captured"
    DICTIONARY = "dictionary"


class SignatureSource(StrEnum):
    """Where a signature comes from; ``SHAPE`` knows widths only."""

    PROTOTYPE = "prototype"
    DWARF = "dwarf"
    GO_SOURCE = "go-source"
    STDLIB = "stdlib"
    SHAPE = "shape"


class Parameter(NamedTuple):
    """``name`` is None where the source has none, ``_`` where it is blank.

    ``escapes`` is whether it moves to the heap (None: unknown; a binary or the source can tell).
    ``used`` is whether reachable code uses it (None: unknown).
    """

    name: str | None
    type: GoType
    role: Role = Role.PARAMETER
    variadic: bool = False
    escapes: bool | None = None
    used: bool | None = None


class Signature(NamedTuple):
    """Receiver, parameters and results in declaration order.

    ``package`` is the import path where known, else the package name; ``function`` the name as a
    traceback would print it behind the package (``(*Client).Connect``, ``T.M``, ``Map[...]``).
    ``captured`` precede the parameters in ≤ 1.16 closures that are called directly;
    ``captures_told`` is whether that is known to be all, also where it is nothing.
    """

    package: str
    function: str
    parameters: tuple[Parameter, ...]
    results: tuple[Parameter, ...]
    receiver: Parameter | None = None
    text: str = ""
    source: SignatureSource = SignatureSource.PROTOTYPE
    file: str | None = None
    line: int | None = None
    generic: bool = False
    captured: tuple[Parameter, ...] = ()
    captures_told: bool = False

    @property
    def captures_known(self) -> bool:
        """Whether ``captured`` is all that a closure is passed in front of its parameters."""
        told = self.source in {SignatureSource.DWARF, SignatureSource.SHAPE}
        return told or self.captures_told or bool(self.captured)

    def inputs(self) -> tuple[Parameter, ...]:
        """Receiver, captured variables and parameters, in the order in which they are passed."""
        receiver = (self.receiver,) if self.receiver else ()
        return receiver + self.captured + self.parameters


def types_by_name(signature: Signature) -> dict[tuple[Role, str | None], GoType]:
    """The types of parameters and results by role and name; unnamed ones of different types have
    none."""
    found: dict[tuple[Role, str | None], GoType] = {}
    unsure = set()
    for parameter in (*signature.inputs(), *signature.results):
        key = (parameter.role, parameter.name)
        if found.setdefault(key, parameter.type) != parameter.type:
            unsure.add(key)
    return {key: go_type for key, go_type in found.items() if key not in unsure}
