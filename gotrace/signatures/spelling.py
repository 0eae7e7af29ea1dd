"""Types and declarations back to Go text, spaced as gofmt spaces them on one line."""

from __future__ import annotations

from gotrace.parsing.driver import Node


def spell(text: str, node: Node) -> str:
    """The Go text of ``node``, a part of ``text``. Constant expressions keep their own spacing."""
    rule, start, end, children = node
    if rule in _PREFIXES:
        return _PREFIXES[rule] + spell(text, children[0])
    if rule in {"struct", "interface"}:
        members = "; ".join(_member(text, c) for c in children)
        return f"{rule}{{ {members} }}" if members else f"{rule}{{}}"
    if rule in {"instance", "parameters"}:
        return _instance(text, children) if rule == "instance" else _parameters(text, children)
    if rule in _FORMS:
        return _FORMS[rule].format(*(spell(text, c) for c in children))
    if rule == "signature":
        return " ".join(spell(text, c) for c in children)
    return ("" if rule == "name" else " ").join(text[start:end].split())


_PREFIXES = {
    "pointer": "*",
    "slice": "[]",
    "chan": "chan ",
    "send_chan": "chan<- ",
    "receive_chan": "<-chan ",
    "func": "func",
    "tilde": "~",
}


_FORMS = {"array": "[{}]{}", "map": "map[{}]{}", "parens": "({})"}


def _instance(text: str, children: tuple[Node, ...]) -> str:
    names = [text[c[1] : c[2]] for c in children if c[0] == "IDENT"]
    arguments = [spell(text, c) for c in children if c[0] != "IDENT"]
    return f"{'.'.join(names)}[{', '.join(arguments)}]"


def _parameters(text: str, children: tuple[Node, ...]) -> str:
    return f"({', '.join(_parameter(text, c) for c in children)})"


def _parameter(text: str, node: Node) -> str:
    rule, _, _, children = node
    name = text[children[0][1] : children[0][2]]
    match rule:
        case "unnamed":
            return spell(text, children[0])
        case "variadic":
            return "..." + spell(text, children[0])
        case "named_variadic":
            return f"{name} ...{spell(text, children[1])}"
    return f"{name} {_declared(text, rule, children[1:])}"


def _declared(text: str, rule: str, parts: tuple[Node, ...]) -> str:
    """What follows a name: ``rule`` says whether brackets that belong to the type stood there."""
    if rule.endswith("_slice"):
        return "[]" + spell(text, parts[0])
    if rule.endswith("_array"):
        return f"[{spell(text, parts[0])}]{spell(text, parts[1])}"
    return spell(text, parts[0])


def _member(text: str, node: Node) -> str:
    """A field of a struct, or an element of an interface."""
    rule, _, _, children = node
    if rule == "constraint":
        return " | ".join(spell(text, c) for c in children)
    if rule == "method_spec":
        return text[children[0][1] : children[0][2]] + spell(text, children[1])
    tag = [text[c[1] : c[2]] for c in children if c[0] == "STRING"]
    names = [text[c[1] : c[2]] for c in children if c[0] == "IDENT"]
    types = tuple(c for c in children if c[0] not in {"STRING", "IDENT"})
    declared = _declared(text, rule, types)
    return " ".join([*([", ".join(names)] if names else []), declared, *tag])
