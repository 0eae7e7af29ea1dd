"""One Go file: what its head says without a parse, what it declares at the top with one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from gotrace.patterns import lazy_pattern
from gotrace.source.syntax import Syntax, Tree, parse_go
from gotrace.tuples import NamedTuple

_CLAUSE = lazy_pattern(
    rb"(?:\s|//[^\n]*(?:\n|\Z)|/\*(?s:.*?)\*/|;)*(package\b(?:\s|/\*(?s:.*?)\*/)+([^\W\d]\w*|[^\s;/]+))"
)
_LINKNAME = lazy_pattern(rb"(?m)^//go:linkname[ \t]+(\S+)[ \t]+(\S+)")
_BOM = b"\xef\xbb\xbf"


class Import(NamedTuple):
    """``name`` is ``.`` or ``_`` as written, None where the package's own name holds."""

    path: str
    name: str | None


class TypeDeclaration(NamedTuple):
    """``parameters`` is the node of its type parameters."""

    file: GoFile
    name: str
    type: Syntax
    parameters: Syntax | None
    alias: bool


class ConstantDeclaration(NamedTuple):
    """``value`` is None where the source gives none; ``iota`` counts the specs of the group."""

    file: GoFile
    name: str
    type: Syntax | None
    value: Syntax | None
    iota: int


class Declared(NamedTuple):
    """A function declaration. ``receiver`` is the type's name, ``pointer`` whether behind a star.

    ``generic_receiver`` is whether the receiver's type has type parameters.
    """

    file: GoFile
    name: str
    receiver: str | None
    pointer: bool
    generic_receiver: bool
    type_parameters: Syntax | None
    node: Syntax

    @property
    def printed(self) -> str:
        """As a traceback prints it behind the package."""
        name = self.name + ("[...]" if self.type_parameters else "")
        if self.receiver is None:
            return name
        receiver = self.receiver + ("[...]" if self.generic_receiver else "")
        return f"(*{receiver}).{name}" if self.pointer else f"{receiver}.{name}"


class GoFile:
    """A file's text; its tree and declarations are made when first asked for."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data.removeprefix(_BOM)
        clause = _CLAUSE.match(self.data)
        self.package = clause[2].decode("utf-8", "replace") if clause else ""
        self.head = self.data[: clause.start(1)] if clause else b""

    @cached_property
    def tree(self) -> Tree:
        """The syntax tree."""
        return parse_go(self.data)

    @cached_property
    def declarations(self) -> list[Syntax]:
        """The nodes at the top of the file. An error may hide some: what is inside it counts."""
        found = []
        for node in self.tree.root.children:
            found += node.children if node.kind == "ERROR" else [node]
        return found

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """The imports, in order."""
        kinds = frozenset({"import_spec"})
        nodes = (n for n in self.declarations if n.kind == "import_declaration")
        return tuple(_import(spec) for node in nodes for spec in node.descendants(kinds))

    @cached_property
    def types(self) -> dict[str, TypeDeclaration]:
        """The types declared at the top, by name."""
        found: dict[str, TypeDeclaration] = {}
        for node in self.declarations:
            if node.kind == "type_declaration":
                for spec in node.children:
                    name, type_ = spec.field("name"), spec.field("type")
                    if name and type_ and spec.kind in {"type_spec", "type_alias"}:
                        declared = TypeDeclaration(
                            self,
                            name.text,
                            type_,
                            spec.field("type_parameters"),
                            spec.kind == "type_alias",
                        )
                        found.setdefault(name.text, declared)
        return found

    @cached_property
    def constants(self) -> dict[str, ConstantDeclaration]:
        """The constants declared at the top, by name."""
        found: dict[str, ConstantDeclaration] = {}
        for node in self.declarations:
            if node.kind == "const_declaration":
                for constant in self._constants(node):
                    found.setdefault(constant.name, constant)
        return found

    def _constants(self, node: Syntax) -> Iterator[ConstantDeclaration]:
        values: list[Syntax] = []
        type_: Syntax | None = None
        specs = [spec for spec in node.children if spec.kind == "const_spec"]
        for iota, spec in enumerate(specs):
            value = spec.field("value")
            if value:  # else the last spec's type and values hold again, with another iota
                values, type_ = value.children, spec.field("type")
            for index, name in enumerate(spec.fields("name")):
                own = values[index] if index < len(values) else None
                yield ConstantDeclaration(self, name.text, type_, own, iota)

    @cached_property
    def functions(self) -> tuple[Declared, ...]:
        """Functions and methods, in order."""
        kinds = {"function_declaration", "method_declaration"}
        found = (self._function(n) for n in self.declarations if n.kind in kinds)
        return tuple(f for f in found if f)

    @cached_property
    def linknames(self) -> dict[str, str]:
        """Functions that the linker, and so a traceback, knows by another name."""
        return {
            match[1].decode("utf-8", "replace"): match[2].decode("utf-8", "replace")
            for match in _LINKNAME.finditer(self.data)
        }

    def around(self, line: int) -> list[Declared]:
        """The functions that ``line`` lies in."""
        found = [f for f in self.functions if f.node.line <= line <= f.node.end_line]
        if found or not self.tree.root.broken:
            return found
        return [f for f in self._alone(line) if f.node.line <= line <= f.node.end_line]

    def _alone(self, line: int) -> Iterator[Declared]:
        """The function that begins last before ``line``, read without what is wrong before it."""
        lines = self.data.split(b"\n")
        starts = [i for i, text in enumerate(lines[:line]) if text.startswith(b"func")]
        if starts:
            stop = next(
                (i for i in range(starts[-1], len(lines)) if lines[i][:1] == b"}"), len(lines)
            )
            text = [b""] * starts[-1] + lines[starts[-1] : stop + 1]
            yield from GoFile(self.path, b"\n".join(text)).functions

    def _function(self, node: Syntax) -> Declared | None:
        name = node.field("name")
        if name is None:
            return None
        parameters = node.field("type_parameters") or self.tree.type_parameters.get(name.end)
        receiver = node.field("receiver")
        if receiver is None:
            return Declared(self, name.text, None, False, False, parameters, node)
        base, pointer = receiver_base(receiver)
        if base is None:
            return None
        generic = base.kind == "generic_type"
        named = base.field("type") if generic else base
        return Declared(
            self, name.text, named.text if named else "", pointer, generic, parameters, node
        )

    @cached_property
    def variables(self) -> tuple[Syntax, ...]:
        """The declarations of variables at the top."""
        return tuple(n for n in self.declarations if n.kind == "var_declaration")


def receiver_base(receiver: Syntax) -> tuple[Syntax | None, bool]:
    """The name (or instance) in a receiver's type, and whether a star stands before it."""
    parameter = next((p for p in receiver.children if p.kind == "parameter_declaration"), None)
    node = parameter.field("type") if parameter else None
    pointer = False
    while node and node.kind in {"pointer_type", "parenthesized_type"}:
        pointer = pointer or node.kind == "pointer_type"
        node = next(iter(node.children), None)
    return node, pointer


def _import(spec: Syntax) -> Import:
    path, name = spec.field("path"), spec.field("name")
    return Import(path.text[1:-1] if path else "", name.text if name else None)
