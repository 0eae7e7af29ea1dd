"""What is known of a frame while its goroutine is read."""

from __future__ import annotations

from gotrace.annotated import AnnotatedFrame
from gotrace.flow.values import Flowing
from gotrace.layout.sizes import has_unknown
from gotrace.recover.leaves import Leaf
from gotrace.recover.machine import Standing
from gotrace.signature import Parameter
from gotrace.tuples import NamedTuple

_WORD = 8


class FrameKnown(NamedTuple):
    """What is known of a frame: the leaves of its parameters, and the bits of those that are."""

    leaves: list[list[Leaf]]
    bits: list[dict[int, int]]
    place: Standing | None


def entered(value: Flowing, known: FrameKnown | None) -> int | None:
    """What the caller was passed in a place, where that is known."""
    if known is None or known.place is None:
        return None
    target = known.place.reading.code.target
    for leaves, bits in zip(known.leaves, known.bits, strict=True):
        for leaf in leaves:
            if isinstance(value.place, str):
                here = leaf.register is not None and target.arguments[leaf.register] == value.place
            else:
                here = leaf.slot is not None and value.place == target.first_argument + leaf.slot
            if here and leaf.offset in bits and leaf.size == _WORD:
                return bits[leaf.offset]
    return None


def inputs_of(frame: AnnotatedFrame) -> tuple[Parameter, ...] | None:
    """The parameters that the arguments are of; None where the compiler adds or leaves out some."""
    signature = frame.signature
    if signature is None or signature.captured or frame.name.generic or not frame.arguments:
        return None
    inputs = signature.inputs()
    if any(has_unknown(p.type) for p in inputs):
        return None  # what comes in which register is not known then
    names = [(p.role, p.name) for p in inputs]
    return inputs if [(a.role, a.name) for a in frame.arguments] == names else None
