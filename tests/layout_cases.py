"""Verified calls of real Go programs: signature, true bytes of every argument, printed text.

Reader, layout and comparison here are written apart from the package's, on purpose.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gotrace.arch import ARCHES, Port
from gotrace.goversion import Facts
from gotrace.model import Absence, AbsenceReason, Call, Group, Item, Word
from gotrace.names import split_name
from gotrace.signature import Parameter, Role, Signature
from gotrace.types import Field, GoType, Kind
from gotrace.value import Argument, Certainty, Value

_TOKEN = re.compile(r"(0x[0-9a-f]+)(\??)|(\{)|(\})|(\.\.\.)|(_)|, ")
_SIGNS = {"...": AbsenceReason.CUT, "_": AbsenceReason.TOO_FAR}


def call(text: str) -> Call:
    """``main.f(0x1, {0x2?, ...})`` as a parser gives it."""
    head = re.match(r"(.*?)\(((?:0x|\{|_|\.\.\.|\)$).*|)\)?$", text)
    assert head, text
    function = head[1]
    arguments = text[len(function) + 1 : -1]
    if arguments == "...":
        return Call(function, (), True, arguments, len(function), len(text))
    stack: list[list[Item]] = [[]]
    starts: list[int] = []
    base = len(function) + 1
    at = 0
    while at < len(arguments):
        token = _TOKEN.match(arguments, at)
        assert token, arguments[at:]
        start, end = base + at, base + token.end()
        if token[1]:
            stack[-1].append(Word(int(token[1], 16), bool(token[2]), start, base + token.end(1)))
        elif token[3]:
            stack.append([])
            starts.append(start)
        elif token[4]:
            items = tuple(stack.pop())
            stack[-1].append(Group(items, starts.pop(), end))
        elif token[5] or token[6]:
            stack[-1].append(Absence(_SIGNS[token[0]], start, end))
        at = token.end()
    return Call(function, tuple(stack[0]), False, arguments, len(function), len(text))


# ---------------------------------------------------------------------- the recorded tuples

_ALIASES = {"byte": Kind.UINT8, "rune": Kind.INT32, "error": Kind.INTERFACE}


def go_type(tree: dict[str, Any]) -> GoType:
    text = tree.get("t", "")
    match tree["k"]:
        case "struct":
            fields = tuple(Field(name, go_type(inner)) for name, inner in tree["f"])
            return GoType(Kind.STRUCT, "struct{…}", fields=fields)
        case "array":
            element = go_type(tree["e"])
            return GoType(Kind.ARRAY, f"[{tree['n']}]{element}", element=element, length=tree["n"])
        case "string" | "slice" as kind:
            return GoType(Kind(kind), text)
        case "iface":
            return GoType(Kind.INTERFACE, text)
    for prefix, kind in (
        ("*", Kind.POINTER),
        ("map", Kind.MAP),
        ("chan", Kind.CHAN),
        ("func", Kind.FUNC),
    ):
        if text.startswith(prefix):
            return GoType(kind, text)
    return GoType(_ALIASES.get(text) or Kind(text), text)


class Case(NamedTuple):
    """``memory`` is the true bytes of each input."""

    call: Call
    signature: Signature
    minor: int
    arch: str
    memory: tuple[bytes, ...]

    @property
    def facts(self) -> Facts:
        return Facts(self.minor, self.minor)

    @property
    def port(self) -> Port:
        arch = ARCHES[self.arch]
        return Port(arch, arch.word_size, arch.big_endian, True, True)


def cases(lines: Iterable[str], *, from_source: bool) -> Iterator[Case]:
    """``from_source``: the programs copy every named parameter, so it is used and stays put."""
    used, escapes = (True, False) if from_source else (None, None)
    for line in lines:
        row = json.loads(line)
        inputs = [
            Parameter(name, go_type(tree), used=used, escapes=escapes)
            for name, tree in zip(row["names"], row["params"], strict=True)
        ]
        receiver = None
        if row["names"][:1] == ["rcv"]:
            receiver = inputs.pop(0)._replace(role=Role.RECEIVER)
        results = tuple(Parameter(None, go_type(t), Role.RESULT) for t in row["results"])
        name = split_name(row["name"])
        signature = Signature("main", name.local, tuple(inputs), results, receiver, row["sig"])
        memory = tuple(bytes.fromhex(part) for part in row["bytes"])
        text = f"{row['name']}({row['printed']})"
        yield Case(call(text), signature, int(row["go"][2:]), row["arch"], memory)


# ---------------------------------------------------------------------- what is true

Truth = Any  # a number, a list, or None


class Machine(NamedTuple):
    word: int
    order: str

    def number(self, memory: bytes, *, signed: bool = False) -> int:
        return int.from_bytes(memory, "big" if self.order == ">" else "little", signed=signed)


_WIDTHS = {
    **dict.fromkeys(("bool", "int8", "uint8"), 1),
    **dict.fromkeys(("int16", "uint16"), 2),
    **dict.fromkeys(("int32", "uint32", "float32"), 4),
    **dict.fromkeys(("int64", "uint64", "float64"), 8),
}


def extent(kind: GoType, word: int) -> tuple[int, int]:
    """Size and alignment."""
    name = kind.kind.value
    if name in _WIDTHS:
        return _WIDTHS[name], min(_WIDTHS[name], word)
    if name == "complex64":
        return 8, 4
    if name == "complex128":
        return 16, word
    if name == "array":
        assert kind.element
        size, align = extent(kind.element, word)
        return size * kind.length, align
    if name == "struct":
        end, most = 0, 1
        for field in kind.fields:
            size, align = extent(field.type, word)
            end = -(-end // align) * align + size
            most = max(most, align)
        if end and size == 0:
            end += 1
        return -(-end // most) * most, most
    return {"string": 2, "interface": 2, "slice": 3}.get(name, 1) * word, word


def leaves(
    go: GoType, value: Value | None, memory: bytes, machine: Machine
) -> Iterator[tuple[Certainty, bool]]:
    """Each leaf's certainty, and whether what is claimed for it is what the memory holds."""
    word = machine.word
    if value is None or value.truncated:
        return
    kind = go.kind.value
    if kind == "struct":
        at = 0
        for field, inner in zip(go.fields, value.fields, strict=True):
            size, align = extent(field.type, word)
            at = -(-at // align) * align
            yield from leaves(field.type, inner.value, memory[at : at + size], machine)
            at += size
    elif kind == "array":
        assert go.element
        size, _ = extent(go.element, word)
        assert len(value.elements) == go.length
        for i, element in enumerate(value.elements):
            yield from leaves(go.element, element, memory[i * size : (i + 1) * size], machine)
    elif kind in ("string", "slice", "interface", "complex64", "complex128"):
        yield from _composite(kind, value, memory, machine)
    else:
        yield value.certainty, _scalar(kind, value, memory, machine)


def _composite(
    kind: str, value: Value, memory: bytes, machine: Machine
) -> Iterator[tuple[Certainty, bool]]:
    parts: dict[str, Any] = {
        "string": {"pointer": value.pointer, "len": value.len},
        "slice": {"pointer": value.pointer, "len": value.len, "cap": value.cap},
        "interface": {"type_word": value.type_word, "data_word": value.pointer},
    }.get(kind, {"real": value.real, "imag": value.imag})
    size = len(memory) // len(parts)
    certainties = dict(value.certainties)
    for i, (name, claimed) in enumerate(parts.items()):
        certainty = certainties.get(name, value.certainty)
        if claimed is None:
            assert certainty is Certainty.ABSENT
            continue
        piece = memory[i * size : (i + 1) * size]
        if kind.startswith("complex"):
            true: Any = struct.unpack(machine.order + ("f" if size == 4 else "d"), piece)[0]
        else:
            true = machine.number(piece, signed=name in ("len", "cap"))
        yield certainty, claimed == true


def _scalar(kind: str, value: Value, memory: bytes, machine: Machine) -> bool:
    if kind.startswith("float"):
        size = "f" if kind == "float32" else "d"
        return bool(value.number == struct.unpack(machine.order + size, memory)[0])
    signed = kind in ("int", "int8", "int16", "int32", "int64")
    true = machine.number(memory, signed=signed)
    if kind == "bool":
        return value.number is not None and int(value.number) == true
    claimed = value.pointer if value.kind == "pointer" else value.number
    return claimed == true


class Tally(NamedTuple):
    """Leaves that were printed live for a named parameter, and what was claimed for leaves."""

    live: int = 0
    right: int = 0
    wrong_exact: int = 0
    wrong_likely: int = 0

    def __add__(self, other: Any) -> Tally:
        return Tally(*(a + b for a, b in zip(self, other, strict=True)))


def tally(case: Case, arguments: tuple[Argument, ...]) -> Tally:
    """Hold the inputs among ``arguments`` against the true bytes."""
    arch = ARCHES[case.arch]
    machine = Machine(arch.word_size, ">" if arch.big_endian else "<")
    total = Tally()
    inputs = case.signature.inputs()
    for parameter, argument, memory in zip(inputs, arguments, case.memory, strict=False):
        assert argument.name == parameter.name
        named = parameter.name != "_"
        for certainty, right in leaves(parameter.type, argument.value, memory, machine):
            believed = certainty in (Certainty.EXACT, Certainty.LIKELY)
            total += Tally(
                right=int(believed and right and named),
                wrong_exact=int(certainty is Certainty.EXACT and not right),
                wrong_likely=int(certainty is Certainty.LIKELY and not right),
            )
        if named:
            total += Tally(live=_live(parameter, argument))
    return total


def _live(parameter: Parameter, argument: Argument) -> int:
    """Leaves of the parameter printed without a mark."""
    if argument.value is None:
        return 0
    marked = [use for use in argument.words if use.stale]
    return _count(argument.value) - len(marked)


def _count(value: Value) -> int:
    if value.truncated:
        return 0
    if value.kind in ("struct", "array"):
        return sum(_count(f.value) for f in value.fields) + sum(map(_count, value.elements))
    parts = (
        value.number,
        value.real,
        value.imag,
        value.pointer,
        value.len,
        value.cap,
        value.type_word,
        value.raw,
    )
    return sum(part is not None for part in parts)
