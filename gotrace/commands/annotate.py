"""``gotrace annotate``: its options."""

from __future__ import annotations

import argparse
import sys

from gotrace.commands.evidence import add_program, add_signatures
from gotrace.commands.shared import EPILOG, add_colour
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
        "files", nargs="*", metavar="FILE",
        help="logs to read; - is standard input; http://…/debug/pprof/goroutine?debug=2 asks a "
        "living program",
    )  # fmt: skip
    parser.add_argument(
        "--prefix", metavar="REGEX",
        help="what stands before each line of the log, where it is a format of your own",
    )  # fmt: skip
    add_signatures(parser)
    add_program(parser)
    _add_live(parser)
    add_findings(parser)
    _add_output(parser)


def add_findings(parser: argparse.ArgumentParser) -> None:
    """The options that are about findings."""
    findings = parser.add_argument_group("findings (docs/findings.md)")
    findings.add_argument(
        "--fail-on", choices=("note", "warning", "error"), metavar="LEVEL",
        help="exit with 1 when there is a finding of this level (note, warning, error) or above",
    )  # fmt: skip
    findings.add_argument(
        "--disable", action="append", default=[], metavar="CODE", help="do not look for this one"
    )
    findings.add_argument(
        "--baseline", metavar="FILE", help="do not report the findings that are listed there"
    )
    findings.add_argument(
        "--write-baseline", metavar="FILE", help="list the findings of this run there"
    )


def _add_live(parser: argparse.ArgumentParser) -> None:
    live = parser.add_argument_group("a living program, by its URL")
    live.add_argument(
        "--every", type=_seconds, metavar="TIME",
        help="look again every 10s, 1m …, and print which groups of goroutines grow",
    )  # fmt: skip
    live.add_argument(
        "--for", dest="during", type=_seconds, default=300.0, metavar="TIME",
        help="how long (5m); ^C ends it sooner",
    )  # fmt: skip


def _seconds(text: str) -> float:
    """A duration, as an option. Errors: ArgumentTypeError."""
    from gotrace.watching import seconds  # noqa: PLC0415 - only with the option

    try:
        return seconds(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _add_output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format", choices=tuple(FORMATS), default="text",
        help="text for people (default), json for programs, html for a page; docs/outputs.md has "
        "them all",
    )  # fmt: skip
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
    add_colour(output)
    add_terminal(output)
    output.add_argument(
        "--config", metavar="FILE", help="settings; default: the nearest gotrace.toml"
    )


def add_terminal(output: argparse._ArgumentGroup) -> None:
    """What a terminal can do beyond colour."""
    output.add_argument(
        "--hyperlink", default="auto", metavar="WHAT",
        help="make places links: auto (on a terminal), never, file, vscode, cursor, idea, goland "
        "…, or a form with {path}, {line}, {column}",
    )  # fmt: skip
    output.add_argument(
        "--no-pager", dest="pager", action="store_false",
        help="do not show long output in $GOTRACE_PAGER, $PAGER or less",
    )  # fmt: skip


def _run(options: argparse.Namespace) -> int:
    if options.every is not None:
        return _watch(options)
    from gotrace.annotating import annotate_files  # noqa: PLC0415 - the main job's modules

    if not options.files:
        if sys.stdin is None or sys.stdin.isatty():
            print("gotrace annotate: no FILE, and nothing is piped in\n", file=sys.stderr)
            options.parser.print_help(sys.stderr)
            return USAGE
        options.files = ["-"]
    return annotate_files(options)


def _watch(options: argparse.Namespace) -> int:
    from gotrace.watching import watch  # noqa: PLC0415 - only with --every

    if len(options.files) != 1 or not options.files[0].lower().startswith(("http://", "https://")):
        options.parser.error(
            "--every needs one URL, like http://host:6060/debug/pprof/goroutine?debug=2"
        )
    return watch(options)
