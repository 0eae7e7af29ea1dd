"""Random Go types and values for tests/truth_programs.py: how each is spelt, and expressions of it.

It shares no code with gotrace.
"""

from __future__ import annotations

import random
from typing import NamedTuple

PACKAGES = ("main", "depot", "store")  # each may import those behind it
PATHS = {"main": "main", "depot": "example.com/app/depot", "store": "example.com/app/store.v2"}
INTS = {"int8": 7, "int16": 15, "int32": 31, "int64": 63, "int": 31, "rune": 31}
UINTS = {"uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64, "uint": 32, "uintptr": 32, "byte": 8}
FLOATS = ("float32", "float64")
BASIC = ("bool", *INTS, *UINTS, *FLOATS, "complex64", "complex128", "string")
FUNCS = {
    "func()": "",
    "func(int) string": 'return "x"',
    "func(string, string) error": "return error(nil)",
}


class Type(NamedTuple):
    """A Go type. ``kind`` is that of its underlying type; a defined type has a name."""

    kind: str
    text: str = ""  # of a basic or func type, or a type parameter's name
    name: str = ""
    package: str = ""
    elements: tuple[Type, ...] = ()  # element; key and element; type argument of a generic type
    fields: tuple[tuple[str, Type], ...] = ()
    length: int = 0
    concrete: Type | None = None  # of a type parameter

    def spell(self, package: str = "", concrete: bool = False) -> str:
        """As source in ``package`` spells it; "" qualifies everything."""
        if self.concrete is not None:
            return self.concrete.spell(package, concrete) if concrete else self.text
        inner = [e.spell(package, concrete) for e in self.elements]
        if self.name:
            qualified = (
                self.name if self.package in ("", package) else f"{self.package}.{self.name}"
            )
            arguments = inner if self.kind == "instance" else []
            return qualified + (f"[{', '.join(arguments)}]" if arguments else "")
        match self.kind:
            case "pointer":
                return f"*{inner[0]}"
            case "slice":
                return f"[]{inner[0]}"
            case "array":
                return f"[{self.length}]{inner[0]}"
            case "map":
                return f"map[{inner[0]}]{inner[1]}"
            case "chan":
                return f"{self.text} {inner[0]}"
            case "struct":
                return "struct {" + "; ".join(self.spelt_fields(package, concrete)) + "}"
        return self.text

    def spelt_fields(self, package: str, concrete: bool = False) -> list[str]:
        """``Name Type``; an embedded field is its type alone."""
        spelt = [(n, t.spell(package, concrete)) for n, t in self.fields]
        return [s if s.rpartition(".")[2] == n else f"{n} {s}" for n, s in spelt]

    def resolved(self) -> Type:
        """The type that a type parameter stands for."""
        return self.concrete.resolved() if self.concrete else self


def basic(text: str) -> Type:
    """A predeclared type."""
    return Type("basic", text)


def pointer(to: Type) -> Type:
    """``*T``."""
    return Type("pointer", elements=(to,))


ANY = Type("interface", "interface{}")
ERROR = Type("interface", "error")
EMPTY = Type("struct")
INT, STRING = basic("int"), basic("string")


class Types:
    """The defined types of a module, and random types made from them."""

    def __init__(self, r: random.Random) -> None:
        self.r = r
        self.defined: dict[str, list[Type]] = {p: [] for p in PACKAGES}
        self.declarations: dict[str, list[str]] = {p: [] for p in PACKAGES}
        self.interfaces: dict[str, Type] = {}
        self.errors: dict[str, Type] = {}
        self.globals: dict[str, list[tuple[str, Type]]] = {p: [] for p in PACKAGES}
        for package in reversed(PACKAGES):
            self._declare(package)

    def _declare(self, package: str) -> None:
        mark = package[0].upper()
        add = self.declarations[package].append
        for i, under in enumerate(self.r.sample(BASIC, 3)):
            self._define(package, f"{mark}Basic{i}", basic(under))
        for i in range(5):
            fields = self.random_fields(package, 1, named=True)
            self._define(package, f"{mark}Crate{i}", Type("struct", fields=fields))
        for i, under_type in enumerate(
            (
                Type("slice", elements=(self.random(package, 2),)),
                Type("map", elements=(STRING, self.random(package, 2))),
                Type("func", "func(int) string"),
            )
        ):
            self._define(package, f"{mark}Other{i}", under_type)
        impl = Type(
            "struct", name=f"{mark}Impl", package=package, fields=(("N", INT), ("S", STRING))
        )
        small = Type("basic", "int", f"{mark}Small", package)
        add(f"type {impl.name} struct {{ N int; S string }}\ntype {small.name} int")
        self.interfaces[package] = Type("interface", "", f"{mark}Face", package)
        add(f"type {mark}Face interface {{ Weigh(x int) string }}")
        add(f'func (i *{impl.name}) Weigh(x int) string {{ return "heavy" }}')
        add(f'func (i {small.name}) Weigh(x int) string {{ return "light" }}')
        add(f'func (i *{impl.name}) Error() string {{ return "is wrong" }}')
        self.errors[package] = impl
        self.defined[package] += [impl, small]
        for i in range(3):
            sized = [t for t in self.defined[package] if t.kind != "struct"]
            of = self.r.choice([INT, STRING, impl, self.r.choice(sized)])
            name = f"{mark}Global{i}"
            add(f"var {name} {of.spell(package)}")
            path = f"{PATHS[package]}.{name}"
            add(f'func init() {{ truth.Global("{path}", &{name}) }}')
            self.globals[package].append((name, of))
        for text, body in FUNCS.items():
            add(f"//go:noinline\nfunc {mark}Named{len(body)}{text[4:]} {{ {body} }}")

    def _define(self, package: str, name: str, under: Type) -> None:
        self.declarations[package].append(f"type {name} {under.spell(package)}")
        self.defined[package].append(under._replace(name=name, package=package))

    def visible(self, package: str) -> list[Type]:
        """Defined types that code in ``package`` may name."""
        return [t for p in PACKAGES[PACKAGES.index(package) :] for t in self.defined[p]]

    def random_fields(
        self, package: str, depth: int, *, named: bool = False
    ) -> tuple[tuple[str, Type], ...]:
        """Fields of a struct; some blank, some embedded."""
        fields: list[tuple[str, Type]] = []
        for i in range(self.r.choice([0, 1, 2, 2, 3, 3, 4, 5])):
            of = self.random(package, depth)
            name = f"F{i}"
            roll = self.r.random()
            if named and roll < 0.06:  # elsewhere it makes types of two packages differ
                name = "_"
            elif named and roll < 0.2 and of.kind == "struct" and of.name:
                name = of.name if of.name not in {n for n, _ in fields} else name
            elif named and roll < 0.3:
                name = f"f{i}"
            fields.append((name, of))
        return tuple(fields)

    def random(self, package: str, depth: int = 0) -> Type:
        """Any type, written in ``package``."""
        r, roll = self.r, self.r.random()
        if depth < 3 and roll < 0.10:
            return Type("struct", fields=self.random_fields(package, depth + 1))
        if depth < 3 and roll < 0.17:
            length = r.choice([0, 1, 1, 2, 3, 4, 7])
            return Type("array", elements=(self.random(package, depth + 1),), length=length)
        if roll < 0.37 and self.visible(package):
            of = r.choice(self.visible(package))
            return pointer(of) if r.random() < 0.45 else of
        if roll < 0.48:
            return STRING
        if roll < 0.55:
            return Type("slice", elements=(self.random(package, 2),))
        if roll < 0.68:
            faces = [self.interfaces[p] for p in self.interfaces if p in self._from(package)]
            return r.choice([ANY, ANY, ERROR, *faces])
        if roll < 0.82:
            return r.choice(
                [
                    pointer(INT),
                    Type("map", elements=(INT, self.random(package, 3))),
                    Type("map", elements=(STRING, INT)),
                    Type("chan", "chan", elements=(INT,)),
                    Type("chan", "<-chan", elements=(STRING,)),
                    *(Type("func", text) for text in FUNCS),
                    basic("unsafe.Pointer"),
                    Type("basic", "int64", "Duration", "time"),
                ]
            )
        return basic(r.choice(BASIC))

    def _from(self, package: str) -> tuple[str, ...]:
        return PACKAGES[PACKAGES.index(package) :]


class Values:
    """Expressions of a type, as code in one package writes them."""

    def __init__(self, types: Types, package: str) -> None:
        self.types, self.package, self.r = types, package, types.r

    def of(self, t: Type, depth: int = 0) -> str:
        """An expression of ``t``, fit for a package's variable."""
        t = t.resolved()
        spelt = t.spell(self.package, concrete=True)
        if t.kind == "basic":
            plain = self.basic(t.text)
            return plain if not t.name or plain == "nil" else f"{spelt}({plain})"
        match t.kind:
            case "struct" | "instance":
                named = [(n, f) for n, f in t.fields if n != "_"]
                named = [(n, f) for n, f in named if n[0].isupper() or t.package == self.package]
                parts = ", ".join(f"{n}: {self.of(f, depth + 1)}" for n, f in named)
                return spelt + "{" + parts + "}"
            case "array":
                return spelt + self.list(t, t.length, depth)
            case "slice":
                how = self.r.choice(
                    ["nil", "none", "some", "part"] if depth < 3 else ["nil", "none"]
                )
                count = self.r.randrange(1, 5)
                if how == "part":
                    return f"{spelt}{self.list(t, count + 2, depth)}[1:{count + 1}]"
                return {"nil": f"({spelt})(nil)", "none": spelt + "{}"}.get(
                    how
                ) or spelt + self.list(t, count, depth)
            case "map":
                return self.r.choice([f"({spelt})(nil)", f"{spelt}{{}}", f"make({spelt}, 20)"])
            case "chan":
                return self.r.choice(
                    [f"(chan {spelt[spelt.index('chan') + 5 :]})(nil)", self.chan(t)]
                )
            case "func":
                return self.func(t, spelt)
            case "pointer":
                return self.pointer(t, depth)
        return self.interface(t, spelt, depth)

    def list(self, t: Type, count: int, depth: int) -> str:
        return "{" + ", ".join(self.of(t.elements[0], depth + 1) for _ in range(count)) + "}"

    def chan(self, t: Type) -> str:
        return f"make(chan {t.elements[0].spell(self.package)}, {self.r.randrange(3)})"

    def basic(self, text: str) -> str:
        r = self.r
        if text == "bool":
            return r.choice(["true", "false"])
        if text in INTS:
            bits = INTS[text]
            edges = [0, 1, -1, 42, 2**bits - 1, -(2**bits), r.randrange(-(2**bits), 2**bits)]
            return (
                str(r.choice(edges)) if text != "int" or r.random() < 0.7 else "int(truth.Big>>7)"
            )
        if text in UINTS:
            bits = UINTS[text]
            big = text in ("uint", "uintptr") and r.random() < 0.3
            edges = [0, 1, 200, 2**bits - 1, r.randrange(2**bits)]
            return f"{text}(truth.Big)" if big else str(r.choice(edges))
        if text in FLOATS:
            odd = [f"{text}(1/truth.Zero)", f"{text}(truth.Zero/truth.Zero)"]
            return r.choice(["0", "1.5", "-2.25", "1e30", "0.1", "-0.001", *odd])
        if text.startswith("complex"):
            return r.choice(["1+2i", "-1.5-3i", "0", "1e30+1e-30i"])
        if text == "unsafe.Pointer":
            name, _ = r.choice(self.types.globals[self.package])
            return r.choice(["unsafe.Pointer(nil)", f"unsafe.Pointer(&{name})"])
        word = r.choice(["shelf", "naïve ☃", "two\\nlines", 'tab\\tquote\\"', "\\xff\\xfebad", "x"])
        long = word * r.choice([1, 1, 3, 40])
        return r.choice(
            [
                '""',
                f'"{long}"',
                f'"{long}{r.randrange(99)}"',
                f'truth.Clone("{long}")',
                f'"some {long}"[2:]',
                f'"{r.randrange(10**6)}{long}"',
            ]
        )

    def func(self, t: Type, spelt: str) -> str:
        mark = self.package[0].upper()
        own = Type("func", t.text)
        body = FUNCS[t.text]
        named = f"{mark}Named{len(body)}"
        parameters = t.text.replace("(int)", "(n int)").replace("(string, string)", "(a, b string)")
        literal = f"{parameters} {{ truth.Count++; {body} }}"
        choices = [f"({spelt})(nil)", named, literal]
        if own.text == "func(int) string":
            choices += [f"(&{mark}Impl{{}}).Weigh", f"{mark}Small(3).Weigh"]
        return self.r.choice(choices)

    def pointer(self, t: Type, depth: int) -> str:
        to = t.elements[0].resolved()
        spelt = to.spell(self.package, concrete=True)
        globals_ = [n for n, of in self.types.globals[self.package] if of == to]
        choices = [f"(*{spelt})(nil)", f"new({spelt})"]
        choices += [f"&{name}" for name in globals_ * 3]
        if to.kind in ("struct", "instance") and depth < 3:
            choices += [f"&{self.of(to, depth + 1)}"] * 2
        return self.r.choice(choices)

    def interface(self, t: Type, spelt: str, depth: int) -> str:
        package = t.package or self.package
        mark = package[0].upper()
        at = "" if package == self.package else f"{package}."
        pointers = [f"&{at}{mark}Impl{{N: 1}}", f"(*{at}{mark}Impl)(nil)"]
        if spelt == "error":
            return self.r.choice(["error(nil)", 'errors.New("no room")', *pointers])
        if t.package:
            return self.r.choice([f"{spelt}(nil)", *pointers, f"{at}{mark}Small(7)"])
        of = self.types.random(self.package, 2) if depth < 3 else INT
        inside = self.of(of, depth + 1)
        if of.kind == "basic":  # a constant would become an int
            inside = f"{of.spell(self.package)}({inside})"
        return f"interface{{}}({inside})"
