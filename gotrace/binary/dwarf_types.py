"""Go types from DWARF, by the offset of their entry.

Source: cmd/link/internal/ld/dwarf.go newtype, synthesizemaptypes and the like (go1.15.15,
go1.27.3).
"""

from __future__ import annotations

from gotrace.binary import dwarf_forms as forms
from gotrace.binary.dwarf_entries import Entries, Entry
from gotrace.binary.dwarf_names import go_text, is_defined, last_element
from gotrace.binary.view import CorruptError
from gotrace.layout.sizes import Sizes
from gotrace.types import Field, GoType, Kind

# reflect.Kind; DW_AT_go_kind holds it.
_KINDS = (
    None, Kind.BOOL, Kind.INT, Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64, Kind.UINT, Kind.UINT8,
    Kind.UINT16, Kind.UINT32, Kind.UINT64, Kind.UINTPTR, Kind.FLOAT32, Kind.FLOAT64, Kind.COMPLEX64,
    Kind.COMPLEX128, Kind.ARRAY, Kind.CHAN, Kind.FUNC, Kind.INTERFACE, Kind.MAP, Kind.POINTER,
    Kind.SLICE, Kind.STRING, Kind.STRUCT, Kind.UNSAFE_POINTER,
)  # fmt: skip
_INTERFACES = {"runtime.eface", "runtime.iface"}
_TAGS = {
    forms.POINTER: Kind.POINTER,
    forms.SUBROUTINE: Kind.FUNC,
    forms.ARRAY: Kind.ARRAY,
    forms.STRUCTURE: Kind.STRUCT,
}
_WORDS = {Kind.POINTER, Kind.UNSAFE_POINTER, Kind.MAP, Kind.CHAN, Kind.FUNC}
TYPE_TAGS = frozenset({*_TAGS, forms.TYPEDEF, forms.BASE})
_MOST_FIELDS = 1 << 14
_LARGEST = 1 << 17  # parts of one type, shared ones counted wherever they stand
_MOST_TYPES = 1 << 16
_DEEPEST = 40
_LONGEST_CHAIN = 16
_ALIGNED = "atomic.align64"  # known to the compiler: types/size.go CalcStructSize
_POINTEES = 1  # how many pointers deep fields are told


class Types:
    """Reads types and remembers them. Everything raises CorruptError for what makes no sense."""

    def __init__(self, entries: Entries, sizes: Sizes) -> None:
        self._entries = entries
        self.sizes = sizes
        self._known: dict[tuple[int, int], GoType] = {}
        self._parts: dict[int, int] = {}  # of each known one, by identity
        self._right: set[int] = set()
        self._packages: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._depth = 0

    def type_at(self, offset: int) -> GoType:
        """The type of a parameter, its size checked."""
        if len(self._known) > _MOST_TYPES:
            self._forget()
        found = self._type(offset, _POINTEES)
        if offset not in self._right:
            size = self._size(self._entries.at(offset))
            if size is not None and size != self.sizes.measure(found).size:
                raise CorruptError(f"{found.text} has another size")
            self._right.add(offset)
        return found

    def named(self, name: str) -> GoType | None:
        """The defined type, or pointer to it, with this DWARF name; None where there is none."""
        raw = name.encode("utf-8", "surrogateescape")
        for entry in self._entries.named(raw + b"\0", TYPE_TAGS):
            try:
                return self.type_at(entry.offset)
            except CorruptError:
                continue
        return None

    def text(self, raw: str) -> str:
        """A type's name in Go syntax."""
        found = self._texts.get(raw)
        if found is None:
            found = self._texts[raw] = go_text(raw, self.package_name)
        return found

    def package_name(self, path: str) -> str:
        """The name of the package at an import path (escaped as in symbols)."""
        found = self._packages.get(path)
        if found is None:
            found = self._packages[path] = self._read_package(path)
        return found

    def _read_package(self, path: str) -> str:
        """Some packages are not named like the last element of their path."""
        last = last_element(path)
        unit = self._entries.unit_named(path[: -len(path.rsplit("/", 1)[-1])] + last)
        try:
            name = "" if unit is None else self._entries.top(unit).text(forms.GO_PACKAGE_NAME)
        except CorruptError:
            name = ""
        return last if name in {"", "main"} else name

    def _forget(self) -> None:
        """Keep memory bounded; whoever needs a type again reads it again."""
        self._known.clear()
        self._parts.clear()
        self._right.clear()
        self._texts.clear()
        self.sizes = Sizes(self.sizes.word_size, align64=self.sizes.align64)

    # ------------------------------------------------------------------ one type

    def _type(self, offset: int, pointers: int) -> GoType:
        """The type at ``offset`` with the fields of what is that many ``pointers`` away."""
        key = (offset, pointers)
        found = self._known.get(key)
        if found is not None:
            return found
        if self._depth > _DEEPEST:
            raise CorruptError("types nest too deep")
        self._depth += 1
        try:
            found = self._read(self._entries.at(offset), pointers)
        finally:
            self._depth -= 1
        inner = [f.type for f in found.fields] if found.element is None else [found.element]
        parts = 1 + sum(self._parts.get(id(part), 1) for part in inner)
        if parts > _LARGEST:
            raise CorruptError("a type without an end")
        self._known[key], self._parts[id(found)] = found, parts
        return found

    def _read(self, entry: Entry, pointers: int) -> GoType:
        core, kind = self._core(entry)
        text, named = self._name(entry, kind)
        found = GoType(kind, text, named)
        if pointers < 0:
            return found
        match kind:
            case Kind.STRUCT:
                fields = self._fields(core, pointers)
                return found._replace(fields=fields, align64=text == _ALIGNED)
            case Kind.ARRAY:
                return self._array(found, core, pointers)
            case Kind.POINTER:
                return self._with_element(found, core.number(forms.TYPE), pointers - 1)
            case Kind.SLICE | Kind.CHAN | Kind.MAP:
                return self._with_element(found, core.number(forms.GO_ELEM), -1)
            case _:
                return found

    def _with_element(self, found: GoType, element: int | None, pointers: int) -> GoType:
        if element is None:
            return found
        # A pointer's own pointee is told with its fields, theirs by name only.
        return found._replace(element=self._type(element, pointers))

    def _core(self, entry: Entry) -> tuple[Entry, Kind]:
        """What ``entry`` is in the end, behind typedefs, and its kind."""
        for _ in range(_LONGEST_CHAIN):
            name = entry.text(forms.NAME)
            kind = self._kind(entry)
            if kind is not None:
                return entry, kind
            target = entry.number(forms.TYPE)
            if entry.tag != forms.TYPEDEF or target is None:
                break
            behind = self._entries.at(target)
            other = behind.text(forms.NAME)
            if other in _INTERFACES and name != other:
                return behind, Kind.INTERFACE
            entry = behind
        raise CorruptError("no type of Go")

    def _kind(self, entry: Entry) -> Kind | None:
        """None for a typedef that only names another type."""
        number = (entry.number(forms.GO_KIND) or 0) & 31
        kind = _KINDS[number] if number < len(_KINDS) else None
        if entry.tag == forms.TYPEDEF:
            return kind if kind in {Kind.MAP, Kind.CHAN, Kind.INTERFACE} else None
        if entry.tag == forms.POINTER and kind is None and forms.TYPE not in entry.attributes:
            return Kind.UNSAFE_POINTER
        kind = kind or _TAGS.get(entry.tag)
        if kind is None:
            raise CorruptError("no type of Go")
        return kind

    def _name(self, entry: Entry, kind: Kind) -> tuple[str, str]:
        raw = entry.text(forms.NAME)
        while entry.tag == forms.TYPEDEF and raw.startswith("."):  # .param0: a type parameter
            target = entry.number(forms.TYPE)
            if target is None or target == entry.offset:
                raise CorruptError("a type parameter of no type")
            entry = self._entries.at(target)
            raw = entry.text(forms.NAME)
        if not raw:
            raise CorruptError("a type without a name")
        text = self.text(raw)
        if text == "any":
            text = "interface {}"
        return text, text if is_defined(text) and kind is not Kind.UNSAFE_POINTER else ""

    # ------------------------------------------------------------------ composites

    def _fields(self, core: Entry, pointers: int) -> tuple[Field, ...]:
        found: list[Field] = []
        for child in self._entries.children(core):
            offset = child.number(forms.TYPE)
            if child.tag != forms.MEMBER or offset is None:
                continue
            if len(found) >= _MOST_FIELDS:
                raise CorruptError("too many fields")
            name = child.text(forms.NAME)
            if child.number(forms.GO_EMBEDDED):
                name = name.rsplit(".", 1)[-1]
            found.append(Field(name, self._type(offset, pointers)))
        return tuple(found)

    def _array(self, found: GoType, core: Entry, pointers: int) -> GoType:
        element = core.number(forms.TYPE)
        length = None
        for child in self._entries.children(core):
            if child.tag == forms.SUBRANGE:
                length = child.number(forms.COUNT)
                break
        if element is None or length is None:
            raise CorruptError("an array of nothing")
        return found._replace(element=self._type(element, pointers), length=length)

    def _size(self, entry: Entry) -> int | None:
        """What DWARF says about its size; None where it does not."""
        core, kind = self._core(entry)
        if kind in _WORDS:
            return self.sizes.word_size
        return 2 * self.sizes.word_size if kind is Kind.INTERFACE else core.number(forms.BYTE_SIZE)
