"""Semantic tokens: functions, bound words, stale ones, what the runtime and libraries do.

Colours without meaning (numbers, places) are the grammar's of the editor.
"""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from gotrace.lsp.documents import Document, Lines
from gotrace.lsp.ranges import bytes_of
from gotrace.lsp.reading import FramePlace, Reading
from gotrace.tuples import NamedTuple
from gotrace.value import Certainty

TYPES = ["function", "parameter", "comment", "keyword"]
# `library` is code that is not the user's, `stale` a word that may hold anything.
MODIFIERS = ["stale", "library", "unbound", "crashed", "defaultLibrary"]
LEGEND = types.SemanticTokensLegend(TYPES, MODIFIERS)
MOST = 100_000  # tokens of one answer

_STALE, _LIBRARY, _UNBOUND, _CRASHED, _DEFAULT = (1 << i for i in range(5))
_MUTE = {Certainty.STALE, Certainty.UNSET}


class Token(NamedTuple):
    """Bytes of the document; ``kind`` is an index of TYPES, ``marks`` bits of MODIFIERS."""

    start: int
    end: int
    kind: int
    marks: int


def tokens(document: Document, lines: Lines) -> types.SemanticTokens:
    """The tokens of these lines, as the protocol packs them."""
    start, end = bytes_of(document, lines)
    found: list[Token] = []
    for reading in document.known(lines):
        for place in reading.frames(start, end):
            found += _of_frame(reading, place)
            if len(found) >= MOST:
                break
    found.sort()
    return types.SemanticTokens(_packed(document, found))


def _of_frame(reading: Reading, place: FramePlace) -> Iterator[Token]:
    frame = place.frame
    call = frame.frame.call
    parts = reading.parts(frame)
    library = 0 if frame.in_app else _LIBRARY | _DEFAULT
    report = reading.report
    culprit = report.culprit
    failed = culprit is not None and (culprit.goroutine, culprit.frame) == place[:2]
    yield Token(*parts(0, call.name_end), 0, library | (_CRASHED if failed else 0))
    words: dict[tuple[int, int], int] = {}
    for argument in frame.arguments if reading.tells else ():
        mute = argument.certainty in _MUTE
        for word in argument.words:
            stale = _STALE if word.stale or mute else 0
            key = word.start, word.end + word.stale
            words[key] = words.get(key, _STALE) & stale  # stale where all that it holds is
    for word in frame.unbound:
        words.setdefault(
            (word.start, word.end + word.stale), _UNBOUND | (_STALE if word.stale else 0)
        )
    for (first, last), marks in words.items():
        yield Token(*parts(first, last), 1, marks | library)
    if library and frame.frame.site is not None and frame.frame.site_start > frame.frame.start:
        dump, plain = report.dump, frame.frame
        start, end = dump.where(plain.span._replace(start=plain.site_start))[:2]
        yield Token(start + reading.shift, end + reading.shift, 2, library)


def _packed(document: Document, found: list[Token]) -> list[int]:
    """Five numbers a token, relative to the one before; overlaps are left out."""
    packed: list[int] = []
    line = column = 0
    last_end = (0, 0)
    for token in found:
        start, end = document.text.place(token.start), document.text.place(token.end)
        if start[0] != end[0] or end <= start or start < last_end:
            continue
        packed += (
            start[0] - line,
            start[1] - (column if start[0] == line else 0),
            end[1] - start[1],
            token.kind,
            token.marks,
        )
        line, column = start
        last_end = end
    return packed
