"""One program's code with its data flow and names: what a culprit or a stale word asks."""

from __future__ import annotations

import weakref

from gotrace.binary.function import Function
from gotrace.binary.program import Program
from gotrace.flow.code import Code, Codes
from gotrace.flow.debug_places import Places
from gotrace.flow.flow import Flow
from gotrace.flow.naming import Names
from gotrace.flow.standing import Standing
from gotrace.flow.values import Flowing, made_of
from gotrace.flow.variables import Debug, Variables
from gotrace.tuples import NamedTuple


class Reading(NamedTuple):
    """One function, read."""

    code: Code
    flow: Flow
    names: Names
    variables: Variables

    def is_line_of(self, at: int, value: Flowing) -> bool:
        """Whether the value was loaded and computed on the line of instruction ``at``: what was
        made before may be a variable's by now."""
        table, function = self.code.program.table, self.code.function
        if table is None:
            return True

        def line(here: int) -> int:
            offset = self.code.instructions[here].address - function.entry
            calls = table.calls(function, offset, fault=True)
            return calls[0].line if calls else 0

        wanted = line(at)
        return all(line(part.at) == wanted for part in made_of(value) if part.at)

    def standing(self, at: int) -> Reading:
        """The same, with the names that things have at instruction ``at``."""
        standing = Standing(self.code, self.flow, self.variables, at)
        return self._replace(names=self.names.standing(standing))


class ProgramCode:
    """Reads functions of a program when they are asked for, and remembers them."""

    def __init__(self, program: Program) -> None:
        self._codes = Codes(program, {})
        self._debug = Debug(program.debug)
        self._known: dict[int, Reading | None] = {}

    def read(self, function: Function) -> Reading | None:
        """A function's code; None where no processor here can read it. Errors: none."""
        if function.entry not in self._known:
            self._known[function.entry] = self._read(function)
        return self._known[function.entry]

    def code(self, function: Function) -> Code | None:
        """A function's instructions alone: no names are looked up. Errors: none."""
        return self._codes.of(function)

    def _read(self, function: Function) -> Reading | None:
        code = self._codes.of(function)
        if code is None:
            return None
        places = Places(self._codes.program.debug.debug, code.target.numbers)
        flow, variables = Flow(code), Variables(self._debug, code, places)
        return Reading(code, flow, Names(self._debug, code, flow, variables), variables)


_READ: weakref.WeakKeyDictionary[Program, ProgramCode] = weakref.WeakKeyDictionary()


def program_code(program: Program) -> ProgramCode:
    """The code of a program; one for as long as it is open."""
    found = _READ.get(program)
    if found is None:
        found = _READ[program] = ProgramCode(program)
    return found
