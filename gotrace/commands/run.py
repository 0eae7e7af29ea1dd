"""``gotrace run``: its options."""

from __future__ import annotations

import argparse
import sys

from gotrace.commands.evidence import add_program, add_signatures
from gotrace.exits import USAGE
from gotrace.formats import BINARY, FORMATS

_EPILOG = """\
The program's output passes through untouched and at once, signals are passed on, and the exit code
is the program's (127 where there is no such program, 126 where it cannot be run).

  gotrace run ./server --port 8080
  gotrace run go test ./...
  gotrace run --report crash.html --format html -- ./worker
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "run",
        help="run a program; when it crashes, the decoded crash follows its output",
        description="Run PROGRAM. When it crashes with a Go traceback, decode that, with names and "
        "values from the program's own file.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(
        run=_run, parser=parser, prefix=None, output=None, redact=None, config=None, fail_on=None,
        disable=[], baseline=None, write_baseline=None,
        all=False, explain=False, color="auto",
    )  # fmt: skip
    parser.add_argument("--report", metavar="FILE", help="write the decoded crash there")
    formats = tuple(name for name in FORMATS if name not in BINARY)
    parser.add_argument(
        "--format",
        choices=formats,
        default="text",
        help="how the decoded crash is written (default: text)",
    )
    parser.add_argument(
        "--on-crash", metavar="COMMAND",
        help="run COMMAND in a shell after a crash, with the decoded crash as NDJSON on its stdin",
    )  # fmt: skip
    add_signatures(parser)
    add_program(parser)
    parser.add_argument("program", nargs=argparse.REMAINDER, metavar="[--] PROGRAM ARG…")


def _run(options: argparse.Namespace) -> int:
    from gotrace.running.program import run_program  # noqa: PLC0415 - only for this command

    if options.program[:1] == ["--"]:
        del options.program[0]
    if not options.program:
        print("gotrace run: no PROGRAM\n", file=sys.stderr)
        options.parser.print_help(sys.stderr)
        return USAGE
    return run_program(options)
