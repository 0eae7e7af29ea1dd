"""How a format is written: by ``write(reports, out, page)`` of its module."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TextIO

from gotrace.formats import FORMATS
from gotrace.rendering.files import as_printed
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.rendering.hyperlink import Links
    from gotrace.report import Report


class Page(NamedTuple):
    """How reports are shown; a format takes of it what it has a use for.

    ``width`` in characters. ``everything`` shows all goroutines in full, ``explain`` all evidence,
    ``titled`` says where each dump stands. ``notes`` and ``unreadable`` are texts about the run;
    they may grow while ``reports`` are read. ``local`` finds the local file of a printed path,
    ``links`` makes links of a terminal to it.
    """

    width: int = 100
    everything: bool = False
    explain: bool = False
    colour: bool = False
    titled: bool = False
    notes: Iterable[str] = ()
    unreadable: Iterable[str] = ()
    local: Callable[[str], str | None] = as_printed
    links: Links | None = None


def writer(name: str) -> Callable[[Iterable[Report], TextIO, Page], None]:
    """What writes reports in this format.

    Errors: ValueError for a format that does not exist.
    """
    if name not in FORMATS:
        raise ValueError(f"not a format: {name!r} (known: {', '.join(FORMATS)})")
    # importlib costs a millisecond of every start.
    write: Callable[[Iterable[Report], TextIO, Page], None]
    write = __import__(f"gotrace.rendering.{FORMATS[name]}", fromlist=["write"]).write
    return write
