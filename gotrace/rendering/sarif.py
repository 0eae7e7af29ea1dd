"""Reports as SARIF 2.1.0: what crashed and what to distrust, for viewers and code scanning.

A result for each crash, with its stack and decoded parameters, and one for each finding; what was
not understood becomes a notification. Section numbers in these modules are those of the OASIS
standard.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from gotrace.fingerprints import fingerprints
from gotrace.model import Dump, Issue
from gotrace.rendering.formats import Page
from gotrace.rendering.json_text import dumps
from gotrace.rendering.json_values import Json
from gotrace.rendering.pages import HOME, RUN
from gotrace.rendering.sarif_crash import crash_of
from gotrace.rendering.sarif_findings import findings_of
from gotrace.rendering.sarif_places import Places, sentence
from gotrace.rendering.sarif_rules import Rules
from gotrace.report import Report
from gotrace.version import VERSION

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """One document with one run."""
    run = _Run(Places(page.local))
    for report in reports:
        run.add(report)
    out.write(dumps(run.document(page.notes, page.unreadable), indent=2) + "\n")


class _Run:
    """The document while it grows. Keeps no report."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._rules = Rules()
        self._results: list[Json] = []
        self._told: list[Json] = []

    def add(self, report: Report) -> None:
        """The results of one dump."""
        self._places.see(report.dump.source)
        prints = fingerprints(report.dump)
        known = {"gotrace/site/v1": prints.site, "gotrace/stack/v1": prints.stack}
        crash = crash_of(report, self._places, self._rules)
        for result in (*crash, *findings_of(report, self._places, self._rules)):
            result["partialFingerprints"] = {**known, **result.get("partialFingerprints", {})}
            self._results.append(result)
        self._told += [self._issue(report.dump, i) for i in report.issues]

    def document(self, notes: Iterable[str], unreadable: Iterable[str]) -> Json:
        """All of it."""
        failed = [self._notification("unreadable", "error", u) for u in unreadable]
        told = [*failed, *self._told, *(self._notification(RUN, "note", n) for n in notes)]
        invocation = {
            "executionSuccessful": not any(n["level"] == "error" for n in told),
            "toolExecutionNotifications": told,
        }
        driver: Json = {
            "name": "gotrace",
            "version": VERSION,
            "semanticVersion": VERSION,
            "rules": self._rules.listed(),
            "notifications": self._rules.notifications(),
        }
        if HOME:
            driver["informationUri"] = HOME
        run = {
            "tool": {"driver": driver},
            "invocations": [invocation],
            "originalUriBaseIds": self._places.bases(),
            "artifacts": self._places.artifacts(),
            "columnKind": "unicodeCodePoints",
            "results": self._results,
        }
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}

    def _issue(self, dump: Dump, issue: Issue) -> Json:
        level = "error" if issue.code == "internal" else "warning"
        found = self._notification(issue.code, level, issue.message)
        return {**found, "locations": [self._places.of_log(dump, issue.span)]}

    def _notification(self, code: str, level: str, message: str) -> Json:
        descriptor = self._rules.notify(code)
        return {"descriptor": descriptor, "level": level, "message": {"text": sentence(message)}}
