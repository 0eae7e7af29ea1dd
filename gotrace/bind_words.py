"""Bind the raw words that Go ≤ 1.16 prints to a signature."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from gotrace.arch import Port
from gotrace.decode import Reading, agree, decode, unknown
from gotrace.layout.sizes import Sizes, has_unknown, in_words
from gotrace.layout.words import Count, Place, lay_out, solve
from gotrace.model import Absence, AbsenceReason, Call, Word
from gotrace.signature import Parameter, Signature
from gotrace.tuples import NamedTuple
from gotrace.types import Kind
from gotrace.value import Argument, Certainty, Value, WordUse

_new = tuple.__new__  # skips NamedTuple's own __new__: a large dump has very many words
GAP = "?"  # bytes of which a binary does not say what they are
_SEVERAL = "its type is unknown here, and the words leave more than one width for it"
_BEHIND = "it stands behind a parameter of unknown width"
_UNSET = "a result of a call that has not returned"
_NESTED = {Kind.ARRAY, Kind.STRUCT}


class Machine(NamedTuple):
    """A word size and byte order."""

    word_size: int
    big_endian: bool


class _Step(NamedTuple):
    """A parameter or result, and where it lies; ``lost`` where one before it has no place.

    ``unread``: its bytes have no meaning here.
    """

    parameter: Parameter
    place: Place | None
    lost: bool
    result: bool
    unread: bool


class _Plan(NamedTuple):
    """A signature in so many words of this size: the same for every call that prints as many.

    ``steps`` is None where they do not fit. ``alike``: either byte order reads the same.
    ``signature`` is kept because plans are found by its identity: to hash it takes longer.
    """

    signature: Signature
    sizes: Sizes
    steps: tuple[_Step, ...] | None
    alike: bool


# The words, why some are missing, and the ways to read them, the assumed port's first.
_Laid = tuple[list[Word], AbsenceReason | None, list[tuple[Machine, Sizes, tuple[_Step, ...]]]]
PLANS = 1 << 12  # plans remembered; forgotten all at once
_plans: dict[tuple[int, Count, int], _Plan] = {}


def bind_words(call: Call, signature: Signature, port: Port) -> tuple[Argument, ...] | str:
    """One argument for each input and result, or why the words do not fit the signature.

    Where the port is not proven, every one that fits is asked; where they differ the value is that
    of the assumed one, and only likely.
    """
    laid = _lay_out(call, signature, port)
    if isinstance(laid, str):
        return laid
    words, missing, ways = laid
    bound: tuple[Argument, ...] | None = None
    for machine, sizes, steps in ways:
        found = tuple([_argument(step, words, machine, sizes, missing) for step in steps])
        bound = found if bound is None else _compare(bound, found)
    assert bound is not None
    return bound


def fits_words(call: Call, signature: Signature, port: Port) -> bool:
    """Whether :func:`bind_words` gives arguments."""
    return not isinstance(_lay_out(call, signature, port), str)


def _lay_out(call: Call, signature: Signature, port: Port) -> _Laid | str:
    """In which ways the words may be read, or why they do not fit."""
    words = [item for item in call.items if type(item) is Word]
    signs = [item for item in call.items if type(item) is Absence]
    if not _flat(call, words, signs):
        return "the trace printed braces or marks, which raw words do not have"
    count = Count(len(words), bool(signs))
    widest = max([word.value for word in words], default=0)
    ways: list[tuple[Machine, Sizes, tuple[_Step, ...]]] = []
    misfit = False
    alike: set[int] = set()  # word sizes with which either byte order reads the same
    for machine in _machines(port):
        if machine.word_size in alike or widest >> (8 * machine.word_size):
            continue
        plan = _plan(signature, count, machine.word_size)
        if plan.steps is None:
            misfit |= machine.word_size == port.word_size
            continue
        ways.append((machine, plan.sizes, plan.steps))
        if plan.alike:
            alike.add(machine.word_size)
    if misfit or not ways:
        # What fits only with a word size that nothing speaks for may as well be an old signature.
        other = f"; with {12 - port.word_size}-byte words it would fit (--arch)" if ways else ""
        return _mismatch(signature, port, count) + other
    return words, signs[0].reason if signs else None, ways


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


@lru_cache(maxsize=64)
def _machines(port: Port) -> tuple[Machine, ...]:
    """Those that the evidence allows, the assumed one first."""
    if port.arch is not None:
        return (Machine(port.arch.word_size, port.arch.big_endian),)
    every = [Machine(size, big) for big in (False, True) for size in (8, 4)]
    allowed = [
        machine
        for machine in every
        if (machine.word_size == port.word_size or not port.word_size_proven)
        and (machine.big_endian == port.big_endian or not port.byte_order_proven)
    ]
    assumed = Machine(port.word_size, port.big_endian)
    return tuple(sorted(allowed, key=lambda machine: machine != assumed))


def _plan(signature: Signature, count: Count, word_size: int) -> _Plan:
    key = id(signature), count, word_size
    plan = _plans.get(key)
    if plan is None:
        if len(_plans) >= PLANS:
            _plans.clear()
        plan = _plans[key] = _planned(signature, count, Sizes(word_size))
    return plan


def _planned(signature: Signature, count: Count, sizes: Sizes) -> _Plan:
    inputs, results = signature.inputs(), signature.results
    area = solve([p.type for p in inputs], [p.type for p in results], sizes, count)
    if area is None:
        return _Plan(signature, sizes, None, alike=False)
    steps: list[_Step] = []
    lost = False
    for number, parameter in enumerate((*inputs, *results)):
        place = (*area.inputs, *area.results)[number]
        unread = has_unknown(parameter.type) or parameter.type.text == GAP
        steps.append(_Step(parameter, place, lost, number >= len(inputs), unread))
        lost = lost or place is None
    alike = all(in_words(step.parameter.type, sizes.word_size) for step in steps)
    return _Plan(signature, sizes, tuple(steps), alike)


def _mismatch(signature: Signature, port: Port, count: Count) -> str:
    inputs, results = signature.inputs(), signature.results
    sizes = Sizes(_machines(port)[0].word_size)
    area = lay_out([p.type for p in inputs], [p.type for p in results], sizes)
    some = any(has_unknown(p.type) for p in (*inputs, *results))
    takes = f"{'some ' if some else ''}{area.words} word{'' if area.words == 1 else 's'}"
    printed = f"{count.printed}{' and more' if count.cut else ''}"
    return f"this signature takes {takes}, the trace printed {printed}"


def _argument(
    step: _Step,
    words: Sequence[Word],
    machine: Machine,
    sizes: Sizes,
    missing: AbsenceReason | None,
) -> Argument:
    """``missing`` is why words are missing, if any are."""
    parameter, place, lost, result, unread = step
    name, go_type, role = parameter[:3]
    text, absent = go_type.text, Certainty.UNSET if result else Certainty.ABSENT
    if place is None:
        return Argument(name, role, text, absent, None, (), _BEHIND if lost else _SEVERAL)
    # Results are in the area from the start, unset until the call returns.
    reason = _UNSET if result else ""
    offset, size = place
    # What is whole and has no parts is read as what it is: the rest is made so behind.
    whole = result and go_type.kind not in _NESTED and 0 < size <= len(words) * machine[0] - offset
    reader = _AreaReader(words, machine, offset, Certainty.UNSET if whole else Certainty.EXACT)
    if size and not reader.printed(0, size):
        return Argument(name, role, text, absent, None, (), reason, missing)
    value = unknown(reader.words(0, size)) if unread else decode(go_type, reader, sizes)
    if result and not whole:
        value = _unset(value)
    certainty = Certainty.UNSET if result else value.certainty
    return Argument(name, role, text, certainty, value, reader.uses(size), reason)


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


class _AreaReader:
    """Reads the bytes of an argument that starts ``base`` bytes into the printed words."""

    def __init__(
        self, words: Sequence[Word], machine: Machine, base: int, certainty: Certainty
    ) -> None:
        self.all = words
        self.size, self.big = machine
        self.base = base
        self.certainty = certainty  # of all that was printed

    def read(self, offset: int, size: int) -> Reading:
        start = self.base + offset
        if size == self.size and start % size == 0 and start // size < len(self.all):
            return _new(Reading, (self.all[start // size].value, self.certainty))
        if start + size > len(self.all) * self.size:
            return Reading(None, Certainty.ABSENT)
        first, last = start // self.size, (start + size - 1) // self.size
        order = self.all[first : last + 1]
        memory = b"".join(
            word.value.to_bytes(self.size, "big" if self.big else "little") for word in order
        )
        at = start - first * self.size
        bits = int.from_bytes(memory[at : at + size], "big" if self.big else "little")
        return Reading(bits, self.certainty)

    def printed(self, offset: int, size: int) -> bool:
        return size == 0 or self.base + offset < len(self.all) * self.size

    def words(self, offset: int, size: int) -> tuple[Reading, ...]:
        found = []
        for i in self._range(offset, size):
            bits = self.all[i].value if i < len(self.all) else None
            certainty = Certainty.ABSENT if bits is None else self.certainty
            found.append(Reading(bits, certainty))
        return tuple(found)

    def _range(self, offset: int, size: int) -> range:
        start = self.base + offset
        return range(start // self.size, -(-(start + size) // self.size) if size else 0)

    def uses(self, size: int) -> tuple[WordUse, ...]:
        one = self.size
        if self.base % one == 0 and size % one == 0:
            first = self.base // one
            held = self.all[first : first + size // one]
            return tuple([_new(WordUse, (*w, i * one, one, 0)) for i, w in enumerate(held)])
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
