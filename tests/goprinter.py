"""Writes Go tracebacks: the runtime's and the compiler's printing code, retold in Python.

Written from Go's own source and from nothing of ``gotrace`` (which it must never import), so that
what is printed here and read there is two opinions of one thing. Line numbers below are of the
releases named: go1.15.15, go1.19.8, go1.23.9, go1.26.6, go1.27.3. A release is its minor number.

Text is ``str``; bytes that are not UTF-8 are surrogates (``surrogateescape``).

Printed arguments are a tree of plain data, the ``items``: an ``int`` is a printed number, a ``str``
is ``"0x5?"`` (a number with a question mark), ``"..."`` or ``"_"``, a ``list`` is a ``{…}``.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Item = Any  # int | str | list[Item]
Value = Any  # int | bool | float | complex | tuple | list, by the type's kind

# ------------------------------------------------------------------------------------------ ports


class Port(NamedTuple):
    """``registers_since``: the first release whose ABIInternal passes arguments in registers.

    src/internal/abi/abi_<arch>.go (go1.27.3): IntArgRegs, FloatArgRegs.
    """

    name: str
    word: int
    big: bool
    integer_registers: int = 0
    float_registers: int = 0
    registers_since: int = 10**6


PORTS: dict[str, Port] = {
    port.name: port
    for port in (
        Port("amd64", 8, False, 9, 15, 17),
        Port("386", 4, False),
        Port("arm", 4, False),
        Port("arm64", 8, False, 16, 16, 18),
        Port("mips", 4, True),
        Port("mipsle", 4, False),
        Port("mips64", 8, True),
        Port("mips64le", 8, False),
        Port("ppc64", 8, True, 12, 12, 18),
        Port("ppc64le", 8, False, 12, 12, 18),
        Port("riscv64", 8, False, 16, 16, 19),
        Port("loong64", 8, False, 16, 16, 22),
        Port("s390x", 8, True, 8, 16, 26),
    )
}

# ------------------------------------------------------------------------------------------ types


class Type(NamedTuple):
    """A type. ``kind``: a basic kind's name, or one of the composite kinds named in ``size``.

    Values by kind: bool, int, float, complex as Python's own; string ``(pointer, len)``; slice
    ``(pointer, len, cap)``; interface ``(type word, data word)``; pointer (also map, chan, func)
    ``int``; array and struct a list.
    """

    kind: str
    text: str
    element: Type | None = None
    length: int = 0
    fields: tuple[tuple[str, Type], ...] = ()


_FIXED = {
    **{"bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4},
    **{"int64": 8, "uint64": 8, "float32": 4, "float64": 8, "complex64": 8, "complex128": 16},
}
_WORDS = {"int": 1, "uint": 1, "uintptr": 1, "pointer": 1, "string": 2, "interface": 2, "slice": 3}
AGGREGATES = {"struct", "array", "string", "slice", "interface", "complex64", "complex128"}


def basic(kind: str, text: str = "") -> Type:
    return Type(kind, text or kind)


def pointer(text: str) -> Type:
    return Type("pointer", text)


def array(length: int, element: Type) -> Type:
    return Type("array", f"[{length}]{element.text}", element, length)


def structure(*fields: tuple[str, Type], text: str = "") -> Type:
    spelled = "struct{" + "; ".join(f"{name} {t.text}" for name, t in fields) + "}"
    return Type("struct", text or spelled, fields=fields)


def size(t: Type, word: int) -> int:
    """cmd/compile/internal/types/size.go CalcSize (go1.27.3:271); gc/align.go in go1.15."""
    if t.kind in _FIXED:
        return _FIXED[t.kind]
    if t.kind in _WORDS:
        return _WORDS[t.kind] * word
    if t.kind == "array":
        assert t.element is not None
        return t.length * size(t.element, word)
    end = 0
    for offset, (_, field) in zip(offsets(t, word), t.fields, strict=True):
        end = offset + size(field, word)
    # A pointer to a last field without size must not point past the object (size.go, issue 9401).
    if end > 0 and size(t.fields[-1][1], word) == 0:
        end += 1
    return _round(end, align(t, word))


def align(t: Type, word: int) -> int:
    """size.go CalcSize; 64-bit numbers align to RegSize, which is 4 on 32-bit ports."""
    if t.kind == "array":
        assert t.element is not None
        return align(t.element, word)
    if t.kind == "struct":
        return max([1, *(align(field, word) for _, field in t.fields)])
    if t.kind == "complex64":
        return 4
    return min(size(t, word), word) if t.kind in _FIXED else word


def offsets(t: Type, word: int) -> list[int]:
    """Where each field of a struct starts (size.go calcStructOffset, go1.27.3:431)."""
    found, end = [], 0
    for _, field in t.fields:
        start = _round(end, align(field, word))
        found.append(start)
        end = start + size(field, word)
    return found


def _round(n: int, to: int) -> int:
    return -(-n // to) * to


def memory(t: Type, value: Value, word: int, big: bool) -> bytes:
    """The value as it lies in memory, padding zero."""
    into = bytearray(size(t, word))
    place(into, 0, t, value, word=word, big=big)
    return bytes(into)


def place(into: bytearray, at: int, t: Type, value: Value, *, word: int, big: bool) -> None:
    """Write ``value`` at ``at``, leaving the padding as it is."""
    for offset, leaf, number in leaves(t, value, word):
        width = size(leaf, word)
        into[at + offset : at + offset + width] = _encode(leaf, number, width, big)


def leaves(t: Type, value: Value, word: int, at: int = 0) -> Iterator[tuple[int, Type, Value]]:
    """``(offset, type, value)`` of every scalar in the value, in memory order."""
    for offset, child, part in parts(t, value, word):
        if child.kind in AGGREGATES:
            yield from leaves(child, part, word, at + offset)
        else:
            yield at + offset, child, part


def parts(t: Type, value: Value, word: int) -> list[tuple[int, Type, Value]]:
    """The direct components of a value; a scalar is its own only one."""
    if t.kind not in AGGREGATES:
        return [(0, t, value)]
    if t.kind in _WORDS:
        return [(i * word, basic("uintptr"), v) for i, v in enumerate(value)]
    if t.kind in ("complex64", "complex128"):
        half = _FIXED[t.kind] // 2
        number = basic(f"float{half * 8}")
        return [(0, number, value.real), (half, number, value.imag)]
    if t.kind == "array":
        assert t.element is not None
        step = size(t.element, word)
        return [(i * step, t.element, v) for i, v in enumerate(value)]
    starts = offsets(t, word)
    return [(at, f, v) for at, (_, f), v in zip(starts, t.fields, value, strict=True)]


def _encode(t: Type, value: Value, width: int, big: bool) -> bytes:
    if t.kind.startswith("float"):
        return struct.pack((">" if big else "<") + ("f" if width == 4 else "d"), value)
    return (int(value) & ((1 << 8 * width) - 1)).to_bytes(width, "big" if big else "little")


# ------------------------------------------------------------------------------------- signatures


class Parameter(NamedTuple):
    name: str  # "" where the source has none
    type: Type


class Signature(NamedTuple):
    """``generic``: "" or ``function``, ``method``, ``closure`` of a generic function or type.

    ``receiver`` is the first of ``inputs``.
    """

    function: str
    parameters: tuple[Parameter, ...] = ()
    results: tuple[Parameter, ...] = ()
    receiver: Parameter | None = None
    generic: str = ""
    declarations: str = ""  # type declarations that the text needs

    def inputs(self) -> tuple[Parameter, ...]:
        return ((self.receiver,) if self.receiver else ()) + self.parameters

    def text(self) -> str:
        """A Go prototype."""
        name = self.function.rpartition(".")[2]
        of = f"({self.receiver.name} {self.receiver.type.text}) " if self.receiver else ""
        results = ", ".join(f"{p.name} {p.type.text}".strip() for p in self.results)
        takes = ", ".join(f"{p.name} {p.type.text}".strip() for p in self.parameters)
        return f"func {of}{name}({takes})" + (f" ({results})" if results else "")


class Printed(NamedTuple):
    """``text`` between the parentheses; the same as ``items``; and per input what can be known.

    ``expected`` has the shape of the values with None for every scalar that was not printed in
    full; strings, slices, interfaces and complex are lists of their parts.
    """

    text: str
    items: list[Item]
    expected: list[Any]


# ------------------------------------------------------------------------------ go1.16 and before

MAX_WORDS = 10  # traceback.go gentraceback: `if i >= 10 { print(", ...") }` (go1.15.15:455)


def print_words(
    signature: Signature, values: Sequence[Value], port: Port, *, garbage: random.Random
) -> Printed:
    """Words of the argument area: inputs in one run, then results; what is not set is garbage.

    runtime/traceback.go gentraceback (go1.15.15:449-460): ``argp[i]`` for ``arglen/PtrSize``.
    """
    area, places = argument_area(signature, values, port, garbage)
    order = "big" if port.big else "little"
    words = [
        int.from_bytes(area[i : i + port.word], order)
        for i in range(0, len(area) // port.word * port.word, port.word)
    ]
    items: list[Item] = [*words[:MAX_WORDS], *(["..."] if len(words) > MAX_WORDS else [])]
    seen = min(len(words), MAX_WORDS) * port.word
    known = [
        mask(p.type, value, port.word, lambda at, width, base=base: base + at + width <= seen)
        for p, value, base in zip(signature.inputs(), values, places, strict=True)
    ]
    return Printed(render_items(items), items, known)


def argument_area(
    signature: Signature, values: Sequence[Value], port: Port, garbage: random.Random
) -> tuple[bytes, list[int]]:
    """The bytes at ``argp``, and where each input starts (gc/align.go dowidth of TFUNCARGS)."""
    places, end = [], 0
    for p in signature.inputs():
        places.append(_round(end, align(p.type, port.word)))
        end = places[-1] + size(p.type, port.word)
    end = _round(end, port.word)
    for p in signature.results:
        end = _round(end, align(p.type, port.word)) + size(p.type, port.word)
    area = bytearray(garbage.randbytes(_round(end, port.word)))
    for p, value, at in zip(signature.inputs(), values, places, strict=True):
        place(area, at, p.type, value, word=port.word, big=port.big)
    return bytes(area), places


def mask(t: Type, value: Value, word: int, printed: Any, at: int = 0) -> Any:
    """The value with None where ``printed(offset, size)`` says no."""
    if t.kind not in AGGREGATES:
        return value if printed(at, size(t, word)) else None
    return [mask(child, v, word, printed, at + o) for o, child, v in parts(t, value, word)]


# ------------------------------------------------------------------------------- go1.17 and after

# internal/abi/symtab.go TraceArgs* (go1.27.3:75-99); ssagen.EmitArgInfo (go1.19.8 has them inside).
END_SEQUENCE, START_AGGREGATE, END_AGGREGATE, DOT_DOT_DOT, TOO_LARGE = 0xFF, 0xFE, 0xFD, 0xFC, 0xFB
SPECIAL = 0xF0
LIMIT, MAX_DEPTH = 10, 5


class Frame(NamedTuple):
    """Where the inputs live. ``spill`` is where the spill slots of register arguments start."""

    offsets: tuple[int, ...]
    in_registers: tuple[bool, ...]
    spill: int
    end: int


def assign(inputs: Sequence[Type], results: Sequence[Type], port: Port, minor: int) -> Frame:
    """cmd/compile/internal/abi/abiutils.go ABIAnalyzeFuncType (go1.27.3), assignParam, nextSlot."""
    pools = (port.integer_registers, port.float_registers)
    free = pools if minor >= port.registers_since else (0, 0)
    stack, spill, word = 0, 0, port.word
    places: list[tuple[int, bool]] = []
    left = free
    for t in inputs:
        need = registers(t, word)
        if size(t, word) and all(n <= have for n, have in zip(need, left, strict=True)):
            left = (left[0] - need[0], left[1] - need[1])
            at = _round(spill, align(t, word))
            spill = at + size(t, word)
            places.append((at, True))
        else:
            at = _round(stack, align(t, word))
            stack = at + size(t, word)
            places.append((at, False))
    stack = _round(stack, word)
    left = free
    for t in results:
        need = registers(t, word)
        if size(t, word) and all(n <= have for n, have in zip(need, left, strict=True)):
            left = (left[0] - need[0], left[1] - need[1])
        else:
            stack = _round(stack, align(t, word)) + size(t, word)
    start = _round(stack, word)
    return Frame(
        tuple(at + start if spilled else at for at, spilled in places),
        tuple(spilled for _, spilled in places),
        start,
        start + _round(spill, word),
    )


def registers(t: Type, word: int) -> tuple[int, int]:
    """How many integer and float registers a type needs (size.go intRegs, floatRegs)."""
    if t.kind in ("float32", "float64"):
        return 0, 1
    if t.kind in ("complex64", "complex128"):
        return 0, 2
    if t.kind in _WORDS:
        return _WORDS[t.kind], 0
    if t.kind == "array":
        assert t.element is not None
        if t.length > 1:
            return 255, 255  # ABIInternal only passes arrays of length 0 or 1 (size.go:612)
        return registers(t.element, word) if t.length else (0, 0)
    if t.kind == "struct":
        each = [registers(field, word) for _, field in t.fields]
        return sum(i for i, _ in each), sum(f for _, f in each)
    return max(1, size(t, word) // word), 0


def in_parameters(signature: Signature, minor: int) -> list[tuple[int, Type]]:
    """InParams with the implicit dictionary: ``(index of the input or -1, type)``.

    A generic function takes its dictionary first; a method [dictionary, receiver, …] in 1.18 and
    1.19, [receiver, dictionary, …] since the unified IR of 1.20 (noder/reader.go).
    """
    real = [(i, p.type) for i, p in enumerate(signature.inputs())]
    dictionary = [(-1, basic("uintptr"))]
    if signature.generic == "function" or (signature.generic == "method" and minor < 20):
        return dictionary + real
    return real[:1] + dictionary + real[1:] if signature.generic == "method" else real


def emit_arg_info(params: Sequence[tuple[int, Type]], word: int) -> bytes:
    """ssagen/ssa.go EmitArgInfo (go1.27.3:6855-6965) over ``(frame offset, type)``."""
    out = bytearray()
    n = 0

    def visit(base: int, t: Type, depth: int) -> bool:
        nonlocal n
        if n >= LIMIT:
            out.append(DOT_DOT_DOT)
            return False
        if t.kind not in AGGREGATES:
            out.extend([TOO_LARGE] if base >= SPECIAL else [base, size(t, word)])
            n += 1
            return True
        out.append(START_AGGREGATE)
        depth += 1
        if depth >= MAX_DEPTH:
            out.extend([DOT_DOT_DOT, END_AGGREGATE])
            n += 1
            return True
        children = components(t, word)
        if not children:
            n += 1  # {} counts as a component
        for offset, child in children:
            if not visit(base + offset, child, depth):
                break
        out.append(END_AGGREGATE)
        return True

    for at, t in params:
        if not visit(at, t, 0):
            break
    out.append(END_SEQUENCE)
    return bytes(out)


def components(t: Type, word: int) -> list[tuple[int, Type]]:
    """Offsets and types of an aggregate's direct components."""
    if t.kind == "struct":
        return [(at, f) for at, (_, f) in zip(offsets(t, word), t.fields, strict=True)]
    if t.kind == "array":
        assert t.element is not None
        return [(i * size(t.element, word), t.element) for i in range(t.length)]
    if t.kind in _WORDS:
        return [(i * word, basic("uintptr")) for i in range(_WORDS[t.kind])]
    half = _FIXED[t.kind] // 2
    return [(0, basic(f"float{half * 8}")), (half, basic(f"float{half * 8}"))]


def print_args(
    info: bytes, area: bytes, *, big: bool, start: int = 0xFF, stale: Collection[int] = ()
) -> tuple[list[Item], list[int]]:
    """runtime/traceback.go printArgs (go1.27.3:662-753): the items, and the offsets printed.

    ``start`` is startOffset: slots below it are always live. ``stale`` numbers the slots from
    there on (slotIdx) whose live bit is not set.
    """
    stack: list[list[Item]] = [[]]
    shown: list[int] = []
    slot = i = 0
    while (o := info[i]) != END_SEQUENCE:
        i += 1
        if o == START_AGGREGATE:
            stack.append([])
        elif o == END_AGGREGATE:
            group = stack.pop()
            stack[-1].append(group)
        elif o == DOT_DOT_DOT:
            stack[-1].append("...")
        elif o == TOO_LARGE:
            stack[-1].append("_")
        else:
            width = info[i]
            i += 1
            number = int.from_bytes(area[o : o + width], "big" if big else "little")
            stack[-1].append(f"{number:#x}?" if o >= start and slot in stale else number)
            slot += o >= start
            shown.append(o)
    return stack[0], shown


def print_values(
    signature: Signature,
    values: Sequence[Value],
    port: Port,
    minor: int,
    *,
    stale: Collection[int] = (),
    dictionary: int = 0x4A9080,
) -> Printed:
    """What go1.17 and later print between the parentheses; ``stale``: see :func:`print_args`."""
    params = in_parameters(signature, minor)
    types = [t for _, t in params]
    frame = assign(types, [p.type for p in signature.results], port, minor)
    area = bytearray(max(256, frame.end) + 16)
    for (index, t), at in zip(params, frame.offsets, strict=True):
        value = dictionary if index < 0 else values[index]
        place(area, at, t, value, word=port.word, big=port.big)
    skip = 1 if signature.generic else 0  # `strings.Contains(f.LSym.Name, "[")` (go1.27.3:6950)
    visited = list(zip(frame.offsets, types, strict=True))[skip:]
    info = emit_arg_info(visited, port.word)
    # Liveness came with 1.18, and only where register arguments exist (ssagen emitArgLiveInfo).
    start = frame.spill if any(frame.in_registers) and minor >= 18 else 0xFF
    items, shown = print_args(info, area, big=port.big, start=start, stale=stale)
    at_of = {index: at for (index, _), at in zip(params[skip:], frame.offsets[skip:], strict=True)}
    known = [
        mask(p.type, value, port.word, _shown_from(at_of.get(index), shown))
        for index, (p, value) in enumerate(zip(signature.inputs(), values, strict=True))
    ]
    return Printed(render_items(items), items, known)


def _shown_from(base: int | None, shown: Collection[int]) -> Any:
    return lambda at, _: base is not None and base + at in shown


def render_items(items: Sequence[Item]) -> str:
    """runtime/print.go: hex without leading zeros, lower case; ``, `` between items."""
    return ", ".join(
        "{" + render_items(item) + "}"
        if isinstance(item, list)
        else item
        if isinstance(item, str)
        else f"{item:#x}"
        for item in items
    )


# ----------------------------------------------------------------------------------------- frames


class Line(NamedTuple):
    """One frame. ``offset`` 0 prints none (pc is the entry); ``inlined`` prints ``(...)``."""

    function: str
    items: Sequence[Item] = ()
    file: str = "/home/dev/src/app/main.go"
    line: int = 1
    offset: int = 0
    inlined: bool = False
    fp: int | None = None
    sp: int | None = None
    pc: int | None = None


def print_frame(frame: Line) -> str:
    """runtime/traceback.go traceback2 (go1.27.3:1043-1068); gentraceback in go1.15.15:430-467."""
    inside = "..." if frame.inlined else render_items(frame.items)
    out = f"{frame.function}({inside})\n\t{frame.file}:{frame.line}"
    if not frame.inlined:
        out += _plus(frame.offset)
        if frame.fp is not None:
            out += f" fp={frame.fp:#x} sp={frame.sp:#x} pc={frame.pc:#x}"
    return out + "\n"


def _plus(offset: int) -> str:
    return f" +{offset:#x}" if offset > 0 else ""


class Creator(NamedTuple):
    """``goroutine`` 0: the runtime, or an ancestor block; nothing is printed."""

    function: str
    file: str
    line: int
    offset: int = 0
    goroutine: int = 0


def print_created_by(creator: Creator, minor: int) -> str:
    """printcreatedby1 (go1.27.3:843, go1.19.8:789); the goroutine follows since 1.21."""
    by = f" in goroutine {creator.goroutine}" if creator.goroutine and minor >= 21 else ""
    at = f"{creator.file}:{creator.line}{_plus(creator.offset)}"
    return f"created by {creator.function}{by}\n\t{at}\n"


class Forebear(NamedTuple):
    """An ancestor (GODEBUG=tracebackancestors); ``cut``: its stack filled the buffer."""

    goroutine: int
    frames: tuple[Line, ...]
    creator: Creator | None = None
    cut: bool = False


def print_ancestor(ancestor: Forebear, minor: int) -> str:
    """printAncestorTraceback (go1.27.3:1106, go1.15.15:755): always ``(...)``, with the offset."""
    out = f"[originating from goroutine {ancestor.goroutine}]:\n"
    for f in ancestor.frames:
        out += f"{f.function}(...)\n\t{f.file}:{f.line}{_plus(f.offset)}\n"
    if ancestor.cut:
        out += "...additional frames elided...\n"
    if ancestor.creator:
        out += print_created_by(ancestor.creator._replace(goroutine=0), minor)
    return out


# ------------------------------------------------------------------------------------- goroutines


class Goroutine(NamedTuple):
    """``status`` without suffixes. ``m`` None with ``gp`` set prints ``m=nil``.

    ``frames`` is the whole stack, all of it visible; what is left out is decided here.
    """

    id: int
    status: str
    frames: tuple[Line, ...] = ()
    creator: Creator | None = None
    minutes: int = 0
    locked: bool = False
    gp: int | None = None
    m: int | None = None
    mp: int | None = None
    labels: tuple[tuple[str, str], ...] = ()
    bubble: int | None = None
    leaked: bool = False
    scan: bool = False
    durable: bool = False
    ancestors: tuple[Forebear, ...] = ()
    elsewhere: bool = False  # running on other thread


def print_header(g: Goroutine, minor: int) -> str:
    """goroutineheader (go1.27.3:1274-1354, go1.26.6:1220, go1.23.9:1197, go1.15.15:880)."""
    out = f"goroutine {g.id}"
    if g.gp is not None and minor >= 22:
        out += f" gp={g.gp:#x} " + ("m=nil" if g.m is None else f"m={g.m} mp={g.mp:#x}")
    out += f" [{g.status}"
    out += " (leaked)" if g.leaked and minor >= 26 else ""
    out += " (scan)" if g.scan else ""
    out += " (durable)" if g.durable and minor >= 25 else ""
    out += f", {g.minutes} minutes" if g.minutes >= 1 else ""
    out += ", locked to thread" if g.locked else ""
    if g.bubble is not None and minor >= 24:
        out += f", synctest {'bubble' if minor >= 25 else 'group'} {g.bubble}"
    if g.labels and minor == 26:
        pairs = ", ".join(f"{quoted(k, minor)}: {quoted(v, minor)}" for k, v in g.labels)
        out += f" labels:{{{pairs}}}"
    out += "]"
    if g.labels and minor >= 27:
        pairs = ", ".join(f"{_label(k)}: {_label(v)}" for k, v in g.labels)
        out += f" {{{pairs}}}"
    return out + ":\n"


def _label(text: str) -> str:
    """tracebackStringNeedsQuoting (go1.27.3:1356); the empty string needs none."""
    bare = all(c.isascii() and (c.isalnum() or c in "./_") for c in text)
    return text if bare else quoted(text, 27)


_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"'}


def quoted(text: str, minor: int) -> str:
    """runtime/print.go printquoted (go1.27.3:212; go1.26.6 has no ``\\x`` for invalid bytes)."""
    out = []
    for c in text:
        r = ord(c)
        if c in _ESCAPES:
            out.append(_ESCAPES[c])
        elif 0xDC80 <= r <= 0xDCFF:  # a byte that is not UTF-8 ranges as U+FFFD
            out.append(f"\\x{r - 0xDC00:02x}" if minor >= 27 else "\\ufffd")
        elif " " <= c <= "~":
            out.append(c)
        elif r < 127:
            out.append(f"\\x{r:02x}")
        else:
            out.append(f"\\u{r:04x}" if r < 0x10000 else f"\\U{r:08x}")
    return '"' + "".join(out) + '"'


class Cut(NamedTuple):
    """Which frames are printed: the first ``head`` and the last ``tail``; ``marker`` between."""

    head: int
    tail: int
    marker: str


def cut(frames: Sequence[Line], minor: int) -> Cut:
    """traceback1: 100 physical frames (go1.15.15:736-742), 50 + 50 logical (go1.27.3:964-986)."""
    if minor >= 21:
        hidden = len(frames) - 100
        return (
            Cut(50, 50, f"...{hidden} frames elided...\n")
            if hidden > 0
            else Cut(len(frames), 0, "")
        )
    physical = shown = 0
    for frame in frames:
        if physical == 100:
            break
        shown += 1
        physical += not frame.inlined
    return Cut(shown, 0, "...additional frames elided...\n" if shown == 100 else "")


def print_goroutine(g: Goroutine, minor: int) -> str:
    """Header, frames, created by, ancestors; no blank line around it."""
    if g.elsewhere:
        body = "\tgoroutine running on other thread; stack unavailable\n"
    else:
        kept = cut(g.frames, minor)
        body = "".join(map(print_frame, g.frames[: kept.head])) + kept.marker
        body += "".join(map(print_frame, g.frames[len(g.frames) - kept.tail :]))
    out = print_header(g, minor) + body
    if g.creator and g.id != 1:
        out += print_created_by(g.creator, minor)
    return out + "".join(print_ancestor(a, minor) for a in g.ancestors)


# ------------------------------------------------------------------------------------------ causes


class Panic(NamedTuple):
    """One panic of the chain. ``value`` is the text of :func:`panic_value`, before indentation.

    ``repanicked``: the next newer panic has the same value (1.25 and later).
    """

    value: str
    recovered: bool = False
    repanicked: bool = False
    goexit: bool = False


def panic_value(kind: str, type_name: str, value: Any, minor: int) -> str:
    """printpanicval, printanycustomtype (runtime/error.go go1.27.3:221, 265; go1.15.15:234).

    ``type_name`` is empty for the predeclared types; errors and Stringers are strings by now.
    """
    if kind == "nil":
        return "nil"
    if kind == "string":
        return f'{type_name}("{value}")' if type_name else value
    if kind.startswith("complex"):
        return type_name + print_complex(value, kind, minor)
    if kind.startswith("float"):
        text = print_float(value, kind, minor)
    elif kind == "bool":
        text = "true" if value else "false"
    elif kind.startswith(("int", "uint")):
        text = str(value)
    else:
        return f"({type_name}) {value:#x}"
    return f"{type_name}({text})" if type_name else text


def print_complex(value: complex, kind: str, minor: int) -> str:
    """print.go printcomplex; strconv.AppendComplex since 1.26."""
    part = "float32" if kind == "complex64" else "float64"
    imaginary = print_float(value.imag, part, minor)
    if imaginary[0] not in "+-":
        imaginary = "+" + imaginary
    return f"({print_float(value.real, part, minor)}{imaginary}i)"


def print_float(value: float, kind: str, minor: int) -> str:
    """runtime/print.go printfloat (go1.23.9:121); strconv 'g', -1 since 1.26 (go1.27.3:128)."""
    if math.isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    return _shortest(value, kind) if minor >= 26 else _seven_digits(value)


def _seven_digits(v: float) -> str:
    n = 7
    sign = "-" if struct.pack(">d", v)[0] & 0x80 else "+"
    e, v = 0, abs(v)
    if v != 0:
        while v >= 10:
            e, v = e + 1, v / 10
        while v < 1:
            e, v = e - 1, v * 10
        h = 5.0
        for _ in range(n):
            h /= 10
        v += h
        if v >= 10:
            e, v = e + 1, v / 10
    digits = ""
    for _ in range(n):
        digits += str(int(v))
        v = (v - int(v)) * 10
    return f"{sign}{digits[0]}.{digits[1:]}e{'-' if e < 0 else '+'}{abs(e):03d}"


def _shortest(v: float, kind: str) -> str:
    code = "<f" if kind == "float32" else "<d"
    exact = struct.pack(code, v)
    for precision in range(17):
        text = f"{v:.{precision}e}"
        if struct.pack(code, float(text)) == exact:
            break
    mantissa, _, exponent = text.partition("e")
    e = int(exponent)
    sign, digits = ("-", mantissa[1:]) if mantissa[0] == "-" else ("", mantissa)
    digits = digits.replace(".", "")
    # internal/strconv/ftoa.go:354 (go1.27.3): printing the shortest, the limit is 6, not fmt's 21.
    if v != 0 and (e < -4 or e >= 6):
        point = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{point}e{'-' if e < 0 else '+'}{abs(e):02d}"
    if e < 0:
        return f"{sign}0.{'0' * (-e - 1)}{digits}"
    whole, rest = digits[: e + 1].ljust(e + 1, "0"), digits[e + 1 :]
    return f"{sign}{whole}{'.' + rest if rest else ''}"


def print_panics(chain: Sequence[Panic], minor: int) -> str:
    """printpanics (runtime/panic.go go1.27.3:734, go1.25.5, go1.23.9:668); oldest first."""
    out = ""
    before: Panic | None = None
    for p in chain:
        if before is not None:
            if minor >= 25 and before.repanicked:
                before = p
                continue
            out += "" if before.goexit else "\t"
        before = p
        if p.goexit:
            continue
        out += "panic: " + indented(p.value, minor) + _mark(p, minor) + "\n"
    return out


def _mark(p: Panic, minor: int) -> str:
    again = p.repanicked and (minor == 25 or (minor >= 26 and p.recovered))
    return " [recovered, repanicked]" if again else " [recovered]" if p.recovered else ""


def indented(text: str, minor: int) -> str:
    """printindented (runtime/error.go go1.27.3): since 1.23 a newline is followed by a tab."""
    return text.replace("\n", "\n\t") if minor >= 23 else text


class Fault(NamedTuple):
    """``name`` is empty where the port has no names (Windows, wasm): its number is printed."""

    name: str
    code: int
    address: int
    pc: int
    number: int = 0xB


def print_fault(fault: Fault) -> str:
    """dopanic_m (runtime/panic.go go1.15.15:1295)."""
    name = fault.name or f"{fault.number:#x}"
    return f"[signal {name} code={fault.code:#x} addr={fault.address:#x} pc={fault.pc:#x}]\n"


def print_sections(goroutines: Sequence[Goroutine], minor: int) -> str:
    """A blank line before each goroutine (dopanic_m, tracebackothers)."""
    return "".join("\n" + print_goroutine(g, minor) for g in goroutines)


def print_panic(
    chain: Sequence[Panic],
    goroutines: Sequence[Goroutine],
    minor: int,
    *,
    fault: Fault | None = None,
    exit_status: bool = False,
) -> str:
    """A whole dump of an uncaught panic (fatalpanic, dopanic_m); `exit status 2` is go run's."""
    out = print_panics(chain, minor) + (print_fault(fault) if fault else "")
    return out + print_sections(goroutines, minor) + ("exit status 2\n" if exit_status else "")


def print_fatal(
    text: str,
    goroutines: Sequence[Goroutine],
    minor: int,
    *,
    chain: Sequence[Panic] = (),
    before: str = "",
    runtime_stack: Sequence[Line] = (),
    fault: Fault | None = None,
    exit_status: bool = False,
) -> str:
    """throw and fatal (runtime/panic.go go1.27.3); the panics under way precede since 1.26."""
    panics = print_panics(chain, minor) + "\t" if chain and minor >= 26 else ""
    out = f"{panics}{before}fatal error: {indented(text, minor)}\n"
    out += print_fault(fault) if fault else ""
    if runtime_stack:
        out += "\nruntime stack:\n" + "".join(map(print_frame, runtime_stack))
    return out + print_sections(goroutines, minor) + ("exit status 2\n" if exit_status else "")


# --------------------------------------------------------------------- signals that kill, registers

_NAMES = {
    "amd64": "rax rbx rcx rdx rdi rsi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip rflags cs fs gs",
    "386": "eax ebx ecx edx edi esi ebp esp eip eflags cs fs gs",
    "arm": "trap error oldmask r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 fp ip sp lr pc cpsr fault",
    "arm64": " ".join(f"r{i}" for i in range(30)) + " lr sp pc fault",
    "s390x": " ".join(f"r{i}" for i in range(16)) + " pc link",
}
_WIDTHS = {"amd64": 7, "386": 7, "arm": 8, "arm64": 8, "s390x": 5}

REGISTER_NAMES: dict[str, tuple[str, ...]] = {k: tuple(v.split()) for k, v in _NAMES.items()}


def print_registers(values: Mapping[str, int], port: str) -> str:
    """dumpregs: signal_amd64.go:15, signal_386.go:15, …; signal_linux_s390x.go: two a line."""
    width, out = _WIDTHS[port], ""
    for i, name in enumerate(REGISTER_NAMES[port]):
        end = "\t" if port == "s390x" and i % 2 == 0 else "\n"
        out += f"{name.ljust(width)}{values[name]:#x}{end}"
    return out


class Kill(NamedTuple):
    """``name`` as in sigtable; ``sigcode`` is printed unsigned (uint64) by go1.15 and later."""

    name: str
    pc: int
    m: int
    sigcode: int
    address: int | None = None
    cgo: bool = False


def print_signal(
    kill: Kill,
    goroutines: Sequence[Goroutine],
    minor: int,
    *,
    registers: Mapping[str, int],
    port: str,
) -> str:
    """sighandler, fatalsignal (runtime/signal_unix.go go1.27.3:846): first goroutine at once."""
    out = f"{kill.name}\nPC={kill.pc:#x} m={kill.m} sigcode={kill.sigcode & (1 << 64) - 1}"
    if kill.address is not None and minor >= 22:
        out += f" addr={kill.address:#x}"
    out += "\nsignal arrived during cgo execution\n" if kill.cgo else "\n"
    out += print_sections(goroutines, minor)
    return out + "\n" + print_registers(registers, port)


def print_snapshot(goroutines: Sequence[Goroutine], minor: int) -> str:
    """runtime.Stack, pprof debug=2: no blank line before the first goroutine, no cause."""
    return print_sections(goroutines, minor)[1:]
