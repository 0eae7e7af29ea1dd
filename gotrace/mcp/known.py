"""Logs that were asked for, parsed once: an agent asks several times about the same one."""

from __future__ import annotations

import argparse
import os
import time
from typing import TYPE_CHECKING

from gotrace.decoding import BESIDE, Run, begin, decoded, signatures_for
from gotrace.errors import GotraceError
from gotrace.mcp.logs import MOST_TEXT, Roots, read_log
from gotrace.parsing import each_dump
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.model import Dump
    from gotrace.report import Report

KEPT = 4  # logs
FRESH = 60.0
MOST_DUMPS = 1000  # of a log
GIVEN = "(text)"


class Asked(NamedTuple):
    """What a question is about: a log by its path or as text, and what is known of its program."""

    path: str = ""
    text: str = ""
    binary: str = ""
    source: str = ""


class Log:
    """A log's dumps, and the reports that were asked for. ``more``: it has further dumps."""

    def __init__(self, name: str, data: bytes, run: Run, path: str) -> None:
        self.name = name
        self.data = data
        self.dumps: list[Dump] = []
        self.more = False
        self._run = run
        self._path = path
        self._reports: dict[int, Report] = {}
        for dump in each_dump(data, source=name, prefix=run.options.prefix):
            if len(self.dumps) == MOST_DUMPS:
                self.more = True
                break
            self.dumps.append(dump)

    def dump(self, number: int) -> Dump:
        """A dump. Errors: GotraceError where there is none of that number."""
        if not 0 <= number < len(self.dumps):
            raise GotraceError(self._missing(number))
        return self.dumps[number]

    def report(self, number: int) -> Report:
        """What is known of a dump. Errors: like :meth:`dump`."""
        if number not in self._reports:
            signatures = signatures_for(self._run, self._path)
            self._reports[number] = decoded(self._run, self.dump(number), signatures)
        return self._reports[number]

    def _missing(self, number: int) -> str:
        if not self.dumps:
            return f"{self.name}: no Go traceback found"
        return f"{self.name}: no dump {number}: it holds {len(self.dumps)}, the first is 0"


class Known:
    """The last KEPT logs. Those of an older question than FRESH seconds are read anew: somebody may
    have edited the source."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.roots = Roots(options.root)
        self._options = options
        self._logs: dict[tuple[object, ...], tuple[float, Log]] = {}
        self._run(Asked())  # what the user named has to be there

    def log(self, asked: Asked) -> Log:
        """The log of a question. Errors: GotraceError."""
        if bool(asked.path) == bool(asked.text):
            raise GotraceError(
                "either path or text is needed: the file of a log, or the log itself"
            )
        if len(asked.text) > MOST_TEXT:
            raise GotraceError(f"text: more than {MOST_TEXT >> 20} Mi characters", "give a path")
        path = self.roots.allowed(asked.path) if asked.path else ""
        key = (asked, path, _state(path))
        since, log = self._logs.pop(key, (0.0, None))
        if log is None or time.monotonic() - since > FRESH:
            since, log = time.monotonic(), self._read(asked, path)
        self._logs[key] = (since, log)
        while len(self._logs) > KEPT:
            del self._logs[next(iter(self._logs))]
        return log

    def _read(self, asked: Asked, path: str) -> Log:
        run = self._run(asked)
        if not path:
            data = asked.text.encode("utf-8", "surrogatepass")
            return Log(GIVEN, data, run, "-")
        beside = path if self._allows_beside(path) else "-"
        return Log(asked.path, read_log(path, asked.path), run, beside)

    def _allows_beside(self, path: str) -> bool:
        """Whether prototypes beside a log are below a root too, and no link out of it."""
        try:
            self.roots.allowed(os.path.join(os.path.dirname(path), BESIDE))
        except GotraceError:
            return False
        return True

    def _run(self, asked: Asked) -> Run:
        more = {
            "binary": [*self._options.binary, *self._paths(asked.binary)],
            "source": [*self._options.source, *self._paths(asked.source)],
        }
        run = begin(argparse.Namespace(**{**vars(self._options), **more}))
        if run.failed:
            raise GotraceError(run.unreadable[-1])
        return run

    def _paths(self, path: str) -> list[str]:
        return [self.roots.allowed(path)] if path else []


def _state(path: str) -> tuple[int, ...]:
    """What changes when the file does."""
    if not path:
        return ()
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
