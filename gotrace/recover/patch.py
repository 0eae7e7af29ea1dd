"""Values with some of their parts replaced by what they are known to have been."""

from __future__ import annotations

from collections.abc import Mapping

from gotrace.decode import Reading, decode, weakest
from gotrace.layout.sizes import Sizes
from gotrace.types import GoType, Kind
from gotrace.value import Certainty, Value

Known = Mapping[int, int]  # offset of a leaf → its bits
_HEADERS = {Kind.STRING, Kind.SLICE, Kind.INTERFACE}


class _Leaf:
    """Answers for one leaf, or for the two of a complex number."""

    def __init__(self, known: Known, certainty: Certainty) -> None:
        self._known = known
        self._certainty = certainty

    def read(self, offset: int, size: int) -> Reading:
        """The number."""
        return Reading(self._known[offset], self._certainty)

    def printed(self, offset: int, size: int) -> bool:
        """It is known."""
        return True

    def words(self, offset: int, size: int) -> tuple[Reading, ...]:
        """The number alone."""
        return (self.read(offset, size),)


def patched(
    value: Value,
    go_type: GoType,
    sizes: Sizes,
    known: Known,
    *,
    certainty: Certainty = Certainty.EXACT,
) -> Value:
    """``value`` of type ``go_type`` with the leaves in ``known``, which are as sure as told.

    Shape:  the same nodes. A leaf that was not printed at all gets its value too.
    """
    return _Patch(sizes, known, certainty).of(value, go_type, 0)


class _Patch:
    """The running state: what does not change on the way down."""

    def __init__(self, sizes: Sizes, known: Known, certainty: Certainty) -> None:
        self._sizes = sizes
        self._known = known
        self._certainty = certainty

    def of(self, value: Value, go_type: GoType, base: int) -> Value:
        """The value at ``base``."""
        kind = go_type.kind
        if kind in _HEADERS:
            return self._header(value, go_type, base)
        if kind is Kind.STRUCT and value.fields:
            parts = self._sizes.parts(go_type)
            fields = tuple(
                f._replace(value=self.of(f.value, p.type, base + p.offset))
                for f, p in zip(value.fields, parts, strict=True)
            )
            return value._replace(
                fields=fields, certainty=weakest(f.value.certainty for f in fields)
            )
        if kind is Kind.ARRAY and value.elements and go_type.element is not None:
            size = self._sizes.measure(go_type.element).size
            elements = tuple(
                self.of(e, go_type.element, base + i * size) for i, e in enumerate(value.elements)
            )
            return value._replace(
                elements=elements, certainty=weakest(e.certainty for e in elements)
            )
        if kind in {Kind.STRUCT, Kind.ARRAY}:
            return value
        places = [base]
        if kind in {Kind.COMPLEX64, Kind.COMPLEX128}:  # one half alone is left
            places = [base + part.offset for part in self._sizes.parts(go_type)]
        if not all(place in self._known for place in places):
            return value
        leaf = _Leaf(self._known, self._certainty)
        return decode(go_type, leaf, self._sizes, base)

    def _header(self, value: Value, go_type: GoType, base: int) -> Value:
        parts = {p.name: base + p.offset for p in self._sizes.parts(go_type)}
        told = dict(value.certainties)
        certainties = {name: told.get(name, value.certainty) for name in parts}
        new = {name: self._known[at] for name, at in parts.items() if at in self._known}
        for name, bits in new.items():
            certainties[name] = self._certainty
            negative = name in {"len", "cap"} and bits >> (8 * self._sizes.word_size - 1)
            value = _set(
                value, name, bits - (1 << (8 * self._sizes.word_size)) if negative else bits
            )
        if not new:
            return value
        differ = len(set(certainties.values())) > 1
        return value._replace(
            certainty=weakest(certainties.values()),
            certainties=tuple(certainties.items()) if differ else (),
            truncated=False,
        )


def _set(value: Value, part: str, bits: int) -> Value:
    """The value with one of its words."""
    match part:
        case "len":
            return value._replace(len=bits)
        case "cap":
            return value._replace(cap=bits)
        case "type_word":
            return value._replace(type_word=bits)
        case _:
            return value._replace(pointer=bits)
