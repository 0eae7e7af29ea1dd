"""What the program's code says of a failure: the value that failed, by the names it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.flow.values import Flowing


class Name(NamedTuple):
    """An expression as the code shows it; ``quality`` is less for what is only one of several.

    ``inlined``: it is made of a variable of what was inlined. ``held``: the value is what the
    interface of that name holds.
    """

    text: str
    quality: float = 1.0
    inlined: bool = False
    held: bool = False


class Raw(NamedTuple):
    """The values that failed, where no debug information names them, and the ABI of their code:
    the registers of ``arguments``, whether it ``uses`` any, and the ``first`` slot on the stack."""

    values: tuple[Flowing, ...]
    arguments: tuple[str, ...]
    first: int

    @property
    def uses(self) -> bool:
        """Whether arguments are passed in registers."""
        return bool(self.arguments)


class Machine(NamedTuple):
    """``names``: what the value that failed may be called; empty: not known.

    Of a nil dereference: ``exact`` is whether the instruction adds just the fault address to its
    base, ``check`` whether it is an explicit check for nil (None: the instruction is not known),
    ``displacement`` what it adds. Of bounds: ``indices`` are what the check compares. ``text`` is
    the instruction or what it calls. ``whole`` is False where others may have failed in the same
    place that have no names, ``here`` where the value was made on another line; ``checks`` counts
    the divisions or shifts that share the panic; ``lost`` are variables that may have been set
    since. ``callers``: names of the same value by frame index.
    """

    names: tuple[Name, ...] = ()
    text: str = ""
    exact: bool = False
    check: bool | None = None
    displacement: int | None = None
    indices: tuple[str, ...] = ()
    raw: Raw | None = None
    whole: bool = True
    here: bool = True
    checks: int = 1
    lost: frozenset[str] = frozenset()
    callers: dict[int, tuple[str, ...]] = {}  # noqa: RUF012 - never changed
