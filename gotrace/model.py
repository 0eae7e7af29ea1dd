"""What a Go program printed when it died, as data. The bottom layer.

Every number remembers where it was printed. What repeats is shared: a :class:`Call` (function and
words) and a :class:`Site` (file, line, offset) exist once per distinct line, and their spans count
from the start of their own line; a :class:`Frame` is a Call, a Site and where they stand.

Text fields are ``str`` decoded from UTF-8 with ``surrogateescape``, so that bytes that are not
UTF-8 survive; offsets are bytes of the input.

The classes are ``NamedTuple``: immutable, comparable, picklable, and cheap to define at start-up
(docs/decisions/0002).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from gotrace.stack import Absence, AbsenceReason, Call, Frame, Group, Item, Site, Span, Word
from gotrace.tuples import NamedTuple

# fmt: off
__all__ = [
    "Absence", "AbsenceReason", "Access", "Ancestor", "Call", "Cause", "CauseKind",
    "CreatedBy", "Dump", "DumpKind", "Elision", "Frame", "Goroutine", "Group", "Issue",
    "Item", "Location", "Note", "Parse", "RaceLocation", "Register", "Signal", "Site",
    "SourceMap", "Span", "Thread", "Word",
]
# fmt: on


class Location(NamedTuple):
    """Where a span lies in the original file.

    ``line`` and the columns count from 1; columns count code points, an invalid byte as one.
    ``parts`` is empty where the text is contiguous.
    """

    start: int
    end: int
    line: int
    column: int
    end_column: int
    parts: tuple[Span, ...] = ()


class SourceMap(Protocol):
    """Answers where text lies in the original file."""

    def locate(self, span: Span) -> Location:
        """The place of ``span``."""
        ...


# ---------------------------------------------------------------------- goroutines


class CreatedBy(NamedTuple):
    """``created by f [in goroutine N]`` and its file line."""

    function: str
    site: Site | None
    goroutine: int | None
    span: Span


class Elision(NamedTuple):
    """Frames left out by the runtime behind frame ``after_frame`` (from 0; -1: before all).

    ``missing`` is None where the text does not say how many.
    """

    after_frame: int
    missing: int | None
    span: Span


class Ancestor(NamedTuple):
    """``[originating from goroutine N]:`` — the stack of the creator when it said ``go``."""

    goroutine: int
    frames: tuple[Frame, ...]
    elided: Elision | None
    created_by: CreatedBy | None
    span: Span


class Access(NamedTuple):
    """A memory access in a race report."""

    operation: str  # read, write
    atomic: bool
    previous: bool
    address: int


class Goroutine(NamedTuple):
    """One goroutine. ``id`` is None for ``runtime stack:`` and stacks without a header.

    ``group`` is whether the header calls the bubble a group; ``labels_inside`` whether the labels
    stand inside the brackets (None: there are none). ``copies`` is how many goroutines a profile
    counts with this stack; None elsewhere.
    """

    id: int | None
    state: str | None
    frames: tuple[Frame, ...]
    span: Span
    wait_minutes: int | None = None
    locked_to_thread: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    flags: tuple[str, ...] = ()
    bubble: int | None = None
    group: bool = False
    labels_inside: bool | None = None
    gp: int | None = None
    m: int | None = None
    mp: int | None = None
    crashed: bool = False
    stack_unavailable: bool = False
    copies: int | None = None
    access: Access | None = None
    elided: Elision | None = None
    created_by: CreatedBy | None = None
    ancestors: tuple[Ancestor, ...] = ()

    def __str__(self) -> str:
        title = "runtime stack:" if self.id is None else f"goroutine {self.id} [{self.state}]:"
        return "\n".join([title, *map(str, self.frames)])


# ---------------------------------------------------------------------- the dump


class CauseKind(StrEnum):
    """How it died; a throw is a fatal error that the runtime raised over itself."""

    PANIC = "panic"
    FATAL = "fatal"
    THROW = "throw"


class Cause(NamedTuple):
    """A panic or fatal error. ``message`` has the runtime's own indentation taken off.

    ``type`` and ``value`` split a message such as ``main.MyErr("x")`` or ``(main.T) 0x…``; for a
    plain error or string both are None: the text does not say which it was. ``indented``: all lines
    behind the first began with a tab, which was taken off.
    """

    kind: CauseKind
    message: str
    span: Span
    type: str | None = None
    value: str | None = None
    recovered: bool = False
    repanicked: bool = False
    goexit: bool = False
    indented: bool = False


class Signal(NamedTuple):
    """``name`` (``SIGSEGV``) is None where only a number is printed (then ``number``).

    ``description`` is what the runtime says behind the name (``segmentation violation``).
    """

    name: str | None
    description: str | None
    number: int | None
    code: int | None
    address: int | None
    pc: int | None
    span: Span


class Register(NamedTuple):
    """A register of the thread that crashed."""

    name: str
    value: int


class Thread(NamedTuple):
    """One block of a crash relay: what one thread of the operating system was doing.

    ``goroutines`` are indices into ``Dump.goroutines``.
    """

    m: int | None
    pc: int | None
    sigcode: int | None
    registers: tuple[Register, ...]
    goroutines: tuple[int, ...]


class RaceLocation(NamedTuple):
    """The heap block or global that a race report names."""

    text: str
    size: int | None
    address: int | None
    name: str | None
    span: Span


class Note(NamedTuple):
    """A line whose meaning is known but that has no field of its own."""

    code: str
    text: str
    span: Span


class Issue(NamedTuple):
    """Text that was not understood, or that can be read in two ways."""

    code: str
    message: str
    span: Span


class DumpKind(StrEnum):
    """What kind of text it is; ``FRAMES`` is a stack without a goroutine header."""

    PANIC = "panic"
    FATAL = "fatal"
    SIGNAL = "signal"
    RACE = "race"
    SNAPSHOT = "snapshot"
    PROFILE = "profile"
    FRAMES = "frames"


class Dump(NamedTuple):
    """What one crash, or one snapshot, printed.

    ``raw_message`` is where a message of several lines stands that the runtime did not indent.
    ``timestamp``, ``stream`` and ``envelope`` are what a log collector said of it, as it stands in
    the log; empty for a bare dump. ``envelope`` names the ways in which it was wrapped, outermost
    first.
    """

    source: str
    kind: DumpKind
    span: Span
    first_line: int
    last_line: int
    goroutines: tuple[Goroutine, ...]
    causes: tuple[Cause, ...] = ()
    signal: Signal | None = None
    registers: tuple[Register, ...] = ()
    threads: tuple[Thread, ...] = ()
    location: RaceLocation | None = None
    notes: tuple[Note, ...] = ()
    issues: tuple[Issue, ...] = ()
    source_map: SourceMap | None = None
    raw_message: Span | None = None
    timestamp: str = ""
    stream: str = ""
    envelope: tuple[str, ...] = ()

    @property
    def crashed(self) -> Goroutine | None:
        """The goroutine that crashed, None in a snapshot."""
        return next((g for g in self.goroutines if g.crashed), None)

    def locate(self, frame: Frame, part: Word | Group | Absence) -> Location:
        """Where a printed part of ``frame``'s call lies in the original file."""
        return self.where(Span(frame.start + part.start, frame.start + part.end))

    def where(self, span: Span) -> Location:
        """Where ``span`` lies in the original file."""
        assert self.source_map is not None, "the dump was built without a source map"
        return self.source_map.locate(span)

    def __str__(self) -> str:
        lines = [f"{c.kind}: {c.message}" for c in self.causes]
        return "\n\n".join(["\n".join(lines), *map(str, self.goroutines)]).lstrip("\n")


class Parse(NamedTuple):
    """What :func:`gotrace.parse` found. ``issues`` are those outside any dump."""

    dumps: tuple[Dump, ...]
    issues: tuple[Issue, ...] = ()
