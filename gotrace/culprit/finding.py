"""From a dump to the expression that failed.

    find_culprit(dump, goroutines, programs, sources) → Culprit | None

With source, the candidates on the failing line are judged by rules, which may ask the program's
code; with the program alone, the code names the value; with neither, the message's own facts and
the words of the frame are all there is. Each input that is missing only makes the answer less sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.culprit.candidates import Candidate, Case, ranked
from gotrace.culprit.culprit import Culprit, CulpritCertainty, Evidence
from gotrace.culprit.frames import failing_frame, user_frame
from gotrace.culprit.messages import Fault, FaultKind, read_fault
from gotrace.culprit.plain import of_trace
from gotrace.culprit.ports import agreed, possible_widths
from gotrace.infer import Runtime
from gotrace.model import Dump
from gotrace.programs import Programs

if TYPE_CHECKING:
    from gotrace.culprit.machine import Machine
    from gotrace.source.expressions_line import Line
    from gotrace.source.expressions_lines import Lines
    from gotrace.source.held import Held
    from gotrace.source.widths import Widths


def find_culprit(
    dump: Dump,
    goroutines: Sequence[AnnotatedGoroutine],
    programs: Programs = Programs(),  # noqa: B008 - immutable
    sources: Sequence[Held] = (),
    runtime: Runtime | None = None,
) -> Culprit | None:
    """What failed, and why as far as the inputs show. Without ``runtime``, on a 64-bit port.

    Shape:  frames are counted in the goroutine that crashed. None where the text names no failure,
            or shows no frame of it.
    Units:  columns of source lines from 1.
    Errors: none.
    Source: docs/culprit.md.
    """
    index = _crashed(dump, goroutines)
    if index is None:
        return None
    found = goroutines[index]
    fault = read_fault(dump, found.goroutine)
    start = failing_frame(found.frames, dump) if fault else None
    if fault is None or start is None:
        return None
    search = _Search(fault, found.frames, start, programs, sources)
    widths = possible_widths(runtime, programs) if sources else (None,)
    culprit = search.run(widths[0])
    if fault.kind is FaultKind.NIL and len(widths) > 1:
        culprit = agreed([culprit, *(search.run(other) for other in widths[1:])])
    culprit = culprit._replace(goroutine=index)
    # A deferred call that panics while another panic runs may have no frame of its own.
    nested = any(not cause.recovered for cause in dump.causes[:-1])
    if nested and fault.kind is FaultKind.EXPLICIT:
        return culprit._replace(certainty=CulpritCertainty.POSSIBLE)
    return culprit


def _crashed(dump: Dump, goroutines: Sequence[AnnotatedGoroutine]) -> int | None:
    """The index of the goroutine that failed."""
    crashed = next((i for i, g in enumerate(goroutines) if g.goroutine.crashed), None)
    if crashed is None and dump.causes and goroutines:  # recovered: the program went on
        crashed = 0
    if dump.causes and "all goroutines are asleep" in dump.causes[-1].message:
        waiting = [i for i, g in enumerate(goroutines) if "nil chan" in (g.goroutine.state or "")]
        return waiting[0] if waiting and crashed not in waiting else crashed
    return crashed


class _Search:
    """The running state of one search."""

    def __init__(
        self,
        fault: Fault,
        frames: Sequence[AnnotatedFrame],
        start: int,
        programs: Programs,
        sources: Sequence[Held],
    ) -> None:
        self.fault = fault
        self.frames = frames
        self.start = start
        self.programs = programs
        self.refused: str | None = None
        self._sources = sources
        self._lines: list[Lines] = []

    def run(self, widths: Widths | None) -> Culprit:
        """The answer for one port; None without source."""
        if widths is not None:
            from gotrace.source.expressions_lines import Lines  # noqa: PLC0415 - only with source

            self._lines = [Lines(held, widths) for held in self._sources]
        self.refused = None
        line = self.line(self.frames[self.start], told=True)
        machine = self._machine()
        case = Case(self.fault, self.frames[self.start], line, machine)
        if line is not None:
            from gotrace.culprit.givens import Givens  # noqa: PLC0415 - only with source

            case = case._replace(givens=Givens(self._caller))
        if line is not None:
            from gotrace.culprit.judging import candidates_of  # noqa: PLC0415 - only with source

            candidates = ranked(candidates_of(case))
            if candidates:
                return self._judged(candidates, case)
            self._refuse(line)
        user = user_frame(self.frames, self.start)
        if user != self.start:
            found = self._from_library(user, machine)
            if found is not None:
                return found
        if machine is not None and machine.names:
            from gotrace.culprit.unsourced import of_program  # noqa: PLC0415 - with a binary

            return of_program(self.fault, self.start, user, machine)._replace(refused=self.refused)
        return of_trace(self.fault, self.frames, self.start, user)._replace(refused=self.refused)

    def line(self, frame: AnnotatedFrame, *, told: bool = False) -> Line | None:
        """Where a frame stands in the source; why not is kept if it is to be ``told``. A caller's
        line in a file of another version is none."""
        found = self.look_up(frame)
        if not isinstance(found, str):
            return None if found.refused and not told else found
        if found and told:
            self.refused = f"the source was not used: {found}"
        return None

    def look_up(self, frame: AnnotatedFrame) -> Line | str:
        """Where a frame stands, or why not; empty where its source is just not there."""
        site = frame.frame.site
        reason = ""
        if site is None:
            return reason
        for lines in self._lines:
            found = lines.find(frame.frame.function, site)
            if not isinstance(found, str):
                return found
            reason = found or reason
        return reason

    def _caller(self, line: Line) -> Line | None:
        """The line that called the function of ``line``, by the frames."""
        for index, frame in enumerate(self.frames[:-1]):
            if self.line(frame) is line:
                return self.line(self.frames[index + 1])
        return None

    def _refuse(self, line: Line) -> None:
        """Rule ``refused``: a line without any such operation is not the line that was built."""
        place = f"{line.file.path}:{line.line}"
        kind = self.fault.kind.value
        text = f"{place} has nothing that could fail with this ({kind})"
        self.refused = f"the source was not used: {text}; is it of another version?"

    def _machine(self) -> Machine | None:
        if not self.programs.landed:
            return None
        from gotrace.culprit.code import read_machine  # noqa: PLC0415 - only with a binary

        return read_machine(self.fault, self.frames, self.start, self.programs)

    # ------------------------------------------------------------------ with source

    def _judged(self, candidates: list[Candidate], case: Case) -> Culprit:
        from gotrace.culprit.judging import answer  # noqa: PLC0415 - only with source

        culprit = answer(candidates, case, self.frames, self.start, self.line)
        return self._doubted(culprit, self.start)

    def _doubted(self, culprit: Culprit, start: int) -> Culprit:
        """Rule ``caller-differs``."""
        from gotrace.culprit.callers import contradiction  # noqa: PLC0415 - only with source

        doubt = contradiction(self.frames, start, self.look_up)
        if doubt is None:
            return culprit._replace(refused=self.refused)
        return culprit._replace(
            certainty=CulpritCertainty.POSSIBLE,
            evidence=(*culprit.evidence, Evidence("caller-differs", doubt, -3.0)),
            refused=f"the source may be of another version: {doubt}",
        )

    def _from_library(self, user: int, machine: Machine | None) -> Culprit | None:
        """The failure is in code that is not there: what did the user's line pass to it?"""
        line = self.line(self.frames[user], told=self.refused is None)
        if line is None:
            return None
        from gotrace.culprit.library_calls import of_call  # noqa: PLC0415 - only with source

        found = of_call(self.fault, self.frames, user, line, machine)
        if found is None:
            self._refuse(line)
            return None
        return self._doubted(found, user)
