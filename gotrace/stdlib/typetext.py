"""Types as the data file writes them: as Go does, but without blanks, and with

* ``.Name`` for a type of the package itself, ``rand·2.Name`` for one of the package that the
  block calls so;
* ``$T`` for a type parameter, ``$S~[]$E`` for one that can only be of that underlying type;
* ``?`` for what the generator could not tell (cgo's types).

A type becomes a tree of :class:`Node`; :func:`spell` writes it as Go does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple


class Node(NamedTuple):
    """``rule``: basic, pointer, slice, array, map, chan, func, interface, struct, named, parameter.

    ``text`` is the name of a basic type or parameter, an array's length, a channel's keyword, or a
    defined type's name; ``names`` are those of fields, and of a defined type its package.
    """

    rule: str
    text: str = ""
    parts: tuple[Node, ...] = ()
    names: tuple[str, ...] = ()
    results: tuple[Node, ...] = ()


_WORD = lazy_pattern(r"[^ ,;()\[\]{}|~]*")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, start: str) -> bool:
        found = self.text.startswith(start, self.at)
        self.at += len(start) if found else 0
        return found

    def word(self) -> str:
        start = self.at
        self.at = _WORD.match(self.text, start).end()  # type: ignore[union-attr]  # may be empty
        return self.text[start : self.at]

    def type(self) -> Node:
        found = _PREFIX.match(self.text, self.at)
        if found is None:
            return self.name()
        self.at = found.end()
        rule = _RULES[found[0]]
        read = _FORMS.get(rule)
        return read(self) if read else Node(rule, found[0], (self.type(),))

    def map(self) -> Node:
        key = self.type()
        self.take("]")
        return Node("map", "", (key, self.type()))

    def array(self) -> Node:
        length = self.word()
        self.take("]")
        return Node("array", length, (self.type(),))

    def parameter(self) -> Node:
        name = self.word()
        return Node("parameter", name, (self.type(),) if self.take("~") else ())

    def struct(self) -> Node:
        names, types = [], []
        while not self.take("}"):
            names.append(self.word())
            self.take(" ")
            types.append(self.type())
            self.take(";")
        return Node("struct", "", tuple(types), tuple(names))

    def interface(self) -> Node:
        names, types = [], []
        while not self.take("}"):
            names.append(self.word())
            self.take("(")
            types.append(self.func())
            self.take(";")
        return Node("interface", "", tuple(types), tuple(names))

    def func(self) -> Node:
        parameters = self.list(")")
        results = self.list(")") if self.take("(") else ()
        return Node("func", "", parameters, (), results)

    def list(self, end: str) -> tuple[Node, ...]:
        types = []
        while not self.take(end):
            types.append(self.type())
            self.take(",")
        return tuple(types)

    def name(self) -> Node:
        word = self.word()
        package, dot, name = word.rpartition(".")
        if not dot or word == "unsafe.Pointer":
            return Node("basic", word)
        arguments = self.list("]") if self.take("[") else ()
        return Node("named", name, arguments, (package,))


# The order decides: what begins with another one stands in front of it.
_RULES = {
    "*": "pointer",
    "...": "variadic",
    "[]": "slice",
    "[": "array",
    "map[": "map",
    "chan<- ": "chan",
    "chan ": "chan",
    "<-chan ": "chan",
    "func(": "func",
    "struct{": "struct",
    "interface{": "interface",
    "$": "parameter",
}


_PREFIX = lazy_pattern("|".join(map(re.escape, _RULES)))
_FORMS: dict[str, Callable[[_Reader], Node]] = {
    "map": _Reader.map,
    "array": _Reader.array,
    "func": _Reader.func,
    "struct": _Reader.struct,
    "interface": _Reader.interface,
    "parameter": _Reader.parameter,
}


@lru_cache(maxsize=4096)
def read_type(text: str) -> Node:
    """The tree of one type."""
    return _Reader(text).type()


def read_parameters(text: str) -> tuple[tuple[str, Node], ...]:
    """``name type;name type``; a name may be empty."""
    reader = _Reader(text)
    found = []
    while reader.at < len(text):
        name = reader.word()
        reader.take(" ")
        found.append((name, reader.type()))
        reader.take(";")
    return tuple(found)


def spell(node: Node, qualify: Callable[[str], str]) -> str:
    """The Go text of a type; ``qualify`` gives the name of a package as the block calls it."""
    rule, text, parts, names, results = node
    inner = [spell(part, qualify) for part in parts]
    match rule:
        case "named":
            arguments = f"[{', '.join(inner)}]" if inner else ""
            text = f"{qualify(names[0])}.{text}{arguments}"
        case "pointer" | "slice" | "variadic" | "chan":
            text += inner[0]
        case "array":
            text = f"[{text}]{inner[0]}"
        case "map":
            text = f"map[{inner[0]}]{inner[1]}"
        case "func":
            said = [spell(result, qualify) for result in results]
            behind = f" ({', '.join(said)})" if len(said) > 1 else "".join(f" {s}" for s in said)
            text = f"func({', '.join(inner)}){behind}"
        case "struct":
            fields = [f"{name} {part}" for name, part in zip(names, inner, strict=True)]
            text = f"struct{{ {'; '.join(fields)} }}" if fields else "struct{}"
        case "interface":
            methods = [n + part.removeprefix("func") for n, part in zip(names, inner, strict=True)]
            text = f"interface{{ {'; '.join(methods)} }}" if methods else "interface{}"
    return text
