"""The program's code at the failure: which value failed, and what it may be called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gotrace.annotated import AnnotatedFrame
from gotrace.binary.function import Function
from gotrace.binary.landed import Landed
from gotrace.binary.verify import landing
from gotrace.culprit.code_checks import raw_of, read_check
from gotrace.culprit.machine import Machine, Name
from gotrace.culprit.messages import Fault, FaultKind
from gotrace.flow.naming import Named
from gotrace.flow.program import Reading, program_code
from gotrace.flow.values import Flowing, ValueKind
from gotrace.programs import Programs
from gotrace.types import Kind

_FURTHEST = 6  # callers that the value is followed into
_COPIES = {"amd64": ("rsi", "rdi"), "arm64": ("x20", "x21")}


def read_machine(
    fault: Fault, frames: Sequence[AnnotatedFrame], start: int, programs: Programs
) -> Machine | None:
    """What the code says of the failure in frame ``start``; None where it cannot be read.

    Errors: none.
    """
    place = physical(frames, start)
    if place is None:
        return None
    for landed in programs.landed:
        function = _function(frames[place], landed, fault)
        reading = program_code(landed.program).read(function) if function else None
        if function is not None and reading is not None:
            pc = function.entry + (_offset(frames[place]) or 0)
            if fault.kind is FaultKind.NIL:
                found, value = _nil(fault, reading, pc, landed)
            else:
                found, value = read_check(fault, reading, pc)
            if found is None:
                return None
            own = tuple(n.text for n in found.names if not n.inlined)
            callers = dict.fromkeys(range(start + 1, place + 1), own)
            callers |= _callers(value, frames, place, landed) if value else {}
            return found._replace(callers=callers)
    return None


def physical(frames: Sequence[AnnotatedFrame], start: int) -> int | None:
    """The frame whose function the code of frame ``start`` was inlined into, or itself."""
    for index in range(start, len(frames)):
        if not frames[index].frame.call.inlined:
            return index if frames[index].frame.site else None
    return None


def _offset(frame: AnnotatedFrame) -> int | None:
    """At the entry itself no offset is printed (runtime/traceback.go printAncestorTraceback
    and its siblings print it where it is not 0)."""
    site = frame.frame.site
    return None if site is None else site.offset or 0


def _function(frame: AnnotatedFrame, landed: Landed, fault: Fault) -> Function | None:
    """The function at a frame; of instances of a generic one, that of the fault's pc."""
    site = frame.frame.site
    if site is None or (frame.frame.function, site) not in landed.lands:
        return None
    found = landing(landed.program, frame.frame.call, site)
    if len(found) > 1 and fault.pc is not None:
        link = fault.pc - (landed.slide or 0)
        found = tuple(f for f in found if f.entry + (site.offset or 0) == link) or found
    return found[0] if found else None


# ---------------------------------------------------------------------- nil


def _nil(
    fault: Fault, reading: Reading, pc: int, landed: Landed
) -> tuple[Machine | None, Flowing | None]:
    """The base of the faulting instruction's operand. Without a signal line, as in the logs of a
    recover, the pc of the frame is that of the instruction all the same."""
    code = reading.code
    link = None if fault.pc is None or landed.slide is None else fault.pc - landed.slide
    at = code.index.get(pc if link is None else link)
    if at is None or (link is not None and link != pc):
        return _helper(reading, pc)
    found = code.instructions[at]
    memory = found.memory
    if memory is None:
        return None, None
    reading = reading.standing(at)
    value = None
    if memory.base is not None and memory.base != "rip":
        value = reading.flow.value(memory.base, at)
    distance = memory.displacement
    plain = memory.scaled is None
    exact = plain and fault.address in {None, distance}
    check = code.target.is_check(found)
    named = reading.names.of(value)
    if value is not None:
        named = [*reading.names.copies(value, at), *named]
    names = tuple(dict.fromkeys(_nil_names(named)))
    displacement = distance if plain else None
    raw = None if names or value is None else raw_of(reading, (value,))
    machine = Machine(names, found.text, exact, check, displacement, raw=raw)
    here = value is None or reading.is_line_of(at, value)
    return machine._replace(lost=reading.names.lost, here=here), value


def _helper(reading: Reading, pc: int) -> tuple[Machine | None, Flowing | None]:
    """The fault is in an assembly helper that copies memory: what was it given?"""
    at = reading.code.call_before(pc)
    if at is None:
        return None, None
    reading = reading.standing(at)
    target = reading.code.called(at)
    registers = _COPIES[reading.code.target.name] if "duff" in target else ()
    values: list[Flowing] = [reading.flow.value(r, at) for r in registers]
    if not values:
        values = [reading.flow.argument(at, number) for number in range(3)]
    names = [name for value in values for name in _nil_names(reading.names.of(value))]
    if not names:
        return None, None
    lost = reading.names.lost
    return Machine(tuple(dict.fromkeys(names)), f"call {target}", lost=lost), None


def _nil_names(found: Sequence[Named]) -> Iterator[Name]:
    """The expressions whose being nil these values mean."""
    for name in found:
        interface = name.type is not None and name.type.kind is Kind.INTERFACE
        if name.is_address:
            yield Name(name.root or name.text, name.quality, name.inlined)
        elif name.offset == 0:
            yield Name(name.text, name.quality, name.inlined)
        elif name.offset == 8 and interface:
            yield Name(name.text, name.quality, name.inlined, True)


# ---------------------------------------------------------------------- callers


def _callers(
    value: Flowing, frames: Sequence[AnnotatedFrame], place: int, landed: Landed
) -> dict[int, tuple[str, ...]]:
    """The names of the same value in the callers, while it comes in as a parameter."""
    found: dict[int, tuple[str, ...]] = {}
    current: Flowing | None = value
    for _ in range(_FURTHEST):
        if current is None or current.kind is not ValueKind.ENTRY or current.place is None:
            break
        step = _step(current, frames, place + 1, landed)
        if step is None:
            break
        current, names, following = step
        for index in range(place + 1, following + 1):
            found[index] = names
        place = following
    return found


def _step(
    value: Flowing, frames: Sequence[AnnotatedFrame], start: int, landed: Landed
) -> tuple[Flowing, tuple[str, ...], int] | None:
    """What the caller put into the place of ``value``: it, its names, and the caller's frame."""
    place = physical(frames, start)
    site = frames[place].frame.site if place is not None else None
    if place is None or site is None:
        return None
    functions = landing(landed.program, frames[place].frame.call, site)
    reading = program_code(landed.program).read(functions[0]) if len(functions) == 1 else None
    if reading is None:
        return None
    at = reading.code.call_before(functions[0].entry + (site.offset or 0))
    if at is None:
        return None
    reading = reading.standing(at)
    where = value.place
    if isinstance(where, int):
        stack = reading.code.stack[at]
        if stack is None:
            return None
        where += stack
    assert where is not None
    passed = reading.flow.value(where, at)
    names = tuple(name.text for name in _nil_names(reading.names.of(passed)))
    return passed, names, place
