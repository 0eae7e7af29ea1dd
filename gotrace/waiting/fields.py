"""Where the locks lie in a struct, as far as its type is known."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.layout.sizes import Sizes, has_unknown, round_up
from gotrace.types import GoType, Kind

# Their sizes, the same in all releases and on all ports; they are aligned to 4 bytes.
_LOCKS = {"sync.Mutex": 8, "sync.RWMutex": 24}
_ALIGN = 4
_DEEP = 6  # structs in structs


class LockFields:
    """Answers once for each type."""

    def __init__(self, word_size: int) -> None:
        self._sizes = Sizes(word_size)
        self._known: dict[GoType, tuple[int, ...]] = {}

    def of(self, receiver: GoType) -> tuple[int, ...]:
        """The offsets of locks in what ``receiver`` points to, up to the first field of a type that
        is not known."""
        if receiver.kind is not Kind.POINTER or receiver.element is None:
            return ()
        element = receiver.element
        found = self._known.get(element)
        if found is None:
            found = self._known[element] = tuple(self._in(element, 0, _DEEP))
        return found

    def _in(self, struct: GoType, offset: int, deep: int) -> Iterator[int]:
        for field in struct.fields if deep else ():
            size = _LOCKS.get(field.type.named or field.type.text)
            if size is not None:
                offset = round_up(offset, _ALIGN)
                yield offset
            elif has_unknown(field.type):
                return
            else:
                measure = self._sizes.measure(field.type)
                offset, size = round_up(offset, measure.align), measure.size
                yield from self._in(field.type, offset, deep - 1)
            offset += size
