"""Taking secrets out of a report: texts and message values become their lengths.

What the runtime itself says (its own errors, states, types) stays.
"""

from __future__ import annotations

from gotrace.model import Cause, Dump, Goroutine, Note
from gotrace.report import AnnotatedFrame, AnnotatedGoroutine, Report
from gotrace.value import Argument, FieldValue, Value

# Messages of the runtime (runtime/error.go, panic.go, chan.go, map.go): they hold no user's text.
_OWN = (
    "runtime error: ",
    "interface conversion: ",
    "assignment to entry in nil map",
    "close of ",
    "send on closed channel",
    "makechan: ",
    "sync: ",
    "all goroutines are asleep",
    "deadlock: ",
    "reflect: ",
    "reflect.",
    "nil",
    "panic called with nil argument",
)


def redact(report: Report) -> Report:
    """``report`` without texts of the program: strings, message values, labels."""
    dump = report.dump
    goroutines = tuple(
        AnnotatedGoroutine(_goroutine(g.goroutine), tuple(_frame(f) for f in g.frames))
        for g in report.goroutines
    )
    return report._replace(
        dump=_dump(dump, tuple(g.goroutine for g in goroutines)), goroutines=goroutines
    )


def _dump(dump: Dump, goroutines: tuple[Goroutine, ...]) -> Dump:
    return dump._replace(
        causes=tuple(_cause(c) for c in dump.causes),
        goroutines=goroutines,
        notes=tuple(_note(n) for n in dump.notes),
    )


def _length(text: str) -> str:
    size = len(text.encode("utf-8", "surrogateescape"))
    return f"({size} byte{'' if size == 1 else 's'} redacted)"


def _cause(cause: Cause) -> Cause:
    if cause.kind != "panic" or (cause.message.startswith(_OWN) and "\n" not in cause.message):
        return cause
    value = None if cause.value is None else _length(cause.value)
    message = _length(cause.message) if value is None else f"{cause.type}{value}"
    return cause._replace(message=message, value=value)


def _goroutine(goroutine: Goroutine) -> Goroutine:
    labels = tuple((key, _length(value)) for key, value in goroutine.labels)
    return goroutine._replace(labels=labels)


def _note(note: Note) -> Note:
    """Hexdumps show memory, and a server's note names its client."""
    return note._replace(text=_length(note.text)) if note.code in {"hexdump", "http"} else note


def _frame(frame: AnnotatedFrame) -> AnnotatedFrame:
    return frame._replace(arguments=tuple(_argument(a) for a in frame.arguments))


def _argument(argument: Argument) -> Argument:
    return argument if argument.value is None else argument._replace(value=_value(argument.value))


def _value(value: Value) -> Value:
    text = None if value.text is None else _length(value.text)
    fields = tuple(FieldValue(f.name, f.type, _value(f.value)) for f in value.fields)
    elements = tuple(_value(e) for e in value.elements)
    return value._replace(text=text, fields=fields, elements=elements)
