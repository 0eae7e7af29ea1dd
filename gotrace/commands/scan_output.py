"""How ``gotrace scan`` prints: a line for each dump as it is found, in a format of choice."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from gotrace.config import load_settings
from gotrace.fingerprints import fingerprints
from gotrace.model import Dump, Goroutine
from gotrace.output import appended, opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol, TextIO

    from gotrace.report import Report

    class Scan(Protocol):
        """A running scan: the inputs, what is found in them, and what went wrong."""

        names: list[str]
        failed: bool
        defect: bool

        def dumps(self) -> Iterator[Dump]:
            """All dumps, each as soon as it is complete."""
            ...


SCHEMA = "gotrace/1"


def print_dumps(scan: Scan, options: argparse.Namespace) -> None:
    """Write all dumps, with no more than one of them in memory.

    Errors: GotraceError for options that make no sense and for a file that cannot be written.
    """
    redacted = options.redact or load_settings(os.getcwd(), explicit=options.config).redact
    plain = options.format == "ndjson" and not (options.full or redacted)
    decoder = None if plain else _Decoder(scan, options)
    with _output(options, scan.names) as out:
        dumps = _flushed(scan.dumps(), out) if options.follow else scan.dumps()
        if decoder is None:
            _write_lines(map(summary, dumps), out)
        elif options.format != "ndjson":
            decoder.write(dumps, out)
        elif options.full:
            _write_lines(map(_full, decoder.reports(dumps)), out)
        else:
            _write_lines((summary(r.dump) for r in decoder.reports(dumps)), out)


def _output(options: argparse.Namespace, inputs: Sequence[str]) -> AbstractContextManager[TextIO]:
    if options.follow and options.output is not None:  # there is no end at which to show the file
        return appended(options.output, inputs)
    return opened(options.output, inputs, text=False)


def _flushed(dumps: Iterable[Dump], out: TextIO) -> Iterator[Dump]:
    """The dumps; each is on its way to the reader before the next one is waited for."""
    for dump in dumps:
        yield dump
        out.flush()


def _write_lines(objects: Iterable[dict[str, Any]], out: TextIO) -> None:
    for told in objects:
        import json  # noqa: PLC0415 - not where nothing is found

        out.write(json.dumps(told) + "\n")


class _Decoder:
    """Decodes dumps, with all that the options and the settings name."""

    def __init__(self, scan: Scan, options: argparse.Namespace) -> None:
        from gotrace import decoding  # noqa: PLC0415 - only for formats with arguments

        self._decoding = decoding
        self._scan = scan
        self._format = options.format
        self._run = decoding.begin(options)
        scan.failed |= self._run.failed

    def reports(self, dumps: Iterable[Dump]) -> Iterator[Report]:
        """A report for each dump."""
        for dump in dumps:
            signatures = self._decoding.signatures_for(self._run, dump.source)
            yield self._decoding.decoded(self._run, dump, signatures)
            self._scan.failed |= self._run.failed
            self._scan.defect |= self._run.defect

    def write(self, dumps: Iterable[Dump], out: TextIO) -> None:
        """In the format that the options name."""
        from gotrace.rendering.formats import Page, writer  # noqa: PLC0415

        writer(self._format)(self.reports(dumps), out, Page())


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


def _full(report: Report) -> dict[str, Any]:
    from gotrace.rendering.json import dump as full  # noqa: PLC0415 - only with --full

    dump = report.dump
    return {**full(report), **_told(dump), "fingerprints": fingerprints(dump)._asdict()}


def _text(raw: str) -> str:
    """``raw`` without what is no Unicode."""
    return raw if raw.isascii() else raw.encode("utf-8", "replace").decode()
