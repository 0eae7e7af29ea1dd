"""Bind the braced components that Go ≥ 1.17 prints to a signature."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from gotrace.arch import ARCHES, Port
from gotrace.decode import Reading, agree, decode, weakest
from gotrace.goversion import Facts
from gotrace.layout.match import Match, match_tree, solve_shapes
from gotrace.layout.sizes import Sizes, fits_ssa, has_unknown
from gotrace.layout.values import Home, Registers, Token, describe, homes, register_slots, shape
from gotrace.marks import shifted_words, slots_are_sure
from gotrace.model import AbsenceReason, Call
from gotrace.passing import DICTIONARY, Passed
from gotrace.signature import Parameter
from gotrace.trust import MARKED, SHIFTED, Passing, Trust, trust
from gotrace.types import GoType
from gotrace.value import Argument, Certainty, WordUse


class Layout(NamedTuple):
    """A way in which the possible releases and ports pass arguments."""

    word_size: int
    registers: Registers
    align64: bool


class Plan(NamedTuple):
    """What a layout makes of a signature: where each input lies and the tree that is printed.

    ``types`` are those that ``sizes`` has measured.
    """

    types: tuple[GoType, ...]
    sizes: Sizes
    registers: Registers
    homes: tuple[Home, ...]
    tokens: tuple[Token, ...]
    slots: tuple[tuple[int, int], ...]


class Fit(NamedTuple):
    """A plan whose tree is the printed one.

    ``shifted`` are the starts of words whose mark belongs to another slot and whose own is not
    shown to be live.
    """

    plan: Plan
    match: Match
    shifted: frozenset[int]


def bind_values(
    call: Call, passed: Sequence[Passed], results: Sequence[Parameter], facts: Facts, port: Port
) -> tuple[Argument, ...] | str:
    """One argument for each passed parameter, or why the tree does not fit the signature."""
    facts = facts.assuming("argument_values")
    marked = any(word.stale for word in call.words())
    if marked:
        facts = facts.assuming("stale_marks")
    types = _solved_types(call, passed)
    hidden = tuple(not item.printed for item in passed)
    behind = tuple(p.type for p in results)
    known = not any(map(has_unknown, (*(item.parameter.type for item in passed), *behind)))
    layouts = _layouts(facts, port)
    if marked:
        layouts = tuple(x for x in layouts if x.registers.integers) or layouts
    plans = [_plan(types, behind, hidden, layout) for layout in layouts]
    fits = []
    for plan in plans:
        match = match_tree(plan.tokens, call.items, offsets_known=known)
        if match is not None:
            shifted = shifted_words(passed, plan.slots, match)
            if not known and not slots_are_sure(
                passed, plan.types, plan.registers, match, call.items
            ):
                shifted = frozenset(word.start for word in call.words())
            fits.append(Fit(plan, match, shifted))
    if not fits:
        shape_text = describe(plans[0].tokens)
        return f"this signature prints ({shape_text}), the trace printed ({call.arguments})"
    context = Context(facts, port, known, generic=any(i.parameter is DICTIONARY for i in passed))
    fits.sort(key=lambda fit: fit.plan.sizes.word_size != port.word_size)
    return tuple(
        _argument(i, item.parameter, fits, context) for i, item in enumerate(passed) if item.printed
    )


def _solved_types(call: Call, passed: Sequence[Passed]) -> tuple[GoType, ...]:
    types = [item.parameter.type for item in passed]
    printed = [i for i, item in enumerate(passed) if item.printed]
    solved = solve_shapes([types[i] for i in printed], call.items)
    for i, go_type in zip(printed, solved, strict=True):
        types[i] = go_type
    return tuple(types)


@lru_cache(maxsize=1024)
def _layouts(facts: Facts, port: Port) -> tuple[Layout, ...]:
    """Every layout that the evidence allows, without repetition."""
    arches = [port.arch] if port.arch is not None else list(ARCHES.values())
    aligned = facts.has("align64")
    found: dict[Layout, None] = {}
    for arch in arches:
        if port.arch is None and (
            (port.word_size_proven and arch.word_size != port.word_size)
            or (port.byte_order_proven and arch.big_endian != port.big_endian)
        ):
            continue
        uses = facts.register_abi(arch)
        registers = [Registers()] if uses is not True else []
        if uses is not False:
            registers.append(Registers(arch.integer_registers, arch.float_registers))
        for align64 in (True,) if arch.word_size == 8 or aligned else (True, False):
            for some in registers:
                found[Layout(arch.word_size, some, align64)] = None
    return tuple(found) or (Layout(port.word_size, Registers(), True),)


@lru_cache(maxsize=4096)
def _plan(
    types: tuple[GoType, ...],
    results: tuple[GoType, ...],
    hidden: tuple[bool, ...],
    layout: Layout,
) -> Plan:
    """The same for every call of a function, so remembered."""
    sizes = Sizes(layout.word_size, align64=layout.align64)
    places = homes(types, results, sizes, layout.registers)
    tokens = shape(types, places, hidden, sizes)
    slots = register_slots(types, places, sizes)
    return Plan(types, sizes, layout.registers, places, tokens, slots)


class Context(NamedTuple):
    """``known``: no type of unknown width stands in the signature. ``generic``: the function is."""

    facts: Facts
    port: Port
    known: bool
    generic: bool


def _argument(number: int, parameter: Parameter, fits: Sequence[Fit], context: Context) -> Argument:
    passing = _passing(number, fits, context)
    trusted = trust(parameter, passing, context.facts, context.port)
    marks = _marks(fits)
    plans = _one_per_word_size(fits)
    readers = [_TreeReader(number, fit, trusted, marks) for fit in plans]
    value = decode(plans[0].plan.types[number], readers[0], plans[0].plan.sizes)
    for reader, fit in zip(readers[1:], plans[1:], strict=True):
        value = agree(value, decode(fit.plan.types[number], reader, fit.plan.sizes))
    uses = readers[0].uses()
    name, role, text = parameter.name, parameter.role, parameter.type.text
    if not uses and value.truncated:
        absence = _why_absent(number, plans[0].match)
        return Argument(name, role, text, Certainty.ABSENT, None, (), absence=absence)
    reason = _reason(value.certainty, trusted, uses, marks)
    return Argument(name, role, text, value.certainty, value, uses, reason)


def _passing(number: int, fits: Sequence[Fit], context: Context) -> Passing:
    """Behind a type of unknown width, nothing is sure about registers but that there are some."""
    plan = fits[0].plan
    builds = _common([bool(fit.plan.registers.integers) for fit in fits])
    in_register = _common([fit.plan.homes[number].in_register for fit in fits])
    if not context.known and builds is not False:
        in_register = None if builds is None else True
    small = fits_ssa(plan.types[number], plan.sizes) and not has_unknown(plan.types[number])
    return Passing(builds, in_register, small, context.generic)


def _common(answers: Sequence[bool]) -> bool | None:
    return answers[0] if len(set(answers)) == 1 else None


def _marks(fits: Sequence[Fit]) -> dict[int, Certainty]:
    """By start: words that some or all of the fitting layouts distrust for shifted marks."""
    starts = frozenset().union(*(fit.shifted for fit in fits))
    return {
        start: Certainty.STALE if all(start in fit.shifted for fit in fits) else Certainty.LIKELY
        for start in starts
    }


def _one_per_word_size(fits: Sequence[Fit]) -> list[Fit]:
    seen: dict[int, Fit] = {}
    for fit in fits:
        seen.setdefault(fit.plan.sizes.word_size, fit)
    return list(seen.values())


def _why_absent(number: int, match: Match) -> AbsenceReason:
    if any(slot.parameter == number for slot, _ in match.slots):
        return AbsenceReason.TOO_FAR
    return AbsenceReason.TRUNCATED if match.ended else AbsenceReason.CUT


def _reason(
    certainty: Certainty, trusted: Trust, uses: Sequence[WordUse], marks: dict[int, Certainty]
) -> str:
    if trusted.certainty is Certainty.STALE:
        return trusted.reason
    if any(use.stale for use in uses):
        return MARKED
    if any(use.start in marks for use in uses):
        return SHIFTED
    if certainty is Certainty.LIKELY and not trusted.reason:
        return "the word size is assumed; another port reads it otherwise"
    return trusted.reason


class _TreeReader:
    """Reads the components that were printed for one parameter."""

    def __init__(self, number: int, fit: Fit, trusted: Trust, marks: dict[int, Certainty]) -> None:
        self.trusted = trusted.certainty
        self.marks = marks
        self.slots = {
            slot.offset: (slot, word) for slot, word in fit.match.slots if slot.parameter == number
        }

    def read(self, offset: int, size: int) -> Reading:
        slot, word = self.slots.get(offset, (None, None))
        if slot is None or word is None or slot.size != size:
            return Reading(None, Certainty.ABSENT)
        certainty = Certainty.STALE if word.stale else self.trusted
        shifted = self.marks.get(word.start)
        return Reading(word.value, certainty if shifted is None else weakest((certainty, shifted)))

    def printed(self, offset: int, size: int) -> bool:
        return any(
            offset <= place < offset + size and word is not None
            for place, (_, word) in self.slots.items()
        )

    def words(self, offset: int, size: int) -> tuple[Reading, ...]:
        return tuple(
            self.read(place, slot.size)
            for place, (slot, _) in self.slots.items()
            if offset <= place < offset + size
        )

    def uses(self) -> tuple[WordUse, ...]:
        """A printed component is its own word: it starts at the word's byte 0."""
        return tuple(
            WordUse(word.value, word.stale, word.start, word.end, place, slot.size, 0)
            for place, (slot, word) in self.slots.items()
            if word is not None
        )
