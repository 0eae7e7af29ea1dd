"""Binding what real programs printed, whose arguments their sources show."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from gotrace.goversion import Facts
from gotrace.signature import Role, Signature
from gotrace.types import GoType, Kind
from gotrace.value import Certainty, Value
from tests.bind_support import ANY_GO, NO_PORT, bound, plain
from tests.go_types import array, signature, struct, ty

EXACT, LIKELY = Certainty.EXACT, Certainty.LIKELY
LIST = GoType(Kind.POINTER, "*List[T]")

MIX = struct(
    s=ty("string"), n=ty("int32"), b=ty("bool"), f=ty("float64"), p=ty("*int"), ss=ty("[]string")
)
MIX_VALUE = [[None, 2], -3, True, 2.5, None, [None, 1, 1]]
SMALL = struct(a=ty("byte"), b=ty("byte"), c=ty("byte"))
WIDE = struct(**{name: ty("int") for name in "abcdefghijkl"})
NEST = struct(A=struct(B=struct(C=struct(D=struct(E=struct(F=ty("int")))))))


def _ints(names: str) -> Signature:
    return signature(*((name, ty("int")) for name in names))


# function -> signature, values; None where the program does not say (addresses)
SHAPES: dict[str, tuple[Signature, list[Any]]] = {
    "none": (signature(), []),
    "ints": (
        signature(
            *zip("abcdefg", map(ty, "int8 int16 int32 int64 uint8 bool rune".split()), strict=True)
        ),
        [1, 2, 3, 4, 5, True, ord("x")],
    ),
    "negs": (
        signature(*zip("abcde", map(ty, "int8 int16 int32 int64 int".split()), strict=True)),
        [-1, -2, -3, -4, -5],
    ),
    "strs": (
        signature(
            ("a", ty("string")), ("b", ty("[]byte")), ("c", ty("any")), ("d", ty("error")),
            ("e", ty("map[string]int")), ("f", ty("chan int")), ("g", ty("func()")),
        ),
        [[None, 3], [None, 3, 3], [None, None], [None, None], None, None, None],
    ),
    "floats": (
        signature(
            *zip("abcd", map(ty, "float32 float64 complex64 complex128".split()), strict=True)
        ),
        [1.5, 2.5, [1.0, 2.0], [3.0, 4.0]],
    ),
    "small": (signature(("s", SMALL), ("t", SMALL)), [[1, 2, 3], [4, 5, 6]]),
    "nest": (signature(("n", NEST), ("x", ty("int"))), [[[[[[[0]]]]]], 5]),
    "wide": (signature(("w", WIDE), ("x", ty("int"))), [list(range(1, 13)), 13]),
    "mix": (signature(("m", MIX), ("x", ty("int"))), [MIX_VALUE, 5]),
    "many": (_ints("abcdefghijklmn"), list(range(1, 15))),
    "ten": (_ints("abcdefghij"), list(range(1, 11))),
    "eleven": (_ints("abcdefghijk"), list(range(1, 12))),
    "empty": (
        signature(
            ("e", struct()), ("f", array(0, ty("int"))), ("g", struct()), ("x", ty("int"))
        ),
        [[], [], [], 9],
    ),
    "onlyempty": (signature(("e", struct())), [[]]),
    "arr0": (
        signature(
            ("a", array(0, ty("int"))), ("b", array(1, ty("int"))), ("c", array(2, ty("int"))),
            ("d", array(3, ty("string"))),
        ),
        [[], [1], [1, 2], [[None, 1]] * 3],
    ),
    "rets": (
        signature(
            ("a", ty("int")), ("s", ty("string")), results=(ty("int"), ty("string"), ty("error"))
        ),
        [1, [None, 3]],
    ),
    "onlyret": (signature(results=(ty("int"), ty("string"), ty("error"))), []),
    "variadic": (
        signature(("p", ty("string")), ("a", ty("[]any"))), [[None, 3], [None, 3, 3]]
    ),
    "blank": (
        signature(("_", ty("int")), ("_", ty("string")), ("x", ty("int"))), [1, [None, 1], 3]
    ),
    "bigarr": (
        signature(("a", array(200, ty("int"))), ("x", ty("int"))), [[1, 2, 3] + [0] * 197, 4]
    ),
    "unused": (
        signature(("a", ty("int")), ("s", ty("string")), ("m", MIX), results=(ty("int"),)),
        [1, [None, 3], MIX_VALUE],
    ),
    "live": (
        signature(("a", ty("int")), ("s", ty("string")), ("p", ty("*int")), results=(ty("int"),)),
        [1, [None, 3], None],
    ),
    "dur": (
        signature(
            ("d", ty("time.Duration")),
            ("t", struct(wall=ty("uint64"), ext=ty("int64"), loc=ty("*Location"))),
        ),
        [10**9, [None, None, None]],
    ),
    "structemptymix": (
        signature(
            ("a", struct(_=struct(), x=ty("int"), y=array(0, ty("string")), z=struct())),
            ("b", ty("int")),
        ),
        [[[], 0, [], []], 4],
    ),
    "iface2": (
        signature(("a", ty("interface{ M() }")), ("b", ty("any"))), [[0, 0], [0, 0]]
    ),
}  # fmt: skip


def claims(value: Value, true: Any) -> list[tuple[Certainty, bool]]:
    """Every leaf that is claimed and known to the program: how surely, and whether rightly."""
    if value.truncated:
        return []
    if value.kind in ("struct", "array"):
        parts = [f.value for f in value.fields] or list(value.elements)
        found = [claims(part, t) for part, t in zip(parts, true, strict=True)]
        return [claim for part in found for claim in part]
    printed = plain(value)
    names = {"string": ("pointer", "len"), "slice": ("pointer", "len", "cap")}
    names |= {"interface": ("type_word", "data_word"), "complex": ("real", "imag")}
    certainties = dict(value.certainties)
    if value.kind in names:
        return [
            (certainties.get(name, value.certainty), p == t)
            for name, p, t in zip(names[value.kind], printed, true, strict=True)
            if t is not None and p is not None
        ]
    return [] if true is None else [(value.certainty, printed == true)]


def _shape_calls() -> list[tuple[str, int, str, str]]:
    root = Path(os.environ.get("GOTRACE_SHARED", "/nowhere")) / "traces"
    found = []
    for folder in ("args_shapes", "args_shapes_noopt"):
        for path in sorted(root.glob(f"{folder}/go1.*.txt")):
            head = re.match(r"go1\.(\d+)(?:-(\w+))?\.", path.name)
            assert head
            for line in path.read_text().splitlines():
                if line.startswith("main.") and not line.startswith("main.main"):
                    found.append((path.name, int(head[1]), head[2] or "amd64", line))
    return found


@pytest.mark.shared
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_shapes_of_real_programs(known: bool) -> None:
    """Nothing claimed of args_shapes is wrong, for any release and port, optimised or not."""
    calls = _shape_calls()
    if not calls:
        pytest.skip("NOT RUN: GOTRACE_SHARED does not name the shared evidence")
    wrong, right = [], 0
    for file, minor, arch, line in calls:
        of, true = SHAPES[line[len("main.") : line.index("(")]]
        facts, at = (minor, arch) if known else (ANY_GO, NO_PORT)
        if known and not line.startswith("main.live("):  # the others use none of their parameters
            of = of._replace(parameters=tuple(p._replace(used=False) for p in of.parameters))
        binding = bound(line, of, facts, at)
        # With 64 bits only assumed, a 32-bit trace may not fit: nothing is claimed then.
        said = [i.message for i in binding.issues if "4-byte words it would fit" not in i.message]
        assert not said, (file, line, said)
        for argument, value in zip(binding.arguments, true, strict=False):
            for certainty, good in claims(argument.value, value) if argument.value else ():
                believed = certainty is EXACT or (known and certainty is LIKELY)
                right += believed and good
                if believed and not good:
                    wrong.append((file, line, argument))
    assert not wrong, wrong[:5]
    assert right > (2400 if known else 500)


GENERIC: dict[str, tuple[Signature, list[Any]]] = {
    "method": (
        signature(("i", ty("int")), ("tag", ty("string")), receiver=LIST),
        [None, 0x55, [None, 3]],
    ),
    "value": (
        signature(
            ("i", ty("int")),
            ("tag", ty("string")),
            receiver=struct(a=ty("string"), n=ty("int")),
        ),
        [[[None, 1], 0x33], 0x55, [None, 3]],
    ),
    "func": (signature(("a", ty("string")), ("i", ty("int"))), [[None, 6], 0x66]),
    "closure": (signature(("x", ty("int")), ("y", ty("string"))), [0x77, [None, 2]]),
}


@pytest.mark.shared
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_generics_of_real_programs(known: bool) -> None:
    """Every release from go1.19, optimised and not: nothing claimed is wrong."""
    root = Path(os.environ.get("GOTRACE_SHARED", "/nowhere")) / "traces"
    files = sorted(root.glob("generic_args/go1.*.txt"))
    if not files:
        pytest.skip("NOT RUN: GOTRACE_SHARED does not name the shared evidence")
    right = 0
    for path in files:
        head = re.match(r"go1\.(\d+)\.(\w+)", path.name)
        assert head
        of, true = GENERIC[head[2]]
        lines = path.read_text().splitlines()
        line = next(x for x in lines if x.startswith("main.") and "[...]" in x)
        binding = bound(line, of, int(head[1]) if known else Facts(18, None), "amd64")
        assert not binding.issues, (path.name, line, binding.issues)
        inputs = [a for a in binding.arguments if a.role is not Role.DICTIONARY]
        for argument, value in zip(inputs, true, strict=True):
            for certainty, good in claims(argument.value, value) if argument.value else ():
                believed = certainty in (EXACT, LIKELY)
                right += believed and good
                assert good or not believed, (path.name, line, argument)
    assert right >= 20
