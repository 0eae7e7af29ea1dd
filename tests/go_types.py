"""Go types for tests, written short."""

from __future__ import annotations

from gotrace.signature import Parameter, Role, Signature
from gotrace.types import Field, GoType, Kind

_KINDS = {"byte": Kind.UINT8, "rune": Kind.INT32, "error": Kind.INTERFACE, "any": Kind.INTERFACE}


def ty(text: str) -> GoType:
    """A basic type, pointer, slice, map, channel, function, ``error`` or ``time.Duration``."""
    if text in ("time.Duration", "time.Month", "time.Weekday", "syscall.Signal"):
        kind = Kind.INT64 if text == "time.Duration" else Kind.INT
        return GoType(kind, text, named=text)
    for start, kind in (
        ("*", Kind.POINTER),
        ("[]", Kind.SLICE),
        ("map", Kind.MAP),
        ("chan", Kind.CHAN),
        ("func", Kind.FUNC),
        ("interface", Kind.INTERFACE),
    ):
        if text.startswith(start):
            return GoType(kind, text)
    return GoType(_KINDS.get(text) or Kind(text), text)


def struct(**fields: GoType) -> GoType:
    """Keyword order is field order."""
    return GoType(
        Kind.STRUCT, "struct{…}", fields=tuple(Field(name, t) for name, t in fields.items())
    )


def array(length: int, element: GoType) -> GoType:
    return GoType(Kind.ARRAY, f"[{length}]{element}", element=element, length=length)


def unknown(text: str = "pkg.T") -> GoType:
    return GoType(Kind.UNKNOWN, text, named=text)


def signature(
    *parameters: tuple[str | None, GoType],
    results: tuple[GoType, ...] = (),
    receiver: GoType | None = None,
    used: bool | None = None,
    escapes: bool | None = None,
) -> Signature:
    inputs = tuple(Parameter(n, t, used=used, escapes=escapes) for n, t in parameters)
    outputs = tuple(Parameter(None, t, Role.RESULT) for t in results)
    holder = (
        None
        if receiver is None
        else Parameter("r", receiver, Role.RECEIVER, used=used, escapes=escapes)
    )
    return Signature("main", "f", inputs, outputs, holder)
