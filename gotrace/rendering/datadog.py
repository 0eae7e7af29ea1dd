"""Datadog log events, one a line, for its error tracking: error.kind, message, stack and
fingerprint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from gotrace.rendering import crash
from gotrace.rendering.formats import Page
from gotrace.rendering.json_text import encode
from gotrace.rendering.json_values import Json, text
from gotrace.report import Report


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A line for each dump."""
    for report in reports:
        out.write(encode(event(report)) + "\n")


def event(report: Report) -> Json:
    """One log event."""
    found = crash.crash_of(report)
    frame, site = found.frame, found.frame.frame.site if found.frame else None
    made: Json = {
        "ddsource": "go",
        "status": "emergency" if found.fatal else "info",
        "message": found.message or found.type,
        "logger": {"name": "gotrace"},
        "error": {
            "kind": found.type,
            "message": found.message,
            "stack": found.trace,
            "fingerprint": found.prints.stack,
        },
        "gotrace": {
            "culprit": crash.culprit_text(report),
            "function": text(frame.frame.function) if frame else None,
            "file": f"{text(site.file)}:{site.line}" if site else None,
            "arguments": crash.variables(frame) if frame else {},
        },
    }
    moment = crash.stamp(found.nanoseconds)
    if moment is not None:
        made["date"] = moment
    return made
