"""``gotrace annotate``: its options."""

from __future__ import annotations

import argparse
import sys

from gotrace.commands.shared import EPILOG
from gotrace.exits import USAGE
from gotrace.formats import FORMATS


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "annotate",
        help="decode the tracebacks in logs: every printed word as a named, typed argument",
        description="Decode every Go traceback in FILE: each printed word as a named, typed "
        "argument, with how far it can be trusted.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=_run, parser=parser)
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="logs to read; - is standard input"
    )
    parser.add_argument(
        "--prefix", metavar="REGEX",
        help="what stands before each line of the log, where it is a format of your own",
    )  # fmt: skip
    add_signatures(parser)
    add_program(parser)
    _add_output(parser)


def add_signatures(parser: argparse.ArgumentParser) -> None:
    """The options that give signatures."""
    signatures = parser.add_argument_group("signatures")
    signatures.add_argument(
        "--signatures", action="append", default=[], metavar="FILE",
        help="Go text with package clauses, functions, methods and types (a real .go file too), or "
        "what `gotrace signatures` wrote",
    )  # fmt: skip
    signatures.add_argument(
        "--signature", action="append", default=[], metavar="TEXT",
        help="one prototype: 'func main.serve(name string, n int) error'",
    )  # fmt: skip
    signatures.add_argument(
        "--no-discover", dest="discover", action="store_false", default=None,
        help="do not use a prototypes.go that lies beside the log",
    )  # fmt: skip


def add_program(parser: argparse.ArgumentParser) -> None:
    """The options that tell of the program."""
    program = parser.add_argument_group("the program that crashed")
    program.add_argument(
        "--binary", action="append", default=[], metavar="FILE",
        help="the program's own file (ELF, Mach-O, PE; stripped ones too): signatures and values",
    )  # fmt: skip
    program.add_argument(
        "--source", action="append", default=[], metavar="DIR",
        help="a folder with its Go source: signatures",
    )  # fmt: skip
    program.add_argument(
        "--path-map", action="append", default=[], metavar="FROM=TO",
        help="files that the trace puts under FROM lie under TO",
    )  # fmt: skip
    program.add_argument(
        "--no-stdlib", dest="stdlib", action="store_false",
        help="do not use the signatures of the standard library that are built in",
    )  # fmt: skip
    program.add_argument("--go", metavar="VERSION", help="its Go release (1.21, 1.23.4)")
    program.add_argument("--arch", metavar="GOARCH", help="its architecture (amd64, 386, arm64 …)")


def _add_output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=tuple(FORMATS), default="text")
    output.add_argument("-o", "--output", metavar="FILE", help="write there, not to stdout")
    output.add_argument("--all", action="store_true", help="show every goroutine in full")
    output.add_argument(
        "--explain", action="store_true",
        help="show every piece of evidence for the culprit, with its rule and weight",
    )  # fmt: skip
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


def _run(options: argparse.Namespace) -> int:
    from gotrace.annotating import annotate_files  # noqa: PLC0415 - the main job's modules

    if not options.files:
        if sys.stdin is None or sys.stdin.isatty():
            print("gotrace annotate: no FILE, and nothing is piped in\n", file=sys.stderr)
            options.parser.print_help(sys.stderr)
            return USAGE
        options.files = ["-"]
    return annotate_files(options)
