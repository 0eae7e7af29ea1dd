"""The variables of one function, those of what was inlined into it included, and where they are."""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.binary import dwarf_forms as forms
from gotrace.binary.dwarf_entries import Entries, Entry
from gotrace.binary.dwarf_functions import find_entry
from gotrace.binary.dwarf_units import Unit
from gotrace.binary.function import Function
from gotrace.binary.image import Image
from gotrace.binary.view import CorruptError
from gotrace.flow.code import Code
from gotrace.flow.debug_places import Piece, Places, Range
from gotrace.flow.debug_types import DebugType, DebugTypes
from gotrace.flow.values import Place
from gotrace.tuples import NamedTuple

INLINED, BLOCK, HIGH_PC, RANGES = 0x1D, 0x0B, 0x12, 0x55
_MOST_VARIABLES = 1 << 12
_DEEPEST = 24
_MOST_ON_STACK = 48


class Scope(NamedTuple):
    """The code of an inlined call: the function itself has none."""

    name: str
    ranges: tuple[tuple[int, int], ...]


class Variable(NamedTuple):
    """``home`` is where a parameter that is passed on the stack lies, by the ABI; ``blocks`` the
    code of the blocks around the declaration, where that is known."""

    name: str
    type: DebugType
    parameter: bool
    result: bool
    scope: Scope | None
    entry: Entry
    home: int | None = None
    blocks: tuple[tuple[tuple[int, int], ...], ...] = ()

    def is_visible(self, pc: int) -> bool:
        """Whether ``pc`` lies in the blocks that it is declared in."""
        return all(any(a <= pc < b for a, b in block) for block in self.blocks)


class Debug:
    """The DWARF of one program, for its functions' variables."""

    def __init__(self, image: Image) -> None:
        self._debug = image.debug
        self.entries = Entries(image.debug, "big" if image.big_endian else "little")
        self.types = DebugTypes(self.entries)

    def entry_of(self, function: Function) -> Entry | None:
        """The entry with a function's code."""
        try:
            found = find_entry(self.entries, function.name, function.entry)
        except CorruptError:
            return None
        return found[0] if found else None

    def variables(self, function: Function) -> tuple[Variable, ...]:
        """All variables of a function; as many as can be read."""
        entry = self.entry_of(function)
        found: list[Variable] = []
        if entry is not None:
            try:
                for variable in self._below(entry, None, 0):
                    found.append(variable)
                    if len(found) > _MOST_VARIABLES:
                        break
            except CorruptError:
                pass
        return tuple(found)

    def _below(self, entry: Entry, scope: Scope | None, depth: int) -> Iterator[Variable]:
        if depth > _DEEPEST:
            return
        for child in self.entries.children(entry):
            if child.tag in {forms.FORMAL_PARAMETER, forms.VARIABLE}:
                variable = self._variable(child, scope)
                if variable is not None:
                    yield variable
            elif child.tag == INLINED:
                origin = self._origin(child)
                inner = Scope(origin.text(forms.NAME), tuple(self._ranges(child)))
                yield from self._below(child, inner, depth + 1)
            elif child.tag == BLOCK:
                around = tuple(self._ranges(child))
                for found in self._below(child, scope, depth + 1):
                    inside = (around, *found.blocks) if around else found.blocks
                    yield found._replace(blocks=inside)

    def _origin(self, entry: Entry) -> Entry:
        target = entry.number(forms.ABSTRACT_ORIGIN)
        return entry if target is None else self.entries.at(target)

    def _variable(self, entry: Entry, scope: Scope | None) -> Variable | None:
        origin = self._origin(entry)
        target = entry.number(forms.TYPE)
        target = origin.number(forms.TYPE) if target is None else target
        type_ = self.types.at(target) if target is not None else None
        name = entry.text(forms.NAME) or origin.text(forms.NAME)
        if type_ is None or not name:
            return None
        result = bool(origin.number(forms.VARIABLE_PARAMETER))
        parameter = entry.tag == forms.FORMAL_PARAMETER and not result
        return Variable(name, type_, parameter, result, scope, entry)

    def _ranges(self, entry: Entry) -> Iterator[tuple[int, int]]:
        low, high = entry.number(forms.LOW_PC), entry.number(HIGH_PC)
        if low is not None and high is not None:
            yield low, high if high >= low else low + high
            return
        at = entry.number(RANGES)
        if at is None:
            return
        unit = entry.unit
        base = self.entries.top(unit).number(forms.LOW_PC) or 0
        listed = self._since_5 if unit.widths.version > 4 else self._until_4
        yield from listed(entry, at, base)

    def _address(self, entry: Entry, index: int) -> int:
        """Entry ``index`` of the unit's part of .debug_addr."""
        unit = entry.unit
        base, size = self.entries.top(unit).number(forms.ADDR_BASE) or 0, unit.widths.address
        raw = self._debug("addr")[base + index * size : base + (index + 1) * size]
        return int.from_bytes(raw, unit.widths.order)

    def _until_4(self, entry: Entry, at: int, base: int) -> Iterator[tuple[int, int]]:
        data, size = self._debug("ranges"), entry.unit.widths.address
        order = entry.unit.widths.order
        largest = (1 << (8 * size)) - 1
        for _ in range(_MOST_VARIABLES):
            start = int.from_bytes(data[at : at + size], order)
            end = int.from_bytes(data[at + size : at + 2 * size], order)
            at += 2 * size
            if not start and not end:
                return
            if start == largest:
                base = end
            else:
                yield base + start, base + end

    def _since_5(self, entry: Entry, at: int, base: int) -> Iterator[tuple[int, int]]:
        """DWARF 5 section 7.25; Go gives a base by index and offsets to it."""
        data = self._debug("rnglists")
        try:
            while data[at]:
                code, at = data[at], at + 1
                if code == 1:
                    number, at = forms.uleb(data, at)
                    base = self._address(entry, number)
                elif code == 4:
                    start, at = forms.uleb(data, at)
                    end, at = forms.uleb(data, at)
                    yield base + start, base + end
                elif code == 5:
                    size = entry.unit.widths.address
                    base = int.from_bytes(data[at : at + size], entry.unit.widths.order)
                    at += size
                else:
                    return
        except IndexError:
            return


class Variables:
    """The variables of a function whose code is being read."""

    def __init__(self, debug: Debug, code: Code, places: Places) -> None:
        self._places = places
        self._code = code
        self._entries = debug.entries
        self.all = _with_homes(debug.variables(code.function), code)
        self._ranges: dict[int, list[Range]] = {}

    def ranges(self, variable: Variable) -> list[Range]:
        """Where a variable is, by pc."""
        at = variable.entry.offset
        if at not in self._ranges:
            place = variable.entry.attributes.get(forms.LOCATION)
            unit = variable.entry.unit
            found = self._places.ranges(unit, place, self._base(unit), variable.type.size)
            self._ranges[at] = [r._replace(pieces=_at_home(r.pieces, variable)) for r in found]
        return self._ranges[at]

    def _base(self, unit: Unit) -> int:
        """What locations count from. For ELF and PE the linker writes a base into each list; for
        Mach-O it writes none (cmd/link/internal/ld/dwarf.go, putlocation of go1.15 to go1.27)."""
        if unit.widths.version > 4:
            return self._code.function.entry
        return self._entries.top(unit).number(forms.LOW_PC) or 0

    def holding(self, place: Place, pc: int) -> Iterator[tuple[Variable, int]]:
        """(variable, offset into it) of everything that is in ``place`` at ``pc``."""
        for variable in self.all:
            scope = variable.scope
            if scope and scope.ranges and not any(a <= pc <= b for a, b in scope.ranges):
                continue
            for found in self.ranges(variable):
                if not found.start <= pc < found.end:
                    continue
                for piece in found.pieces:
                    if isinstance(place, str):
                        if piece.place == place:
                            yield variable, piece.offset
                    elif isinstance(piece.place, int):
                        inside = place - piece.place
                        if 0 <= inside < piece.size:
                            yield variable, piece.offset + inside

    def place_of(self, variable: Variable, offset: int, pc: int) -> Place | None:
        """Where the word ``offset`` bytes into a variable is at ``pc``; None: not known."""
        for found in self.ranges(variable):
            if found.start <= pc < found.end:
                for piece in found.pieces:
                    inside = offset - piece.offset
                    if 0 <= inside < piece.size:
                        place = piece.place
                        return place + inside if isinstance(place, int) else place
        return None

    def on_stack(self, pc: int) -> Iterator[tuple[Variable, int]]:
        """(variable, its slot) of what lies whole on the stack at ``pc``."""
        count = 0
        for variable in self.all:
            for found in self.ranges(variable):
                places = [p.place for p in found.pieces]
                whole = len(places) == 1 and isinstance(places[0], int)
                if whole and found.start <= pc < found.end and count < _MOST_ON_STACK:
                    count += 1
                    yield variable, int(places[0])

    def in_frame(self, slot: int) -> Iterator[tuple[Variable, int]]:
        """(variable, offset into it) of what lies at a stack slot, at whatever pc."""
        for variable in self.all:
            for found in self.ranges(variable):
                for piece in found.pieces:
                    if isinstance(piece.place, int) and 0 <= slot - piece.place < piece.size:
                        yield variable, piece.offset + slot - piece.place


def _with_homes(variables: tuple[Variable, ...], code: Code) -> tuple[Variable, ...]:
    """Parameters that do not fit into registers get their place among the arguments."""
    found: list[Variable] = []
    integers = floats = 0
    at = code.target.first_argument
    most = (len(code.target.arguments), 15) if code.in_registers else (0, 0)
    for variable in variables:
        if not variable.parameter or variable.scope is not None:
            found.append(variable)
            continue
        type_ = variable.type
        taken = len(type_.words) - type_.floats
        fits = integers + taken <= most[0] and floats + type_.floats <= most[1]
        if most[0] and fits and not type_.has_array:
            integers, floats = integers + taken, floats + type_.floats
            found.append(variable)
            continue
        at = -(-at // type_.align) * type_.align
        found.append(variable._replace(home=at))
        at += type_.size
    return tuple(found)


def _at_home(pieces: tuple[Piece, ...], variable: Variable) -> tuple[Piece, ...]:
    """Of a parameter of which one part is live, as the length, the list has the place of that, and
    calls it the whole (seen with go1.15.15 and go1.27.3)."""
    home = variable.home
    if home is None or len(pieces) != 1:
        return pieces
    place = pieces[0].place
    size = variable.type.size
    if isinstance(place, int) and home < place < home + size and pieces[0].size == size:
        return (Piece(place, place - home, home + size - place),)
    elsewhere = isinstance(place, int) and not home <= place < home + size
    if elsewhere and pieces[0].size == size and len(variable.type.words) > 1:
        return ()  # one of its parts lies there, and nothing tells which
    return pieces
