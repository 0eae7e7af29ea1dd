"""``gotrace group``: its options."""

from __future__ import annotations

import argparse
import sys

from gotrace.commands.shared import add_colour
from gotrace.exits import USAGE

_EPILOG = """\
exit codes: 0 a goroutine was found · 3 none · 2 usage, or an input that could not be read (the
others are still done) · 70 a defect of gotrace · 130 ^C · 141 the reader of the output went away

  gotrace group goroutines.txt
  curl -s localhost:6060/debug/pprof/goroutine?debug=2 | gotrace group --min-wait 10
  gotrace group --function store. --by values --format json dump.txt
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "group",
        help="goroutines with the same stack together, your own code first",
        description="Put the goroutines of each dump in LOG that have the same stack into one "
        "group: how many, in which state, for how long, in which of your functions.",
        epilog=_EPILOG,
    )
    parser.set_defaults(run=_run, parser=parser)
    parser.add_argument("files", nargs="*", metavar="LOG", help="logs; - is standard input")
    add_shared(parser, by="pointers")


def add_shared(parser: argparse.ArgumentParser, *, by: str) -> None:
    """The options that ``gotrace diff`` has too."""
    parser.add_argument(
        "--by", choices=("exact", "pointers", "values"), default=by,
        help="what makes stacks different: every word, every word that does not look like a "
        f"pointer, or no word (default: {by})",
    )  # fmt: skip
    only = parser.add_argument_group("only goroutines")
    only.add_argument("--state", metavar="TEXT", help="whose state holds TEXT")
    only.add_argument("--function", metavar="TEXT", help="with a function that holds TEXT")
    only.add_argument("--file", metavar="TEXT", help="with a file that holds TEXT")
    only.add_argument(
        "--min-wait", type=int, metavar="MINUTES", help="that wait for MINUTES at least"
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format", choices=("text", "json"), default="text",
        help="for people (default) or for programs",
    )  # fmt: skip
    output.add_argument("-o", "--output", metavar="FILE", help="write there, not to stdout")
    output.add_argument("--all", action="store_true", help="show all frames, not only yours")
    add_colour(output)
    output.add_argument("--prefix", metavar="REGEX", help="what stands before each line")


def _run(options: argparse.Namespace) -> int:
    from gotrace.commands.group_files import group_files  # noqa: PLC0415 - the main job's modules

    if not options.files:
        if sys.stdin is None or sys.stdin.isatty():
            print("gotrace group: no LOG, and nothing is piped in\n", file=sys.stderr)
            options.parser.print_help(sys.stderr)
            return USAGE
        options.files = ["-"]
    return group_files(options)
