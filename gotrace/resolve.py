"""What addresses stand for: texts, functions, globals and types of the program's own file.

Only what lies in read-only sections has contents that the file can tell: whatever the program could
have written is never read.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Literal

from gotrace.binary.landed import Landed
from gotrace.binary.program import Program
from gotrace.binary.rtype import RuntimeType
from gotrace.human import human
from gotrace.signature import Role, Signature, types_by_name
from gotrace.types import GoType, Kind
from gotrace.value import Argument, Certainty, FieldValue, Value, ValueKind

LONGEST = 1 << 16  # bytes of a text that are shown
FROM_FILE = "read-only data of the program"
_BELIEVED = {Certainty.EXACT, Certainty.LIKELY}
_EMPTY = {"interface {}", "interface{}", "any"}
_NILABLE = {Kind.POINTER, Kind.MAP, Kind.CHAN, Kind.FUNC, Kind.UNSAFE_POINTER}


def resolve(
    arguments: Sequence[Argument], signature: Signature, loaded: Sequence[Landed]
) -> tuple[Argument, ...]:
    """``arguments`` with what their addresses stand for.

    Shape:  the same arguments in the same order; only texts, symbols, regions and dynamic types of
            values are filled in.
    Errors: none; an address that no program knows stays a number.
    Source: abi.Type, abi.ITab (internal/abi/type.go, go1.27.3); a func value points to its code's
            address (runtime/runtime2.go funcval).
    """
    known = [one for one in loaded if one.slide is not None]
    if not known:
        return tuple(arguments)
    types = types_by_name(signature)
    return tuple(_argument(a, types.get((a.role, a.name)), known) for a in arguments)


def unresolved(arguments: Sequence[Argument]) -> tuple[Argument, ...]:
    """``arguments`` without what their addresses stood for: the program was another one."""
    return tuple(a if a.value is None else a._replace(value=_bare(a.value)) for a in arguments)


def _bare(value: Value) -> Value:
    return value._replace(
        text=None,
        text_source=None,
        symbol=None,
        region=None,
        dynamic_type=None,
        typed_nil=None,
        fields=tuple(f._replace(value=_bare(f.value)) for f in value.fields),
        elements=tuple(map(_bare, value.elements)),
    )


def _argument(argument: Argument, go_type: GoType | None, loaded: Sequence[Landed]) -> Argument:
    value = argument.value
    if value is None or argument.certainty is Certainty.UNSET:
        return argument
    if argument.role is Role.DICTIONARY:
        return argument._replace(value=_pointer(value, None, loaded))
    return argument._replace(value=_value(value, go_type, loaded))


def _value(value: Value, go_type: GoType | None, loaded: Sequence[Landed]) -> Value:
    match value.kind:
        case ValueKind.STRING:
            return _string(value, loaded)
        case ValueKind.POINTER:
            return _pointer(value, go_type, loaded)
        case ValueKind.INTERFACE:
            return _interface(value, go_type, loaded)
        case ValueKind.STRUCT | ValueKind.ARRAY:
            return _nested(value, go_type, loaded)
        case _:
            return value


def _nested(value: Value, go_type: GoType | None, loaded: Sequence[Landed]) -> Value:
    inner = () if go_type is None else go_type.fields
    types = {f.name: f.type for f in inner}
    element = None if go_type is None else go_type.element
    fields = tuple(
        FieldValue(f.name, f.type, _value(f.value, types.get(f.name), loaded)) for f in value.fields
    )
    elements = tuple(_value(e, element, loaded) for e in value.elements)
    return value._replace(fields=fields, elements=elements)


def _certainty(value: Value, part: str) -> Certainty:
    return dict(value.certainties).get(part, value.certainty)


def _string(value: Value, loaded: Sequence[Landed]) -> Value:
    """The text, where pointer and length hold and it lies in read-only memory."""
    pointer, length = value.pointer, value.len
    if not pointer or not length or not 0 < length <= LONGEST:
        return value
    if not {_certainty(value, "pointer"), _certainty(value, "len")} <= _BELIEVED:
        return value
    for program, _, slide, _ in loaded:
        assert slide is not None
        if program.image.region(pointer - slide) == "rodata":
            raw = program.image.read(pointer - slide, length)
            if raw is not None:
                text = bytes(raw).decode("utf-8", "surrogateescape")
                return value._replace(text=text, text_source=FROM_FILE)
    return value


def _pointer(value: Value, go_type: GoType | None, loaded: Sequence[Landed]) -> Value:
    address = value.pointer
    if not address:
        return value
    for program, _, slide, _ in loaded:
        assert slide is not None
        region = program.image.region(address - slide)
        if region is None:
            continue
        kind = None if go_type is None else go_type.kind
        symbol = _function(program, address - slide) if kind is Kind.FUNC else None
        # An old word often is a return address: its name would only mislead.
        if symbol is None and value.certainty is not Certainty.STALE:
            symbol = _symbol(program, address - slide)
        return value._replace(region=region, symbol=symbol)
    return value


def _function(program: Program, address: int) -> str | None:
    """The function that a func value calls: its first word is the code's address."""
    if program.image.region(address) != "rodata":
        return None  # a closure on the heap, or one that the program writes
    code = program.image.pointer(address)
    if code is None or program.table is None:
        return None
    function = program.table.at(code)
    return None if function is None or function.entry != code else function.name


def _symbol(program: Program, address: int) -> str | None:
    """``main.table``, ``main.table+0x10``."""
    found = program.symbol_at(address)
    if found is None:
        return None
    name, offset = found
    return f"{name}+{offset:#x}" if offset else name


def _interface(value: Value, go_type: GoType | None, loaded: Sequence[Landed]) -> Value:
    if not value.type_word:
        return value
    for program, _, slide, _ in loaded:
        assert slide is not None
        dynamic = _dynamic(program, value.type_word - slide, go_type)
        if dynamic is not None:
            nil = _typed_nil(value, dynamic)
            value = value._replace(dynamic_type=dynamic.name, typed_nil=nil)
            return _with_constant(value, dynamic, loaded)
    return value


def _dynamic(program: Program, word: int, go_type: GoType | None) -> RuntimeType | None:
    """An empty interface holds the type's address, any other one that of a table of methods."""
    types = program.types
    if types is None:
        return None
    if go_type is None or go_type.text in _EMPTY:
        found = types.type_at(word)
        if found is not None or go_type is not None:
            return found
    table = types.itab_at(word)
    if table is not None:
        return table.dynamic
    # A named empty interface cannot be told from another by its name.
    return types.type_at(word)


def _with_constant(value: Value, dynamic: RuntimeType, loaded: Sequence[Landed]) -> Value:
    """The number or text that an interface holds a pointer to, where that is a constant."""
    believed = {_certainty(value, "type_word"), _certainty(value, "data_word")} <= _BELIEVED
    if not believed or not value.pointer or dynamic.pointer_shaped:
        return value
    for program, _, slide, _ in loaded:
        assert slide is not None
        if program.image.region(value.pointer - slide) == "rodata":
            text = _constant(program, dynamic, value.pointer - slide)
            source = None if text is None else FROM_FILE
            return value._replace(text=text, text_source=source)
    return value


_SIGNED = {Kind.INT, Kind.INT8, Kind.INT16, Kind.INT32, Kind.INT64}
_UNSIGNED = {Kind.UINT, Kind.UINT8, Kind.UINT16, Kind.UINT32, Kind.UINT64, Kind.UINTPTR}
_FLOATS = {4: "f", 8: "d"}


def _constant(program: Program, dynamic: RuntimeType, address: int) -> str | None:
    image = program.image
    raw = image.read(address, dynamic.size)
    if raw is None or not raw:
        return None
    order: Literal["big", "little"] = "big" if image.big_endian else "little"
    match dynamic.kind:
        case kind if kind in _SIGNED or kind in _UNSIGNED:
            number = int.from_bytes(raw, order, signed=kind in _SIGNED)
            return human(dynamic.name, number) or str(number)
        case Kind.BOOL:
            return {0: "false", 1: "true"}.get(raw[0])
        case Kind.FLOAT32 | Kind.FLOAT64:
            mark = ">" if image.big_endian else "<"
            return repr(struct.unpack(mark + _FLOATS[len(raw)], raw)[0])
        case Kind.STRING if len(raw) == 2 * image.word_size:
            return _constant_text(program, address)
        case _:
            return None


def _constant_text(program: Program, address: int) -> str | None:
    """The constant string whose header lies at ``address``."""
    image = program.image
    pointer, length = image.pointer(address), image.pointer(address + image.word_size)
    if not pointer or not length or length > LONGEST or image.region(pointer) != "rodata":
        return None
    raw = image.read(pointer, length)
    return None if raw is None else bytes(raw).decode("utf-8", "surrogateescape")


def _typed_nil(value: Value, dynamic: RuntimeType) -> bool | None:
    if _certainty(value, "data_word") not in _BELIEVED or value.pointer is None:
        return None
    return value.pointer == 0 and dynamic.kind in _NILABLE
