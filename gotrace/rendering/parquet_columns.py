"""Arrow's columns, made of what :mod:`parquet_rows` made of a report. Imported only where pyarrow
is there.

What many rows share is a column once, and each row takes its entry from there. Columns are made of
buffers: ``pyarrow.array`` imports pandas where that is installed, to ask whether a list is of it,
which takes longer than to write all rows of a large dump.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence, Sized
from itertools import accumulate, chain
from typing import Any

import pyarrow as pa

from gotrace.rendering.json_values import Json
from gotrace.rendering.parquet_rows import Words


def of_lists(lists: Iterable[Sequence[object]], fields: Iterable[pa.Field]) -> list[pa.Array]:
    """A column of each list."""
    return [column(values, field.type) for values, field in zip(lists, fields, strict=True)]


def of_rows(rows: Sequence[Json], schema: pa.Schema, chosen: Sequence[int]) -> list[pa.Array]:
    """The columns of ``schema``, an entry for each of ``chosen``; null where a row says nothing."""
    lists = ([row.get(name) for row in rows] for name in schema.names)
    return _taken(of_lists(lists, schema), schema, chosen)


def of_words(rows: Sequence[Words], schema: pa.Schema, chosen: Sequence[int]) -> list[pa.Array]:
    """The same of rows without names."""
    return _taken(of_lists(zip(*rows, strict=True), schema), schema, chosen)


def _taken(columns: list[pa.Array], schema: pa.Schema, chosen: Sequence[int]) -> list[pa.Array]:
    table = pa.RecordBatch.from_arrays(columns, schema=schema)
    taken: list[pa.Array] = table.take(_numbers(array("i", chosen), None, pa.int32())).columns
    return taken


def column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Texts, numbers, flags, lists, and structures as a tuple each; None is null."""
    nulls = values.count(None)
    if nulls == len(values):
        return pa.nulls(nulls, kind)
    valid = bits([v is not None for v in values]) if nulls else None
    if pa.types.is_list(kind):
        return _lists(values, valid, kind)
    if pa.types.is_struct(kind):
        return _structs(values, valid, kind)
    if pa.types.is_string(kind):
        return texts([v or "" for v in values] if nulls else values, valid)
    if pa.types.is_boolean(kind):
        return pa.Array.from_buffers(kind, len(values), [valid, bits(values)])
    return _numbers(array("q", [v or 0 for v in values] if nulls else values), valid, kind)


def _lists(values: Sequence[Any], valid: pa.Buffer | None, kind: pa.ListType) -> pa.Array:
    lists = [v or () for v in values]
    entries = column([*chain.from_iterable(lists)], kind.value_type)
    return pa.Array.from_buffers(kind, len(lists), [valid, ends(lists)], children=[entries])


def _structs(values: Sequence[Any], valid: pa.Buffer | None, kind: pa.StructType) -> pa.Array:
    nothing = (None,) * kind.num_fields
    parts = of_lists(zip(*[v or nothing for v in values], strict=True), kind)
    return pa.Array.from_buffers(kind, len(values), [valid], children=parts)


def texts(values: Sequence[str], valid: pa.Buffer | None) -> pa.Array:
    """A column of texts. Errors: TypeError for what is none."""
    whole = "".join(values)
    parts: Sequence[str | bytes] = values if whole.isascii() else [v.encode() for v in values]
    buffers = [valid, ends(parts), pa.py_buffer(whole.encode())]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def _numbers(values: array[int], valid: pa.Buffer | None, kind: pa.DataType) -> pa.Array:
    return pa.Array.from_buffers(kind, len(values), [valid, pa.py_buffer(values)])


def ends(parts: Iterable[Sized]) -> pa.Buffer:
    """Where each begins, and where the last one ends."""
    return pa.py_buffer(array("i", accumulate(map(len, parts), initial=0)))


def bits(flags: Sequence[object]) -> pa.Buffer:
    """A bit for each, the first is the lowest."""
    digits = "".join(["1" if flag else "0" for flag in reversed(flags)])
    return pa.py_buffer(int(digits, 2).to_bytes(-(-len(flags) // 8), "little"))
