"""``gotrace scan``: its options."""

from __future__ import annotations

import argparse
import sys

from gotrace.commands.evidence import add_program, add_signatures
from gotrace.exits import USAGE
from gotrace.formats import STREAMED

_EPILOG = """\
exit codes: 0 a dump was found · 3 none (with -q: 1) · 2 usage, or an input that could not be read
(the others are still done) · 70 a defect of gotrace · 130 ^C · 141 the reader of the output went
away

  gotrace scan /var/log/pods/*/*/*.log
  gotrace scan --rotated app.log | jq -r '.fingerprints.stack' | sort | uniq -c
  journalctl -fo export | gotrace scan --follow -
  gotrace scan --format ecs -o crashes.ndjson --binary ./app /var/log/app/*.log
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "scan",
        help="find every dump in logs of any size: one line of JSON each",
        description="Find every Go traceback in LOG, whatever wrapped it, and print one line of "
        "JSON for each: when, which stream, where, what. Other formats and --full decode it, with "
        "what is known of the program.",
        epilog=_EPILOG,
    )
    parser.set_defaults(
        run=_run, parser=parser, fail_on=None, disable=[], baseline=None, write_baseline=None
    )
    parser.add_argument(
        "files", nargs="*", metavar="LOG",
        help="logs, also .gz .bz2 .xz .zst; - is standard input",
    )  # fmt: skip
    _add_reading(parser)
    add_signatures(parser)
    add_program(parser)
    _add_output(parser)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-q", "--quiet", action="store_true",
        help="print nothing, stop at the first dump; exit like grep: 0 found, 1 none, 2 error",
    )  # fmt: skip
    parser.add_argument(
        "--full", action="store_true", help="all of each dump, as `annotate --format ndjson` has it"
    )
    parser.add_argument(
        "--prefix", metavar="REGEX",
        help="what stands before each line; group `time`, groups `s…` tell streams apart",
    )  # fmt: skip
    parser.add_argument(
        "--rotated", action="store_true", help="read LOG.1, LOG.2.gz … beside LOG too, oldest first"
    )
    parser.add_argument(
        "-f", "--follow", action="store_true", help="wait for more, as `tail -F` does"
    )
    parser.add_argument(
        "-j", "--jobs", type=_positive, default=1, metavar="N",
        help="processes: for parts of big plain files, or, with --full or a format, to decode",
    )  # fmt: skip
    parser.add_argument(
        "--max-dump", type=_size, default=64 << 20, metavar="SIZE",
        help="longest dump (64M): one that is longer is cut there, and says so",
    )  # fmt: skip


def _add_output(parser: argparse.ArgumentParser) -> None:
    output = parser.add_argument_group("output")
    output.add_argument(
        "--format", choices=STREAMED, default="ndjson",
        help="what each dump becomes: a line that says what was found (ndjson), or one for an "
        "error tracker or a log store (docs/exporters.md)",
    )  # fmt: skip
    output.add_argument(
        "-o", "--output", metavar="FILE",
        help="write there, not to stdout; with --follow behind what it holds",
    )  # fmt: skip
    output.add_argument(
        "--redact", action="store_true", default=None,
        help="replace texts and message values by their lengths",
    )  # fmt: skip
    output.add_argument(
        "--config", metavar="FILE", help="settings; default: the nearest gotrace.toml"
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _size(text: str) -> int:
    units = {"K": 10, "M": 20, "G": 30}
    unit = units.get(text[-1:].upper())
    return _positive(text) if unit is None else _positive(text[:-1]) << unit


def _run(options: argparse.Namespace) -> int:
    from gotrace.commands.scan_files import scan_files  # noqa: PLC0415 - the main job's modules

    if not options.files:
        if sys.stdin is None or sys.stdin.isatty():
            print("gotrace scan: no LOG, and nothing is piped in\n", file=sys.stderr)
            options.parser.print_help(sys.stderr)
            return USAGE
        options.files = ["-"]
    return scan_files(options)
