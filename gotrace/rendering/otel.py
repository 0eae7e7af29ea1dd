"""OpenTelemetry log records, as OTLP JSON: one LogsData object a line.

Source: OTLP 1.x logs data model; semantic conventions "exceptions in logs" and "code".
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TextIO

from gotrace.rendering import crash
from gotrace.rendering.formats import Page
from gotrace.rendering.json_text import encode
from gotrace.rendering.json_values import Json, text
from gotrace.report import Report
from gotrace.version import VERSION

FATAL, INFO = (21, "FATAL"), (9, "INFO")


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A line for each dump."""
    for report in reports:
        out.write(encode(logs(report)) + "\n")


def logs(report: Report) -> Json:
    """A LogsData object with one record."""
    dump = report.dump
    resource = [_pair("log.file.path", text(dump.source))] if dump.source != "-" else []
    return {
        "resourceLogs": [
            {
                "resource": {"attributes": resource},
                "scopeLogs": [
                    {
                        "scope": {"name": "gotrace", "version": VERSION},
                        "logRecords": [record(report)],
                    }
                ],
            }
        ]
    }


def record(report: Report) -> Json:
    """One LogRecord; numbers of 64 bits are strings, as protobuf's JSON has them."""
    found = crash.crash_of(report)
    number, name = FATAL if found.fatal else INFO
    made: Json = {
        "observedTimeUnixNano": str(time.time_ns()),
        "severityNumber": number,
        "severityText": name,
        "body": {"stringValue": found.message or found.type},
        "eventName": "gotrace.crash" if found.fatal else "gotrace.dump",
        "attributes": [_pair(k, v) for k, v in attributes(report, found).items() if v is not None],
    }
    if found.nanoseconds is not None:
        made["timeUnixNano"] = str(found.nanoseconds)
    return made


def attributes(report: Report, found: crash.Crash) -> dict[str, str | int | None]:
    """Those of the conventions, and ours under ``gotrace.``."""
    frame, site = found.frame, found.frame.frame.site if found.frame else None
    told = {f"gotrace.argument.{k}": v for k, v in crash.variables(frame).items()} if frame else {}
    return {
        "exception.type": found.type,
        "exception.message": found.message,
        "exception.stacktrace": found.trace,
        "code.function.name": text(frame.frame.function) if frame else None,
        "code.file.path": text(site.file) if site else None,
        "code.line.number": site.line if site else None,
        "thread.id": found.goroutine.goroutine.id if found.goroutine else None,
        "gotrace.culprit": crash.culprit_text(report),
        **{f"gotrace.fingerprint.{k}": v for k, v in found.prints._asdict().items()},
        **told,
    }


def _pair(key: str, value: str | int) -> Json:
    kind = "intValue" if isinstance(value, int) else "stringValue"
    return {"key": key, "value": {kind: str(value)}}
