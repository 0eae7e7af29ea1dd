"""Google Cloud log entries that Error Reporting takes up, one a line: a ReportedErrorEvent whose
message is the traceback in Go's own form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from gotrace.rendering import crash
from gotrace.rendering.formats import Page
from gotrace.rendering.json_text import encode
from gotrace.rendering.json_values import Json, text
from gotrace.report import Report

TYPE = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A line for each dump, as agents read it from stdout: severity, time and fields."""
    for report in reports:
        out.write(encode(entry(report)) + "\n")


def entry(report: Report) -> Json:
    """One structured log line."""
    found = crash.crash_of(report)
    frame, site = found.frame, found.frame.frame.site if found.frame else None
    location: Json = {}
    if frame is not None:
        location["functionName"] = text(frame.frame.function)
    if site is not None:
        location |= {"filePath": text(site.file), "lineNumber": site.line}
    made: Json = {
        "@type": TYPE,
        "severity": "CRITICAL" if found.fatal else "INFO",
        "message": found.trace,
        "serviceContext": {"service": "go"},
        "context": {"reportLocation": location},
        "gotrace": {
            "type": found.type,
            "culprit": crash.culprit_text(report),
            "fingerprints": found.prints._asdict(),
            "arguments": crash.variables(frame) if frame else {},
        },
    }
    moment = crash.stamp(found.nanoseconds)
    if moment is not None:
        made |= {"time": moment, "eventTime": moment}
    return made
