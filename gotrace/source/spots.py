"""The function at a line of a file, and whether it is the one that a trace names."""

from __future__ import annotations

import os
from collections.abc import Sequence

from gotrace.source.codeless import OtherVersion, is_renamed
from gotrace.source.gofile import Declared, GoFile
from gotrace.source.literals import find_literal, is_wrapper
from gotrace.source.packages import Library
from gotrace.source.printed import Printed
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple


class Spot(NamedTuple):
    """The function that a frame is in. ``literal`` is None for the declaration itself; ``declared``
    is None in the initial value of a package variable; ``wrapper`` is what the function is made of
    where the compiler made it: it takes nothing."""

    file: GoFile
    declared: Declared | None
    literal: Syntax | None = None
    wrapper: Syntax | None = None


def find_spot(library: Library, path: str, printed: Printed, line: int) -> Spot | str:
    """The function at ``line`` of the file ``path``.

    Shape:  a Spot, or in words why the function there is not the printed one; empty where that is
            nobody's fault, an OtherVersion where nothing of the file can be believed.
    Errors: none.
    Source: traceback format reference, section 7.
    """
    if path.endswith(".s"):
        return _assembly(library, path, printed)
    file = library.file(path)
    if file is None:
        return f"{path}: cannot be read"
    if printed.package == "main" and file.package != "main":
        return f"{path} is of package {file.package}, the trace says main.{printed.local}"
    if printed.in_variable:
        return _in_variable(file, printed, line)
    return _in_function(library, file, printed, line)


def _in_function(library: Library, file: GoFile, printed: Printed, line: int) -> Spot | str:
    around = file.around(line)
    linked = f"{printed.package}.{printed.base}"
    named = [
        f
        for f in around
        if printed.names(f.printed)
        or file.linknames.get(f.name) == linked
        or _by_alias(library, f, printed)
    ]
    if len(named) != 1:
        shown = f"is in func {around[0].printed}" if around else "is in no function"
        text = f"{file.path}:{line} {shown}, the trace says {printed.local}"
        spared = is_renamed(file) or _may_stand_elsewhere(printed, around, line)
        return text if spared else OtherVersion(text)
    declared = named[0]
    if not printed.steps:
        return Spot(file, declared)
    exact = not printed.base.endswith(f".{declared.printed}")
    if printed.steps[-1].form == "func":
        literal = find_literal(declared.node, printed, line, exact=exact)
        if literal is not None:
            return Spot(file, declared, literal)
    if printed.steps[-1].form == "range":
        return ""  # the body of a loop over a function: nobody declares its parameters
    if is_wrapper(declared.node, printed, line, exact=exact):
        return Spot(file, declared, wrapper=declared.node)
    return f"{file.path}:{line} is in no function literal that could be {printed.local}"


def _may_stand_elsewhere(printed: Printed, around: Sequence[Declared], line: int) -> bool:
    """Whether the name need not be that of a declaration around the line, in any version.

    Source: the compiler gives the first line to code that has no place (go1.21's wrappers of go
    statements, before they run), and a wrapper of an interface's method the line of that method;
    gccgo names literals `main..func1` and leaves out the star of receivers.
    """
    if printed.steps or line == 1 or printed.local.endswith("-fm") or printed.base[:1] == ".":
        return True
    return any(printed.base == f"{f.receiver}.{f.name}" for f in around)


def _in_variable(file: GoFile, printed: Printed, line: int) -> Spot | str:
    """A literal in the initial value of a package variable, or that initialisation itself."""
    for node in file.variables:
        if node.line <= line <= node.end_line:
            if not printed.steps or printed.base == "map.init":  # since go1.21: a map's part of it
                return Spot(file, None, wrapper=node)
            literal = find_literal(node, printed, line, exact=False)
            if literal is not None:
                return Spot(file, None, literal)
    return f"{file.path}:{line} is in no function literal, the trace says {printed.local}"


def _by_alias(library: Library, declared: Declared, printed: Printed) -> bool:
    """Whether the receiver is an alias of the type that the trace names."""
    if declared.receiver is None or not printed.base.endswith(f".{declared.name}"):
        return False
    for declaration in library.package_of(declared.file, None).types(declared.receiver):
        if declaration.alias and declaration.type.kind == "type_identifier":
            meant = declared._replace(receiver=declaration.type.text)
            if printed.names(meant.printed):
                return True
    return False


def _assembly(library: Library, path: str, printed: Printed) -> Spot | str:
    """Assembly takes its signature from the declaration without a body."""
    directory = os.path.dirname(path)
    package = library.package_in(directory, None)
    declared = package.bodiless(printed.base) if package else None
    if declared is None:
        return f"{path}: no declaration of {printed.local} without a body beside it"
    return Spot(declared.file, declared)
