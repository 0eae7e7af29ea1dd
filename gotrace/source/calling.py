"""Whether a line of a function can call a function of a given name.

A frame stands at a line whose statement calls the function of the frame above it. Where no call in
that statement can be of that function the source is that of another version. A call of a variable,
a field or a result can be of any function; a function without a body may jump to any.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.names import is_standard
from gotrace.source.called import name_called
from gotrace.source.codeless import is_renamed
from gotrace.source.expressions_line import Line
from gotrace.source.expressions_selectors import Selector
from gotrace.source.locals import declaration_of
from gotrace.source.packages import Package
from gotrace.source.syntax import Syntax
from gotrace.types import Kind

_FUNCTIONS = frozenset({"func_literal", "function_declaration", "method_declaration"})
# What holds statements: only those of them count that are on the line.
_HOLDERS = frozenset(
    "block statement_list labeled_statement var_declaration var_spec_list if_statement "
    "for_statement expression_switch_statement type_switch_statement select_statement "
    "expression_case type_case default_case communication_case".split()
)
_NAMES = frozenset({"identifier", "field_identifier", "type_identifier"})
_CALLS = frozenset({"call_expression", "type_conversion_expression"})
_DEFER = frozenset({"defer_statement"})
_RANGED = frozenset({"range_clause"})
_LITERAL = frozenset({"func_literal"})
_WALKED = frozenset({
    Kind.SLICE, Kind.ARRAY, Kind.MAP, Kind.CHAN, Kind.STRING, Kind.POINTER, Kind.INT, Kind.INT8,
    Kind.INT16, Kind.INT32, Kind.INT64, Kind.UINT, Kind.UINT8, Kind.UINT16, Kind.UINT32,
    Kind.UINT64, Kind.UINTPTR,
})  # fmt: skip
_PREDECLARED = frozenset(
    "append cap clear close complex copy delete imag len make max min new panic print println real "
    "recover any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 "
    "int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr".split()
)
# Variables of the standard library that anyone may set to a function.
_VARIABLES = frozenset({"flag.Usage"})


def may_call(line: Line, callee: str, outer: Line | None = None) -> bool:
    """Whether what stands at ``line`` may call ``callee``, a function as printed.

    ``outer`` is the line of the function that the line's own was inlined in.

    Shape:  True where nothing proves that it cannot.
    Errors: none.
    Source: the Go specification, "Calls"; cmd/compile gives a call the place of its statement or of
            a part of that (noder, ssagen/ssa.go, go1.27.3).
    """
    name = name_called(callee)
    if name is None:
        return True
    try:
        return _may_call(line, name, callee) or any(
            _may_defer(each, name, callee) for each in (line, outer) if each
        )
    except RecursionError:  # nests by the thousand
        return True


def _may_call(line: Line, name: str, callee: str) -> bool:
    parts = tuple(_parts(line.function, line.line))
    if _is_unknown(line) or any(_spells(part, name) for part in parts) or _walks_function(line):
        return True
    return not all(
        _is_bound(call, line, callee) for part in parts for call in _within(part, _CALLS)
    )


def _may_defer(line: Line, name: str, callee: str) -> bool:
    """Whether the function may have deferred one of that name. Where deferred functions run after
    a panic that was recovered, the code has the place of whatever stands in front of it."""
    for statement in line.function.descendants(_DEFER):
        call = next(iter(statement.children), None)
        if call is None or _spells(statement, name) or not _is_bound(call, line, callee):
            return True
    return False


def _is_unknown(line: Line) -> bool:
    """Whether other lines or calls are compiled than those of the file: parts of it have other
    names, it is of the runtime, or cgo writes another one from it."""
    file = line.file
    return is_renamed(file) or file.package == "runtime" or any(i.path == "C" for i in file.imports)


# ---------------------------------------------------------------------- what is on the line


def _parts(node: Syntax, line: int) -> Iterator[Syntax]:
    """The simple statements on the line, whole, and the heads of others; in literals, too."""
    if not node.line <= line <= node.end_line:
        return
    if node.kind not in _HOLDERS and node.kind not in _FUNCTIONS:
        yield node
        for literal in _within(node, _LITERAL):
            yield from _parts(literal, line)
        return
    children = node.children
    body = next((c.line for c in children if _is_body(c)), node.end_line)
    for child in children:
        if _is_body(child) or node.kind in {"block", "statement_list"}:
            yield from _parts(child, line)
        elif node.line <= line <= body:
            yield child
            for literal in _within(child, _LITERAL):
                yield from _parts(literal, line)


def _is_body(node: Syntax) -> bool:
    return node.kind in _HOLDERS or node.kind == "var_spec"


def _within(node: Syntax, kinds: frozenset[str]) -> Iterator[Syntax]:
    """The nodes of these kinds in a part, itself included, outside of literals' bodies."""
    left = [node]
    while left:
        found = left.pop()
        if found.kind in kinds:
            yield found
        if found.kind != "func_literal":
            left += reversed(found.children)


def _spells(part: Syntax, name: str) -> bool:
    return any(node.text == name for node in _within(part, _NAMES))


# ---------------------------------------------------------------------- calls that nobody spells


def _walks_function(line: Line) -> bool:
    """Whether a loop over what may be a function begins or ends here."""
    for clause in line.function.descendants(_RANGED):
        loop = clause.parent
        right = clause.field("right")
        if loop is None or not loop.line <= line.line <= loop.end_line:
            continue
        body = loop.field("body")
        head = loop.line <= line.line <= (body.line if body else loop.end_line)
        if (head or line.line == loop.end_line) and (
            line.expressions.shape(right).kind not in _WALKED
        ):
            return True
    return False


# ---------------------------------------------------------------------- whom a call can be of


def _is_bound(call: Syntax, line: Line, callee: str) -> bool:
    """Whether it calls a function or method of another name for certain, or is a conversion."""
    if call.kind == "type_conversion_expression":
        type_ = call.field("type")
        return type_ is not None and type_.kind != "generic_type" and "(" not in type_.text
    function = call.field("function")
    while function is not None and function.kind == "parenthesized_expression":
        function = function.children[0] if len(function.children) == 1 else None
    if function is None:
        return False
    if function.kind == "identifier":
        local = declaration_of(function)
        if local is not None:
            return not local.is_variable
        return _is_of_package(line.scope.package, function.text, line)
    if function.kind == "selector_expression":
        return _is_member(function, line, callee)
    return function.kind == "func_literal"


def _is_of_package(package: Package, name: str, line: Line) -> bool:
    """Whether ``name`` is a function with a body, known to the linker by that name, or a type."""
    members = line.expressions.shapes.members
    if package.bodiless(name) is not None or members.variable(package, name) is not None:
        return False
    function = members.function(package, name)
    if function is not None:
        return not any(name in file.linknames for file in members.files(package))
    own = bool(package.types(name))
    return own or (name in _PREDECLARED and package is line.scope.package)


def _is_member(function: Syntax, line: Line, callee: str) -> bool:
    """`pkg.F` and `x.M`."""
    operand, field = function.field("operand"), function.field("field")
    if operand is None or field is None:
        return False
    if line.expressions.is_package(operand):
        package = line.expressions.package_of(operand)
        if package is not None and package.directory:
            return _is_of_package(package, field.text, line)
        return _is_of_library(operand.text, field.text, line, callee)
    selector = line.expressions.selector(function)
    return selector is not None and _is_method(selector, operand)


def _is_method(selector: Selector, operand: Syntax) -> bool:
    """Whether a method is called, and no field. A type that is not at hand may have a field of
    that name that lies less deep than what was found."""
    if selector.receiver.count(".") > operand.text.count(".") + 1:
        return False
    if selector.method is not None:
        return selector.method.declared.node.field("body") is not None
    return bool(selector.accesses) and selector.accesses[-1].how == "method"


def _is_of_library(qualifier: str, name: str, line: Line, callee: str) -> bool:
    """Whether a function of the standard library, which is not at hand, shows its own frame: it
    does, unless it is assembly, which jumps to nothing that others could call."""
    if is_standard(callee) and not _is_exported(callee):
        return False
    paths = [
        path
        for path, alias in line.file.imports
        if qualifier in {alias, path.rpartition("/")[2]} or (alias is None and "/v" in path)
    ]
    return (
        bool(paths)
        and all(is_standard(f"{path}.{name}") for path in paths)
        and not any(f"{path}.{name}" in _VARIABLES for path in paths)
    )


def _is_exported(callee: str) -> bool:
    name = name_called(callee) or ""
    return name[:1].isupper() and "internal/" not in callee
