"""What the standard library's line numbers say of the Go release: shown, and nothing more.

A frame's line stands inside of its function, and where a function stands changes from release to
release, often also from patch to patch, of which the data holds one each. So the votes bound
nothing: a release that is not in the data cannot win, and the true one may lose a vote.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.model import Dump, Frame, Site
from gotrace.names import is_standard
from gotrace.stdlib.library import Library, library, span
from gotrace.tuples import NamedTuple


class LineEvidence(NamedTuple):
    """``fitting`` of ``asked`` lines stand where the ``best`` releases have these functions.

    ``text`` says so (``7 of 8 lines fit 1.23``); ``fits`` counts for each release of the data.
    """

    text: str
    best: tuple[int, ...]
    fitting: int
    asked: int
    fits: dict[int, int]


def line_votes(dump: Dump) -> LineEvidence | None:
    """Let each distinct line of a standard function vote; None where there is none to ask.

    Errors: GotraceError where the data file is missing.
    """
    known = library()
    fits = dict.fromkeys(known.store.releases, 0)
    asked = 0
    for function, file, line in dict.fromkeys(_places(dump)):
        releases = _fitting(known, function, file, line)
        if releases is not None:
            asked += 1
            for release in releases:
                fits[release] += 1
    most = max(fits.values())
    if not asked:
        return None
    best = tuple(release for release, count in fits.items() if count == most)
    lines = "line fits" if asked == 1 else "lines fit"
    text = (
        f"{most} of {asked} {lines} {span(best)}" if most else f"0 of {asked} {lines} any release"
    )
    return LineEvidence(text, best if most else (), most, asked, fits)


def _places(dump: Dump) -> Iterator[tuple[str, str, int]]:
    for goroutine in dump.goroutines:
        frames: tuple[Frame, ...] = tuple(goroutine.frames)
        for frame in frames:
            yield from _place(frame.function, frame.site)
        if goroutine.created_by is not None:
            yield from _place(goroutine.created_by.function, goroutine.created_by.site)


def _place(function: str, site: Site | None) -> Iterator[tuple[str, str, int]]:
    if site is not None and is_standard(function) and site.file.endswith(".go"):
        yield function, site.file.replace("\\", "/").rpartition("/")[2], site.line


def _fitting(known: Library, function: str, file: str, line: int) -> set[int] | None:
    """The releases in which the line is one of the function's; None for a function or file that is
    not known."""
    path, found = known.stored(function)
    there = [f for f in found if f.file == file]
    if not there:
        return None
    return {
        release
        for lines in known.lines.of(path, there)
        for release, (first, last) in lines.items()
        if first <= line <= last
    }
