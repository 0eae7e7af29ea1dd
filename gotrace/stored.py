"""Signatures as plain data, for JSON: the cache of programs and signature files.

    store(signatures) → {"version": 1, "types": [...], "signatures": [...]}
    load(data) → list of the same signatures

Types are written once and named by their index; a type's parts stand before it, so nothing can
refer to itself. Rows are lists whose last items are left out where they have their usual value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gotrace.signature import Parameter, Role, Signature, SignatureSource
from gotrace.types import Field, GoType, Kind

VERSION = 1
_DEEPEST = 100
_LARGEST = 1 << 22  # parts of one type, shared ones counted as often as they stand there
_PARAMETER: tuple[Any, ...] = ("", 0, Role.PARAMETER, False, None, None)
_SIGNATURE: tuple[Any, ...] = (
    "", "", [], [], None, "", SignatureSource.PROTOTYPE, None, None, False, [], False,
)  # fmt: skip
_TYPE: tuple[Any, ...] = ("", "", "", None, 0, [], False)


def store(signatures: Iterable[Signature]) -> dict[str, Any]:
    """Plain data that :func:`load` reads.

    Errors: ValueError for types nested deeper than Go's ever are.
    """
    writer = _Writer()
    rows = [writer.signature(signature) for signature in signatures]
    return {"version": VERSION, "types": writer.types, "signatures": rows}


def load(data: object) -> list[Signature]:
    """The signatures in ``data``.

    Errors: ValueError where it is not what :func:`store` makes.
    """
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise ValueError("not signatures of this version")
    types, rows = data.get("types"), data.get("signatures")
    try:
        reader = _Reader(_list(types))
        return [reader.signature(row) for row in _list(rows)]
    except (TypeError, IndexError, KeyError, OverflowError) as error:
        raise ValueError(f"damaged signatures: {error}") from error


class _Writer:
    """Types by value and, to be quick, by identity: an object seen before is not hashed again."""

    def __init__(self) -> None:
        self.types: list[list[Any]] = []
        self._by_row: dict[tuple[Any, ...], int] = {}
        self._seen: dict[int, tuple[GoType, int]] = {}

    def type(self, go_type: GoType, depth: int = 0) -> int:
        """The index of a type."""
        seen = self._seen.get(id(go_type))
        if seen is not None:
            return seen[1]
        if depth > _DEEPEST:
            raise ValueError("types nest too deep")
        element = None if go_type.element is None else self.type(go_type.element, depth + 1)
        fields = tuple((f.name, self.type(f.type, depth + 1)) for f in go_type.fields)
        row = (
            str(go_type.kind),
            go_type.text,
            go_type.named,
            element,
            go_type.length,
            fields,
            go_type.align64,
        )
        index = self._by_row.get(row)
        if index is None:
            index = self._by_row[row] = len(self.types)
            flat = [part for field in fields for part in field]
            self.types.append(_short([*row[:5], flat, row[6]], _TYPE))
        self._seen[id(go_type)] = go_type, index
        return index

    def signature(self, signature: Signature) -> list[Any]:
        """A signature's row."""
        receiver = signature.receiver
        row = [
            signature.package,
            signature.function,
            [self.parameter(p) for p in signature.parameters],
            [self.parameter(p) for p in signature.results],
            None if receiver is None else self.parameter(receiver),
            signature.text,
            str(signature.source),
            signature.file,
            signature.line,
            signature.generic,
            [self.parameter(p) for p in signature.captured],
            signature.captures_told,
        ]
        return _short(row, _SIGNATURE)

    def parameter(self, parameter: Parameter) -> list[Any]:
        """A parameter's row."""
        name, go_type, role, variadic, escapes, used = parameter
        row = [name, self.type(go_type), str(role), variadic, escapes, used]
        return _short(row, _PARAMETER)


class _Reader:
    def __init__(self, rows: Sequence[Any]) -> None:
        self.types: list[GoType] = []
        self._sizes: list[tuple[int, int]] = []  # (depth, parts) of each
        for row in rows:
            inside: list[int] = []
            self.types.append(self._type(row, inside))
            depth = 1 + max((self._sizes[i][0] for i in inside), default=0)
            parts = 1 + sum(self._sizes[i][1] for i in inside)
            if depth > _DEEPEST + 1 or parts > _LARGEST:
                raise ValueError("a type without an end")
            self._sizes.append((depth, parts))

    def _type(self, row: Any, inside: list[int]) -> GoType:
        kind, text, named, element, length, fields, align64 = _whole(row, _TYPE)
        flat = _list(fields)
        if len(flat) % 2:
            raise ValueError("a field without a type")
        made = None if element is None else self._at(element)
        parts = tuple(Field(_text(flat[i]), self._at(flat[i + 1])) for i in range(0, len(flat), 2))
        inside += flat[1::2] if element is None else [element, *flat[1::2]]
        return GoType(
            Kind(_text(kind)),
            _text(text),
            _text(named),
            made,
            _number(length),
            parts,
            _flag(align64),
        )

    def _at(self, index: Any) -> GoType:
        if not isinstance(index, int) or isinstance(index, bool) or index < 0:
            raise ValueError("not the index of a type")
        return self.types[index]

    def signature(self, row: Any) -> Signature:
        """The signature of a row."""
        (
            package, function, parameters, results, receiver, text, source, file, line, generic,
            captured, told,
        ) = _whole(row, _SIGNATURE)  # fmt: skip
        return Signature(
            _text(package),
            _text(function),
            tuple(map(self.parameter, _list(parameters))),
            tuple(map(self.parameter, _list(results))),
            None if receiver is None else self.parameter(receiver),
            _text(text),
            SignatureSource(_text(source)),
            None if file is None else _text(file),
            None if line is None else _number(line),
            _flag(generic),
            tuple(map(self.parameter, _list(captured))),
            _flag(told),
        )

    def parameter(self, row: Any) -> Parameter:
        """The parameter of a row."""
        name, index, role, variadic, escapes, used = _whole(row, _PARAMETER)
        return Parameter(
            None if name is None else _text(name),
            self._at(index),
            Role(_text(role)),
            _flag(variadic),
            None if escapes is None else _flag(escapes),
            None if used is None else _flag(used),
        )


def _short(row: list[Any], usual: Sequence[Any]) -> list[Any]:
    while len(row) > 2 and row[-1] == usual[len(row) - 1] and row[-1] is not True:
        row.pop()
    return row


def _whole(row: Any, usual: Sequence[Any]) -> list[Any]:
    items = _list(row)
    if not 2 <= len(items) <= len(usual):
        raise ValueError("a row of another length")
    return [*items, *usual[len(items) :]]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("not a number")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("not a flag")
    return value
