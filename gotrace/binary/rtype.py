"""Type descriptors: what an interface's first word stands for, in stripped programs too.

Layouts are stable from go1.15 to go1.27 as far as they are read here: size, pointer bytes, hash,
flags, alignments, kind, equality, collector's data, name, pointer to this. Every descriptor is
checked before it is believed: a stale word must not become a type.

Source: runtime/type.go (go1.15.15, go1.19.8), internal/abi/type.go, iface.go (go1.21.13, go1.27.3),
cmd/compile/internal/reflectdata/reflect.go.
"""

from __future__ import annotations

from gotrace.binary.moduledata import Moduledata
from gotrace.binary.pclntab import FunctionTable
from gotrace.binary.view import CorruptError, View
from gotrace.tuples import NamedTuple
from gotrace.types import Kind

_UNCOMMON, _EXTRA_STAR, _NAMED, _DIRECT = 1, 2, 4, 32  # tflag
_KIND_MASK, _KIND_DIRECT = 31, 32  # until go1.25 the kind's bit tells what is stored directly
_FLAGS = 0x3F
_NAME_FLAGS = 0xF  # exported, has a tag, has a package, embedded
_LONGEST_NAME = 1 << 12
_LARGEST_ALIGN = 64
# reflect.Kind's numbers.
_KINDS = (
    None,
    *(Kind.BOOL, Kind.INT, Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64),
    *(Kind.UINT, Kind.UINT8, Kind.UINT16, Kind.UINT32, Kind.UINT64, Kind.UINTPTR),
    *(Kind.FLOAT32, Kind.FLOAT64, Kind.COMPLEX64, Kind.COMPLEX128),
    *(Kind.ARRAY, Kind.CHAN, Kind.FUNC, Kind.INTERFACE, Kind.MAP, Kind.POINTER),
    *(Kind.SLICE, Kind.STRING, Kind.STRUCT, Kind.UNSAFE_POINTER),
)
# Words that a kind adds to a descriptor; the uncommon part follows them. Maps differ by release.
_EXTRA_WORDS = {
    Kind.ARRAY: 3,
    Kind.CHAN: 2,
    Kind.FUNC: 1,
    Kind.INTERFACE: 4,
    Kind.POINTER: 1,
    Kind.SLICE: 1,
    Kind.STRUCT: 4,
}
_HAS_ELEMENT = {Kind.ARRAY, Kind.CHAN, Kind.POINTER, Kind.SLICE}
# Sizes in bytes, and in words.
_SIZES = {
    **dict.fromkeys((Kind.BOOL, Kind.INT8, Kind.UINT8), 1),
    **dict.fromkeys((Kind.INT16, Kind.UINT16), 2),
    **dict.fromkeys((Kind.INT32, Kind.UINT32, Kind.FLOAT32), 4),
    **dict.fromkeys((Kind.INT64, Kind.UINT64, Kind.FLOAT64, Kind.COMPLEX64), 8),
    Kind.COMPLEX128: 16,
}
_WORDS = {
    **dict.fromkeys((Kind.INT, Kind.UINT, Kind.UINTPTR, Kind.POINTER, Kind.UNSAFE_POINTER), 1),
    **dict.fromkeys((Kind.CHAN, Kind.FUNC, Kind.MAP), 1),
    **dict.fromkeys((Kind.STRING, Kind.INTERFACE), 2),
    Kind.SLICE: 3,
}


class RuntimeType(NamedTuple):
    """``name`` as Go prints it (``*main.T``), ``kind`` that of its underlying type, ``size`` in
    bytes. ``pointer_shaped``: an interface holds the value itself, not a pointer to a copy.
    ``package`` is the import path of the package that declares it, None where none does or it is
    not known. ``element`` is the address of the element's descriptor, 0 where there is none.
    """

    name: str
    kind: Kind
    size: int
    pointer_shaped: bool
    named: bool
    package: str | None
    address: int
    hash: int
    element: int


class Itab(NamedTuple):
    """A table of methods: the interface and the type that it holds."""

    interface: RuntimeType
    dynamic: RuntimeType


class RuntimeTypes:
    """The type descriptors of one program."""

    def __init__(self, table: FunctionTable, module: Moduledata) -> None:
        self._image = table.image
        self._word = table.word_size
        self._start, self._end = module.types, module.etypes
        self._minor = table.image.build.minor if table.image.build else None
        self._short_names = table.prints_words  # until go1.16 a name's length is two bytes
        self._known: dict[int, RuntimeType | None] = {}

    def type_at(self, address: int) -> RuntimeType | None:
        """The type whose descriptor lies at a link address; None where none does."""
        if address not in self._known:
            try:
                self._known[address] = self._type(address)
            except CorruptError:
                self._known[address] = None
        return self._known[address]

    def itab_at(self, address: int) -> Itab | None:
        """The table of methods at a link address: both types must be types, and the hash right.

        Those made while the program runs lie in no file.
        """
        if address % self._word or self._image.region(address) in {None, "text"}:
            return None
        first = self._image.pointer(address)
        second = self._image.pointer(address + self._word)
        raw = self._image.read(address + 2 * self._word, 4)
        if not first or not second or raw is None:
            return None
        interface, dynamic = self.type_at(first), self.type_at(second)
        if interface is None or dynamic is None or interface.kind is not Kind.INTERFACE:
            return None
        return Itab(interface, dynamic) if self._view(raw).u32(0) == dynamic.hash else None

    # ------------------------------------------------------------------ one descriptor

    def _view(self, raw: bytes) -> View:
        return View(raw, self._word, self._image.big_endian)

    def _read(self, address: int, size: int) -> View:
        raw = self._image.read(address, size) if self._start <= address < self._end else None
        if raw is None:
            raise CorruptError("outside of the types")
        return self._view(raw)

    def _type(self, address: int) -> RuntimeType | None:
        word = self._word
        if address % min(word, 8) or address == self._start:
            return None
        view = self._read(address, 4 * word + 16)
        size, pointers = view.words(0, 2)
        hashed, flags = view.u32(2 * word), view.u8(2 * word + 4)
        align, field_align, kind_byte = view.slice(2 * word + 5, 3)
        kind = _KINDS[kind_byte & _KIND_MASK] if kind_byte & _KIND_MASK < len(_KINDS) else None
        if kind is None or flags & ~_FLAGS or not _is_align(align) or not _is_align(field_align):
            return None
        expected = _SIZES.get(kind, _WORDS.get(kind, 0) * word)
        if pointers > size or (expected and size != expected):
            return None
        name = self._name(view.i32(4 * word + 8))
        if flags & _EXTRA_STAR:
            name = name[1:]
        return RuntimeType(
            name,
            kind,
            size,
            bool(kind_byte & _KIND_DIRECT or flags & _DIRECT),
            bool(flags & _NAMED),
            self._package(address, kind) if flags & _UNCOMMON else None,
            address,
            hashed,
            self._element(address, kind),
        )

    def _name(self, offset: int) -> str:
        """The name at an offset from the start of the types: flags, length, bytes."""
        address = self._start + offset
        head = self._image.read_up_to(address, 2 + 8)
        if not self._start <= address < self._end or len(head) < 3 or head[0] & ~_NAME_FLAGS:
            raise CorruptError("no name")
        if self._short_names:
            size, start = head[1] << 8 | head[2], 3
        else:
            size, start = self._view(head).varint(1)
        if not 0 < size <= _LONGEST_NAME:
            raise CorruptError("no name")
        try:
            name = bytes(self._read(address, start + size).data[start:]).decode("utf-8")
        except UnicodeDecodeError as error:
            raise CorruptError("no name") from error
        if not name.isprintable():
            raise CorruptError("no name")
        return name

    def _element(self, address: int, kind: Kind) -> int:
        if kind not in _HAS_ELEMENT:
            return 0
        return self._image.pointer(address + 4 * self._word + 16) or 0

    def _package(self, address: int, kind: Kind) -> str | None:
        """The path in the uncommon part: its name's offset, counts of methods, their offset."""
        words = _EXTRA_WORDS.get(kind, 0) if kind is not Kind.MAP else self._map_words()
        if words is None:
            return None
        try:
            view = self._read(address + (4 + words) * self._word + 16, 16)
            offset, methods, exported = view.i32(0), view.u16(4), view.u16(6)
            return self._name(offset) if offset and exported <= methods else None
        except CorruptError:
            return None

    def _map_words(self) -> int | None:
        """Source: internal/abi/map.go (go1.23.4, go1.26.6, go1.27.3)."""
        if self._minor is None:
            return None
        if self._minor >= 27:
            return 11
        if self._minor >= 24:
            return 8
        return 5 if self._word == 8 else 6


def _is_align(value: int) -> bool:
    return 0 < value <= _LARGEST_ALIGN and not value & (value - 1)


def runtime_types(table: FunctionTable) -> RuntimeTypes | None:
    """The types of the program; None where it does not tell where they are."""
    module = table.moduledata
    return RuntimeTypes(table, module) if module else None
