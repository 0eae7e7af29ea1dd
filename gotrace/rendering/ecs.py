"""Elastic Common Schema documents, one a line. Source: ECS 8 fields error, log, event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from gotrace.rendering import crash
from gotrace.rendering.formats import Page
from gotrace.rendering.json_text import encode
from gotrace.rendering.json_values import Json, text
from gotrace.report import Report
from gotrace.version import VERSION


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A line for each dump."""
    for report in reports:
        out.write(encode(document(report)) + "\n")


def document(report: Report) -> Json:
    """One document; fields that are not known are left out."""
    found = crash.crash_of(report)
    frame, site = found.frame, found.frame.frame.site if found.frame else None
    origin: Json = {}
    if frame is not None:
        origin["function"] = text(frame.frame.function)
    if site is not None:
        origin["file"] = {"name": text(site.file), "line": site.line}
    goroutine = found.goroutine.goroutine if found.goroutine else None
    made: Json = {
        "ecs": {"version": "8.11.0"},
        "event": {"kind": "event", "category": ["process"], "module": "gotrace"},
        "message": found.message or found.type,
        "log": {"level": "fatal" if found.fatal else "info", "origin": origin},
        "error": {
            "type": found.type,
            "message": found.message,
            "stack_trace": found.trace,
            "id": found.prints.stack,
        },
        "gotrace": {
            "version": VERSION,
            "fingerprints": found.prints._asdict(),
            "culprit": crash.culprit_text(report),
            "frames": crash.decoded(found.goroutine.frames if found.goroutine else ()),
        },
    }
    if goroutine is not None and goroutine.id is not None:
        made["process"] = {"thread": {"id": goroutine.id}}
    moment = crash.stamp(found.nanoseconds)
    if moment is not None:
        made["@timestamp"] = moment
    return made
