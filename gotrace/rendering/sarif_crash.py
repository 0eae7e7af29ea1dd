"""The result of a crash in SARIF: what failed and where, with the stack."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.culprit import Culprit
from gotrace.model import Dump, DumpKind, Span
from gotrace.rendering.json_values import Json
from gotrace.rendering.pages import CRASH, CULPRIT
from gotrace.rendering.sarif_places import Places, function_of, numbered, safe, sentence
from gotrace.rendering.sarif_rules import Rules, slug
from gotrace.rendering.sarif_stacks import stack
from gotrace.report import Report

_CRASHES = {DumpKind.PANIC, DumpKind.FATAL, DumpKind.SIGNAL, DumpKind.RACE}
_MOST = 2  # goroutines whose stacks a crash without a culprit has: a race has two sides


def crash_of(report: Report, places: Places, rules: Rules) -> Iterator[Json]:
    """One result, none for a snapshot. Where nothing is known beyond the message, that it died."""
    culprit = report.culprit
    if culprit is not None and is_named(culprit):
        yield _culprit(report, culprit, places, rules)
    elif is_crash(report):
        yield _death(report, places, rules)


def is_named(culprit: Culprit) -> bool:
    """Whether it is more than the message's own facts."""
    return bool(culprit.expression or culprit.alternatives)


def is_crash(report: Report) -> bool:
    """Whether something failed; in a snapshot nothing did."""
    return report.culprit is not None or report.dump.kind in _CRASHES


def is_asked_for(report: Report) -> bool:
    """Whether somebody sent the signal to see the goroutines (runtime/sigtab: SIGQUIT)."""
    signal = report.dump.signal
    return not report.dump.causes and signal is not None and signal.name == "SIGQUIT"


def _culprit(report: Report, culprit: Culprit, places: Places, rules: Rules) -> Json:
    frame = report.goroutines[culprit.goroutine].frames[culprit.frame]
    primary, *related = _where(report, culprit, frame, places)
    return {
        **rules.refer(CULPRIT + slug(culprit.kind), "error"),
        "level": "error",  # that it failed is sure, and where; what did is as sure as it says
        "message": {"text": _said(report, culprit)},
        "locations": [{**primary, "logicalLocations": function_of(frame)}],
        "relatedLocations": numbered([*related, *_ways(report, culprit, places)]),
        "stacks": [stack(report, culprit.goroutine, places)],
        "properties": {
            "certainty": culprit.certainty.value,
            "expression": safe(culprit.expression),
            "alternatives": [safe(a) for a in culprit.alternatives],
            "evidence": [
                {"rule": e.rule, "weight": e.weight, "text": safe(e.text)} for e in culprit.evidence
            ],
        },
    }


def _where(
    report: Report, culprit: Culprit, frame: AnnotatedFrame, places: Places
) -> Iterator[Json]:
    """The best place first: the expression, the line, what the log says."""
    site = frame.frame.site
    here = culprit.span is None and site is not None and places.is_here(site)
    if culprit.span is not None:
        yield places.of_source(culprit.span)
    elif here and site is not None:
        yield places.of_site(site)
    first = culprit.span is None and not here
    yield places.of_log(report.dump, frame.frame.span, "" if first else "The frame in the log.")
    if first and site is not None:
        yield places.of_site(site, "Its line in the source.")


def _ways(report: Report, culprit: Culprit, places: Places) -> Iterator[Json]:
    """The cause, and how the value came through the callers."""
    for cause in report.dump.causes[-1:]:
        yield places.of_log(report.dump, cause.span, "What Go printed of the cause.")
    for step in culprit.blame:
        if step.span is not None:
            doubt = "" if step.sure else " (one of several calls)"
            yield places.of_source(step.span, f"Passed as {step.expression}{doubt}.")


def _said(report: Report, culprit: Culprit) -> str:
    said = culprit.explanation
    if not culprit.expression and culprit.alternatives:
        said = f"one of {', '.join(culprit.alternatives)}: {said}"
    parts = [f"{said} ({culprit.certainty.value})", culprit.root_cause or "", cause_of(report.dump)]
    if culprit.expression and culprit.alternatives:
        others = ", ".join(culprit.alternatives)
        parts.insert(1, f"Or {others}: nothing here tells them apart")
    return " ".join(sentence(p) for p in parts if p)


def cause_of(dump: Dump) -> str:
    """``panic: index out of range``: its first line."""
    if dump.causes:
        cause = dump.causes[-1]
        word = "panic" if cause.kind == "panic" else "fatal error"
        return f"{word}: {cause.message.partition(chr(10))[0]}"
    signal = dump.signal
    if signal is not None:
        return signal.name or f"signal {signal.number or 0:#x}"
    return "data race" if dump.kind is DumpKind.RACE else dump.kind.value


# ---------------------------------------------------------------------- without a culprit


def _death(report: Report, places: Places, rules: Rules) -> Json:
    dump = report.dump
    kind = dump.kind.value if report.culprit is None else slug(report.culprit.kind)
    indices = _failed(report)
    found: Json = {
        **rules.refer(CRASH + kind, "error"),
        "level": "note" if is_asked_for(report) else "error",
        "message": {"text": sentence(cause_of(dump))},
        "stacks": [stack(report, i, places) for i in indices],
    }
    head = places.of_log(dump, _head(dump))
    own = own_frame(report)
    if own is None or own.frame.site is None:
        return {**found, "locations": [head]}
    function = {"logicalLocations": function_of(own)}
    if places.is_here(own.frame.site):
        found["locations"] = [{**places.of_site(own.frame.site), **function}]
        said = {"message": {"text": "What Go printed of the cause."}}
        return {**found, "relatedLocations": numbered([{**head, **said}])}
    here = places.of_site(own.frame.site, "The innermost line of the program's own code.")
    found["locations"] = [{**head, **function}]
    return {**found, "relatedLocations": numbered([here])}


def own_frame(report: Report) -> AnnotatedFrame | None:
    """The frame of the culprit, else the innermost of the program's own code."""
    if report.culprit is not None:
        return report.goroutines[report.culprit.goroutine].frames[report.culprit.frame]
    frames = [f for i in _failed(report) for f in report.goroutines[i].frames]
    return next((f for f in frames if f.in_app), frames[0] if frames else None)


def _failed(report: Report) -> list[int]:
    """Both sides of a race, else the goroutine that crashed, or that is printed first."""
    if report.culprit is not None:
        return [report.culprit.goroutine]
    plain = [g.goroutine for g in report.goroutines]
    found = [i for i, g in enumerate(plain) if g.access is not None]
    found = found or [i for i, g in enumerate(plain) if g.crashed] or [0]
    return found[:_MOST] if plain else []


def _head(dump: Dump) -> Span:
    if dump.causes:
        return dump.causes[-1].span
    return dump.signal.span if dump.signal is not None else dump.span
