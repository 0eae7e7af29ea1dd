"""What DWARF says of one function: its parameters, results and where they are.

The entry of a function that was inlined somewhere is split: an abstract one has the names and
types, the concrete one the code (and, until go1.21, no parameter without a name; its results).

Source: cmd/compile/internal/dwarfgen/dwarf.go, cmd/internal/dwarf/dwarf.go PutConcreteFunc
(go1.15.15, go1.27.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.binary import dwarf_forms as forms
from gotrace.binary.dwarf_entries import Entries, Entry, Value
from gotrace.binary.dwarf_names import package_end
from gotrace.binary.dwarf_units import Unit
from gotrace.binary.function import printed_name
from gotrace.binary.view import CorruptError
from gotrace.tuples import NamedTuple

DICTIONARY = ".dict"  # a parameter in DWARF since go1.27
_MOST_VARIABLES = 1 << 12
_LONGEST_CHAIN = 16


class Variable(NamedTuple):
    """A parameter or result as DWARF has it. ``type`` is the offset of its type's entry."""

    unit: Unit
    name: str
    type: int
    line: int | None
    location: Value | None


class Declared(NamedTuple):
    """A function's entry. ``moved`` are the parameters that have a copy on the heap.

    ``wrapper``: the compiler made it, it stands in no source.
    """

    name: str
    unit: Unit
    low_pc: int
    line: int | None
    inputs: tuple[Variable, ...]
    results: tuple[Variable, ...]
    moved: frozenset[str]
    wrapper: bool


def find_function(entries: Entries, name: str, low_pc: int) -> Declared | None:
    """The function ``name`` whose code starts at ``low_pc``.

    Errors: CorruptError.
    """
    found = find_entry(entries, name, low_pc)
    return read_function(entries, *found) if found else None


def find_entry(entries: Entries, name: str, low_pc: int) -> tuple[Entry, Entry] | None:
    """The entry of that function's code, and the one that names it (the same, unless abstract)."""
    for entry in _named(entries, name):
        if entry.number(forms.LOW_PC) == low_pc:
            return entry, entry
        if forms.INLINE not in entry.attributes:
            continue
        for concrete in entries.referring(entry, forms.SUBPROGRAM):
            if concrete.number(forms.LOW_PC) == low_pc:
                return concrete, entry
    return None


def _named(entries: Entries, name: str) -> Iterator[Entry]:
    """The entries of functions with this name; older function tables elide type arguments."""
    head, elided, _ = name.partition("[...]")
    raw = head.encode("utf-8", "surrogateescape")
    near = entries.unit_named(head[: package_end(head) - 1])
    if not elided:
        yield from entries.named(raw + b"\0", {forms.SUBPROGRAM}, near)
        return
    for entry in entries.named(raw + b"[", {forms.SUBPROGRAM}, near):
        if printed_name(entry.text(forms.NAME)) == name:
            yield entry


def all_functions(entries: Entries) -> Iterator[Declared]:
    """Every function with code, unit by unit; what is damaged is left out."""
    for unit in entries.units:
        try:
            for entry in _subprograms(entries, unit):
                origin = entry.number(forms.ABSTRACT_ORIGIN)
                named = entry if origin is None else entries.at(origin)
                if forms.LOW_PC in entry.attributes and named.text(forms.NAME):
                    yield read_function(entries, entry, named)
        except CorruptError:
            continue


def _subprograms(entries: Entries, unit: Unit) -> Iterator[Entry]:
    """The functions of a unit. Types stand between them; they are skipped unread."""
    top, info, table = entries.top(unit), entries.info, entries.table(unit)
    at = top.end
    if not top.children:
        return
    while at < unit.end and info[at]:
        start = at
        try:
            abbreviation, at = entries.skip_one(unit, table, at)
        except IndexError as error:
            raise CorruptError("entries are cut off") from error
        if abbreviation.tag == forms.SUBPROGRAM:
            yield entries.read(unit, start)
        if abbreviation.children:
            at = entries.skip(unit, at)


def read_function(entries: Entries, concrete: Entry, named: Entry) -> Declared:
    """The function with code at ``concrete``, named by ``named`` (the same, unless abstract)."""
    inputs: list[Variable] = []
    results: list[Variable] = []
    copies: list[Variable] = []
    for child in entries.children(concrete):
        if len(inputs) + len(results) + len(copies) > _MOST_VARIABLES:
            raise CorruptError("too many variables")
        if child.tag == forms.FORMAL_PARAMETER:
            origin = child.number(forms.ABSTRACT_ORIGIN)
            whole = child if origin is None else _merged(child, entries.at(origin))
            variable = _variable(whole)
            is_result = whole.number(forms.VARIABLE_PARAMETER)
            (results if is_result else inputs).append(variable)
        elif child.tag == forms.VARIABLE and child.text(forms.NAME).startswith("&"):
            copies.append(_variable(child))
    return Declared(
        named.text(forms.NAME),
        concrete.unit,
        concrete.number(forms.LOW_PC) or 0,
        named.number(forms.DECL_LINE),
        _once(inputs),
        _once(results),
        _moved(entries, inputs, copies),
        forms.TRAMPOLINE in concrete.attributes,
    )


def _once(variables: list[Variable]) -> tuple[Variable, ...]:
    """Some releases list a result in registers twice (dwarfgen/dwarf.go, go1.21 and go1.22)."""
    return tuple({v.name: v for v in reversed(variables)}.values())[::-1]


def _merged(entry: Entry, origin: Entry) -> Entry:
    return entry._replace(attributes={**origin.attributes, **entry.attributes})


def _variable(entry: Entry) -> Variable:
    target = entry.number(forms.TYPE)
    if target is None:
        raise CorruptError("a variable without a type")
    line, place = entry.number(forms.DECL_LINE), entry.attributes.get(forms.LOCATION)
    return Variable(entry.unit, entry.text(forms.NAME), target, line, place)


def _moved(entries: Entries, inputs: list[Variable], copies: list[Variable]) -> frozenset[str]:
    """The parameters ``x`` of type T that have a variable ``&x`` of type *T from the same line.

    The compiler declares it for what it moves to the heap (ssagen/ssa.go setHeapaddr,
    go1.27.3:840); a captured variable is named like it, but then there is no such parameter.
    """
    found = set()
    for copy in copies:
        target = _plain(entries, _plain(entries, copy.type).number(forms.TYPE) or 0).offset
        for variable in inputs:
            # The line of an inlined function's parameter is not told where it is concrete.
            same_line = variable.line is None or variable.line == copy.line
            if copy.name != f"&{variable.name}" or not same_line:
                continue
            if _plain(entries, variable.type).offset == target:
                found.add(variable.name)
    return frozenset(found)


def _plain(entries: Entries, offset: int) -> Entry:
    """The entry of a type behind the names that type parameters have (`.param0`)."""
    entry = entries.at(offset)
    for _ in range(_LONGEST_CHAIN):
        target = entry.number(forms.TYPE)
        if entry.tag != forms.TYPEDEF or target is None or not is_parameter(entry):
            break
        entry = entries.at(target)
    return entry


def is_parameter(entry: Entry) -> bool:
    """Whether a typedef stands for a type parameter."""
    return entry.text(forms.NAME).startswith(".")
