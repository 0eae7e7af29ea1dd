"""The program's table of contents: from a dump to everything we can say about it.

``annotate`` holds the binaries against the dump, finds a signature for each frame, infers what
printed it, binds the words of each frame, says what addresses stand for, analyses what is known
then (recovered values, findings, the culprit), and looks for pointers that stand in several places.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from gotrace.analyses import analyse, defect
from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.binding import Binder, Bound
from gotrace.choosing import Choice, Place, PlacedSource, choose, disagreements, with_library
from gotrace.infer import Runtime, infer, minor_release
from gotrace.infer_port import architecture
from gotrace.model import Call, Dump, Frame, Goroutine, Issue
from gotrace.names import FunctionName, is_standard, split_name
from gotrace.parsing.collector import paused
from gotrace.pointers import SeenIn, shared_pointers
from gotrace.programs import Programs, load
from gotrace.settling import settle
from gotrace.signature import Signature
from gotrace.signatures.matching import Signatures, Tie
from gotrace.tuples import NamedTuple
from gotrace.value import Certainty

_new = tuple.__new__  # skips NamedTuple's own __new__: a large dump has very many frames

if TYPE_CHECKING:
    from gotrace.binary.program import Program
    from gotrace.culprit import Culprit
    from gotrace.source.held import Held
    from gotrace.waiting import Waiting


class Report(NamedTuple):
    """``goroutines`` are in the dump's order. ``pointers`` names pointers printed more than once
    (``{0xc0000b2000: "A"}``); ``seen`` lists where each of those stands. ``issues`` are those of
    the dump, of the inference and of the signatures. ``culprit`` is the expression that failed;
    None where nothing did. ``waiting`` is who waits for whom."""

    dump: Dump
    runtime: Runtime
    goroutines: tuple[AnnotatedGoroutine, ...]
    pointers: dict[int, str]
    seen: dict[int, tuple[SeenIn, ...]]
    issues: tuple[Issue, ...] = ()
    culprit: Culprit | None = None
    waiting: Waiting | None = None

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
    binaries: Iterable[Program] = (),
    sources: Iterable[PlacedSource] = (),
    stdlib: bool = True,
    go: str | None = None,
    arch: str | None = None,
    disabled: Iterable[str] = (),
) -> Report:
    """Everything that can be said about ``dump``.

    Shape:  goroutines and frames as in the dump. A function's signature is that of ``signatures``,
            else of ``binaries``, of ``sources``, of the standard library that is built in.
            ``disabled`` are codes of findings that are not looked for.
    Errors: none from the text; ValueError for a ``go`` or ``arch`` that does not exist. A defect of
            ours becomes an Issue ``internal`` (raised where GOTRACE_DEBUG=1 is set).
    """
    if go is not None:
        minor_release(go)
    if arch is not None:
        architecture(arch)
    known = tuple(signatures)
    go = go or _told("go", known, minor_release)
    arch = arch or _told("arch", known, architecture)
    given = _Given(known, tuple(binaries), tuple(sources), stdlib, go, arch, frozenset(disabled))
    try:
        with paused():
            return _annotate(dump, given)
    except Exception as error:
        if os.environ.get("GOTRACE_DEBUG") == "1":
            raise
        return _undecoded(dump, defect(error, "nothing is decoded here", dump))


def _told(what: str, known: Iterable[Signatures], check: Callable[[str], object]) -> str | None:
    """What a signature file says of its program, where it makes sense."""
    for signatures in known:
        value: str | None = getattr(signatures, what)
        if value is not None:
            with suppress(ValueError):
                check(value)
                return value
    return None


class _Given(NamedTuple):
    """What the caller knows of the program."""

    signatures: tuple[Signatures, ...]
    binaries: tuple[Program, ...]
    sources: tuple[PlacedSource, ...]
    stdlib: bool
    go: str | None
    arch: str | None
    disabled: frozenset[str]


def _annotate(dump: Dump, given: _Given) -> Report:
    programs = Programs()
    if given.binaries:
        programs = load(given.binaries, dump, infer(dump, go=given.go, arch=given.arch))
    known = {text for s in given.sources for text in (*s.problems, *s.missing)}
    held = _held(given.sources, dump, programs)
    choice = choose(_places(dump), given.signatures, (*programs.landed, *held))
    runtime = _settle(dump, given, programs, choice)
    if given.stdlib:
        choice, runtime = with_library(choice, dump, runtime)
    dump = _with_its_own_tabs(dump, runtime)
    binder = Binder(choice, programs, runtime)
    bound = tuple(_goroutine(g, binder) for g in dump.goroutines)
    goroutines, culprit, waiting, found = analyse(
        dump,
        runtime,
        bound,
        programs=programs,
        sources=_readable(held),
        disabled=given.disabled,
    )
    pointers, seen = shared_pointers(
        (g.goroutine.id, [(f.arguments, f.unbound) for f in g.frames]) for g in goroutines
    )
    issues = (
        *dump.issues,
        *runtime.issues,
        *programs.issues,
        *(_tie_issue(t, dump) for t in choice.ties),
        *disagreements(choice.found, dump),
        *_problems(given.sources, known, dump),
        *found,
    )
    return Report(dump, runtime, goroutines, pointers, seen, issues, culprit, waiting)


def _held(
    sources: Sequence[PlacedSource], dump: Dump, programs: Programs
) -> tuple[PlacedSource | Held, ...]:
    """Source trees are held against the calls of the dump, and what its programs say of lines."""
    if not sources:
        return ()
    from gotrace.source import SourceTree  # noqa: PLC0415 - only with source
    from gotrace.source.held import Held  # noqa: PLC0415

    compiled = programs.code_lines if programs.landed else None
    return tuple(Held(s, dump, compiled) if isinstance(s, SourceTree) else s for s in sources)


def _readable(sources: Sequence[PlacedSource | Held]) -> tuple[Held, ...]:
    """The sources whose expressions can be read."""
    if not sources:
        return ()
    from gotrace.source.held import Held  # noqa: PLC0415 - only with source

    return tuple(source for source in sources if isinstance(source, Held))


def _problems(sources: Iterable[PlacedSource], known: set[str], dump: Dump) -> Iterator[Issue]:
    """Why frames have no signature from the source: it is of another version, or elsewhere.

    ``known`` is what was said of dumps before this one.
    """
    sources = [*sources]
    new = [text for source in sources for text in source.problems if text not in known]
    if new:
        more = f" (and {len(new) - 1} more)" if len(new) > 1 else ""
        yield Issue("source-mismatch", f"no signature from the source: {new[0]}{more}", dump.span)
    lacking = [dict.fromkeys(source.missing) for source in sources]
    gone = [f for f in chain(*lacking[:1]) if f not in known and all(f in o for o in lacking)]
    if gone:
        more = f", nor {len(gone) - 1} more" if len(gone) > 1 else ""
        said = f"not below the source directories: {gone[0]}{more}"
        yield Issue("source-missing", said, dump.span)


def _places(dump: Dump) -> list[Place]:
    return list(dict.fromkeys((f.function, f.site) for g in dump.goroutines for f in g.frames))


def _settle(dump: Dump, given: _Given, programs: Programs, choice: Choice) -> Runtime:
    signed: dict[Call, Signature] = {}
    for goroutine in dump.goroutines:
        for frame in goroutine.frames:
            found = choice.found.get((frame.function, frame.site))
            # What a literal captures may stand in front of its parameters: it proves nothing.
            if found and frame.call.items and not split_name(frame.function).closure:
                signed.setdefault(frame.call, found[0])
    return settle(
        dump,
        list(signed.items()),
        given.go,
        given.arch,
        evidence=programs.evidence,
        ports=programs.ports,
    )


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


def _tie_issue(tie: Tie, dump: Dump) -> Issue:
    frames = (f for g in dump.goroutines for f in g.frames)
    first = next(f for f in frames if f.function == tie.function)
    return Issue("signature-tie", tie.message, first.span)


def _goroutine(goroutine: Goroutine, binder: Binder) -> AnnotatedGoroutine:
    frames = []
    above = ""
    for frame in goroutine.frames:
        frames.append(_frame(frame, binder.bind(frame, above)))
        above = frame.function
    return AnnotatedGoroutine(goroutine, tuple(frames))


def _frame(frame: Frame, bound: Bound) -> AnnotatedFrame:
    function = frame.function
    in_app = frame.language == "go" and not is_standard(function)
    signature, binding = bound
    return _new(AnnotatedFrame, (frame, split_name(function), in_app, signature, *binding))
