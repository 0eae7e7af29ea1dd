"""``gotrace signatures``: names and types of a program or a source tree, in a small file."""

from __future__ import annotations

import argparse

from gotrace.exits import OK


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "signatures",
        help="write the signatures of a program or of Go source to a file for --signatures",
        description="Write names and types of all functions of a program, or of the Go source in a "
        "folder. The file holds nothing of the program's code or data: take it to where the "
        "program may not go, and give it to `gotrace annotate --signatures`.",
    )
    parser.add_argument("source", metavar="PROGRAM|DIR", help="a program file, or a folder")
    parser.add_argument("-o", "--output", metavar="FILE", help="write there, not to stdout")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from gotrace.exporting import export  # noqa: PLC0415 - the parts that read programs

    export(options.source, options.output)
    return OK
