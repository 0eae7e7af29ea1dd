"""From arguments to what is wrong with them.

    find_findings(dump, runtime, goroutines, programs) → the goroutines, findings in their arguments

Each rule is asked of each value and of its parts. What was not printed, is stale, or is a result
that is not set is never spoken of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.findings.quiet import copies, is_quiet
from gotrace.findings.rule import Part, Rule, Setting
from gotrace.infer import Runtime
from gotrace.layout.sizes import Sizes, has_unknown
from gotrace.model import Dump
from gotrace.programs import Programs
from gotrace.signature import Role, types_by_name
from gotrace.value import Argument, Certainty, Finding

if TYPE_CHECKING:
    from gotrace.culprit import Culprit
    from gotrace.recover import Passed

Place = tuple[int, int]  # which goroutine, and which of its frames
_NONE: Mapping[str, Passed] = MappingProxyType({})
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
    passed: Mapping[Place, Mapping[str, Passed]] = MappingProxyType({}),
    disabled: frozenset[str] = frozenset(),
    culprit: Culprit | None = None,
) -> tuple[AnnotatedGoroutine, ...]:
    """The same goroutines with ``Argument.findings`` filled in.

    Shape:  ``passed`` are arguments that came in as something else, by goroutine and frame;
            ``disabled`` are codes of rules that are not asked; where it is certain what the
            ``culprit`` is, no other argument is said to be it.
    Errors: none.
    Source: docs/findings.md.
    """
    sizes = Sizes(runtime.port.word_size, align64=runtime.facts.has("align64") is not False)
    setting = Setting(runtime.port, sizes, runtime.os, None, programs.landed, ())
    failed = _failed(dump, goroutines) if _address(dump) is not None else None
    if failed is not None and culprit is not None and _is_certain(culprit, failed):
        setting = setting._replace(culprit=culprit.expression)
    search = _Search(disabled, setting)
    found = []
    for number, goroutine in enumerate(goroutines):
        frames = tuple(
            search.frame(
                frame,
                _address(dump) if (number, i) == failed else None,
                passed.get((number, i), _NONE),
            )
            for i, frame in enumerate(goroutine.frames)
        )
        same = all(a is b for a, b in zip(frames, goroutine.frames, strict=True))
        found.append(goroutine if same else goroutine._replace(frames=frames))
    return tuple(found)


def _failed(dump: Dump, goroutines: tuple[AnnotatedGoroutine, ...]) -> tuple[int, int] | None:
    """The frame that failed, as indices of goroutine and frame."""
    from gotrace.culprit.frames import failing_frame  # noqa: PLC0415 - only for a fault

    for number, goroutine in enumerate(goroutines):
        if goroutine.goroutine.crashed:
            frame = failing_frame(goroutine.frames, dump)
            return None if frame is None else (number, frame)
    return None


def _is_certain(culprit: Culprit, failed: tuple[int, int]) -> bool:
    """Whether it is certain which expression of the frame that failed it was."""
    from gotrace.culprit import CulpritCertainty  # noqa: PLC0415 - only for a fault

    there = (culprit.goroutine, culprit.frame) == failed
    return there and culprit.certainty is CulpritCertainty.CERTAIN and bool(culprit.expression)


def _address(dump: Dump) -> int | None:
    """The fault address of a nil dereference."""
    nil = bool(dump.causes) and _NIL in dump.causes[-1].message
    return dump.signal.address if nil and dump.signal is not None else None


class _Search:
    """The running state: what was said of arguments that several frames share.

    The rules are imported where one of them may have something to say.
    """

    def __init__(self, disabled: frozenset[str], setting: Setting) -> None:
        self._disabled = disabled
        self._rules: tuple[Rule, ...] | None = None
        self._setting = setting
        self._known: dict[int, tuple[tuple[Argument, ...], tuple[Argument, ...]]] = {}
        self._copying: dict[str, bool] = {}

    def frame(
        self, frame: AnnotatedFrame, address: int | None, passed: Mapping[str, Passed]
    ) -> AnnotatedFrame:
        """The frame; the same object where nothing is found."""
        if not frame.arguments or frame.signature is None:
            return frame
        if address is not None or passed:
            setting = self._setting._replace(address=address, passed=passed)
            return self._with(frame, judged(frame, self._wanted(), setting))
        known = self._known.get(id(frame.arguments))
        if known is None:
            known = (frame.arguments, self._arguments(frame))
            self._known[id(frame.arguments)] = known
        return self._with(frame, known[1])

    def _arguments(self, frame: AnnotatedFrame) -> tuple[Argument, ...]:
        resolved = bool(self._setting.programs)
        for argument in frame.arguments:
            if not is_quiet(argument, resolved=resolved):
                break
        else:
            if not self._copies(frame.frame.function):
                return frame.arguments
        return judged(frame, self._wanted(), self._setting)

    def _wanted(self) -> tuple[Rule, ...]:
        if self._rules is None:
            from gotrace.findings.rules import RULES  # noqa: PLC0415 - most values are quiet

            self._rules = tuple(r for code, r in RULES.items() if code not in self._disabled)
        return self._rules

    def _copies(self, function: str) -> bool:
        known = self._copying.get(function)
        if known is None:
            known = self._copying[function] = copies(function)
        return known

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
    for part in parts_of(whole, setting.sizes):
        spoken: set[str] = set()
        for rule in rules:
            said = None if rule.over & spoken else rule.check(part, setting)
            if said is not None:
                spoken.add(rule.code)
                start, end = _span(argument, part, setting.sizes)
                message, evidence = said
                yield Finding(rule.code, rule.severity, message, evidence, start, end, part.path)


def _span(argument: Argument, part: Part, sizes: Sizes) -> tuple[int, int]:
    """Of the words that hold the part, where that is known, else of the argument's."""
    words = argument.words
    if part.place is not None and part.type is not None and not has_unknown(part.type):
        end = part.place + sizes.measure(part.type).size
        inside = (w for w in words if w.offset < end and part.place < w.offset + w.size)
        words = tuple(inside) or words
    if not words:
        return 0, 0
    return min(w.start for w in words), max(w.end for w in words)


def parts_of(part: Part, sizes: Sizes, depth: int = 0) -> Iterator[Part]:
    """A value and all that is in it, the outer first."""
    if part.value.truncated or depth > _DEEPEST:
        return
    yield part
    if part.value.fields:
        types = {f.name: f.type for f in part.type.fields} if part.type else {}
        places = _places(part, sizes)
        for i, field in enumerate(part.value.fields):
            path, place = f"{part.path}.{field.name}", places[i] if i < len(places) else None
            inner = part._replace(
                path=path, value=field.value, type=types.get(field.name), place=place
            )
            yield from parts_of(inner, sizes, depth + 1)
    element = part.type.element if part.type else None
    for i, value in enumerate(part.value.elements[:_ELEMENTS]):
        inner = part._replace(path=f"{part.path}[{i}]", value=value, type=element, place=None)
        if part.place is not None and element is not None and not has_unknown(element):
            inner = inner._replace(place=part.place + i * sizes.measure(element).size)
        yield from parts_of(inner, sizes, depth + 1)


def _places(part: Part, sizes: Sizes) -> list[int]:
    """Where the fields begin, up to one behind which nobody knows."""
    found: list[int] = []
    if part.place is None or part.type is None:
        return found
    for field in sizes.parts(part.type):
        found.append(part.place + field.offset)
        if has_unknown(field.type):
            break
    return found
