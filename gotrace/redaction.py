"""Taking secrets out of a report: texts and message values become their lengths.

What the runtime itself says (its own errors, states, types) stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.model import Cause, Dump, Goroutine, Note
from gotrace.patterns import lazy_pattern
from gotrace.report import Report
from gotrace.value import Argument, FieldValue, Value

if TYPE_CHECKING:
    from gotrace.culprit import Culprit

# Messages of the runtime that hold nothing but numbers and the names of types and methods
# (runtime/error.go, panic.go, chan.go, map.go; sync; reflect), in whole.
OWN_MOST = 1 << 10  # characters of the longest: the patterns would take long for hostile ones
_TYPE = r"[\w.*\[\](){};, /<>-]+"
_OWN = lazy_pattern(
    "|".join(
        (
            r"runtime error: (?:"
            r"invalid memory address or nil pointer dereference|integer divide by zero"
            r"|integer overflow|floating point error|negative shift amount"
            r"|index out of range(?: \[-?\d+\](?: with length \d+)?)?"
            r"|slice bounds out of range(?: \[[-\d:]+\](?: with (?:length|capacity) \d+)?)?"
            r"|cannot convert slice with length \d+ to [a-z ]+ with length \d+"
            r"|(?:makeslice|growslice): (?:len|cap) out of range"
            r"|unsafe\.\w+: (?:len out of range|ptr is nil and len is not zero)"
            r"|panic called with nil argument"
            r"|range function (?:continued iteration after [a-z ]+|recovered a loop body panic"
            r" and did not resume panicking))",
            rf"runtime error: (?:hash of unhashable|comparing uncomparable) type {_TYPE}",
            r"panic called with nil argument(?: \(use GODEBUG=panicnil=1 to disable\))?",
            r"assignment to entry in nil map|close of (?:closed|nil) channel",
            r"send on closed channel|makechan: size out of range|nil",
            r"deadlock: all goroutines in bubble are blocked",
            r"deadlock: main bubble goroutine has exited but blocked goroutines remain",
            r"sync: (?:negative WaitGroup counter|(?:R?[Uu]nlock|[Uu]nlock) of unlocked \w+)",
            r"sync: WaitGroup is reused before previous Wait has returned",
            r"sync: WaitGroup misuse: Add called concurrently with Wait",
            rf"value method {_TYPE} called using nil {_TYPE} pointer",
            rf"interface conversion: {_TYPE} (?:is|is not) {_TYPE}(?:: missing method \w+)?",
            r"reflect: call of reflect\.[\w.]+ on (?:zero|[\w.]+) Value",
        )
    )
)


def redact(report: Report) -> Report:
    """``report`` without texts of the program: strings, message values, labels."""
    dump = report.dump
    goroutines = tuple(
        AnnotatedGoroutine(_goroutine(g.goroutine), tuple(_frame(f) for f in g.frames))
        for g in report.goroutines
    )
    return report._replace(
        dump=_dump(dump, tuple(g.goroutine for g in goroutines)),
        goroutines=goroutines,
        culprit=_culprit(report),
    )


def _culprit(report: Report) -> Culprit | None:
    """Without the messages of the program, which it quotes."""
    culprit = report.culprit
    if culprit is None:
        return None
    for cause in report.dump.causes:
        message, shown = cause.message, _cause(cause).message
        if message and message != shown:
            culprit = culprit._replace(
                explanation=culprit.explanation.replace(message, shown),
                evidence=tuple(
                    e._replace(text=e.text.replace(message, shown)) for e in culprit.evidence
                ),
            )
    return culprit


def _dump(dump: Dump, goroutines: tuple[Goroutine, ...]) -> Dump:
    return dump._replace(
        causes=tuple(_cause(c) for c in dump.causes),
        goroutines=goroutines,
        notes=tuple(_note(n) for n in dump.notes),
    )


def _length(text: str) -> str:
    size = len(text.encode("utf-8", "surrogateescape"))
    return f"({size} byte{'' if size == 1 else 's'} redacted)"


def _is_own(message: str) -> bool:
    return len(message) <= OWN_MOST and _OWN.fullmatch(message) is not None


def _cause(cause: Cause) -> Cause:
    if cause.kind != "panic" or _is_own(cause.message):
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
