"""What the text of a dump says of the Go release that printed it."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.goversion import FACTS, Evidence
from gotrace.model import (
    Absence,
    AbsenceReason,
    Call,
    Dump,
    DumpKind,
    Frame,
    Goroutine,
    Group,
    Item,
    Span,
)
from gotrace.names import split_name
from gotrace.patterns import lazy_pattern

_BOUNDS = lazy_pattern(r"runtime error: [a-z ]+ \[[-0-9:]+\] with (?:length|capacity) [0-9]+")


def text_evidence(dump: Dump) -> Iterator[Evidence]:
    """All evidence for the release that stands in the text; the same may come several times.

    Dumps repeat their calls and sites, which are shared: each is asked once.
    """
    names: set[tuple[str, int]] = set()
    calls: set[tuple[int, bool, bool]] = set()
    for cause in dump.causes:
        if cause.repanicked:
            yield _fact("repanicked", cause.span)
        if _BOUNDS.fullmatch(cause.message):
            yield _fact("bounds_numbers", cause.span)
    yield from _message_evidence(dump)
    for goroutine in dump.goroutines:
        yield from _header_evidence(goroutine)
        yield from _stack_evidence(goroutine)
        for frame in goroutine.frames:
            call, site, pc = frame.call, frame.site, frame.pc
            name = call[0], id(site)
            if name not in names:
                names.add(name)
                yield from _name_evidence(frame)
            key = id(call), pc is None, site is None or site.offset is None
            if key not in calls:
                calls.add(key)
                if call.parenthesised and (pc is not None or _may_tell(call)):
                    yield from _frame_evidence(frame)


def _message_evidence(dump: Dump) -> Iterator[Evidence]:
    # A message with lines that nobody indented (dump.raw_message) proves no release: they may be
    # another writer's.
    if len(dump.causes) > 1 and dump.causes[-1].kind != "panic":
        yield _fact("panics_before_fatal", dump.causes[-1].span)
    signal = dump.signal
    if dump.kind is DumpKind.SIGNAL and signal is not None and signal.address is not None:
        yield _fact("signal_address", signal.span)


_STATES = {
    "sync.Mutex.Lock": "mutex_states",
    "sync.RWMutex.RLock": "mutex_states",
    "sync.RWMutex.Lock": "mutex_states",
    "sync.WaitGroup.Wait": "waitgroup_state",
}


def _header_evidence(goroutine: Goroutine) -> Iterator[Evidence]:
    span = Span(goroutine.span.start, goroutine.span.start)
    if goroutine.gp is not None:
        yield _fact("header_pointers", span)
    if goroutine.state in _STATES:
        yield _fact(_STATES[goroutine.state], span)
    for flag, name in (("leaked", "leaked_marks"), ("durable", "synctest_bubble")):
        if flag in goroutine.flags:
            yield _fact(name, span)
    if goroutine.bubble is not None:
        yield _fact("synctest_group" if goroutine.group else "synctest_bubble", span)
    if goroutine.labels_inside is not None:
        yield _fact("labels_inside" if goroutine.labels_inside else "labels_behind", span)


def _stack_evidence(goroutine: Goroutine) -> Iterator[Evidence]:
    if goroutine.created_by is not None and goroutine.created_by.goroutine is not None:
        yield _fact("creator_id", goroutine.created_by.span)
    if goroutine.elided is not None:
        middle = goroutine.elided.missing is not None
        yield _fact(
            "elided_in_the_middle" if middle else "elided_at_the_end", goroutine.elided.span
        )


_NAMES = (
    ("[...]", "type_arguments_elided"),
    (".gowrap", "go_wrappers"),
    (".deferwrap", "go_wrappers"),
    ("glob..func", "glob_closures"),
    ("-range", "range_bodies"),
)
_PACKAGES = ("internal/runtime/maps.", "internal/sync.")
# /usr/lib/go-1.19, go1.22.1, /nix/store/…-go-1.22.1, toolchain@v0.0.1-go1.22.3, go/1.21.5,
# golang/1.20.3: the folder that the standard library lies in.
_RELEASE = lazy_pattern(
    r"(?:(?:^|[/\\-])go-?|(?:^|[/\\])go(?:lang)?[/\\])1\.([0-9]+)((?:\.[0-9]+)?)[/.\\a-z]"
)


def _name_evidence(frame: Frame) -> Iterator[Evidence]:
    """What the names of functions and files say; also where no arguments are printed."""
    call, span = frame.call, Span(frame.start, frame.start + frame.call.end)
    if frame.language != "go":
        return
    for text, name in _NAMES:
        if _is_suffix(split_name(call.function).local, text):
            yield _fact(name, span)
    if call.function.startswith(_PACKAGES):
        yield _fact("swiss_maps", span)
    if frame.site is not None and "src/runtime/" in frame.site.file:
        # The last one: a toolchain may lie in the cache of another.
        match = next(reversed(list(_RELEASE.finditer(frame.site.file))), None)
        if match is not None:
            minor, patch = int(match[1]), match[2]
            exact = f"1.{minor}{patch}" if patch else None
            root = frame.site.file[: frame.site.file.index("src/runtime/")]
            text = f"the standard library lies in {root}"
            yield Evidence(text, minor, minor, span, exact, weak=True)


def _may_tell(call: Call) -> bool:
    """Whether the arguments can be evidence; nearly all of those of Go ≤ 1.16 are not."""
    text = call.arguments
    return (
        ("{" in text or "?" in text or "_" in text or call.inlined)
        or call.function in _AGGREGATES
        or call.function == _GOEXIT
    )


def _frame_evidence(frame: Frame) -> Iterator[Evidence]:
    call, span = frame.call, Span(frame.start, frame.start + frame.call.end)
    if frame.language != "go":
        return
    if call.inlined and (frame.site is None or frame.site.offset is None):
        yield _fact("inlined_frames", span)
    if frame.pc is not None:
        yield _fact("frame_pc", span)
    yield from _argument_evidence(frame, span)


def _is_suffix(function: str, text: str) -> bool:
    """Whether ``text`` is in the name; ``-range`` and ``.gowrap`` need a number behind them."""
    if text not in function:
        return False
    if text in {"[...]", "glob..func"}:
        return True
    behind = function[function.index(text) + len(text) :]
    return behind[:1].isdigit()


# Functions of the runtime and the standard library that have always taken an aggregate (a string,
# slice or interface): flat words for them are of Go ≤ 1.16.
_AGGREGATES = frozenset(
    {
        "panic",
        "runtime.throw",
        "runtime.gopanic",
        "net/http.(*conn).serve",
        "net/http.HandlerFunc.ServeHTTP",
        "net/http.serverHandler.ServeHTTP",
        "net/http.(*ServeMux).ServeHTTP",
        "net/http.(*Server).Serve",
        "net/http.ListenAndServe",
        "io.ReadFull",
        "io.ReadAtLeast",
        "io.Copy",
        "internal/poll.(*FD).Read",
        "internal/poll.(*FD).Write",
        "os.(*File).Write",
        "os.(*File).Read",
        "net.(*conn).Read",
        "net.(*conn).Write",
        "bufio.(*Writer).Write",
        "testing.(*T).Run",
        "testing.runTests",
        "reflect.Value.Call",
    }
)


_GOEXIT = "runtime.goexit"


def _argument_evidence(frame: Frame, span: Span) -> Iterator[Evidence]:
    call = frame.call
    if call.function == _GOEXIT and call.arguments == "{}":
        yield _fact("goexit_placeholder", span)
    if call.inlined or not call.items:
        return
    if "{" in call.arguments or "_" in call.arguments:
        for item in call.items:
            if isinstance(item, Group) or (
                isinstance(item, Absence) and item.reason is AbsenceReason.TOO_FAR
            ):
                yield _fact("argument_values", span)
                break
    if "?" in call.arguments and _any_stale(call.items):
        yield _fact("stale_marks", span)
    if call.function in _AGGREGATES and not any(isinstance(i, Group) for i in call.items):
        text = f"{call.function} prints the words of an aggregate without braces"
        yield Evidence(text, None, FACTS["argument_values"].since - 1, span)


def _any_stale(items: tuple[Item, ...]) -> bool:
    return any(
        _any_stale(i.items) if isinstance(i, Group) else not isinstance(i, Absence) and i.stale
        for i in items
    )


def _fact(name: str, span: Span | None) -> Evidence:
    fact = FACTS[name]
    return Evidence(fact.text, fact.since or None, fact.until, span)
