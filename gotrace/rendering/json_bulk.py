"""The frames of a large dump as JSON text, without making an object of each word first.

The text is what :mod:`json_text` writes of the objects of :mod:`json_frames`, which say what the
keys mean; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gotrace.annotated import AnnotatedFrame
from gotrace.input.sourcemap import PlainMap
from gotrace.model import Call, Frame, Site
from gotrace.rendering.json_frames import (
    SEEN,
    Origin,
    arguments_of,
    finding_of,
    findings_of,
    head_of,
    origin_of,
    provenance_of,
    seen_of,
    span_of,
    spans_from,
    static,
    value_of,
    word,
)
from gotrace.rendering.json_text import encode
from gotrace.rendering.json_values import text
from gotrace.report import Report
from gotrace.signature import Signature
from gotrace.value import Argument, WordUse

MEMORY = 1 << 16  # texts remembered; forgotten all at once, so that memory stays bounded
_RAW = "raw_arguments"
_MORE = ', "seen_in_truncated": true'


class FrameTexts:
    """Writes the frames of a report; remembers the part that equal frames share."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._known: dict[tuple[Any, ...], tuple[str, str, Site | None, Signature | None]] = {}
        self._heads: dict[tuple[Any, ...], str] = {}
        self._tails: dict[tuple[Any, ...], str] = {}
        source_map = report.dump.source_map
        self._plain = source_map if type(source_map) is PlainMap else None

    def of(self, index: int) -> str:
        """The list of Frame objects of the goroutine that is ``index``-th in the report."""
        frames = self._report.goroutines[index].frames
        return f"[{', '.join(self._frame(f, (index, n)) for n, f in enumerate(frames))}]"

    def _frame(self, frame: AnnotatedFrame, place: tuple[int, int]) -> str:
        report, plain = self._report, frame.frame
        arguments, findings, words = "[]", "[]", ""
        start, end, line, column, end_column, parts = report.dump.where(plain.span)
        if frame.arguments or frame.unbound or frame.issues:
            origin = self._origin(plain, start, line, column)
            if origin is None:
                at = spans_from(report.dump, plain, origin)
                arguments = encode(arguments_of(report, frame, place, at))
                words = ", ".join([encode(word(frame, used, at)) for used in frame.unbound])
            else:
                shown = [self._argument(frame, a, place, origin) for a in frame.arguments]
                arguments = f"[{', '.join(shown)}]"
                words = self._words(plain.call, frame.unbound, origin)
            if frame.issues:
                findings = encode(findings_of(frame, spans_from(report.dump, plain, origin)))
        span = (
            f'{{"start": {start}, "end": {end}, "line": {line}, "column": {column}, '
            f'"end_column": {end_column}}}'
        )
        if parts:
            span = encode(span_of(report.dump, plain.span))
        return (
            f'{self._static(frame)}, "arguments": {arguments}, "unbound_words": [{words}], '
            f'"findings": {findings}, "span": {span}}}'
        )

    def _static(self, frame: AnnotatedFrame) -> str:
        plain = frame.frame
        call = plain.call
        # To hash what a signature holds takes longer. It is kept, so that no other has its id.
        site, signature = plain.site, frame.signature
        key = (
            *(call.function, call.inlined, id(site), plain.fp, plain.sp, plain.pc),
            *(plain.language, frame.in_app, id(signature)),
        )
        known = self._known.get(key)
        if known is None:
            if len(self._known) > MEMORY:
                self._known.clear()
            # No text of a log can look like this: its quotes are escaped.
            before, mark, after = encode(static(frame) | {_RAW: ""}).partition(f'"{_RAW}": ""')
            known = self._known[key] = before + mark[:-2], after[:-1], site, signature
        return f"{known[0]}{encode(text(call.arguments))}{known[1]}"

    def _origin(self, frame: Frame, start: int, line: int, column: int) -> Origin | None:
        """``origin_of``, where that is not told by where the frame begins."""
        if self._plain is not None and self._plain.is_simple(start, start + frame.call.end):
            return start, line, column
        return origin_of(self._report.dump, frame)

    def _argument(
        self, frame: AnnotatedFrame, argument: Argument, place: tuple[int, int], origin: Origin
    ) -> str:
        report, value = self._report, value_of(argument)
        places = seen_of(report, argument, place)
        origins, findings = "null", "[]"
        if argument.provenance is not None:
            origins = encode(provenance_of(report, argument))
        if argument.findings:
            at = spans_from(report.dump, frame.frame, origin)
            findings = encode([finding_of(f, at) for f in argument.findings])
        return (
            f'{self._head(argument)}, "value": {"null" if value is None else encode(value)}, '
            f'"provenance": {origins}, '
            f'"words": [{self._words(frame.frame.call, argument.words, origin)}], '
            f'"seen_in": {encode(places[:SEEN]) if places else "[]"}'
            f', "findings": {findings}{_MORE if len(places) > SEEN else ""}}}'
        )

    def _head(self, argument: Argument) -> str:
        name, role, go_type, certainty, _, _, reason, absence, *_ = argument
        key = name, role, go_type, certainty, reason, absence
        known = self._heads.get(key)
        if known is None:
            if len(self._heads) > MEMORY:
                self._heads.clear()
            known = self._heads[key] = encode(head_of(argument))[:-1]
        return known

    def _words(self, call: Call, words: Iterable[WordUse], origin: Origin) -> str:
        """The words of a call line that begins at ``origin``, each byte of it a column."""
        base, line, column = origin
        arguments, first, tails = call.arguments, call.name_end + 1, self._tails
        texts = []
        for _, stale, start, end, offset, size, word_offset in words:
            key = stale, offset, size, word_offset
            tail = tails.get(key) or self._tail(key)
            texts.append(
                f'{{"raw": "{arguments[start - first : end - first]}", "span": {{"start": '
                f'{base + start}, "end": {base + end}, "line": {line}, "column": {column + start}, '
                f'"end_column": {column + end}{tail}'
            )
        return ", ".join(texts)

    def _tail(self, key: tuple[bool, int, int, int]) -> str:
        if len(self._tails) > MEMORY:
            self._tails.clear()
        stale, offset, size, word_offset = map(encode, key)
        tail = self._tails[key] = (
            f'}}, "stale": {stale}, "offset": {offset}, "size": {size}, '
            f'"word_offset": {word_offset}}}'
        )
        return tail
