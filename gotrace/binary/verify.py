"""Whether a program file is the program that printed a dump.

Names from another build are wrong values stated as facts, so one frame that does not land where the
trace says it stands refutes the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from gotrace.arch import Port
from gotrace.binary.among import spared
from gotrace.binary.callcode import is_behind_call
from gotrace.binary.fitting import printed_misfit
from gotrace.binary.otherbuild import is_library, other_build, without_functions
from gotrace.binary.pclntab import CallSite, Function
from gotrace.binary.program import Program
from gotrace.binary.standing import Standing, standing
from gotrace.goversion import Facts
from gotrace.model import Call, Dump, DumpKind, Site
from gotrace.names import split_name
from gotrace.tuples import NamedTuple

Place = tuple[str, Site | None]
PAGE = 0xFFF
_HIDDEN = ("runtime.", "runtime/", "internal/")


class Verdict(NamedTuple):
    """``lands`` are the places of the dump that are in the program where the trace says.

    ``against`` says why the program is another one; empty: nothing speaks against it. ``missing``
    are functions of the dump that the program does not have. ``spared`` is the program that
    explains all that this one does; None where it is needed.
    """

    program: Program
    lands: frozenset[Place]
    against: str
    missing: tuple[str, ...]
    spared: Program | None = None


class _Outcome(Enum):
    LANDS = "lands"
    ELSEWHERE = "elsewhere"
    MISSING = "missing"
    SILENT = "silent"  # nothing to compare with


class _Look(NamedTuple):
    outcome: _Outcome
    text: str = ""


_Looks = dict[int, _Look]


def judge(
    programs: Sequence[Program], dump: Dump, facts: Facts, port: Port, system: str | None = None
) -> tuple[Verdict, ...]:
    """Hold each program against the dump, of which ``facts``, ``port`` and ``system`` are proven.

    Shape:  one Verdict each. With several programs a frame may belong to any of them: a plugin has
            functions of its host's packages that are never called.
    Errors: none.
    Source: the pc-line tables of the function table (runtime/symtab.go funcline1, go1.27.3).
    """
    frames = standing(dump)
    looks: list[_Looks] = [
        {i: _look(program, frame) for i, frame in enumerate(frames)} if program.table else {}
        for program in programs
    ]
    verdicts = []
    for program, own in zip(programs, looks, strict=True):
        others = [some for some in looks if some is not own]
        unfit = (
            without_functions(program)
            or other_build(program, facts, port, system)
            or _elsewhere(program, dump)
        )
        verdicts.append(_verdict(program, own, others, frames, unfit))
    return _needed(verdicts, looks)


def _needed(verdicts: Sequence[Verdict], looks: Sequence[_Looks]) -> tuple[Verdict, ...]:
    """With those spared that explain nothing which another does not."""
    right = [i for i, verdict in enumerate(verdicts) if not verdict.against]
    if len(right) < 2:
        return tuple(verdicts)
    lands = [{k for k, x in looks[i].items() if x.outcome is _Outcome.LANDS} for i in right]
    spare = {
        right[i]: verdicts[right[k]].program
        for i, k in spared([verdicts[i].program.image for i in right], lands).items()
    }
    return tuple(v._replace(spared=spare.get(i)) for i, v in enumerate(verdicts))


def _verdict(
    program: Program,
    looks: _Looks,
    others: Sequence[_Looks],
    frames: Sequence[Standing],
    unfit: str,
) -> Verdict:
    found: dict[_Outcome, list[int]] = {outcome: [] for outcome in _Outcome}
    for i, look in looks.items():
        found[look.outcome].append(i)
    explained = {i for some in others for i, x in some.items() if x.outcome is _Outcome.LANDS}
    lands = frozenset((frames[i].call.function, frames[i].site) for i in found[_Outcome.LANDS])
    wrong = [
        looks[i].text
        for i in found[_Outcome.ELSEWHERE]
        if _is_main(frames[i].call.function) or not _is_anothers(i, found[_Outcome.LANDS], others)
    ]
    missing = tuple(
        dict.fromkeys(
            frames[i].call.function for i in found[_Outcome.MISSING] if i not in explained
        )
    )
    against = unfit or _reason(wrong, missing, frames, lands)
    if against and lands and not unfit and is_library(program):
        against += ": give the program that loaded it too"
    return Verdict(program, lands, against, missing)


def _is_anothers(i: int, lands: Sequence[int], others: Sequence[_Looks]) -> bool:
    """Whether a frame is one of a program that lacks what lands in this one: no build of it."""
    return any(
        i in some
        and some[i].outcome is _Outcome.LANDS
        and any(some[k].outcome is _Outcome.MISSING for k in lands)
        for some in others
    )


def _is_main(function: str) -> bool:
    return split_name(function).package == "main"


def _reason(
    wrong: Sequence[str],
    missing: Sequence[str],
    frames: Sequence[Standing],
    lands: frozenset[Place],
) -> str:
    if wrong:
        count = f" ({len(wrong)} of {len(frames)} frames do not fit)" if len(wrong) > 1 else ""
        return f"{wrong[0]}{count}"
    own = [f for f in missing if _is_main(f)]
    if own:
        return f"it has no function {own[0]}"
    if not lands:
        return "it has none of the functions of this trace"
    return ""


def _elsewhere(program: Program, dump: Dump) -> str:
    """The signal was raised in another function than the trace shows.

    What raised it may be the runtime's, and its frame left out: that says nothing.
    """
    table, crashed, signal = program.table, dump.crashed, dump.signal
    if table is None or crashed is None or signal is None or not signal.pc or program.image.pie:
        return ""
    frames = [f for f in crashed.frames if f.site is not None and not f.call.inlined]
    function = table.at(signal.pc)
    if function is None:
        # Only Go code panics over a signal (runtime/signal_unix.go sighandler, go1.27.3).
        plain = dump.kind is DumpKind.PANIC and all("." in f.function for f in frames)
        if plain and frames and program.named(frames[0].function):
            return f"the signal's pc {signal.pc:#x} is in no function of it"
        return ""
    hidden = "." not in function.name or function.name.startswith(_HIDDEN)
    if crashed.elided or hidden:
        return ""
    if any(
        candidate.entry + (frame.site.offset or 0) == signal.pc
        for frame in frames
        if frame.site is not None
        for candidate in program.named(frame.function)
    ):
        return ""
    return f"the signal's pc {signal.pc:#x} is in {function.name} in it, and not in the trace"


# ---------------------------------------------------------------------- one frame


def landing(program: Program, call: Call, site: Site) -> tuple[Function, ...]:
    """The program's functions that a frame can be of: more than one for instances of a generic."""
    return tuple(
        function
        for function in program.named(call.function)
        if _look_at(program, function, Standing(call, site)).outcome is _Outcome.LANDS
    )


def _look(program: Program, frame: Standing) -> _Look:
    candidates = program.named(frame.call.function)
    if frame.within and _is_inlined(program, frame):
        return _Look(_Outcome.LANDS)
    if not candidates:
        return _Look(_Outcome.MISSING)
    if frame.site is None or (frame.site.offset is None and not frame.site.line):
        return _Look(_Outcome.SILENT)
    looks = [_look_at(program, candidate, frame) for candidate in candidates]
    return next((x for x in looks if x.outcome is _Outcome.LANDS), looks[0])


def _is_inlined(program: Program, frame: Standing) -> bool:
    """Whether the frame is a call inlined in one of those below it, from whose start it counts.

    Source: runtime/race.go raceSymbolizeCode, runtime/symtab.go CallersFrames (go1.27.3).
    """
    site, table = frame.site, program.table
    if site is None or table is None or site.offset is None:
        return False
    return any(
        _same_place(place, site) and frame.call.function == place.name
        for name in frame.within
        for function in program.named(name)
        for fault in (False, True)
        for place in table.calls(function, site.offset, fault=fault)[:-1]
    )


def _look_at(program: Program, function: Function, frame: Standing) -> _Look:
    table, call, site = program.table, frame.call, frame.site
    assert table is not None
    assert site is not None
    offset = site.offset or 0
    if offset > function.end - function.entry:
        size = function.end - function.entry
        text = f"{call.function} has {size:#x} bytes in it, the trace stands at +{offset:#x}"
        return _Look(_Outcome.ELSEWHERE, text)
    if site.offset is not None:
        places = [
            stack[-1]
            for fault in (False, True)
            if (stack := table.calls(function, offset, fault=fault))
        ]
        if places and not any(_same_place(place, site) for place in places):
            there = f"{places[0].file.rpartition('/')[2]}:{places[0].line}"
            here = f"{_base(site.file)}:{site.line}"
            text = f"{call.function} +{offset:#x} is {there} in it, the trace says {here}"
            return _Look(_Outcome.ELSEWHERE, text)
    misfit = _misplaced(program, function, frame)
    misfit = misfit or printed_misfit(table, function, call, program.image.word_size)
    return _Look(_Outcome.ELSEWHERE, misfit) if misfit else _Look(_Outcome.LANDS)


def _misplaced(program: Program, function: Function, frame: Standing) -> str:
    """Why the code at the frame's offset cannot be what ran there; empty where it can."""
    name, site = frame.call.function, frame.site
    if site is None or site.offset is None:
        return ""
    at = function.entry + site.offset
    if frame.pc is not None and (frame.pc - at) & (PAGE if program.image.pie else -1):
        return f"{name} +{site.offset:#x} lies at {at:#x} in it, the trace says {frame.pc:#x}"
    if frame.called and is_behind_call(program.image, at) is False:
        return f"{name} calls nothing at +{site.offset:#x} in it"
    return ""


def _same_place(place: CallSite, site: Site) -> bool:
    """Folders may have been rewritten on either side; names and lines have not."""
    return place.line == site.line and _base(place.file) == _base(site.file)


def _base(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]
