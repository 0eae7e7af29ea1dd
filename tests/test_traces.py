"""Every real output is read: no line is missed, nothing is counted twice, every span is true.

What is expected here comes from elsewhere: ``kit/traceback_linecheck.py`` of the shared evidence
says which lines are of a traceback, :class:`Tally` counts goroutines and frames with plain string
operations, and spans are read again from the bytes of the file.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from gotrace.model import Absence, Dump, DumpKind, Frame, Goroutine, Group, Item, Span, Word
from gotrace.parsing import parse
from tests import evidence

pytestmark = pytest.mark.shared
GOLDEN = Path(__file__).parent / "data" / "trace_classes.json"
FILES = 5249

# Lines that the line check takes for a traceback's and that stand outside of every dump:
# case, what the line check calls them, why that is right.
OUTSIDE = {
    ("asan", "hexdump126"): "the sanitizer's own report, which is no traceback",
    ("fuzz", "race_file"): "the traceback is indented with the log of the test: an envelope",
    ("fuzz", "exit"): "stands behind an indented traceback",
    ("generic_args", "hexdump126"): "what the program itself prints",
    ("go_run", "exit"): "os.Exit(3): there is no crash",
    ("race", "race"): "`Found N data race(s)` behind other output: no report holds it",
}
# Files in which the count and the parser rightly differ.
COUNTED_OTHERWISE = {
    f"multiline_panic/go{version}.named.txt": "the goroutine is text inside of a quoted value"
    for version in ("1.15", "1.19", "1.21", "1.22")
}


def files() -> list[Path]:
    found = sorted(evidence.shared().glob("traces/*/*.txt"))
    assert len(found) == FILES
    return found


@lru_cache
def line_check() -> Any:
    path = evidence.shared() / "kit" / "traceback_linecheck.py"
    spec = importlib.util.spec_from_file_location("traceback_linecheck", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Loggers, go test -json, and a message that holds escapes of a terminal.
WRAPPED = {"go_test_cmd": "json", "log_stack": "json|prefixed", "panic_values": "tabs"}


def parses() -> list[tuple[Path, bytes, tuple[Dump, ...]]]:
    """The files that nothing was wrapped round: spans are bytes of the file."""
    return [row for row in everything() if is_plain(row[2])]


def is_plain(dumps: Iterable[Dump]) -> bool:
    return all(dump.where(dump.span)[:2] == dump.span for dump in dumps)


@lru_cache(maxsize=1)
def everything() -> list[tuple[Path, bytes, tuple[Dump, ...]]]:
    before = os.environ.get("GOTRACE_DEBUG")
    os.environ["GOTRACE_DEBUG"] = "1"
    try:
        read = [(path, path.read_bytes()) for path in files()]
        return [(path, data, parse(data, source=path.name).dumps) for path, data in read]
    finally:
        if before is None:
            del os.environ["GOTRACE_DEBUG"]
        else:
            os.environ["GOTRACE_DEBUG"] = before


def test_what_is_wrapped_is_known() -> None:
    """No bare trace is taken for a logger's; what test_envelopes proves is not repeated here."""
    wrapped = [path for path, _, dumps in everything() if not is_plain(dumps)]
    assert {path.parent.name for path in wrapped} == set(WRAPPED)
    assert all(re.search(WRAPPED[path.parent.name], path.name) for path in wrapped)


# ---------------------------------------------------------------- what covers each line


def elements(dump: Dump) -> Iterator[tuple[str, Span]]:
    """The model's parts with the text each stands for; later ones stand inside earlier ones."""
    for issue in dump.issues:
        if issue.code != "ambiguous-message":
            yield f"issue {issue.code}", issue.span
    for note in dump.notes:
        yield f"note {note.code}", note.span
    if dump.location is not None:
        yield "location", dump.location.span
    for goroutine in dump.goroutines:
        yield from goroutine_elements(goroutine)
    if dump.signal is not None:
        yield "signal", dump.signal.span
    for cause in dump.causes:
        yield str(cause.kind), cause.span


def goroutine_elements(goroutine: Goroutine) -> Iterator[tuple[str, Span]]:
    start = goroutine.span.start
    first = goroutine.frames[0].start if goroutine.frames else -1
    if first != start:
        yield "header", Span(start, start)
    for frame in goroutine.frames:
        yield from frame_elements("", frame)
    for ancestor in goroutine.ancestors:
        yield "ancestor", Span(ancestor.span.start, ancestor.span.start)
        for frame in ancestor.frames:
            yield from frame_elements("ancestor ", frame)
        if ancestor.elided is not None:
            yield "ancestor elision", ancestor.elided.span
        if ancestor.created_by is not None:
            yield "ancestor created-by", ancestor.created_by.span
    if goroutine.elided is not None:
        yield "elision", goroutine.elided.span
    if goroutine.created_by is not None:
        yield "created-by", goroutine.created_by.span


def frame_elements(prefix: str, frame: Frame) -> Iterator[tuple[str, Span]]:
    yield f"{prefix}call", Span(frame.start, frame.start)
    if frame.site_start != frame.start:
        yield f"{prefix}site", Span(frame.site_start, frame.site_start)


def bare(line: bytes) -> str:
    """The class of a line inside a dump for which the model has no span of its own."""
    words = line.split()
    if len(words) in {2, 4} and all(w.startswith(b"0x") for w in words[1::2]):
        return "register"
    if line.startswith((b"PC=", b"SIG", b"Signal ")):
        return "signal block"
    if b"stack unavailable" in line:
        return "unavailable"
    if line.startswith(b"# labels: "):
        return "labels"
    return "unclaimed"


def classes(data: bytes, dumps: tuple[Dump, ...]) -> list[str]:
    """For each line of ``data`` the part of the model that covers it."""
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    index = {start: i for i, start in enumerate(starts[:-1])}
    found = ["outside"] * (len(starts) - 1)
    for dump in dumps:
        first = data.rfind(b"\n", 0, dump.span.start) + 1
        for i in range(index[first], len(found)):
            if starts[i] >= max(dump.span.end, dump.span.start + 1):
                break
            line = data[starts[i] : starts[i + 1] - 1]
            found[i] = bare(line) if line.strip(b"\r") else "blank"
        for name, span in elements(dump):
            i = index[data.rfind(b"\n", 0, span.start) + 1]
            found[i] = name
            while starts[i + 1] < span.end:
                i += 1
                found[i] = f"{name} +"
    return found


def test_every_line_of_a_traceback_is_covered() -> None:
    """What the line check takes for a traceback's line is inside a dump, or the table says why."""
    missed: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    check = line_check().classify
    for path, data, dumps in parses():
        for line, found in zip(data.split(b"\n"), classes(data, dumps), strict=True):
            if found != "outside" or not line.strip():
                continue
            kind = check(line.decode("utf-8", "replace").rstrip("\r"))
            if kind is not None:
                key = path.parent.name, kind
                missed[key] += 1
                examples.setdefault(key, f"{path.name}: {line[:90]!r}")
    assert {key: examples[key] for key in missed if key not in OUTSIDE} == {}
    assert set(OUTSIDE) - set(missed) == set(), "the table lists what no longer happens"


def test_what_covers_the_lines() -> None:
    """How many lines each part of the model covers, case by case, is what it was."""
    counts: dict[str, Counter[str]] = {}
    for path, data, dumps in parses():
        counts.setdefault(path.parent.name, Counter()).update(classes(data, dumps))
    assert all("unclaimed" not in counter for counter in counts.values())
    got = {case: dict(sorted(counter.items())) for case, counter in sorted(counts.items())}
    if os.environ.get("GOTRACE_UPDATE") == "1":
        GOLDEN.write_text(json.dumps(got, indent=1) + "\n", "utf-8")
    assert json.loads(GOLDEN.read_text("utf-8")) == got


# ---------------------------------------------------------------- an independent count


class Tally:
    """Goroutines and frames counted line by line with plain string operations."""

    def __init__(self, text: str) -> None:
        self.goroutines = self.frames = 0
        self.lines = [line.removesuffix("\r") for line in text.split("\n")] + ["", ""]
        self.inside = False  # a goroutine's section, which a blank line ends
        self.access = False  # the stack of an access in a race report
        self.profile = False  # a stack of a goroutine profile
        for i, line in enumerate(self.lines[:-2]):
            self._take(line, self.lines[i + 1])

    def _take(self, line: str, below: str) -> None:
        words = line.split(" ")
        if is_header(line):
            self.goroutines += 1
            self.inside = True
        elif line == "":
            self.inside = self.access = self.profile = False
        elif words[0] in {"Read", "Write", "Previous"} and line.endswith(":") and " by " in line:
            self.goroutines += 1
            self.access = True
        elif self.access and line.startswith("  ") and line.endswith("()"):
            self.frames += 1
        elif len(words) > 1 and words[0].isdigit() and words[1] == "@":
            self.goroutines += 1
            self.profile = True
        elif line.startswith("#\t0x" if self.profile else "non-Go function at pc="):
            self.frames += 1
        elif self.inside and "(" in line and line.endswith(")") and below == "":
            self.frames += 1  # the text is cut behind it
        elif is_site(below) and is_name(line):
            self.goroutines += not self.inside
            self.inside = True
            self.frames += 1


def is_header(line: str) -> bool:
    if line == "runtime stack:":
        return True
    words = line.split(" ")
    return words[0] == "goroutine" and words[1:2] != [""] and words[1].isdigit() and line[-1] == ":"


def is_name(line: str) -> bool:
    return line[:1] not in {"\t", " "} and not line.startswith(("created by ", "[originating"))


def is_site(line: str) -> bool:
    if not line.startswith("\t") or line.startswith("\t\t"):
        return False
    words = line.split(" ")
    while len(words) > 1 and words[-1].startswith(("+0x", "fp=0x", "sp=0x", "pc=0x")):
        words.pop()
    if line.startswith("\tpc=0x"):
        return True
    file, colon, number = " ".join(words).rpartition(":")
    return colon == ":" and number.isdigit() and len(file) > 1


def test_goroutines_and_frames_are_those_that_are_there() -> None:
    """As many goroutines and frames as a count with plain string operations finds."""
    wrong = {}
    for path, data, dumps in parses():
        tally = Tally(data.decode("latin-1"))
        goroutines = [g for d in dumps for g in d.goroutines]
        frames = sum(len(g.frames) + sum(len(a.frames) for a in g.ancestors) for g in goroutines)
        if (tally.goroutines, tally.frames) != (len(goroutines), frames):
            counted = tally.goroutines, tally.frames
            wrong[f"{path.parent.name}/{path.name}"] = (counted, (len(goroutines), frames))
    assert {name: found for name, found in wrong.items() if name not in COUNTED_OTHERWISE} == {}
    assert set(COUNTED_OTHERWISE) - set(wrong) == set()


# ---------------------------------------------------------------- spans


def test_spans_cover_the_text_they_claim() -> None:
    """Function, words, file, line and creator are read again from the bytes under their spans."""
    for path, data, dumps in parses():
        for dump in dumps:
            for frame in all_frames(dump):
                assert claim(frame, data) == spoken(frame, dump.kind), path
            for goroutine in dump.goroutines:
                check_goroutine(goroutine, data, dump.kind)
            for cause in dump.causes:
                shown = data[cause.span.start : cause.span.end].decode("utf-8", "surrogateescape")
                assert cause.message.split("\n")[0] in shown, path
            if dump.location is not None:
                assert dump.location.text == text_of(data, dump.location.span)
            for note in dump.notes:
                if note.code not in {"creator-frame", "allocation-frame", "http", "segment"}:
                    assert note.text == text_of(data, note.span), path


def text_of(data: bytes, span: Span) -> str:
    return data[span.start : span.end].decode("utf-8", "surrogateescape")


def all_frames(dump: Dump) -> Iterator[Frame]:
    for goroutine in dump.goroutines:
        yield from goroutine.frames
        for ancestor in goroutine.ancestors:
            yield from ancestor.frames


def line_at(data: bytes, start: int) -> str:
    stop = data.find(b"\n", start)
    line = data[start : len(data) if stop < 0 else stop]
    return line.removesuffix(b"\r").decode("latin-1")


def claim(frame: Frame, data: bytes) -> tuple[object, ...]:
    """What stands under a frame's spans."""
    call, line = frame.call, line_at(data, frame.start)
    name = line[: call.name_end].encode("latin-1").decode("utf-8", "surrogateescape")
    words = tuple(line[w.start : w.end] for w in call.words())
    marks = tuple(line[w.end : w.end + 1] == "?" for w in call.words())
    groups = tuple(line[g.start] + line[g.end - 1] for g in flat(call.items, Group))
    signs = tuple(line[a.start : a.end] for a in flat(call.items, Absence))
    site = line_at(data, frame.site_start) if frame.site is not None else ""
    return name, words, marks, groups, signs, site, len(line)


def spoken(frame: Frame, kind: DumpKind) -> tuple[object, ...]:
    """The same, printed from the model."""
    call, words = frame.call, frame.call.words()
    return (
        call.function,
        tuple(hex(w.value) for w in words),
        tuple(w.stale for w in words),
        tuple("{}" for _ in flat(call.items, Group)),
        tuple("_" if a.reason == "too far" else "..." for a in flat(call.items, Absence)),
        printed_site(frame, kind),
        call.end,
    )


def flat(items: tuple[Item, ...], kind: type) -> list[Any]:
    found = []
    for item in items:
        if isinstance(item, kind):
            found.append(item)
        if isinstance(item, Group):
            found.extend(flat(item.items, kind))
        assert isinstance(item, Word | Group | Absence)
    return found


def printed_site(frame: Frame, kind: DumpKind) -> str:
    site = frame.site
    if site is None:
        return ""
    file = site.file.encode("utf-8", "surrogateescape").decode("latin-1")
    if kind is DumpKind.PROFILE:
        return f"{file}:{site.line}"
    text = f"{'      ' if kind is DumpKind.RACE else chr(9)}{file}:{site.line}"
    if frame.language == "c":
        return f"{text} pc={frame.pc:#x}"
    if site.offset is not None:
        text += f" +{site.offset:#x}"
    for name, value in (("fp", frame.fp), ("sp", frame.sp), ("pc", frame.pc)):
        if value is not None:
            text += f" {name}={value:#x}"
    return text


def check_goroutine(goroutine: Goroutine, data: bytes, kind: DumpKind) -> None:
    header = line_at(data, goroutine.span.start)
    if goroutine.id is not None and kind is not DumpKind.RACE:
        assert header.startswith(f"goroutine {goroutine.id} ")
        assert f"[{goroutine.state}" in header
    creator = goroutine.created_by
    if creator is None or kind is DumpKind.RACE:
        return
    shown = text_of(data, creator.span).split("\n")
    tail = "" if creator.goroutine is None else f" in goroutine {creator.goroutine}"
    assert shown[0].removesuffix("\r") == f"created by {creator.function}{tail}"
    if creator.site is not None:
        assert shown[1].lstrip("\t").startswith(f"{creator.site.file}:{creator.site.line}")
