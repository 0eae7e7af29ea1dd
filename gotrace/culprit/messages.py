"""What the runtime's message says of the failure: its kind and the numbers and types in it.

Source: runtime/error.go boundsErrorFmts, TypeAssertionError.Error (go1.27.3); the texts of go1.15
to go1.27 are the same but for what is noted here.
"""

from __future__ import annotations

import re
from enum import StrEnum

from gotrace.model import Cause, Dump, Goroutine
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

_NIL = "invalid memory address or nil pointer dereference"


class FaultKind(StrEnum):
    """What went wrong, as the runtime sees it."""

    NIL = "nil dereference"
    NIL_MAP = "nil map write"
    INDEX = "index out of range"
    SLICE = "slice bounds out of range"
    CONVERT = "slice to array conversion"
    DIVIDE = "division by zero"
    SHIFT = "negative shift"
    ASSERTION = "type assertion"
    CLOSE_NIL = "close of a nil channel"
    CLOSE_CLOSED = "close of a closed channel"
    SEND_CLOSED = "send on a closed channel"
    SEND_NIL = "send on a nil channel"
    RECEIVE_NIL = "receive from a nil channel"
    MAKE_SLICE = "make of a slice"
    MAKE_CHAN = "make of a channel"
    UNHASHABLE = "unhashable key"
    UNCOMPARABLE = "comparison of uncomparable values"
    WAIT_GROUP = "negative wait group"
    UNLOCK = "unlock of an unlocked mutex"
    CONCURRENT_MAP = "concurrent map access"
    NIL_GO = "go of a nil func"
    EXPLICIT = "explicit panic"


class Fault(NamedTuple):
    """A failure. Fields that its kind does not have are None or empty.

    ``number`` and ``length``: an index and what it was out of; ``bounds`` is the text in the
    brackets (``:5``, ``5:3``), ``measure`` what the length is one of (length, capacity). Of an
    assertion: ``interface`` is the static type, ``have`` the dynamic one (``nil``: none), ``want``,
    ``method`` the missing one. Of other messages ``have`` is the type they name. ``address`` and
    ``pc`` are the signal's.
    """

    kind: FaultKind
    message: str
    number: int | None = None
    length: int | None = None
    bounds: str = ""
    measure: str = ""
    interface: str = ""
    have: str = ""
    want: str = ""
    method: str = ""
    address: int | None = None
    pc: int | None = None


_INDEX = lazy_pattern(r"index out of range(?: \[(-?\d+)\](?: with length (\d+))?)?")
_SLICE = lazy_pattern(
    r"slice bounds out of range(?: \[(-?\d*:-?\d*(?::-?\d*)?)\](?: with (length|capacity) (\d+))?)?"
)
_CONVERT = lazy_pattern(
    r"cannot convert slice with length (\d+) to (?:array or )?pointer to array with length (\d+)"
)
_ASSERTION = lazy_pattern(
    r"interface conversion: (?:(.+) is (.+?), not (.+?)(?: \(types from .*\))?"
    r"|(.+) is not (.+?): missing method (\S+)|interface is nil, not (.+?)"
    r"|(interface) is (nil|.+?)(?:, not (.+))?)",
    re.DOTALL,
)
_TYPED = {
    FaultKind.UNHASHABLE: lazy_pattern(r"hash of unhashable type:? ?(.*)", re.DOTALL),
    FaultKind.UNCOMPARABLE: lazy_pattern(r"comparing uncomparable type (.*)", re.DOTALL),
}
_PLAIN = (
    ("assignment to entry in nil map", FaultKind.NIL_MAP),
    ("integer divide by zero", FaultKind.DIVIDE),
    ("negative shift amount", FaultKind.SHIFT),
    ("close of nil channel", FaultKind.CLOSE_NIL),
    ("close of closed channel", FaultKind.CLOSE_CLOSED),
    ("send on closed channel", FaultKind.SEND_CLOSED),
    ("makeslice: ", FaultKind.MAKE_SLICE),
    ("makechan: size out of range", FaultKind.MAKE_CHAN),
    ("sync: negative WaitGroup counter", FaultKind.WAIT_GROUP),
    ("sync: unlock of unlocked mutex", FaultKind.UNLOCK),
    ("sync: Unlock of unlocked RWMutex", FaultKind.UNLOCK),
    ("sync: RUnlock of unlocked RWMutex", FaultKind.UNLOCK),
    ("concurrent map ", FaultKind.CONCURRENT_MAP),
    ("go of nil func value", FaultKind.NIL_GO),
)


def read_fault(dump: Dump, goroutine: Goroutine) -> Fault | None:
    """What killed the program; None where the text names no failure.

    Errors: none.
    """
    state = goroutine.state or ""
    if not dump.causes:
        return None
    cause = dump.causes[-1]
    message = cause.message
    if "all goroutines are asleep" in message or message == "deadlock":
        return _deadlock(message, state)
    fault = _runtime_fault(message) or _explicit(cause)
    signal = dump.signal
    if fault is not None and fault.kind is FaultKind.NIL and signal is not None:
        fault = fault._replace(address=signal.address, pc=signal.pc)
    return fault


def _runtime_fault(message: str) -> Fault | None:
    text = message.removeprefix("runtime error: ").removesuffix(" [recovered]")
    if text.startswith(_NIL) or text.startswith("unexpected fault address"):
        return Fault(FaultKind.NIL, message)
    for start, kind in _PLAIN:
        if text.startswith(start):
            return Fault(kind, message)
    for kind, pattern in _TYPED.items():
        found = pattern.match(text)
        if found:
            return Fault(kind, message, have=found[1])
    return _bounds(text, message) or _assertion(text, message)


def _bounds(text: str, message: str) -> Fault | None:
    found = _INDEX.fullmatch(text)
    if found:
        return Fault(FaultKind.INDEX, message, _number(found[1]), _number(found[2]))
    found = _SLICE.fullmatch(text)
    if found:
        length = _number(found[3])
        return Fault(
            FaultKind.SLICE, message, length=length, bounds=found[1] or "", measure=found[2] or ""
        )
    found = _CONVERT.search(text)
    if found:
        return Fault(FaultKind.CONVERT, message, _number(found[2]), _number(found[1]))
    return None


def _assertion(text: str, message: str) -> Fault | None:
    found = _ASSERTION.fullmatch(text)
    if found is None:
        return None
    fault = Fault(FaultKind.ASSERTION, message)
    if found[1]:
        return fault._replace(interface=found[1], have=found[2], want=found[3])
    if found[6]:
        return fault._replace(have=found[4], want=found[5], method=found[6])
    return fault._replace(interface="interface", have=found[9] or "nil", want=found[7] or "")


def _deadlock(message: str, state: str) -> Fault | None:
    """Waiting on a nil channel never ends: the state of the goroutine says so."""
    if "nil chan" not in state:
        return None
    kind = FaultKind.RECEIVE_NIL if "receive" in state else FaultKind.SEND_NIL
    return Fault(kind, message)


def _explicit(cause: Cause) -> Fault | None:
    return None if cause.kind == "throw" else Fault(FaultKind.EXPLICIT, cause.message)


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


_SAYS = {
    FaultKind.NIL: "a nil pointer was dereferenced",
    FaultKind.NIL_MAP: "a map that was never made was written to",
    FaultKind.DIVIDE: "an integer was divided by zero",
    FaultKind.SHIFT: "a shift count was negative",
    FaultKind.CLOSE_NIL: "a channel that was never made was closed",
    FaultKind.CLOSE_CLOSED: "a channel was closed twice",
    FaultKind.SEND_CLOSED: "a value was sent on a channel that had been closed",
    FaultKind.SEND_NIL: "a send on a channel that was never made waits for ever",
    FaultKind.RECEIVE_NIL: "a receive from a channel that was never made waits for ever",
    FaultKind.MAKE_SLICE: "a slice was made with a length or capacity that cannot be",
    FaultKind.MAKE_CHAN: "a channel was made with a size that cannot be",
    FaultKind.WAIT_GROUP: "Done was called more often than Add allows",
    FaultKind.UNLOCK: "a mutex was unlocked that was not locked",
    FaultKind.CONCURRENT_MAP: "two goroutines used a map at once, and one of them wrote",
    FaultKind.NIL_GO: "a go statement got a func that is nil",
    FaultKind.EXPLICIT: "the code panicked by itself",
}


def explain(fault: Fault) -> str:
    """The message's facts in one sentence, without a place."""
    kind, have = fault.kind, fault.have
    if kind is FaultKind.INDEX:
        return _index_text(fault)
    if kind is FaultKind.SLICE:
        tail = f" a {fault.measure} of {fault.length}" if fault.measure else ""
        return f"the bounds [{fault.bounds}] do not fit{tail}"
    if kind is FaultKind.NIL and fault.address is not None:
        return f"a nil pointer was dereferenced (fault address {fault.address:#x})"
    held = "nil" if have == "nil" else with_article(have)
    texts = {
        FaultKind.CONVERT: f"a slice of length {fault.length} was converted to [{fault.number}]…",
        FaultKind.ASSERTION: f"the interface held {held}, not {fault.want or 'what was asserted'}",
        FaultKind.UNHASHABLE: f"{held} cannot be a key of a map",
        FaultKind.UNCOMPARABLE: f"values of type {have} cannot be compared",
    }
    if kind is FaultKind.ASSERTION and fault.method:
        return f"{have} is no {fault.want}: it lacks the method {fault.method}"
    return texts.get(kind) or _SAYS[kind]


def with_article(name: str) -> str:
    """A type's name with its article: ``an int``, ``a []int``, ``a uint8``."""
    return f"{'an' if name[:1] in 'aeio' and name else 'a'} {name}"


def _index_text(fault: Fault) -> str:
    if fault.number is None:
        return "an index was out of range"
    if fault.number < 0:
        return f"the index was {fault.number}"
    return f"the index was {fault.number}, the length {fault.length}"
