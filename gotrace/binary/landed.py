"""A program that is known to have printed a dump: what it says of the dump's frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gotrace.binary.calls import CodeLines
from gotrace.binary.generics import concrete_types
from gotrace.binary.pclntab import ArgToken, Function, FunctionTable
from gotrace.binary.program import Program
from gotrace.binary.verify import PAGE, Place, landing
from gotrace.model import Call, Dump, Frame, Site
from gotrace.names import split_name
from gotrace.signature import Parameter, Signature, SignatureSource
from gotrace.tuples import NamedTuple
from gotrace.types import GoType, Kind
from gotrace.value import SlotMarks


class Landed(NamedTuple):
    """``lands`` are the places of the dump that are in the program.

    ``slide`` is how far from its link addresses it was loaded; None where no pc tells. ``fault`` is
    the pc of the instruction that raised the signal.
    """

    program: Program
    lands: frozenset[Place]
    slide: int | None
    fault: int | None

    @property
    def problems(self) -> tuple[str, ...]:
        """None: what it lacks, others have."""
        return ()

    @property
    def missing(self) -> tuple[str, ...]:
        """None: a program is one file."""
        return ()

    def find_all(self, places: Iterable[Place]) -> dict[Place, Signature | None]:
        """The program's own signatures, for the places that are in it."""
        found = self.program.find_all(p for p in places if p in self.lands)
        self.program.save()
        return found

    def code_lines(self, place: Place) -> CodeLines | None:
        """Where the function of a frame stands in its source; None where its instances differ, or
        have no code at the frame's line: then it is another program's."""
        function, site = place
        if site is None or place not in self.lands or self.program.table is None:
            return None
        found = [self.program.table.code_lines(f) for f in self.program.named(function)]
        known = [code for code in found if code is not None]
        places = {(code.file, code.start) for code in known}
        if len(places) != 1 or len(known) != len(found):
            return None
        lines = frozenset[int]().union(*(code.lines for code in known))
        return known[0]._replace(lines=lines) if site.line in lines else None

    def slots(self, frame: Frame, above: str) -> SlotMarks | None:
        """What is known of the slots that the frame's numbers were read from; None: nothing.

        ``above`` is the function of the frame before. Source: runtime/traceback.go printArgs looks
        marks up at the return address less one, at the very pc behind a signal (go1.27.3:662).
        """
        site, table = frame.site, self.program.table
        if site is None or table is None or (frame.function, site) not in self.lands:
            return None
        functions = landing(self.program, frame.call, site)
        offset = site.offset or 0
        answers = [
            _slots(table, function, offset, fault=fault)
            for function in functions
            for fault in self._faults(function.entry + offset, above)
        ]
        if not answers or None in answers:
            return None
        known = [answer for answer in answers if answer is not None]
        live, followed = (
            tuple(map(all, zip(*some, strict=False))) for some in zip(*known, strict=True)
        )
        return SlotMarks(live, followed)

    def _faults(self, pc: int, above: str) -> tuple[bool, ...]:
        """Whether the pc is that of a faulting instruction; both where it is not known."""
        if above == "runtime.sigpanic" or (self.fault and not (self.fault ^ pc) & PAGE):
            return (True,)
        # The runtime hides its own frames between a panic and what raised it.
        return (False, True) if above in {"panic", "runtime.gopanic"} else (False,)

    def types(self, frame: Frame, dictionary: str | None) -> dict[str, str]:
        """What shapes in a generic frame's types stand for (see ``generics.concrete_types``)."""
        if frame.site is None or (frame.function, frame.site) not in self.lands:
            return {}
        return concrete_types(
            self.program, landing(self.program, frame.call, frame.site), dictionary
        )

    def shape(self, call: Call, site: Site | None) -> Signature | None:
        """Widths alone, for a function that nothing declares: a parameter for each component."""
        if site is None or (call.function, site) not in self.lands:
            return None
        found = landing(self.program, call, site)
        table = self.program.table
        tokens = table.arguments(found[0]) if found and table else None
        if not tokens:
            return None
        name = split_name(call.function)
        count = _components(tokens)
        return Signature(
            name.package or "",
            name.local,
            tuple(Parameter("", GoType(Kind.UNKNOWN, "?")) for _ in range(count)),
            (),
            text=f"func {call.function}({', '.join('?' * count)})",
            source=SignatureSource.SHAPE,
            generic=name.generic,
        )


def _slots(
    table: FunctionTable, function: Function, offset: int, *, fault: bool
) -> SlotMarks | None:
    """The slots of one function at one place."""
    live = table.marks(function, offset, fault=fault)
    tokens = table.arguments(function)
    if live is None or tokens is None:
        return None
    followed = (
        table.home_is_ever_live(function, token[0]) is True
        for token in tokens
        if isinstance(token, tuple)
    )
    return SlotMarks(live, tuple(followed))


def _components(tokens: Sequence[ArgToken]) -> int:
    """How many components stand outside of braces, a cut not counted."""
    depth = count = 0
    for token in tokens:
        count += depth == 0 and token not in {"}", "..."}
        depth += (token == "{") - (token == "}")
    return count


def slide(program: Program, dump: Dump) -> int | None:
    """How far from its link addresses the program was loaded; None where no pc tells.

    Source: cmd/link lays a position-independent program out from 0; the kernel adds whole pages.
    """
    if not program.image.pie:
        return 0
    for frame, pc in _known_pcs(dump):
        for function in program.named(frame.function):
            assert frame.site is not None
            distance = pc - function.entry - (frame.site.offset or 0)
            if not distance & PAGE:
                return distance
    return None


def _known_pcs(dump: Dump) -> Iterator[tuple[Frame, int]]:
    for goroutine in dump.goroutines:
        for frame in goroutine.frames:
            if frame.pc is not None and frame.site is not None and not frame.call.inlined:
                yield frame, frame.pc
    pc = None if dump.signal is None else dump.signal.pc
    if pc is not None and dump.crashed is not None:
        # What faulted may be left out, and one page in 4096 fits by chance: not every frame is it.
        above = "panic"
        for frame in dump.crashed.frames:
            if frame.call.inlined:
                continue
            if frame.site is not None and above in {"panic", "runtime.sigpanic"}:
                yield frame, pc
            above = frame.function
