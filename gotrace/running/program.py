"""From a command line to the exit code of ``gotrace run``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from io import StringIO
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gotrace.errors import GotraceError
from gotrace.exits import say
from gotrace.running.capture import Capture
from gotrace.running.child import Child, leave
from gotrace.running.executables import Executables
from gotrace.running.forward import forward, pipe, stay
from gotrace.running.go_command import builds, is_go_test, keeping, kept
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.binary.program import Program

OUT, ERR = 1, 2
NOT_EXECUTABLE, NO_PROGRAM = 126, 127  # as shells say it


class Ended(NamedTuple):
    """The program's end, as waitpid tells it."""

    status: int


def run_program(options: argparse.Namespace) -> int:
    """Run it, tell of its crash, and end as it did."""
    with TemporaryDirectory(prefix="gotrace-") as folder:
        status = _run(options, folder)
    return status if isinstance(status, int) else leave(status.status)


def _run(options: argparse.Namespace, folder: str) -> int | Ended:
    routes, streams = _routes(options.program)
    try:
        child = Child(keeping(options.program, folder), streams)
    except OSError as error:
        say(f"{options.program[0]}: {error.strerror}")
        return NO_PROGRAM if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    for its_end in {ours for ours, _ in streams}:
        os.close(its_end)
    capture, executables = Capture(), Executables()
    if not builds(options.program):  # that is the tool, not what crashed
        executables.hold(child.pid)

    def saw(piece: bytes) -> None:
        if capture.feed(piece):
            executables.hold_descendants(child.pid)

    left = forward(routes, child.ended, saw)
    status = child.reap()
    if left:
        stay({reader: routes[reader] for reader in left})
    if status and capture.data:
        _tell(options, capture, [*kept(options.program, folder), *executables.paths], status)
    return Ended(status)


def _routes(command: Sequence[str]) -> tuple[dict[int, int], list[tuple[int, int]]]:
    """Which of the program's streams pass through us: from each pipe to where it goes, and the
    descriptors that the program gets.

    A runtime writes its traces to stderr, `go test` passes them on to stdout. Where both lead to
    one place that is no terminal, one pipe keeps their order; a terminal as stdout is left alone,
    since programs write in another way to a pipe.
    """
    reader, writer = pipe()
    same = os.path.sameopenfile(OUT, ERR) if _is_open(OUT) and _is_open(ERR) else False
    if same and (not os.isatty(OUT) or is_go_test(command)):
        return {reader: ERR}, [(writer, OUT), (writer, ERR)]
    if not is_go_test(command) or not _is_open(OUT):
        return {reader: ERR}, [(writer, ERR)]
    second, its_out = pipe()
    return {reader: ERR, second: OUT}, [(writer, ERR), (its_out, OUT)]


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


# ---------------------------------------------------------------------- the crash


def _tell(options: argparse.Namespace, capture: Capture, files: Sequence[str], status: int) -> None:
    """The decoded crash, where there is one. Nothing that goes wrong here changes how the program
    is seen to have ended."""
    from gotrace.parsing import each_dump  # noqa: PLC0415 - only for a crash

    data = capture.data
    if next(each_dump(data), None) is None:
        return
    try:
        _print(options, data, _programs(files), status)
    except (GotraceError, OSError, subprocess.SubprocessError) as error:
        say(f"the crash is not decoded: {error}")
    if capture.truncated:
        say("the tracebacks are longer than what is kept: the end is not decoded")


def _programs(paths: Sequence[str]) -> tuple[Program, ...]:
    """Those of Go's; the tool itself only where nothing else is."""
    from gotrace.binary.program import from_binary  # noqa: PLC0415 - only for a crash

    found = []
    for path in paths:
        try:
            found.append(from_binary(path))
        except GotraceError:  # a shell, a tool that is not of Go's
            continue
    return tuple(found)


def _print(
    options: argparse.Namespace, data: bytes, programs: tuple[Program, ...], status: int
) -> None:
    from gotrace.annotating import Given, annotate_files  # noqa: PLC0415 - only for a crash
    from gotrace.output import opened, width_of  # noqa: PLC0415
    from gotrace.rendering.style import clean, rule  # noqa: PLC0415

    name = options.program[0]
    options.files = [name]
    if builds(options.program) and not options.source:
        options.source = [os.curdir]
    how = f"exit code {os.WEXITSTATUS(status)}" if os.WIFEXITED(status) else "killed by a signal"
    with opened(options.report, [], text=options.format == "text") as out:
        target = out if options.report else sys.stderr
        if not options.report:
            title = rule(f"gotrace: {clean(name)} crashed ({how})", width_of(target))
            target.write(f"\n{title}\n\n")
        annotate_files(options, Given({name: data}, programs, target))
        target.flush()
    if options.on_crash:
        told = StringIO()
        options.format = "ndjson"
        annotate_files(options, Given({name: data}, programs, told))
        subprocess.run(options.on_crash, shell=True, input=told.getvalue(), text=True, check=False)
