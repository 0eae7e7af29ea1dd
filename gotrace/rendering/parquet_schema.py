"""The columns of the table of frames (docs/parquet.md). Imported only where pyarrow is there.

They come in parts, each the same for many rows: what they say is of the dump, of the goroutine, of
the place of one frame, of the function's line, or of the words that it was called with.
"""

from __future__ import annotations

import pyarrow as pa

VERSION = "1"  # columns may be added within it

_TEXT, _NUMBER, _FLAG = pa.string(), pa.int64(), pa.bool_()
_TEXTS = pa.list_(_TEXT)


def _fields(
    *, texts: str = "", numbers: str = "", flags: str = "", **others: pa.DataType
) -> list[pa.Field]:
    kinds = ((texts, _TEXT), (numbers, _NUMBER), (flags, _FLAG))
    plain = [pa.field(name, kind) for names, kind in kinds for name in names.split()]
    return [*plain, *(pa.field(name, kind) for name, kind in others.items())]


ARGUMENT = pa.struct(
    _fields(
        texts="name role type certainty kind value pointer reason absence provenance",
        words=_TEXTS,
        findings=_TEXTS,
    )
)
FINDING = pa.struct(_fields(texts="code severity message"))
LABEL = pa.struct(_fields(texts="key value"))
CREATOR = pa.struct(_fields(texts="function file", numbers="line goroutine"))

DUMP = pa.schema(
    _fields(
        texts="dump source timestamp stream kind cause_type cause signal go_min go_max go arch os "
        "fingerprint_site fingerprint_stack fingerprint_exact culprit culprit_certainty",
        numbers="start end first_line last_line",
        envelope=_TEXTS,
        issues=_TEXTS,
        time=pa.timestamp("us", tz="UTC"),
    )
)
GOROUTINE = pa.schema(
    _fields(
        texts="state",
        numbers="goroutine_index goroutine wait_minutes count",
        flags="crashed",
        labels=pa.list_(LABEL),
        created_by=CREATOR,
    )
)
PLACE = pa.schema(
    _fields(texts="pc", numbers="frame frame_start frame_end log_line", flags="blamed")
)
FUNCTION = pa.schema(
    _fields(
        texts="function package receiver name file offset language signature_source",
        numbers="line",
        flags="in_app",
    )
)
WORDS = pa.schema(
    _fields(
        texts="raw_arguments",
        flags="inlined",
        arguments=pa.list_(ARGUMENT),
        unbound_words=_TEXTS,
        findings=pa.list_(FINDING),
    )
)
PARTS = (DUMP, GOROUTINE, PLACE, FUNCTION, WORDS)
SCHEMA = pa.schema(
    [field for part in PARTS for field in part], metadata={"gotrace.frames": VERSION}
)
