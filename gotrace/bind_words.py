"""Bind the raw words that Go ≤ 1.16 prints to a signature."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.arch import Port
from gotrace.decode import Reading, agree, decode, unknown
from gotrace.layout.sizes import Sizes, has_unknown, in_words
from gotrace.layout.words import Area, Count, Place, lay_out, solve
from gotrace.model import Absence, AbsenceReason, Call, Word
from gotrace.signature import Parameter, Signature
from gotrace.tuples import NamedTuple
from gotrace.value import Argument, Certainty, Value, WordUse

_new = tuple.__new__  # skips NamedTuple's own __new__: a large dump has very many words
GAP = "?"  # bytes of which a binary does not say what they are
_SEVERAL = "its type is unknown here, and the words leave more than one width for it"
_BEHIND = "it stands behind a parameter of unknown width"
_UNSET = "a result of a call that has not returned"


class Machine(NamedTuple):
    """A word size and byte order."""

    word_size: int
    big_endian: bool


def bind_words(call: Call, signature: Signature, port: Port) -> tuple[Argument, ...] | str:
    """One argument for each input and result, or why the words do not fit the signature.

    Where the port is not proven, every one that fits is asked; where they differ the value is that
    of the assumed one, and only likely.
    """
    words = tuple(item for item in call.items if isinstance(item, Word))
    signs = [item for item in call.items if isinstance(item, Absence)]
    if not _flat(call, words, signs):
        return "the trace printed braces or marks, which raw words do not have"
    count = Count(len(words), bool(signs))
    bound: tuple[Argument, ...] | None = None
    misfit = False
    alike: set[int] = set()  # word sizes with which either byte order reads the same
    for machine in _machines(port):
        if machine.word_size in alike:
            continue
        if any(word.value >> (8 * machine.word_size) for word in words):
            continue
        sizes = Sizes(machine.word_size)
        area = _solve(signature, sizes, count)
        if area is not None:
            found = _arguments(signature, area, words, machine, sizes)
            bound = found if bound is None else _compare(bound, found)
            every = (*signature.inputs(), *signature.results)
            if all(in_words(p.type, machine.word_size) for p in every):
                alike.add(machine.word_size)
        misfit |= area is None and machine.word_size == port.word_size
    if misfit or bound is None:
        # What fits only with a word size that nothing speaks for may as well be an old signature.
        other = f"; with {12 - port.word_size}-byte words it would fit (--arch)" if bound else ""
        return _mismatch(signature, port, count) + other
    missing = signs[0].reason if signs else None
    return tuple(a._replace(absence=missing) if a.absence else a for a in bound)


def _flat(call: Call, words: Sequence[Word], signs: Sequence[Absence]) -> bool:
    if len(words) + len(signs) != len(call.items) or any(word.stale for word in words):
        return False
    if not signs:
        return len(words) <= 10
    if len(signs) != 1 or call.items[-1] is not signs[0]:
        return False
    # Ten words and dots; until go1.3 five.
    cut = signs[0].reason is AbsenceReason.CUT and len(words) in {5, 10}
    return cut or (signs[0].reason is AbsenceReason.TRUNCATED and len(words) <= 10)


def _machines(port: Port) -> list[Machine]:
    """Those that the evidence allows, the assumed one first."""
    if port.arch is not None:
        return [Machine(port.arch.word_size, port.arch.big_endian)]
    every = [Machine(size, big) for big in (False, True) for size in (8, 4)]
    allowed = [
        machine
        for machine in every
        if (machine.word_size == port.word_size or not port.word_size_proven)
        and (machine.big_endian == port.big_endian or not port.byte_order_proven)
    ]
    assumed = Machine(port.word_size, port.big_endian)
    return sorted(allowed, key=lambda machine: machine != assumed)


def _types(signature: Signature) -> tuple[list[Parameter], list[Parameter]]:
    return list(signature.inputs()), list(signature.results)


def _solve(signature: Signature, sizes: Sizes, count: Count) -> Area | None:
    inputs, results = _types(signature)
    return solve([p.type for p in inputs], [p.type for p in results], sizes, count)


def _mismatch(signature: Signature, port: Port, count: Count) -> str:
    inputs, results = _types(signature)
    sizes = Sizes(_machines(port)[0].word_size)
    area = lay_out([p.type for p in inputs], [p.type for p in results], sizes)
    some = any(has_unknown(p.type) for p in inputs + results)
    takes = f"{'some ' if some else ''}{area.words} word{'' if area.words == 1 else 's'}"
    printed = f"{count.printed}{' and more' if count.cut else ''}"
    return f"this signature takes {takes}, the trace printed {printed}"


def _arguments(
    signature: Signature, area: Area, words: Sequence[Word], machine: Machine, sizes: Sizes
) -> tuple[Argument, ...]:
    arguments: list[Argument] = []
    inputs, results = _types(signature)
    lost = False
    for parameter, place in zip(inputs, area.inputs, strict=True):
        arguments.append(_argument(parameter, place, words, machine, sizes, lost=lost))
        lost = lost or place is None
    for parameter, place in zip(results, area.results, strict=True):
        argument = _argument(parameter, place, words, machine, sizes, lost=lost)
        lost = lost or place is None
        arguments.append(_result(argument))
    return tuple(arguments)


def _result(argument: Argument) -> Argument:
    """Results are in the area from the start, unset until the call returns."""
    value = argument.value and _unset(argument.value)
    reason = argument.reason or _UNSET
    return argument._replace(certainty=Certainty.UNSET, value=value, reason=reason)


def _unset(value: Value) -> Value:
    certainty = value.certainty if value.truncated else Certainty.UNSET
    if not (value.fields or value.elements or value.certainties):
        return value._replace(certainty=certainty)
    return value._replace(
        certainty=certainty,
        fields=tuple(field._replace(value=_unset(field.value)) for field in value.fields),
        elements=tuple(_unset(element) for element in value.elements),
        certainties=tuple(
            (name, c if c is Certainty.ABSENT else Certainty.UNSET) for name, c in value.certainties
        ),
    )


def _argument(
    parameter: Parameter,
    place: Place | None,
    words: Sequence[Word],
    machine: Machine,
    sizes: Sizes,
    *,
    lost: bool,
) -> Argument:
    name, role, text = parameter.name, parameter.role, parameter.type.text
    if place is None:
        reason = _BEHIND if lost else _SEVERAL
        return Argument(name, role, text, Certainty.ABSENT, None, (), reason)
    reader = _AreaReader(words, machine, place.offset)
    if place.size and not reader.printed(0, place.size):
        return Argument(name, role, text, Certainty.ABSENT, None, (), absence=AbsenceReason.CUT)
    if has_unknown(parameter.type) or parameter.type.text == GAP:
        value = unknown(reader.words(0, place.size))
    else:
        value = decode(parameter.type, reader, sizes)
    return Argument(name, role, text, value.certainty, value, reader.uses(place.size))


class _AreaReader:
    """Reads the bytes of an argument that starts ``base`` bytes into the printed words."""

    def __init__(self, words: Sequence[Word], machine: Machine, base: int) -> None:
        self.all = words
        self.size = machine.word_size
        self.big = machine.big_endian
        self.base = base

    def read(self, offset: int, size: int) -> Reading:
        start = self.base + offset
        if size == self.size and start % size == 0 and start // size < len(self.all):
            return _new(Reading, (self.all[start // size].value, Certainty.EXACT))
        if start + size > len(self.all) * self.size:
            return Reading(None, Certainty.ABSENT)
        first, last = start // self.size, (start + size - 1) // self.size
        order = self.all[first : last + 1]
        memory = b"".join(
            word.value.to_bytes(self.size, "big" if self.big else "little") for word in order
        )
        at = start - first * self.size
        bits = int.from_bytes(memory[at : at + size], "big" if self.big else "little")
        return Reading(bits, Certainty.EXACT)

    def printed(self, offset: int, size: int) -> bool:
        return size == 0 or self.base + offset < len(self.all) * self.size

    def words(self, offset: int, size: int) -> tuple[Reading, ...]:
        found = []
        for i in self._range(offset, size):
            bits = self.all[i].value if i < len(self.all) else None
            certainty = Certainty.ABSENT if bits is None else Certainty.EXACT
            found.append(Reading(bits, certainty))
        return tuple(found)

    def _range(self, offset: int, size: int) -> range:
        start = self.base + offset
        return range(start // self.size, -(-(start + size) // self.size) if size else 0)

    def uses(self, size: int) -> tuple[WordUse, ...]:
        found = []
        for i in self._range(0, size):
            if i >= len(self.all):
                break
            start = max(self.base, i * self.size)
            stop = min(self.base + size, (i + 1) * self.size)
            place = start - self.base, stop - start, start - i * self.size
            found.append(_new(WordUse, (*self.all[i], *place)))
        return tuple(found)


def _compare(first: Sequence[Argument], other: Sequence[Argument]) -> tuple[Argument, ...]:
    return tuple(_both(a, b) for a, b in zip(first, other, strict=True))


def _both(first: Argument, other: Argument) -> Argument:
    """``first``, only likely where another possible port reads it otherwise."""
    if first.value is None:
        return first
    value = agree(first.value, other.value)
    if value == first.value or first.certainty is Certainty.UNSET:
        return first
    reason = first.reason or "word size and byte order are assumed; another port reads it otherwise"
    return first._replace(value=value, certainty=value.certainty, reason=reason)
