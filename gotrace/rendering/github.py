"""Reports as workflow commands of GitHub Actions, which become annotations of a pull request.

    ::error file=client.go,line=79,col=18,endColumn=21,title=…::…

A command for each crash and each finding, and nothing else: every line of the output is ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TextIO

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.culprit import Culprit
from gotrace.rendering.culprit import reason_of
from gotrace.rendering.files import relative, repository
from gotrace.rendering.formats import Page
from gotrace.rendering.json_values import text
from gotrace.rendering.sarif_crash import cause_of, is_asked_for, is_crash, is_named, own_frame
from gotrace.rendering.sarif_findings import listed
from gotrace.rendering.style import clean
from gotrace.report import Report
from gotrace.value import Finding, Severity

_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_Place = dict[str, str | int]


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """The crash first: GitHub shows ten of each level for a step."""
    root = os.environ.get("GITHUB_WORKSPACE") or repository(os.getcwd())
    for report in reports:
        for line in _commands(report, page, os.path.abspath(root)):
            out.write(line + "\n")


def _commands(report: Report, page: Page, root: str) -> Iterator[str]:
    culprit = report.culprit
    if culprit is not None and is_named(culprit):
        yield _culprit(report, culprit, page, root)
    elif is_crash(report):
        frame = own_frame(report)
        place = {} if frame is None else _line(frame, page, root)
        level = "notice" if is_asked_for(report) else "error"
        yield _command(level, place, "Go crash", [cause_of(report.dump), _at(frame)])
    for count, frame, _, finding in listed(report):
        yield _finding(frame, finding, count, _line(frame, page, root))


def _culprit(report: Report, culprit: Culprit, page: Page, root: str) -> str:
    frame = report.goroutines[culprit.goroutine].frames[culprit.frame]
    span = culprit.span
    place = _line(frame, page, root)
    if span is not None:
        place = _file(span.path, span.line, root)
        if place:
            place |= {"col": span.column, "endColumn": span.end}
    said = culprit.explanation
    others = ", ".join(culprit.alternatives)
    if others:
        said += f", or {others}" if culprit.expression else f": one of {others}"
    lines = [said, reason_of(culprit), cause_of(report.dump), _at(frame)]
    title = f"{culprit.kind} ({culprit.certainty.value})"
    return _command("error", place, title, lines)


def _finding(frame: AnnotatedFrame, finding: Finding, count: int, place: _Place) -> str:
    more = f"in {count} goroutines that are equal" if count > 1 else ""
    level = _SEVERITIES[finding.severity]
    return _command(
        level, place, finding.code, [finding.message, *finding.evidence, _at(frame), more]
    )


# ---------------------------------------------------------------------- places


def _line(frame: AnnotatedFrame, page: Page, root: str) -> _Place:
    """The line of a frame, where its file is part of the checkout."""
    site = frame.frame.site
    local = None if site is None else page.local(site.file)
    return {} if site is None or local is None else _file(local, site.line, root)


def _file(path: str, line: int, root: str) -> _Place:
    below = relative(path, root)
    return {} if below is None else {"file": below, "line": line}


def _at(frame: AnnotatedFrame | None) -> str:
    """``main.serve at /app/main.go:12``."""
    if frame is None:
        return ""
    site = frame.frame.site
    return frame.frame.function + ("" if site is None else f" at {site.file}:{site.line}")


# ---------------------------------------------------------------------- commands


def _command(level: str, place: _Place, title: str, lines: Iterable[str]) -> str:
    """``clean`` leaves no control character; what the runner reads as syntax is escaped as its
    toolkit does (actions/toolkit, packages/core/src/command.ts)."""
    properties = {**place, "title": f"gotrace: {title}"}
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    message = "%0A".join(_message(line) for line in lines if line)
    return f"::{level} {listed}::{message}"


def _message(raw: str) -> str:
    return "%0A".join(text(clean(line)).replace("%", "%25") for line in raw.split("\n"))


def _property(raw: str) -> str:
    shown = text(clean(raw)).replace("%", "%25")
    return shown.replace(":", "%3A").replace(",", "%2C")
