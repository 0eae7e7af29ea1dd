"""Type expressions to Go text on one line, each name behind its package's."""

from __future__ import annotations

from collections.abc import Callable

from gotrace.source.syntax import Syntax

Name = Callable[[Syntax], str]  # how a type_identifier or qualified_type is to be spelled
Part = Callable[[Syntax | None], str]
_DEEPEST = 60
_NAMES = frozenset({"type_identifier", "identifier", "qualified_type"})
_AFFIXES = {
    "pointer_type": ("*", ""),
    "parenthesized_type": ("(", ")"),
    "negated_type": ("~", ""),
}


def spell(node: Syntax, name: Name, depth: int = 0) -> str:
    """The text of a type expression.

    Shape:  gofmt's spacing, struct fields and methods separated by semicolons.
    Errors: none.
    """
    if depth > _DEEPEST:
        return "…"

    def part(child: Syntax | None) -> str:
        return "" if child is None else spell(child, name, depth + 1)

    if node.kind in _NAMES:
        return name(node)
    if node.kind in _AFFIXES:
        before, after = _AFFIXES[node.kind]
        return before + "".join(map(part, node.children)) + after
    form = _FORMS.get(node.kind)
    return form(node, part) if form else _plain(node)


def signature(node: Syntax, part: Part) -> str:
    """Parameters and results of a function."""
    result = node.field("result")
    return part(node.field("parameters")) + (f" {part(result)}" if result else "")


def _plain(node: Syntax | None) -> str:
    return " ".join(node.text.split()) if node else ""


def _channel(node: Syntax, part: Part) -> str:
    head = "".join(t.text for t in node.tokens[:-1])
    return f"{head} {part(node.field('value'))}"


def _array(node: Syntax, part: Part) -> str:
    return f"[{_plain(node.field('length'))}]{part(node.field('element'))}"


def _instance(node: Syntax, part: Part) -> str:
    arguments = node.field("type_arguments")
    inside = ",".join(map(part, arguments.children if arguments else ()))
    return f"{part(node.field('type'))}[{inside}]"


def _members(node: Syntax, part: Part) -> str:
    keyword = node.kind.removesuffix("_type")
    members = node.children
    if keyword == "struct":
        members = [f for lists in node.children for f in lists.children]
    inside = "; ".join(map(part, members))
    return f"{keyword}{{ {inside} }}" if inside else f"{keyword}{{}}"


def _parameter(node: Syntax, part: Part) -> str:
    names = ", ".join(n.text for n in node.fields("name"))
    dots = "..." if node.kind.startswith("variadic") else ""
    declared = dots + part(node.field("type"))
    return f"{names} {declared}" if names else declared


def _field(node: Syntax, part: Part) -> str:
    names = ", ".join(n.text for n in node.fields("name"))
    declared = part(node.field("type"))
    if not names and any(t.kind == "*" for t in node.tokens):
        declared = f"*{declared}"
    tag = node.field("tag")
    return " ".join(filter(None, (names, declared, tag.text if tag else "")))


_FORMS: dict[str, Callable[[Syntax, Part], str]] = {
    "slice_type": lambda node, part: "[]" + part(node.field("element")),
    "array_type": _array,
    "map_type": lambda node, part: f"map[{part(node.field('key'))}]{part(node.field('value'))}",
    "channel_type": _channel,
    "generic_type": _instance,
    "type_elem": lambda node, part: " | ".join(map(part, node.children)),
    "struct_type": _members,
    "interface_type": _members,
    "function_type": lambda node, part: "func" + signature(node, part),
    "parameter_list": lambda node, part: f"({', '.join(map(part, node.children))})",
    "parameter_declaration": _parameter,
    "variadic_parameter_declaration": _parameter,
    "field_declaration": _field,
    "method_elem": lambda node, part: _plain(node.field("name")) + signature(node, part),
}
