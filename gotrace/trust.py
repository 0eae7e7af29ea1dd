"""How far a number that Go ≥ 1.17 printed for a parameter can be believed.

Measured on the Go releases themselves (docs: layout reference, 1.B.6): a parameter passed in a
register prints its spill slot, and what the runtime says about that slot is not always true.
"""

from __future__ import annotations

from functools import lru_cache

from gotrace.arch import Port
from gotrace.goversion import Facts
from gotrace.signature import Parameter
from gotrace.tuples import NamedTuple
from gotrace.value import Certainty


class Trust(NamedTuple):
    """``certainty`` of what is printed without a mark, and why it is not exact."""

    certainty: Certainty
    reason: str = ""


class Passing(NamedTuple):
    """What the possible layouts say of a parameter: yes, no, or None where they differ.

    ``register_abi``: the build passes arguments in registers. ``in_register``: this one is.
    ``fits_ssa``: the compiler can keep it out of memory. ``generic``: the function is generic.
    """

    register_abi: bool | None
    in_register: bool | None
    fits_ssa: bool
    generic: bool = False


EXACT = Trust(Certainty.EXACT)
MARKED = "printed with `?`: the runtime does not know that the slot still holds it"
UNWRITTEN = "the binary tells that the slot need not hold it at this place"
SHIFTED = "Go's own marks are shifted in this function; nothing shows that this slot was written"


@lru_cache(maxsize=4096)
def trust(parameter: Parameter, passing: Passing, facts: Facts, port: Port) -> Trust:
    """The weakest of the rules that apply to ``parameter``."""
    unseen = passing.register_abi is not False or passing.generic
    if unseen and parameter.name in (None, "_"):
        return Trust(Certainty.STALE, "a parameter without a name is not written to its slot")
    doubts = [
        _doubt(
            "go1.17 prints arguments passed in registers whether they still hold or not",
            (passing.in_register, *_when("stale_registers_unmarked", facts, port)),
        )
    ]
    if parameter.used is not True:
        # A small one that is not used is marked, unless its address is taken somewhere.
        unused = None if parameter.used is None or passing.fits_ssa else True
        size = "" if passing.fits_ssa else "large "
        doubts.append(
            _doubt(
                f"since go1.26 a {size}parameter that is not used may not be written to its slot",
                (passing.in_register, unused, *_when("unused_unspilled", facts, port)),
            )
        )
    if parameter.escapes is not False:
        doubts.append(
            _doubt(
                "since go1.27 a parameter that moves to the heap is not written to its slot",
                (
                    passing.in_register,
                    parameter.escapes,
                    *_when("escaping_unstored", facts, port),
                ),
            )
        )
    return next(
        (d for c in (Certainty.STALE, Certainty.LIKELY) for d in doubts if d[0] is c), EXACT
    )


def _when(fact: str, facts: Facts, port: Port) -> tuple[bool | None, bool | None]:
    """Whether the fact holds, and whether the releases that have it use registers on this port."""
    return facts.has(fact), facts.assuming(fact).register_abi(port.arch)


def _doubt(reason: str, conditions: tuple[bool | None, ...]) -> Trust:
    """Stale if all of the conditions hold, exact if one does not, else likely."""
    if any(condition is False for condition in conditions):
        return EXACT
    if all(conditions):
        return Trust(Certainty.STALE, reason)
    return Trust(Certainty.LIKELY, reason)
