"""What the compiler wrote about a function's arguments: how they print, and which are live.

Source: internal/abi/symtab.go TraceArgs…, cmd/compile/internal/ssagen/ssa.go EmitArgInfo,
cmd/compile/internal/liveness/arg.go ArgLiveness, runtime/traceback.go printArgs (go1.27.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from gotrace.binary.calls import Place, outermost
from gotrace.binary.function import printed_name
from gotrace.binary.view import CorruptError
from gotrace.goversion import Facts
from gotrace.names import split_name
from gotrace.tuples import NamedTuple

Sign = Literal["{", "}", "...", "_"]
ArgToken = tuple[int, int] | Sign

ARG_INFO, _ARG_LIVE_INFO, _ARG_POINTERS = 5, 6, 0  # FUNCDATA
_ARG_LIVE, _STACK_MAP = 3, 1  # PCDATA
_SIGNS: dict[int, Sign] = {0xFE: "{", 0xFD: "}", 0xFC: "...", 0xFB: "_"}
_END = 0xFF
_LONGEST = 256  # TraceArgsMaxLen is 171
_MOST_LIVENESS = 1 << 16
_MOST_BITMAPS = 1 << 16
_SLOTS = 10  # the compiler tracks no more


class Skipped(NamedTuple):
    """How many tracked slots stand before the first printed one, at least and at most."""

    low: int
    high: int


def arguments(place: Place) -> tuple[ArgToken, ...] | None:
    """What a traceback prints of the function's arguments; None where the table does not say.

    Errors: CorruptError.
    """
    address = place.funcdata(ARG_INFO)
    return _tokens(place.image.read_up_to(address, _LONGEST)) if address else None


def marks(place: Place, offset: int, skipped: Skipped | None) -> tuple[bool, ...] | None:
    """Whether each printed number was in its place at ``offset``; None: nothing is known.

    Errors: CorruptError.
    """
    args = arguments(place)
    if args is None:
        return None
    if place.header.format.since == 16:  # go1.17 knows nothing of its registers
        registers = Facts(17, 17).register_abi(place.image.arch)
        return _all_live(args) if registers is False else None
    info, index = _liveness(place, offset)
    if index <= 0:
        return _all_live(args)
    return tuple(_true_marks(args, info, index, skipped or _skipped(place, args, info[0])))


def printed_marks(place: Place, offset: int) -> tuple[bool, ...] | None:
    """The marks as Go prints them at ``offset``; False is `?`.

    Go 1.18 to 1.20 print those of the place where the outermost call was inlined
    (runtime/traceback.go gentraceback: tracepc, go1.19.8:435); of go1.20 nothing is known here.
    Errors: CorruptError.
    """
    args = arguments(place)
    if args is None:
        return None
    if place.header.format.marks_at_call:
        offset = outermost(place, offset)
    info, index = _liveness(place, offset)
    return tuple(_printed_marks(args, info, index)) if index > 0 else _all_live(args)


def home_is_live(place: Place, offset: int, slot: int) -> bool | None:
    """Whether the collector takes the argument word at offset ``slot`` for a live pointer.

    A runtime.stackmap is the number of bitmaps, their bits, the bitmaps.
    Errors: CorruptError.
    """
    found = _followed(place, slot)
    index = max(place.pcdata(_STACK_MAP, offset), 0)
    return None if found is None or index >= len(found) else found[index]


def home_is_ever_live(place: Place, slot: int) -> bool | None:
    """Whether the collector follows the word at offset ``slot`` anywhere in the function.

    Errors: CorruptError.
    """
    found = _followed(place, slot)
    return None if found is None else any(found)


def _followed(place: Place, slot: int) -> tuple[bool, ...] | None:
    """The bit of an argument word in each of the function's bitmaps."""
    address = place.funcdata(_ARG_POINTERS)
    head = place.image.read(address, 8) if address else None
    if head is None:
        return None
    count, width = place.view.of(head).numbers(0, 2, 4)
    word, odd = divmod(slot, place.view.word_size)
    if not 0 <= word < width or odd or count > _MOST_BITMAPS:
        return None
    each = (width + 7) // 8
    raw = place.image.read(address + 8, count * each)
    if raw is None:
        return None
    return tuple(bool(raw[i * each + word // 8] >> (word % 8) & 1) for i in range(count))


# ---------------------------------------------------------------------- helpers


def _tokens(raw: bytes) -> tuple[ArgToken, ...]:
    found: list[ArgToken] = []
    rest = iter(raw)
    for byte in rest:
        if byte == _END:
            return tuple(found)
        sign = _SIGNS.get(byte)
        if sign is not None:
            found.append(sign)
            continue
        size = next(rest, 0)
        if size not in {1, 2, 4, 8}:
            raise CorruptError(f"a number of {size} bytes")
        found.append((byte, size))
    raise CorruptError("a list of arguments without an end")


def _all_live(args: Sequence[ArgToken]) -> tuple[bool, ...]:
    return tuple(True for token in args if isinstance(token, tuple))


def _liveness(place: Place, offset: int) -> tuple[bytes, int]:
    """The first tracked offset, then bitmaps of the tracked slots, and which of them holds.

    Where all are live that is 0.
    """
    address = place.funcdata(_ARG_LIVE_INFO)
    index = place.pcdata(_ARG_LIVE, offset) if address else 0
    if not 0 < index < _MOST_LIVENESS:
        return b"", 0
    size = index + 2  # ten slots fit in two bytes; where eight are enough it has one
    info = place.image.read_up_to(address, size)
    if len(info) <= index:
        raise CorruptError("a bitmap outside of the file")
    return info.ljust(size, b"\0"), index


def _bits(info: bytes, index: int) -> list[bool]:
    return [bool(byte >> i & 1) for byte in info[index : index + 2] for i in range(8)]


def _printed_marks(args: Sequence[ArgToken], info: bytes, index: int) -> Iterator[bool]:
    """The runtime counts the numbers it prints, the compiler the slots it tracks."""
    live, slot = _bits(info, index), 0
    for token in args:
        if isinstance(token, tuple):
            tracked = token[0] >= info[0]
            yield live[slot] if tracked else True
            slot += tracked


def _true_marks(
    args: Sequence[ArgToken], info: bytes, index: int, skipped: Skipped
) -> Iterator[bool]:
    """As the compiler counts, with the slots that are not printed.

    Where nothing tells how many those are, True needs all possibilities to agree.
    """
    live = _bits(info, index)[:_SLOTS]
    low, high = skipped
    for i, token in enumerate(args):
        if token == "..." and i and args[i - 1] == "{":
            high = _SLOTS  # parts nested too deep to be printed have slots, too
        if not isinstance(token, tuple):
            continue
        if token[0] < info[0]:
            yield True
            continue
        yield high < _SLOTS and all(live[low : high + 1])
        low, high = low + 1, min(high + 1, _SLOTS)


def _skipped(place: Place, args: Sequence[ArgToken], first: int) -> Skipped:
    """How many tracked slots, the first at offset ``first``, stand before the first printed one.

    Go drops the first parameter of every function whose name has a bracket, taking it for the
    dictionary. It is that in functions, and before go1.20 in methods; later it is a method's
    receiver, and in a closure its first parameter (ssagen EmitArgInfo, go1.27.3).
    """
    name = place.function.name
    offsets = [token[0] for token in args if isinstance(token, tuple) and token[0] >= first]
    if "[" not in name or not offsets or offsets[0] == first:
        return Skipped(0, 0)
    parts = split_name(printed_name(name))
    dictionary = parts.receiver is None or place.header.format.since < 20
    pointer = parts.receiver is not None and parts.receiver.startswith("*")
    if not parts.closure and (dictionary or pointer):
        return Skipped(1, 1)
    return Skipped(1, min(offsets[0] - first, _SLOTS))
