"""What the help of several commands says, and how it is laid out."""

from __future__ import annotations

import argparse
import os
import sys

from gotrace.exits import USAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

EPILOG = """\
exit codes: 0 ok · 1 a finding at the --fail-on level · 2 usage, or an input that could not be
read (the others are still done) · 3 no traceback found · 70 a defect of gotrace · 130 ^C · 141 the
reader of the output went away

  gotrace annotate panic.log
  gotrace annotate --signatures prototypes.go panic.log
  kubectl logs -p mypod | gotrace annotate --signature 'func main.serve(name string, n int)'
"""


def add_colour(output: argparse._ArgumentGroup) -> None:
    """The option that decides over colours."""
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto",
        help="auto: on a terminal, unless NO_COLOR is set",
    )  # fmt: skip


class Parser(argparse.ArgumentParser):
    """The parser of the command, and of each of its commands: one layout for all."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**{**told, "formatter_class": Help})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """As argparse does, but an unknown option is told by the command that it was given to."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"no such option: {unknown[0]}{self._nearest(unknown[0])}")
        return options, unknown

    def error(self, message: str) -> NoReturn:
        """What is wrong, and where the options are: a page of them would hide it."""
        self.exit(USAGE, f"{self.prog}: {message}\n  {self.prog} --help lists what there is\n")

    def _nearest(self, option: str) -> str:
        from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

        near = get_close_matches(option.partition("=")[0], self._option_string_actions, 1)
        return f" (did you mean {near[0]}?)" if near else ""


class Help(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal. To ask for that, argparse imports four modules, also without help:
    it makes a formatter for each option.
    """

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """What shutil.get_terminal_size says."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80
