"""``gotrace mcp``: the server for agents."""

from __future__ import annotations

import argparse

from gotrace.commands.evidence import add_program, add_signatures
from gotrace.errors import GotraceError
from gotrace.exits import OK

_EPILOG = """\
It speaks the Model Context Protocol on stdin and stdout until the client goes. It reads what lies
below --root, and what the other options name; it opens no connection. docs/agents.md says how
clients start it.

  gotrace mcp --root /var/log/app --root ~/src/app
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser(
        "mcp",
        help="the server for agents: crashes decoded, grouped and compared as tools",
        description="The server for agents: crashes and goroutine dumps decoded, grouped and "
        "compared, as tools of the Model Context Protocol.",
        epilog=_EPILOG,
    )
    parser.set_defaults(run=_run, baseline=None, write_baseline=None, fail_on=None)
    parser.add_argument(
        "--root", action="append", default=[], metavar="DIR",
        help="a folder whose files may be read; without one only text is taken",
    )  # fmt: skip
    parser.add_argument(
        "--prefix", metavar="REGEX",
        help="what stands before each line of the logs, where it is a format of your own",
    )  # fmt: skip
    add_signatures(parser)
    add_program(parser)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--disable", action="append", default=[], metavar="CODE", help="a finding not to look for"
    )
    output.add_argument(
        "--redact", action="store_true", default=None,
        help="replace what the program put into the text by its length",
    )  # fmt: skip
    output.add_argument("--config", metavar="FILE", help="settings, instead of gotrace.toml")


def _run(options: argparse.Namespace) -> int:
    from importlib.util import find_spec  # noqa: PLC0415 - only for this command

    if find_spec("mcp") is None:
        raise GotraceError("the server for agents needs mcp", "pip install 'gotrace[mcp]'")
    from gotrace.mcp.server import serve  # noqa: PLC0415 - only for this command

    serve(options)
    return OK
