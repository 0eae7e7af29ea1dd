"""Goroutine profiles in text (pprof, debug=1): stacks with counts, without arguments."""

from __future__ import annotations

from gotrace.model import Call, Dump, DumpKind, Frame, Goroutine, Issue, Note, Site, Span
from gotrace.parsing.lines import Lines, printed
from gotrace.parsing.records import TRACEBACK, Record
from gotrace.patterns import lazy_pattern

_OFFSET = lazy_pattern(r"[0-9a-f]{1,16}")


def read_profile(lines: Lines) -> Dump | None:
    """The profile whose title stands at the cursor; ``source`` is still empty."""
    title = TRACEBACK.read("profile", lines.line or "")
    if title is None:
        return None
    start, end = lines.start, lines.end
    notes = [Note("profile", printed(lines.line or ""), Span(start, end))]
    issues: list[Issue] = []
    goroutines: list[Goroutine] = []
    lines.advance()
    while lines.line is not None:
        if lines.line == "":
            if TRACEBACK.read("profile_stack", lines.peek() or "") is None:
                break
            lines.advance()
            continue
        record = TRACEBACK.read("profile_stack", lines.line)
        if record is None:
            break
        goroutine = _stack(lines, record, issues)
        goroutines.append(goroutine)
        end = goroutine.span.end
    return Dump(
        "", DumpKind.PROFILE, Span(start, end), 0, 0, tuple(goroutines),
        notes=tuple(notes), issues=tuple(issues),
    )  # fmt: skip


def _stack(lines: Lines, record: Record, issues: list[Issue]) -> Goroutine:
    start, end = lines.start, lines.end
    labels: tuple[tuple[str, str], ...] = ()
    frames: list[Frame] = []
    lines.advance()
    while lines.line and lines.line.startswith("#"):
        span = Span(lines.start, lines.end)
        known = TRACEBACK.read("profile_labels", lines.line)
        frame = TRACEBACK.read("profile_frame", lines.line)
        if known is not None:
            labels = _labels(known.text("PROFILE_LABELS") or "")
        elif frame is not None:
            frames.append(_frame(frame, span))
        else:
            issues.append(Issue("foreign-line", "this line is not understood", span))
        end = lines.end
        lines.advance()
    return Goroutine(
        None,
        None,
        tuple(frames),
        Span(start, end),
        labels=labels,
        copies=record.number_of_line("COUNT"),
    )


def _frame(record: Record, span: Span) -> Frame:
    """``#\t0x5b26d3\tmain.f+0x33\t/path/main.go:17``; names and sites may be missing."""
    name = (record.text("PROFILE_NAME") or "").strip("\t")
    # A Call's spans count from its name; a frame without one begins with its line.
    begin = record.fields["PROFILE_NAME"][1] - len(name) if name else 0
    function, _, offset = name.rpartition("+0x")
    if not function or _OFFSET.fullmatch(offset) is None:
        function, offset = name, ""
    end = len(record.line) - begin
    call = Call(printed(function), (), False, "", len(function), end, parenthesised=False)
    place = (record.text("PROFILE_SITE") or "").strip("\t")
    file, _, line = place.rpartition(":")
    site = Site(printed(file), int(line), int(offset, 16) if offset else None) if file else None
    start = span.start + begin
    site_start = span.end - len(place) if place else start
    return Frame(call, site, start, site_start, span.end, pc=record.number("PC"))


def _labels(text: str) -> tuple[tuple[str, str], ...]:
    """``{"k":"v", "k2":"v2"}`` (runtime/pprof/label.go String, quoted like Go strings)."""
    import ast  # noqa: PLC0415 - only for a profile with labels

    try:
        found = ast.literal_eval(printed(text))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return (("", printed(text)),)
    return tuple((str(k), str(v)) for k, v in found.items()) if isinstance(found, dict) else ()
