"""``gotrace diff``: its options."""

from __future__ import annotations

import argparse

from gotrace.commands.group import add_shared

_EPILOG = """\
exit codes: 0 compared · 3 a LOG without goroutines · 2 usage, or an input that could not be read
70 a defect of gotrace · 130 ^C · 141 the reader of the output went away

  gotrace diff before.txt after.txt
  gotrace diff --min-wait 5 --format json before.txt after.txt
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "diff",
        help="what two goroutine dumps have differently: groups new, grown, shrunk, gone",
        description="Compare the last dump in OLD with the last dump in NEW: which groups of "
        "goroutines are new, grown, shrunk or gone.",
        epilog=_EPILOG,
    )
    parser.set_defaults(run=_run, parser=parser)
    parser.add_argument("old", metavar="OLD", help="a log; - is standard input")
    parser.add_argument("new", metavar="NEW", help="a later one")
    add_shared(parser, by="values")


def _run(options: argparse.Namespace) -> int:
    from gotrace.commands.group_files import diff_files  # noqa: PLC0415 - the main job's modules

    return diff_files(options)
