"""Go programs with random signatures, and what those signatures are: the truth that DWARF is
held against. Source and truth are written side by side; nothing of the package's readers is used.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from gotrace.types import Field, GoType, Kind

BASIC = [
    Kind.BOOL, Kind.INT, Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64, Kind.UINT, Kind.UINT8,
    Kind.UINT16, Kind.UINT32, Kind.UINT64, Kind.UINTPTR, Kind.FLOAT32, Kind.FLOAT64,
    Kind.COMPLEX64, Kind.COMPLEX128, Kind.STRING,
]  # fmt: skip
WORDS = [
    (Kind.SLICE, "[]int"), (Kind.SLICE, "[]time.Duration"), (Kind.SLICE, "[]*bytes.Buffer"),
    (Kind.INTERFACE, "interface {}"), (Kind.INTERFACE, "error"), (Kind.POINTER, "*int"),
    (Kind.POINTER, "*bytes.Buffer"), (Kind.MAP, "map[string]time.Month"),
    (Kind.CHAN, "chan int"), (Kind.FUNC, "func(int, ...string) error"),
    (Kind.UNSAFE_POINTER, "unsafe.Pointer"),
]  # fmt: skip
NAMED = [
    ("time.Duration", Kind.INT64), ("time.Month", Kind.INT), ("fmt.Stringer", Kind.INTERFACE),
    ("sort.IntSlice", Kind.SLICE), ("go/token.Pos", Kind.INT),
]  # fmt: skip


class Truth(NamedTuple):
    """A parameter: its name (None, ``_``), type, and whether it moves to the heap."""

    name: str | None
    type: GoType
    moves: bool = False


class Case(NamedTuple):
    """A function: printed name, inputs (receiver first), results with names."""

    function: str
    method: bool
    inputs: tuple[Truth, ...]
    results: tuple[Truth, ...]


class Writer:
    """Writes one program."""

    def __init__(self, seed: int, *, generics: bool) -> None:
        self.random = random.Random(seed)
        self.generics = generics
        self.declared: list[str] = []
        self.calls: list[str] = []
        self.cases: list[Case] = []
        self.named: list[GoType] = []

    def program(self, count: int) -> str:
        """The source of a program with ``count`` functions."""
        for i in range(4):
            self._declare_type(i)
        for i in range(count):
            if self.generics and self.random.random() < 0.15:
                self._generic(i)
            else:
                self._function(i)
        body = "\n\t".join(self.calls)
        return (
            "package main\n\n"
            'import ("bytes"; "fmt"; "go/token"; "sort"; "time"; "unsafe"; "os")\n'
            "var sink interface{}\n//go:noinline\nfunc use(x interface{}) { sink = x }\n"
            "var _ bytes.Buffer\nvar _ fmt.Stringer\nvar _ token.Pos\n"
            "var _ sort.IntSlice\nvar _ time.Duration\nvar _ unsafe.Pointer\n"
            + "\n".join(self.declared)
            + "\nfunc main() {\n\tif len(os.Args) > 99 {\n\t"
            + body
            + "\n\t}\n}\n"
        )

    # ------------------------------------------------------------------ types

    def type(self, depth: int = 0) -> GoType:
        """A random type."""
        r = self.random
        roll = r.random()
        if depth < 3 and roll < 0.2:
            fields = tuple(
                Field("_" if r.random() < 0.07 else f"F{i}", self.type(depth + 1))
                for i in range(r.choice([0, 1, 1, 2, 2, 3, 4, 5]))
            )
            inner = "; ".join(f"{f.name} {f.type.text}" for f in fields)
            text = f"struct {{ {inner} }}" if fields else "struct {}"
            return GoType(Kind.STRUCT, text, fields=fields)
        if depth < 3 and roll < 0.3:
            length = r.choice([0, 1, 1, 2, 3, 9])
            element = self.type(depth + 1)
            text = f"[{length}]{element.text}"
            return GoType(Kind.ARRAY, text, element=element, length=length)
        if roll < 0.5:
            kind, text = r.choice(WORDS)
            return GoType(kind, text)
        if roll < 0.6:
            path, kind = r.choice(NAMED)
            text = path.rsplit("/", 1)[-1]
            return GoType(kind, text, named=text)
        if roll < 0.7 and self.named:
            return r.choice(self.named)
        kind = r.choice(BASIC)
        return GoType(kind, str(kind))

    def _declare_type(self, i: int) -> None:
        made = self.type()
        while made.kind is Kind.UNSAFE_POINTER:  # DWARF has no name for these
            made = self.type()
        self.declared.append(f"type N{i} {_source(made)}")
        name = f"main.N{i}"
        self.named.append(made._replace(text=name, named=name))

    # ------------------------------------------------------------------ functions

    def _function(self, i: int) -> None:
        r = self.random
        inputs = [self._input(j) for j in range(r.choice([0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 9, 13]))]
        if r.random() < 0.1:
            inputs = [p._replace(name=None, moves=False) for p in inputs]
        elif any(p.name is None for p in inputs):
            inputs = [p._replace(name=p.name or "_") for p in inputs]
        results = self._results()
        head, printed, receiver = f"func F{i}", f"main.F{i}", ()
        call = f"F{i}"
        method = r.random() < 0.35
        if method:
            head, printed, call, receiver = self._receiver(i)
        literal = not method and r.random() < 0.2
        body = self._body((*receiver, *inputs), results)
        signature = f"({_list(inputs)}) ({_list(results)})"
        if literal:
            made = f"return func{signature} {{{body}}}"
            self.declared.append(f"//go:noinline\nfunc O{i}() interface{{}} {{\n\t{made}\n}}")
            self.calls.append(f"use(O{i}())")
            printed = f"main.O{i}.func1"
        else:
            noinline = "//go:noinline\n" if r.random() < 0.7 else ""
            self.declared.append(f"{noinline}{head}{signature} {{{body}}}")
            self.calls.append(f"use({call})")
        self.cases.append(Case(printed, method, (*receiver, *inputs), results))

    def _receiver(self, i: int) -> tuple[str, str, str, tuple[Truth, ...]]:
        r = self.random
        made = self.type()
        while made.kind in {Kind.POINTER, Kind.INTERFACE, Kind.UNSAFE_POINTER}:
            made = self.type()
        text = f"main.R{i}"
        self.declared.append(f"type R{i} {_source(made)}")
        base = made._replace(text=text, named=text)
        name = r.choice(["rcv", "rcv", "rcv", "_", None])
        moves = name == "rcv" and r.random() < 0.1
        pointer = r.random() < 0.5
        star = "*" if pointer else ""
        go_type = GoType(Kind.POINTER, f"*{text}") if pointer else base
        printed = f"main.(*R{i}).M" if pointer else f"main.R{i}.M"
        head = f"func ({name or ''} {star}R{i}) M"
        return head, printed, f"({star}R{i}).M", (Truth(name, go_type, moves),)

    def _input(self, j: int) -> Truth:
        r = self.random
        name = "_" if r.random() < 0.12 else f"p{j}"
        return Truth(name, self.type(), name != "_" and r.random() < 0.1)

    def _results(self) -> tuple[Truth, ...]:
        r = self.random
        named = r.random() < 0.5
        found = []
        for j in range(r.choice([0, 0, 1, 1, 2, 3])):
            name = ("_" if r.random() < 0.1 else f"r{j}") if named else None
            found.append(Truth(name, self.type()))
        return tuple(found)

    def _body(self, inputs: tuple[Truth, ...], results: tuple[Truth, ...]) -> str:
        lines = []
        for item in inputs:
            if item.name in {None, "_"}:
                continue
            if item.moves:
                lines.append(f"sink = &{item.name}")
            elif self.random.random() < 0.7:
                lines.append(f"sink = {item.name}")
        values = ", ".join(f"*new({_source(t.type)})" for t in results)
        return "\n\t" + "\n\t".join([*lines, f"return {values}"]) + "\n"

    def _generic(self, i: int) -> None:
        """A generic function or method, instantiated once: the parameter's type is a shape."""
        r = self.random
        shape = r.choice([Kind.INT, Kind.STRING, Kind.FLOAT64, Kind.UINT8])
        parameter = GoType(shape, f"go.shape.{shape}")
        inputs = [self._input(j) for j in range(r.choice([1, 2, 3, 5]))]
        spelled = [(p.name or "_", _source(p.type)) for p in inputs]
        at = r.randrange(len(inputs))
        inputs[at] = inputs[at]._replace(type=parameter)
        spelled[at] = (spelled[at][0], "T")
        listed = ", ".join(f"{name} {text}" for name, text in spelled)
        body = self._body(tuple(inputs), ())
        if r.random() < 0.5:
            self.declared.append(f"//go:noinline\nfunc F{i}[T any]({listed}) {{{body}}}")
            self.calls.append(f"use(F{i}[{shape}])")
            self.cases.append(Case(f"main.F{i}[...]", False, tuple(inputs), ()))
            return
        base = GoType(
            Kind.STRUCT,
            f"main.G{i}[go.shape.{shape}]",
            named=f"main.G{i}[go.shape.{shape}]",
            fields=(Field("v", parameter),),
        )
        pointer = r.random() < 0.5
        name = r.choice(["rcv", "rcv", "_"])
        star = "*" if pointer else ""
        self.declared.append(
            f"type G{i}[T any] struct {{ v T }}\n"
            f"//go:noinline\nfunc ({name} {star}G{i}[T]) M({listed}) {{{body}}}"
        )
        value = f"new(G{i}[{shape}])"
        self.calls.append(f"use({value}.M)")
        receiver = GoType(Kind.POINTER, f"*{base.text}") if pointer else base
        printed = f"main.(*G{i}[...]).M" if pointer else f"main.G{i}[...].M"
        self.cases.append(Case(printed, True, (Truth(name, receiver), *inputs), ()))


def _source(go_type: GoType) -> str:
    """The type as the source of package main spells it."""
    return go_type.text.replace("main.", "")


def _list(parameters: list[Truth] | tuple[Truth, ...]) -> str:
    return ", ".join(f"{p.name or ''} {_source(p.type)}".strip() for p in parameters)


def differences(truth: GoType, read: GoType) -> str:
    """How a type that was read differs from the true one, parts by value included; empty: not."""
    if truth.text != read.text:
        return f"{read.text} for {truth.text}"
    if (truth.kind, truth.named, truth.length) != (read.kind, read.named, read.length):
        return f"{read.kind} {read.named!r} {read.length} for {truth}"
    if truth.kind is Kind.ARRAY and truth.element and read.element:
        return differences(truth.element, read.element)
    if truth.kind is not Kind.STRUCT:
        return ""
    if [f.name for f in truth.fields] != [f.name for f in read.fields]:
        return f"fields {[f.name for f in read.fields]} of {truth}"
    pairs = zip(truth.fields, read.fields, strict=True)
    return next((d for t, f in pairs if (d := differences(t.type, f.type))), "")
