"""Values of the machine as Go expressions, by DWARF's variables and types.

A load of what lies 0x20 behind what was in `rax` on entry is `s.conf`, if the receiver `s` came in
`rax`. All names that are found count: the source decides which of them it wrote.
"""

from __future__ import annotations

from collections.abc import Iterator

from gotrace.flow.code import Code
from gotrace.flow.debug_types import DebugType
from gotrace.flow.flow import Flow
from gotrace.flow.naming_declared import global_type, result_of
from gotrace.flow.naming_parts import SAYING_NOTHING, array_at, converted, member_at, part_at
from gotrace.flow.standing import Standing
from gotrace.flow.values import Flowing, Held, ValueKind, shape
from gotrace.flow.variables import Debug, Variable, Variables
from gotrace.names import split_name
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple
from gotrace.types import Kind

_DEEPEST = 9
ONE_OF_SEVERAL = 0.8  # the quality of what a value may be, or another
_MOST_NAMES = 10
_WIDEST = 16  # bytes of a variable that can be nil
_MAP_ACCESS = lazy_pattern(r"runtime\.mapaccess|internal/runtime/maps\..*[Aa]ccess")
_UNWRITTEN = ("~", ".")  # what the compiler makes for parameters without a name
_SHIFTS = frozenset({"shl", "lsl"})
_SCALING = _SHIFTS | {"imul", "mul"}


class Named(NamedTuple):
    """An expression for a value, or for what lies at an address (``is_address``).

    ``offset`` is how far into it; ``root`` the pointer that the address was made from. ``quality``
    is less for what is only one of several.
    """

    text: str
    type: DebugType | None
    offset: int = 0
    is_address: bool = False
    root: str = ""
    quality: float = 1.0
    inlined: bool = False


class Names:
    """Names the values of one function."""

    def __init__(
        self,
        debug: Debug,
        code: Code,
        flow: Flow,
        variables: Variables,
        standing: Standing | None = None,
    ) -> None:
        self._standing = standing
        self._debug = debug
        self._code = code
        self._flow = flow
        self._variables = variables
        self._known: dict[int, tuple[Flowing, list[Named]]] = {}

    def standing(self, standing: Standing) -> Names:
        """Those that still mean the same there."""
        return Names(self._debug, self._code, self._flow, self._variables, standing)

    @property
    def lost(self) -> frozenset[str]:
        """Variables that named something, and may have been set since."""
        return frozenset(self._standing.lost) if self._standing else frozenset()

    def of(self, value: Flowing | None, depth: int = 0) -> list[Named]:
        """The names of a value, those that DWARF gives its places first."""
        if value is None or depth > _DEEPEST:
            return []
        known = self._known.get(id(value))
        if known is not None:
            return known[1]
        self._known[id(value)] = (value, [])
        found = {
            (n.text, n.offset, n.is_address): n for n in reversed(list(self._all(value, depth)))
        }
        names = list(found.values())[::-1][:_MOST_NAMES]
        self._known[id(value)] = (value, names)
        return names

    def copies(self, value: Flowing, at: int) -> Iterator[Named]:
        """Variables on the stack that hold the same value before instruction ``at``: without
        optimisation a register goes on being used after its variable was stored."""
        if value.kind in {ValueKind.UNKNOWN, ValueKind.MERGE}:
            return
        wanted, pc = shape(value), self._code.instructions[at].address
        for variable, slot in self._variables.on_stack(pc):
            if variable.type.size <= _WIDEST and shape(self._flow.value(slot, at)) == wanted:
                yield Named(variable.name, variable.type, root=variable.name)

    def _all(self, value: Flowing, depth: int) -> Iterator[Named]:
        entry = self._code.function.entry
        for place, pc, later in self._seen(value):
            for variable, offset in self._variables.holding(place, pc):
                if (variable.result and pc == entry) or not self._means(variable, offset, value):
                    continue
                inlined, quality = variable.scope is not None, 0.95 if later else 1.0
                text, type_, inside = part_at(variable.type, offset, variable.name)
                yield Named(text, type_, inside, False, text, quality, inlined)
        yield from self._made(value, depth)

    def _seen(self, value: Flowing) -> Iterator[Held]:
        """Where the value was; a variable that is set to it has its new place from the next
        instruction on."""
        yield from value.held
        index, instructions = self._code.index, self._code.instructions
        for place, pc, later in value.held:
            at = index.get(pc)
            if later or at is None or self._flow.changes(at, place):
                continue
            yield Held(place, pc + instructions[at].size, True)

    def _means(self, variable: Variable, offset: int, value: Flowing) -> bool:
        if variable.name.startswith(_UNWRITTEN):
            return False
        return self._standing is None or self._standing.is_meant(variable, offset, value)

    def _made(self, value: Flowing, depth: int) -> Iterator[Named]:
        match value.kind:
            case ValueKind.MERGE:
                for part in value.parts:
                    for name in self.of(part, depth + 1):
                        yield name._replace(quality=min(name.quality, ONE_OF_SEVERAL))
            case ValueKind.ENTRY if value.place is not None:
                for variable, offset in self._variables.holding(
                    value.place, self._code.function.entry
                ):
                    if not variable.result and self._means(variable, offset, value):
                        text, type_, inside = part_at(variable.type, offset, variable.name)
                        yield Named(text, type_, inside, root=text)
            case ValueKind.GLOBAL:
                yield from self._global(value.offset)
            case ValueKind.STACK if value.number is not None:
                for variable, offset in list(self._variables.in_frame(value.offset))[:3]:
                    yield Named(variable.name, variable.type, offset, True, variable.name)
            case ValueKind.LOAD | ValueKind.ADD:
                yield from self._behind(value, depth)
            case ValueKind.CALL:
                yield from self._called(value, depth)

    # ------------------------------------------------------------------ loads and sums

    def _behind(self, value: Flowing, depth: int) -> Iterator[Named]:
        for base in self.of(value.base, depth + 1):
            target = self._pointed(base, value, depth)
            if target is None:
                continue
            if value.kind is ValueKind.ADD:
                yield target
            elif target.type is not None:
                text, type_, offset = member_at(target.type, target.offset, target.text)
                yield Named(text, type_, offset, False, text, base.quality * 0.98, base.inlined)

    def _pointed(self, base: Named, value: Flowing, depth: int) -> Named | None:
        """What lies at ``base`` plus the value's displacement and index."""
        if base.is_address:
            return self._inside(base, value, depth)
        if base.type is None or base.offset:
            return None
        kind, element = base.type.kind, base.type.element
        if kind is Kind.SLICE:
            return self._indexed(base, self._slice_element(base.type), value, depth)
        found = base._replace(type=None, offset=value.displacement, is_address=True, root=base.text)
        if kind is Kind.POINTER and element is not None:
            return self._dereferenced(found, element, value, depth)
        return found if kind is Kind.INTERFACE else None

    def _dereferenced(
        self, base: Named, element: DebugType, value: Flowing, depth: int
    ) -> Named | None:
        if element.kind is Kind.ARRAY:
            return self._indexed(base, element.element, value, depth)
        if value.scaled is not None:
            inside = base._replace(type=element, offset=0)
            return self._inside(inside, value, depth) if element.kind is Kind.STRUCT else None
        plain = base.text.removeprefix("&")
        bare = element.kind is Kind.STRUCT or plain != base.text
        return base._replace(text=plain if bare else f"*{base.text}", type=element)

    def _slice_element(self, type_: DebugType) -> DebugType | None:
        if type_.element is not None:
            return type_.element
        first = next(iter(type_.members), None)
        return first.type.element if first else None

    def _indexed(
        self, base: Named, element: DebugType | None, value: Flowing, depth: int
    ) -> Named | None:
        if element is None:
            return None
        size, distance = element.size or 1, value.displacement
        plain = value.scaled is None
        index = str(distance // size) if plain else self._scaled(value, size, depth)
        text = f"{base.text}[{index}]"
        return base._replace(
            text=text, type=element, offset=distance % size, is_address=True, root=base.text
        )

    def _inside(self, base: Named, value: Flowing, depth: int) -> Named | None:
        if value.scaled is None:
            return base._replace(offset=base.offset + value.displacement)
        if base.type is None:
            return None
        found = array_at(base.type, base.offset + value.displacement, base.text)
        if found is None:
            return None
        text, element, offset = found
        index = self._scaled(value, element.size or 1, depth)
        offset %= element.size or 1
        return base._replace(text=f"{text}[{index}]", type=element, offset=offset)

    def _scaled(self, value: Flowing, size: int, depth: int) -> str:
        """The index of an element of ``size`` bytes, as text; `…` where it is not known."""
        index, scale = value.scaled, value.scale
        if index is None:
            return "…"
        if scale == size or size in {0, 1}:
            return self.index(index, depth + 1)
        if index.kind is ValueKind.ADD and index.scaled is not None and index.base is not None:
            # i + i*2: three times i, as an element of 24 bytes asks for.
            same = shape(index.base) == shape(index.scaled) and not index.displacement
            if same and scale * (1 + index.scale) == size:
                return self.index(index.base, depth + 1)
        if index.kind is ValueKind.OPERATION and index.name in _SCALING and index.parts:
            return self.index(index.parts[0], depth + 1)
        return "…"

    def index(self, value: Flowing, depth: int = 0) -> str:
        """A number as text: `3`, `i`, `i+1`."""
        if value.kind is ValueKind.CONSTANT:
            return str(value.number)
        for name in self.of(value, depth + 1):
            # DWARF may still name what the register held before, which is no number.
            number = name.type is None or name.type.kind is Kind.UNKNOWN
            if not name.is_address and number and name.quality > ONE_OF_SEVERAL:
                return name.text if name.offset == 0 else "…"
        if value.kind is ValueKind.ADD and value.scaled is None and value.base is not None:
            base = self.index(value.base, depth + 1)
            return f"{base}{value.displacement:+d}" if base != "…" else "…"
        return "…"

    # ------------------------------------------------------------------ globals and calls

    def _global(self, address: int) -> Iterator[Named]:
        symbol = self._code.program.symbol_at(address)
        if symbol is None:
            return
        name, offset = symbol
        type_ = global_type(name, self._debug)
        if type_ is not None:
            yield Named(self._short(name), type_, offset, True, self._short(name))

    def _short(self, name: str) -> str:
        """A package's variable or function as its own files spell it."""
        found, own = split_name(name), split_name(self._code.function.name)
        if found.package == own.package:
            return found.local
        return f"{(found.package or '').rsplit('/', 1)[-1]}.{found.local}"

    def _called(self, value: Flowing, depth: int) -> Iterator[Named]:
        if not value.name:
            return
        if _MAP_ACCESS.match(value.name):
            for name in self.of(self._flow.argument(value.at, 1), depth + 1):
                element = name.type.element if name.type and not name.is_address else None
                if element is not None and name.type and name.type.kind is Kind.MAP:
                    text = f"{name.text}[{self._key(value, depth)}]"
                    yield name._replace(text=text, type=element, is_address=True, root=text)
            return
        if value.name.startswith(SAYING_NOTHING):
            yield from (Named(text, None, root=text) for text in converted(value.name))
            return
        called = split_name(value.name)
        last = called.name.split("[", maxsplit=1)[0]
        type_, offset = result_of(value, self._debug, self._code)
        text = f"….{last}(…)" if called.receiver else f"{self._short(value.name)}(…)"
        yield Named(text, type_, offset, root=text)

    def _key(self, value: Flowing, depth: int) -> str:
        """The key of a lookup: passed by value to the fast functions, else by address."""
        fast, text = "fast" in value.name, "faststr" in value.name
        for name in self.of(self._flow.argument(value.at, 2), depth + 1):
            kind = name.type.kind if name.type else Kind.UNKNOWN
            # DWARF may still name what the register held before: the kind must be right.
            fits = kind is (Kind.STRING if text else Kind.UNKNOWN) or not fast
            sure = name.quality > ONE_OF_SEVERAL
            if name.is_address != fast and name.offset == 0 and fits and sure:
                return name.text
        return "…"
