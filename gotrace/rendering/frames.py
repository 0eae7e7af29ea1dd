"""Goroutines in full: a title, then each frame with a line for each argument."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.grouping import Bucket
from gotrace.model import CreatedBy, Goroutine, Site
from gotrace.rendering.paths import ShortNames
from gotrace.rendering.style import Line, Piece, Style, clean, cut, pad, wrap
from gotrace.rendering.values import LONG, Names, part_certainties, shown, value_text, word_text
from gotrace.signature import Role
from gotrace.tuples import NamedTuple
from gotrace.value import Argument, Certainty, Severity, ValueKind

if TYPE_CHECKING:
    from gotrace.rendering.hyperlink import Links


class Look(NamedTuple):
    """How a report is shown. ``mixed``: it holds exact and likely arguments, so these need a mark.

    ``width`` in characters. ``links`` makes the links of places; None for none.
    """

    short: ShortNames
    names: Names
    mixed: bool
    width: int
    links: Links | None = None


INDENT = "     "
WIDE = 95  # columns from which on a frame's line says where its signature comes from
IDS = 8  # ids listed in the title of a group


def goroutine_title(bucket: Bucket, look: Look) -> Line:
    """``goroutine 7 [running]  crashed                              5 frames``."""
    goroutine = bucket.goroutines[0]
    text = _who(bucket)
    if goroutine.state and goroutine.access is None:
        text += f" [{clean(_state(goroutine))}]"
    mark = "  crashed" if goroutine.crashed and goroutine.access is None else ""
    frames = f"{len(goroutine.frames)} frame{'' if len(goroutine.frames) == 1 else 's'}"
    gap = max(2, look.width - len(text) - len(mark) - len(frames))
    return (
        Piece(text, Style.HEADING),
        Piece(mark, Style.CAUSE),
        Piece(" " * gap),
        Piece(frames, Style.DIM),
    )


def _who(bucket: Bucket) -> str:
    goroutine = bucket.goroutines[0]
    access = goroutine.access
    if access is not None:
        kind = f"{'previous ' if access.previous else ''}{'atomic ' if access.atomic else ''}"
        who = goroutine.state or ""
        if goroutine.id is not None:
            who = f"race goroutine {goroutine.id}" + (f" ({who})" if who else "")
        return f"{kind}{access.operation} at {access.address:#x} by {who}"
    if bucket.count > 1:
        ids = [str(g.id) for g in bucket.goroutines if g.id is not None]
        listed = f" ({', '.join(ids[:IDS])}{', …' if len(ids) > IDS else ''})" if ids else ""
        return f"{bucket.count} goroutines{listed}"
    return "runtime stack" if goroutine.id is None else f"goroutine {goroutine.id}"


def _state(goroutine: Goroutine) -> str:
    parts = [" ".join([goroutine.state or "", *(f"({f})" for f in goroutine.flags)])]
    if goroutine.wait_minutes is not None:
        parts.append(f"{goroutine.wait_minutes} minutes")
    if goroutine.locked_to_thread:
        parts.append("locked to thread")
    if goroutine.bubble is not None:
        parts.append(f"synctest bubble {goroutine.bubble}")
    return ", ".join(parts)


def frame_lines(annotated: AnnotatedGoroutine, look: Look) -> Iterator[Line]:
    """The frames of a goroutine, what was left out, and who created it."""
    goroutine = annotated.goroutine
    elided = goroutine.elided
    for number, frame in enumerate(annotated.frames):
        yield from _frame(frame, number, look)
        if elided is not None and elided.after_frame == number:
            yield (Piece(f"{INDENT}… {_elided(elided.missing)}", Style.DIM),)
    if goroutine.stack_unavailable:
        yield (Piece("  stack unavailable: it ran on another thread", Style.DIM),)
    if goroutine.created_by is not None:
        yield _created_by(goroutine.created_by, look)
    for ancestor in goroutine.ancestors:
        yield (Piece(f"  ancestor: goroutine {ancestor.goroutine}", Style.DIM),)
        for plain in ancestor.frames:
            text = f"{INDENT}{clean(look.short.function(plain.function))}"
            row = _aligned(text, _place(plain.site, look), look)
            yield linked_place(row, plain.site, look, Style.DIM)


def _elided(missing: int | None) -> str:
    if missing is None:
        return "more frames that Go did not print"
    return f"{missing} frame{'' if missing == 1 else 's'} that Go did not print"


def _created_by(creator: CreatedBy, look: Look) -> Line:
    text = f"created by {clean(look.short.function(creator.function))}"
    if creator.goroutine is not None:
        text += f" in goroutine {creator.goroutine}"
    row = _aligned(text, _place(creator.site, look), look)
    return linked_place(row, creator.site, look, Style.DIM)


def linked_place(text: str, site: Site | None, look: Look, style: Style) -> Line:
    """``text`` with a link on the place that it names, where the file is here."""
    link = "" if look.links is None or site is None else look.links.to(site.file, site.line)
    if not link or site is None:
        return (Piece(text, style),)
    place = f"{clean(look.short.file(site.file))}:{site.line}"
    before, found, after = text.rpartition(place)
    if not found:  # it was cut
        return (Piece(text, style),)
    return (Piece(before, style), Piece(place, style, link), Piece(after, style))


def _place(site: Site | None, look: Look) -> str:
    if site is None:
        return ""
    offset = "" if site.offset is None else f" +{site.offset:#x}"
    return f"{clean(look.short.file(site.file))}:{site.line}{offset}"


def _aligned(text: str, place: str, look: Look, *, used: int = 0) -> str:
    """``text`` and ``place`` in their columns; ``used`` characters stand before them."""
    return f"{pad(text, min(55, look.width // 2 + 3) - used)} {place}".rstrip()


# ---------------------------------------------------------------------- frames


def _frame(frame: AnnotatedFrame, number: int, look: Look) -> Iterator[Line]:
    name = clean(look.short.function(frame.frame.function))
    lead = f"{number + 1:>2} "
    quiet = not frame.in_app and frame.signature is None
    source = "" if frame.signature is None else f"  {frame.signature.source.value}"
    if look.width < WIDE:
        source = ""
    if frame.frame.call.inlined:
        source = "  inlined"
    row = _aligned(name, _place(frame.frame.site, look), look, used=len(lead))
    rest = pad(row, min(80, look.width - 12))[len(name) :]
    yield (
        Piece(lead, Style.DIM),
        Piece(name, Style.DIM if quiet else Style.FUNCTION),
        *linked_place(rest, frame.frame.site, look, Style.DIM if quiet else Style.PLAIN),
        Piece(source, Style.DIM),
    )
    yield from _arguments(frame, look)
    for issue in frame.issues:
        yield (Piece("  !  ", Style.WARNING), Piece(f"{issue.code}: {clean(issue.message)}"))
    if frame.unbound and (not quiet or number == 0):
        yield _unbound(frame, look)


def _unbound(frame: AnnotatedFrame, look: Look) -> Line:
    words = ", ".join(word_text(w, look.names) for w in frame.unbound)
    why = "no signature: " if frame.signature is None else "not bound: "
    return (Piece(cut(f"{INDENT}{why}{words}", look.width), Style.DIM),)


def _arguments(frame: AnnotatedFrame, look: Look) -> Iterator[Line]:
    if frame.frame.call.inlined or not frame.frame.call.parenthesised:
        return
    function = clean(look.short.function(frame.frame.function)).rpartition(".")[2]
    rows = [(_title(a, i), a) for i, a in enumerate(frame.arguments)]
    # Of other people's code a reader wants what holds; what does not is named, not shown.
    left_out = [] if frame.in_app else [name for name, a in rows if _says_nothing(a)]
    rows = [(name, a) for name, a in rows if name not in left_out]
    name_width = min(24, max((len(n) for n, _ in rows), default=0) + 2)
    type_width = min(32, max((len(a.type) for _, a in rows), default=0) + 2)
    named = any(a.value is not None and (a.value.pointer or 0) in look.names for _, a in rows)
    for name, argument in rows:
        lead = (
            Piece(INDENT + pad(clean(name), name_width), Style.NAME),
            Piece(pad(clean(argument.type), type_width), Style.TYPE),
        )
        if _is_long(argument, look.names):
            likely = look.mixed and argument.certainty is Certainty.LIKELY
            yield (*lead, Piece("likely" if likely else "", Style.DIM))
            yield from _fields(argument, look.names)
            yield from _findings(argument, look)
            continue
        pieces = shown(argument, look.names, function, mixed=look.mixed)
        # A pointer without a name stands under those that have one.
        gap = "   " if named and pieces[0].text.startswith("0x") else ""
        origin = argument.provenance
        source = "" if origin is None else f"  {clean(origin.text)}"
        yield (*lead, Piece(gap), *pieces, Piece(source, Style.DIM))
        yield from _findings(argument, look)
    yield from _stale_names(left_out, look)


_MARKS = {Severity.ERROR: "!!", Severity.WARNING: " !", Severity.NOTE: " ·"}


def _findings(argument: Argument, look: Look) -> Iterator[Line]:
    width = look.width - len(INDENT) - 1
    for finding in argument.findings:
        text = f"{clean(finding.message)}  [{finding.code}]"
        for number, line in enumerate(wrap(text, width)):
            mark = _MARKS[finding.severity] if number == 0 else ""
            yield (
                Piece(f"  {mark}".ljust(len(INDENT) + 1), Style.WARNING),
                Piece(line, Style.WARNING if number == 0 else Style.PLAIN),
            )
        evidence = clean("; ".join(finding.evidence))
        for line in wrap(evidence, width) if evidence else ():
            yield (Piece(f"{INDENT} {line}", Style.DIM),)


def _says_nothing(argument: Argument) -> bool:
    """Whether every number of it is stale, or it has neither name nor size."""
    if argument.value is None or argument.certainty is Certainty.UNSET:
        return False
    if argument.value.dynamic_type is not None:  # of the value of a panic, which is always marked
        return False
    if argument.name is None and not argument.words:
        return True
    return all(c is Certainty.STALE for c in part_certainties(argument.value))


def _stale_names(names: list[str], look: Look) -> Iterator[Line]:
    named = [clean(name) for name in names if not name.startswith("#")]
    if named:
        yield (Piece(cut(f"{INDENT}stale: {', '.join(named)}", look.width), Style.DIM),)


def _title(argument: Argument, index: int) -> str:
    if argument.role is Role.RESULT:
        return f"→ {argument.name or 'result'}"
    if argument.role is Role.DICTIONARY:
        return "dictionary"
    if argument.role is Role.CAPTURED:
        return f"captured {argument.name or index}"
    return argument.name or f"#{index}"


def _is_long(argument: Argument, names: Names) -> bool:
    value = argument.value
    return (
        value is not None
        and value.kind is ValueKind.STRUCT
        and argument.certainty is not Certainty.UNSET
        and len(value_text(value, names)) > LONG
    )


def _fields(argument: Argument, names: Names) -> Iterator[Line]:
    """A struct with a line for each field."""
    assert argument.value is not None
    fields = argument.value.fields
    width = max((len(f.name) for f in fields), default=0) + 2
    for field in fields:
        stale = all(c is Certainty.STALE for c in part_certainties(field.value))
        yield (
            Piece(f"{INDENT}  .{pad(clean(field.name), width)}", Style.DIM),
            Piece(
                value_text(field.value, names),
                Style.DIM if stale or field.value.truncated else Style.VALUE,
            ),
        )
