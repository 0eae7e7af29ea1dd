"""Regular goroutines, read without a look at each line: nearly all of every large dump.

A goroutine is regular whose header is one, whose frames are two lines each, at most followed by
who created it and where, and behind which a blank line stands. The text of its frames is split at
the argument lists, by a pattern that tools/derive.py makes from the grammar's rule; each distinct
piece between them is read by the patterns of the records. So every byte was read by the grammar,
and what is not regular is left to goroutine.py, which gives the same for what is.
"""

from __future__ import annotations

import re
from typing import Any

from gotrace.model import CreatedBy, Goroutine, Site, Span
from gotrace.parsing import _tables
from gotrace.parsing.columns import MEMORY, TAIL, Columns, Frames, IrregularError
from gotrace.parsing.fast import CREATED, SHORT, ChunkReader
from gotrace.parsing.frames import FrameReader
from gotrace.parsing.lines import Lines

CHUNK = 1 << 17  # bytes looked at together; a goroutine that is longer is not regular
FIRST = 1 << 13  # bytes looked at first: most dumps in a log are small
_new = tuple.__new__  # skips NamedTuple's own __new__, which takes twice the time


class RegularReader:
    """Reads regular goroutines, as many as follow each other."""

    def __init__(self, reader: FrameReader) -> None:
        self._reader = reader
        self.headers = reader.headers
        self._creators: dict[str, tuple[str, Site | None, int | None]] = {}
        self.columns = Columns(reader)
        self.lists = re.compile(rf"\(((?:{_tables.BOUNDED['arguments']})?+)\)\n\t")
        # A file line's tail, not the end of a call line.
        self._tails = re.compile(rf"({_tables.BOUNDED['_tail']})(?=\n(?!\t)|\Z)")
        self._tailed = False  # whether the chunk at hand has tails
        self._blocks: list[str] = []  # those at hand, the last one first; none where all are ready
        self._next = 0  # where the last of them begins
        self._size = FIRST  # bytes of the next chunk
        self._ready: list[Goroutine] = []  # those of the chunk at hand if all of it is regular
        self._chunks = ChunkReader(self)
        self._odd = -1  # what begins here is known to be not regular, and
        self._barren = 0  # no block ends before here

    def read(self, lines: Lines) -> list[Goroutine]:
        """The regular goroutines from the cursor on, which then stands behind the last one."""
        found: list[Goroutine] = []
        position = lines.start
        if position == self._odd or position < self._barren:
            return found
        self._seek(position)
        while self._blocks or self._fill(lines.data):
            if self._ready:
                found += self._ready
                self._ready = []
                position = self._next
                continue
            block = self._blocks[-1]
            try:
                goroutine = self._goroutine(block, position)
            except IrregularError:
                goroutine = None
            if goroutine is None:
                self._odd = position
                break
            found.append(goroutine)
            self._blocks.pop()
            self._next = position = position + len(block) + 2
        if found:
            lines.seek(position - 1)
        return found

    def forget(self) -> None:
        """Be ready for another text: what was learned stays, what is at hand goes."""
        self._blocks = []
        self._ready = []
        self._next = self._barren = 0
        self._size = FIRST
        self._odd = -1

    def _seek(self, position: int) -> None:
        """Continue at ``position``, which may lie in a block at hand."""
        while self._blocks:
            inside = position - self._next
            if 0 <= inside <= len(self._blocks[-1]):
                self._blocks[-1] = self._blocks[-1][inside:]
                break
            self._next += len(self._blocks.pop()) + 2
        if not 0 <= position - self._next <= CHUNK:
            self._size = FIRST  # another dump
        self._next = position

    def _fill(self, data: bytes) -> bool:
        """Take the next chunk apart at its blank lines; whether that gave a block."""
        text = self._chunk(data)
        self._tailed = " fp=0x" in text
        end = -1 if TAIL in text else text.rfind("\n\n")
        if end < 0:
            self._barren = self._next + len(text) - 1
            return False
        text = text[:end]
        self._ready = self._chunks.read(text, self._next) or []
        if self._ready:
            self._next += end + 2
        else:
            self._blocks = text.split("\n\n")[::-1]
        return True

    def _chunk(self, data: bytes) -> str:
        """The next chunk. Chunks grow while all that they hold is of goroutines."""
        with memoryview(data) as view:
            while True:
                size = min(self._size, CHUNK)
                text = str(view[self._next : self._next + size], "latin-1")
                self._size = 4 * size
                if size == CHUNK or len(text) < size or "\n\n" in text or not _goes_on(text):
                    return text

    def _goroutine(self, block: str, position: int) -> Goroutine | None:
        below = block.find("\n") + 1
        head = self.headers.parts(block[: below - 1])
        if head is None:
            return None
        (id_, *pointers), (state, further) = head
        end = position + len(block)
        cut = block.rfind(CREATED, below)
        creator = None
        text = block[below:] if cut < 0 else block[below:cut]
        if cut >= 0:
            told = self._creators.get(block[cut + 1 :]) or self.creator(block[cut + 1 :])
            creator = _new(CreatedBy, (*told, _new(Span, (position + cut + 1, end))))
        frames = self._frames(text, position + below)
        values = (id_, state, frames, _new(Span, (position, end)), *further, *pointers)
        return _new(Goroutine, (*values, False, False, None, None, None, creator, ()))

    def creator(self, text: str) -> tuple[str, Site | None, int | None]:
        """The fields of a CreatedBy but for its span."""
        line, _, file = text.partition("\n\t")
        known = None if line.endswith("\r") else self._reader.creator(line)
        place = self.columns.places[self.columns.last[file + "\n"]]
        if known is None or place.tailed:
            raise IrregularError
        if len(self._creators) > MEMORY:
            self._creators.clear()
        found = self._creators[text] = (known[0], place.site, known[1])
        return found

    def without_tails(self, text: str) -> tuple[str, tuple[str, ...]]:
        """``text`` with TAIL for each tail of a file line, and the tails."""
        if not self._tailed:
            return text, ()
        split = self._tails.split(text)
        return TAIL.join(split[::2]), tuple(split[1::2])

    def _frames(self, text: str, start: int) -> Any:
        text, tails = self.without_tails(text)
        parts = self.lists.split(text)
        if len(parts) < 3:
            raise IrregularError
        columns = self.columns
        pieces = (
            columns.first[parts[0]],
            *map(columns.inner.__getitem__, parts[2:-1:2]),
            columns.last[parts[-1] + "\n"],
        )
        arguments = tuple(parts[1::2])
        if len(text) > SHORT and max(map(len, arguments)) > SHORT:
            raise IrregularError
        return Frames(columns, pieces, arguments, start, tails)


def _goes_on(text: str) -> bool:
    """Whether a goroutine goes on at the end of ``text``: every second line is a file line."""
    _, _, below = text[text.rfind("\n\t") + 2 :].partition("\n")
    return "\n" not in below[:-1]
