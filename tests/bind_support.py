"""Binding a line of text, and looking at what came of it."""

from __future__ import annotations

from typing import Any

from gotrace.arch import ARCHES, Port
from gotrace.bind import bind
from gotrace.goversion import Facts
from gotrace.signature import Signature
from gotrace.value import Binding, Certainty, Value
from tests.layout_cases import call

ANY_GO = Facts(0, None)
NO_PORT = Port(None)

Row = tuple[str | None, Certainty, Any]


def port(arch: str) -> Port:
    row = ARCHES[arch]
    return Port(row, row.word_size, row.big_endian, True, True)


def bound(
    text: str, of: Signature, minor: int | Facts = ANY_GO, arch: str | Port = NO_PORT
) -> Binding:
    facts = Facts(minor, minor) if isinstance(minor, int) else minor
    return bind(call(text), of, facts, port(arch) if isinstance(arch, str) else arch)


def plain(value: Value | None) -> Any:
    """The value without certainties: numbers, and lists for what has parts; None: not printed."""
    if value is None or value.truncated:
        return None
    match value.kind:
        case "struct":
            return [plain(field.value) for field in value.fields]
        case "array":
            return [plain(element) for element in value.elements]
        case "string":
            return [value.pointer, value.len]
        case "slice":
            return [value.pointer, value.len, value.cap]
        case "interface":
            return [value.type_word, value.pointer]
        case "complex":
            return [value.real, value.imag]
        case "pointer":
            return value.pointer
        case "unknown":
            return list(value.words)
        case _:
            return value.number


def table(binding: Binding) -> list[Row]:
    return [(a.name, a.certainty, plain(a.value)) for a in binding.arguments]
