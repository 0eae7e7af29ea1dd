"""``gotrace lsp``: the language server."""

from __future__ import annotations

import argparse

from gotrace.errors import GotraceError
from gotrace.exits import OK

NO_SHUTDOWN = 1  # Language Server Protocol 3.17, exit
_EPILOG = """\
It speaks on stdin and stdout until the editor ends it. docs/editors.md says how editors start it.
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "lsp",
        help="the language server: decoded values, findings and culprits in an editor",
        description="The language server: what an editor starts to show decoded values, findings "
        "and culprits in logs.",
        epilog=_EPILOG,
    )
    parser.set_defaults(run=_run)
    parser.add_argument(
        "--stdio", action="store_true", help="speak on stdin and stdout, which it does anyway"
    )
    parser.add_argument("--tcp", type=int, metavar="PORT", help="listen on this port of localhost")


def _run(options: argparse.Namespace) -> int:
    from importlib.util import find_spec  # noqa: PLC0415 - only for this command

    if find_spec("pygls") is None:
        raise GotraceError("the language server needs pygls", "pip install 'gotrace[lsp]'")
    from gotrace.lsp.server import serve  # noqa: PLC0415 - only for this command

    return OK if serve(options.tcp) else NO_SHUTDOWN
