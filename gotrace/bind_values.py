"""Bind the braced components that Go ≥ 1.17 prints to a signature."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.arch import Port
from gotrace.decode import Reading, agree, decode, weakest
from gotrace.goversion import Facts
from gotrace.layout.match import Match, match_tree, solve_shapes
from gotrace.layout.plans import Plan, layouts, plan
from gotrace.layout.sizes import fits_ssa, has_pointers, has_unknown
from gotrace.layout.values import describe
from gotrace.marks import shifted_words, slots_are_sure
from gotrace.model import AbsenceReason, Call
from gotrace.passing import DICTIONARY, Passed
from gotrace.signature import Parameter
from gotrace.trust import EXACT, MARKED, SHIFTED, UNWRITTEN, Passing, Trust, trust
from gotrace.tuples import NamedTuple
from gotrace.types import GoType
from gotrace.value import Argument, Certainty, SlotMarks, WordUse


class Fit(NamedTuple):
    """A plan whose tree is the printed one.

    ``shifted`` are the starts of words whose mark belongs to another slot and whose own is not
    shown to be live.
    """

    plan: Plan
    match: Match
    shifted: frozenset[int]


def bind_values(
    call: Call,
    passed: Sequence[Passed],
    results: Sequence[Parameter],
    facts: Facts,
    port: Port,
    *,
    slots: SlotMarks | None = None,
) -> tuple[Argument, ...] | str:
    """One argument for each passed parameter, or why the tree does not fit the signature.

    ``slots`` is what a binary knows of where the numbers were read.
    """
    truth, followed = _known_slots(call, slots)
    facts = facts.assuming("argument_values")
    marked = any(word.stale for word in call.words())
    if marked:
        facts = facts.assuming("stale_marks")
    types = _solved_types(call, passed)
    hidden = tuple(not item.printed for item in passed)
    behind = tuple(p.type for p in results)
    known = not any(map(has_unknown, (*(item.parameter.type for item in passed), *behind)))
    possible = layouts(facts, port)
    if marked:
        possible = tuple(x for x in possible if x.registers.integers) or possible
    plans = [plan(types, behind, hidden, layout) for layout in possible]
    fits = _fits(call, passed, plans, known=known, truth=truth)
    if not fits:
        shape_text = describe(plans[0].tokens)
        return f"this signature prints ({shape_text}), the trace printed ({call.arguments})"
    generic = any(i.parameter is DICTIONARY for i in passed)
    context = Context(facts, port, known, generic, truth, followed)
    fits.sort(key=lambda fit: fit.plan.sizes.word_size != port.word_size)
    return tuple(
        _argument(i, item.parameter, fits, context) for i, item in enumerate(passed) if item.printed
    )


def _fits(
    call: Call,
    passed: Sequence[Passed],
    plans: Sequence[Plan],
    *,
    known: bool,
    truth: dict[int, bool] | None,
) -> list[Fit]:
    """The plans whose tree is the printed one, and which words each of them distrusts."""
    fits = []
    for made in plans:
        match = match_tree(made.tokens, call.items, offsets_known=known)
        if match is None:
            continue
        shifted: frozenset[int] = frozenset()
        if truth is None:
            shifted = shifted_words(passed, made.slots, match)
            if not known and not slots_are_sure(
                passed, made.types, made.registers, match, call.items
            ):
                shifted = frozenset(word.start for word in call.words())
        fits.append(Fit(made, match, shifted))
    return fits


def _known_slots(
    call: Call, slots: SlotMarks | None
) -> tuple[dict[int, bool] | None, frozenset[int]]:
    """Whether each slot held its word, by start (None: unknown); pointers the collector follows."""
    words = call.words()
    if slots is None or min(map(len, slots)) < len(words):
        return None, frozenset()
    live = {word.start: held for word, held in zip(words, slots.live, strict=False)}
    pairs = zip(words, slots.followed, strict=False)
    return live, frozenset(word.start for word, followed in pairs if followed)


def _solved_types(call: Call, passed: Sequence[Passed]) -> tuple[GoType, ...]:
    types = [item.parameter.type for item in passed]
    printed = [i for i, item in enumerate(passed) if item.printed]
    solved = solve_shapes([types[i] for i in printed], call.items)
    for i, go_type in zip(printed, solved, strict=True):
        types[i] = go_type
    return tuple(types)


class Context(NamedTuple):
    """``known``: no type of unknown width stands in the signature. ``generic``: the function is.
    ``live``: whether each word's slot held it, by start, where a binary tells. ``followed``:
    the words that the collector takes for live pointers somewhere in the function.
    """

    facts: Facts
    port: Port
    known: bool
    generic: bool
    live: dict[int, bool] | None = None
    followed: frozenset[int] = frozenset()


def _argument(number: int, parameter: Parameter, fits: Sequence[Fit], context: Context) -> Argument:
    passing = _passing(number, fits, context)
    trusted = trust(parameter, passing, context.facts, context.port)
    if trusted.certainty is Certainty.LIKELY and context.live is not None:
        trusted = _by_collector(number, trusted, passing, fits, context)
    marks = _marks(fits)
    plans = _one_per_word_size(fits)
    readers = [_TreeReader(number, fit, trusted, marks, context.live) for fit in plans]
    value = decode(plans[0].plan.types[number], readers[0], plans[0].plan.sizes)
    for reader, fit in zip(readers[1:], plans[1:], strict=True):
        value = agree(value, decode(fit.plan.types[number], reader, fit.plan.sizes))
    uses = readers[0].uses()
    name, role, text = parameter.name, parameter.role, parameter.type.text
    if not uses and value.truncated:
        absence = _why_absent(number, plans[0].match)
        return Argument(name, role, text, Certainty.ABSENT, None, (), absence=absence)
    reason = _reason(value.certainty, trusted, uses, marks, context.live)
    return Argument(name, role, text, value.certainty, value, uses, reason)


def _by_collector(
    number: int, trusted: Trust, passing: Passing, fits: Sequence[Fit], context: Context
) -> Trust:
    """What the collector's maps say of a parameter that is only likely.

    One that lives in memory is stored on entry if any code uses it, and of one that does not the
    marks tell: a pointer that the collector follows anywhere proves it. A large one of whose
    pointers it follows none is not used.
    """
    words = [w for slot, w in fits[0].match.slots if slot.parameter == number and w is not None]
    if any(word.start in context.followed for word in words):
        return EXACT
    plan = fits[0].plan
    if passing.in_register and not passing.fits_ssa and has_pointers(plan.types[number]):
        return Trust(Certainty.STALE, trusted.reason)
    return trusted


def _passing(number: int, fits: Sequence[Fit], context: Context) -> Passing:
    """Behind a type of unknown width, nothing is sure about registers but that there are some."""
    first = fits[0].plan
    builds = _common([bool(fit.plan.registers.integers) for fit in fits])
    in_register = _common([fit.plan.homes[number].in_register for fit in fits])
    if not context.known and builds is not False:
        in_register = None if builds is None else True
    small = fits_ssa(first.types[number], first.sizes) and not has_unknown(first.types[number])
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
    certainty: Certainty,
    trusted: Trust,
    uses: Sequence[WordUse],
    marks: dict[int, Certainty],
    live: dict[int, bool] | None,
) -> str:
    if trusted.certainty is Certainty.STALE:
        return trusted.reason
    if live is not None and not all(live[use.start] for use in uses):
        return MARKED if any(use.stale for use in uses) else UNWRITTEN
    if live is None and any(use.stale for use in uses):
        return MARKED
    if any(use.start in marks for use in uses):
        return SHIFTED
    if certainty is Certainty.LIKELY and not trusted.reason:
        return "the word size is assumed; another port reads it otherwise"
    return trusted.reason


class _TreeReader:
    """Reads the components that were printed for one parameter."""

    def __init__(
        self,
        number: int,
        fit: Fit,
        trusted: Trust,
        marks: dict[int, Certainty],
        live: dict[int, bool] | None,
    ) -> None:
        self.live = live
        self.trusted = trusted.certainty
        self.marks = marks
        self.slots = {
            slot.offset: (slot, word) for slot, word in fit.match.slots if slot.parameter == number
        }

    def read(self, offset: int, size: int) -> Reading:
        slot, word = self.slots.get(offset, (None, None))
        if slot is None or word is None or slot.size != size:
            return Reading(None, Certainty.ABSENT)
        held = not word.stale if self.live is None else self.live[word.start]
        certainty = self.trusted if held else Certainty.STALE
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
