"""What an argument was: a value with how far it can be trusted."""

from __future__ import annotations

from enum import StrEnum

from gotrace.model import AbsenceReason, Span
from gotrace.signature import Role
from gotrace.tuples import NamedTuple


class Certainty(StrEnum):
    """From worst to best; an argument has that of its weakest leaf (docs: annotation)."""

    ABSENT = "absent"
    PARTIAL = "partial"
    UNSET = "unset"
    STALE = "stale"
    LIKELY = "likely"
    EXACT = "exact"


class ValueKind(StrEnum):
    """How a value is shown; maps, channels and funcs are pointers."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    COMPLEX = "complex"
    STRING = "string"
    SLICE = "slice"
    POINTER = "pointer"
    INTERFACE = "interface"
    STRUCT = "struct"
    ARRAY = "array"
    UNKNOWN = "unknown"


class WordUse(NamedTuple):
    """``size`` bytes of the argument from ``offset``, held by a word from its byte ``word_offset``.

    ``start``/``end`` are bytes from the start of the call line; memory order.
    """

    value: int
    stale: bool
    start: int
    end: int
    offset: int
    size: int
    word_offset: int


class FieldValue(NamedTuple):
    """A field of a struct and its value."""

    name: str
    type: str
    value: Value


class Value(NamedTuple):
    """A decoded value, by ``kind``; fields that the kind does not have are None or empty.

    bool, int, float: ``number``. complex: ``real``, ``imag``. string: ``pointer``, ``len``,
    ``text``.
    slice: ``pointer``, ``len``, ``cap``. pointer (map, chan, func …): ``pointer``. interface:
    ``type_word``, ``pointer`` (the data word). struct: ``fields``; array: ``elements``; unknown:
    ``words``. ``raw`` is a bool byte that is neither 0 nor 1. ``truncated``: nothing of this node
    was printed. ``certainty`` of this node; ``certainties`` per part where they differ
    (``(("pointer", STALE), ("len", EXACT))``). ``human`` is a named integer's text (``15s``).
    ``typed_nil`` is whether the interface holds a nil pointer, where its dynamic type is known.
    """

    kind: ValueKind
    certainty: Certainty
    number: int | float | bool | None = None
    real: float | None = None
    imag: float | None = None
    pointer: int | None = None
    len: int | None = None
    cap: int | None = None
    type_word: int | None = None
    text: str | None = None
    text_source: str | None = None
    human: str | None = None
    raw: int | None = None
    truncated: bool = False
    fields: tuple[FieldValue, ...] = ()
    elements: tuple[Value, ...] = ()
    words: tuple[int, ...] = ()
    certainties: tuple[tuple[str, Certainty], ...] = ()
    symbol: str | None = None
    region: str | None = None
    dynamic_type: str | None = None
    typed_nil: bool | None = None


class Provenance(NamedTuple):
    """Where a recovered value comes from."""

    text: str
    span: Span | None


class Severity(StrEnum):
    """How bad a finding is, from least to worst."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """An argument to distrust (docs: findings). ``code`` names the rule that says so.

    ``start``/``end`` are bytes from the start of the call line: the words that it is about.
    ``path`` is the part of the argument: ``cfg.limits[2]``; empty for all of it.
    """

    code: str
    severity: Severity
    message: str
    evidence: tuple[str, ...]
    start: int
    end: int
    path: str = ""


class Argument(NamedTuple):
    """One receiver, captured variable, parameter or result with what was printed for it.

    ``reason`` says why a value is absent or unset, or why it cannot be trusted; empty where there
    is nothing to say. ``absence`` is set where nothing was printed.
    """

    name: str | None
    role: Role
    type: str
    certainty: Certainty
    value: Value | None
    words: tuple[WordUse, ...]
    reason: str = ""
    absence: AbsenceReason | None = None
    provenance: Provenance | None = None
    findings: tuple[Finding, ...] = ()


class BindIssue(NamedTuple):
    """Words and signature do not fit. ``start``/``end`` count from the start of the call line."""

    code: str
    message: str
    start: int
    end: int


class SlotMarks(NamedTuple):
    """What a binary knows of the slots that a call's numbers were read from, in printed order.

    ``live``: whether the slot still held it, in place of the printed `?`. ``followed``: whether the
    collector takes it for a live pointer anywhere in the function.
    """

    live: tuple[bool, ...]
    followed: tuple[bool, ...]


class Binding(NamedTuple):
    """What :func:`gotrace.bind.bind` made of one frame.

    ``unbound`` are printed words that no argument took. With a mismatch in ``issues`` there are no
    arguments with values: a shifted table is worse than none.
    """

    arguments: tuple[Argument, ...]
    unbound: tuple[WordUse, ...] = ()
    issues: tuple[BindIssue, ...] = ()
