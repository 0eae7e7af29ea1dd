"""Hypothesis strategies for what Go programs pass and print; the truth is plain data.

A :class:`PrintedCall` is one call with its prototype, what was passed and what was printed. A
:class:`PrintedDump` is a whole dump and, as lists and dictionaries, what is in it.
"""

from __future__ import annotations

import random
import string
import struct
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests import goprinter as go

MINORS_OF_WORDS = (9, 10, 12, 13, 14, 15, 16)
MINORS_OF_VALUES = tuple(range(17, 28))

# ------------------------------------------------------------------------------------------- types

_INTEGERS = ("int8", "int16", "int32", "int64", "int", "uint8", "uint16", "uint32", "uint64")
_SPELLED = {"byte": "uint8", "rune": "int32"}
_SCALARS = (
    *(go.basic(kind) for kind in (*_INTEGERS, "uint", "uintptr", "bool", "float32", "float64")),
    *(go.basic(kind, text) for text, kind in _SPELLED.items()),
    *(go.pointer(text) for text in ("*int", "map[string]int", "chan int", "func(int) error")),
    go.pointer("unsafe.Pointer"),
)
_COMPOSITES = (
    go.Type("string", "string"),
    go.Type("slice", "[]byte"),
    go.Type("slice", "[]string"),
    go.Type("interface", "error"),
    go.Type("interface", "interface{}"),
    go.basic("complex64"),
    go.basic("complex128"),
)
_LEAVES = st.sampled_from(_SCALARS) | st.sampled_from(_COMPOSITES)


def types() -> st.SearchStrategy[go.Type]:
    """Any type, nested up to six deep, arrays and structs of size zero included."""
    return st.recursive(_LEAVES, _bigger, max_leaves=8)


def _bigger(inner: st.SearchStrategy[go.Type]) -> st.SearchStrategy[go.Type]:
    arrays = st.builds(go.array, st.integers(0, 4), inner)
    return arrays | st.lists(inner, max_size=5).flatmap(_structs)


def _structs(fields: list[go.Type]) -> st.SearchStrategy[go.Type]:
    blanks = st.lists(st.sampled_from((False,) * 7 + (True,)), min_size=len(fields))
    return blanks.map(
        lambda blank: go.structure(
            *(
                ("_" if b else f"F{i}", t)
                for i, (t, b) in enumerate(zip(fields, blank, strict=False))
            )
        )
    )


def values(t: go.Type, word: int) -> st.SearchStrategy[Any]:
    """A value of ``t``; numbers are in range for the port, floats are no NaN."""
    if t.kind in ("struct", "array"):
        parts = [f for _, f in t.fields] if t.kind == "struct" else [t.element] * t.length
        return st.tuples(*(values(p, word) for p in parts if p)).map(list)
    if t.kind in ("string", "slice", "interface"):
        addresses = _addresses(word)
        rest = st.integers(0, 4096) if t.kind != "interface" else addresses
        return st.tuples(addresses, *[rest] * (2 if t.kind == "slice" else 1))
    return _scalar(t.kind, word)


def _scalar(kind: str, word: int) -> st.SearchStrategy[Any]:
    if kind == "bool":
        return st.booleans()
    if kind.startswith("complex"):
        return st.builds(complex, *[_scalar(f"float{_bits(kind, word) // 2}", word)] * 2)
    if kind.startswith("float"):
        return st.floats(allow_nan=False, width=32 if kind == "float32" else 64)
    if kind == "pointer":
        return _addresses(word)
    bits = _bits(kind, word)
    if kind.startswith("u"):
        return st.integers(0, 9) | st.integers(0, (1 << bits) - 1)
    return st.integers(-3, 9) | st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def _bits(kind: str, word: int) -> int:
    digits = kind.lstrip(string.ascii_letters)
    return int(digits) if digits else 8 * word


def _addresses(word: int) -> st.SearchStrategy[int]:
    heap = st.integers(0, 1 << 30).map(lambda n: (0xC000000000 if word == 8 else 0x9000000) + 8 * n)
    small = st.sampled_from((0, 0, 0x4B2C80, 0x8049000))
    return small | heap.map(lambda n: n & ((1 << 8 * word) - 1))


# ------------------------------------------------------------------------------------------- calls


class PrintedCall(NamedTuple):
    """``text`` is the call line, ``prototype`` Go source that declares it in package ``main``.

    ``expected`` has, per input, the shape of the value with None for what was not printed.
    """

    signature: go.Signature
    prototype: str
    values: tuple[Any, ...]
    port: go.Port
    minor: int
    text: str
    items: list[go.Item]
    expected: list[Any]


@st.composite
def signatures(draw: st.DrawFn, *, results: bool = True) -> go.Signature:
    """A function or method of package main: 0–12 parameters, 0–3 results."""
    number = draw(st.integers(0, 999))
    inputs = draw(st.lists(types(), max_size=12))
    names = [draw(st.sampled_from((f"p{i}",) * 9 + ("_",))) for i in range(len(inputs))]
    parameters = tuple(map(go.Parameter, names, inputs))
    outputs = draw(st.lists(types(), max_size=3)) if results else []
    named = tuple(go.Parameter(f"r{i}", t) for i, t in enumerate(outputs))
    receiver = draw(st.sampled_from(("", "", "*R", "R")))
    if not receiver:
        return go.Signature(f"main.F{number}", parameters, named)
    under = draw(types())
    declared = f"type R {under.text}" if receiver == "R" else "type R struct{}"
    of = go.pointer("*R") if receiver == "*R" else under._replace(text="R")
    function = f"main.(*R).M{number}" if receiver == "*R" else f"main.R.M{number}"
    if of.kind in ("pointer", "interface") and receiver == "R":
        return go.Signature(f"main.F{number}", parameters, named)  # Go forbids such receivers
    me = go.Parameter("r", of)
    return go.Signature(function, parameters, named, me, declarations=declared)


@st.composite
def calls_of_old_go(draw: st.DrawFn) -> PrintedCall:
    """A call as Go ≤ 1.16 prints it, garbage in padding and results."""
    signature, port = draw(signatures()), draw(st.sampled_from(list(go.PORTS.values())))
    passed = _passed(draw, signature, port)
    garbage = random.Random(draw(st.integers(0, 1 << 32)))
    printed = go.print_words(signature, passed, port, garbage=garbage)
    return _call(signature, passed, port, draw(st.sampled_from(MINORS_OF_WORDS)), printed)


@st.composite
def calls_of_new_go(draw: st.DrawFn, *, stale: bool = True) -> PrintedCall:
    """A call as Go ≥ 1.17 prints it; ``stale``: with question marks where the port has them."""
    signature, port = draw(signatures()), draw(st.sampled_from(list(go.PORTS.values())))
    passed, minor = _passed(draw, signature, port), draw(st.sampled_from(MINORS_OF_VALUES))
    marks = draw(st.sets(st.integers(0, 9))) if stale else ()
    printed = go.print_values(signature, passed, port, minor, stale=marks)
    return _call(signature, passed, port, minor, printed)


def calls() -> st.SearchStrategy[PrintedCall]:
    return calls_of_old_go() | calls_of_new_go()


def _passed(draw: st.DrawFn, signature: go.Signature, port: go.Port) -> list[Any]:
    return [draw(values(p.type, port.word)) for p in signature.inputs()]


def _call(
    signature: go.Signature, passed: list[Any], port: go.Port, minor: int, printed: go.Printed
) -> PrintedCall:
    lines = ["package main", signature.declarations, signature.text()]
    return PrintedCall(
        signature,
        "\n\n".join(filter(None, lines)) + "\n",
        tuple(passed),
        port,
        minor,
        f"{signature.function}({printed.text})",
        printed.items,
        printed.expected,
    )


def bits(value: float, width: int) -> int:
    """A float as the integer of its IEEE bytes, to compare -0.0 and 0.0 apart."""
    return int.from_bytes(struct.pack(">f" if width == 4 else ">d", value), "big")


# ------------------------------------------------------------------------------------------- dumps


class PrintedDump(NamedTuple):
    """``truth``: ``{kind, causes, signal, goroutines, registers, exit_status}``, plain data.

    A goroutine is ``{id, state, flags, minutes, locked, gp, m, mp, labels, bubble, frames, elided,
    created_by, ancestors, unavailable}``; a frame ``{function, inlined, items, file, line, offset,
    fp, sp, pc}``; ``elided`` is ``[frames before, count or None]`` or None; ``created_by``
    ``{function, file, line, offset, goroutine}``. ``state`` has no ``(leaked)``, ``(scan)`` or
    ``(durable)``: those are ``flags``. An offset that is not printed is None.
    """

    text: str
    minor: int
    port: go.Port
    truth: dict[str, Any]


FUNCTIONS = (
    "main.main",
    "main.(*Server).serve.func1",
    "main.T.M",
    "main.(*Größe).мера",
    "main.main.func1.2.1",
    "main.glob..func1",
    "main.init.0",
    "gopkg.in/yaml%2ev2.Decode",
    "github.com/Some-One/go_lib%2ego.(*T).Do",
    "net/http.(*conn).serve",
    "example.com/app/vendor/github.com/x/y.F",
    "runtime.gopark",
    "panic",
)
NEW_FUNCTIONS = (
    "main.Map[...]",
    "main.(*List[...]).At",
    "iter.Pull[...].func1.1",
    "main.a.gowrap1",
)
FILES = (
    "/home/dev/src/app/main.go",
    "/usr/local/go/src/net/http/server.go",
    "C:/Users/dev/app/main.go",
    "/home/dev/my app (2)/a.go",
    "example.com/lib/v3@v3.1.4/deep/d.go",
    "<autogenerated>",
    "_cgo_gotypes.go",
    "views/weird:name.tmpl",
    "./main.go",
)
STATES = (
    "running",
    "runnable",
    "syscall",
    "chan receive",
    "chan send",
    "chan receive (nil chan)",
    "select",
    "select (no cases)",
    "sleep",
    "IO wait",
    "semacquire",
    "force gc (idle)",
    "finalizer wait",
    "???",
)
NEW_STATES = ("sync.Mutex.Lock", "sync.RWMutex.RLock", "GC worker (active)")
_LINES = st.integers(1, 99999)
_PCS = st.integers(0x401000, 0x8FFFFF)
_WORDS = st.integers(0, 9) | st.integers(0, (1 << 32) - 1)
_GOIDS = st.integers(1, 1 << 40)


@st.composite
def _items(draw: st.DrawFn, minor: int, depth: int = 0) -> list[go.Item]:
    if minor <= 16:
        flat = draw(st.lists(_WORDS, max_size=5) | st.lists(_WORDS, min_size=10, max_size=11))
        return [*flat[:10], *(["..."] if len(flat) > 10 else [])]
    words = draw(st.lists(_WORDS, max_size=6 if depth else 4))
    out: list[go.Item] = []
    for word in words:
        form = draw(st.sampled_from("wwwwww?g_"))
        if form == "g" and depth < 4:
            out.append(draw(_items(minor, depth + 1)))
        else:
            marked = form == "?" and minor >= 18
            out.append("_" if form == "_" else f"{word:#x}?" if marked else word)
    return out + (["..."] if len(out) > 2 and draw(st.booleans()) else [])


@st.composite
def _frames(draw: st.DrawFn, minor: int, most: int, *, system: bool) -> tuple[go.Line, ...]:
    names = FUNCTIONS + (NEW_FUNCTIONS if minor >= 18 else ())
    base = [draw(_line(minor, names, system=system)) for _ in range(draw(st.integers(1, 5)))]
    count = draw(st.just(len(base)) | st.integers(len(base), most))
    return tuple(base[i % len(base)] for i in range(count))


@st.composite
def _line(draw: st.DrawFn, minor: int, names: tuple[str, ...], *, system: bool) -> go.Line:
    where = {"file": draw(st.sampled_from(FILES)), "line": draw(_LINES)}
    function = draw(st.sampled_from(names))
    if minor >= 9 and draw(st.sampled_from((False, False, False, True))):
        return go.Line(function, inlined=True, **where)
    offset = draw(st.integers(0, 0xFFFF))
    line = go.Line(function, draw(_items(minor)), offset=offset, **where)
    if not system:
        return line
    return line._replace(fp=draw(_WORDS), sp=draw(_WORDS), pc=draw(_PCS))


_LABEL = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ("", "k", "/v1/x.y_z", "a]b}c: d", '"', "a\n\t\\", "日本")
)


@st.composite
def _creator(draw: st.DrawFn, minor: int) -> go.Creator:
    names = FUNCTIONS[:-1] + (NEW_FUNCTIONS if minor >= 18 else ())
    return go.Creator(
        draw(st.sampled_from(names)),
        draw(st.sampled_from(FILES)),
        draw(_LINES),
        draw(st.integers(0, 0xFFF)),
        draw(st.just(0) | _GOIDS),
    )


@st.composite
def _ancestors(draw: st.DrawFn, minor: int) -> tuple[go.Forebear, ...]:
    def one() -> go.Forebear:
        names = FUNCTIONS[:6]
        frames = [draw(_line(minor, names, system=False)) for _ in range(draw(st.integers(1, 3)))]
        creator = draw(st.none() | _creator(minor))
        return go.Forebear(draw(_GOIDS), tuple(frames), creator, draw(st.booleans()))

    return tuple(one() for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2)))))


@st.composite
def goroutines(draw: st.DrawFn, minor: int, *, system: bool, most: int = 8) -> go.Goroutine:
    """One goroutine with every option that its release can print."""
    rare = st.sampled_from((False, False, False, True))
    m = draw(st.none() | st.integers(0, 99))
    g = go.Goroutine(
        draw(_GOIDS),
        draw(st.sampled_from(STATES + (NEW_STATES if minor >= 21 else ()))),
        draw(_frames(minor, most, system=system)),
        creator=draw(st.none() | _creator(minor)),
        minutes=draw(st.sampled_from((0, 0, 1, 17, 2880))),
        locked=draw(rare),
        scan=draw(rare),
        ancestors=draw(_ancestors(minor)),
        elsewhere=draw(rare) and draw(rare),
    )
    if system and minor >= 22:
        g = g._replace(gp=draw(_WORDS), m=m, mp=None if m is None else draw(_WORDS))
    if minor >= 24:
        g = g._replace(bubble=draw(st.none() | st.integers(1, 99)))
    if minor >= 25:
        g = g._replace(durable=draw(rare))
    if minor >= 26:
        labels = st.lists(st.tuples(_LABEL, _LABEL), max_size=3, unique_by=lambda kv: kv[0])
        g = g._replace(leaked=draw(rare), labels=tuple(draw(labels)))
    return g


_MESSAGES = st.sampled_from(
    (
        "boom",
        "runtime error: index out of range [5] with length 3",
        "interface conversion: interface {} is float64, not string",
        "open x: no such file",
        "a: b: (c) [d] {e}",
        "",
        "first line\nsecond line",
        "ends in a newline\n",
    )
)


@st.composite
def panic_values(draw: st.DrawFn, minor: int) -> tuple[str, str | None, str | None]:
    """``(text, type, value)``; type and value None where the text does not tell."""
    kind = draw(st.sampled_from(("text", "string", "int", "uint64", "float64", "bool", "pointer")))
    if kind == "text":
        message = draw(_MESSAGES)
        # Up to 1.22 newlines are raw, and a message with them cannot be told from what follows.
        return (message if minor >= 23 else message.replace("\n", " ")), None, None
    named = {"string": "main.MyErr", "pointer": "main.T"}.get(kind, f"main.My{kind.title()}")
    value = draw(st.sampled_from(("x", 'in "quotes"'))) if kind == "string" else draw(_number(kind))
    text = go.panic_value(kind, named, value, minor)
    inner = text.removeprefix(f"({named}) ").removeprefix(f"{named}(")
    return text, named, inner if kind == "pointer" else inner[:-1]


def _number(kind: str) -> st.SearchStrategy[Any]:
    return {
        "int": st.integers(-(1 << 63), (1 << 63) - 1),
        "uint64": st.integers(0, (1 << 64) - 1),
        "float64": st.floats(allow_nan=False),
        "bool": st.booleans(),
        "pointer": st.integers(0, 1 << 48),
    }[kind]


@st.composite
def dumps(draw: st.DrawFn, *, most_frames: int = 8) -> PrintedDump:
    """A panic, fatal error, killing signal or snapshot of any release from 1.9."""
    minor = draw(st.sampled_from(MINORS_OF_WORDS + MINORS_OF_VALUES))
    kind = draw(st.sampled_from(("panic", "panic", "fatal", "signal", "snapshot")))
    system = draw(st.booleans())
    each = goroutines(minor, system=system, most=most_frames)
    all_of_them = draw(st.lists(each, min_size=1, max_size=4))
    port = go.PORTS[draw(st.sampled_from(list(go.REGISTER_NAMES)))]
    writer = {"panic": _panic, "fatal": _fatal, "signal": _signal, "snapshot": _snapshot}[kind]
    text, extra = draw(writer(minor, all_of_them, port))
    truth = {
        "kind": kind,
        "causes": [],
        "signal": None,
        "registers": {},
        "exit_status": False,
        "goroutines": [goroutine_truth(g, minor) for g in all_of_them],
        **extra,
    }
    return PrintedDump(text, minor, port, truth)


@st.composite
def _panic(
    draw: st.DrawFn, minor: int, gs: list[go.Goroutine], port: go.Port
) -> tuple[str, dict[str, Any]]:
    chain, causes = [], []
    for _ in range(draw(st.integers(1, 3))):
        text, named, value = draw(panic_values(minor))
        recovered = draw(st.booleans())
        chain.append(go.Panic(text, recovered))
        causes.append(_cause("panic", text, named, value, recovered=recovered))
    fault = draw(st.none() | _faults())
    status = draw(st.booleans())
    text = go.print_panic(chain, gs, minor, fault=fault, exit_status=status)
    return text, {"causes": causes, "signal": _fault_truth(fault), "exit_status": status}


def _cause(
    kind: str, message: str, named: str | None, value: str | None, *, recovered: bool = False
) -> dict[str, Any]:
    return {
        "kind": kind,
        "message": message,
        "type": named,
        "value": value,
        "recovered": recovered,
        "repanicked": False,
    }


def _faults() -> st.SearchStrategy[go.Fault]:
    names = st.sampled_from(("SIGSEGV: segmentation violation", "SIGBUS: bus error", ""))
    codes = st.sampled_from((0, 1, 2, 0x80))
    return st.builds(go.Fault, names, codes, _WORDS, _PCS, number=st.integers(1, 64))


def _fault_truth(fault: go.Fault | None) -> dict[str, Any] | None:
    return None if fault is None else {**fault._asdict(), "name": fault.name or None}


@st.composite
def _fatal(
    draw: st.DrawFn, minor: int, gs: list[go.Goroutine], port: go.Port
) -> tuple[str, dict[str, Any]]:
    message = draw(
        st.sampled_from(("all goroutines are asleep - deadlock!", "concurrent map writes"))
    )
    text = go.print_fatal(message, gs, minor)
    return text, {"causes": [_cause("fatal", message, None, None)]}


@st.composite
def _signal(
    draw: st.DrawFn, minor: int, gs: list[go.Goroutine], port: go.Port
) -> tuple[str, dict[str, Any]]:
    registers = {name: draw(_WORDS) for name in go.REGISTER_NAMES[port.name]}
    code = draw(st.sampled_from((0, -6)))
    kill = go.Kill("SIGQUIT: quit", draw(_PCS), draw(st.integers(0, 9)), code)
    text = go.print_signal(kill, gs, minor, registers=registers, port=port.name)
    signal = {"name": kill.name, "pc": kill.pc, "m": kill.m, "code": kill.sigcode & (1 << 64) - 1}
    return text, {"signal": signal, "registers": registers}


def _snapshot(
    minor: int, gs: list[go.Goroutine], port: go.Port
) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    return st.just((go.print_snapshot(gs, minor), {}))


# ------------------------------------------------------------------------------ truth as plain data


def goroutine_truth(g: go.Goroutine, minor: int) -> dict[str, Any]:
    """What the text of this goroutine says: only what its release prints."""
    kept = go.cut(g.frames, minor)
    frames = [*g.frames[: kept.head], *g.frames[len(g.frames) - kept.tail :]]
    creator = g.creator if g.creator and g.id != 1 else None
    suffixes = (("leaked", g.leaked), ("scan", g.scan), ("durable", g.durable))
    hidden = len(g.frames) - 100 if kept.tail else None
    return {
        "id": g.id,
        "state": g.status,
        "flags": [name for name, on in suffixes if on],
        "minutes": g.minutes or None,
        "locked": g.locked,
        "gp": g.gp if minor >= 22 else None,
        "m": g.m,
        "mp": g.mp,
        "labels": [list(pair) for pair in g.labels],
        "bubble": g.bubble,
        "frames": [] if g.elsewhere else [frame_truth(f) for f in frames],
        "elided": [kept.head, hidden] if kept.marker and not g.elsewhere else None,
        "created_by": creator_truth(creator, minor) if creator else None,
        "ancestors": [_ancestor_truth(a, minor) for a in g.ancestors],
        "unavailable": g.elsewhere,
    }


def frame_truth(f: go.Line) -> dict[str, Any]:
    shown = f.offset or None
    return {
        **{"function": f.function, "inlined": f.inlined, "items": [] if f.inlined else f.items},
        **{"file": f.file, "line": f.line, "offset": None if f.inlined else shown},
        **{"fp": f.fp, "sp": f.sp, "pc": f.pc},
    }


def creator_truth(c: go.Creator, minor: int) -> dict[str, Any]:
    return {
        **{"function": c.function, "file": c.file, "line": c.line, "offset": c.offset or None},
        "goroutine": (c.goroutine or None) if minor >= 21 else None,
    }


def _ancestor_truth(a: go.Forebear, minor: int) -> dict[str, Any]:
    frames = [
        {**frame_truth(f), "inlined": True, "items": [], "offset": f.offset or None}
        for f in (f._replace(fp=None, sp=None, pc=None) for f in a.frames)
    ]
    creator = a.creator._replace(goroutine=0) if a.creator else None
    return {
        **{"goroutine": a.goroutine, "frames": frames, "elided": a.cut},
        "created_by": creator_truth(creator, minor) if creator else None,
    }
