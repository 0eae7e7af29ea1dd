"""Sentry events, one a line: exception, threads, frames with the decoded arguments as `vars`.

Source: Sentry's event payload documentation (exception, stack trace and threads interfaces).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.rendering import crash
from gotrace.rendering.formats import Page
from gotrace.rendering.json_text import encode
from gotrace.rendering.json_values import Json, hexadecimal, text
from gotrace.report import Report
from gotrace.version import VERSION

MOST_THREADS = 100  # of a large dump; Sentry drops events over 1 MB
ENDS = 500  # frames kept at each end of a stack, as Sentry does


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """A line for each dump."""
    for report in reports:
        out.write(encode(event(report)) + "\n")


def event(report: Report) -> Json:
    """One event. Its id is made from the text: the same dump sent again is the same event."""
    found = crash.crash_of(report)
    made: Json = {
        "event_id": crash.identity(report, found.prints),
        "platform": "go",
        "level": "fatal" if found.fatal else "info",
        "logger": "gotrace",
        "sdk": {"name": "gotrace", "version": VERSION},
        "fingerprint": [found.prints.stack],
        "exception": {"values": [_exception(report, found)]},
        "threads": {"values": [_thread(report, g) for g in report.goroutines[:MOST_THREADS]]},
        "contexts": {"gotrace": {"culprit": crash.culprit_text(report)}},
        "extra": {"log": text(report.dump.source)},
    }
    if found.frame is not None:
        made["culprit"] = text(found.frame.frame.function)
    moment = crash.stamp(found.nanoseconds)
    if moment is not None:
        made["timestamp"] = moment
    return made


def _exception(report: Report, found: crash.Crash) -> Json:
    goroutine = found.goroutine
    made: Json = {
        "type": found.type,
        "value": found.message,
        "mechanism": {"type": "gopanic", "handled": any(c.recovered for c in report.dump.causes)},
    }
    if goroutine is not None:
        made["thread_id"] = goroutine.goroutine.id
        made["stacktrace"] = _stack(goroutine)
    return made


def _thread(report: Report, goroutine: AnnotatedGoroutine) -> Json:
    plain = goroutine.goroutine
    made: Json = {
        "id": plain.id,
        "name": f"goroutine {plain.id}",
        "state": text(plain.state or ""),
        "crashed": plain.crashed,
        "current": plain.crashed,
    }
    if not plain.crashed:  # of the one that crashed it stands at the exception
        made["stacktrace"] = _stack(goroutine)
    return made


def _stack(goroutine: AnnotatedGoroutine) -> Json:
    """The oldest frame first; where there are too many, those in the middle are left out."""
    frames = goroutine.frames
    if len(frames) > 2 * ENDS:
        frames = (*frames[:ENDS], *frames[-ENDS:])
    return {"frames": [_frame(f) for f in reversed(frames)]}


def _frame(frame: AnnotatedFrame) -> Json:
    plain, name = frame.frame, frame.name
    function = f"({name.receiver}).{name.name}" if name.receiver else name.name
    made: Json = {"function": text(function), "in_app": frame.in_app}
    if name.package is not None:
        made["module"] = text(name.package)
    if plain.site is not None:
        path = text(plain.site.file)
        made |= {
            "filename": path.replace("\\", "/").rsplit("/", 1)[-1],
            "abs_path": path,
            "lineno": plain.site.line,
        }
    if plain.pc is not None:
        made["instruction_addr"] = hexadecimal(plain.pc)
    told = crash.variables(frame)
    if told:
        made["vars"] = told
    return made
