"""What a function with given inputs prints since go1.17, in the form of the compiler's own list.

The list (funcdata ARG_INFO) says what the program really prints, so a signature from DWARF that
does not lead to the same list is wrong or incomplete.
"""

from __future__ import annotations

from collections.abc import Sequence

from gotrace.binary.pclntab import ArgToken
from gotrace.goversion import Facts
from gotrace.layout.sizes import Sizes
from gotrace.layout.values import Aggregate, Home, Registers, Slot, Token, homes, shape
from gotrace.names import FunctionName
from gotrace.tuples import NamedTuple
from gotrace.types import Field, GoType, Kind

DICTIONARY = GoType(Kind.UNSAFE_POINTER, "dictionary")
_FLOATS = {Kind.FLOAT32, Kind.FLOAT64, Kind.COMPLEX64, Kind.COMPLEX128}


class Abi(NamedTuple):
    """How the program passes arguments."""

    facts: Facts
    registers: Registers


class Passed(NamedTuple):
    """Something a call passes; ``printed``: it is in the list."""

    type: GoType
    printed: bool = True


def passed(
    inputs: Sequence[GoType], name: FunctionName, receiver: bool, facts: Facts
) -> tuple[list[Passed], int]:
    """All that is passed for the declared ``inputs``, and where the dictionary stands (-1: none).

    The compiler leaves out the first of whatever has a `[` in its name
    (ssagen/ssa.go EmitArgInfo, go1.27.3:6855).
    """
    every = [Passed(go_type) for go_type in inputs]
    if not name.generic:
        return every, -1
    if name.closure:
        return [item._replace(printed=False) for item in every[:1]] + every[1:], -1
    of_generic_type = receiver and "[" in (name.receiver or "")
    if every and of_generic_type and facts.has("generic_method_dictionary"):
        first = every[0]._replace(printed=False)
        return [first, Passed(DICTIONARY), *every[1:]], 1
    return [Passed(DICTIONARY, printed=False), *every], 0


def predict(
    items: Sequence[Passed],
    results: Sequence[GoType],
    sizes: Sizes,
    abi: Abi,
    *,
    pushed: int = 0,
) -> tuple[list[ArgToken], tuple[Home, ...]]:
    """The list for these inputs, and where each of them lies.

    ``pushed`` are bytes on the stack that nobody knows: they lie before the spill slots.
    """
    types = [item.type for item in items]
    places = homes(types, results, sizes, abi.registers)
    places = tuple(h._replace(offset=h.offset + pushed) if h.in_register else h for h in places)
    tree = shape(types, places, [not item.printed for item in items], sizes)
    tokens: list[ArgToken] = []
    _flatten(tree, places, tokens)
    return tokens, places


def pushed_by(predicted: Sequence[ArgToken], tokens: Sequence[ArgToken]) -> int:
    """How much farther the first number lies that is not where it was predicted."""
    for one, other in zip(predicted, tokens, strict=False):
        if one != other:
            if isinstance(one, tuple) and isinstance(other, tuple):
                return other[0] - one[0]
            break
    return 0


def _flatten(tree: Sequence[Token], places: Sequence[Home], into: list[ArgToken]) -> None:
    for token in tree:
        if isinstance(token, Slot):
            start = places[token.parameter].offset + token.offset
            into.append("_" if token.too_far else (start, token.size))
        elif isinstance(token, Aggregate):
            into.append("{")
            _flatten(token.tokens, places, into)
            into.append("}")
        else:
            into.append("...")


def components(tokens: Sequence[ArgToken]) -> list[tuple[ArgToken, ...]]:
    """The list cut into top-level components; the last may be ``("...",)``."""
    found: list[tuple[ArgToken, ...]] = []
    depth = start = 0
    for i, token in enumerate(tokens):
        depth += (token == "{") - (token == "}")
        if depth <= 0:
            found.append(tuple(tokens[start : i + 1]))
            start, depth = i + 1, 0
    return found


def first_offset(component: Sequence[ArgToken]) -> int | None:
    """Where a component starts; None where the list does not say."""
    return next((token[0] for token in component if isinstance(token, tuple)), None)


def leaf_classes(go_type: GoType, sizes: Sizes) -> list[tuple[int, bool]]:
    """(offset, floats?) of each register that a value in registers takes, in order."""
    found: list[tuple[int, bool]] = []
    _leaves(go_type, 0, sizes, found)
    return found


def _leaves(go_type: GoType, at: int, sizes: Sizes, into: list[tuple[int, bool]]) -> None:
    measure = sizes.measure(go_type)
    if measure.size == 0 or measure.integers + measure.floats > 64:
        return
    if measure.integers + measure.floats == 1 and go_type.kind not in {Kind.STRUCT, Kind.ARRAY}:
        into.append((at, go_type.kind in _FLOATS))
        return
    for part in sizes.parts(go_type):
        _leaves(part.type, at + part.offset, sizes, into)


class Guess(NamedTuple):
    """What a component of an unknown type may be like: numbers, floats, or in memory (arrays)."""

    floats: bool = False
    arrays: bool = False


_REST = GoType(Kind.ARRAY, "?", element=GoType(Kind.UINTPTR, "?"), length=2)
GUESSES = (Guess(), Guess(floats=True), Guess(arrays=True))
_INTEGERS = {1: Kind.UINT8, 2: Kind.UINT16, 4: Kind.UINT32, 8: Kind.UINT64}


def stand_in(component: Sequence[ArgToken], guess: Guess) -> GoType:
    """A type that prints like ``component``, as far as the list tells."""
    return _stand_in(component, 0, guess)[0]


def is_told(component: Sequence[ArgToken]) -> bool:
    """Whether the list tells all of a component."""
    return "_" not in component and "..." not in component


def _stand_in(tokens: Sequence[ArgToken], at: int, guess: Guess) -> tuple[GoType, int]:
    token = tokens[at]
    if token == "_":
        token = (0, 8)
    if isinstance(token, tuple):
        size = token[1]
        kind = _INTEGERS[size]
        if guess.floats and size >= 4:
            kind = Kind.FLOAT32 if size == 4 else Kind.FLOAT64
        return GoType(kind, "?"), at + 1
    at += 1
    parts: list[GoType] = []
    while tokens[at] != "}":
        if tokens[at] == "...":
            parts.append(_REST)
            at += 1
            continue
        part, at = _stand_in(tokens, at, guess)
        parts.append(part)
    return _made_of(parts, guess), at + 1


def _made_of(parts: list[GoType], guess: Guess) -> GoType:
    if guess.arrays and len(parts) > 1 and len(set(parts)) == 1:
        return GoType(Kind.ARRAY, "?", element=parts[0], length=len(parts))
    return GoType(Kind.STRUCT, "?", fields=tuple(Field("_", part) for part in parts))
