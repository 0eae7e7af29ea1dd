"""What a Go text declares: package clauses with their imports, types, constants and functions.

Nothing is resolved here; a declaration keeps the node of its type and the clause it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import takewhile

from gotrace.parsing.driver import Failure, Node, Table, Token, parse_tokens
from gotrace.patterns import lazy_pattern
from gotrace.signatures import _tables
from gotrace.signatures.gosyntax import Source, found_at, tokens
from gotrace.tuples import NamedTuple

_PATH = lazy_pattern(r"[\w.~+%-]+(?:/[\w.~+%-]+)*")
_TYPE_BEGINS = frozenset(
    {"ARROW", "CHAN", "FUNC", "IDENT", "INTERFACE", "LSQB", "MAP", "STAR", "STRUCT"}
)
_CONSTANT_BEGINS = frozenset({"INT", "STRING", "IDENT", "LPAR"})
_SHOWN = {"IDENT": "a name", "STRING": "a string", "SEMICOLON": "the end of the line"}
# Of all that could follow, what a reader of the message is likely to have left out.
_MOST_TELLING = (
    *("RPAR", "RSQB", "RBRACE", "COMMA", "IDENT", "STRING", "SEMICOLON", "LPAR", "LBRACE", "CHAN"),
    "LSQB",
)
_DECLARATION = "a declaration (package, import, type, const, var or func)"


class Package:
    """What one package declares, over all its clauses. ``path`` is None where no text says it."""

    def __init__(self, name: str, path: str | None) -> None:
        self.name = name
        self.path = path
        self.types: dict[str, TypeDeclaration] = {}
        self.constants: dict[str, ConstantDeclaration] = {}


class Clause:
    """A package clause and what follows it up to the next one. Imports hold for it alone."""

    def __init__(self, source: Source, package: Package) -> None:
        self.source = source
        self.package = package
        self.imports: list[Import] = []
        self.functions: list[FunctionDeclaration] = []

    def text(self, part: Token | Node) -> str:
        """What the text spells there."""
        return self.source.text[part[1] : part[2]]


class Import(NamedTuple):
    """``name`` is ``.`` or ``_`` as written, None where the package's own name holds."""

    path: str
    name: str | None


class TypeDeclaration(NamedTuple):
    """``parameters`` are the names of its type parameters."""

    clause: Clause
    name: str
    type: Node
    parameters: tuple[str, ...]
    alias: bool


class ConstantDeclaration(NamedTuple):
    """``value`` is None where the source gives none; ``iota`` counts the specs of the group."""

    clause: Clause
    name: str
    value: Node | None
    iota: int


class FunctionDeclaration(NamedTuple):
    """``name`` is its token; ``head`` the node of the declaration. ``receiver`` is the node of the
    parameter list in front of the name, None for a function and for a traced name."""

    clause: Clause
    name: Token
    receiver: Node | None
    type_parameters: Node | None
    signature: Node
    head: Node


@cache
def _table() -> Table:
    return Table(_tables)


def read(source: Source, packages: dict[tuple[str, str | None], Package]) -> list[Clause]:
    """Read the clauses of ``source``; their packages are looked up in, and added to, ``packages``.

    Shape:  one Clause per package clause; an unnamed one holds what stands before the first.
    Units:  offsets in code points.
    Errors: SignatureSyntaxError with line, column and what was expected.
    Source: the Go specification, "Source file organization".
    """
    tree = parse_tokens(_table(), "file", tokens(source), len(source.text))
    if isinstance(tree, Failure):
        message = f"expected {_wanted(source, tree)}, found {found_at(source, tree.offset)}"
        raise source.error(tree.offset, message, _hint(tree))
    clauses = [Clause(source, packages.setdefault(("", None), Package("", None)))]
    for node in tree[3]:
        if node[0] == "package":
            name, path = _package(source, node)
            package = packages.setdefault((name, path), Package(name, path))
            clauses.append(Clause(source, package))
        else:
            _declare(clauses[-1], node)
    return clauses


def _wanted(source: Source, failure: Failure) -> str:
    """What could have stood where the reading failed, in words."""
    expected = set(failure.expected)
    if "PACKAGE" in expected:
        return _DECLARATION
    if expected >= _TYPE_BEGINS:
        return "a type"
    if expected >= _CONSTANT_BEGINS:
        return "a constant"
    before = tuple(takewhile(lambda t: t[1:] < (failure.offset, failure.offset), tokens(source)))
    likely = [t for t in _MOST_TELLING if t in expected and _fits(before, failure.offset, t)]
    shown = [_SHOWN.get(t) or f"'{_literal(t)}'" for t in likely[:3]]
    return " or ".join(shown) or "something else"


def _fits(before: tuple[Token, ...], offset: int, terminal: str) -> bool:
    """Whether ``terminal`` could follow. (LALR reduces on more terminals than can follow, so that
    the failing state alone would promise too much.)"""
    tree = parse_tokens(_table(), "file", (*before, (terminal, offset, offset)), offset + 1)
    return not isinstance(tree, Failure) or tree.offset > offset


def _literal(terminal: str) -> str:
    return re.sub(r"\\(.)", r"\1", str(_tables.TERMINALS[terminal]))


def _hint(failure: Failure) -> str:
    if "PACKAGE" in failure.expected:
        return "a prototype reads like Go: func (c *Client) Connect(addr string) error"
    return ""


# ---------------------------------------------------------------------- clauses and declarations


def _package(source: Source, node: Node) -> tuple[str, str | None]:
    name, *comment = (source.text[t[1] : t[2]] for t in node[3])
    return name, _commented_path(name, comment[0]) if comment else None


def _commented_path(name: str, comment: str) -> str | None:
    """The import path in the comment behind a package clause; None for a word that is no path."""
    quoted = re.search(r'import\s+"([^"]+)"', comment)
    if quoted:
        return quoted[1]
    word = comment.removeprefix("//").strip()
    if _PATH.fullmatch(word) and (word == name or "/" in word or "." in word.rstrip(".")):
        return word
    return None


def _declare(clause: Clause, node: Node) -> None:
    match node[0]:
        case "import_":
            clause.imports.extend(_import(clause, spec) for spec in node[3])
        case "types":
            for spec in node[3]:
                _declare_type(clause.package, _type(clause, spec))
        case "constants":
            for constant in _constants(clause, node):
                _declare_constant(clause.package, constant)
        case _:
            clause.functions.append(_function(clause, node))


def _declare_type(package: Package, new: TypeDeclaration) -> None:
    """Two declarations that differ (files for different ports) leave open what the type is."""
    old = package.types.setdefault(new.name, new)
    if old is not new and old.clause.text(old.type) != new.clause.text(new.type):
        package.types[new.name] = old._replace(type=("ambiguous", 0, 0, ()), alias=False)


def _declare_constant(package: Package, new: ConstantDeclaration) -> None:
    old = package.constants.setdefault(new.name, new)
    if old is not new and _meaning(old) != _meaning(new):
        package.constants[new.name] = old._replace(value=None)


def _meaning(constant: ConstantDeclaration) -> tuple[str | None, int]:
    value = constant.value
    return (constant.clause.text(value) if value else None, constant.iota)


def _import(clause: Clause, node: Node) -> Import:
    path = clause.text(node[3][-1])[1:-1]
    match node[0]:
        case "named_import":
            return Import(path, clause.text(node[3][0]))
        case "dot_import":
            return Import(path, ".")
    return Import(path, None)


def _type(clause: Clause, node: Node) -> TypeDeclaration:
    rule, _, end, (name, *rest) = node
    parameters: tuple[str, ...] = ()
    if rest[0][0] == "type_parameters":
        parameters = tuple(type_parameter_names(clause, rest.pop(0)))
    match rule:
        case "define_slice":
            declared: Node = ("slice", name[2], end, tuple(rest))
        case "define_array":
            declared = ("array", name[2], end, tuple(rest))
        case _:
            declared = rest[0]
    return TypeDeclaration(clause, clause.text(name), declared, parameters, rule == "alias")


def type_parameter_names(clause: Clause, node: Node) -> Iterator[str]:
    """The names that ``[K comparable, V any]`` declares."""
    for child in node[3]:
        if child[0] == "expression":  # [P *C, …]: up to the comma it looked like P times C
            yield re.split(r"\W", clause.text(child))[0]
        else:
            yield from (clause.text(name) for name in child[3][0][3])


def _constants(clause: Clause, node: Node) -> Iterator[ConstantDeclaration]:
    values: tuple[Node, ...] = ()
    for iota, (_, _, _, (names, *rest)) in enumerate(node[3]):
        if rest:  # else the last spec's values hold again, with another iota
            values = rest[-1][3]
        for index, name in enumerate(names[3]):
            value = values[index] if index < len(values) else None
            yield ConstantDeclaration(clause, clause.text(name), value, iota)


def _function(clause: Clause, node: Node) -> FunctionDeclaration:
    children = list(node[3])
    receiver = children.pop(0) if node[0] == "method" else None
    name, *parameters, signature = children
    return FunctionDeclaration(
        clause, name, receiver, parameters[0] if parameters else None, signature, node
    )
