"""Where and how reports are shown: colour, width, links and pager, as the options and the output
want them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from gotrace.output import wants_colour, width_of
from gotrace.pager import paged
from gotrace.rendering.files import as_printed
from gotrace.rendering.formats import Page, writer
from gotrace.report import Report

if TYPE_CHECKING:
    from gotrace.rendering.hyperlink import Links
    from gotrace.source import SourceTree


def print_reports(
    reports: Iterable[Report],
    out: TextIO,
    options: argparse.Namespace,
    *,
    sources: Sequence[SourceTree] = (),
    notes: Iterable[str] = (),
    unreadable: Iterable[str] = (),
) -> None:
    """Write ``reports`` to ``out`` in the format of ``options``.

    Shape:  ``notes`` and ``unreadable`` may grow while ``reports`` are read.
    Errors: GotraceError for options that make no sense.
    """
    local = _local(sources)
    page = Page(
        width=width_of(out),
        everything=options.all,
        explain=options.explain,
        colour=wants_colour(options.color, out),
        titled=len(options.files) > 1,
        notes=notes,
        unreadable=unreadable,
        local=local,
        links=_links(getattr(options, "hyperlink", "never"), out, local),
    )
    wanted = options.format == "text" and getattr(options, "pager", False)
    with paged(out, wanted=wanted) as shown:
        writer(options.format)(reports, shown, page)


def _local(sources: Sequence[SourceTree]) -> Callable[[str], str | None]:
    """Finds the local file of a printed path: in the sources, else where it was printed."""

    def local(file: str) -> str | None:
        found = (tree.locate(file) for tree in sources)
        return next((path for path in found if path is not None), None) or as_printed(file)

    return local if sources else as_printed


def _links(option: str, out: TextIO, local: Callable[[str], str | None]) -> Links | None:
    if option == "never" or (option == "auto" and not out.isatty()):
        return None
    from gotrace.rendering.hyperlink import Links, form_of  # noqa: PLC0415 - on a terminal

    form = form_of(option, out)
    return Links(form, local) if form else None
