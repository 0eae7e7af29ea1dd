"""The command ``gotrace annotate``: from options to output and an exit code."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from gotrace.decoding import Run, begin, decoded, fail, signatures_for
from gotrace.errors import GotraceError
from gotrace.exits import say
from gotrace.inputs import label, look_for_long_lines, named, read_named
from gotrace.output import opened
from gotrace.parsing import each_dump
from gotrace.printing import print_reports
from gotrace.report import Report
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.binary.program import Program


class Given(NamedTuple):
    """What a caller has at hand: the bytes of inputs by their names, opened programs, and where to
    print."""

    inputs: dict[str, bytes]
    programs: tuple[Program, ...]
    out: TextIO


def annotate_files(options: argparse.Namespace, given: Given | None = None) -> int:
    """Annotate all files, print, and return the exit code.

    Errors: GotraceError for options that make no sense; an unreadable file is reported, and the
            others are still done.
    """
    run = begin(options)
    if given is not None:
        run.inputs = given.inputs
        run.binaries += given.programs
        _print_reports(run, given.out)
        return run.code()
    with opened(options.output, options.files, text=options.format == "text") as out:
        _print_reports(run, out)
    if options.write_baseline is not None:
        from gotrace.findings.baseline import write  # noqa: PLC0415 - only with the option

        write(options.write_baseline, run.found_findings)
    if not run.found and not run.failed:
        say(f"no Go traceback found in {named(options.files)}")
    return run.code()


def _reports(run: Run) -> Iterator[Report]:
    for name in run.options.files:
        try:
            data = run.inputs[name] if name in run.inputs else read_named(name)
            signatures = signatures_for(run, name)
        except GotraceError as error:
            fail(run, error)
            continue
        look_for_long_lines(name, data)
        for dump in each_dump(data, source=label(name), prefix=run.options.prefix):
            yield decoded(run, dump, signatures)


def _print_reports(run: Run, out: TextIO) -> None:
    print_reports(
        _reports(run),
        out,
        run.options,
        sources=run.sources,
        notes=run.notes,
        unreadable=run.unreadable,
    )
