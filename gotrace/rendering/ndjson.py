"""Reports as JSON, a Dump object in a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from gotrace.rendering import json
from gotrace.rendering.formats import Page
from gotrace.report import Report


def write(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    """Each as soon as it is there."""
    for report in reports:
        out.writelines(json.pieces(report))
        out.write("\n")
