"""Failures that the code checks for itself: bounds, division, shifts; and those of the runtime's
functions, which are given what failed."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.culprit.machine import Machine, Name, Raw
from gotrace.culprit.messages import Fault, FaultKind
from gotrace.flow.flow import added
from gotrace.flow.naming import ONE_OF_SEVERAL, Named
from gotrace.flow.program import Reading
from gotrace.flow.values import Flowing, ValueKind, shape
from gotrace.patterns import lazy_pattern
from gotrace.types import Kind

_COMPARING = frozenset({"cmp", "test", "cmn", "tst", "cbz", "cbnz", "tbnz", "tbz"})
_BRANCHING_ON_ONE = frozenset({"cbz", "cbnz", "tbnz", "tbz"})
_NEAREST = 8  # instructions between a comparison and its branch
_COMPARED = {FaultKind.INDEX, FaultKind.SLICE, FaultKind.CONVERT}
_TESTED = {FaultKind.DIVIDE, FaultKind.SHIFT}
# Which words of the runtime's function are what failed (runtime/chan.go, slice.go, map.go,
# alg.go, error.go, go1.15.15 and go1.27.3).
_ARGUMENTS = {
    FaultKind.NIL_MAP: (1,),
    FaultKind.CLOSE_NIL: (0,),
    FaultKind.CLOSE_CLOSED: (0,),
    FaultKind.SEND_CLOSED: (0,),
    FaultKind.SEND_NIL: (0,),
    FaultKind.RECEIVE_NIL: (0,),
    FaultKind.MAKE_SLICE: (1, 2),
    FaultKind.MAKE_CHAN: (1,),
    FaultKind.UNHASHABLE: (1,),
    FaultKind.UNCOMPARABLE: (1, 2),
    FaultKind.EXPLICIT: (1,),
}
_CALLED = {
    FaultKind.NIL_MAP: lazy_pattern(r"runtime\.mapassign|internal/runtime/maps\."),
    FaultKind.MAKE_SLICE: lazy_pattern(r"runtime\.(makeslice|growslice)"),
    FaultKind.EXPLICIT: lazy_pattern(r"runtime\.gopanic"),
    FaultKind.UNHASHABLE: lazy_pattern(r"runtime\.map|internal/runtime/maps\."),
    FaultKind.UNCOMPARABLE: lazy_pattern(r"runtime\.(efaceeq|ifaceeq|nilinter|inter)"),
}


def read_check(fault: Fault, reading: Reading, pc: int) -> tuple[Machine | None, Flowing | None]:
    """What the check behind the panic's return address read, or its call was given."""
    at = reading.code.call_before(pc)
    if at is None:
        return None, None
    reading = reading.standing(at)
    found, value = _read(fault, reading, at)
    return found and found._replace(lost=reading.names.lost), value


def _read(fault: Fault, reading: Reading, at: int) -> tuple[Machine | None, Flowing | None]:
    target = reading.code.called(at)
    if fault.kind in _COMPARED:
        return _compared(reading, at, target), None
    if fault.kind in _TESTED:
        return _tested(reading, at, target), None
    if fault.kind is FaultKind.ASSERTION:
        return _asserted(reading, at, target), None
    numbers = _ARGUMENTS.get(fault.kind)
    expected = _CALLED.get(fault.kind)
    if numbers is None or (expected is not None and not expected.match(target)):
        return None, None
    values = [reading.flow.argument(at, n) for n in numbers]
    found = _named(reading, values[:1] if fault.kind is FaultKind.UNCOMPARABLE else values, target)
    if found is not None and fault.kind is FaultKind.UNCOMPARABLE:
        others = tuple(n.text for n in reading.names.of(values[1]))
        found = found._replace(indices=others)
    elif found is not None and fault.kind is FaultKind.UNHASHABLE:
        key = reading.names.of(reading.flow.argument(at, 2))
        found = found._replace(indices=tuple(n.text for n in key))
    return found, values[0] if len(values) == 1 else None


def _tested(reading: Reading, at: int, target: str) -> Machine:
    """What is compared with 0; where `n-4` is, n is compared with 4."""
    values: list[Flowing] = []
    differences: list[Name] = []
    whole = True
    sides = list(_sides(reading, at))
    for left, right in sides:
        number = right.offset if right is not None and right.kind is ValueKind.CONSTANT else 0
        if left is not None and number:
            text = reading.names.index(added(left, -number))
            differences += [Name(text)] if "…" not in text else []
            whole = whole and "…" not in text
            continue
        pair = [v for v in (left, right) if v is not None and v.kind is not ValueKind.CONSTANT]
        whole = whole and all(reading.names.of(v) for v in pair)
        values += pair
    found = _named(reading, values, target) or Machine(text=f"call {target}")
    names = (*found.names, *differences)
    return found._replace(names=names, whole=whole or not names, checks=len(sides))


def raw_of(reading: Reading, values: tuple[Flowing, ...]) -> Raw:
    """Values without names, with the ABI of their function."""
    target = reading.code.target
    arguments = target.arguments if reading.code.in_registers else ()
    return Raw(values, arguments, target.first_argument)


def _named(reading: Reading, values: list[Flowing], target: str) -> Machine | None:
    names = [Name(n.text, n.quality, n.inlined) for v in values for n in reading.names.of(v)]
    text = f"call {target}"
    if not names:
        return Machine(text=text, raw=raw_of(reading, tuple(values)))
    return Machine(tuple(dict.fromkeys(names)), text)


def _asserted(reading: Reading, at: int, target: str) -> Machine | None:
    """panicdottypeE and I are given the dynamic type, which was loaded from the interface; a
    typeAssert its second word; assertE2I the interface."""
    lowered = target.lower()
    numbers = (1,) if "typeassert" in lowered else (0, 1) if "assert" in lowered else (0,)
    names: list[Name] = []
    for number in numbers:
        value = reading.flow.argument(at, number)
        for part in (value, value.base if value.kind is ValueKind.LOAD else None):
            for name in reading.names.of(part):
                kind = name.type.kind if name.type else None
                # The word that is loaded, or the table that the word was loaded from.
                if kind is Kind.INTERFACE and name.offset == 0 and not name.is_address:
                    names.append(Name(name.text, name.quality, name.inlined))
                elif name.is_address and part is value.base:
                    names.append(Name(name.root, name.quality, name.inlined))
    return Machine(tuple(dict.fromkeys(names)), f"call {target}") if names else None


def _compared(reading: Reading, at: int, target: str) -> Machine | None:
    """One side of the comparison is a length or capacity, the other the index."""
    names: list[Name] = []
    indices: list[str] = []
    for pair in _sides(reading, at):
        for value in pair:
            if value is None:
                continue
            if value.kind is ValueKind.CONSTANT:
                indices.append(str(value.number))
            for name in reading.names.of(value):
                if _is_length(name):
                    names.append(Name(name.text, name.quality, name.inlined))
                elif _is_number(name) and name.quality > ONE_OF_SEVERAL:
                    indices.append(name.text)
            indices += _sum(reading, value)
    if not names:
        names += _arrays(reading, at)
    text = f"call {target}"
    if not names and not indices:
        values = [v for pair in _sides(reading, at) for v in pair if v is not None]
        return Machine(text=text, raw=raw_of(reading, tuple(values)))
    found = Machine(tuple(dict.fromkeys(names)), text, indices=tuple(dict.fromkeys(indices)))
    sides = [v for pair in _sides(reading, at) for v in pair if v is not None]
    return found._replace(here=all(reading.is_line_of(at, v) for v in sides))


def _arrays(reading: Reading, at: int) -> Iterator[Name]:
    """An array's length is a number in the code; what is indexed next tells which array it is."""
    code, flow = reading.code, reading.flow
    for branch in code.guards(at):
        compare = _comparison(reading, branch)
        operands = code.instructions[compare].operands if compare is not None else ()
        if compare is None or not any(isinstance(o, int) for o in operands):
            continue
        wanted = {shape(flow.operand(compare, o)) for o in operands if isinstance(o, str)}
        for here in range(branch + 1, min(branch + _NEAREST, len(code.instructions))):
            memory = code.instructions[here].memory
            if memory is None or memory.scaled is None:
                continue
            if shape(flow.value(memory.scaled, here)) in wanted:
                for name in reading.names.of(flow.address(here, memory)):
                    base, bracket, _ = name.text.rpartition("[")
                    if name.is_address and bracket:
                        yield Name(base, name.quality, name.inlined)


def _is_length(name: Named) -> bool:
    kind = name.type.kind if name.type else Kind.UNKNOWN
    return not name.is_address and kind in {Kind.SLICE, Kind.STRING} and name.offset in {8, 16}


def _is_number(name: Named) -> bool:
    """Whether a name can be an index: DWARF may still name what the register held before."""
    kind = name.type.kind if name.type else Kind.UNKNOWN
    return not name.is_address and name.offset == 0 and kind is Kind.UNKNOWN


def _sum(reading: Reading, value: Flowing) -> Iterator[str]:
    """`len(s)-1` and `i+1`."""
    if value.kind is not ValueKind.ADD or value.scaled is not None:
        return
    for name in reading.names.of(value.base):
        length = _is_length(name) and name.offset == 8
        text = f"len({name.text})" if length else name.text
        if (length or _is_number(name)) and name.quality > ONE_OF_SEVERAL:
            yield f"{text}{value.displacement:+d}"


def _sides(reading: Reading, at: int) -> Iterator[tuple[Flowing | None, Flowing | None]]:
    """The operands of the comparisons that lead to the cold block of a panic's call."""
    code, flow = reading.code, reading.flow
    for branch in code.guards(at):
        compare = _comparison(reading, branch)
        if compare is None:
            continue
        found = code.instructions[compare]
        operands = found.operands
        if found.mnemonic in code.target.flagging:
            yield None, flow.operand(branch, operands[0])
        elif found.mnemonic in _BRANCHING_ON_ONE or found.mnemonic == "test":
            yield None, flow.operand(compare, operands[0])
        else:
            yield flow.operand(compare, operands[0]), flow.operand(compare, operands[1])


def _comparison(reading: Reading, branch: int) -> int | None:
    instructions = reading.code.instructions
    for here in range(branch, max(-1, branch - _NEAREST), -1):
        found = instructions[here]
        if here != branch and found.conditional:
            continue
        if found.mnemonic in _COMPARING or found.mnemonic in reading.code.target.flagging:
            return here
    return None
