"""Which types a generic function was called with: a dictionary's name tells.

The compiler makes one function for all types of one shape (``main.F[go.shape.int64]``) and hands
it a dictionary for the types themselves, whose symbol spells them (``main..dict.F[main.ID]``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gotrace.binary.pclntab import Function
from gotrace.binary.program import Program
from gotrace.patterns import lazy_pattern
from gotrace.value import Argument, FieldValue, Value

_SHAPE = "go.shape."
_DICTIONARY = "..dict."
_NUMBERED = lazy_pattern(r"_[0-9]+$")  # go1.18 and go1.19: go.shape.int_0
_PATH = lazy_pattern(r"[^\s\[\](){},;*]*/")


def concrete_types(
    program: Program, functions: Sequence[Function], dictionary: str | None
) -> dict[str, str]:
    """Shapes that stand for one type only, and that type: ``{"go.shape.int64": "main.ID"}``.

    ``dictionary`` is the symbol of the dictionary that the call was given, where it was printed;
    else the program must have one dictionary for this function.
    Source: cmd/compile/internal/noder/reader.go shapedFuncName, dictNameOf (go1.27.3).
    """
    name = _full_name(program, functions[0]) if len(functions) == 1 else ""
    if _SHAPE not in name:
        return {}
    if dictionary is None:
        known = _dictionaries(program, name)
        dictionary = next(iter(known)) if len(known) == 1 else ""
    if _DICTIONARY not in dictionary:
        return {}
    shapes, types = _arguments(name), _arguments(dictionary)
    if len(shapes) != len(types):
        return {}
    found: dict[str, str] = {}
    unsure = set()
    for shape, go_type in zip(shapes, types, strict=True):
        plain = _NUMBERED.sub("", shape)
        if found.setdefault(plain, _PATH.sub("", go_type)) != _PATH.sub("", go_type):
            unsure.add(plain)
    return {s: t for s, t in found.items() if s.startswith(_SHAPE) and s not in unsure}


def _full_name(program: Program, function: Function) -> str:
    """With its type arguments: the function table of go1.18 to go1.20 leaves them out."""
    if _SHAPE in function.name:
        return function.name
    names = (s.name for s in program.image.symbols if s.address == function.entry)
    return next((name for name in names if _SHAPE in name), function.name)


def _dictionaries(program: Program, name: str) -> set[str]:
    """The dictionaries that calls of a function may be given."""
    head, _, tail = name.partition("[")
    method = tail[tail.rfind("]") :]
    # Until go1.19 each method has dictionaries of its own, then its receiver's type has them.
    own = {s.name for s in program.symbols.dictionaries(head) if s.name.endswith(method)}
    shared = {s.name for s in program.symbols.dictionaries(head.replace("(*", ""))}
    return own if method != "]" and own else shared


def _arguments(name: str) -> list[str]:
    """The type arguments in the first brackets of a name."""
    start = name.find("[")
    found, depth, last = [], 0, start + 1
    for i in range(start, len(name)):
        character = name[i]
        if character in "[({":
            depth += 1
        elif character in "])}":
            depth -= 1
        if (character == "," and depth == 1) or depth == 0:
            found.append(name[last:i].strip())
            last = i + 1
        if depth == 0:
            break
    return found


def with_types(argument: Argument, types: Mapping[str, str]) -> Argument:
    """``argument`` with its types spelt as the program wrote them."""
    value = argument.value
    return argument._replace(
        type=_spelt(argument.type, types), value=None if value is None else _value(value, types)
    )


def _value(value: Value, types: Mapping[str, str]) -> Value:
    if not value.fields and not value.elements:
        return value
    fields = tuple(
        FieldValue(f.name, _spelt(f.type, types), _value(f.value, types)) for f in value.fields
    )
    return value._replace(fields=fields, elements=tuple(_value(e, types) for e in value.elements))


def _spelt(text: str, types: Mapping[str, str]) -> str:
    if _SHAPE not in text:
        return text
    for shape in sorted(types, key=len, reverse=True):
        parts = re.split(re.escape(shape) + r"(?:_[0-9]+)?(?![\w.])", text)
        text = types[shape].join(parts)
    return text
