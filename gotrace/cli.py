"""The command ``gotrace``. It parses options, opens files and prints; all else is elsewhere."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from gotrace.errors import GotraceError
from gotrace.exits import BROKEN_PIPE, INTERRUPTED, OK, USAGE, complain
from gotrace.version import VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

# In the order of the help; each is a module of gotrace.commands, imported when it is asked for.
COMMANDS = (
    "annotate", "run", "group", "diff", "scan", "lsp", "mcp", "signatures", "schema", "completion",
)  # fmt: skip
_KNOWS_ALL = {"completion"}  # what looks at the options of every command
_OBJECTS = 50_000  # a small run makes fewer, and the collector finds nothing in them


def script() -> None:
    """The console script: run, and leave with the exit code."""
    gc.set_threshold(_OBJECTS)
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
    else:
        _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End the process here: to take a large dump apart again takes longer than to group it.

    Not where somebody else's code waits for the end: threads, profilers, coverage, debuggers.
    """
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return
    if sys.getprofile() or sys.gettrace() or sys.flags.inspect:
        return
    atexit._run_exitfuncs()
    if sys.stderr is not None:
        sys.stderr.flush()
    os._exit(code)


def _mute_stdout() -> None:
    """The interpreter flushes once more at exit: give it somewhere to write to."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str]) -> int:
    """Run the command with ``arguments``; the exit code."""
    if [*arguments] == ["--version"]:
        print(f"gotrace {VERSION}")
        return OK
    parser = build_parser(arguments[0] if arguments else None)
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


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser; shell completion and the man page are made from it.

    Where the first word is a ``command``, no other one's options are needed.
    """
    from importlib import import_module  # noqa: PLC0415 - not for --version

    from gotrace.commands.shared import EPILOG, Parser  # noqa: PLC0415

    parser = Parser(
        prog="gotrace",
        description="Decodes Go panic traces and goroutine dumps.",
        epilog=EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"gotrace {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    alone = command in COMMANDS and command not in _KNOWS_ALL
    for name in (command,) if alone else COMMANDS:
        import_module(f"gotrace.commands.{name}").add(commands)
    return parser
