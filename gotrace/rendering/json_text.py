"""JSON values as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gotrace.rendering.json_values import Json
from gotrace.tuples import NamedTuple

OPEN = 8  # levels of a document that have a line for each entry: down to the arguments
LONG = 500  # in a list of more entries each is one line: nobody reads them, and it is faster


class Texts(NamedTuple):
    """A long list whose entries are text already, or become it one after the other."""

    entries: Iterable[str]


class Values(NamedTuple):
    """A list whose entries are made one after the other, each an object."""

    entries: Iterable[Json]


_string = json.encoder.encode_basestring


def _encoder() -> Callable[[Any], str]:
    """What ``JSONEncoder.encode`` does, without making its C encoder anew for each value.

    There is nothing in a document that refers to itself: that is not looked for.
    """
    plain = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False)
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return plain.encode
    write = make(None, plain.default, _string, None, ": ", ", ", False, False, False)
    return lambda value: _string(value) if type(value) is str else "".join(write(value, 0))


encode = _encoder()


def dumps(value: Json, *, indent: int | None = None) -> str:
    """``value`` as text, UTF-8 without escapes; NaN never stands in it.

    With ``indent`` its upper levels have a line for each entry; an argument is one line, and so is
    what holds no other object, and every entry of a long list.
    """
    if indent is None:
        return "".join(line(value))
    return "".join(_laid_out(value, "\n", " " * indent, OPEN))


def laid_out(entries: Iterable[tuple[str, Any]], indent: int) -> Iterator[str]:
    """What :func:`dumps` gives for an object with these keys and values, in pieces: a value is
    asked for when all before it are written, and so is each entry of Texts and Values."""
    return _object(entries, "\n", " " * indent, OPEN)


def line(value: Json) -> Iterator[str]:
    """``value`` as one line, in pieces: each entry of a Texts is one."""
    if not _is_late(value):
        yield encode(value)
        return
    between = "{"
    for key, entry in value.items():
        yield f"{between}{encode(key)}: "
        between = ", "
        if isinstance(entry, Texts):
            yield from _listed((text,) for text in entry.entries)
        elif isinstance(entry, Values):
            yield from _listed(map(line, entry.entries))
        else:
            yield encode(entry)
    yield "}"


def _listed(
    entries: Iterable[Iterable[str]], first: str = "[", between: str = ", ", last: str = "]"
) -> Iterator[str]:
    before = first
    for texts in entries:
        yield before
        yield from texts
        before = between
    yield last if before == between else "[]"


def _is_late(value: Json) -> bool:
    return any(isinstance(entry, Texts | Values) for entry in value.values())


def _laid_out(value: Any, line_: str, indent: str, levels: int) -> Iterator[str]:
    if isinstance(value, Texts):
        inner = line_ + indent
        entries: Iterable[Iterable[str]] = ((text,) for text in value.entries)
        yield from _listed(entries, f"[{inner}", f",{inner}", f"{line_}]")
    elif isinstance(value, Values):
        inner = line_ + indent
        # A long list is one that has a line for each entry: which it is is not known before.
        texts = (
            _laid_out(entry, inner, indent, levels - 1) if number < LONG else line(entry)
            for number, entry in enumerate(value.entries)
        )
        yield from _listed(texts, f"[{inner}", f",{inner}", f"{line_}]")
    elif isinstance(value, dict) and _is_late(value):
        yield from _object(value.items(), line_, indent, levels) if levels else line(value)
    else:
        pieces: list[str] = []
        _open(value, line_, indent, levels, pieces)
        yield "".join(pieces)


def _object(
    entries: Iterable[tuple[str, Any]], line_: str, indent: str, levels: int
) -> Iterator[str]:
    inner = line_ + indent
    before = f"{{{inner}"
    for key, value in entries:
        yield f"{before}{encode(key)}: "
        yield from _laid_out(value, inner, indent, levels - 1)
        before = f",{inner}"
    yield f"{line_}}}"


def _open(value: Any, line: str, indent: str, levels: int, into: list[str]) -> None:
    """Write ``value`` in pieces; json's own indentation takes six times as long."""
    if levels == 0 or not isinstance(value, dict | list) or not _nested(value):
        into.append(_scalar(value) if value is None or isinstance(value, int) else encode(value))
        return
    levels = 1 if isinstance(value, list) and len(value) > LONG else levels
    inner = line + indent
    first, between, last = (
        ("{", f",{inner}", "}") if isinstance(value, dict) else ("[", f",{inner}", "]")
    )
    into.append(first + inner)
    entries = value.items() if isinstance(value, dict) else ((None, v) for v in value)
    for number, (key, entry) in enumerate(entries):
        if number:
            into.append(between)
        if key is not None:
            into.append(f"{encode(key)}: ")
        _open(entry, inner, indent, levels - 1, into)
    into.append(line + last)


def _nested(value: Json | list[Any]) -> bool:
    entries = value.values() if isinstance(value, dict) else value
    return any(isinstance(entry, dict | list) for entry in entries)


def _scalar(value: int | None) -> str:
    """What the encoder says too, but takes ten times as long for."""
    if value is None:
        return "null"
    return repr(value).lower() if isinstance(value, bool) else repr(value)
