"""The command ``gotrace``. It parses options, opens files and prints; all else is elsewhere."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from gotrace.commands import annotate, diff, group, run, scan, schema, signatures
from gotrace.commands.shared import EPILOG
from gotrace.errors import GotraceError
from gotrace.exits import BROKEN_PIPE, INTERRUPTED, USAGE, complain
from gotrace.version import VERSION

COMMANDS = (annotate, run, group, diff, scan, signatures, schema)


def script() -> None:
    """The console script: run, and leave with the exit code."""
    try:
        if sys.stdout is None:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - somebody closed it
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        code = BROKEN_PIPE
        _mute_stdout()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError as error:
        code = USAGE
        complain(GotraceError(f"cannot write the output: {error.strerror}"))
        _mute_stdout()
    sys.exit(code)


def _mute_stdout() -> None:
    """The interpreter flushes once more at exit: give it somewhere to write to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str]) -> int:
    """Run the command with ``arguments``; the exit code."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    try:
        code: int = options.run(options)
    except GotraceError as error:
        complain(error)
        return USAGE
    return code


def build_parser() -> argparse.ArgumentParser:
    """The parser; shell completion and the man page are made from it."""
    parser = argparse.ArgumentParser(
        prog="gotrace",
        description="Decodes Go panic traces and goroutine dumps.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gotrace {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for command in COMMANDS:
        command.add(commands)
    return parser
