"""Lists of parameters as Go means them."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.source.syntax import Syntax


def parameter_groups(list_: Syntax) -> Iterator[tuple[Syntax, list[Syntax]]]:
    """The declarations of a parameter list, each with its names (none: it is not named).

    Of more than nine names with one type the grammar takes the first for types of parameters
    without a name; where any has a name, all have (Go specification, "Function types").
    """
    declarations = [d for d in list_.children if d.field("type") is not None]
    named = any(d.fields("name") for d in declarations)
    waiting: list[Syntax] = []
    for declaration in declarations:
        names = declaration.fields("name")
        type_ = declaration.field("type")
        if named and not names and type_ is not None:
            waiting.append(type_)
            continue
        yield declaration, [*waiting, *names]
        waiting = []
