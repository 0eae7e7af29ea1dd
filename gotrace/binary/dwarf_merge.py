"""One signature for several instantiations of a generic function: what all of them agree on.

The trace prints ``main.F[...]`` for each of them, and not every place tells which one it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.patterns import lazy_pattern
from gotrace.signature import Parameter, Signature
from gotrace.types import GoType, Kind

SHAPE = "go.shape.?"  # some type: which, nobody knows here
_ARGUMENTS = lazy_pattern(r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]")


def merged(signatures: Sequence[Signature]) -> Signature | None:
    """What ``signatures`` have in common; None where they do not even have the same parameters.

    Shape:  types that differ are type parameters, of unknown width; those of one kind and width
            keep what they share.
    """
    first = signatures[0]
    rows = [(s.receiver, *s.captured, *s.parameters, *s.results) for s in signatures]
    if len({len(row) for row in rows}) > 1 or len({len(s.results) for s in signatures}) > 1:
        return None
    columns = list(zip(*rows, strict=True))
    if any(len({p and (p.name, p.role) for p in column}) > 1 for column in columns):
        return None
    receiver, *rest = (_parameter(column) for column in columns)
    known = [p for p in rest if p is not None]
    count = len(first.captured)
    inputs = count + len(first.parameters)
    return first._replace(
        receiver=receiver,
        captured=tuple(known[:count]),
        parameters=tuple(known[count:inputs]),
        results=tuple(known[inputs:]),
        text=_spelt([s.text for s in signatures]) or first.text,
    )


def _parameter(column: Sequence[Parameter | None]) -> Parameter | None:
    first = column[0]
    if first is None:
        return None
    some = [p for p in column if p is not None]
    types = [p.type for p in some]
    escapes = {p.escapes for p in some}
    used = {p.used for p in some}
    return first._replace(
        type=types[0] if len(set(types)) == 1 else _type(types),
        escapes=first.escapes if len(escapes) == 1 else None,
        used=first.used if len(used) == 1 else None,
    )


_ONE_LAYOUT = {
    *(Kind.POINTER, Kind.MAP, Kind.CHAN, Kind.FUNC, Kind.UNSAFE_POINTER),
    *(Kind.STRING, Kind.INTERFACE, Kind.SLICE),
}


def _type(types: Sequence[GoType]) -> GoType:
    kinds = {t.kind for t in types}
    text = _spelt([t.text for t in types]) or SHAPE
    if len(kinds) == 1 and types[0].kind in _ONE_LAYOUT:
        return GoType(types[0].kind, text)
    return GoType(Kind.TYPE_PARAMETER, text)


def _spelt(texts: Sequence[str]) -> str | None:
    """The text with type arguments elided, where nothing else differs: ``*main.List[...]``."""
    if len(set(texts)) == 1:
        return texts[0]
    short = {_ARGUMENTS.sub(lambda m: m[0] if m[0] == "[]" else "[...]", t) for t in texts}
    return next(iter(short)) if len(short) == 1 else None
