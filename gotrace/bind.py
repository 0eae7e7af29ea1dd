"""Give the words printed for a call to the parameters of its signature."""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.arch import Port
from gotrace.bind_shape import bind_shape
from gotrace.bind_values import bind_values
from gotrace.bind_words import bind_words, fits_words
from gotrace.decode import agree, cap, weakest
from gotrace.goversion import Facts
from gotrace.model import Absence, AbsenceReason, Call, Group, Item, Word
from gotrace.names import split_name
from gotrace.passing import Passed, as_words, passed
from gotrace.signature import Parameter, Role, Signature, SignatureSource
from gotrace.value import Argument, Binding, BindIssue, Certainty, SlotMarks, WordUse

# Assembly without a declared argument size: ≤ go1.16 prints ten words of whatever lies there
# (runtime/funcdata.h ArgsSizeUnknown).
UNKNOWN_SIZE = {"reflect.makeFuncStub", "reflect.methodValueCall", "runtime.rt0_go"}
# These continue on another stack: what lies above their frame there is not what they were passed
# (runtime/asm_amd64.s systemstack, mcall, go1.15.15).
SWITCHING = {"runtime.systemstack", "runtime.mcall"}
UNTOLD = UNKNOWN_SIZE | SWITCHING  # their words are no arguments

_Outcome = tuple[Argument, ...] | str
_new = tuple.__new__  # skips NamedTuple's own __new__: a large dump has very many words

assert WordUse._fields[:4] == Word._fields


def bind(
    call: Call,
    signature: Signature,
    facts: Facts,
    port: Port,
    slots: SlotMarks | None = None,
) -> Binding:
    """Give every receiver, parameter and (≤ go1.16) result the words printed for it.

    Shape:  one Argument each, in declared order, printed or not.
            ``slots`` is what a binary knows of where the numbers were read.
    Units:  offsets and sizes in bytes; spans in bytes of the call line.
    Errors: none; words and signature that do not fit each other are an issue, without any value.
    Source: runtime/traceback.go printArgs (go1.27.3:662), gentraceback (go1.15.15:439).
    """
    if call.function in UNTOLD:
        return Binding((), unbound_words(call))
    if call.inlined or not call.parenthesised:
        return Binding(_not_printed(call, signature, facts), unbound_words(call))
    if signature.source is SignatureSource.SHAPE:
        arguments = bind_shape(call, slots)
        return Binding(arguments, _left_over(call, arguments))
    style = _style(call, facts)
    if style is True:
        outcome = _by_values(call, signature, facts, port, slots)
    elif style is False:
        outcome = _by_words(call, signature, port)
    else:
        outcome = _either(call, signature, facts, port)
    if isinstance(outcome, str):
        return _mismatch(call, signature, outcome)
    return Binding(outcome, _left_over(call, outcome))


def fits(call: Call, signature: Signature, facts: Facts, port: Port) -> bool:
    """Whether :func:`bind` has no issue; it takes less time where words are printed one by one."""
    if call.function in UNTOLD or call.inlined or not call.parenthesised:
        return True
    if signature.source is SignatureSource.SHAPE:
        return True
    style = _style(call, facts)
    if style is not True and fits_words(call, as_words(signature, split_name(call.function)), port):
        return True
    return style is not False and not isinstance(_by_values(call, signature, facts, port), str)


def unbound_words(call: Call) -> tuple[WordUse, ...]:
    """Every printed word, for a call without a signature."""
    items: Sequence[object] = call.items
    if Group in map(type, items):
        items = call.words()
    return tuple([_new(WordUse, (*word, 0, 0, 0)) for word in items if type(word) is Word])


def _left_over(call: Call, arguments: Sequence[Argument]) -> tuple[WordUse, ...]:
    taken = {use.start for argument in arguments for use in argument.words}
    left = [word for word in call.words() if word.start not in taken]
    return tuple([_new(WordUse, (*word, 0, 0, 0)) for word in left])


def _style(call: Call, facts: Facts) -> bool | None:
    """Whether arguments are printed by type; None where neither release nor text tells."""
    known = facts.has("argument_values")
    generic = "[...]" in call.function
    if known is None and (generic or any(_only_by_type(item) for item in call.items)):
        return True
    return known


def _only_by_type(item: Item) -> bool:
    match item:
        case Word(stale=stale):
            return stale
        case Group():
            return True
        case Absence(reason=reason):
            return reason is AbsenceReason.TOO_FAR


def _not_printed(call: Call, signature: Signature, facts: Facts) -> tuple[Argument, ...]:
    absence = AbsenceReason.INLINED if call.inlined else AbsenceReason.NOT_PRINTED
    reason = "the call was inlined: Go keeps no arguments for it" if call.inlined else ""
    results = signature.results if facts.has("results_printed") else ()
    return tuple(_absent(p, reason, absence) for p in (*signature.inputs(), *results))


def _absent(parameter: Parameter, reason: str, absence: AbsenceReason | None = None) -> Argument:
    name, role, text = parameter.name, parameter.role, parameter.type.text
    return Argument(name, role, text, Certainty.ABSENT, None, (), reason, absence)


def _mismatch(call: Call, signature: Signature, message: str) -> Binding:
    start = call.items[0].start if call.items else call.name_end
    end = call.items[-1].end if call.items else call.end
    reason = "the words printed do not fit this signature"
    arguments = tuple(_absent(parameter, reason) for parameter in signature.inputs())
    issue = BindIssue("signature-mismatch", message, start, end)
    return Binding(arguments, unbound_words(call), (issue,))


# ---------------------------------------------------------------------- by type


def _by_values(
    call: Call,
    signature: Signature,
    facts: Facts,
    port: Port,
    slots: SlotMarks | None = None,
) -> _Outcome:
    """Bind what go1.17 and later print, in each way that generics leave open.

    What a literal captures was passed in front of its parameters until go1.16; since then only
    where it is called in place and the compiler does not optimise that away (walk/closure.go
    directClosureCall). A binary knows; a declaration leaves both open.
    """
    name = split_name(call.function)
    if signature.source is SignatureSource.DWARF:
        return _as_passed(call, signature, facts, port, slots)
    alone = signature._replace(captured=())
    if not name.closure:
        return _as_passed(call, alone, facts, port, slots)
    told = signature.captures_told and not signature.captured
    if not told and any(
        isinstance(i, Absence) and i.reason is AbsenceReason.CUT for i in call.items
    ):
        return tuple(_absent(parameter, _CAPTURES) for parameter in alone.inputs())
    outcome = _as_passed(call, alone, facts, port, slots)
    if isinstance(outcome, str) and signature.captured:
        outcome = _as_passed(call, signature, facts, port, slots)
    if isinstance(outcome, str) and not told and not signature.captured:
        return tuple(_absent(parameter, _CAPTURES) for parameter in alone.inputs())
    return outcome


_CAPTURES = "variables that the closure captures may stand in front"


def _as_passed(
    call: Call, signature: Signature, facts: Facts, port: Port, slots: SlotMarks | None
) -> _Outcome:
    """Bind in each way in which the parameters may be passed."""
    name = split_name(call.function)
    choices = passed(signature, name, facts)
    outcomes = [
        bind_values(call, way, signature.results, facts, port, slots=slots) for way in choices
    ]
    fitting = [
        _with_hidden(way, outcome)
        for way, outcome in zip(choices, outcomes, strict=True)
        if not isinstance(outcome, str)
    ]
    if not fitting:
        return outcomes[0]
    if len(choices) == 1 or (name.closure and len(fitting) == 1):
        return fitting[0]
    return _undecided(fitting) if len(fitting) > 1 else capped(fitting[0])


def _with_hidden(way: Sequence[Passed], bound: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """The arguments in declared order, those that are passed but not printed included."""
    left = iter(bound)
    arguments = []
    for item in way:
        if item.printed:
            arguments.append(next(left))
        elif item.parameter.role is not Role.DICTIONARY:
            reason = "Go prints no word for the first parameter of this generic function"
            arguments.append(_absent(item.parameter, reason, AbsenceReason.NOT_PRINTED))
    return tuple(a._replace(name=a.name or None) for a in arguments)


def capped(
    arguments: Sequence[Argument], reason: str = "which Go release printed it is not known"
) -> tuple[Argument, ...]:
    """``arguments``, none of them more than likely, for the reason given."""
    return tuple(_at_most_likely(argument, reason) for argument in arguments)


def _at_most_likely(argument: Argument, reason: str) -> Argument:
    if argument.value is None or argument.certainty is not Certainty.EXACT or not argument.words:
        return argument
    value = cap(argument.value, Certainty.LIKELY)
    return argument._replace(value=value, certainty=Certainty.LIKELY, reason=reason)


def _undecided(fitting: Sequence[tuple[Argument, ...]]) -> tuple[Argument, ...]:
    """The receiver is printed, or the dictionary in its place: what is behind is the same."""
    since, before = ([a for a in way if a.role is not Role.DICTIONARY] for way in fitting)
    arguments = []
    for one, other in zip(since, before, strict=True):
        if one.role is Role.RECEIVER:
            reason = "not known: the first word is the receiver until go1.19, then the dictionary"
            arguments.append(one._replace(reason=reason, absence=None))
        else:
            arguments.append(_weaker(one, other))
    return tuple(arguments)


def _weaker(one: Argument, other: Argument) -> Argument:
    if one.value is None or other.value is None:
        return one if one.value is None else other
    value = agree(one.value, other.value)
    certainty = weakest((value.certainty, other.certainty))
    value = cap(value, certainty) if certainty is not value.certainty else value
    return one._replace(value=value, certainty=certainty, reason=one.reason or other.reason)


# ---------------------------------------------------------------------- by word


def _by_words(call: Call, signature: Signature, port: Port) -> _Outcome:
    """Bind what go1.16 and earlier print."""
    whole = as_words(signature, split_name(call.function))
    outcome = bind_words(call, whole, port)
    if whole is signature or isinstance(outcome, str):
        return outcome
    captured = [a for a in outcome if a.role is Role.CAPTURED]
    if all(a.value is not None and not a.words for a in captured):
        return tuple(a for a in outcome if a.role is not Role.CAPTURED)
    return capped(outcome, "variables that the closure captures may stand in front")


# ---------------------------------------------------------------------- by type or by word


def _either(call: Call, signature: Signature, facts: Facts, port: Port) -> _Outcome:
    """Neither release nor text tells how it was printed: what both ways say is likely."""
    values = _by_values(call, signature, facts, port)
    words = _by_words(call, signature, port)
    if not isinstance(words, str) and any(a.role is Role.CAPTURED for a in words):
        reason = _CAPTURES
        return tuple(_absent(parameter, reason) for parameter in signature.inputs())
    if isinstance(values, str) or isinstance(words, str):
        return words if isinstance(values, str) else values
    inputs = [a for a in words if a.role is not Role.RESULT]
    if _same(values, inputs):
        both = [_weaker(a, b) for a, b in zip(values, inputs, strict=True)]
        return capped(both, "go1.16 and go1.17 print it alike")
    reason = "go1.16 and earlier print it like this for other arguments than go1.17 and later"
    return tuple(_absent(parameter, reason) for parameter in signature.inputs())


def _same(values: Sequence[Argument], inputs: Sequence[Argument]) -> bool:
    return len(values) == len(inputs) and all(
        _plain(a) == _plain(b) for a, b in zip(values, inputs, strict=True)
    )


def _plain(argument: Argument) -> tuple[Role, str]:
    """Role and value without certainties; as text, because NaN does not equal itself."""
    value = argument.value and cap(argument.value, Certainty.ABSENT)
    return argument.role, repr(value and value._replace(certainties=()))
