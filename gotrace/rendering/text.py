"""A report as text: what happened first, then the goroutine that crashed, then the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedGoroutine
from gotrace.choosing import LINES
from gotrace.grouping import Bucket, group_exactly
from gotrace.model import Dump, DumpKind, Goroutine
from gotrace.rendering.frames import Look, frame_lines, goroutine_title
from gotrace.rendering.heading import heading_lines
from gotrace.rendering.paths import ShortNames
from gotrace.rendering.style import Line, Piece, Style, clean, cut, pad, wrap
from gotrace.report import Report
from gotrace.value import Certainty

if TYPE_CHECKING:
    from gotrace.rendering.hyperlink import Links

ISSUES = 12  # so many lines that were not understood are shown, then their number
LEAD = 7  # columns of the word before a remark


def lines(
    report: Report,
    *,
    width: int = 100,
    everything: bool = False,
    explain: bool = False,
    links: Links | None = None,
) -> Iterator[Line]:
    """The lines of one dump.

    Shape:  ``everything`` shows every goroutine in full, ``explain`` all evidence for the culprit.
    Units:  ``width`` in characters.
    """
    look = look_at(report, width, links)
    yield from heading_lines(report, width)
    if report.culprit is not None:
        from gotrace.rendering.culprit import culprit_lines  # noqa: PLC0415 - only for a crash

        yield from culprit_lines(report, look, explain=explain)
    if report.waiting is not None:
        from gotrace.rendering.waiting import waiting_lines  # noqa: PLC0415 - for few dumps

        yield from waiting_lines(report, look, everything=everything)
    whole, rest = split(report, everything=everything)
    yield from whole_lines(report, whole, look)
    if rest:
        yield ()
        yield from rest_lines(report, rest, look)
    remarks = list(remark_lines(report, width))
    if remarks:
        yield ()
    yield from remarks


def look_at(report: Report, width: int, links: Links | None = None) -> Look:
    """How to show a report ``width`` characters wide."""
    return Look(_short_names(report.dump), report.pointers, report.mixed, width, links)


def _short_names(dump: Dump) -> ShortNames:
    frames = [f for g in dump.goroutines for f in g.frames]
    creators = [g.created_by for g in dump.goroutines if g.created_by is not None]
    functions = [f.function for f in frames if f.language == "go"]
    functions += [c.function for c in creators]
    files = [f.site.file for f in frames if f.site is not None]
    files += [c.site.file for c in creators if c.site is not None]
    return ShortNames(functions, files)


# ---------------------------------------------------------------------- goroutines


def split(report: Report, *, everything: bool) -> tuple[list[Bucket], list[Bucket]]:
    """The goroutines that are shown in full, and the others, both in the order of the page."""
    buckets = group_exactly(g.goroutine for g in report.goroutines)
    whole = _whole(report, buckets, everything=everything)
    rest = [b for b in buckets if b.indices[0] not in whole]
    rest.sort(key=lambda b: (not _has_app(report, b), -b.count))
    return [b for b in buckets if b.indices[0] in whole], rest


def whole_lines(report: Report, buckets: Iterable[Bucket], look: Look) -> Iterator[Line]:
    """Goroutines in full, an empty line before each."""
    for bucket in buckets:
        yield ()
        yield from _in_full(report, bucket, look)


def rest_lines(report: Report, buckets: list[Bucket], look: Look) -> Iterator[Line]:
    """How many others there are, and a line for each."""
    count = sum(b.count for b in buckets)
    title = f"{count} other goroutine{'' if count == 1 else 's'}"
    grouped = f" in {len(buckets)} groups" if len(buckets) != count else ""
    yield (Piece(title + grouped, Style.HEADING),)
    for bucket in buckets:
        yield _summary(report, bucket, look)


def _whole(report: Report, buckets: tuple[Bucket, ...], *, everything: bool) -> set[int]:
    """The buckets that are shown in full, by their first goroutine: what crashed; where nothing
    did, the first that runs code of the user's."""
    dump = report.dump
    if everything or dump.kind in {DumpKind.RACE, DumpKind.FRAMES} or len(buckets) == 1:
        return {b.indices[0] for b in buckets}
    crashed = [i for i, g in enumerate(dump.goroutines) if g.crashed]
    if not crashed:
        return {next((b.indices[0] for b in buckets if _has_app(report, b)), 0)}
    before = {i for i in range(crashed[0]) if dump.goroutines[i].id is None}
    return before | set(crashed)


def _in_full(report: Report, bucket: Bucket, look: Look) -> Iterator[Line]:
    annotated = report.goroutines[bucket.indices[0]]
    yield goroutine_title(bucket, look)
    if annotated.goroutine.labels:
        labels = ", ".join(f"{clean(k)}={clean(v)}" for k, v in annotated.goroutine.labels)
        yield (Piece(f"  labels  {labels}", Style.DIM),)
    yield from frame_lines(annotated, look)


def _has_app(report: Report, bucket: Bucket) -> bool:
    return any(f.in_app for f in report.goroutines[bucket.indices[0]].frames)


def _summary(report: Report, bucket: Bucket, look: Look) -> Line:
    """``12 × [semacquire, 3–48 minutes] sync.(*Mutex).Lock ← store.(*Store).Get store.go:120``."""
    annotated = report.goroutines[bucket.indices[0]]
    goroutine = annotated.goroutine
    lead = f"{bucket.count:>5} × " if bucket.count > 1 else f"  {_id(goroutine):>6}  "
    state = f"[{clean(goroutine.state or '')}{_wait(bucket)}] " if goroutine.state else ""
    text = lead + pad(state, 0).rstrip() + " " + _path(annotated, look.short)
    return (Piece(cut(text, look.width)),)


def _id(goroutine: Goroutine) -> str:
    return "" if goroutine.id is None else f"#{goroutine.id}"


def _wait(bucket: Bucket) -> str:
    waits = bucket.waits
    if waits is None:
        return ""
    low, high = waits
    return f", {low} minutes" if low == high else f", {low}–{high} minutes"


def _path(annotated: AnnotatedGoroutine, short: ShortNames) -> str:
    """What it does, and for whom: the innermost frame and the first of the user's own code."""
    frames = [f for f in annotated.frames if f.name.local not in _PARKING]
    if not frames:
        frames = list(annotated.frames)
    if not frames:
        return "stack unavailable" if annotated.goroutine.stack_unavailable else "no frames"
    top = clean(short.function(frames[0].frame.function))
    own = next((f for f in frames if f.in_app), frames[0])
    site = own.frame.site
    place = "" if site is None else f" {clean(short.file(site.file))}:{site.line}"
    if own is frames[0]:
        return f"{top}{place}"
    return f"{top} ← {clean(short.function(own.frame.function))}{place}"


_PARKING = {"gopark", "goparkunlock", "park_m", "mcall", "semacquire1", "sync_runtime_Semacquire"}


# ---------------------------------------------------------------------- what else


def remark_lines(report: Report, width: int) -> Iterator[Line]:
    """What else there is to say."""
    for word, text in (*_notes(report), *_doubts(report), *_issues(report)):
        yield from _wrapped(word, text, width)


Remark = tuple[str, str]  # "note" or "issue", and what it says


def _notes(report: Report) -> Iterator[Remark]:
    for note in report.dump.notes:
        if note.code == "exit":
            yield "note", clean(note.text)
    printing = [
        f
        for g in report.goroutines
        for f in g.frames
        if f.in_app and f.frame.call.items and not f.frame.call.inlined
    ]
    signed = sum(f.signature is not None for f in printing)
    if signed and signed < len(printing):
        yield "note", f"{signed} of {len(printing)} frames of your code have a signature"
    elif printing and not signed:
        yield (
            "note",
            "no signatures of your code: --binary FILE, --source DIR or --signatures FILE give "
            "its words names and types",
        )
    for evidence in report.runtime.evidence:
        if evidence.span is None and evidence.text.startswith(("the words fit", LINES)):
            yield "note", evidence.text
    dumped = sum(n.code == "hexdump" for n in report.dump.notes)
    if dumped:
        yield "note", f"a hexdump of {dumped} lines is in --format json only"


def _doubts(report: Report) -> Iterator[Remark]:
    """Why some arguments are likely and not exact, a remark for each reason."""
    reasons: dict[str, int] = {}
    for goroutine in report.goroutines:
        for frame in goroutine.frames:
            for argument in frame.arguments:
                if argument.certainty is Certainty.LIKELY:
                    reasons[argument.reason] = reasons.get(argument.reason, 0) + 1
    for reason, count in reasons.items():
        who = "argument is" if count == 1 else "arguments are"
        mark = "marked" if report.mixed else "only"
        yield "note", f"{count} {who} {mark} likely: {clean(reason)}"


def _issues(report: Report) -> Iterator[Remark]:
    issues = report.issues
    for issue in issues[:ISSUES]:
        whole = issue.span == report.dump.span
        place = "" if whole else f"line {report.dump.where(issue.span).line}: "
        yield "issue", f"{place}{clean(issue.message)}"
    if len(issues) > ISSUES:
        yield "issue", f"and {len(issues) - ISSUES} more (--format json lists them)"


def _wrapped(word: str, text: str, width: int) -> Iterator[Line]:
    """A remark in as many lines as it needs."""
    style = Style.WARNING if word == "issue" else Style.DIM
    for number, line in enumerate(wrap(text, width - LEAD)):
        lead = word if number == 0 else ""
        yield (Piece(pad(lead, LEAD), style), Piece(line, Style.DIM))
