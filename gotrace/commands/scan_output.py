"""How ``gotrace scan`` prints: a line for each dump as it is found, in a format of choice."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from gotrace.config import load_settings
from gotrace.fingerprints import fingerprints
from gotrace.model import Dump, Goroutine
from gotrace.output import appended, opened
from gotrace.patterns import lazy_pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol, TextIO

    from gotrace.rendering.formats import Page
    from gotrace.report import Report

    class Scan(Protocol):
        """A running scan: the inputs, what is found in them, and what went wrong."""

        names: list[str]
        jobs: int
        failed: bool
        defect: bool

        def dumps(self) -> Iterator[Dump]:
            """All dumps, each as soon as it is complete."""
            ...


SCHEMA = "gotrace/1"
_BEYOND = lazy_pattern("[^\x00-\x7f]+")


def print_dumps(scan: Scan, options: argparse.Namespace) -> None:
    """Write all dumps, with no more than one of them in memory, or a few for each of the jobs.

    Errors: GotraceError for options that make no sense and for a file that cannot be written.
    """
    redacted = options.redact or load_settings(os.getcwd(), explicit=options.config).redact
    if options.format == "ndjson" and not (options.full or redacted):
        with _output(options, scan.names) as out:
            _write_lines(map(summary, _dumps(scan, options, out)), out)
        return
    decoder = Decoder(options)
    with _output(options, scan.names) as out:
        if _is_apart(scan, options):
            from gotrace.commands.scan_workers import write_parts  # noqa: PLC0415 - on demand

            scan.jobs = 1  # who decodes has more to do than who looks for dumps
            write_parts(scan.dumps(), out, options, decoder)
        else:
            from gotrace.rendering.formats import Page  # noqa: PLC0415 - only to decode

            write = writer_of(options)
            write(decoder.reports(_dumps(scan, options, out)), out, Page())
    scan.failed |= decoder.failed
    scan.defect |= decoder.defect


def _is_apart(scan: Scan, options: argparse.Namespace) -> bool:
    """Whether other processes decode. What comes slowly is written as it comes."""
    return options.jobs > 1 and not options.follow and all(map(os.path.isfile, scan.names))


def _output(options: argparse.Namespace, inputs: Sequence[str]) -> AbstractContextManager[TextIO]:
    if options.follow and options.output is not None:  # there is no end at which to show the file
        return appended(options.output, inputs)
    return opened(options.output, inputs, text=False)


def _dumps(scan: Scan, options: argparse.Namespace, out: TextIO) -> Iterator[Dump]:
    """The dumps; with --follow each is on its way to the reader before the next is waited for."""
    for dump in scan.dumps():
        yield dump
        if options.follow:
            out.flush()


class Decoder:
    """Decodes dumps, with all that the options and the settings name.

    ``failed``: something named there could not be read. ``defect``: a defect of ours was seen.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        from gotrace import decoding  # noqa: PLC0415 - only for formats with arguments

        self._decoding = decoding
        self._run = decoding.begin(options)
        self.defect = False

    @property
    def failed(self) -> bool:
        """Whether that is so by now."""
        return self._run.failed

    def look_beside(self, dump: Dump) -> Dump:
        """``dump``; what lies beside its log was read, and it was said what."""
        self._decoding.signatures_for(self._run, dump.source)
        return dump

    def reports(self, dumps: Iterable[Dump]) -> Iterator[Report]:
        """A report for each dump."""
        for dump in dumps:
            signatures = self._decoding.signatures_for(self._run, dump.source)
            yield self._decoding.decoded(self._run, dump, signatures)
            self.defect |= self._run.defect


def writer_of(options: argparse.Namespace) -> Callable[[Iterable[Report], TextIO, Page], None]:
    """What writes reports as the options want them."""
    if options.format != "ndjson":
        from gotrace.rendering.formats import writer  # noqa: PLC0415 - only with a format

        return writer(options.format)
    return _write_full if options.full else _write_summaries


def _write_full(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    from gotrace.rendering.json import pieces  # noqa: PLC0415 - only with --full

    for report in reports:
        out.writelines(map(_escaped, pieces(report, _told(report.dump))))
        out.write("\n")


def _write_summaries(reports: Iterable[Report], out: TextIO, page: Page) -> None:
    _write_lines((summary(report.dump) for report in reports), out)


def _escaped(text: str) -> str:
    """JSON without what is not ASCII: outside of strings there is none of it."""
    if text.isascii():
        return text
    import json  # noqa: PLC0415 - seldom

    return _BEYOND.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _write_lines(objects: Iterable[dict[str, Any]], out: TextIO) -> None:
    for told in objects:
        import json  # noqa: PLC0415 - not where nothing is found

        out.write(json.dumps(told) + "\n")


def summary(dump: Dump) -> dict[str, Any]:
    """When, which stream, where, and what: without the frames."""
    place = dump.where(dump.span)
    return {
        "schema": SCHEMA,
        "source": _text(dump.source),
        **_told(dump),
        "place": {
            "start": place.start,
            "end": place.end,
            "first_line": dump.first_line,
            "last_line": dump.last_line,
        },
        "kind": str(dump.kind),
        "causes": [{"kind": str(c.kind), "message": _text(c.message)} for c in dump.causes],
        "signal": None if dump.signal is None else dump.signal.name,
        "goroutines": len(dump.goroutines),
        "frames": sum(len(g.frames) for g in dump.goroutines),
        "crashed": _crashed(dump.crashed),
        "fingerprints": fingerprints(dump)._asdict(),
        "issues": sorted({i.code for i in dump.issues}),
        "repaired": [n.text for n in dump.notes if n.code == "repaired"],
    }


def _told(dump: Dump) -> dict[str, Any]:
    """What the envelope said of it."""
    return {
        "timestamp": _text(dump.timestamp) or None,
        "stream": _text(dump.stream) or None,
        "envelope": list(dump.envelope),
    }


def _crashed(goroutine: Goroutine | None) -> dict[str, Any] | None:
    if goroutine is None:
        return None
    return {"goroutine": goroutine.id, "frames": [_text(f.function) for f in goroutine.frames[:8]]}


def _text(raw: str) -> str:
    """``raw`` without what is no Unicode."""
    return raw if raw.isascii() else raw.encode("utf-8", "replace").decode()
