"""Answers about one dump: the crash in short, its culprit, its findings, a frame in full."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.annotated import AnnotatedFrame
from gotrace.errors import GotraceError
from gotrace.fingerprints import fingerprints
from gotrace.mcp.frames import chosen, frame_row, goroutine_row, lines_of, place_of
from gotrace.mcp.known import Log
from gotrace.mcp.shapes import (
    Annotation,
    CulpritAnswer,
    CulpritRow,
    DumpRow,
    FindingRow,
    Findings,
    FrameAnswer,
)
from gotrace.model import Dump
from gotrace.rendering.heading import runtime_text
from gotrace.rendering.json_frames import frames_of
from gotrace.report import Report
from gotrace.tuples import NamedTuple
from gotrace.value import Severity

ISSUES = 5


class Wanted(NamedTuple):
    """Which goroutine is shown, by its id or its place in the dump, and how much of it."""

    goroutine: int | None = None
    place: int | None = None
    first: int = 0
    most: int = 8


def annotation(log: Log, first: int, most: int, wanted: Wanted) -> Annotation:
    """The dumps of a log in short, ``most`` of them from ``first`` on."""
    total = len(log.dumps)
    numbers = range(first, min(total, first + most))
    ahead = numbers.stop < total
    return {
        "notice": "",
        "cut": log.more,
        "log": log.name,
        "total": total,
        "next_dump": numbers.stop if ahead else None,
        "dumps": [_dump(log, number, wanted) for number in numbers],
    }


def _dump(log: Log, number: int, wanted: Wanted) -> DumpRow:
    report = log.report(number)
    dump = report.dump
    shown = None
    if report.goroutines:
        index = chosen(report, wanted.goroutine, wanted.place)
        shown = goroutine_row(report, index, wanted.first, wanted.most)
    return {
        "dump": number,
        "kind": dump.kind.value,
        "first_line": dump.first_line,
        "last_line": dump.last_line,
        "timestamp": dump.timestamp,
        "stream": dump.stream,
        "causes": [f"{c.kind.value}: {c.message}" for c in dump.causes],
        "signal": _signal(dump),
        "printed_by": runtime_text(report),
        "culprit": _culprit(report),
        "goroutines": sum(g.goroutine.copies or 1 for g in report.goroutines),
        "goroutine": shown,
        "findings": sum(1 for _ in _found(report)),
        "site": fingerprints(log.dumps[number]).site,
        "issues": _issues(report),
    }


def _signal(dump: Dump) -> str | None:
    signal = dump.signal
    if signal is None:
        return None
    name = signal.name or f"signal {signal.number or 0:#x}"
    return name if signal.address is None else f"{name} at {signal.address:#x}"


def _issues(report: Report) -> list[str]:
    told = [f"{i.code}: {i.message}" for i in report.issues]
    more = len(told) - ISSUES
    return [*told[:ISSUES], f"and {more} more"] if more > 0 else told


# ---------------------------------------------------------------------- the culprit


def _culprit(report: Report) -> CulpritRow | None:
    culprit = report.culprit
    if culprit is None or not (culprit.expression or culprit.alternatives):
        return None
    site = report.goroutines[culprit.goroutine].frames[culprit.frame].frame.site
    return {
        "expression": culprit.expression or " or ".join(culprit.alternatives),
        "certainty": culprit.certainty.value,
        "explanation": culprit.explanation,
        "place": place_of(site),
    }


def culprit_answer(log: Log, number: int) -> CulpritAnswer:
    """What failed in a dump, with what speaks for it; else why nothing is known."""
    report = log.report(number)
    culprit = report.culprit
    if culprit is None:
        return _unknown(log, "nothing failed in this dump" if not report.dump.causes else _NEEDS)
    frames = report.goroutines[culprit.goroutine].frames
    known = bool(culprit.expression or culprit.alternatives)
    span = culprit.span
    return {
        "notice": "",
        "cut": False,
        "log": log.name,
        "known": known,
        "why_not": culprit.refused or (None if known else _NEEDS),
        "expression": culprit.expression,
        "kind": culprit.kind,
        "certainty": culprit.certainty.value,
        "explanation": culprit.explanation,
        "frame": frame_row(report, culprit.goroutine, culprit.frame),
        "source_line": span and f"{span.path}:{span.line}:{span.column}: {span.text.strip()}",
        "evidence": [e.text for e in culprit.evidence],
        "came_from": [
            {
                "frame": step.frame,
                "function": frames[step.frame].frame.function,
                "expression": step.expression,
                "sure": step.sure,
            }
            for step in culprit.blame
        ],
        "root_cause": culprit.root_cause,
        "alternatives": list(culprit.alternatives),
    }


_NEEDS = "the text alone does not tell; give source, binary or both"


def _unknown(log: Log, why: str) -> CulpritAnswer:
    return {
        "notice": "",
        "cut": False,
        "log": log.name,
        "known": False,
        "why_not": why,
        "expression": "",
        "kind": "",
        "certainty": "",
        "explanation": "",
        "frame": None,
        "source_line": None,
        "evidence": [],
        "came_from": [],
        "root_cause": None,
        "alternatives": [],
    }


# ---------------------------------------------------------------------- findings, a frame


def findings_answer(log: Log, number: int, least: str, first: int, most: int) -> Findings:
    """What is wrong with the arguments of a dump, the worst first."""
    order = [s.value for s in Severity]
    rows = [
        r for r in _found(log.report(number)) if order.index(r["severity"]) >= order.index(least)
    ]
    rows.sort(key=lambda r: -order.index(r["severity"]))
    last = min(len(rows), first + most)
    return {
        "notice": "",
        "cut": False,
        "log": log.name,
        "total": len(rows),
        "next": last if last < len(rows) else None,
        "findings": rows[first:last],
    }


def _found(report: Report) -> Iterator[FindingRow]:
    for index, goroutine in enumerate(report.goroutines):
        for number, frame in enumerate(goroutine.frames):
            yield from _of_frame(frame, (index, goroutine.goroutine.id, number))


def _of_frame(frame: AnnotatedFrame, place: tuple[int, int | None, int]) -> Iterator[FindingRow]:
    function = frame.frame.function
    for issue in frame.issues:
        yield _finding(place, function, (issue.code, "warning", issue.message), (), "")
    for position, argument in enumerate(frame.arguments):
        for f in argument.findings:
            said = (f.code, f.severity.value, f.message)
            yield _finding(place, function, said, f.evidence, argument.name or f"#{position}")


def _finding(
    place: tuple[int, int | None, int],
    function: str,
    said: tuple[str, str, str],
    evidence: tuple[str, ...],
    argument: str,
) -> FindingRow:
    index, id_, number = place
    code, severity, message = said
    return {
        "code": code,
        "severity": severity,
        "message": message,
        "evidence": list(evidence),
        "index": index,
        "goroutine": id_,
        "frame": number,
        "function": function,
        "argument": argument,
    }


def frame_answer(log: Log, number: int, wanted: Wanted) -> FrameAnswer:
    """All that is known of frame ``wanted.first`` of a goroutine, and the lines it stands on."""
    report = log.report(number)
    index = chosen(report, wanted.goroutine, wanted.place)
    frames = report.goroutines[index].frames
    if not 0 <= wanted.first < len(frames):
        raise GotraceError(f"no frame {wanted.first}: this goroutine has {len(frames)}, from 0 on")
    found = next(f for i, f in enumerate(frames_of(report, index)) if i == wanted.first)
    return {
        "notice": "",
        "cut": False,
        "log": log.name,
        "goroutine": goroutine_row(report, index, wanted.first, 0),
        "lines": lines_of(log.dumps[number], log.data, frames[wanted.first]),
        "frame": found,
    }
