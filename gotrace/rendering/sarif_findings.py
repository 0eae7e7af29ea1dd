"""The results of findings in SARIF: the words to distrust, in the log."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.annotated import AnnotatedFrame
from gotrace.fingerprints import stable_name
from gotrace.grouping import group_exactly
from gotrace.model import Span
from gotrace.rendering.json_values import Json
from gotrace.rendering.sarif_places import Places, function_of, numbered, safe, sentence
from gotrace.rendering.sarif_rules import Rules
from gotrace.report import Report
from gotrace.value import Finding, Severity


def findings_of(report: Report, places: Places, rules: Rules) -> Iterator[Json]:
    """One result for all goroutines that are equal."""
    for count, frame, who, finding in listed(report):
        found = {
            **rules.refer(finding.code, finding.severity.value),
            **_result(report, frame, who, finding, places),
        }
        yield {**found, "occurrenceCount": count} if count > 1 else found


def listed(report: Report) -> Iterator[tuple[int, AnnotatedFrame, str, Finding]]:
    """Each finding with its frame, the argument that it is about, and how many goroutines have it.

    Those of goroutines that are equal once.
    """
    for bucket in group_exactly(g.goroutine for g in report.goroutines):
        for frame in report.goroutines[bucket.indices[0]].frames:
            for who, finding in _of(frame):
                yield bucket.count, frame, who, finding


def _of(frame: AnnotatedFrame) -> Iterator[tuple[str, Finding]]:
    """Of the frame as a whole first; those name no argument."""
    for issue in frame.issues:
        warning = Severity.WARNING
        yield "", Finding(issue.code, warning, issue.message, (), issue.start, issue.end)
    for number, argument in enumerate(frame.arguments):
        for finding in argument.findings:
            yield argument.name or f"#{number}", finding


def _result(
    report: Report, frame: AnnotatedFrame, who: str, finding: Finding, places: Places
) -> Json:
    start = frame.frame.start
    words = places.of_log(report.dump, Span(start + finding.start, start + finding.end))
    found: Json = {
        "level": finding.severity.value,
        "message": {"text": sentence(finding.message)},
        "locations": [{**words, "logicalLocations": function_of(frame)}],
        # Without lines and words: it stays the same when the program is edited or runs again.
        "partialFingerprints": {
            "gotrace/finding/v1": safe(f"{finding.code}|{stable_name(frame.frame.function)}|{who}")
        },
    }
    if frame.frame.site is not None:
        here = places.of_site(frame.frame.site, "The frame's line in the source.")
        found["relatedLocations"] = numbered([here])
    if finding.evidence:
        found["properties"] = {"evidence": [safe(e) for e in finding.evidence]}
    return found
