"""A dump while it is read, and what only the whole of it shows."""

from __future__ import annotations

from gotrace.model import (
    Cause,
    CauseKind,
    Dump,
    DumpKind,
    Goroutine,
    Issue,
    Note,
    RaceLocation,
    Register,
    Signal,
    SourceMap,
    Span,
    Thread,
)
from gotrace.parsing.goroutine import Section
from gotrace.parsing.lines import Lines, printed
from gotrace.tuples import NamedTuple


class DumpBuilder:
    """A dump while it is read."""

    def __init__(self, start: int, kind: DumpKind) -> None:
        self.start = start
        self.end = start
        self.kind = kind
        self.causes: list[Cause] = []
        self.signal: Signal | None = None
        self.goroutines: list[Goroutine] = []
        self.registers: list[Register] = []
        self.threads: list[Thread] = []
        self.notes: list[Note] = []
        self.issues: list[Issue] = []
        self.raw: Span | None = None
        self.relayed: Relay | None = None
        self.location: RaceLocation | None = None

    def note(self, code: str, lines: Lines) -> None:
        """Take the current line as a note and go on."""
        span = Span(lines.start, lines.end)
        self.notes.append(Note(code, printed(lines.line or ""), span))
        self.end = lines.end
        lines.advance()

    def add(self, section: Section) -> None:
        """Take a goroutine with its notes and issues."""
        self.goroutines.append(section.goroutine)
        self.notes.extend(section.notes)
        self.issues.extend(section.issues)
        self.end = max(self.end, section.goroutine.span.end)

    def end_thread(self) -> None:
        """Close the block of the thread that is being read."""
        relay = self.relayed
        assert relay is not None
        self.threads.append(
            Thread(
                relay.m,
                relay.pc,
                relay.sigcode,
                tuple(self.registers[relay.first_register :]),
                tuple(range(relay.first_goroutine, len(self.goroutines))),
            )
        )
        self.relayed = None


class Relay(NamedTuple):
    """Where the block of one thread began (GOTRACEBACK=crash)."""

    m: int | None
    pc: int | None
    sigcode: int | None
    first_goroutine: int
    first_register: int


def finish(builder: DumpBuilder, data: bytes, source: str, source_map: SourceMap) -> Dump:
    """The dump as a value, with what only the whole of it shows."""
    if builder.relayed is not None:
        builder.end_thread()
    causes = tuple(_with_kind(c, builder) for c in builder.causes)
    first = source_map.locate(Span(builder.start, builder.start)).line
    last = source_map.locate(Span(builder.end, builder.end)).line
    registers = builder.threads[0].registers if builder.threads else tuple(builder.registers)
    return Dump(
        source,
        builder.kind,
        Span(builder.start, builder.end),
        first,
        last,
        _crashed_first(builder),
        causes,
        builder.signal,
        registers,
        tuple(builder.threads) if len(builder.threads) > 1 else (),
        builder.location,
        tuple(builder.notes),
        tuple(builder.issues) + _ambiguity(builder),
        source_map,
        None if builder.raw is None or _tabs_lost(builder, data) else builder.raw,
    )


def _tabs_lost(builder: DumpBuilder, data: bytes) -> bool:
    """Whether somebody turned the runtime's tabs to blanks: then its own indentation of a message
    cannot be told from the message."""
    frames = (f for g in builder.goroutines for f in g.frames if f.site is not None)
    frame = next(frames, None)
    return frame is not None and data[frame.site_start : frame.site_start + 1] == b" "


def _with_kind(cause: Cause, builder: DumpBuilder) -> Cause:
    """A fatal error is a throw where the runtime's own throw raised it (≤ 1.18: always)."""
    if cause.kind is not CauseKind.FATAL or not builder.goroutines:
        return cause
    throws = any(
        f.function == "runtime.throw" for g in builder.goroutines[:2] for f in g.frames[:2]
    )
    return cause._replace(kind=CauseKind.THROW) if throws else cause


NOT_CRASHED = ("all goroutines are asleep", "no goroutines (main called")
_FAULTS = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS", "SIGABRT", "SIGEMT"}


def _crashed_first(builder: DumpBuilder) -> tuple[Goroutine, ...]:
    """The goroutines, the one that crashed marked. Go prints it first."""
    goroutines = builder.goroutines
    if builder.kind in {DumpKind.SNAPSHOT, DumpKind.RACE, DumpKind.PROFILE}:
        return tuple(goroutines)
    if any(NOT_CRASHED[0] in c.message or NOT_CRASHED[1] in c.message for c in builder.causes):
        return tuple(goroutines)
    if builder.kind is DumpKind.SIGNAL and builder.signal is not None:
        name = builder.signal.name
        if name is not None and name not in _FAULTS:
            return tuple(goroutines)
    index = _crashed_index(builder)
    if index is None:
        return tuple(goroutines)
    crashed = goroutines[index]._replace(crashed=True)
    return (
        (crashed, *goroutines[:index], *goroutines[index + 1 :])
        if index > 1
        else (*goroutines[:index], crashed, *goroutines[index + 1 :])
    )


def _crashed_index(builder: DumpBuilder) -> int | None:
    """Which goroutine crashed: the first, or the one behind ``runtime stack:``. Where a message
    holds the text of a goroutine, the last one of that id is real: the runtime prints it last."""
    goroutines = builder.goroutines
    if not goroutines or any(n.code == "http" for n in builder.notes):
        return None  # a server recovered it and went on
    first = 1 if goroutines[0].id is None and len(goroutines) > 1 else 0
    if builder.kind is DumpKind.PANIC and not builder.threads:
        twins = [i for i, g in enumerate(goroutines) if g.id == goroutines[first].id]
        return twins[-1] if goroutines[first].id is not None else first
    return first


def _ambiguity(builder: DumpBuilder) -> tuple[Issue, ...]:
    """Before Go 1.23 a message can hold text that looks like a goroutine."""
    running = [
        g
        for g in builder.goroutines
        if g.state == "running" and not g.stack_unavailable and g.frames
    ]
    ids = [g.id for g in builder.goroutines if g.id is not None]
    if builder.kind is not DumpKind.PANIC or builder.threads:
        return ()
    if len(running) < 2 and len(ids) == len(set(ids)):
        return ()
    return (
        Issue(
            "ambiguous-message",
            "the panic's message may itself hold the text of a goroutine: before Go 1.23 the "
            "runtime does not indent messages of several lines, so the first goroutine shown "
            "may be part of the message",
            builder.goroutines[0].span,
        ),
    )
