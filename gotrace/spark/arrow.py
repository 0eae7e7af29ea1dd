"""Arrow's columns made of values of JSON, column by column and of buffers.

Row by row Arrow asks each object for each key, and wants it without what no column holds. Here a
list for each column is all that is made. What is missing is null, and what has no type in a table
is text (``columns``).
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa

from gotrace.rendering.parquet_columns import bits, ends, texts
from gotrace.spark.columns import Type

# What makes a column of values; None is null.
Builder = Callable[[Sequence[Any]], pa.Array]
# The same where there is no None: the bits say which of the values are null.
_Filled = Callable[[Sequence[Any], "pa.Buffer | None"], pa.Array]

_TYPES = {
    "string": pa.string(), "long": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}  # fmt: skip


class Table:
    """Makes batches of rows, with these columns."""

    def __init__(self, columns: Mapping[str, Type]) -> None:
        self._builders = {name: builder(kind) for name, kind in columns.items()}
        self._schema = pa.schema([pa.field(n, arrow_type(k)) for n, k in columns.items()])

    def batch(self, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
        """A row for each; keys that are no column are left out."""
        found = [build([r.get(name) for r in rows]) for name, build in self._builders.items()]
        return pa.RecordBatch.from_arrays(found, schema=self._schema)


def arrow_type(kind: Type) -> pa.DataType:
    """How Arrow spells a type."""
    if isinstance(kind, str):
        return _TYPES[kind]
    if kind[0] == "array":
        return pa.list_(arrow_type(kind[1]))
    if kind[0] == "map":
        return pa.map_(pa.string(), arrow_type(kind[1]))
    return pa.struct([pa.field(n, arrow_type(k)) for n, k in kind[1].items()])


def builder(kind: Type) -> Builder:
    """What makes columns of this type. A number that does not fit in 64 bits is null."""
    arrow = arrow_type(kind)
    build, nothing = _filled(kind, arrow)

    def column(values: Sequence[Any]) -> pa.Array:
        nulls = values.count(None)
        if nulls == len(values):
            return pa.nulls(nulls, arrow)
        try:
            if not nulls:
                return build(values, None)
            valid = bits([value is not None for value in values])
            return build([nothing if value is None else value for value in values], valid)
        except OverflowError:
            if kind != "long":
                raise
            return column([v if v is not None and _fits(v) else None for v in values])

    return column


def _fits(number: int) -> bool:
    """Whether a column can hold it (`goroutine 99999999999999999999`)."""
    return -1 << 63 <= number < 1 << 63


def _filled(kind: Type, arrow: pa.DataType) -> tuple[_Filled, Any]:
    """What makes a column, and what stands for None in it."""
    if kind == "string":
        return _texts, ""
    if kind == "boolean":
        return _flags, False
    if isinstance(kind, str):
        return _numbers("d" if kind == "double" else "q", arrow), 0
    if kind[0] == "array":
        return _lists(kind[1], arrow), ()
    if kind[0] == "map":
        return _maps(kind[1], arrow), {}
    return _structs(kind[1], arrow), {}


def _flags(values: Sequence[Any], valid: pa.Buffer | None) -> pa.Array:
    return pa.Array.from_buffers(pa.bool_(), len(values), [valid, bits(values)])


def _texts(values: Sequence[Any], valid: pa.Buffer | None) -> pa.Array:
    try:
        return texts(values, valid)
    except TypeError:  # what has no type in a table
        return texts([v if isinstance(v, str) else json.dumps(v) for v in values], valid)


def _numbers(code: str, arrow: pa.DataType) -> _Filled:
    def build(values: Sequence[Any], valid: pa.Buffer | None) -> pa.Array:
        held = pa.py_buffer(array(code, values))
        return pa.Array.from_buffers(arrow, len(values), [valid, held])

    return build


def _lists(kind: Type, arrow: pa.DataType) -> _Filled:
    each = builder(kind)

    def build(values: Sequence[Any], valid: pa.Buffer | None) -> pa.Array:
        entries = each([*chain.from_iterable(values)])
        buffers = [valid, ends(values)]
        return pa.Array.from_buffers(arrow, len(values), buffers, children=[entries])

    return build


def _maps(kind: Type, arrow: pa.DataType) -> _Filled:
    each = builder(kind)

    def build(values: Sequence[Any], valid: pa.Buffer | None) -> pa.Array:
        names = texts([*chain.from_iterable(values)], None)
        held = each([*chain.from_iterable(value.values() for value in values)])
        fields = [arrow.key_field, arrow.item_field]
        entries = pa.StructArray.from_arrays([names, held], fields=fields)
        buffers = [valid, ends(values)]
        return pa.Array.from_buffers(arrow, len(values), buffers, children=[entries])

    return build


def _structs(fields: Mapping[str, Type], arrow: pa.DataType) -> _Filled:
    builders = {name: builder(kind) for name, kind in fields.items()}

    def build(values: Sequence[Any], valid: pa.Buffer | None) -> pa.Array:
        parts = [each([v.get(name) for v in values]) for name, each in builders.items()]
        return pa.Array.from_buffers(arrow, len(values), [valid], children=parts)

    return build
