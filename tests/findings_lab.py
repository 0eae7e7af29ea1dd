"""Holds findings against what was really passed, one printed value at a time.

A unit is a string, slice, interface, pointer or bool that was printed. The lab believes all words,
those with marks too, which the product never does: what the rules then say of a right unit is
false, and of the wrong ones they should see many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.findings import find_findings
from gotrace.infer import Runtime
from gotrace.model import Dump
from gotrace.names import split_name
from gotrace.programs import Programs
from gotrace.signature import Parameter, Role, Signature
from gotrace.types import GoType
from gotrace.value import Argument, Certainty, Finding, Value

PARTS = {
    "bool": ("value",),
    "string": ("pointer", "len"),
    "slice": ("pointer", "len", "cap"),
    "pointer": ("address",),
    "interface": ("type_word", "data_word"),
}
# True of values that were passed like this: no mistake of the printer.
OF_RIGHT_ONES = {"nil-context", "nil-error", "typed-nil", "nil-fault", "odd-duration", "same-place"}


class Unit(NamedTuple):
    """A printed value and whether it is what was passed; None where nobody told."""

    value: Value
    type: GoType
    right: bool | None


class Lab:
    """What the rules say of units, by whether these are right."""

    def __init__(self) -> None:
        self.units: Counter[bool] = Counter()
        self.spoken: Counter[bool] = Counter()
        self.by_rule: Counter[tuple[bool, str]] = Counter()
        self.false: list[str] = []

    def add(self, unit: Unit, dump: Dump, runtime: Runtime, programs: Programs, at: str) -> None:
        """Ask the rules of one unit, whatever its marks are."""
        if unit.right is None:
            return
        found = asked(unit, dump, runtime, programs)
        told = {f.code for f in found} - OF_RIGHT_ONES
        self.units[unit.right] += 1
        self.spoken[unit.right] += bool(told)
        self.by_rule.update((unit.right, code) for code in told)
        if unit.right:
            self.false += [f"{f.code}: {f.message}: {at}" for f in found if f.code in told]

    @property
    def caught(self) -> float:
        """Of the wrong units, the share that a rule speaks of."""
        return self.spoken[False] / self.units[False]

    def __str__(self) -> str:
        lines = [
            f"{name}: {self.spoken[right]} of {self.units[right]} spoken of"
            for right, name in ((True, "right"), (False, "wrong"))
        ]
        lines += [
            f"    {rule}: {n}" for (right, rule), n in self.by_rule.most_common() if not right
        ]
        return "\n".join([*lines, *(f"    FALSE {text}" for text in self.false[:20])])


def asked(unit: Unit, dump: Dump, runtime: Runtime, programs: Programs) -> tuple[Finding, ...]:
    """What the rules say of a unit if its words are believed."""
    parameter = Parameter("x", unit.type)
    value = believed(unit.value)
    argument = Argument("x", Role.PARAMETER, unit.type.text, value.certainty, value, ())
    plain = dump.goroutines[0]
    signature = Signature("main", "f", (parameter,), ())
    frame = AnnotatedFrame(
        plain.frames[0], split_name("main.f"), True, signature, (argument,), (), ()
    )
    goroutines = (AnnotatedGoroutine(plain, (frame,)),)
    (found,) = find_findings(dump, runtime, goroutines, programs)
    return found.frames[0].arguments[0].findings


def believed(value: Value) -> Value:
    """The value with every part exact that was printed."""
    parts = tuple(
        (name, c if c is Certainty.ABSENT else Certainty.EXACT) for name, c in value.certainties
    )
    partly = any(c is Certainty.ABSENT for _, c in parts)
    whole = Certainty.PARTIAL if partly else Certainty.EXACT
    return value._replace(certainty=whole, certainties=parts)


def claimed(value: Value) -> dict[str, Any]:
    """The parts of a unit, as the tests' own oracles name them."""
    return {
        "value": value.raw if value.number is None else value.number,
        **{"pointer": value.pointer, "address": value.pointer, "data_word": value.pointer},
        **{"type_word": value.type_word, "len": value.len, "cap": value.cap},
    }


def equal(value: Value, told: Iterable[dict[str, Any]]) -> bool:
    """Whether one of the values ``told`` has all parts that were printed."""
    own = claimed(value)
    printed = [p for p in PARTS[value.kind.value] if own[p] is not None]
    return any(all(own[p] == _number(one[p]) for p in printed) for one in told)


def _number(told: Any) -> Any:
    return int(told, 16) if isinstance(told, str) else told


def of_truth(go: GoType | None, value: Value | None, told: list[Any]) -> Iterator[Unit]:
    """The units of a value, held against what a program said that it passed (None: it did not)."""
    told = [one for one in told if one is not None]
    if value is None or value.truncated or go is None or not told:
        return
    kind = value.kind.value
    if any(one["kind"] != kind for one in told):
        return
    if kind == "struct":
        for i, (inner, field) in enumerate(zip(value.fields, go.fields, strict=False)):
            passed = [one["fields"][i]["value"] for one in told if len(one["fields"]) > i]
            if inner.name != "_":  # copying a struct need not copy it
                yield from of_truth(field.type, inner.value, passed)
    elif kind == "array":
        for i, element in enumerate(value.elements):
            yield from of_truth(go.element, element, [one["elements"][i] for one in told])
    elif kind in PARTS:
        yield Unit(value, go, equal(value, told))
