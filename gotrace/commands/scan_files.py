"""What ``gotrace scan`` does: all dumps of all files, progress, exit codes."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator

from gotrace.commands.scan_output import print_dumps
from gotrace.errors import GotraceError
from gotrace.exits import FINDINGS, INTERNAL, NOTHING, OK, USAGE, complain
from gotrace.formats import BINARY
from gotrace.input.envelopes.own import own_prefix
from gotrace.inputs import complain_of_line
from gotrace.model import Dump
from gotrace.scanning.scanner import Scanner
from gotrace.scanning.sources import found_in, in_time_order, rotated_with

_LOUD = 1.0  # seconds of work before progress is shown


def scan_files(options: argparse.Namespace) -> int:
    """Scan all files, print, and return the exit code.

    Errors: GotraceError for options that make no sense; an unreadable file is reported, and the
            others are still done.
    """
    if options.prefix is not None:
        own_prefix(options.prefix)
    if options.follow and len(options.files) > 1:
        raise GotraceError("--follow takes one LOG", "start one gotrace for each")
    if options.follow and options.format in BINARY:
        hint = "leave --follow out, or follow as ndjson and turn that into a table"
        raise GotraceError(f"{options.format} is complete at the end, --follow has none", hint)
    scan = _Scan(options)
    if options.quiet:
        any(True for _ in scan.dumps())
    else:
        print_dumps(scan, options)
    return scan.code()


class _Scan:
    """One run of the command: its files, and what happened so far."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.names = _names(options)
        self.jobs = options.jobs
        self.failed = False
        self.found = False
        self.defect = False

    def dumps(self) -> Iterator[Dump]:
        """All dumps, each as soon as it is complete."""
        for name in self.names:
            try:
                for dump in _dumps(name, self.options, self.jobs):
                    _Progress.clear()
                    self.found = True
                    self.defect |= any(i.code == "internal" for i in dump.issues)
                    yield dump
            except GotraceError as error:
                _Progress.clear()
                complain(error)
                self.failed = True
        _Progress.clear()

    def code(self) -> int:
        """The exit code; with -q it is grep's."""
        if self.defect:
            return INTERNAL
        if self.options.quiet and self.found:
            return OK
        if self.failed:
            return USAGE
        return OK if self.found else FINDINGS if self.options.quiet else NOTHING


def _names(options: argparse.Namespace) -> list[str]:
    if options.rotated:
        return [name for given in options.files for name in rotated_with(given)]
    names = in_time_order([n for n in options.files if n != "-"])
    return names if len(names) == len(options.files) else options.files


def _dumps(name: str, options: argparse.Namespace, jobs: int) -> Iterator[Dump]:
    def overlong(place: int) -> None:
        _Progress.clear()
        complain_of_line(name, place, options.max_dump)

    if options.follow:
        from gotrace.scanning.following import follow  # noqa: PLC0415 - on demand

        yield from follow(
            name, prefix=options.prefix, max_dump_bytes=options.max_dump, overlong=overlong
        )
        return
    if jobs > 1 and name != "-":
        from gotrace.scanning.ranges import scan_in_ranges  # noqa: PLC0415 - starts processes

        yield from scan_in_ranges(
            name, jobs, prefix=options.prefix, max_dump_bytes=options.max_dump, overlong=overlong
        )
        return
    scanner = Scanner(name, prefix=options.prefix, max_dump_bytes=options.max_dump)
    progress = _Progress(name)
    for found in found_in(name, scanner):
        yield from found
        progress.at(scanner.position)
    if scanner.overlong is not None:
        overlong(scanner.overlong)


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
