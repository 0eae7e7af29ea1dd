"""The program's table of contents: from a dump to everything we can say about it.

``annotate`` infers what printed the dump, finds a signature for each function, binds the words of
each frame, and looks for pointers that stand in several places.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gotrace.arch import Port
from gotrace.bind import bind, unbound_words
from gotrace.goversion import FACTS, Evidence, Facts
from gotrace.infer import Runtime, infer, minor_release
from gotrace.infer_port import PortEvidence, architecture
from gotrace.model import Call, Dump, Frame, Goroutine, Issue
from gotrace.names import FunctionName, is_standard, split_name
from gotrace.pointers import SeenIn, shared_pointers
from gotrace.signature import Signature
from gotrace.signatures.matching import Signatures, Tie
from gotrace.value import Argument, Binding, BindIssue, Certainty, WordUse


class AnnotatedFrame(NamedTuple):
    """A frame with what its words are. Without a signature every word is in ``unbound``."""

    frame: Frame
    name: FunctionName
    in_app: bool
    signature: Signature | None
    arguments: tuple[Argument, ...]
    unbound: tuple[WordUse, ...]
    issues: tuple[BindIssue, ...]

    def __getitem__(self, name: object) -> Any:
        """The argument of that name; KeyError where there is none. Positions work as in a tuple."""
        if not isinstance(name, str):
            return tuple.__getitem__(self, name)  # type: ignore[call-overload]
        for argument in self.arguments:
            if argument.name == name:
                return argument
        raise KeyError(name)


class AnnotatedGoroutine(NamedTuple):
    """A goroutine with its frames annotated."""

    goroutine: Goroutine
    frames: tuple[AnnotatedFrame, ...]


class Report(NamedTuple):
    """``goroutines`` are in the dump's order. ``pointers`` names pointers printed more than once
    (``{0xc0000b2000: "A"}``); ``seen`` lists where each of those stands. ``issues`` are those of
    the dump, of the inference and of the signatures."""

    dump: Dump
    runtime: Runtime
    goroutines: tuple[AnnotatedGoroutine, ...]
    pointers: dict[int, str]
    seen: dict[int, tuple[SeenIn, ...]]
    issues: tuple[Issue, ...] = ()

    @property
    def mixed(self) -> bool:
        """Whether some arguments are exact and others only likely."""
        found = {a.certainty for g in self.goroutines for f in g.frames for a in f.arguments}
        return {Certainty.EXACT, Certainty.LIKELY} <= found

    @property
    def crashed(self) -> AnnotatedGoroutine | None:
        """The goroutine that crashed; None in a snapshot."""
        return next((g for g in self.goroutines if g.goroutine.crashed), None)


def annotate(
    dump: Dump,
    *,
    signatures: Iterable[Signatures] = (),
    go: str | None = None,
    arch: str | None = None,
) -> Report:
    """Everything that can be said about ``dump``.

    Shape:  goroutines and frames as in the dump.
    Errors: none from the text; ValueError for a ``go`` or ``arch`` that does not exist. A defect of
            ours becomes an Issue ``internal`` (raised where GOTRACE_DEBUG=1 is set).
    """
    if go is not None:
        minor_release(go)
    if arch is not None:
        architecture(arch)
    try:
        return _annotate(dump, tuple(signatures), go, arch)
    except Exception as error:
        if os.environ.get("GOTRACE_DEBUG") == "1":
            raise
        import traceback  # noqa: PLC0415 - only for a defect of ours

        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(where.filename)}:{where.lineno}"
        text = f"a defect of gotrace ({type(error).__name__} at {place}): nothing is decoded here"
        return _undecoded(dump, Issue("internal", text, dump.span))


def _annotate(
    dump: Dump, signatures: tuple[Signatures, ...], go: str | None, arch: str | None
) -> Report:
    found, ties = _find(dump, signatures)
    calls = _distinct_calls(dump)
    # What a literal captures may stand in front of its parameters: its words prove nothing.
    signed = [
        (c, found[c.function])
        for c in calls
        if c.function in found and c.items and not split_name(c.function).closure
    ]
    runtime = _settle(dump, signed, go, arch)
    dump = _with_its_own_tabs(dump, runtime)
    bindings = {call: _bind(call, found.get(call.function), runtime) for call in calls}
    goroutines = tuple(_goroutine(g, found, bindings) for g in dump.goroutines)
    pointers, seen = shared_pointers(
        (g.goroutine.id, [(f.arguments, f.unbound) for f in g.frames]) for g in goroutines
    )
    issues = dump.issues + runtime.issues + tuple(_tie_issue(t, dump) for t in ties)
    return Report(dump, runtime, goroutines, pointers, seen, issues)


def _with_its_own_tabs(dump: Dump, runtime: Runtime) -> Dump:
    """Before Go 1.23 the runtime indents no message: tabs in it are the program's."""
    if runtime.facts.has("message_raw") is not True:
        return dump
    return dump._replace(
        causes=tuple(
            c._replace(message=c.message.replace("\n", "\n\t"), indented=False) if c.indented else c
            for c in dump.causes
        )
    )


def _undecoded(dump: Dump, issue: Issue) -> Report:
    """The dump as it was read, nothing said about it."""

    def frame(plain: Frame) -> AnnotatedFrame:
        name = FunctionName(None, None, plain.function, False, False, plain.function)
        return AnnotatedFrame(plain, name, True, None, (), (), ())

    goroutines = tuple(AnnotatedGoroutine(g, tuple(map(frame, g.frames))) for g in dump.goroutines)
    return Report(dump, infer(dump), goroutines, {}, {}, (*dump.issues, issue))


def _find(dump: Dump, sets: tuple[Signatures, ...]) -> tuple[dict[str, Signature], list[Tie]]:
    """The signature of each function that has one; the first set that knows it wins."""
    functions = dict.fromkeys(f.function for g in dump.goroutines for f in g.frames)
    found: dict[str, Signature] = {}
    ties: dict[str, Tie] = {}
    for known in sets:
        for function, answer in known.find_all(functions).items():
            if isinstance(answer, Signature):
                found.setdefault(function, answer)
            elif answer is not None:
                ties.setdefault(function, answer)
    return found, [tie for function, tie in ties.items() if function not in found]


def _tie_issue(tie: Tie, dump: Dump) -> Issue:
    frames = (f for g in dump.goroutines for f in g.frames)
    first = next(f for f in frames if f.function == tie.function)
    return Issue("signature-tie", tie.message, first.span)


def _distinct_calls(dump: Dump) -> tuple[Call, ...]:
    return tuple(dict.fromkeys(f.call for g in dump.goroutines for f in g.frames))


# ---------------------------------------------------------------------- what only fits one way


def _settle(
    dump: Dump, signed: list[tuple[Call, Signature]], go: str | None, arch: str | None
) -> Runtime:
    """Release and port, with signatures as evidence: words that fit them as one style or as one
    word size only prove it."""
    runtime = infer(dump, go=go, arch=arch)
    evidence = [] if runtime.style is not None else list(_style_evidence(signed, runtime))
    if evidence:
        runtime = infer(dump, go=go, arch=arch, evidence=evidence)
    ports = [] if runtime.port.word_size_proven else list(_size_evidence(signed, runtime))
    if not ports:
        return runtime
    runtime = infer(dump, go=go, arch=arch, evidence=evidence, port=ports)
    if runtime.style is None:
        evidence = list(_style_evidence(signed, runtime))
    return infer(dump, go=go, arch=arch, evidence=evidence, port=ports)


def _style_evidence(signed: list[tuple[Call, Signature]], runtime: Runtime) -> Iterator[Evidence]:
    """One style fits and the other does not, with the word size that is proven or assumed."""
    first = FACTS["argument_values"].since
    low, high = runtime.facts
    words = Facts(low, first - 1 if high is None else min(high, first - 1))
    values = Facts(max(low, first), high)
    port = runtime.port._replace(word_size_proven=True)
    fit_words = not _misfits(signed, words, port)
    fit_values = not _misfits(signed, values, port)
    if fit_words and not fit_values:
        text = "the words fit the signatures only as those of Go ≤ 1.16"
        yield Evidence(text, None, first - 1, None)
    elif fit_values and not fit_words:
        yield Evidence("the words fit the signatures only as those of Go ≥ 1.17", first, None, None)


def _size_evidence(
    signed: list[tuple[Call, Signature]], runtime: Runtime
) -> Iterator[PortEvidence]:
    """One word size fits and the other does not. A single signature proves none: it may be old."""
    if len({signature.function for _, signature in signed}) < 2:
        return
    wide, narrow = (runtime.port._replace(word_size=n, word_size_proven=True) for n in (8, 4))
    fit_wide = not _misfits(signed, runtime.facts, wide)
    fit_narrow = not _misfits(signed, runtime.facts, narrow)
    if fit_narrow and not fit_wide:
        yield PortEvidence("the words fit the signatures only as 4-byte words", word_size=4)
    elif fit_wide and not fit_narrow:
        yield PortEvidence("the words fit the signatures only as 8-byte words", word_size=8)


def _misfits(signed: list[tuple[Call, Signature]], facts: Facts, port: Port) -> bool:
    """Whether some frame does not fit its signature."""
    return any(bind(call, signature, facts, port).issues for call, signature in signed)


# ---------------------------------------------------------------------- frames


def _bind(call: Call, signature: Signature | None, runtime: Runtime) -> Binding:
    if signature is None:
        return Binding((), unbound_words(call))
    return bind(call, signature, runtime.facts, runtime.port)


def _goroutine(
    goroutine: Goroutine, found: dict[str, Signature], bindings: dict[Call, Binding]
) -> AnnotatedGoroutine:
    return AnnotatedGoroutine(
        goroutine, tuple(_frame(f, found, bindings[f.call]) for f in goroutine.frames)
    )


def _frame(frame: Frame, found: dict[str, Signature], binding: Binding) -> AnnotatedFrame:
    function = frame.function
    return AnnotatedFrame(
        frame,
        split_name(function),
        frame.language == "go" and not is_standard(function),
        found.get(function),
        *binding,
    )
