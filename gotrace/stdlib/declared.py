"""A stored declaration as signatures: one for each way in which the worlds lay out its types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gotrace.patterns import lazy_pattern
from gotrace.signature import Parameter, Role, Signature, SignatureSource
from gotrace.stdlib.layouts import Layouts, Scope, crossed
from gotrace.stdlib.store import Function
from gotrace.stdlib.typetext import Node, read_parameters, spell
from gotrace.tuples import NamedTuple
from gotrace.types import GoType

_Written = tuple[str, Node]  # a parameter's name and type

# What the compiler makes of go and defer statements takes no arguments; so named since go1.22.
WRAPPERS_SINCE = 22
WRAPPER = lazy_pattern(r"\.(?:go|defer)wrap[0-9]+$")
LITERAL = lazy_pattern(r"\.(?:func)?[0-9]+$")
NUMBERED_WRAPPERS = range(18, 22)
_NUMBERED = lazy_pattern(r"(?<!\d)\.([0-9]+)$")

# tools/stdlib/uses.go says what the letters mean: used, and whether the address may be taken.
_USES: dict[str, tuple[bool | None, bool | None]] = {
    "a": (True, False),
    "b": (True, None),
    "c": (False, False),
    "d": (None, False),
    "e": (None, None),
}


class Declared(NamedTuple):
    """``signature`` is that of ``function`` in ``worlds``; it has no line yet."""

    worlds: int
    signature: Signature
    function: Function


def spellings(local: str) -> list[str]:
    """The names under which a function may be stored, the likeliest first.

    ``(*T).M`` may be the compiler's wrapper of ``T.M``; since go1.27 a literal inlined into another
    is ``outer.1`` for ``outer.func1``.
    """
    found = [WRAPPER.sub("", local)]
    if local.startswith("(*"):
        found.append(local[2:].replace(")", "", 1))
    if _NUMBERED.search(local):
        found.append(_NUMBERED.sub(r".func\1", local))
    return found


def resolved(
    function: Function, scope: Scope, local: str, worlds: int, layouts: Layouts
) -> Iterator[Declared]:
    """The signatures of ``function`` under the printed name ``local`` in ``worlds``."""
    receiver, inputs, results, *behind = function.text.split("|")
    if WRAPPER.search(local):
        receiver = inputs = results = ""
    first = _receiver(receiver, function.name)
    if first and function.name != local and local.startswith("(*"):
        first = [(first[0][0], Node("pointer", "*", (first[0][1],)))]
    written = [*first, *read_parameters(inputs)]
    outputs = read_parameters(results)
    # What stands under another name is made by the compiler: its body is not the one looked at.
    flags = behind[0] if behind else ""
    uses = _uses(flags if function.name == local else "x", len(written))
    some = function.worlds & worlds
    columns = [layouts.variants(node, scope, some) for _, node in (*written, *outputs)]
    plain = Signature(
        scope.path,
        local,
        (),
        (),
        text=_text(local, first, written[len(first) :], outputs, scope),
        source=SignatureSource.STDLIB,
        file=f"{function.home or scope.path}/{function.file}",
        generic="[...]" in local,
    )
    for part, types in crossed(columns, some):
        made = tuple(map(_parameter, written, types, uses))
        signature = plain._replace(
            receiver=made[0]._replace(role=Role.RECEIVER) if first else None,
            parameters=made[len(first) :],
            results=tuple(map(_result, outputs, types[len(written) :])),
        )
        yield Declared(part, signature, function)


def _receiver(text: str, name: str) -> list[_Written]:
    """The receiver; its type is that in the function's name unless it is written."""
    if not text or " " in text:
        return list(read_parameters(text))
    base = name.rpartition(".")[0].strip("()")
    named = Node("named", base.lstrip("*"), (), ("",))
    return [(text, Node("pointer", "*", (named,)) if base.startswith("*") else named)]


def _uses(text: str, count: int) -> list[tuple[bool | None, bool | None]]:
    """For each input, from the stored flags; ``x``: no body to look at."""
    letters = {"x": "e" * count, "": "a" * count}.get(text, text)
    return [_USES[letter] for letter in letters[:count]]


def _parameter(
    written: _Written, go_type: GoType, uses: tuple[bool | None, bool | None]
) -> Parameter:
    name, node = written
    variadic = node.rule == "variadic"
    used, escapes = uses
    return Parameter(name or None, go_type, variadic=variadic, escapes=escapes, used=used)


def _result(written: _Written, go_type: GoType) -> Parameter:
    return Parameter(written[0] or None, go_type, Role.RESULT)


def _text(
    local: str,
    receiver: Sequence[_Written],
    parameters: Sequence[_Written],
    results: Sequence[_Written],
    scope: Scope,
) -> str:
    def listed(items: Sequence[_Written]) -> str:
        return ", ".join(f"{n} {spell(t, scope.qualify)}".lstrip() for n, t in items)

    name = re.sub(r"^(?:\(\*[^)]*\)|[^.\[]*(?:\[\.\.\.\])?)\.", "", local) if receiver else local
    holder = f"({listed(receiver)}) " if receiver else ""
    one = len(results) == 1 and not results[0][0]
    tail = "" if not results else f" {listed(results)}" if one else f" ({listed(results)})"
    return f"func {holder}{name}({listed(parameters)}){tail}"
