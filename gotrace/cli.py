"""The command ``gotrace``. It parses options, opens files and prints; all else is elsewhere."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from gotrace.errors import GotraceError
from gotrace.exits import BROKEN_PIPE, INTERRUPTED, OK, USAGE, complain
from gotrace.version import VERSION

_EPILOG = """\
exit codes: 0 ok · 1 a finding at the --fail-on level · 2 usage, or an input that could not be
read (the others are still done) · 3 no traceback found · 70 a defect of gotrace · 130 ^C · 141 the
reader of the output went away

  gotrace annotate panic.log
  gotrace annotate --signatures prototypes.go panic.log
  kubectl logs -p mypod | gotrace annotate --signature 'func main.serve(name string, n int)'
"""


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
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gotrace {VERSION}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_annotate(commands)
    schema = commands.add_parser("schema", help="print the JSON Schema of the annotation")
    schema.set_defaults(run=_schema)
    return parser


def _add_annotate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "annotate",
        help="decode the tracebacks in logs: every printed word as a named, typed argument",
        description="Decode every Go traceback in FILE: each printed word as a named, typed "
        "argument, with how far it can be trusted.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=_annotate, parser=parser)
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="logs to read; - is standard input"
    )
    signatures = parser.add_argument_group("signatures")
    signatures.add_argument(
        "--signatures", action="append", default=[], metavar="FILE",
        help="Go text with package clauses, functions, methods and types (a real .go file too)",
    )  # fmt: skip
    signatures.add_argument(
        "--signature", action="append", default=[], metavar="TEXT",
        help="one prototype: 'func main.serve(name string, n int) error'",
    )  # fmt: skip
    signatures.add_argument(
        "--no-discover", dest="discover", action="store_false", default=None,
        help="do not use a prototypes.go that lies beside the log",
    )  # fmt: skip
    program = parser.add_argument_group("the program that crashed")
    program.add_argument("--go", metavar="VERSION", help="its Go release (1.21, 1.23.4)")
    program.add_argument("--arch", metavar="GOARCH", help="its architecture (amd64, 386, arm64 …)")
    _add_output(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=("text", "json", "ndjson"), default="text")
    output.add_argument("-o", "--output", metavar="FILE", help="write there, not to stdout")
    output.add_argument("--all", action="store_true", help="show every goroutine in full")
    output.add_argument(
        "--redact", action="store_true", default=None,
        help="replace texts and message values by their lengths",
    )  # fmt: skip
    output.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    output.add_argument(
        "--fail-on", choices=("note", "warning", "error"), metavar="LEVEL",
        help="exit with 1 when there is a finding of this level (note, warning, error) or above",
    )  # fmt: skip
    output.add_argument(
        "--config", metavar="FILE", help="settings; default: the nearest gotrace.toml"
    )


def _schema(_: argparse.Namespace) -> int:
    from gotrace.rendering.schema import schema_text  # noqa: PLC0415

    print(schema_text(), end="")
    return OK


def _annotate(options: argparse.Namespace) -> int:
    from gotrace.annotating import annotate_files  # noqa: PLC0415 - the main job's modules

    if not options.files:
        if sys.stdin is None or sys.stdin.isatty():
            print("gotrace annotate: no FILE, and nothing is piped in\n", file=sys.stderr)
            options.parser.print_help(sys.stderr)
            return USAGE
        options.files = ["-"]
    return annotate_files(options)
