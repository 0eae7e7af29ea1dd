"""The frames of a large dump as JSON text, without making an object of each word first.

The text is what :mod:`json_text` writes of the objects of :mod:`json_frames`, which say what the
keys mean; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gotrace.annotated import AnnotatedFrame
from gotrace.input.sourcemap import PlainMap
from gotrace.rendering.json_frames import (
    arguments_of,
    findings_of,
    nowhere,
    origin_of,
    span_of,
    spans_in,
    static,
    word,
)
from gotrace.rendering.json_text import encode
from gotrace.rendering.json_values import text
from gotrace.report import Report

MEMORY = 1 << 16  # texts remembered; forgotten all at once, so that memory stays bounded
_RAW = "raw_arguments"


class FrameTexts:
    """Writes the frames of a report; remembers the part that equal frames share."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._known: dict[tuple[Any, ...], tuple[str, str]] = {}
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
        if frame.arguments or frame.issues:
            at = spans_in(report.dump, plain) if plain.call.items or frame.issues else nowhere
            arguments = encode(arguments_of(report, frame, place, at))
            findings = encode(findings_of(frame, at))
        if frame.unbound:
            if self._plain is not None and self._plain.is_simple(start, start + plain.call.end):
                words = ", ".join(self._words_of_line(frame, start, line, column))
            else:
                words = ", ".join(self._words(frame))
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
        key = (
            *(call.function, call.inlined, plain.site, plain.fp, plain.sp, plain.pc),
            *(plain.language, frame.in_app, frame.signature),
        )
        known = self._known.get(key)
        if known is None:
            if len(self._known) > MEMORY:
                self._known.clear()
            # No text of a log can look like this: its quotes are escaped.
            before, mark, after = encode(static(frame) | {_RAW: ""}).partition(f'"{_RAW}": ""')
            known = self._known[key] = before + mark[:-2], after[:-1]
        return f"{known[0]}{encode(text(call.arguments))}{known[1]}"

    def _words(self, frame: AnnotatedFrame) -> Iterable[str]:
        origin = origin_of(self._report.dump, frame.frame)
        if origin is None:
            at = spans_in(self._report.dump, frame.frame)
            return (encode(word(frame, used, at)) for used in frame.unbound)
        return self._words_of_line(frame, *origin)

    def _words_of_line(
        self, frame: AnnotatedFrame, base: int, line: int, column: int
    ) -> Iterable[str]:
        """The words of a call line that begins at byte ``base``, each byte of it a column."""
        call = frame.frame.call
        arguments, first, tails = call.arguments, call.name_end + 1, self._tails
        texts = []
        for _, stale, start, end, offset, size, word_offset in frame.unbound:
            key = stale, offset, size, word_offset
            tail = tails.get(key) or self._tail(key)
            texts.append(
                f'{{"raw": "{arguments[start - first : end - first]}", "span": {{"start": '
                f'{base + start}, "end": {base + end}, "line": {line}, "column": {column + start}, '
                f'"end_column": {column + end}{tail}'
            )
        return texts

    def _tail(self, key: tuple[bool, int, int, int]) -> str:
        if len(self._tails) > MEMORY:
            self._tails.clear()
        stale, offset, size, word_offset = map(encode, key)
        tail = self._tails[key] = (
            f'}}, "stale": {stale}, "offset": {offset}, "size": {size}, '
            f'"word_offset": {word_offset}}}'
        )
        return tail
