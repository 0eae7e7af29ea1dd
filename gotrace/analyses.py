"""What is asked of a dump once its words are bound; each may fail without the others.

    analyse(dump, runtime, goroutines, programs, sources) → Analyses

The modules that answer are imported where there is something to ask: most logs need none of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedGoroutine
from gotrace.infer import Runtime
from gotrace.model import Dump, Issue
from gotrace.programs import Programs
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace import recover
    from gotrace.culprit import Culprit
    from gotrace.source.held import Held
    from gotrace.waiting import Waiting


Passed = Mapping[tuple[int, int], Mapping[str, "recover.Passed"]]


class Analyses(NamedTuple):
    """``goroutines`` with what was found out about their arguments."""

    goroutines: tuple[AnnotatedGoroutine, ...]
    culprit: Culprit | None
    waiting: Waiting | None
    issues: tuple[Issue, ...]


def analyse(
    dump: Dump,
    runtime: Runtime,
    goroutines: tuple[AnnotatedGoroutine, ...],
    *,
    programs: Programs,
    sources: Sequence[Held],
    disabled: frozenset[str] = frozenset(),
) -> Analyses:
    """All that is known of the arguments, and of why the program died.

    Shape:  ``disabled`` are codes of findings that are not looked for.

    Errors: none; a defect of ours in one of them is an Issue, and the others still answer.
    """
    issues: list[Issue] = []
    culprit = None
    if dump.causes:  # by the words as they were printed: its rules speak of those
        with _Boundary("the culprit", dump, issues):
            culprit = _culprit(dump, runtime, goroutines, programs, sources)
    passed: Passed = {}
    with _Boundary("what stale words were", dump, issues):
        recovered = _recovered(dump, runtime, goroutines, programs, sources)
        if recovered is not None:
            goroutines, passed, against = recovered
            if against:
                issues.append(Issue("binary-mismatch", against, dump.span))
    waiting = None
    if len(goroutines) > 1 or any("asleep" in c.message for c in dump.causes):
        with _Boundary("who waits for whom", dump, issues):
            waiting = _waiting(dump, runtime, goroutines)
    with _Boundary("findings", dump, issues):
        goroutines = _findings(
            dump, runtime, goroutines, programs, culprit, passed=passed, disabled=disabled
        )
    return Analyses(goroutines, culprit, waiting, tuple(issues))


class _Boundary:
    """Around one question: a defect of ours is an Issue, and there is no answer."""

    def __init__(self, what: str, dump: Dump, issues: list[Issue]) -> None:
        self._what = what
        self._dump = dump
        self._issues = issues

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if not isinstance(error, Exception) or os.environ.get("GOTRACE_DEBUG") == "1":
            return False
        self._issues.append(defect(error, f"{self._what} cannot be told", self._dump))
        return True


def defect(error: Exception, outcome: str, dump: Dump) -> Issue:
    """The Issue for a defect of ours."""
    import traceback  # noqa: PLC0415 - only for a defect of ours

    where = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(where.filename)}:{where.lineno}"
    text = f"a defect of gotrace ({type(error).__name__} at {place}): {outcome}"
    return Issue("internal", text, dump.span)


def _recovered(
    dump: Dump,
    runtime: Runtime,
    goroutines: tuple[AnnotatedGoroutine, ...],
    programs: Programs,
    sources: Sequence[Held],
) -> recover.Recovered | None:
    if not programs.landed and not sources:
        return None
    from gotrace.recover import recover_values  # noqa: PLC0415 - with a binary or source

    return recover_values(dump, runtime, goroutines, programs, sources)


def _culprit(
    dump: Dump,
    runtime: Runtime,
    goroutines: tuple[AnnotatedGoroutine, ...],
    programs: Programs,
    sources: Sequence[Held],
) -> Culprit | None:
    from gotrace.culprit import find_culprit  # noqa: PLC0415 - only for a crash

    return find_culprit(dump, goroutines, programs, sources, runtime)


def _waiting(
    dump: Dump, runtime: Runtime, goroutines: tuple[AnnotatedGoroutine, ...]
) -> Waiting | None:
    from gotrace.waiting import find_waiting  # noqa: PLC0415 - only where several could wait

    return find_waiting(dump, runtime, goroutines)


def _findings(
    dump: Dump,
    runtime: Runtime,
    goroutines: tuple[AnnotatedGoroutine, ...],
    programs: Programs,
    culprit: Culprit | None,
    *,
    passed: Passed,
    disabled: frozenset[str],
) -> tuple[AnnotatedGoroutine, ...]:
    if not any(f.signature is not None for g in goroutines for f in g.frames):
        return goroutines
    from gotrace.findings import find_findings  # noqa: PLC0415 - only with signatures

    return find_findings(
        dump, runtime, goroutines, programs, passed=passed, disabled=disabled, culprit=culprit
    )
