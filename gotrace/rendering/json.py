"""The annotation as JSON (docs/annotation.md). The only module that decides JSON keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from gotrace.model import (
    Ancestor,
    Cause,
    CreatedBy,
    Dump,
    Goroutine,
    Issue,
    Note,
    Register,
    Signal,
)
from gotrace.rendering import json_values
from gotrace.rendering.json_frames import frames_of, place_of, span_of
from gotrace.rendering.json_values import Json, hexadecimal, text
from gotrace.report import AnnotatedGoroutine, Report
from gotrace.version import VERSION

SCHEMA = "gotrace/1"


def document(reports: Iterable[Report], notes: Iterable[str] = ()) -> Json:
    """The whole document for several reports."""
    return document_of([dump(r) for r in reports], notes)


def document_of(found: list[Json], notes: Iterable[str] = ()) -> Json:
    """The whole document for Dump objects that were made before."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "gotrace", "version": VERSION},
        "dumps": found,
        "issues": [],
        "notes": list(notes),
    }


def dumps(value: Json, *, indent: int | None = None) -> str:
    """``value`` as text, UTF-8 without escapes; NaN never stands in it."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)


def dump(report: Report) -> Json:
    """One Dump object."""
    plain = report.dump
    order = sorted(range(len(plain.goroutines)), key=lambda i: not plain.goroutines[i].crashed)
    return {
        "source": text(plain.source),
        "span": span_of(plain, plain.span)
        | {"first_line": plain.first_line, "last_line": plain.last_line},
        "kind": plain.kind.value,
        "causes": [_cause(plain, c) for c in plain.causes],
        "signal": None if plain.signal is None else _signal(plain, plain.signal),
        "runtime": _runtime(report),
        "registers": [_register(r) for r in plain.registers],
        "threads": [_thread(plain, i) for i in range(len(plain.threads))],
        "goroutines": [_goroutine(report, report.goroutines[i]) for i in order],
        "location": _location(plain),
        "culprit": None,
        "fingerprints": None,
        "notes": [_note(plain, n) for n in plain.notes],
        "issues": [_issue(plain, i) for i in report.issues],
    }


def _cause(plain: Dump, cause: Cause) -> Json:
    return {
        "kind": cause.kind.value,
        "message": text(cause.message),
        **json_values.escaped("message", cause.message),
        "type": None if cause.type is None else text(cause.type),
        "value": None if cause.value is None else text(cause.value),
        "recovered": cause.recovered,
        "repanicked": cause.repanicked,
        "goexit": cause.goexit,
        "span": span_of(plain, cause.span),
    }


def _signal(plain: Dump, signal: Signal) -> Json:
    return {
        "name": signal.name,
        "number": hexadecimal(signal.number),
        "description": signal.description,
        "code": hexadecimal(signal.code),
        "address": hexadecimal(signal.address),
        "pc": hexadecimal(signal.pc),
        "span": span_of(plain, signal.span),
    }


def _runtime(report: Report) -> Json:
    runtime = report.runtime
    port = runtime.port
    arch = port.arch
    return {
        "style": runtime.style,
        "go": {
            "min": None if runtime.facts.min == 0 else f"1.{runtime.facts.min}",
            "max": None if runtime.facts.max is None else f"1.{runtime.facts.max}",
            "exact": runtime.exact,
            "evidence": [
                {
                    "text": text(e.text),
                    "min": None if e.min is None else f"1.{e.min}",
                    "max": None if e.max is None else f"1.{e.max}",
                    "span": None if e.span is None else span_of(report.dump, e.span),
                }
                for e in runtime.evidence
            ],
        },
        "arch": None if arch is None else arch.name,
        "word_size": port.word_size if port.word_size_proven else None,
        "byte_order": None if arch is None else arch.byte_order,
        "os": runtime.os,
        "assumed": list(runtime.assumed),
    }


def _register(register: Register) -> Json:
    return {"name": register.name, "value": hexadecimal(register.value)}


def _thread(plain: Dump, index: int) -> Json:
    thread = plain.threads[index]
    return {
        "m": thread.m,
        "pc": hexadecimal(thread.pc),
        "sigcode": thread.sigcode,
        "registers": [_register(r) for r in thread.registers],
        "goroutines": [plain.goroutines[i].id for i in thread.goroutines],
    }


def _location(plain: Dump) -> Json | None:
    place = plain.location
    if place is None:
        return None
    return {
        "text": text(place.text),
        "size": place.size,
        "address": hexadecimal(place.address),
        "name": None if place.name is None else text(place.name),
        "span": span_of(plain, place.span),
    }


def _note(plain: Dump, note: Note) -> Json:
    return {"code": note.code, "text": text(note.text), "span": span_of(plain, note.span)}


def _issue(plain: Dump, issue: Issue) -> Json:
    return {"code": issue.code, "message": text(issue.message), "span": span_of(plain, issue.span)}


# ---------------------------------------------------------------------- goroutines


def _goroutine(report: Report, annotated: AnnotatedGoroutine) -> Json:
    goroutine, plain = annotated.goroutine, report.dump
    return {
        "id": goroutine.id,
        "state": None if goroutine.state is None else text(goroutine.state),
        "wait_minutes": goroutine.wait_minutes,
        "locked_to_thread": goroutine.locked_to_thread,
        "labels": {text(k): text(v) for k, v in goroutine.labels},
        "flags": list(goroutine.flags),
        "bubble": goroutine.bubble,
        "gp": hexadecimal(goroutine.gp),
        "m": goroutine.m,
        "mp": hexadecimal(goroutine.mp),
        "crashed": goroutine.crashed,
        "stack_unavailable": goroutine.stack_unavailable,
        "count": goroutine.copies,
        "access": _access(goroutine),
        "frames": list(frames_of(report, annotated)),
        "elided": _elided(goroutine.elided),
        "created_by": _created_by(goroutine.created_by),
        "ancestors": [_ancestor(a) for a in goroutine.ancestors],
        "span": span_of(plain, goroutine.span),
    }


def _access(goroutine: Goroutine) -> Json | None:
    access = goroutine.access
    if access is None:
        return None
    return {
        "operation": access.operation,
        "atomic": access.atomic,
        "previous": access.previous,
        "address": hexadecimal(access.address),
    }


def _elided(elision: Any) -> Json | None:
    if elision is None:
        return None
    return {"after_frame": elision.after_frame, "count": elision.missing}


def _created_by(creator: CreatedBy | None) -> Json | None:
    if creator is None:
        return None
    return {
        "function": text(creator.function),
        **place_of(creator.site),
        "goroutine": creator.goroutine,
    }


def _ancestor(ancestor: Ancestor) -> Json:
    return {
        "goroutine": ancestor.goroutine,
        "frames": [{"function": text(f.function), **place_of(f.site)} for f in ancestor.frames],
        "elided": _elided(ancestor.elided),
        "created_by": _created_by(ancestor.created_by),
    }
