"""What the source alone tells of stale words: literals that a caller's line passes, and its own
parameters that it passes on.

The source may be of another version than the program: what it tells is likely, never exact. Where a
caller's line cannot call what the trace says it called, nothing is taken.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.culprit.blame import argument_of, parameter_place
from gotrace.culprit.callers import contradiction
from gotrace.culprit.givens import Given, Givens
from gotrace.culprit.ports import possible_widths
from gotrace.infer import Runtime
from gotrace.layout.sizes import Sizes, has_unknown
from gotrace.programs import Programs
from gotrace.recover.patch import patched
from gotrace.recover.reading import bits_of, stale_offsets
from gotrace.signature import Parameter, Role
from gotrace.source.calls import may_be_deferred, may_change
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_lines import Lines
from gotrace.source.held import Held
from gotrace.source.syntax import Syntax
from gotrace.types import Kind
from gotrace.value import Argument, Certainty, Provenance

REASON = "the source says so; whether it is that of the program is not known"
_NUMBERS = {
    Kind.INT, Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64, Kind.UINT, Kind.UINT8, Kind.UINT16,
    Kind.UINT32, Kind.UINT64, Kind.UINTPTR,
}  # fmt: skip
_TRUTHS = {"true", "false"}
_NILABLE = {Kind.POINTER, Kind.MAP, Kind.CHAN, Kind.FUNC}


class SourceRecovery:
    """Reads callers' lines in the sources."""

    def __init__(self, runtime: Runtime, programs: Programs, sources: Sequence[Held]) -> None:
        widths = possible_widths(runtime, programs)[0]
        self._lines = [Lines(held, widths) for held in sources]
        self._sizes = Sizes(widths.word)

    def frames(self, goroutine: AnnotatedGoroutine) -> tuple[AnnotatedFrame, ...]:
        """The frames with what the source tells, outermost first."""
        found = list(goroutine.frames)
        elided = goroutine.goroutine.elided
        for index in reversed(range(len(found) - 1)):
            if elided is not None and elided.after_frame == index:
                continue
            found[index] = self._frame(found[index], found[index + 1], found[index:])
        return tuple(found)

    def _frame(
        self, frame: AnnotatedFrame, caller: AnnotatedFrame, inwards: Sequence[AnnotatedFrame]
    ) -> AnnotatedFrame:
        signature = frame.signature
        stale = any(w.stale for a in frame.arguments for w in a.words)
        if not stale or signature is None or frame.name.closure or frame.name.generic:
            return frame
        own, line = self._look_up(frame), self._look_up(caller)
        if not isinstance(own, Line) or not isinstance(line, Line):
            return frame
        if line.refused or contradiction([frame, caller], 0, self._look_up) is not None:
            return frame
        if may_be_deferred(line, frame.name.name.partition("[")[0]):
            return frame
        parameters = {(p.role, p.name): p for p in signature.inputs()}
        arguments = tuple(
            self._argument(a, parameters.get((a.role, a.name)), (own, line), caller, place)
            for place, a in enumerate(frame.arguments, -1 if signature.receiver else 0)
        )
        return frame._replace(arguments=arguments)

    def _look_up(self, frame: AnnotatedFrame) -> Line | str:
        site = frame.frame.site
        for lines in self._lines if site is not None else ():
            assert site is not None
            found = lines.find(frame.frame.function, site)
            if not isinstance(found, str):
                return found
        return ""

    def _argument(
        self,
        argument: Argument,
        parameter: Parameter | None,
        lines: tuple[Line, Line],
        caller: AnnotatedFrame,
        place: int,
    ) -> Argument:
        if parameter is None or argument.value is None or has_unknown(parameter.type):
            return argument
        stale = stale_offsets(argument, parameter.type, self._sizes)
        own, line = lines
        node = argument_of(line, own, place) if stale else None
        if node is None:
            return argument
        known = self._forwarded(node, line, caller, parameter)
        if not known and node.kind in _TRUTHS and parameter.type.kind is Kind.BOOL:
            known = {0: int(node.kind == "true")}
        if not known:
            known = self._literal(Givens(lambda _: None).of(node, line), parameter)
        new = {offset: bits for offset, bits in known.items() if offset in stale}
        if not new:
            return argument
        value = patched(
            argument.value, parameter.type, self._sizes, new, certainty=Certainty.LIKELY
        )
        site = caller.frame.site
        where = f"{os.path.basename(site.file)}:{site.line}" if site else caller.frame.function
        return argument._replace(
            value=value,
            certainty=value.certainty,
            provenance=Provenance(f"from the call at {where}", caller.frame.span),
            reason=REASON,
        )

    def _literal(self, given: Given, parameter: Parameter) -> dict[int, int]:
        """The leaves that a literal tells."""
        kind, word = parameter.type.kind, self._sizes.word_size
        if not given.firm:  # a field that calls may have set since
            return {}
        if kind in _NUMBERS and given.number is not None:
            size = self._sizes.measure(parameter.type).size
            return {0: given.number & ((1 << (8 * size)) - 1)}
        if kind is Kind.STRING and given.length is not None:
            return {word: given.length}
        if given.nil and kind in _NILABLE:
            return {0: 0}
        if given.nil and kind is Kind.INTERFACE:
            return {0: 0, word: 0}
        return {0: 0, word: 0, 2 * word: 0} if given.nil and kind is Kind.SLICE else {}

    def _forwarded(
        self, node: Syntax, line: Line, caller: AnnotatedFrame, parameter: Parameter
    ) -> dict[int, int]:
        """The leaves of the caller's own parameter, if that is passed on as it came."""
        place = parameter_place(node, line)
        if place is None or caller.signature is None:
            return {}
        if may_change(node.text, parameter.type, line.function):
            return {}
        role = Role.RECEIVER if place < 0 else Role.PARAMETER
        theirs = [p for p in caller.signature.inputs() if (p.role, p.name) == (role, node.text)]
        named = [a for a in caller.arguments if (a.role, a.name) == (role, node.text)]
        if len(theirs) != 1 or len(named) != 1 or theirs[0].type != parameter.type:
            return {}
        value = named[0].value
        return {} if value is None else bits_of(value, parameter.type, self._sizes)
