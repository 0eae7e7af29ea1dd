"""Reports of the race detector: two accesses, where, and who created the goroutines.

Its numbers are the detector's own thread ids, not goroutine ids.
"""

from __future__ import annotations

from gotrace.model import (
    Access,
    Call,
    CreatedBy,
    Dump,
    DumpKind,
    Frame,
    Goroutine,
    Issue,
    Note,
    RaceLocation,
    Site,
    Span,
)
from gotrace.parsing import _race_tables
from gotrace.parsing.lines import Lines, printed
from gotrace.parsing.records import Reader, Record

RACE = Reader(_race_tables)
RULE = "=" * 18


class _Report:
    """A report while it is read."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.goroutines: list[Goroutine] = []
        self.created: dict[int, CreatedBy | None] = {}
        self.states: dict[int, str] = {}
        self.location: RaceLocation | None = None
        self.notes: list[Note] = []
        self.issues: list[Issue] = []


def read_race(lines: Lines, floor: int) -> Dump | None:
    """The report whose ``WARNING: DATA RACE`` stands at the cursor; ``source`` is still empty."""
    if RACE.read("race_title", lines.line or "") is None:
        return None
    start = lines.start
    above = lines.data.rfind(b"\n", 0, max(start - 1, 0)) + 1
    if above >= floor and lines.data[above:start].rstrip(b"\r\n") == RULE.encode():
        start = above
    report = _Report(start)
    if start != lines.start:
        report.notes.append(Note("race", RULE, Span(start, start + len(RULE))))
    _note(report, lines, "race")
    while lines.line is not None and _read_block(report, lines):
        pass
    goroutines = tuple(_completed(g, report) for g in report.goroutines)
    return Dump(
        "", DumpKind.RACE, Span(report.start, report.end), 0, 0, goroutines,
        location=report.location, notes=tuple(report.notes), issues=tuple(report.issues),
    )  # fmt: skip


def _note(report: _Report, lines: Lines, code: str) -> None:
    span = Span(lines.start, lines.end)
    report.notes.append(Note(code, printed(lines.line or ""), span))
    report.end = lines.end
    lines.advance()


def _read_block(report: _Report, lines: Lines) -> bool:
    """One access, creation or location; False behind the report's last line."""
    line = lines.line or ""
    if line == "":
        if not any(RACE.read(r, lines.peek() or "") for r in _TITLES):
            return False
        lines.advance()
        return True
    if line == RULE:
        _note(report, lines, "race")
        if lines.line and RACE.read("race_found", lines.line):
            _note(report, lines, "race")
        return False
    for rule in _TITLES:
        record = RACE.read(rule, line)
        if record is not None:
            _BLOCKS[rule](report, lines, record)
            return True
    return _foreign(report, lines)


def _foreign(report: _Report, lines: Lines) -> bool:
    """Another writer's line inside the report, where the report goes on below it."""
    if not any(line == RULE for line in list(lines.coming(64))[1:]):
        return False
    span = Span(lines.start, lines.end)
    report.issues.append(Issue("foreign-line", "this line is not of the race detector", span))
    report.end = lines.end
    lines.advance()
    return True


def _access(report: _Report, lines: Lines, record: Record) -> None:
    start, end = lines.start, lines.end
    operation = (record.text("OPERATION") or "").lower()
    access = Access(
        operation.split()[-1],
        "atomic" in operation,
        "PREVIOUS" in record.fields,
        record.number("ADDRESS") or 0,
    )
    lines.advance()
    frames, stop = _frames(report, lines)
    report.end = max(end, stop)
    report.goroutines.append(
        Goroutine(
            _thread(record),
            "main goroutine" if "MAIN" in record.fields else None,
            frames,
            Span(start, report.end),
            access=access,
            crashed=not report.goroutines,
        )
    )


def _creation(report: _Report, lines: Lines, record: Record) -> None:
    start, end = lines.start, lines.end
    thread = record.number_of_line("THREAD")
    report.states[thread] = record.text("THREAD_STATE") or ""
    report.notes.append(Note("race", printed(lines.line or ""), Span(start, end)))
    lines.advance()
    frames, stop = _frames(report, lines)
    report.end = max(end, stop)
    first = frames[0] if frames else None
    report.created[thread] = (
        None if first is None else CreatedBy(first.function, first.site, None, first.span)
    )
    for frame in frames[1:]:
        report.notes.append(Note("creator-frame", str(frame), frame.span))


def _heap(report: _Report, lines: Lines, record: Record) -> None:
    start, text = lines.start, printed(lines.line or "")
    end = lines.end
    lines.advance()
    frames, stop = _frames(report, lines)
    report.end = max(end, stop)
    for frame in frames:
        report.notes.append(Note("allocation-frame", str(frame), frame.span))
    report.location = RaceLocation(
        text, record.number_of_line("SIZE"), record.number("ADDRESS"), None, Span(start, end)
    )


def _global(report: _Report, lines: Lines, record: Record) -> None:
    report.location = RaceLocation(
        printed(lines.line or ""),
        record.number_of_line("SIZE"),
        record.number("ADDRESS"),
        printed(record.text("GLOBAL") or ""),
        Span(lines.start, lines.end),
    )
    report.end = lines.end
    lines.advance()


_BLOCKS = {
    "race_access": _access,
    "race_creation": _creation,
    "race_heap": _heap,
    "race_global": _global,
}
_TITLES = tuple(_BLOCKS)


def _frames(report: _Report, lines: Lines) -> tuple[tuple[Frame, ...], int]:
    """The indented frames from the cursor on, and the byte where they end."""
    frames: list[Frame] = []
    end = 0
    while lines.line and lines.line.startswith("  "):
        if RACE.read("race_lost", lines.line) is not None:
            _note(report, lines, "stack-lost")
            end = report.end
            continue
        call = RACE.read("race_call", lines.line)
        site = RACE.read("race_site", lines.peek() or "")
        if call is None or site is None:
            break
        span = call.fields["RACE_FUNCTION"]
        name = printed(lines.line[span[0] : span[1]])
        start = lines.start + span[0]  # a Call's spans count from its name
        lines.advance()
        place = Site(
            printed(site.text("RACE_FILE") or ""),
            site.number_of_line("LINE"),
            site.number("OFFSET"),
        )
        length = len(call.line) - span[0]
        frames.append(
            # The report prints `f()` whatever f takes: the parentheses say nothing.
            Frame(
                Call(name, (), False, "", span[1] - span[0], length, parenthesised=False),
                place,
                start,
                lines.start,
                lines.end,
            )
        )
        end = lines.end
        lines.advance()
    return tuple(frames), end


def _thread(record: Record) -> int | None:
    return None if record.text("THREAD") is None else record.number_of_line("THREAD")


def _completed(goroutine: Goroutine, report: _Report) -> Goroutine:
    """The access with the state and the creator that the report gives further down."""
    if goroutine.id is None:
        return goroutine
    return goroutine._replace(
        state=report.states.get(goroutine.id), created_by=report.created.get(goroutine.id)
    )
