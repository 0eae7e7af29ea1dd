"""Programs without DWARF: is a value of the machine computed as an expression of the source is?

Parameters are where the ABI puts values of the types that the source gives them; fields lie where
the source's types say. A value that was loaded 0x20 behind the receiver is `s.conf`.

Source: src/cmd/compile/abi-internal.md (go1.27.3).
"""

from __future__ import annotations

from gotrace.culprit.machine import Raw
from gotrace.flow.values import Flowing, Place, ValueKind
from gotrace.source.expressions_line import Line
from gotrace.source.parameters import parameter_groups
from gotrace.source.statements_assigned import assigned_in
from gotrace.source.statements_origin import OriginKind, origin
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple
from gotrace.types import Kind

UNDECIDED = 0.5
_DEEPEST = 8
_FLOATS = 15  # registers; no function here passes more
_MADE = {ValueKind.ENTRY, ValueKind.LOAD, ValueKind.CALL}
_PASSED = {OriginKind.PARAMETER, OriginKind.RECEIVER}
_COPIED = {OriginKind.FIELD, OriginKind.ELEMENT, OriginKind.LOOKUP, OriginKind.SWITCHED}


class Home(NamedTuple):
    """Where a parameter is on entry: ``register`` counts, ``slot`` is an offset; one is None."""

    register: int | None
    slot: int | None


class Structure:
    """Compares values with expressions of one line."""

    def __init__(self, line: Line, raw: Raw) -> None:
        self._line = line
        self._raw = raw
        self._homes = self._found_homes()

    def match(self, value: Flowing, node: Syntax | None, word: int = 0, depth: int = 0) -> float:
        """0 (computed in another way) to 1 (the same); ``UNDECIDED`` where it is not known.

        ``word`` is which word of the expression: 1 is the length of a slice.
        """
        while node is not None and node.kind == "parenthesized_expression" and node.children:
            node = node.children[0]
        if node is None or depth > _DEEPEST:
            return UNDECIDED
        if value.kind is ValueKind.MERGE:
            found = [self.match(part, node, word, depth + 1) for part in value.parts]
            return max(found, default=UNDECIDED)
        forms = {
            "identifier": self._variable,
            "selector_expression": self._field,
            "index_expression": self._element,
            "call_expression": self._called,
            "unary_expression": self._starred,
        }
        form = forms.get(node.kind)
        return form(value, node, word, depth) if form else UNDECIDED

    def _variable(self, value: Flowing, node: Syntax, word: int, depth: int) -> float:
        found = origin(node, self._line.expressions)
        if found is None:
            return UNDECIDED
        if found.kind in _PASSED:
            return self._parameter(value, node, word)
        if found.node is not None and found.kind is OriginKind.CALL:
            return self._called(value, found.node, word, depth)
        if found.node is not None and found.kind in _COPIED and found.place == 0:
            return 0.97 * self.match(value, found.node, word, depth + 1)
        # A local variable was not in place when the function was entered.
        return 0.2 if value.kind is ValueKind.ENTRY and self._homes else UNDECIDED

    def _parameter(self, value: Flowing, node: Syntax, word: int) -> float:
        home = self._homes.get(node.text)
        if home is None or node.text in assigned_in(self._line.function):
            return UNDECIDED
        if value.kind is ValueKind.ENTRY:
            return float(value.place == self._place(home, word))
        return 0.0 if value.kind in _MADE else UNDECIDED

    def _field(self, value: Flowing, node: Syntax, word: int, depth: int) -> float:
        """Through fields that lie in each other down to the pointer that they lie behind."""
        found = self._behind(node, 8 * word)
        if found is None:
            return UNDECIDED
        operand, offset = found
        if value.kind is not ValueKind.LOAD or value.base is None:
            return 0.0 if value.kind in _MADE else UNDECIDED
        if value.scaled is not None or value.displacement != offset:
            return 0.0
        return self.match(value.base, operand, 0, depth + 1)

    def _behind(self, node: Syntax, offset: int) -> tuple[Syntax, int] | None:
        """The pointer that a field lies behind, and how far."""
        for _ in range(_DEEPEST):
            selector = self._line.expressions.selector(node)
            operand, field = node.field("operand"), node.field("field")
            if selector is None or operand is None or field is None or selector.method:
                break
            access = selector.accesses[0] if len(selector.accesses) == 1 else None
            if access is not None and access.how == "field":
                known = access.offset is not None and access.text == operand.text
                return (operand, offset + (access.offset or 0)) if known else None
            shape = self._line.expressions.shape(operand)
            fields = self._line.expressions.shapes.fields(shape)
            inner = next((f.offset for f in fields if f.name == field.text), None)
            if inner is None or operand.kind != "selector_expression":
                break
            offset, node = offset + inner, operand
        return None

    def _element(self, value: Flowing, node: Syntax, word: int, depth: int) -> float:
        operand = node.field("operand")
        kind = self._line.expressions.shape(operand).kind
        if kind is Kind.SLICE:
            if value.kind is ValueKind.LOAD and value.base is not None:
                return 0.97 * self.match(value.base, operand, 0, depth + 1)
            return 0.0 if value.kind in _MADE else UNDECIDED
        if kind is Kind.MAP:
            call = value.base if value.kind is ValueKind.LOAD else value
            if call is not None and call.kind is ValueKind.CALL and "mapaccess" in call.name:
                return 0.9
            return 0.0 if value.kind is ValueKind.ENTRY else 0.4
        return UNDECIDED

    def _called(self, value: Flowing, node: Syntax, word: int, depth: int) -> float:
        function = node.field("function")
        if value.kind is ValueKind.CALL and value.name and function is not None:
            last = function.text.rsplit(".", 1)[-1].split("[", maxsplit=1)[0]
            return 0.9 if value.name.rsplit(".", 1)[-1].split("[", maxsplit=1)[0] == last else 0.0
        return 0.0 if value.kind is ValueKind.ENTRY else 0.4

    def _starred(self, value: Flowing, node: Syntax, word: int, depth: int) -> float:
        operator = node.field("operator")
        if operator is None or operator.text != "*" or value.base is None:
            return UNDECIDED
        if value.kind is not ValueKind.LOAD or value.displacement != 8 * word:
            return 0.0 if value.kind in _MADE else UNDECIDED
        return self.match(value.base, node.field("operand"), 0, depth + 1)

    # ------------------------------------------------------------------ homes

    def _place(self, home: Home, word: int) -> Place | None:
        if home.register is not None:
            place = home.register + word
            return self._raw.arguments[place] if place < len(self._raw.arguments) else None
        return None if home.slot is None else home.slot + 8 * word

    def _found_homes(self) -> dict[str, Home]:
        """The places of the parameters, as far as the widths of those before are known."""
        found: dict[str, Home] = {}
        function = self._line.function
        if function.kind == "func_literal":
            return found
        integers = floats = 0
        slot = self._raw.first
        shapes = self._line.expressions.shapes
        for list_ in (function.field("receiver"), function.field("parameters")):
            for declaration, names in parameter_groups(list_) if list_ else ():
                shape = shapes.of(declaration.field("type"), self._line.scope)
                variadic = declaration.kind.startswith("variadic")
                measure = shapes.measure(shape, variadic=variadic)
                if measure is None or not names:
                    return found
                for name in names:
                    more = integers + measure.integers, floats + measure.floats
                    if more[0] <= len(self._raw.arguments) and more[1] <= _FLOATS * self._raw.uses:
                        if not measure.floats:
                            found[name.text] = Home(integers, None)
                        integers, floats = more
                        continue
                    slot = -(-slot // measure.align) * measure.align
                    found[name.text] = Home(None, slot)
                    slot += measure.size
        return found
