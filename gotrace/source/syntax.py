"""Go text to syntax trees. The only module that knows tree-sitter, imported on first use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

# The grammar does not know the methods with type parameters of go1.27: their parameters are
# blanked for it, and read as those of a function.
_GENERIC_METHOD = lazy_pattern(
    rb"(?m)^func[ \t]*\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)[ \t]*\w+(\[)"
)


class Syntax:
    """A node of a syntax tree, made when asked for. ``line`` and ``end_line`` count from 1.

    Not a NamedTuple: it stands for tree-sitter's node, whose parts are computed on demand.
    """

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        self._node = node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Syntax) and self._node == other._node

    def __hash__(self) -> int:
        return hash(self._node)

    @property
    def kind(self) -> str:
        """The grammar's name of the node (``type_identifier``)."""
        return self._node.type

    @property
    def start(self) -> int:
        """The byte where it begins."""
        return self._node.start_byte

    @property
    def end(self) -> int:
        """The byte behind it."""
        return self._node.end_byte

    @property
    def line(self) -> int:
        """The line of its first byte."""
        return self._node.start_point[0] + 1

    @property
    def end_line(self) -> int:
        """The line of its last byte."""
        row, column = self._node.end_point
        return row + 1 if column else row  # a node that ends with its line ends on it

    @property
    def text(self) -> str:
        """What the file spells there; bytes that are not UTF-8 survive as surrogates."""
        return (self._node.text or b"").decode("utf-8", "surrogateescape")

    @property
    def broken(self) -> bool:
        """Whether something in it is not Go."""
        return self._node.has_error

    @property
    def children(self) -> list[Syntax]:
        """Its named parts, without comments."""
        return [Syntax(n) for n in self._node.named_children if n.type != "comment"]

    @property
    def tokens(self) -> list[Syntax]:
        """All its parts, punctuation and keywords included."""
        return [Syntax(n) for n in self._node.children]

    @property
    def parent(self) -> Syntax | None:
        """The node around it."""
        node = self._node.parent
        return Syntax(node) if node else None

    def field(self, name: str) -> Syntax | None:
        """The part that the grammar calls ``name``."""
        node = self._node.child_by_field_name(name)
        return Syntax(node) if node else None

    def fields(self, name: str) -> list[Syntax]:
        """All parts that the grammar calls ``name``, without the commas between them."""
        return [Syntax(n) for n in self._node.children_by_field_name(name) if n.is_named]

    def at(self, start: int, end: int) -> Syntax | None:
        """The smallest node around these bytes."""
        node = self._node.descendant_for_byte_range(start, end)
        return Syntax(node) if node else None

    def ancestors(self) -> Iterator[Syntax]:
        """The nodes around it, from the inside out."""
        node = self._node.parent
        while node is not None:
            yield Syntax(node)
            node = node.parent

    def descendants(self, kinds: frozenset[str], *, outermost: bool = False) -> Iterator[Syntax]:
        """All nodes of these kinds inside it, in the order of the text; of ``outermost`` ones,
        nothing that lies in another."""
        cursor = self._node.walk()
        depth = 0
        while True:
            node = cursor.node
            found = depth > 0 and node is not None and node.type in kinds
            if found and node is not None:
                yield Syntax(node)
            if not (found and outermost) and cursor.goto_first_child():
                depth += 1
                continue
            while depth and not cursor.goto_next_sibling():
                cursor.goto_parent()
                depth -= 1
            if depth == 0:
                return


class Tree(NamedTuple):
    """``type_parameters``: those of go1.27's generic methods, by the byte where their `[` stands.
    They come from another tree: their offsets and lines mean nothing."""

    root: Syntax
    type_parameters: dict[int, Syntax]


@cache
def _parser() -> Parser:
    import tree_sitter  # noqa: PLC0415 - only where source is read
    import tree_sitter_go  # noqa: PLC0415

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_go.language()))


def parse_go(data: bytes) -> Tree:
    """The syntax tree of a Go file; what is not Go becomes nodes of the kind ``ERROR``.

    Errors: none.
    Source: tree-sitter-go's grammar.
    """
    brackets: dict[int, Syntax] = {}
    blanked = bytearray()
    done = 0
    for match in _GENERIC_METHOD.finditer(data):
        start = match.start(1)
        end = _closing(data, start)
        if end is None or start < done:
            continue
        blanked += data[done:start] + b" " * (end - start)
        done = end
        parameters = _type_parameters(data[start:end])
        if parameters:
            brackets[start] = parameters
    text = bytes(blanked) + data[done:] if done else data
    return Tree(Syntax(_parser().parse(text).root_node), brackets)


def _closing(data: bytes, start: int) -> int | None:
    """The byte behind the bracket that closes the one at ``start``."""
    depth = 0
    for i in range(start, min(len(data), start + 4096)):
        depth += {0x5B: 1, 0x5D: -1}.get(data[i], 0)
        if depth == 0:
            return i + 1
    return None


def _type_parameters(brackets: bytes) -> Syntax | None:
    root = Syntax(_parser().parse(b"package p\nfunc f" + brackets + b"() {}\n").root_node)
    function = next((n for n in root.children if n.kind == "function_declaration"), None)
    return function.field("type_parameters") if function else None
