"""The printer against reality: what real Go printed for known bytes is what goprinter prints."""

from __future__ import annotations

import functools
import gzip
import json
import os
import random
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests import goprinter as go
from tests import strategies

HERE = Path(__file__).parent
BLANK = "_"


def _tuples() -> tuple[dict[str, Any], ...]:
    """Signature, argument bytes and printed text of real frames; nothing where there are none."""
    own = HERE / "data" / "layout_tuples.jsonl"
    if own.exists():
        return tuple(map(json.loads, own.read_text().splitlines()))
    shared = os.environ.get("GOTRACE_SHARED")
    if not shared:
        return ()
    with gzip.open(Path(shared) / "kit" / "layout" / "triples.jsonl.gz", "rt") as lines:
        return tuple(map(json.loads, lines))


TUPLES = _tuples()
needs_tuples = pytest.mark.skipif(
    not TUPLES, reason="NOT RUN: no tests/data/layout_tuples.jsonl and GOTRACE_SHARED is not set"
)


@needs_tuples
def test_words_of_old_go_are_reproduced() -> None:
    """Every byte of every input lies where Go ≤ 1.16 printed it, on every port of the tuples."""
    old = [t for t in TUPLES if _minor(t) <= 16]
    wrong = [w for t in old for w in _wrong_words(t)]
    assert old
    assert wrong == []


@needs_tuples
def test_values_of_new_go_are_reproduced() -> None:
    """Go ≥ 1.17: the same braces, cuts and question marks, and every number that is no garbage."""
    new = [t for t in TUPLES if _minor(t) >= 17]
    wrong = [w for t in new for w in _wrong_values(t)]
    assert new
    assert wrong == []


def _wrong_words(t: dict[str, Any]) -> Iterator[str]:
    signature, values, port = _signature(t), _values(t, flip=False), go.PORTS[t["arch"]]
    ones = go.print_words(signature, _values(t, flip=True), port, garbage=_Filled(0xFF))
    zeros = go.print_words(signature, values, port, garbage=_Filled(0))
    actual = _read(t["printed"])
    if [type(i) for i in actual] != [type(i) for i in zeros.items]:
        yield f"{t['sig']}: {t['printed']} is not {zeros.text}"
        return
    for one, zero, word in zip(ones.items, zeros.items, actual, strict=True):
        if isinstance(word, int) and (word ^ zero) & ~(one ^ zero):
            yield f"{t['sig']}: {t['printed']} is not {zeros.text}"


def _wrong_values(t: dict[str, Any]) -> Iterator[str]:
    signature, port, minor = _signature(t), go.PORTS[t["arch"]], _minor(t)
    write = functools.partial(go.print_values, signature, port=port, minor=minor)
    values = _values(t, flip=False)
    marked = [str(x).endswith("?") for x in _flat(_read(t["printed"]))]
    able = [str(x).endswith("?") for x in _flat(write(values, stale=range(256)).items)]
    if len(marked) != len(able) or any(m and not a for m, a in zip(marked, able, strict=True)):
        yield f"marks: {t['sig']}: {t['printed']}"
        return
    stale = [i for i, m in enumerate(m for m, a in zip(marked, able, strict=True) if a) if m]
    printed = write(values, stale=stale)
    if _shape(printed.text) != _shape(t["printed"]):
        yield f"shape: {t['sig']}: {t['printed']} is not {printed.text}"
        return
    flipped = write(_values(t, flip=True), stale=stale)
    rows = zip(
        *(_flat(i) for i in (_read(t["printed"]), printed.items, flipped.items)), strict=True
    )
    if any(r != p and p == f and not str(r).endswith("?") for r, p, f in rows):
        yield f"value: go{t['go']} {t['arch']} {t['sig']}: {t['printed']} is not {printed.text}"


def _minor(t: dict[str, Any]) -> int:
    return int(t["go"].split(".")[1])


def _signature(t: dict[str, Any]) -> go.Signature:
    names = t["names"]
    inputs = [go.Parameter(n, _type(k)) for n, k in zip(names, t["params"], strict=True)]
    results = tuple(go.Parameter("", _type(k)) for k in t["results"])
    return go.Signature(t["name"], tuple(inputs), results)


def _type(t: dict[str, Any]) -> go.Type:
    text = t.get("t", "")
    if t["k"] == "struct":
        return go.structure(*((name, _type(f)) for name, f in t["f"]))
    if t["k"] == "array":
        return go.array(t["n"], _type(t["e"]))
    if t["k"] == "iface":
        return go.Type("interface", text)
    if t["k"] in ("slice", "string"):
        return go.Type(t["k"], text)
    names = {"byte": "uint8", "rune": "int32"}
    if t["k"] == "word":
        return go.Type(text if text in ("int", "uint", "uintptr") else "pointer", text)
    return go.Type(names.get(text, text), text)


def _values(t: dict[str, Any], *, flip: bool) -> list[Any]:
    """The values from their bytes; ``flip`` inverts what is blank, and so possibly not stored."""
    port = go.PORTS[t["arch"]]
    read = functools.partial(_value, word=port.word, big=port.big)
    return [
        read(_type(k), bytes.fromhex(b), flip=flip and name in (BLANK, ""), flips=flip)
        for name, k, b in zip(t["names"], t["params"], t["bytes"], strict=True)
    ]


def _value(t: go.Type, raw: bytes, *, word: int, big: bool, flip: bool, flips: bool) -> Any:
    read = functools.partial(_value, word=word, big=big, flips=flips)
    if t.kind not in go.AGGREGATES:
        raw = bytes(b ^ 0xFF for b in raw) if flip else raw
        if t.kind.startswith("float"):
            return struct.unpack((">" if big else "<") + {4: "f", 8: "d"}[len(raw)], raw)[0]
        return int.from_bytes(raw, "big" if big else "little")
    pieces = [raw[at : at + go.size(c, word)] for at, c in go.components(t, word)]
    names = [name for name, _ in t.fields] or [""] * len(pieces)
    parts = [
        read(c, piece, flip=flip or (flips and name == BLANK))
        for name, piece, (_, c) in zip(names, pieces, go.components(t, word), strict=True)
    ]
    return complex(*parts) if t.kind.startswith("complex") else parts


class _Filled(random.Random):
    def __init__(self, fill: int) -> None:
        super().__init__(0)
        self.fill = fill

    def randbytes(self, n: int) -> bytes:
        return bytes([self.fill]) * n


def _read(text: str) -> list[Any]:
    """Items of a printed argument list; only for text that real Go printed."""
    stack: list[list[Any]] = [[]]
    for token in re.findall(r"[{}]|0x[0-9a-f]+\??|\.\.\.|_", text):
        if token == "{":
            stack.append([])
        elif token == "}":
            group = stack.pop()
            stack[-1].append(group)
        else:
            plain = token.startswith("0x") and not token.endswith("?")
            stack[-1].append(int(token, 16) if plain else token)
    return stack[0]


def _flat(items: list[Any]) -> list[Any]:
    """All numbers, in printed order."""
    found: list[Any] = []
    for item in items:
        if isinstance(item, list):
            found += _flat(item)
        elif item not in ("...", "_"):
            found.append(item)
    return found


def _shape(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "#", text)


# ------------------------------------------------------------------------- what real Go has printed


@pytest.mark.parametrize(
    ("value", "old", "new"),
    [
        (3.141592653589793, "+3.141593e+000", "3.141592653589793"),
        (1e6, "+1.000000e+006", "1e+06"),
        (0.0, "+0.000000e+000", "0"),
        (-0.0, "-0.000000e+000", "-0"),
        (2.5, "+2.500000e+000", "2.5"),
        (100000.0, "+1.000000e+005", "100000"),
        (1e-5, "+1.000000e-005", "1e-05"),
        (float("inf"), "+Inf", "+Inf"),
        (float("nan"), "NaN", "NaN"),
    ],
)
def test_floats_in_both_styles(value: float, old: str, new: str) -> None:
    """`panic(1e6)` prints seven digits up to 1.25 and the shortest text from 1.26."""
    assert go.print_float(value, "float64", 25) == old
    assert go.print_float(value, "float64", 26) == new


def test_a_float32_prints_its_own_shortest_digits() -> None:
    third = struct.unpack("<f", struct.pack("<f", 1 / 3))[0]
    assert go.print_float(third, "float32", 27) == "0.33333334"


@pytest.mark.parametrize(
    ("minor", "expected"),
    [
        (24, "panic: first [recovered]\n\tpanic: first\n"),
        (25, "panic: first [recovered, repanicked]\n"),
        (27, "panic: first [recovered, repanicked]\n"),
    ],
)
def test_a_repanic_with_the_same_value(minor: int, expected: str) -> None:
    chain = [go.Panic("first", recovered=True, repanicked=True), go.Panic("first")]
    assert go.print_panics(chain, minor) == expected


def test_labels_of_the_two_releases_that_print_them() -> None:
    """As in the labels case of the shared traces: 1.26 inside the brackets, 1.27 after them."""
    labels = (("empty", ""), ("path", "/v1/x.y_z"), ("req id", 'a"b\n\t\\'), ("é", "日本"))
    g = go.Goroutine(1, "running", labels=labels)
    assert go.print_header(g, 27) == (
        'goroutine 1 [running] {empty: , path: /v1/x.y_z, "req id": "a\\"b\\n\\t\\\\", '
        '"\\u00e9": "\\u65e5\\u672c"}:\n'
    )
    assert go.print_header(g._replace(labels=(("k", "v"),)), 26) == (
        'goroutine 1 [running labels:{"k": "v"}]:\n'
    )


def test_the_cut_of_long_stacks() -> None:
    """100 frames and no hint up to 1.20; from 1.21 the first and last 50 around a count."""
    stack = tuple(go.Line(f"main.f{i}", line=i + 1, offset=1) for i in range(103))
    old = go.print_goroutine(go.Goroutine(1, "running", stack), 19)
    new = go.print_goroutine(go.Goroutine(1, "running", stack), 21)
    assert old.endswith(
        "main.f99()\n\t/home/dev/src/app/main.go:100 +0x1\n...additional frames elided...\n"
    )
    assert "main.f49()\n\t/home/dev/src/app/main.go:50 +0x1\n...3 frames elided...\nmain.f53" in new


# -------------------------------------------------------------------------------- the strategies


@settings(max_examples=60, deadline=None)
@given(strategies.calls())
def test_a_printed_call_and_its_items_agree(call: strategies.PrintedCall) -> None:
    """The text says what the items say, and every scalar is expected exactly or not at all."""
    inside = call.text[len(call.signature.function) + 1 : -1]
    assert _read(inside) == call.items
    assert len(call.expected) == len(call.signature.inputs())


@settings(max_examples=50, deadline=None)
@given(strategies.dumps(most_frames=120))
def test_a_printed_dump_has_the_goroutines_of_its_truth(dump: strategies.PrintedDump) -> None:
    """Each goroutine of the truth has one header in the text, in order."""
    headers = re.findall(r"(?m)^goroutine (\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[", dump.text)
    assert [int(h) for h in headers] == [g["id"] for g in dump.truth["goroutines"]]


# ------------------------------------------------------------------------- samples: our own runs

SHAPES = HERE.parent / "samples" / "shapes"
_POINT = go.structure(("X", go.basic("int32")), ("Y", go.basic("int32")), text="Point")
_LINES = go.Type("slice", "[]string")
_TEXT = go.Type("string", "string")
_BOTTOM = go.structure(("In", go.structure(("N", go.basic("int")))))
_NEXT = go.structure(("Name", _TEXT), ("In", _BOTTOM))
SHAPE_TYPES = {
    "Point": _POINT,
    "Tiny": go.structure(*((name, go.basic("int8")) for name in "abc")),
    "Order": go.structure(
        ("ID", go.basic("uint16")), ("Paid", go.basic("bool")), ("Lines", _LINES), ("Note", _TEXT)
    ),
    "Deep": go.structure(
        ("Level", go.basic("int")),
        ("Next", go.structure(("Flag", go.basic("bool")), ("In", _NEXT))),
    ),
    "Empty": go.structure(),
    "struct{}": go.structure(),
    "[3]uint16": go.array(3, go.basic("uint16")),
    "[1]string": go.array(1, _TEXT),
    "[0]int": go.array(0, go.basic("int")),
    "Celsius": go.basic("float32"),
    "rune": go.basic("int32"),
    "time.Duration": go.basic("int64"),
    "string": _TEXT,
    **{t: go.Type("interface", t) for t in ("error", "interface{}", "Shape")},
    **{t: go.Type("slice", t) for t in ("[]byte", "[]int", "...interface{}")},
}
SHAPE_RESULTS = {
    "main.unused": ("int", "error"),
    "main.shape": ("float64", "bool"),
    "main.(*Meter).Read": ("float64",),
}
SHAPE_TRACES = sorted(path.name for path in SHAPES.glob("*.log"))


def test_there_are_samples() -> None:
    assert SHAPE_TRACES


@pytest.mark.parametrize("trace", SHAPE_TRACES)
def test_samples_print_what_the_program_passed(trace: str) -> None:
    """What the printer makes of truth.json is what real Go printed, all but stale and garbage."""
    truth = json.loads((SHAPES / "truth.json").read_text())["traces"][trace]
    lines = (SHAPES / trace).read_text().splitlines()
    start = lines.index("goroutine 1 [running]:") + 1
    assert truth["frames"]
    for frame in truth["frames"]:
        line = lines[start + 2 * frame["frame"]]
        assert line.startswith(frame["function"] + "(")
        assert _disagreements(frame, line[len(frame["function"]) + 1 : -1], truth) == []


def _disagreements(frame: dict[str, Any], text: str, truth: dict[str, Any]) -> list[Any]:
    port, minor = go.PORTS[truth["arch"]], int(truth["go"].split(".")[1])
    inputs = [go.Parameter(a["name"], _shape_type(a["type"])) for a in frame["arguments"]]
    results = map(_shape_type, SHAPE_RESULTS.get(frame["function"], ()))
    outputs = tuple(go.Parameter("", t) for t in results)
    signature = go.Signature(frame["function"], tuple(inputs), outputs)
    values = [_shape_value(a["value"]) for a in frame["arguments"]]
    actual = _read(text)
    if minor <= 16:
        zeros = go.print_words(signature, values, port, garbage=_Filled(0)).items
        ones = go.print_words(signature, values, port, garbage=_Filled(0xFF)).items
        assert len(actual) == len(zeros)
        rows = [r for r in zip(actual, zeros, ones, strict=True) if r[0] != "..."]
        return [(a, z) for a, z, o in rows if (a ^ z) & ~(o ^ z)]
    printed = go.print_values(signature, values, port, minor)
    assert _shape(text).replace("?", "") == _shape(printed.text)
    pairs = zip(_flat(actual), _flat(printed.items), strict=True)
    return [(a, p) for a, p in pairs if a != p and not str(a).endswith("?")]


def _shape_type(text: str) -> go.Type:
    if text.startswith(("*", "map", "chan", "func", "unsafe")):
        return go.pointer(text)
    return SHAPE_TYPES.get(text, go.basic(text))


def _shape_value(value: dict[str, Any]) -> Any:
    match value["kind"]:
        case "string":
            return int(value["pointer"], 16), value["len"]
        case "slice":
            return int(value["pointer"], 16), value["len"], value["cap"]
        case "interface":
            return int(value["type_word"], 16), int(value["data_word"], 16)
        case "pointer":
            return int(value["address"], 16)
        case "complex":
            return complex(value["real"], value["imag"])
        case "struct":
            return [_shape_value(f["value"]) for f in value["fields"]]
        case "array":
            return [_shape_value(e) for e in value["elements"]]
    return value["value"]


def _nested() -> list[Any]:
    cases = sorted(HERE.parent.glob("samples/*/truth.json"))
    named = [(p.parent, json.loads(p.read_text())["traces"]) for p in cases]
    return [
        pytest.param(folder / name, t, id=f"{folder.name}/{name}")
        for folder, traces in named
        for name, t in traces.items()
        if t["kind"] in ("panic", "fatal") and t["go"]
    ]


@pytest.mark.parametrize(("path", "truth"), _nested())
def test_samples_begin_with_their_causes(path: Path, truth: dict[str, Any]) -> None:
    """Nested, recovered, repanicked, multi-line and fatal messages, as real Go printed them."""
    minor = int(truth["go"].split(".")[1])
    chain = []
    for c in truth["causes"]:
        chain.append(go.Panic(c["message"], c["recovered"], c["repanicked"]))
        chain += [go.Panic(c["message"])] * c["repanicked"]
    if truth["kind"] == "panic":
        expected = go.print_panic(chain, [], minor)
    else:
        expected = go.print_fatal(truth["causes"][0]["message"], [], minor)
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    assert expected in text[: len(expected) + 200]
    assert text.startswith(expected) or text.startswith("runtime: ")
