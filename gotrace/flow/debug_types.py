"""Types of DWARF, one level at a time, as the data flow walks through them.

Source: cmd/link/internal/ld/dwarf.go (go1.15.15, go1.27.3).
"""

from __future__ import annotations

from gotrace.binary import dwarf_forms as forms
from gotrace.binary.dwarf_entries import Entries, Entry
from gotrace.binary.view import CorruptError
from gotrace.tuples import NamedTuple
from gotrace.types import Kind

_LONGEST_CHAIN = 16
_TAGS = {
    forms.POINTER: Kind.POINTER,
    forms.STRUCTURE: Kind.STRUCT,
    forms.ARRAY: Kind.ARRAY,
    forms.SUBROUTINE: Kind.FUNC,
}
_KINDS = {
    13: Kind.FLOAT32, 14: Kind.FLOAT64, 17: Kind.ARRAY, 18: Kind.CHAN, 19: Kind.FUNC,
    20: Kind.INTERFACE, 21: Kind.MAP, 22: Kind.POINTER, 23: Kind.SLICE, 24: Kind.STRING,
    25: Kind.STRUCT, 26: Kind.UNSAFE_POINTER,
}  # fmt: skip
_WORD = 8
_INTERFACES = frozenset({"runtime.iface", "runtime.eface"})


class Member(NamedTuple):
    """A field of a struct."""

    name: str
    offset: int
    type: DebugType
    embedded: bool


class DebugType:
    """A type by the offset of its entry; what it is made of is read when asked for.

    Not a NamedTuple: it remembers what was read.
    """

    def __init__(self, types: DebugTypes, entry: Entry) -> None:
        self._types = types
        self._entry = entry
        self._members: tuple[Member, ...] | None = None
        self.kind = types.kind_of(entry)
        self._core = types.core(entry)

    @property
    def name(self) -> str:
        """As DWARF has it: ``main.T``, ``*main.T``."""
        return self._entry.text(forms.NAME)

    @property
    def size(self) -> int:
        """Bytes; a word where DWARF does not say."""
        for entry in (self._entry, self._core):
            size = entry.number(forms.BYTE_SIZE)
            if size is not None:
                return size
        if self.kind is Kind.ARRAY:
            element = self.element
            return self.length * element.size if element else 0
        return 2 * _WORD if self.kind is Kind.INTERFACE else _WORD

    @property
    def members(self) -> tuple[Member, ...]:
        """The fields of a struct."""
        if self._members is None:
            self._members = self._types.members(self._core)
        return self._members

    @property
    def element(self) -> DebugType | None:
        """What a pointer points to, what a slice, array, channel or map holds."""
        attribute = forms.TYPE if self.kind in {Kind.POINTER, Kind.ARRAY} else forms.GO_ELEM
        for entry in (self._entry, self._core):  # that of a map stands on the typedef
            target = entry.number(attribute)
            if target is not None and (attribute == forms.GO_ELEM or entry is self._core):
                return self._types.at(target)
        return None

    @property
    def length(self) -> int:
        """Of an array."""
        return self._types.length(self._core)

    @property
    def words(self) -> list[int]:
        """The offsets of its parts that take a register each, vectors and arrays aside."""
        if self.kind is Kind.STRUCT:
            return [m.offset + w for m in self.members for w in m.type.words]
        count = {Kind.STRING: 2, Kind.INTERFACE: 2, Kind.SLICE: 3}.get(self.kind, 1)
        return [i * _WORD for i in range(count)]

    @property
    def floats(self) -> int:
        """How many of its parts go into floating-point registers."""
        if self.kind is Kind.STRUCT:
            return sum(m.type.floats for m in self.members)
        return int(self.kind in {Kind.FLOAT32, Kind.FLOAT64})

    @property
    def has_array(self) -> bool:
        """Whether it holds an array of several, which never goes into registers."""
        if self.kind is Kind.STRUCT:
            return any(m.type.has_array for m in self.members)
        return self.kind is Kind.ARRAY and self.length > 1

    @property
    def align(self) -> int:
        """Bytes."""
        if self.kind is Kind.STRUCT:
            return max((m.type.align for m in self.members), default=1)
        if self.kind is Kind.ARRAY:
            return self.element.align if self.element else 1
        return self.size if self.size in {1, 2, 4} else _WORD


class DebugTypes:
    """The types of one program's DWARF."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._known: dict[int, DebugType | None] = {}

    def at(self, offset: int) -> DebugType | None:
        """The type whose entry is at ``offset``; None where that makes no sense."""
        if offset not in self._known:
            try:
                self._known[offset] = DebugType(self, self._entries.at(offset))
            except CorruptError:
                self._known[offset] = None
        return self._known[offset]

    def core(self, entry: Entry) -> Entry:
        """The entry behind typedefs."""
        for _ in range(_LONGEST_CHAIN):
            target = entry.number(forms.TYPE)
            if entry.tag != forms.TYPEDEF or target is None:
                return entry
            entry = self._entries.at(target)
        return entry

    def kind_of(self, entry: Entry) -> Kind:
        """The kind of a type, whatever it is called."""
        for _ in range(_LONGEST_CHAIN):
            number = entry.number(forms.GO_KIND)
            if number is not None and number & 31:
                return _KINDS.get(number & 31, Kind.UNKNOWN)
            target = entry.number(forms.TYPE)
            if entry.tag != forms.TYPEDEF or target is None:
                break
            entry = self._entries.at(target)
        if entry.text(forms.NAME) in _INTERFACES:
            return Kind.INTERFACE
        return _TAGS.get(entry.tag, Kind.UNKNOWN)

    def members(self, core: Entry) -> tuple[Member, ...]:
        """The fields of a struct's entry."""
        found = []
        try:
            for child in self._entries.children(core):
                target = child.number(forms.TYPE)
                type_ = self.at(target) if target is not None else None
                if child.tag != forms.MEMBER or type_ is None:
                    continue
                embedded = bool(child.number(forms.GO_EMBEDDED))
                name = child.text(forms.NAME)
                name = name.rsplit(".", 1)[-1] if embedded else name
                offset = child.number(forms.DATA_MEMBER_LOCATION) or 0
                found.append(Member(name, offset, type_, embedded))
        except CorruptError:
            pass
        return tuple(found)

    def length(self, core: Entry) -> int:
        """The length of an array's entry."""
        try:
            for child in self._entries.children(core):
                if child.tag == forms.SUBRANGE:
                    return child.number(forms.COUNT) or 0
        except CorruptError:
            pass
        return 0
