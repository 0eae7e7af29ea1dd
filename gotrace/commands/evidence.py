"""The options that several commands have: what is known of the program that crashed."""

from __future__ import annotations

import argparse


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
