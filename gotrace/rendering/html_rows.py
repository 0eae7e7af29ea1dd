"""Frames as rows: what is printed beside what it means, each distinct frame once.

A row holds finished texts, cleaned of what a browser could act on. The page (html_frames.py) and
the script (assets/report.js) make the same elements of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.annotated import AnnotatedFrame
from gotrace.patterns import lazy_pattern
from gotrace.rendering.frames import Look
from gotrace.rendering.style import clean
from gotrace.rendering.values import LONG, Names, value_text
from gotrace.signature import Role
from gotrace.stack import Site
from gotrace.trust import MARKED, UNWRITTEN
from gotrace.tuples import NamedTuple
from gotrace.value import Argument, Certainty, Value, ValueKind, WordUse

WORD = lazy_pattern(r"0x[0-9a-f]+\??")  # as assets/report.js finds them


LEFT_OUT = "words left out"


class Mark(NamedTuple):
    """A finding: ``severity`` as in :class:`gotrace.value.Severity`, ``evidence`` line by line."""

    severity: str
    code: str
    message: str
    evidence: tuple[str, ...]


class Cell(NamedTuple):
    """An argument. ``words`` count the printed words of the frame from 0; ``certainty`` is empty
    for a word without a type."""

    name: str
    type: str
    value: str
    certainty: str
    note: str
    words: tuple[int, ...]
    marks: tuple[Mark, ...]


class Row(NamedTuple):
    """A frame. ``function`` and ``site`` are as printed, ``short`` and ``place`` shortened.

    ``raw`` is the text behind the function's name, with its parentheses. ``badge`` says where the
    signature comes from; ``issues`` what does not fit.
    """

    function: str
    short: str
    raw: str
    site: str
    place: str
    badge: str
    own: bool
    cells: tuple[Cell, ...]
    issues: tuple[str, ...]


class Rows:
    """The rows of one report; those after the first ``most`` have no words."""

    def __init__(self, look: Look, most: int | None) -> None:
        self._most = most
        self.rows: list[Row] = []
        self._look = look
        self._known: dict[object, int] = {}
        self._texts: dict[str, str] = {}
        self._places: dict[tuple[str, int], tuple[str, str, str, str]] = {}

    def number(self, frame: AnnotatedFrame) -> int:
        """The index of the frame's row."""
        plain = frame.frame
        # Calls, sites and arguments are shared and live as long as the report.
        key: tuple[object, ...]
        key = (id(plain.call), id(plain.site), id(frame.arguments), plain.fp, plain.sp, plain.pc)
        worded = self._most is None or len(self.rows) < self._most
        if not worded and key not in self._known:
            key = (plain.function, id(plain.site))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.rows)
            row = self._row(frame)
            bare = row._replace(raw="(…)", badge=LEFT_OUT, cells=(), issues=())
            self.rows.append(row if worded else bare)
        return found

    def _row(self, frame: AnnotatedFrame) -> Row:
        plain, call = frame.frame, frame.frame.call
        badge = "" if frame.signature is None else frame.signature.source.value
        function, short, site, place = self._place(plain.function, plain.site)
        tail = "" if plain.fp is None else f" fp={plain.fp:#x}"
        tail += "" if plain.sp is None else f" sp={plain.sp:#x}"
        tail += "" if plain.pc is None else f" pc={plain.pc:#x}"
        raw = f"({clean(call.arguments)})" if call.parenthesised else ""
        return Row(
            function,
            short,
            raw,
            site + tail if site else "",
            place,
            "inlined" if call.inlined else badge,
            frame.in_app,
            tuple(self._cells(frame, raw)),
            tuple([f"{i.code}: {clean(i.message)}" for i in frame.issues]),
        )

    def _place(self, function: str, site: Site | None) -> tuple[str, str, str, str]:
        """The function as printed and shortened, and its place likewise."""
        key = function, id(site)  # sites are shared and live as long as the report
        known = self._places.get(key)
        if known is None:
            short = self._look.short
            file = "" if site is None else f"{clean(short.file(site.file))}:{site.line}"
            known = self._places[key] = (
                self._clean(function),
                self._clean(short.function(function)),
                "" if site is None else self._clean(str(site)),
                file,
            )
        return known

    def _clean(self, text: str) -> str:
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = clean(text)
        return known

    def _cells(self, frame: AnnotatedFrame, raw: str) -> Iterator[Cell]:
        call = frame.frame.call
        if call.inlined or not call.parenthesised:
            return
        names = self._look.names
        if frame.signature is None:
            yield from _named_words(frame.unbound, names, raw)
            return
        words = call.words()
        ordinals = {w.start: i for i, w in enumerate(words)}
        if not _are_all(len(words), raw):
            ordinals = {}
        function = self._clean(frame.name.name)
        for index, argument in enumerate(frame.arguments):
            yield _cell(argument, index, function, names, ordinals)
        for word in frame.unbound:
            value = _shown(word, names.get(word.value))
            yield Cell("", "", value, "", "not bound", _numbers((word,), ordinals), ())


def _named_words(words: tuple[WordUse, ...], names: Names, raw: str) -> Iterator[Cell]:
    """Of a call without a signature, of which these are all words, those that have a name."""
    whole: bool | None = None
    for number, word in enumerate(words):
        name = names.get(word.value)
        if name is not None:
            if whole is None:
                whole = _are_all(len(words), raw)
            numbers = (number,) if whole else ()
            yield Cell("", "", _shown(word, name), "", "no signature", numbers, ())


def _are_all(count: int, raw: str) -> bool:
    """Whether so many words stand in ``raw``: not where one is cut off in the middle."""
    return count == len(WORD.findall(raw))


def _shown(word: WordUse, name: str | None) -> str:
    text = f"{word.value:#x}{'?' if word.stale else ''}"
    return f"{name}  {text}" if name else text


def _cell(
    argument: Argument, index: int, function: str, names: Names, ordinals: dict[int, int]
) -> Cell:
    value, note = _said(argument, function, names)
    return Cell(
        _title(argument, index),
        clean(argument.type),
        value,
        _CERTAINTY[argument.certainty],
        note,
        _numbers(argument.words, ordinals),
        tuple(
            Mark(f.severity.value, f.code, clean(f.message), tuple(map(clean, f.evidence)))
            for f in argument.findings
        ),
    )


_CERTAINTY = {c: c.value for c in Certainty} | {
    Certainty.UNSET: "not set",
    Certainty.ABSENT: "not printed",
}


def _title(argument: Argument, index: int) -> str:
    name = argument.name and clean(argument.name)
    if argument.role is Role.RESULT:
        return f"→ {name or 'result'}"
    if argument.role is Role.DICTIONARY:
        return "dictionary"
    if argument.role is Role.CAPTURED:
        return f"captured {name or index}"
    return name or f"#{index}"


def _said(argument: Argument, function: str, names: Names) -> tuple[str, str]:
    """The value, and what is to be said of it."""
    value = argument.value
    origin = "" if argument.provenance is None else clean(argument.provenance.text)
    if argument.certainty is Certainty.UNSET:
        held = ", ".join(f"{w.value:#x}" for w in argument.words)
        return held, f"{function} has not returned"
    if value is None:
        return "", clean(argument.reason)
    plain = argument.certainty is Certainty.EXACT or argument.reason in {MARKED, UNWRITTEN}
    reason = "" if plain else clean(argument.reason)
    if argument.certainty is Certainty.PARTIAL:
        reason = reason or "the rest was not printed"
    note = "; ".join(filter(None, (origin, reason)))
    return _value(value, names), note


def _value(value: Value, names: Names) -> str:
    text = value_text(value, names)
    if value.kind is ValueKind.STRUCT and len(text) > LONG:
        return "\n".join(f".{clean(f.name)}  {value_text(f.value, names)}" for f in value.fields)
    return text


def _numbers(words: tuple[WordUse, ...], ordinals: dict[int, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(ordinals[w.start] for w in words if w.start in ordinals))
