"""The line of a function that a frame stands at, as expressions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from gotrace.source.expressions import Expressions
from gotrace.source.expressions_shapes import Shapes
from gotrace.source.functions import Functions
from gotrace.source.gofile import Declared, GoFile
from gotrace.source.scopes import Scope
from gotrace.source.spots import Spot
from gotrace.source.syntax import Syntax

FUNCTIONS = frozenset({"func_literal", "function_declaration", "method_declaration"})
_POSITIONS = {
    "selector_expression": "field",
    "call_expression": "arguments",
    "binary_expression": "operator",
}


class Line:
    """``function`` is the declaration or literal around the line, ``declared`` the declaration
    (None in a package variable). ``refused`` is what shows that the file is of another version."""

    def __init__(
        self, spot: Spot, line: int, expressions: Expressions, refused: str | None = None
    ) -> None:
        self.file: GoFile = spot.file
        self.declared: Declared | None = spot.declared
        node = spot.literal or spot.wrapper or (spot.declared.node if spot.declared else None)
        assert node is not None, "a spot is in something"
        self.function: Syntax = node
        self.line = line
        self.expressions = expressions
        self.refused = refused

    @property
    def scope(self) -> Scope:
        """Where the function's types stand."""
        return self.expressions.scope

    @cached_property
    def text(self) -> str:
        """The line as the file has it."""
        lines = self.file.data.split(b"\n")
        raw = lines[self.line - 1] if 0 < self.line <= len(lines) else b""
        return raw.decode("utf-8", "replace").rstrip("\r")

    @cached_property
    def nodes(self) -> tuple[Syntax, ...]:
        """What lies on the line, from the outside in; of literals inside the function, only the
        literal itself: its body is another function's."""
        return tuple(self._inside(self.function))

    def _inside(self, node: Syntax) -> Iterator[Syntax]:
        if node.line > self.line or node.end_line < self.line:
            return
        yield node
        if node.kind == "func_literal" and node != self.function:
            return
        for child in node.children:
            yield from self._inside(child)

    def stands(self, node: Syntax) -> bool:
        """Whether the compiler gives ``node`` this line: of an expression over several lines that
        is where its operator stands."""
        part = node.field(_POSITIONS.get(node.kind, ""))
        if part is not None:
            return part.line == self.line
        if node.kind == "index_expression":
            index, operand = node.field("index"), node.field("operand")
            return self.line in {index.line if index else 0, operand.end_line if operand else 0}
        return node.line == self.line

    def covers(self, node: Syntax) -> bool:
        """Whether some of ``node`` is on the line."""
        return node.line <= self.line <= node.end_line

    def columns(self, node: Syntax) -> tuple[int, int]:
        """The part of ``node`` that is on the line: columns from 1, the second behind the last."""
        data = self.file.data
        start = data.rfind(b"\n", 0, node.start) + 1
        if node.line != self.line:  # begins before: from the line's first character
            lines = data.split(b"\n")
            start = sum(len(x) + 1 for x in lines[: self.line - 1])
            first = start + len(lines[self.line - 1]) - len(lines[self.line - 1].lstrip())
        else:
            first = node.start
        stop = data.find(b"\n", first)
        last = min(node.end, len(data) if stop < 0 else stop)
        before = data[start:first].decode("utf-8", "replace")
        inside = data[first:last].decode("utf-8", "replace")
        return len(before) + 1, len(before) + 1 + len(inside)


def line_of(
    spot: Spot, line: int, functions: Functions, shapes: Shapes, refused: str | None = None
) -> Line:
    """The line of the function that a frame is in."""
    package = functions.resolver.scopes.library.package_of(spot.file, None)
    scope = Scope(spot.file, package)
    if spot.declared is not None:
        scope = scope._replace(bound=functions.bound(spot.declared, scope))
    return Line(spot, line, Expressions(shapes, scope), refused)
