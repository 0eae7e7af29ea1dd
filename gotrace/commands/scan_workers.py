"""Dumps decoded by several processes. This one finds them, and takes what became of them in the
order in which they were found.

Some dumps at a time are sent, and no more than ``AHEAD`` such batches for each process are on their
way. A dump of which something is said that is said once in a run (its source is of another version)
comes back as it was: only who decodes all such dumps in their order knows what was said before.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TextIO

from gotrace.commands.scan_output import Decoder, writer_of
from gotrace.model import Dump
from gotrace.rendering.formats import Page
from gotrace.report import Report
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from concurrent.futures import Future

MANY = 100  # dumps that are sent together,
LARGE = 1 << 17  # or as many as have so many bytes of text
AHEAD = 2
ONCE = frozenset({"source-mismatch", "source-missing"})


class Made(NamedTuple):
    """What is to be written of some dumps, in order; or a Dump as it was. ``defect``: one of ours
    was seen."""

    parts: tuple[object, ...]
    defect: bool


def write_parts(
    dumps: Iterable[Dump], out: TextIO, options: argparse.Namespace, decoder: Decoder
) -> None:
    """Write ``dumps`` as :func:`writer_of` would.

    Errors: those of a process.
    """
    batches = _batches(map(decoder.look_beside, dumps))
    first = [*islice(batches, 2)]
    if len(first) < 2:  # not worth a process
        writer_of(options)(decoder.reports(chain(*first)), out, Page())
        return
    found = _parts(chain(first, batches), options, decoder)
    if options.format == "parquet":
        from gotrace.rendering import parquet  # noqa: PLC0415 - only with the extra

        parquet.write_batches(found, out)
    else:
        out.writelines(found)


def _parts(
    batches: Iterable[list[Dump]], options: argparse.Namespace, decoder: Decoder
) -> Iterator[Any]:
    """Texts, or batches of rows."""
    make = _maker(options)
    for made in _made(batches, options):
        decoder.defect |= made.defect
        for part in made.parts:
            if isinstance(part, Dump):
                yield from make(decoder.reports([part]))
            else:
                yield part


def _made(batches: Iterable[list[Dump]], options: argparse.Namespace) -> Iterator[Made]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - only for several jobs

    waiting: deque[Future[Made]] = deque()
    pool = ProcessPoolExecutor(options.jobs, initializer=_begin, initargs=(_plain(options),))
    try:
        for batch in batches:
            waiting.append(pool.submit(_decode, batch))
            if len(waiting) > AHEAD * options.jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _batches(dumps: Iterable[Dump]) -> Iterator[list[Dump]]:
    batch: list[Dump] = []
    size = 0
    for dump in dumps:
        batch.append(dump)
        size += dump.span.end - dump.span.start
        if len(batch) >= MANY or size >= LARGE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _plain(options: argparse.Namespace) -> argparse.Namespace:
    """The options without what belongs to the command: it need not pickle."""
    told = {name: v for name, v in vars(options).items() if name not in {"run", "parser"}}
    return argparse.Namespace(**told)


# ---------------------------------------------------------------------- in a process


class _Own:
    """What a process has for all of its batches."""

    decoder: Decoder
    make: Callable[[Iterable[Report]], Sequence[object]]


def _begin(options: argparse.Namespace) -> None:
    import signal  # noqa: PLC0415 - only in a process of ours

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that writes ends this one
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - and it has said what there is to say
    _Own.decoder = Decoder(options)
    _Own.make = _maker(options)


def _decode(dumps: list[Dump]) -> Made:
    decoder, found = _Own.decoder, list[object]()
    reports: list[Report] = []
    for report, dump in zip(decoder.reports(dumps), dumps, strict=True):
        if any(i.code in ONCE for i in report.issues):
            found += [*_Own.make(reports), dump]
            reports = []
        else:
            reports.append(report)
    return Made((*found, *_Own.make(reports)), decoder.defect)


def _maker(options: argparse.Namespace) -> Callable[[Iterable[Report]], Sequence[object]]:
    """What is to be written of reports."""
    if options.format == "parquet":
        from gotrace.rendering import parquet  # noqa: PLC0415 - only with the extra

        return lambda reports: [*parquet.batches(reports)]
    write = writer_of(options)
    return lambda reports: [_text(write, reports)]


def _text(write: Callable[..., None], reports: Iterable[Report]) -> str:
    out = StringIO()
    write(reports, out, Page())
    return out.getvalue()
