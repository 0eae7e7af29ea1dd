"""Many regular goroutines at once: a chunk of them is split as a whole, not block by block.

It is the reading of regular.py with the same patterns and the same memory of pieces, so that every
byte was read by the grammar. An argument list with what stands behind it holds no blank line, hence
the parts of a chunk are the parts of its blocks. Where one thing in a chunk is odd, nothing is
said of the chunk: regular.py then looks at each of its blocks.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from gotrace.model import CreatedBy, Goroutine, Site, Span
from gotrace.parsing.columns import MEMORY, TAIL, Frames, IrregularError
from gotrace.parsing.header import DIGITS
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.parsing.regular import RegularReader

SHORT = 1000  # characters of an argument list that cannot have MOST items (arguments.py)
CREATED = "\ncreated by "
_BLANK = "\n\n"
_ROUND = len("()\n\t")  # what stands round the text of an argument list
_TITLE = "goroutine "
_TITLED = len(_TITLE)
_UNSAID = False, False, None, None, None  # crashed, stack_unavailable, copies, access, elided
_new = tuple.__new__  # skips NamedTuple's own __new__, which takes twice the time


assert Goroutine._fields[14:19] == (
    "crashed", "stack_unavailable", "copies", "access", "elided",
)  # fmt: skip


class Foot(NamedTuple):
    """What stands behind a goroutine's last argument list."""

    piece: str  # the last file line, as columns.py has it
    creator: tuple[str, Site | None, int | None] | None
    created: int  # the length of the text that says who created it


class ChunkReader:
    """Reads chunks in which all is regular."""

    def __init__(self, reader: RegularReader) -> None:
        self._reader = reader
        self._feet: dict[str, Foot] = {}
        self._heads: dict[str, tuple[str, tuple[Any, ...]]] = {}  # by what stands behind the ids

    def read(self, text: str, position: int) -> list[Goroutine] | None:
        """The goroutines of ``text``, between which blank lines stand; None if one is odd.

        ``position`` is where ``text`` begins in the input.
        """
        try:
            return self._read(text, position)
        except IrregularError:
            return None

    def _read(self, text: str, position: int) -> list[Goroutine]:
        reader, columns = self._reader, self._reader.columns
        plain, tails = reader.without_tails(text)
        parts = reader.lists.split(plain)
        arguments = tuple(parts[1::2])
        if not arguments or max(map(len, arguments)) > SHORT:
            raise IrregularError
        pieces, bounds = self._inner(parts[::2])
        passed_by = [*accumulate(map(len, parts))]  # how many characters the parts so far have
        feet, first, heads = self._feet, columns.first, self._heads
        found: list[Goroutine] = []
        head, begin, start, passed = parts[0], 0, position, 0
        for bound in bounds:
            foot, _, behind = parts[2 * bound].partition(_BLANK)
            line, _, name = head.partition("\n")
            cut = line.find(" [")
            id_, known = line[_TITLED:cut], heads.get(line[cut:])
            if known and line.startswith(_TITLE) and len(id_) <= DIGITS and id_.isdecimal():
                number: int | None = int(id_)
                state, fields = known
            else:
                number, state, fields = self._head(line, cut)
            last, creator, created = feet.get(foot) or self._foot(foot)
            stack = (first[name], *pieces[begin + 1 : bound], last)
            between = passed_by[2 * bound - 1] - passed_by[2 * begin]
            end = start + len(head) + between + len(foot) + _ROUND * (bound - begin)
            own: tuple[str, ...] = ()
            if tails:
                count = "".join(stack).count(TAIL)
                own, passed = tails[passed : passed + count], passed + count
                end += sum(map(len, own)) - count
            listed = arguments[begin:bound]
            frames = Frames(columns, stack, listed, start + len(line) + 1, own)
            made = creator and _new(CreatedBy, (*creator, _new(Span, (end - created, end))))
            span = _new(Span, (start, end))
            found.append(_new(Goroutine, (number, state, frames, span, *fields, made, ())))
            head, begin, start = behind, bound, end + 2
        return found

    def _inner(self, texts: list[str]) -> tuple[list[Any], list[int]]:
        """The pieces inside of goroutines, None where one ends, and at which of them that is."""
        inner = self._reader.columns.inner
        pieces: list[Any] = [*map(inner.get, texts)]
        pieces[0] = pieces[-1] = None
        bounds: list[int] = []
        for new in [i for i, piece in enumerate(pieces) if piece is None][1:-1]:
            if _BLANK in texts[new]:
                bounds.append(new)
            else:
                pieces[new] = inner[texts[new]]
        if _BLANK in texts[0] or _BLANK in texts[-1]:
            raise IrregularError  # a block without frames
        return pieces, [*bounds, len(pieces) - 1]

    def _head(self, line: str, cut: int) -> tuple[int | None, str, tuple[Any, ...]]:
        """The id, the state, and the fields of a Goroutine from its wait to its ``elided``."""
        told = self._reader.headers.parts(line)
        if told is None:
            raise IrregularError
        (number, *pointers), (state, further) = told
        fields = (*further, *pointers, *_UNSAID)
        if pointers == [None, None, None]:
            if len(self._heads) > MEMORY:
                self._heads.clear()
            self._heads[line[cut:]] = state, fields
        return number, state, fields

    def _foot(self, text: str) -> Foot:
        cut = text.rfind(CREATED)
        site = text if cut < 0 else text[:cut]
        piece = self._reader.columns.last[site + "\n"]
        creator = None if cut < 0 else self._reader.creator(text[cut + 1 :])
        if len(self._feet) > MEMORY:
            self._feet.clear()
        created = 0 if cut < 0 else len(text) - cut - 1
        found = self._feet[text] = Foot(piece, creator, created)
        return found
