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
    """Answers for one leaf."""

    def __init__(self, bits: int) -> None:
        self._reading = Reading(bits, Certainty.EXACT)

    def read(self, offset: int, size: int) -> Reading:
        """The number."""
        return self._reading

    def printed(self, offset: int, size: int) -> bool:
        """It is known."""
        return True

    def words(self, offset: int, size: int) -> tuple[Reading, ...]:
        """The number alone."""
        return (self._reading,)


def patched(value: Value, go_type: GoType, sizes: Sizes, known: Known, base: int = 0) -> Value:
    """``value`` of type ``go_type`` with the leaves in ``known`` exact.

    Shape:  the same nodes. A leaf that was not printed at all gets its value too.
    """
    kind = go_type.kind
    if kind in _HEADERS:
        return _header(value, go_type, sizes, known, base)
    if kind is Kind.STRUCT and value.fields:
        parts = list(sizes.parts(go_type))
        fields = tuple(
            f._replace(value=patched(f.value, p.type, sizes, known, base + p.offset))
            for f, p in zip(value.fields, parts, strict=True)
        )
        return value._replace(fields=fields, certainty=weakest(f.value.certainty for f in fields))
    if kind is Kind.ARRAY and value.elements and go_type.element is not None:
        size = sizes.measure(go_type.element).size
        elements = tuple(
            patched(e, go_type.element, sizes, known, base + i * size)
            for i, e in enumerate(value.elements)
        )
        return value._replace(elements=elements, certainty=weakest(e.certainty for e in elements))
    if base in known and kind not in {Kind.STRUCT, Kind.ARRAY}:
        return decode(go_type, _Leaf(known[base]), sizes)
    return value


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


def _header(value: Value, go_type: GoType, sizes: Sizes, known: Known, base: int) -> Value:
    parts = {p.name: base + p.offset for p in sizes.parts(go_type)}
    told = dict(value.certainties)
    certainties = {name: told.get(name, value.certainty) for name in parts}
    changed = False
    for name, offset in parts.items():
        if offset not in known:
            continue
        changed = True
        certainties[name] = Certainty.EXACT
        bits = known[offset]
        if name in {"len", "cap"} and bits >> (8 * sizes.word_size - 1):
            bits -= 1 << (8 * sizes.word_size)
        value = _set(value, name, bits)
    if not changed:
        return value
    differ = len(set(certainties.values())) > 1
    return value._replace(
        certainty=weakest(certainties.values()),
        certainties=tuple(certainties.items()) if differ else (),
        truncated=False,
    )
