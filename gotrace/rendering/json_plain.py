"""The keys of a Dump object that the text alone tells: nothing was laid out or bound for them."""

from __future__ import annotations

from gotrace.fingerprints import fingerprints
from gotrace.model import Cause, Dump, Issue, Note, Register, Signal, Thread
from gotrace.rendering.json_frames import span_of
from gotrace.rendering.json_values import Json, hexadecimal, named, optional_text, text


def plain_keys(plain: Dump) -> Json:
    """All of them."""
    return {
        **heading(plain),
        "registers": [register(r) for r in plain.registers],
        "threads": [thread(plain, t) for t in plain.threads],
        "location": location(plain),
        "fingerprints": fingerprints(plain)._asdict(),
        "notes": [note(plain, n) for n in plain.notes],
    }


def heading(plain: Dump) -> Json:
    """Those that come first."""
    return {
        **named("source", plain.source),
        **named("timestamp", plain.timestamp or None),
        **named("stream", plain.stream or None),
        "envelope": list(plain.envelope),
        "span": {
            **span_of(plain, plain.span),
            "first_line": plain.first_line,
            "last_line": plain.last_line,
        },
        "kind": plain.kind.value,
        "causes": [_cause(plain, c) for c in plain.causes],
        "signal": None if plain.signal is None else _signal(plain, plain.signal),
    }


def _cause(plain: Dump, cause: Cause) -> Json:
    return {
        "kind": cause.kind.value,
        **named("message", cause.message),
        **named("type", cause.type),
        **named("value", cause.value),
        "recovered": cause.recovered,
        "repanicked": cause.repanicked,
        "goexit": cause.goexit,
        "span": span_of(plain, cause.span),
    }


def _signal(plain: Dump, signal: Signal) -> Json:
    return {
        "name": optional_text(signal.name),
        "number": hexadecimal(signal.number),
        **named("description", signal.description),
        "code": hexadecimal(signal.code),
        "address": hexadecimal(signal.address),
        "pc": hexadecimal(signal.pc),
        "span": span_of(plain, signal.span),
    }


def register(own: Register) -> Json:
    """A Register object."""
    return {"name": text(own.name), "value": hexadecimal(own.value)}


def thread(plain: Dump, own: Thread) -> Json:
    """A Thread object."""
    return {
        "m": own.m,
        "pc": hexadecimal(own.pc),
        "sigcode": own.sigcode,
        "registers": [register(r) for r in own.registers],
        "goroutines": [plain.goroutines[i].id for i in own.goroutines],
    }


def location(plain: Dump) -> Json | None:
    """The memory that a race is about."""
    place = plain.location
    if place is None:
        return None
    return {
        **named("text", place.text),
        "size": place.size,
        "address": hexadecimal(place.address),
        **named("name", place.name),
        "span": span_of(plain, place.span),
    }


def note(plain: Dump, own: Note) -> Json:
    """A Note object."""
    return {"code": own.code, **named("text", own.text), "span": span_of(plain, own.span)}


def issue(plain: Dump, own: Issue) -> Json:
    """An Issue object."""
    message = named("message", own.message)
    return {"code": own.code, **message, "span": span_of(plain, own.span)}
