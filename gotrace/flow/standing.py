"""Whether a name still means at one instruction what it meant where its value was seen.

A parameter that was set since is another value under the same name, and so is the variable of a
block that has ended: in the source that is read, the name stands for something else.
"""

from __future__ import annotations

from gotrace.flow.code import Code
from gotrace.flow.flow import Flow
from gotrace.flow.values import Flowing, Place, ValueKind, shape
from gotrace.flow.variables import Variable, Variables

_MOST_RANGES = 32


class Standing:
    """What variables mean just before instruction ``at``."""

    def __init__(self, code: Code, flow: Flow, variables: Variables, at: int) -> None:
        self._code = code
        self._flow = flow
        self._variables = variables
        self._at = at
        self._pc = code.instructions[at].address
        self._next = self._pc + code.instructions[at].size
        self.lost: set[str] = set()  # variables that are nowhere to be found here

    def is_meant(self, variable: Variable, offset: int, value: Flowing) -> bool:
        """Whether ``value`` is what lies ``offset`` bytes into the variable; yes where neither
        debug information nor code tells otherwise."""
        if not variable.is_visible(self._pc):
            return False
        place = self._place(variable, offset)
        if place is None:
            if self._is_set(variable, offset, value):
                self.lost.add(variable.name)
            return True
        return not _differs(self._flow.value(place, self._at), value)

    def _place(self, variable: Variable, offset: int) -> Place | None:
        """Where it is. What was set just before has its new place from the next instruction on."""
        place = self._variables.place_of(variable, offset, self._next)
        if place is None or self._flow.changes(self._at, place):
            return self._variables.place_of(variable, offset, self._pc)
        return place

    def _is_set(self, variable: Variable, offset: int, value: Flowing) -> bool:
        """Whether the variable holds something else anywhere."""
        index = self._code.index
        for found in self._variables.ranges(variable)[:_MOST_RANGES]:
            at = index.get(found.start)
            place = self._variables.place_of(variable, offset, found.start)
            if at is None or place is None:
                continue
            if _differs(self._flow.value(place, at), value):
                return True
        return False


def _differs(now: Flowing, value: Flowing) -> bool:
    """Whether two values cannot be one."""
    if ValueKind.UNKNOWN in {now.kind, value.kind}:
        return False
    if now.kind is ValueKind.MERGE and value.kind is not ValueKind.MERGE:
        return any(_differs(part, value) for part in now.parts)
    return shape(now) != shape(value)
