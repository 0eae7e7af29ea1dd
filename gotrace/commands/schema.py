"""``gotrace schema``: print the JSON Schema of the annotation."""

from __future__ import annotations

import argparse

from gotrace.exits import OK


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Its parser."""
    parser = commands.add_parser("schema", help="print the JSON Schema of the annotation")
    parser.set_defaults(run=_run)


def _run(_: argparse.Namespace) -> int:
    from gotrace.rendering.schema import schema_text  # noqa: PLC0415

    print(schema_text(), end="")
    return OK
