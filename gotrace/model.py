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
from typing import NamedTuple, Protocol


class Span(NamedTuple):
    """Bytes ``start`` to ``end`` (exclusive) of the input."""

    start: int
    end: int


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


# ---------------------------------------------------------------------- arguments


class AbsenceReason(StrEnum):
    """Why there is no number where one is expected."""

    CUT = "cut"  # `...`: the runtime's limit on count or depth
    TOO_FAR = "too far"  # `_`: the offset does not fit Go's one byte
    INLINED = "inlined"  # `(...)`: the call was inlined, or stands in an ancestor's stack
    NOT_PRINTED = "not printed"  # the runtime prints no word for it (generics, results, no layout)
    TRUNCATED = "truncated"  # the text ends


class Word(NamedTuple):
    """A printed number. ``start``/``end`` are bytes from the start of its line, without the `?`."""

    value: int
    stale: bool
    start: int
    end: int


class Group(NamedTuple):
    """``{…}``: an aggregate (Go ≥ 1.17). The span includes the braces."""

    items: tuple[Item, ...]
    start: int
    end: int


class Absence(NamedTuple):
    """A printed sign that a number is missing: ``...`` or ``_``."""

    reason: AbsenceReason
    start: int
    end: int


Item = Word | Group | Absence


class Call(NamedTuple):
    """A function and its printed arguments; one per distinct line, shared by frames.

    ``function`` is exactly as printed. ``name_end`` is the byte length of the function text;
    ``end`` that of the whole line. ``inlined`` is the form ``f(...)``. ``arguments`` is the text
    between the parentheses, ``items`` what it says. ``parenthesised`` is false for the stacks of
    loggers and gccgo, which print the bare name.
    """

    function: str
    items: tuple[Item, ...]
    inlined: bool
    arguments: str
    name_end: int
    end: int
    parenthesised: bool = True

    def words(self) -> tuple[Word, ...]:
        """All words in printed order, those inside groups included."""
        found: list[Word] = []
        _collect(self.items, found)
        return tuple(found)

    def __str__(self) -> str:
        return f"{self.function}({self.arguments})" if self.parenthesised else self.function


def _collect(items: tuple[Item, ...], into: list[Word]) -> None:
    for item in items:
        if isinstance(item, Word):
            into.append(item)
        elif isinstance(item, Group):
            _collect(item.items, into)


class Site(NamedTuple):
    """Where a call stands: ``file``, ``line`` and ``offset`` (`+0x…`, None where not printed)."""

    file: str
    line: int
    offset: int | None

    def __str__(self) -> str:
        tail = "" if self.offset is None else f" +{self.offset:#x}"
        return f"{self.file}:{self.line}{tail}"


class Frame(NamedTuple):
    """One frame. ``start`` is the byte where its call line starts, ``site_start`` its file line.

    ``site`` is None where the text has no file line for it (cut off, a C frame without a line).
    ``fp``, ``sp`` and ``pc`` are None where not printed. ``end`` is the end of its last line.
    """

    call: Call
    site: Site | None
    start: int
    site_start: int
    end: int
    fp: int | None = None
    sp: int | None = None
    pc: int | None = None
    language: str = "go"

    @property
    def function(self) -> str:
        """The function as printed."""
        return self.call.function

    @property
    def span(self) -> Span:
        """From the start of the call line to the end of the file line."""
        return Span(self.start, self.end)

    def __str__(self) -> str:
        return f"{self.call}\n\t{self.site}" if self.site else str(self.call)


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

    ``copies`` is how many goroutines a profile counts with this stack; None elsewhere.
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
    plain error or string both are None: the text does not say which it was.
    """

    kind: CauseKind
    message: str
    span: Span
    type: str | None = None
    value: str | None = None
    recovered: bool = False
    repanicked: bool = False
    goexit: bool = False


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
    """What one crash, or one snapshot, printed."""

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
