"""From arguments to what is wrong with them.

    find_findings(dump, runtime, goroutines, programs) → the goroutines, findings in their arguments

Each rule is asked of each value and of its parts. What was not printed, is stale, or is a result
that is not set is never spoken of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.culprit.frames import failing_frame
from gotrace.findings.rule import Part, Rule, Setting
from gotrace.findings.rules import RULES
from gotrace.infer import Runtime
from gotrace.layout.sizes import Sizes
from gotrace.model import Dump
from gotrace.programs import Programs
from gotrace.signature import Role, types_by_name
from gotrace.types import GoType
from gotrace.value import Argument, Certainty, Finding, Value

_MUTE = {Certainty.ABSENT, Certainty.UNSET}
_DEEPEST = 8
_ELEMENTS = 16  # of an array; ten numbers are printed at most
_NIL = "invalid memory address or nil pointer dereference"


def find_findings(
    dump: Dump,
    runtime: Runtime,
    goroutines: tuple[AnnotatedGoroutine, ...],
    programs: Programs = Programs(),  # noqa: B008 - immutable
    *,
    disabled: frozenset[str] = frozenset(),
) -> tuple[AnnotatedGoroutine, ...]:
    """The same goroutines with ``Argument.findings`` filled in.

    Shape:  ``disabled`` are codes of rules that are not asked.
    Errors: none.
    Source: docs/findings.md.
    """
    rules = tuple(rule for code, rule in RULES.items() if code not in disabled)
    setting = Setting(
        runtime.port, Sizes(runtime.port.word_size), runtime.os, None, programs.landed, ()
    )
    search = _Search(rules, setting)
    failed = _failed(dump, goroutines)
    found = []
    for number, goroutine in enumerate(goroutines):
        frames = tuple(
            search.frame(frame, _address(dump) if (number, i) == failed else None)
            for i, frame in enumerate(goroutine.frames)
        )
        same = all(a is b for a, b in zip(frames, goroutine.frames, strict=True))
        found.append(goroutine if same else goroutine._replace(frames=frames))
    return tuple(found)


def _failed(dump: Dump, goroutines: tuple[AnnotatedGoroutine, ...]) -> tuple[int, int] | None:
    """The frame that failed, as indices of goroutine and frame."""
    for number, goroutine in enumerate(goroutines):
        if goroutine.goroutine.crashed and dump.causes:
            frame = failing_frame(goroutine.frames, dump)
            return None if frame is None else (number, frame)
    return None


def _address(dump: Dump) -> int | None:
    """The fault address of a nil dereference."""
    nil = bool(dump.causes) and _NIL in dump.causes[-1].message
    return dump.signal.address if nil and dump.signal is not None else None


class _Search:
    """The running state: what was said of arguments that several frames share."""

    def __init__(self, rules: tuple[Rule, ...], setting: Setting) -> None:
        self._rules = rules
        self._setting = setting
        self._known: dict[int, tuple[tuple[Argument, ...], tuple[Argument, ...]]] = {}

    def frame(self, frame: AnnotatedFrame, address: int | None) -> AnnotatedFrame:
        """The frame; the same object where nothing is found."""
        if not frame.arguments or frame.signature is None:
            return frame
        if address is not None:
            setting = self._setting._replace(address=address)
            return self._with(frame, judged(frame, self._rules, setting))
        known = self._known.get(id(frame.arguments))
        if known is None:
            known = (frame.arguments, judged(frame, self._rules, self._setting))
            self._known[id(frame.arguments)] = known
        return self._with(frame, known[1])

    def _with(self, frame: AnnotatedFrame, arguments: tuple[Argument, ...]) -> AnnotatedFrame:
        return frame if arguments is frame.arguments else frame._replace(arguments=arguments)


def judged(frame: AnnotatedFrame, rules: Iterable[Rule], setting: Setting) -> tuple[Argument, ...]:
    """The arguments of one frame with what the rules say of them; the same tuple for nothing."""
    assert frame.signature is not None
    types = types_by_name(frame.signature)
    function = frame.frame.function
    whole = {
        i: Part(a.name or f"#{i}", a.value, types.get((a.role, a.name)), a.role, function)
        for i, a in enumerate(frame.arguments)
        if a.value is not None and a.certainty not in _MUTE and a.role is not Role.RESULT
    }
    setting = setting._replace(siblings=tuple(whole.values()))
    found = {i: tuple(_said(frame.arguments[i], p, rules, setting)) for i, p in whole.items()}
    if not any(found.values()):
        return frame.arguments
    return tuple(
        a._replace(findings=found[i]) if found.get(i) else a for i, a in enumerate(frame.arguments)
    )


def _said(
    argument: Argument, whole: Part, rules: Iterable[Rule], setting: Setting
) -> Iterator[Finding]:
    start, end = _span(argument)
    for part in parts_of(whole):
        spoken: set[str] = set()
        for rule in rules:
            said = None if rule.over & spoken else rule.check(part, setting)
            if said is not None:
                spoken.add(rule.code)
                yield Finding(rule.code, rule.severity, said.message, said.evidence, start, end)


def _span(argument: Argument) -> tuple[int, int]:
    if not argument.words:
        return 0, 0
    return min(w.start for w in argument.words), max(w.end for w in argument.words)


def parts_of(part: Part, depth: int = 0) -> Iterator[Part]:
    """A value and all that is in it, the outer first."""
    if part.value.truncated or depth > _DEEPEST:
        return
    yield part
    fields = {f.name: f.type for f in part.type.fields} if part.type else {}
    for field in part.value.fields:
        inner = _inner(part, f"{part.path}.{field.name}", field.value, fields.get(field.name))
        yield from parts_of(inner, depth + 1)
    element = part.type.element if part.type else None
    for number, value in enumerate(part.value.elements[:_ELEMENTS]):
        yield from parts_of(_inner(part, f"{part.path}[{number}]", value, element), depth + 1)


def _inner(part: Part, path: str, value: Value, go_type: GoType | None) -> Part:
    return part._replace(path=path, value=value, type=go_type)
