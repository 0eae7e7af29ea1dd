"""Random chains of calls whose arguments are known by construction, for recovered values.

Each function is called by the one before with literals, addresses of globals, what it was passed
itself, or something computed of that; it uses its parameters before its own call and not after, so
that most of what is printed is stale; some it sets to something else first. The last one panics.
"""

from __future__ import annotations

import random
from typing import NamedTuple

BITS = {
    "int": 64, "int64": 64, "uint64": 64, "uint32": 32, "int32": 32, "int16": 16, "uint8": 8,
    "uintptr": 64,
}  # fmt: skip
SIGNED = {"int", "int64", "int32", "int16"}
TYPES = (*BITS, "bool", "string", "*int", "*item", "float64", "pair", "[]int", "[2]int")
GLOBALS = {"*int": ("gi0", "gi1", "gi2"), "*item": ("gt0", "gt1")}
DEPTH = 6


class Argument(NamedTuple):
    """``value`` is a number, a text, a global's name, or the two of a pair; None: not known."""

    type: str
    value: int | str | bool | tuple[int, str] | None


class Program(NamedTuple):
    """``passed`` are the arguments of each function, the outermost first."""

    text: str
    passed: list[list[Argument]]


def wrapped(number: int, type_: str) -> int:
    """As a conversion to the type gives it."""
    number &= (1 << BITS[type_]) - 1
    top = 1 << (BITS[type_] - 1)
    return number - (1 << BITS[type_]) if type_ in SIGNED and number & top else number


def literal(chosen: random.Random, type_: str) -> tuple[Argument, str]:
    """A value of a type, and how it is spelled."""
    if type_ in BITS:
        some = [0, 1, chosen.randrange(1 << (BITS[type_] - 1)), chosen.randrange(100)]
        number = chosen.choice(some) * (chosen.choice([1, 1, -1]) if type_ in SIGNED else 1)
        return Argument(type_, number), f"{type_}({number})"
    if type_ == "bool":
        value = chosen.random() < 0.5
        return Argument(type_, value), str(value).lower()
    if type_ == "string":
        text = "".join(chosen.choice("abcdefgh ") for _ in range(chosen.randrange(1, 30)))
        return Argument(type_, text), f'"{text}"'
    if type_ == "pair":
        number = chosen.randrange(1 << 40)
        return Argument(type_, (number, "in")), f'pair{{{number}, "in"}}'
    if type_ in GLOBALS:
        name = chosen.choice(GLOBALS[type_])
        return Argument(type_, name), f"&{name}"
    spelled = {"float64": "1.5", "[]int": "gs[1:3]", "[2]int": "[2]int{5, 6}"}[type_]
    return Argument(type_, None), spelled


def computed(
    chosen: random.Random, type_: str, own: list[Argument], names: list[str]
) -> tuple[Argument, str] | None:
    """Something of what the caller was passed: itself, converted, or one more."""
    same = [i for i, a in enumerate(own) if a.type == type_]
    numbers = [i for i, a in enumerate(own) if a.type in BITS]
    if type_ in BITS and numbers and chosen.random() < 0.5:
        index = chosen.choice(numbers)
        number = own[index].value
        assert isinstance(number, int)
        step = chosen.choice([0, 0, 1, -3])
        value = wrapped(wrapped(number + step, own[index].type), type_)
        added = f"({names[index]}{step:+d})" if step else names[index]
        return Argument(type_, value), f"{type_}({added})"
    if not same:
        return None
    index = chosen.choice(same)
    return own[index], names[index]


def program(seed: int) -> Program:
    """One chain."""
    chosen = random.Random(seed)
    passed: list[list[Argument]] = []
    texts: list[list[str]] = []
    now: list[Argument] = []
    bodies: list[str] = []
    for depth in range(DEPTH):
        arguments, calls = [], []
        for _ in range(chosen.choice([1, 2, 3, 4, 5, 5, 12])):
            type_ = chosen.choice(TYPES)
            names = [f"p{i}" for i in range(len(now))]
            made = computed(chosen, type_, now, names) if chosen.random() < 0.6 else None
            argument, text = made or literal(chosen, type_)
            arguments.append(argument)
            calls.append(text)
        passed.append(arguments)
        texts.append(calls)
        now, body = _changed(chosen, arguments, depth)
        bodies.append(body)
    return Program(_text(passed, texts, bodies), passed)


def _changed(
    chosen: random.Random, arguments: list[Argument], depth: int
) -> tuple[list[Argument], str]:
    """What the parameters hold when the function makes its call, and the lines that do it."""
    now, lines = [], []
    for index, argument in enumerate(arguments):
        changes = argument.type in BITS and chosen.random() < 0.15 and depth + 1 < DEPTH
        if changes:
            argument, text = literal(chosen, argument.type)  # noqa: PLW2901 - it is set anew
            lines.append(f"\tif sum > -1 {{ p{index} = {text} }}\n")
            argument = argument._replace(type=argument.type)  # noqa: PLW2901
        now.append(argument)
    return now, "".join(lines)


def _text(passed: list[list[Argument]], calls: list[list[str]], bodies: list[str]) -> str:
    parts = [
        "package main\n\ntype item struct{ a, b int }\n",
        "type pair struct {\n\tn int\n\ts string\n}\n",
        "var (\n\tgi0, gi1, gi2 int\n\tgt0, gt1 item\n\tgs = make([]int, 4)\n\tsum int\n)\n",
        "//go:noinline\nfunc touch(n int) { if n > 1 { sum++ } }\n",
    ]
    for depth, arguments in enumerate(passed):
        names = ", ".join(f"p{i} {a.type}" for i, a in enumerate(arguments))
        uses = "".join(f"\t{_use(f'p{i}', a.type)}\n" for i, a in enumerate(arguments))
        last = depth + 1 == len(passed)
        call = '\tpanic("end")\n' if last else f"\tf{depth + 1}({', '.join(calls[depth + 1])})\n"
        after = "" if last else "\ttouch(1)\n"
        body = f"{uses}{bodies[depth]}{call}{after}"
        parts.append(f"//go:noinline\nfunc f{depth}({names}) {{\n{body}}}\n")
    parts.append(f"func main() {{\n\tf0({', '.join(calls[0])})\n}}\n")
    return "\n".join(parts)


def _use(name: str, type_: str) -> str:
    if type_ in {"string", "[]int"}:
        return f"touch(len({name}))"
    if type_ == "bool":
        return f"if {name} {{ touch(2) }}"
    if type_ == "pair":
        return f"touch({name}.n + len({name}.s))"
    if type_ == "[2]int":
        return f"touch({name}[0])"
    if type_.startswith("*"):
        return f"if {name} == nil {{ touch(3) }}"
    return f"touch(int({name}))"
