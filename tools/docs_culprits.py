"""A page for each kind of culprit, and the list of them in docs/culprit.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import docs_codes
from docs_codes import Told

from gotrace.culprit.messages import FaultKind
from gotrace.rendering.pages import CRASH, CULPRIT, page

_K = FaultKind
_A = "gotrace annotate --source "
_KINDS = _A + "samples/kinds samples/kinds/go1.27."
_CLOSED = "A channel is closed once, by the side that sends, after its last send: "
_SIZE = "Check the number before it is used, above all where it comes from input: "
_MADE = (
    "Make the channel before anything uses it. [Who waits for whom](../waiting.md) tells of the "
    "other goroutines."
)

TOLD = {
    _K.NIL: Told(
        "`invalid memory address or nil pointer dereference`, `unexpected fault address`",
        "Something was read or written through a pointer that is nil, or a method was called on a "
        "nil interface. An address above 0 is that of a field or an element behind the pointer. Of "
        "`unexpected fault address` the pointer need not be nil.",
        "Look at where the value comes from (`why`, `passed`): a flag or an error that was not "
        "checked, a key that a map lacks, a field that nobody set. Check it there, not only where "
        "it failed.",
        _A + "samples/seed-story samples/seed-story/go1.27.log",
    ),
    _K.NIL_MAP: Told(
        "`assignment to entry in nil map`",
        "A map that nobody made was written to. Reading a nil map is allowed, writing is not.",
        "Make it (`make(map[K]V)` or a literal) where the value that has it is built.",
        _A + "samples/http samples/http/go1.27.log",
    ),
    _K.INDEX: Told(
        "`index out of range [5] with length 3`",
        "An index is negative, or not below the length of what it is used on.",
        "Compare the index with `len` before; where the length is 0, ask why nothing is there.",
        _A + "samples/nested samples/nested/go1.27.cleanup.log",
    ),
    _K.SLICE: Told(
        "`slice bounds out of range [:5] with capacity 3`",
        "A bound of a slice expression is negative, beyond the length or capacity, or beyond the "
        "bound behind it. The message tells which: `[:5]` is the upper one, `[5:3]` the lower.",
        "Hold the bounds against `len` (of a string or an array) or `cap` (of a slice) before.",
        _KINDS + "slice.log",
    ),
    _K.CONVERT: Told(
        "`cannot convert slice with length 2 to array or pointer to array with length 4`",
        "A slice was converted to an array, or to a pointer to one, that is longer than it.",
        "Check `len` before the conversion, or use `copy`, which takes what is there.",
        _KINDS + "convert.log",
    ),
    _K.DIVIDE: Told(
        "`integer divide by zero`",
        "The right side of `/` or `%` on integers was 0.",
        "Check the divisor; often it is the length or count of something that is empty.",
        _KINDS + "divide.log",
    ),
    _K.SHIFT: Told(
        "`negative shift amount`",
        "The right side of `<<` or `>>` was below 0.",
        "Use an unsigned count, or check it before.",
        _KINDS + "shift.log",
    ),
    _K.ASSERTION: Told(
        "`interface conversion: interface {} is string, not int`",
        "`x.(T)` without a flag, and `x` holds another type, none (`is nil`), or one that lacks a "
        "method of `T`.",
        "Take the flag (`v, ok := x.(T)`) and check it, or switch on the type. Behind `missing "
        "method` the message names the method.",
        _KINDS + "assertion.log",
    ),
    _K.CLOSE_NIL: Told(
        "`close of nil channel`",
        "`close` was called on a channel that nobody made.",
        "Make it where its owner is built; look for a second variable or a copy that was made "
        "instead.",
        _KINDS + "close-nil.log",
    ),
    _K.CLOSE_CLOSED: Told(
        "`close of closed channel`",
        "A channel was closed for the second time.",
        _CLOSED + "with several senders, by the one that waits for them. `sync.Once` closes once.",
        _KINDS + "close-closed.log",
    ),
    _K.SEND_CLOSED: Told(
        "`send on closed channel`",
        "A value was sent after the channel had been closed, or while a sender waited it "
        "was closed.",
        _CLOSED + "who receives tells a sender to stop by another channel or a context.",
        _KINDS + "send-closed.log",
    ),
    _K.SEND_NIL: Told(
        "`all goroutines are asleep`, `[chan send (nil chan)]`",
        "A goroutine sends on a channel that is nil, which lasts for ever, and no other can run.",
        _MADE,
        _A + "samples/deadlock samples/deadlock/go1.27.log",
    ),
    _K.RECEIVE_NIL: Told(
        "`all goroutines are asleep`, `[chan receive (nil chan)]`",
        "A goroutine receives from a channel that is nil, which lasts for ever, and no other can "
        "run.",
        _MADE,
        _KINDS + "receive-nil.log",
    ),
    _K.MAKE_SLICE: Told(
        "`makeslice: len out of range`",
        "`make` of a slice with a length or capacity that is negative or too large for memory, or "
        "with a length above the capacity.",
        _SIZE + "a length that was read from a file or the net needs a limit.",
        _KINDS + "make-slice.log",
    ),
    _K.MAKE_CHAN: Told(
        "`makechan: size out of range`",
        "`make` of a channel with a size that is negative or too large for memory.",
        _SIZE + "a difference may be below 0.",
        _KINDS + "make-chan.log",
    ),
    _K.UNHASHABLE: Told(
        "`hash of unhashable type []int`",
        "The key of a map is an interface, or has one in it, that holds a slice, a map, a func, or "
        "what has one of these in it.",
        "Give the map a key type that can always be compared, or make such a key of the value.",
        _KINDS + "unhashable.log",
    ),
    _K.UNCOMPARABLE: Told(
        "`comparing uncomparable type []int`",
        "`==` or `!=` met interfaces that hold the same type, and one that cannot be compared: a "
        "slice, a map, a func, or what has one of these in it.",
        "Compare what is in them, or use `reflect.DeepEqual`.",
        _KINDS + "uncomparable.log",
    ),
    _K.WAIT_GROUP: Told(
        "`sync: negative WaitGroup counter`",
        "`Done`, or `Add` of a negative number, took the counter below 0.",
        "Call `Add` before `go`, and `Done` once, deferred, in the goroutine.",
        _KINDS + "wait-group.log",
    ),
    _K.UNLOCK: Told(
        "`sync: unlock of unlocked mutex`",
        "`Unlock` or `RUnlock` of a mutex that is not locked in this way. It ends the program: "
        "`recover` does not catch it.",
        "Look for a second `Unlock` on the way out (one that is deferred, and one that is not), "
        "and for a copy of the mutex.",
        _A + "samples/throw samples/throw/go1.27.mutex.log",
    ),
    _K.CONCURRENT_MAP: Told(
        "`concurrent map writes`",
        "A map was written to while another goroutine read it, wrote to it or ranged over it. It "
        "ends the program: `recover` does not catch it. The other goroutine may have gone on.",
        "Guard the map with a mutex, or use `sync.Map`; the race detector (`go run -race`) names "
        "both sides.",
        _KINDS + "concurrent-map.log",
    ),
    _K.NIL_GO: Told(
        "`go of nil func value`",
        "`go f()` where `f` is nil.",
        "Look at where the func is set, and check it before `go`.",
        _KINDS + "nil-go.log",
    ),
    _K.EXPLICIT: Told(
        "whatever was given to `panic`",
        "The program called `panic` itself. The culprit is that call.",
        "Read the message, and the code in front of the call: it says what must not happen.",
        _A + "samples/binaries/app samples/binaries/go1.27/trace.log",
    ),
}


def pages() -> dict[str, str]:
    """The text of each page, by its name below ``docs``."""
    return {page(CULPRIT + slug(kind)): _page(kind, told) for kind, told in TOLD.items()}


def rows() -> list[str]:
    """The list of them."""
    told = [f"| [{k.value}]({page(CULPRIT + slug(k))}) | {t.brief} |" for k, t in TOLD.items()]
    return ["| kind | the message |", "|---|---|", *told]


def slug(kind: FaultKind) -> str:
    """The kind, as its code ends."""
    return kind.value.replace(" ", "-")


def _page(kind: FaultKind, told: Told) -> str:
    def has(dump: Any) -> bool:
        return bool(dump["culprit"] and dump["culprit"]["kind"] == kind.value)

    shown = docs_codes.example(told, has, _shows)
    told = told._replace(means=f"The message: {told.brief}.\n\n{told.means}")
    behind = (
        f"In an editor and in SARIF the code is `{CULPRIT}{slug(kind)}`, and `{CRASH}{slug(kind)}` "
        "where no expression is known. [The culprit](../culprit.md)"
    )
    return docs_codes.page(kind.value, told, "tools/docs_culprits.py", shown, behind)


def _shows(printed: str) -> Iterator[str]:
    """What crashed, and the culprit."""
    cause, _, rest = printed.partition("\n\n")
    culprit, _, rest = rest.partition("\n\n")
    if culprit.startswith("culprit "):
        yield from (*cause.splitlines(), "", *culprit.splitlines(), "...")
