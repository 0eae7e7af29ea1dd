"""Which signature each frame gets: every source is asked, the first in order of precedence wins.

Prototypes, the binary, the source, the standard library, and what a binary tells of widths alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from gotrace.bind_words import GAP
from gotrace.goversion import Evidence
from gotrace.infer import Runtime
from gotrace.layout.sizes import Sizes
from gotrace.model import Dump, Issue, Site
from gotrace.names import is_standard, split_name
from gotrace.signature import Parameter, Role, Signature, SignatureSource
from gotrace.signatures.matching import Signatures, Tie
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind

Place = tuple[str, Site | None]
LINES = "standard library: "


class PlacedSource(Protocol):
    """A source that needs to know where a function stands: a program, a source tree.

    ``problems`` says in words why frames have no signature from it, ``missing`` names the files
    that it does not have.
    """

    @property
    def problems(self) -> Sequence[str]:
        """Each once, in the order in which they were met."""
        ...

    @property
    def missing(self) -> Sequence[str]:
        """Each once, in the order in which they were met."""
        ...

    def find_all(self, places: Iterable[Place]) -> Mapping[Place, Signature | None]:
        """The signature of each place; None or nothing where it has none."""
        ...


class Choice(NamedTuple):
    """``found`` lists the signatures of each place, best first; ``ties`` what was left open."""

    found: dict[Place, tuple[Signature, ...]]
    ties: tuple[Tie, ...]


def choose(
    places: Sequence[Place], known: Sequence[Signatures], placed: Sequence[PlacedSource]
) -> Choice:
    """Ask ``known`` by name, then ``placed`` by place.

    Shape:  places without any signature are missing from ``found``.
    Errors: none; what several signatures could be is a Tie.
    """
    found: dict[Place, tuple[Signature, ...]] = {}
    ties: dict[str, Tie] = {}
    functions = list(dict.fromkeys(function for function, _ in places))
    for signatures in known:
        answers = signatures.find_all(functions)
        for place in places:
            answer = answers.get(place[0])
            if isinstance(answer, Signature):
                found[place] = (*found.get(place, ()), answer)
            elif answer is not None:
                ties.setdefault(place[0], answer)
    for source in placed:
        for place, answer in source.find_all(places).items():
            if answer is not None:
                found[place] = (*found.get(place, ()), answer)
    have = {function for function, _ in found}
    found = {
        place: _completest_first(_with_captures(signatures)) for place, signatures in found.items()
    }
    return Choice(found, tuple(t for function, t in ties.items() if function not in have))


def with_library(choice: Choice, dump: Dump, runtime: Runtime) -> tuple[Choice, Runtime]:
    """Signatures of the standard library for what nothing else declares, and what the lines of its
    functions say of the release. That is shown, and decides nothing."""
    places = {
        (f.function, f.site): None
        for g in dump.goroutines
        for f in g.frames
        if f.language == "go" and is_standard(f.function)
    }
    if not places:
        return choice, runtime
    from gotrace.stdlib import library, line_votes  # noqa: PLC0415 - only where such a frame stands

    known = library()
    found = dict(choice.found)
    arch = None if runtime.port.arch is None else runtime.port.arch.name
    for place in places:
        if place not in found:
            answer = known.signature(place[0], runtime.facts, runtime.os, arch)
            if isinstance(answer, Signature):
                found[place] = (answer,)
    if runtime.exact is None:
        votes = line_votes(dump)
        if votes is not None:
            seen = Evidence(f"{LINES}{votes.text}", None, None, None)
            runtime = runtime._replace(evidence=(*runtime.evidence, seen))
    return choice._replace(found=found), runtime


def _with_captures(signatures: tuple[Signature, ...]) -> tuple[Signature, ...]:
    """DWARF lists what a literal captures by value like its parameters; the source tells them."""
    source = next((s for s in signatures if s.source is SignatureSource.GO_SOURCE), None)
    if source is None or not split_name(f"{source.package}.{source.function}").closure:
        return signatures
    return tuple(
        _captures_told(s, source) if s.source is SignatureSource.DWARF else s for s in signatures
    )


def _captures_told(binary: Signature, source: Signature) -> Signature:
    more = len(binary.parameters) - len(source.parameters)
    front, own = binary.parameters[: max(more, 0)], binary.parameters[max(more, 0) :]
    if more <= 0 or [p.name for p in own] != [p.name for p in source.parameters]:
        return binary
    captured = tuple(p._replace(role=Role.CAPTURED) for p in front)
    return binary._replace(captured=binary.captured + captured, parameters=own)


def _completest_first(signatures: tuple[Signature, ...]) -> tuple[Signature, ...]:
    """A source that says the same as the binary and has no gaps is the better one to read by."""
    first = signatures[0]
    if first.source is not SignatureSource.DWARF:
        return signatures
    unsure = any(map(_is_unsure, first.inputs()))
    count = len(first.parameters)
    whole = [
        s for s in signatures[1:] if (unsure or len(s.parameters) > count) and not differ(first, s)
    ]
    return (*whole, *(s for s in signatures if s not in whole))


def _with_names(parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    return tuple(p for p in parameters if p.name not in {None, "_"})


def _is_unsure(parameter: Parameter) -> bool:
    """Without a name, or of no size: where it stands among the others DWARF need not know."""
    return parameter.name is None or not Sizes(8).measure(parameter.type).size


def _is_gap(parameter: Parameter) -> bool:
    return parameter.type.text == GAP


# ---------------------------------------------------------------------- disagreements


def disagreements(found: Mapping[Place, Sequence[Signature]], dump: Dump) -> tuple[Issue, ...]:
    """Where two sources say different things of one function; one Issue each."""
    issues: dict[str, Issue] = {}
    for (function, site), signatures in found.items():
        first, *others = signatures
        other = next((s for s in others if differ(first, s)), None)
        if other is not None and function not in issues:
            text = (
                f"{function}: {_NAMES[first.source]} says {_text(first)}, "
                f"{_NAMES[other.source]} says {_text(other)}; the first is used"
            )
            frames = (f for g in dump.goroutines for f in g.frames)
            span = next(f.span for f in frames if (f.function, f.site) == (function, site))
            issues[function] = Issue("signature-disagreement", text, span)
    return tuple(issues.values())


_NAMES = {
    SignatureSource.PROTOTYPE: "the prototype",
    SignatureSource.DWARF: "the binary",
    SignatureSource.GO_SOURCE: "the source",
    SignatureSource.STDLIB: "the standard library",
    SignatureSource.SHAPE: "the binary",
}


def _text(signature: Signature) -> str:
    return signature.text or f"{signature.package}.{signature.function}"


def differ(one: Signature, other: Signature) -> bool:
    """Whether they speak of different inputs: another number, another name, another kind."""
    inputs, others = _declared(one), _declared(other)
    if any(map(_is_gap, (*inputs, *others))):
        return False  # one gap may be several parameters, and its offsets were held against them
    if split_name(f"{one.package}.{one.function}").closure:
        # Where it is called in place a binary lists what it captures in front.
        common = min(len(inputs), len(others))
        inputs, others = inputs[len(inputs) - common :], others[len(others) - common :]
    if len(inputs) != len(others) and SignatureSource.DWARF in {one.source, other.source}:
        # Until go1.21 it may lack parameters without a name behind those that are printed.
        inputs, others = map(_with_names, (inputs, others))
    if len(inputs) != len(others):
        return True
    return any(
        _names_differ(a, b) or _types_differ(a.type, b.type)
        for a, b in zip(inputs, others, strict=True)
    )


def _declared(signature: Signature) -> tuple[Parameter, ...]:
    """What is declared and has a size: of the order of the others a binary knows nothing, and
    only some sources know what a closure captures."""
    receiver = (signature.receiver,) if signature.receiver else ()
    sizes = Sizes(8)
    return tuple(p for p in receiver + signature.parameters if sizes.measure(p.type).size)


def _names_differ(one: Parameter, other: Parameter) -> bool:
    return len({one.name, other.name} - {None, "_", "", "?"}) > 1


_OPEN = {Kind.UNKNOWN, Kind.TYPE_PARAMETER}


def _types_differ(one: GoType, other: GoType) -> bool:
    """Kinds, lengths and fields; spellings do not count."""
    if one.kind in _OPEN or other.kind in _OPEN:
        return False
    if one.kind is not other.kind:
        return True
    if one.kind is Kind.ARRAY:
        differs = (
            one.element is not None
            and other.element is not None
            and _types_differ(one.element, other.element)
        )
        return one.length != other.length or differs
    if one.kind is Kind.STRUCT:
        return len(one.fields) != len(other.fields) or any(
            _types_differ(a.type, b.type) for a, b in zip(one.fields, other.fields, strict=True)
        )
    return False
