"""Types by value: what a type written in the data file is in which worlds.

The same text may be laid out differently from release to release and from port to port, so a type
becomes :data:`Variants`: disjoint sets of worlds, and the type in each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gotrace.stdlib.store import TYPES, Block, Store
from gotrace.stdlib.typetext import Node, read_type, spell
from gotrace.tuples import NamedTuple
from gotrace.types import Field, GoType, Kind

Variants = tuple[tuple[int, GoType], ...]

_KINDS = {
    **{str(kind): kind for kind in Kind},
    "byte": Kind.UINT8,
    "rune": Kind.INT32,
    "error": Kind.INTERFACE,
    "any": Kind.INTERFACE,
    "comparable": Kind.INTERFACE,
    "?": Kind.UNKNOWN,
    "float": Kind.FLOAT64,
}
_REFERENCES = {
    "pointer": Kind.POINTER,
    "slice": Kind.SLICE,
    "variadic": Kind.SLICE,
    "chan": Kind.CHAN,
    "map": Kind.MAP,
    "func": Kind.FUNC,
    "interface": Kind.INTERFACE,
}
_ALIGNED = {"sync/atomic", "runtime/internal/atomic", "internal/runtime/atomic"}
FAR = 2  # so many pointers away a defined type is no longer looked up
MANY = 4096  # defined types that are remembered


class Scope(NamedTuple):
    """Where a type is written: its package as path and name, what the block calls the others, and
    what its type parameters stand for."""

    path: str
    name: str
    packages: Mapping[str, str]
    arguments: Mapping[str, tuple[Node, Scope]] = {}

    def package(self, short: str) -> str:
        """The import path."""
        return self.packages.get(short, "") if short else self.path

    def qualify(self, short: str) -> str:
        """The package's name, as Go source writes it."""
        return short.partition("\u00b7")[0] if short else self.name


_Bound = tuple[Node, Scope]  # a type argument, and where it is written


def scope_of(block: Block) -> Scope:
    """The scope of what stands in ``block``."""
    return Scope(block.path, block.name, block.packages)


class Layouts:
    """Resolves types; remembers the defined ones."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[str, str, int, int], Variants] = {}

    def variants(self, node: Node, scope: Scope, worlds: int, level: int = 0) -> Variants:
        """What ``node`` is in each of ``worlds``; ``level`` pointers away from the value."""
        rule = node.rule
        text = spell(node, scope.qualify)
        if rule in _REFERENCES:
            if rule == "variadic":
                text = f"[]{text.removeprefix('...')}"
            element = self._element(node, scope, worlds, level)
            return ((worlds, GoType(_REFERENCES[rule], text, element=element)),)
        match rule:
            case "basic":
                return ((worlds, GoType(_KINDS.get(text, Kind.UNKNOWN), text)),)
            case "parameter":
                return self._argument(node, scope, worlds, level)
            case "array":
                return self._array(node, text, scope, worlds, level)
            case "struct":
                return self._struct(node, text, scope, worlds, level)
        return self._named(node, text, scope, worlds, level)

    def _element(self, node: Node, scope: Scope, worlds: int, level: int) -> GoType | None:
        """What is behind a pointer, slice or channel: left unknown where the worlds differ."""
        if node.rule not in {"pointer", "slice", "variadic", "chan"} or level >= FAR:
            return None
        element = node.parts[0]
        away = level + 1 if node.rule == "pointer" else FAR
        found = self.variants(element, scope, worlds, away)
        if len(found) == 1:
            return found[0][1]
        text = spell(element, scope.qualify)
        return GoType(Kind.UNKNOWN, text, named=text if element.rule == "named" else "")

    def _argument(self, node: Node, scope: Scope, worlds: int, level: int) -> Variants:
        if node.text in scope.arguments:
            bound, its = scope.arguments[node.text]
            return self.variants(bound, its, worlds, level)
        if node.parts:
            core = self.variants(node.parts[0], scope, worlds, level)
            return tuple((some, t._replace(text=node.text)) for some, t in core)
        return ((worlds, GoType(Kind.TYPE_PARAMETER, node.text)),)

    def _array(self, node: Node, text: str, scope: Scope, worlds: int, level: int) -> Variants:
        return tuple(
            (some, GoType(Kind.ARRAY, text, "", t, int(node.text), align64=t.align64))
            for some, t in self.variants(node.parts[0], scope, worlds, level)
        )

    def _struct(self, node: Node, text: str, scope: Scope, worlds: int, level: int) -> Variants:
        columns = [self.variants(part, scope, worlds, level) for part in node.parts]
        found = []
        for some, types in crossed(columns, worlds):
            fields = tuple(map(Field, node.names, types))
            aligned = any(t.align64 for t in types)
            found.append((some, GoType(Kind.STRUCT, text, fields=fields, align64=aligned)))
        return tuple(found)

    def _named(self, node: Node, text: str, scope: Scope, worlds: int, level: int) -> Variants:
        if level >= FAR:
            return ((worlds, GoType(Kind.UNKNOWN, text, named=text)),)
        path = scope.package(node.names[0])
        bound = tuple((part, scope) for part in node.parts)
        if bound:
            return self._define(path, text, bound, worlds, level)
        key = (path, node.text, worlds, level)
        if key not in self._known:
            if len(self._known) > MANY:
                self._known.clear()
            self._known[key] = self._define(path, text, bound, worlds, level)
        return self._known[key]

    def _define(
        self, path: str, text: str, bound: tuple[_Bound, ...], worlds: int, level: int
    ) -> Variants:
        """Look the type up; a world that has no such type says it is unknown."""
        name = text.partition("[")[0].rpartition(".")[2]
        found: dict[GoType, int] = {}
        rest = worlds
        for names, written, mask in self._store.types(path, name):
            some = mask & rest
            if not some:
                continue
            rest &= ~some
            inside = self._inside(path, dict(zip(names.split(","), bound, strict=False)))
            for part, under in self.variants(read_type(written), inside, some, level):
                aligned = under.align64 or (name == "align64" and path in _ALIGNED)
                named = under._replace(text=text, named=text, align64=aligned)
                found[named] = found.get(named, 0) | part
        if rest:
            found[GoType(Kind.UNKNOWN, text, named=text)] = rest
        return tuple((some, go_type) for go_type, some in found.items())

    def _inside(self, path: str, bound: dict[str, _Bound]) -> Scope:
        block = self._store.block(path, TYPES)
        assert block is not None, "its type was found"
        return scope_of(block)._replace(arguments=bound)


def crossed(columns: Iterable[Variants], worlds: int) -> list[tuple[int, tuple[GoType, ...]]]:
    """Each choice of one variant per column that some world has, and those worlds."""
    rows: list[tuple[int, tuple[GoType, ...]]] = [(worlds, ())]
    for column in columns:
        if len(column) == 1:
            rows = [(some, (*types, column[0][1])) for some, types in rows]
        else:
            rows = [
                (some & part, (*types, go_type))
                for some, types in rows
                for part, go_type in column
                if some & part
            ]
    return rows
