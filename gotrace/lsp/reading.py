"""Dumps in a document: read, annotated, and found again by where they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.grouping import Level, buckets
from gotrace.lsp.remarks import Remark, remarks_of
from gotrace.lsp.settings import Given
from gotrace.lsp.text import Edit
from gotrace.model import Dump, Site, Span
from gotrace.parsing import each_dump
from gotrace.rendering.json_frames import origin_of
from gotrace.report import Report, annotate
from gotrace.tuples import NamedTuple

Interval = tuple[int, int]
Digest = tuple[bytes, object]


class FramePlace(NamedTuple):
    """A frame with where it stands in the document; ``goroutine`` and ``number`` are indices."""

    goroutine: int
    number: int
    frame: AnnotatedFrame
    start: int
    end: int


class Places:
    """Where the goroutines of a report stand, in bytes of what was read. Made once, by the reader:
    an editor asks for a few lines at a time."""

    def __init__(self, report: Report) -> None:
        dump = report.dump
        self.goroutines: tuple[Interval, ...] = tuple(
            dump.where(g.goroutine.span)[:2] for g in report.goroutines
        )
        order = sorted(range(len(self.goroutines)), key=self.goroutines.__getitem__)
        self.order = tuple(order)
        intervals = [self.goroutines[i] for i in order]
        self.apart = all(a[1] <= b[0] for a, b in pairwise(intervals))
        alike = buckets((g.goroutine for g in report.goroutines), Level.POINTERS)
        # The first of goroutines that are alike, and how many there are.
        self.groups = tuple((b.indices[0], b.count) for b in alike if b.count > 1)

    def between(self, start: int, end: int) -> Iterator[int]:
        """The goroutines that stand in ``start`` to ``end``, by index, as they follow each other"""
        low, high = 0, len(self.order)
        if self.apart:
            while low < high:  # the first that ends behind the start
                middle = (low + high) // 2
                if self.goroutines[self.order[middle]][1] < start:
                    low = middle + 1
                else:
                    high = middle
        for index in self.order[low:]:
            if self.goroutines[index][0] > end:
                return
            if self.goroutines[index][1] >= start:
                yield index


class Reading(NamedTuple):
    """A report with its place: bytes ``start`` to ``end`` of the document, lines ``first`` to
    ``last`` (exclusive). ``shift`` is added to places of the dump to get those of the document.
    ``whole`` is False for a part that was read ahead of the rest. ``local`` are the files of
    printed paths, where they are here."""

    report: Report
    places: Places
    remarks: tuple[Remark, ...]
    digest: Digest
    shift: int
    start: int
    end: int
    first: int
    last: int
    whole: bool
    local: dict[str, str]

    def moved(self, edit: Edit) -> Reading | None:
        """Where it stands after an edit; None where it was touched."""
        if self.last <= edit.first:
            return self
        if self.first < edit.last:
            return None
        lines = edit.made - (edit.last - edit.first)
        return self._replace(
            shift=self.shift + edit.delta,
            start=self.start + edit.delta,
            end=self.end + edit.delta,
            first=self.first + lines,
            last=self.last + lines,
        )

    def span(self, span: Span) -> Interval:
        """Bytes of the document."""
        start, end = self.report.dump.where(span)[:2]
        return start + self.shift, end + self.shift

    @property
    def tells(self) -> bool:
        """Whether values may be shown: of a part alone the size of a word may not be known."""
        return self.whole or self.report.runtime.port.word_size_proven

    def frames(self, start: int, end: int) -> Iterator[FramePlace]:
        """The frames in bytes ``start`` to ``end`` of the document."""
        low, high = start - self.shift, end - self.shift
        for index in self.places.between(low, high):
            for number, frame in enumerate(self.report.goroutines[index].frames):
                first, last = self.span(frame.frame.span)
                if first <= end and last >= start:
                    yield FramePlace(index, number, frame, first, last)

    def parts(self, frame: AnnotatedFrame) -> Callable[[int, int], Interval]:
        """Asked for bytes from the start of the call line, answers bytes of the document."""
        plain, dump, shift = frame.frame, self.report.dump, self.shift
        origin = origin_of(dump, plain) if plain.call.parenthesised else None
        if origin is not None:
            begin = origin[0] + shift
            return lambda first, last: (begin + first, begin + last)

        def asked(first: int, last: int) -> Interval:
            place = dump.where(Span(plain.start + first, plain.start + last))
            return place.start + shift, place.end + shift

        return asked


class Region(NamedTuple):
    """Lines of a document that are to be read: where they begin, in lines and bytes, and a copy.

    ``checks`` are what is known of dumps at its ends, which did not change: where they are not
    found again the region was too small.
    """

    first: int
    start: int
    data: bytes
    source: str
    checks: tuple[Reading, ...] = ()


def read(region: Region, given: Given, known: Mapping[Digest, Reading]) -> Iterator[Reading]:
    """The dumps of a region, in order; reports that are known are not made again."""
    counter = _Counter(region)
    for dump in each_dump(region.data, source=region.source):
        yield _reading(dump, counter, given, known, whole=True)


def read_part(region: Region, given: Given, *, first: bool, last: bool) -> Iterator[Reading]:
    """The dumps of a part of a document: what it cuts through is not known as a whole.

    ``first`` and ``last``: the part begins or ends where the document does.
    """
    counter = _Counter(region)
    dumps = list(each_dump(region.data, source=region.source))
    for number, dump in enumerate(dumps):
        whole = (first or number > 0) and (last or number < len(dumps) - 1)
        yield _reading(dump, counter, given, {}, whole=whole)


class _Counter:
    """Counts lines of a region; most dumps stand behind the one before."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self._known = (0, 0)

    def line(self, offset: int) -> int:
        """The line of the document that holds this byte of the region."""
        near, count = self._known if offset >= self._known[0] else (0, 0)
        count += _lines(self.region.data, near, offset)
        self._known = offset, count
        return self.region.first + count


def _reading(
    dump: Dump, counter: _Counter, given: Given, known: Mapping[Digest, Reading], *, whole: bool
) -> Reading:
    """A dump of a region with all that can be said about it."""
    region = counter.region
    begin, end = dump.where(dump.span)[:2]
    text = hashlib.blake2b(region.data[begin:end]).digest()
    digest = (text, (given.key, _end(dump)))
    lines = counter.line(begin), counter.line(max(begin, end - 1)) + 1
    place = (region.start + begin, region.start + end, *lines)
    old = known.get(digest)
    if old is not None:
        shift = old.shift + place[0] - old.start
        return old._replace(
            shift=shift, start=place[0], end=place[1], first=place[2], last=place[3]
        )
    report = annotate(
        dump,
        signatures=given.signatures,
        binaries=given.binaries,
        sources=given.sources,
        go=given.go,
        arch=given.arch,
        disabled=given.disabled,
    )
    remarks = remarks_of(report, whole=whole)
    local = _local(report, given)
    return Reading(report, Places(report), remarks, digest, region.start, *place, whole, local)


def _end(dump: Dump) -> tuple[object, ...]:
    """What of a dump depends on what stands behind it: how it ends, and what was not understood."""
    last = max(dump.goroutines, key=lambda g: g.span.end, default=None)
    frame = last.frames[-1] if last is not None and last.frames else None
    ending = None if frame is None else (frame.call, frame.site)
    issues = tuple((i.code, i.message) for i in dump.issues)
    return dump.kind, len(dump.goroutines), len(dump.notes), ending, issues


def _local(report: Report, given: Given) -> dict[str, str]:
    """Here, not when somebody asks: to look for a file may take a moment."""
    sites = {s.file: None for g in report.goroutines for s in _sites(g) if s is not None}
    found = {file: given.locate(file) for file in sites}
    return {file: path for file, path in found.items() if path is not None}


def _sites(goroutine: AnnotatedGoroutine) -> Iterator[Site | None]:
    for frame in goroutine.frames:
        yield frame.frame.site
    if goroutine.goroutine.created_by is not None:
        yield goroutine.goroutine.created_by.site


def checked(region: Region, readings: Sequence[Reading]) -> list[Reading] | None:
    """The readings, those at the region's ends as they were; None where they are not found again.

    How a dump ends may depend on what stands behind it, and there the region ends.
    """
    known = {_signs(check): check for check in region.checks}
    found = [known.pop(_signs(reading), reading) for reading in readings]
    return None if known else found


def _signs(reading: Reading) -> tuple[object, ...]:
    """What tells whether the same dump was found again."""
    dump = reading.report.dump
    return reading.start, reading.end, dump.kind, len(dump.goroutines), len(dump.causes)


def _lines(data: bytes, start: int, end: int) -> int:
    """How many lines end between two bytes, by the rule of the protocol."""
    part = data[start:end]
    count = part.count(b"\n")
    if b"\r" in part:
        alone = part.count(b"\r") - part.count(b"\r\n")
        cut = part.endswith(b"\r") and data[end : end + 1] == b"\n"
        count += alone - cut
    return count
