"""Whether a body uses a parameter, as far as the text proves it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from gotrace.source.syntax import Syntax
from gotrace.types import GoType, Kind

_ONLY_TYPED = frozenset({"len", "cap", "new", "make", "unsafe.Sizeof"})
_CONVERSIONS = frozenset(
    (
        "bool int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr byte rune string "
        "float32 float64 complex64 complex128 any error complex real imag min max unsafe.Pointer"
    ).split()
)
_SCOPES = frozenset(
    (
        "block if_statement for_statement expression_switch_statement type_switch_statement "
        "expression_case default_case type_case communication_case func_literal"
    ).split()
)
_COMPOUND = frozenset(
    {
        "if_statement",
        "for_statement",
        "expression_switch_statement",
        "type_switch_statement",
        "select_statement",
        "labeled_statement",
        "block",
    }
)


class Uses:
    """The uses of names in one function body."""

    def __init__(self, body: Syntax) -> None:
        self.body = body
        self.text = body.text.encode("utf-8", "surrogateescape")

    def mentions(self, name: str) -> list[Syntax]:
        """The identifiers in the body that are spelled ``name``, whatever they mean."""
        word = rb"(?<![\w\x80-\xff])" + re.escape(name.encode("utf-8", "surrogateescape"))
        found = []
        for match in re.finditer(word + rb"(?![\w\x80-\xff])", self.text):
            start, end = match.start() + self.body.start, match.end() + self.body.start
            node = self.body.at(start, end)
            if node and node.kind == "identifier" and (node.start, node.end) == (start, end):
                found.append(node)
        return found

    # ------------------------------------------------------------- used

    def used(self, name: str, type_: GoType, line: int) -> bool | None:
        """Whether reachable code uses the parameter.

        No mention: it does not. A mention in code that ran before the frame reached ``line``, or
        runs on it, is reachable, whatever the compiler knows of conditions and of functions that
        never return; one that only stores it somewhere may still be nothing.
        """
        mentions = self.mentions(name)
        if not mentions:
            return False
        if b"goto" in self.text:
            return None
        ran = list(self._ran(self.body, line))
        shadowed = [s for s in map(self._shadow, mentions) if s]
        for mention in mentions:
            if any(start <= mention.start < end for start, end in shadowed):
                continue
            inside = any(r.start <= mention.start < r.end for r in ran)
            if inside and not self.captured(mention) and _has_effect(mention, type_):
                return True
        return None

    def around(self, node: Syntax) -> Iterator[Syntax]:
        """What stands around ``node`` in the body, from the inside out."""
        return itertools.takewhile(lambda ancestor: ancestor != self.body, node.ancestors())

    def captured(self, mention: Syntax) -> bool:
        """Whether it stands in a function literal."""
        return any(ancestor.kind == "func_literal" for ancestor in self.around(mention))

    def _ran(self, block: Syntax, line: int) -> Iterator[Syntax]:
        """The code in ``block`` that must have run, or runs, when ``line`` does."""
        statements = _statements(block)
        for statement in statements:
            if statement.line > line:
                return
            if statement.end_line < line:
                if statement.kind not in _COMPOUND:
                    yield statement
                else:
                    yield from _evaluated(statement)
                continue
            if statement.kind in _COMPOUND:
                yield from _evaluated(statement)
                inner = [b for b in _blocks(statement) if b.line < line <= b.end_line]
                if len(inner) == 1 and inner[0].end_line > line:
                    yield from self._ran(inner[0], line)
            elif len([s for s in statements if s.line <= line <= s.end_line]) == 1:
                yield statement
            return

    def _shadow(self, mention: Syntax) -> tuple[int, int] | None:
        """From where to where another variable has the name, if this mention declares one."""
        if not is_declared(mention):
            return None
        for ancestor in mention.ancestors():
            if ancestor == self.body:  # `p, err := …`: p is of the same block, and assigned
                return None if is_assigned(mention) else (self.body.start, self.body.end)
            if ancestor.kind in _SCOPES:
                return mention.start, ancestor.end
        return None


def _statements(block: Syntax) -> list[Syntax]:
    children = block.children
    if len(children) == 1 and children[0].kind == "statement_list":
        return children[0].children
    return children


def _blocks(statement: Syntax) -> list[Syntax]:
    """The blocks directly in a compound statement whose code runs in order."""
    if statement.kind in {"if_statement", "for_statement"}:
        found = []
        for child in statement.children:
            if child.kind == "block":
                found.append(child)
            elif child.kind == "if_statement":
                found += _blocks(child)
        return found
    return [statement] if statement.kind == "block" else []


def _evaluated(statement: Syntax) -> list[Syntax]:
    """The parts of a compound statement that run whenever it does."""
    names = {
        "if_statement": ("initializer", "condition"),
        "expression_switch_statement": ("initializer", "value"),
        "type_switch_statement": ("initializer", "value"),
    }
    found = [statement.field(n) for n in names.get(statement.kind, ())]
    if statement.kind == "for_statement":
        for clause in statement.children:
            if clause.kind == "for_clause":
                found += [clause.field("initializer"), clause.field("condition")]
            elif clause.kind == "range_clause":
                found.append(clause.field("right"))
    return [node for node in found if node is not None]


def _has_effect(mention: Syntax, type_: GoType) -> bool:
    """Whether the value goes into a call, a condition or a result, or is followed as a pointer.

    A value that is only stored may be stored for nothing; what stands on the right of ``&&`` may
    never be reached.
    """
    node, effect = mention, False
    for parent in mention.ancestors():
        if parent.kind in {"block", "func_literal", "literal_element", "keyed_element"}:
            break
        match parent.kind:
            case "binary_expression":
                operator = parent.field("operator")
                if operator and operator.text in {"&&", "||"} and parent.field("right") == node:
                    return False
            case "call_expression":
                function = parent.field("function")
                name = function.text if function else "len"
                if name in _ONLY_TYPED:
                    return False
                effect = effect or function == node or name not in _CONVERSIONS
            case "selector_expression":
                effect = effect or (node == mention and type_.kind is Kind.POINTER)
            case "return_statement" | "send_statement" | "if_statement":
                effect = True
            case "for_clause":
                effect = effect or parent.field("condition") == node
            case "range_clause":  # the length of an array is a constant
                effect = effect or (parent.field("right") == node and type_.kind is not Kind.ARRAY)
            case "expression_switch_statement" | "type_switch_statement":
                effect = effect or parent.field("value") == node
            case "unary_expression":
                operator = parent.field("operator")
                effect = effect or (operator is not None and operator.text in {"*", "<-"})
        node = parent
    return effect


def is_assigned(mention: Syntax) -> bool:
    """Whether this mention gets a value."""
    for parent in mention.ancestors():
        if parent.kind in {"assignment_statement", "short_var_declaration", "range_clause"}:
            left = parent.field("left")
            return left is not None and left.start <= mention.start < left.end
        if parent.kind in {"inc_statement", "dec_statement"}:
            return True
        if parent.kind.endswith("_statement"):
            return False
    return False


def is_declared(mention: Syntax) -> bool:
    """Whether this mention declares another variable (or constant) of the same name."""
    for parent in mention.ancestors():
        match parent.kind:
            case "short_var_declaration" | "range_clause" | "receive_statement":
                left = parent.field("left")
                if left is not None and left.start <= mention.start < left.end:
                    return parent.kind == "short_var_declaration" or any(
                        t.kind == ":=" for t in parent.tokens
                    )
            case "var_spec" | "const_spec" | "parameter_declaration":
                return mention in parent.fields("name")
            case "variadic_parameter_declaration":
                return parent.field("name") == mention
            case "type_switch_statement":
                alias = parent.field("alias")
                return alias is not None and alias.start <= mention.start < alias.end
        if parent.kind.endswith("_statement") or parent.kind == "block":
            return False
    return False
