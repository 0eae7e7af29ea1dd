"""What ``gotrace scan`` does: dumps as lines of JSON, progress, exit codes."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from io import TextIOWrapper

from gotrace.errors import GotraceError
from gotrace.exits import FINDINGS, INTERNAL, NOTHING, OK, USAGE, complain
from gotrace.fingerprints import fingerprints
from gotrace.input.envelopes.own import own_prefix
from gotrace.model import Dump, Goroutine
from gotrace.scanning.scanner import Scanner
from gotrace.scanning.sources import found_in, in_time_order, rotated_with

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = "gotrace/1"
_LOUD = 1.0  # seconds of work before progress is shown


def scan_files(options: argparse.Namespace) -> int:
    """Scan all files, print, and return the exit code.

    Errors: GotraceError for a --prefix that is none; an unreadable file is reported, and the
            others are still done.
    """
    if options.prefix is not None:
        own_prefix(options.prefix)
    if options.follow and len(options.files) > 1:
        raise GotraceError("--follow takes one LOG", "start one gotrace for each")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    failed = found = defect = False
    for name in _names(options):
        try:
            for dump in _dumps(name, options):
                found = True
                defect |= any(i.code == "internal" for i in dump.issues)
                if options.quiet:
                    return OK
                _print(dump, options)
        except GotraceError as error:
            _Progress.clear()
            complain(error)
            failed = True
    _Progress.clear()
    if defect:
        return INTERNAL
    if failed:
        return USAGE
    return OK if found else FINDINGS if options.quiet else NOTHING


def _names(options: argparse.Namespace) -> list[str]:
    if options.rotated:
        return [name for given in options.files for name in rotated_with(given)]
    names = in_time_order([n for n in options.files if n != "-"])
    return names if len(names) == len(options.files) else options.files


def _dumps(name: str, options: argparse.Namespace) -> Iterator[Dump]:
    if options.follow:
        from gotrace.scanning.following import follow  # noqa: PLC0415 - on demand

        yield from follow(name, prefix=options.prefix, max_dump_bytes=options.max_dump)
        return
    if options.jobs > 1 and name != "-":
        from gotrace.scanning.ranges import scan_in_ranges  # noqa: PLC0415 - starts processes

        yield from scan_in_ranges(
            name, options.jobs, prefix=options.prefix, max_dump_bytes=options.max_dump
        )
        return
    scanner = Scanner(name, prefix=options.prefix, max_dump_bytes=options.max_dump)
    progress = _Progress(name)
    for found in found_in(name, scanner):
        yield from found
        progress.at(scanner.position)


def _print(dump: Dump, options: argparse.Namespace) -> None:
    import json  # noqa: PLC0415 - not where nothing is found

    _Progress.clear()
    sys.stdout.write(json.dumps(_full(dump) if options.full else summary(dump)) + "\n")
    if options.follow:
        sys.stdout.flush()


def summary(dump: Dump) -> dict[str, Any]:
    """When, which stream, where, and what: without the frames."""
    place = dump.where(dump.span)
    return {
        "schema": SCHEMA,
        "source": _text(dump.source),
        **_told(dump),
        "place": {
            "start": place.start,
            "end": place.end,
            "first_line": dump.first_line,
            "last_line": dump.last_line,
        },
        "kind": str(dump.kind),
        "causes": [{"kind": str(c.kind), "message": _text(c.message)} for c in dump.causes],
        "signal": None if dump.signal is None else dump.signal.name,
        "goroutines": len(dump.goroutines),
        "frames": sum(len(g.frames) for g in dump.goroutines),
        "crashed": _crashed(dump.crashed),
        "fingerprints": fingerprints(dump)._asdict(),
        "issues": sorted({i.code for i in dump.issues}),
        "repaired": [n.text for n in dump.notes if n.code == "repaired"],
    }


def _told(dump: Dump) -> dict[str, Any]:
    """What the envelope said of it."""
    return {
        "timestamp": _text(dump.timestamp) or None,
        "stream": _text(dump.stream) or None,
        "envelope": list(dump.envelope),
    }


def _crashed(goroutine: Goroutine | None) -> dict[str, Any] | None:
    if goroutine is None:
        return None
    return {"goroutine": goroutine.id, "frames": [_text(f.function) for f in goroutine.frames[:8]]}


def _full(dump: Dump) -> dict[str, Any]:
    from gotrace.rendering.json import dump as full  # noqa: PLC0415 - only with --full
    from gotrace.report import annotate  # noqa: PLC0415

    told = {**_told(dump), "fingerprints": fingerprints(dump)._asdict()}
    return {**full(annotate(dump)), **told}


def _text(raw: str) -> str:
    """``raw`` without what is no Unicode."""
    return raw if raw.isascii() else raw.encode("utf-8", "replace").decode()


class _Progress:
    """How far the scan is, on stderr, where that is a terminal and it takes long."""

    shown = False

    def __init__(self, name: str) -> None:
        self._name = os.path.basename(name)
        self._began = time.monotonic()
        try:
            self._size = os.stat(name).st_size if name != "-" else 0
        except OSError:
            self._size = 0
        self._on = sys.stderr is not None and sys.stderr.isatty()

    def at(self, position: int) -> None:
        """Say that ``position`` was reached."""
        if not self._on or time.monotonic() - self._began < _LOUD:
            return
        done = f"{position >> 20} MB"
        if self._size > position:
            done += f" of {self._size >> 20} MB"
        sys.stderr.write(f"\r\x1b[K{self._name}: {done}")
        sys.stderr.flush()
        _Progress.shown = True

    @staticmethod
    def clear() -> None:
        """Take the line away, before anything else is printed."""
        if _Progress.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            _Progress.shown = False
