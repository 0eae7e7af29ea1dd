"""Whether a parameter can move to the heap: what takes its address, as far as the text tells.

Where False is answered, nothing in the body can; the compiler may still keep others on the stack.
"""

from __future__ import annotations

from gotrace.source.syntax import Syntax
from gotrace.source.uses import Uses, is_assigned
from gotrace.types import GoType, Kind

_CHAIN = frozenset({"selector_expression", "index_expression", "parenthesized_expression"})
# Kinds through which p.x, p[i] and p[i:j] reach other memory than p itself.
_REFERENCES = frozenset({Kind.POINTER, Kind.SLICE, Kind.MAP, Kind.STRING, Kind.CHAN, Kind.FUNC})
_UNMETHODED = _REFERENCES | {Kind.INTERFACE}


def escapes(uses: Uses, name: str, type_: GoType) -> bool | None:
    """Whether the parameter moves to the heap: False where nothing can take its address."""
    mentions = uses.mentions(name)
    assigned = any(map(is_assigned, mentions))
    for mention in mentions:
        if uses.captured(mention):
            return None  # captured, perhaps by reference
        if may_take_address(mention, type_):
            return None
        # The body of a range over a function is a function that captures (go1.23).
        large = type_.kind in {Kind.STRUCT, Kind.ARRAY, Kind.UNKNOWN, Kind.TYPE_PARAMETER}
        around = uses.around(mention)
        if (assigned or large) and any(_in_range_body(mention, loop) for loop in around):
            return None
    return False


def _top(mention: Syntax, type_: GoType) -> tuple[Syntax, int]:
    """The longest ``p.x[i].y`` that still is memory of the parameter, and how many steps it has."""
    node, steps = mention, 0
    parent = node.parent
    while parent and parent.kind in _CHAIN:
        if parent.kind != "parenthesized_expression":
            if parent.field("operand") != node:
                break
            if type_.kind in _UNMETHODED:
                break
            steps += 1
        node, parent = parent, parent.parent
    return node, steps


def may_take_address(mention: Syntax, type_: GoType) -> bool:
    """Whether this mention of a variable of this type may take its address."""
    node, steps = _top(mention, type_)
    parent = node.parent
    if parent is None:
        return True
    if parent.kind == "unary_expression":
        operator = parent.field("operator")
        if operator is not None and operator.text == "&":
            return True
    if parent.kind == "slice_expression" and parent.field("operand") == node:
        return steps > 0 or type_.kind not in _REFERENCES
    if steps:
        return not _reads_field(mention, type_, parent, node)
    if parent.kind == "selector_expression" and parent.field("operand") == node:
        # A method of a named slice, map … may have a pointer receiver.
        named = type_.named and type_.kind not in {Kind.POINTER, Kind.INTERFACE}
        return bool(named) or type_.kind not in _UNMETHODED
    return False


def _reads_field(mention: Syntax, type_: GoType, parent: Syntax, top: Syntax) -> bool:
    """Whether ``p.x.y[i]`` only reads: each name is a known field, and nothing is called."""
    if parent.kind == "call_expression" and parent.field("function") == top:
        return False
    node, current = mention, type_
    for step in mention.ancestors():
        if step.kind == "selector_expression":
            name = step.field("field")
            field = next((f for f in current.fields if name and f.name == name.text), None)
            if current.kind is not Kind.STRUCT or field is None:
                return current.kind is Kind.INTERFACE or current.kind is Kind.POINTER
            current = field.type
        elif step.kind == "index_expression":
            if current.kind is not Kind.ARRAY or current.element is None:
                return current.kind in _REFERENCES
            current = current.element
        if current.kind in _REFERENCES and step != top:
            return not (current.named and current.kind is not Kind.POINTER)
        node = step
        if node == top:
            return True
    return False


def _in_range_body(mention: Syntax, loop: Syntax) -> bool:
    body = loop.field("body") if loop.kind == "for_statement" else None
    ranges = any(child.kind == "range_clause" for child in loop.children)
    return body is not None and ranges and mention.start >= body.start
