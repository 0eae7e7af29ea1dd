"""The frames of a regular goroutine as columns of shared text; a Frame is made when asked for.

Between two argument lists stand a file line and the name of the function on the line below it.
These *pieces* repeat from goroutine to goroutine: each exists once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

from gotrace.model import Absence, AbsenceReason, Call, Frame, Site
from gotrace.parsing.lines import printed
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.parsing.frames import FrameReader

TAIL = "\0"  # stands in a piece for `` fp=0x… sp=0x… pc=0x…``, which no two frames share
MEMORY = 1 << 16  # texts remembered; forgotten all at once, so that memory stays bounded
_NO_NUMBERS = b"{},?._"  # what stands in argument lists beside numbers and blanks
_SIXTEEN = repeat(16)
_new = tuple.__new__  # skips NamedTuple's own __new__, which takes twice the time


class IrregularError(Exception):
    """Text that only a look at each line can read."""


class Place(NamedTuple):
    """What a piece says: the site of one frame and the function of the next.

    ``site`` is None in the first piece of a goroutine, ``function`` in the last. ``width`` is the
    length of the file line without its tail, ``length`` that of the name.
    """

    site: Site | None
    width: int
    tailed: bool
    function: str | None
    length: int


class Pieces(dict[str, str]):
    """Pieces that are regular where they stand, each once."""

    def __init__(self, places: Places, *, site: bool, function: bool) -> None:
        super().__init__()
        self._places = places
        self._has = site, function

    def __missing__(self, piece: str) -> str:
        place = self._places[piece]
        if (place.site is not None, place.function is not None) != self._has:
            raise IrregularError
        if len(self) > MEMORY:
            self.clear()
        self[piece] = piece
        return piece


class Places(dict[str, Place]):
    """What pieces say, read by the patterns of the records."""

    def __init__(self, reader: FrameReader) -> None:
        super().__init__()
        self._reader = reader

    def __missing__(self, piece: str) -> Place:
        if len(self) > MEMORY:
            self.clear()
        file, newline, name = piece.rpartition("\n")
        function = self._reader.function(name) if name else None
        if (name and function is None) or "\n" in file:
            raise IrregularError
        if not newline:
            found = Place(None, 0, False, function, len(name))
        else:
            text = file.removesuffix(TAIL)
            placed = self._reader.site("\t" + text)
            if placed is None or placed[1] is not None or str(placed[0]) != printed(text):
                raise IrregularError  # a number with a zero in front would be another text
            tailed = len(text) < len(file)
            found = Place(placed[0], len(text) + 1, tailed, function, len(name))
        self[piece] = found
        return found


class Columns:
    """What the goroutines of a text share."""

    def __init__(self, reader: FrameReader) -> None:
        self.reader = reader
        self.places = Places(reader)
        self.first = Pieces(self.places, site=False, function=True)
        self.inner = Pieces(self.places, site=True, function=True)
        self.last = Pieces(self.places, site=True, function=False)
        self._calls: dict[tuple[str, str], Call] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """What was read is read again where it is asked for: frames keep their texts."""
        return _columns, ()

    def call(self, place: Place, arguments: str) -> Call:
        """The call of the function that ``place`` names."""
        function, length = place.function, place.length
        assert function is not None
        call = self._calls.get((function, arguments))
        if call is None:
            if len(self._calls) > MEMORY:
                self._calls.clear()
            call = self._calls[function, arguments] = self._call(function, length, arguments)
        return call

    def _call(self, function: str, length: int, arguments: str) -> Call:
        items = self.reader.arguments.read(arguments, length + 1)
        inlined = arguments == "..."
        if inlined:
            items = (Absence(AbsenceReason.INLINED, length + 1, length + 4),)
        assert items is not None, "the bounded pattern matched what the table does not"
        end = length + len(arguments) + 2
        return _new(Call, (function, items, inlined, arguments, length, end, True))


def _columns() -> Columns:
    from gotrace.parsing.frames import FrameReader  # noqa: PLC0415 - it imports this module

    return Columns(FrameReader())


class Frames:
    """A tuple of frames in all but its type: equal to that tuple, and pickled as the texts.

    ``pieces`` has one text more than there are frames: the first is a function's name, the last a
    file line; ``arguments`` are the texts between them.
    """

    __slots__ = ("_columns", "_made", "_start", "_tails", "arguments", "pieces")

    def __init__(
        self,
        columns: Columns,
        pieces: tuple[str, ...],
        arguments: tuple[str, ...],
        start: int,
        tails: tuple[str, ...],
    ) -> None:
        self.pieces = pieces
        self.arguments = arguments
        self._columns = columns
        self._start = start
        self._tails = tails
        self._made: tuple[Frame, ...] | None = None

    def numbers(self) -> tuple[int, ...]:
        """Every printed number of the stack, in printed order, without making the words."""
        words = " ".join(self.arguments).encode("latin-1").translate(None, _NO_NUMBERS)
        return tuple(map(int, words.split(), _SIXTEEN))

    def stack(self) -> Iterator[tuple[str, Site | None]]:
        """The function and the place of each frame."""
        places = [*map(self._columns.places.__getitem__, self.pieces)]
        for place, below in pairwise(places):
            assert place.function is not None
            yield place.function, below.site

    def made(self) -> tuple[Frame, ...]:
        """The frames as a tuple."""
        if self._made is None:
            self._made = tuple(self._make())
        return self._made

    def _make(self) -> Iterator[Frame]:
        columns, start, tails = self._columns, self._start, iter(self._tails)
        place = columns.places[self.pieces[0]]
        for arguments, piece in zip(self.arguments, self.pieces[1:], strict=True):
            call = columns.call(place, arguments)
            place = columns.places[piece]
            at = start + call.end + 1
            end = at + place.width
            pointers: Any = (None, None, None)
            if place.tailed:
                tail = next(tails)
                end += len(tail)
                pointers = columns.reader.pointers(tail)
            yield _new(Frame, (call, place.site, start, at, end, *pointers, "go"))
            start = end + 1

    def __len__(self) -> int:
        return len(self.arguments)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.made())

    @overload
    def __getitem__(self, index: SupportsIndex) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Frame, ...]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.made()[index]

    def __contains__(self, frame: object) -> bool:
        return frame in self.made()

    def __add__(self, other: tuple[Frame, ...]) -> tuple[Frame, ...]:
        return self.made() + tuple(other)

    def __radd__(self, other: tuple[Frame, ...]) -> tuple[Frame, ...]:
        return tuple(other) + self.made()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Frames):
            return self.made() == other.made()
        return self.made() == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.made())

    def __repr__(self) -> str:
        return repr(self.made())

    def __reduce__(self) -> tuple[Any, ...]:
        # To read the texts again takes a tenth of what it takes to pickle each word.
        return Frames, (self._columns, self.pieces, self.arguments, self._start, self._tails)
