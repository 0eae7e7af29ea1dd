"""``gotrace completion``: print what makes a shell complete gotrace's words."""

from __future__ import annotations

import argparse

from gotrace.exits import OK

SHELLS = ("bash", "zsh", "fish")
_EPILOG = """\
  source <(gotrace completion bash)                                 in ~/.bashrc
  gotrace completion zsh > "${fpath[1]}/_gotrace"                   once
  gotrace completion fish > ~/.config/fish/completions/gotrace.fish once
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "completion",
        help="print the completion script of a shell",
        description="Print the script that makes SHELL complete commands, options and values.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=_run, commands=commands)
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def _run(options: argparse.Namespace) -> int:
    from gotrace.commands import completion_shells  # noqa: PLC0415 - only for this command

    print(completion_shells.script(options.shell, options.commands), end="")
    return OK
