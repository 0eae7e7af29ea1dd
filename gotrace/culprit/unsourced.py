"""With the program alone: the names of its code are the answer."""

from __future__ import annotations

from gotrace.culprit.culprit import Culprit, CulpritCertainty, Evidence
from gotrace.culprit.machine import Machine, Name
from gotrace.culprit.messages import Fault, FaultKind, explain
from gotrace.flow.naming import ONE_OF_SEVERAL
from gotrace.patterns import lazy_pattern

_BEHIND = {FaultKind.INDEX, FaultKind.SLICE, FaultKind.ASSERTION, FaultKind.UNHASHABLE}
_NAMES = lazy_pattern(r"(?<![.\w])[^\W\d]\w*")
_MAIN = lazy_pattern(r"(?<![\w.])main\.")


def of_program(fault: Fault, start: int, user: int, machine: Machine) -> Culprit:
    """The best name. Never ``certain``: an alias may be another variable of the source, and of what
    the compiler knew to be nil no variable is left."""
    names = sorted(machine.names, key=lambda n: -n.quality)
    frame = start
    shown = _text
    if user != start and machine.callers.get(user):  # the standard library's own names help nobody
        names = [Name(text) for text in machine.callers[user]]
        frame, shown = user, _passed  # what failed in there stands on no line of the user's
    texts = tuple(dict.fromkeys(shown(n.text, fault, machine) for n in names))
    nil = fault.kind is FaultKind.NIL
    # The pointer in an interface that is not nil: the source may call it by another name.
    held = any(n.held for n in names)
    # What a call or a lookup gave is seldom used without a variable, which the code has lost.
    lost = any("…" in n.text for n in names)
    set_since = not machine.lost.isdisjoint(_NAMES.findall(texts[0]))
    named = machine.whole and machine.here and not set_since
    one = named and len(texts) == 1 and names[0].quality > ONE_OF_SEVERAL
    alone = one and (machine.exact or not nil) and not held and not (nil and lost)
    certainty = CulpritCertainty.LIKELY if alone else CulpritCertainty.POSSIBLE
    rule = "instruction" if nil else "check"
    return Culprit(
        frame,
        texts[0],
        fault.kind.value,
        f"{texts[0]} is nil" if nil else f"{texts[0]}: {explain(fault)}",
        certainty,
        (Evidence(rule, f"the instruction that failed uses it: {machine.text}", 4.0),),
        alternatives=texts[1:] if not alone else (),
    )


def _passed(name: str, fault: Fault, machine: Machine) -> str:
    """What was passed to where it failed."""
    return name


def _text(name: str, fault: Fault, machine: Machine) -> str:
    """The operation as the source may have written it; `…` for what the code does not show."""
    index = _index(fault, machine)
    if fault.kind in _BEHIND and name.startswith("*"):
        name = f"({name})"
    texts = {
        FaultKind.INDEX: f"{name}[{index}]",
        FaultKind.SLICE: f"{name}[{_bounds(fault.bounds, index)}]",
        FaultKind.ASSERTION: f"{name}.({_short(fault.want)})",
        FaultKind.CONVERT: f"(*[{fault.number}]…)({name})",
        FaultKind.MAKE_SLICE: f"make(…, {name})",
        FaultKind.MAKE_CHAN: f"make(…, {name})",
        FaultKind.UNHASHABLE: f"{name}[{index}]",
        FaultKind.UNCOMPARABLE: f"{name} == {index}",
        FaultKind.EXPLICIT: f"panic({name})",
    }
    return texts.get(fault.kind, name)


def _index(fault: Fault, machine: Machine) -> str:
    """What the check compares with the length. A number may be the length itself, where the code
    knows it."""
    for text in machine.indices:
        if not text.isdigit() or int(text) != fault.length:
            return text
    return "…"


def _bounds(printed: str, index: str) -> str:
    """The bound that the message shows first, and as many others as it has."""
    parts = printed.split(":")
    first = next((i for i, part in enumerate(parts) if part), 0)
    return ":".join(index if i == first else "…" for i in range(len(parts)))


def _short(type_: str) -> str:
    """A type as a file of package main would write it."""
    return _MAIN.sub("", type_.rsplit("/", 1)[-1])
