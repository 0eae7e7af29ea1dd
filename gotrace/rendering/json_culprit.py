"""The culprit in JSON."""

from __future__ import annotations

from gotrace.culprit.culprit import Culprit, Evidence, SourceSpan
from gotrace.model import Dump, Span
from gotrace.rendering.json_frames import span_of
from gotrace.rendering.json_values import Json, text
from gotrace.report import Report


def culprit_of(report: Report) -> Json | None:
    """The Culprit object; spans are of the log, ``source`` is of the source."""
    culprit = report.culprit
    if culprit is None:
        return None
    goroutine = report.goroutines[culprit.goroutine]
    return {
        "goroutine": goroutine.goroutine.id,
        "frame": culprit.frame,
        "expression": text(culprit.expression),
        "kind": culprit.kind,
        "explanation": text(culprit.explanation),
        "certainty": culprit.certainty.value,
        "evidence": [_evidence(report.dump, e) for e in culprit.evidence],
        "span": _frame_span(report, culprit, culprit.frame),
        "source": _source(culprit.span),
        "blame": [
            {
                "frame": step.frame,
                "expression": text(step.expression),
                "sure": step.sure,
                "span": _frame_span(report, culprit, step.frame),
                "source": _source(step.span),
            }
            for step in culprit.blame
        ],
        "root_cause": None if culprit.root_cause is None else text(culprit.root_cause),
        "alternatives": [text(a) for a in culprit.alternatives],
        "refused": None if culprit.refused is None else text(culprit.refused),
    }


def _evidence(plain: Dump, piece: Evidence) -> Json:
    span: Span | None = plain.causes[-1].span if piece.rule == "message" else None
    return {
        "rule": piece.rule,
        "text": text(piece.text),
        "weight": piece.weight,
        "span": None if span is None else span_of(plain, span),
    }


def _frame_span(report: Report, culprit: Culprit, number: int) -> Json:
    return span_of(report.dump, report.goroutines[culprit.goroutine].frames[number].frame.span)


def _source(span: SourceSpan | None) -> Json | None:
    if span is None:
        return None
    return {
        "file": text(span.path),
        "line": span.line,
        "column": span.column,
        "end_column": span.end,
        "text": text(span.text),
    }
