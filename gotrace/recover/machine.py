"""What the code says of a call's words: what the caller passed, what a slot still holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gotrace.binary.function import Function
from gotrace.binary.landed import Landed
from gotrace.binary.verify import landing
from gotrace.flow.program import Reading, program_code
from gotrace.flow.values import Flowing, ValueKind, shape
from gotrace.model import Frame
from gotrace.tuples import NamedTuple

_DEEPEST = 6
Word = int | None


class Known(NamedTuple):
    """A number of which the lower ``width`` bytes are known."""

    bits: int
    width: int


class Standing(NamedTuple):
    """Where a frame stands in a program's code: ``at`` is the call that it is in."""

    landed: Landed
    function: Function
    reading: Reading
    at: int


def standing(frame: Frame, programs: tuple[Landed, ...]) -> Standing | None:
    """None where the frame is in no program, in several functions, or not at a call."""
    site = frame.site
    if site is None or frame.call.inlined:
        return None
    for landed in programs:
        if (frame.function, site) not in landed.lands:
            continue
        functions = landing(landed.program, frame.call, site)
        if len(functions) != 1:
            continue
        reading = program_code(landed.program).read(functions[0])
        if reading is None or not reading.code.in_registers:
            return None
        at = reading.code.call_before(functions[0].entry + (site.offset or 0))
        return None if at is None else Standing(landed, functions[0], reading, at)
    return None


def in_registers(
    frame: Frame, programs: tuple[Landed, ...], registers: Mapping[str, int]
) -> dict[str, Known]:
    """What came in which register, as far as the registers of the crash still hold it.

    Shape:  by the register that it came in. ``registers`` are those of the instruction at which the
            frame stands: nothing where its counter says something else.
    """
    site = frame.site
    for landed in programs if site is not None else ():
        if (frame.function, site) not in landed.lands or landed.slide is None:
            continue
        assert site is not None
        functions = landing(landed.program, frame.call, site)
        reading = program_code(landed.program).read(functions[0]) if len(functions) == 1 else None
        if reading is None or not reading.code.in_registers:
            continue
        counter = registers.get("rip", registers.get("pc"))
        at = reading.code.index.get(functions[0].entry + (site.offset or 0))
        if at is None or counter != reading.code.instructions[at].address + landed.slide:
            continue
        return _still_there(reading, at, registers)
    return {}


def _still_there(reading: Reading, at: int, registers: Mapping[str, int]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for name, bits in registers.items():
        place = f"x{name[1:]}" if reading.code.target.name == "arm64" else name
        value = reading.flow.value(place, at)
        if value.kind is ValueKind.ENTRY and isinstance(value.place, str):
            known = found.get(value.place)
            if known is None or known.width < value.width:
                found[value.place] = Known(bits, value.width)
    return found


def evaluated(
    value: Flowing, entry: Callable[[Flowing], Word], slide: int | None, depth: int = 0
) -> Known | None:
    """The number that a value is; None where it is not known.

    ``entry`` tells what was in a place when the function was entered.
    """
    number: Word = None
    width = value.width
    match value.kind:
        case ValueKind.CONSTANT if isinstance(value.number, int):
            number = value.number
            if width == _HALF:  # a move into half a register clears the other half
                number, width = number & 0xFFFFFFFF, 8
        case ValueKind.GLOBAL if isinstance(value.number, int) and slide is not None:
            number = value.number + slide
        case ValueKind.ENTRY:
            number = entry(value)
        case ValueKind.ADD if value.scaled is None and value.base is not None and depth < _DEEPEST:
            base = evaluated(value.base, entry, slide, depth + 1)
            if base is not None:
                number, width = base.bits + value.displacement, min(width, base.width)
        case ValueKind.MERGE if depth < _DEEPEST:
            every = {evaluated(p, entry, slide, depth + 1) for p in value.parts}
            only = every.pop() if len(every) == 1 else None
            if only is not None:
                number, width = only.bits, min(width, only.width)
    return None if number is None else Known(number & _WORD, width)


_HALF = 4
_WORD = (1 << 64) - 1


def still_holds(place: Standing, slot: int, register: str, size: int) -> bool:
    """Whether the ``size`` bytes at ``slot`` of the arguments hold what came in ``register``:
    everything that may have written them last stored just that."""
    target = place.reading.code.target
    value = place.reading.flow.value(target.first_argument + slot, place.at)
    same = shape(value) == shape(Flowing(ValueKind.ENTRY, place=register))
    return same and value.width >= size
