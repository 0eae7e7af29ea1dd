"""What is printed of one frame: a call with its words, and where it stands."""

from __future__ import annotations

from enum import StrEnum

from gotrace.tuples import NamedTuple


class Span(NamedTuple):
    """Bytes ``start`` to ``end`` (exclusive) of the input."""

    start: int
    end: int


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
        found = [item for item in self.items if isinstance(item, Word)]
        if len(found) == len(self.items):
            return tuple(found)
        found.clear()
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
