"""Whether a program file is the program that printed a dump.

Names from another build are wrong values stated as facts, so one frame that does not land where the
trace says it stands refutes the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from gotrace.arch import Port
from gotrace.binary.pclntab import ArgToken, CallSite, Function, FunctionTable
from gotrace.binary.program import Program
from gotrace.goversion import Facts
from gotrace.model import Absence, AbsenceReason, Call, Dump, Group, Item, Site, Word
from gotrace.names import split_name
from gotrace.tuples import NamedTuple

Place = tuple[str, Site | None]


class Verdict(NamedTuple):
    """``lands`` are the places of the dump that are in the program where the trace says.

    ``against`` says why the program is another one; empty: nothing speaks against it. ``missing``
    are functions of the dump that the program does not have.
    """

    program: Program
    lands: frozenset[Place]
    against: str
    missing: tuple[str, ...]


class _Outcome(Enum):
    LANDS = "lands"
    ELSEWHERE = "elsewhere"
    MISSING = "missing"
    SILENT = "silent"  # nothing to compare with


class _Look(NamedTuple):
    outcome: _Outcome
    text: str = ""


def judge(programs: Sequence[Program], dump: Dump, facts: Facts, port: Port) -> tuple[Verdict, ...]:
    """Hold each program against the dump.

    Shape:  one Verdict each. With several programs a frame may belong to any of them: only what no
            program explains speaks against those that hold its function.
    Errors: none.
    Source: the pc-line tables of the function table (runtime/symtab.go funcline1, go1.27.3).
    """
    frames = _distinct(dump)
    looks = [
        {i: _look(program, *frames[i]) for i in range(len(frames))} if program.table else {}
        for program in programs
    ]
    explained = {i for some in looks for i, look in some.items() if look.outcome is _Outcome.LANDS}
    return tuple(
        _verdict(program, some, frames, explained, _other_build(program, facts, port))
        for program, some in zip(programs, looks, strict=True)
    )


def _verdict(
    program: Program,
    looks: dict[int, _Look],
    frames: Sequence[tuple[Call, Site | None]],
    explained: set[int],
    other_build: str,
) -> Verdict:
    lands = frozenset(
        (frames[i][0].function, frames[i][1])
        for i, look in looks.items()
        if look.outcome is _Outcome.LANDS
    )
    wrong = [
        look.text
        for i, look in looks.items()
        if look.outcome is _Outcome.ELSEWHERE and i not in explained
    ]
    missing = tuple(
        dict.fromkeys(
            frames[i][0].function
            for i, look in looks.items()
            if look.outcome is _Outcome.MISSING and i not in explained
        )
    )
    return Verdict(program, lands, other_build or _reason(wrong, missing, frames, lands), missing)


def _reason(
    wrong: Sequence[str],
    missing: Sequence[str],
    frames: Sequence[tuple[Call, Site | None]],
    lands: frozenset[Place],
) -> str:
    if wrong:
        count = f" ({len(wrong)} of {len(frames)} frames do not fit)" if len(wrong) > 1 else ""
        return f"{wrong[0]}{count}"
    own = [f for f in missing if (split_name(f).package or "") == "main"]
    if own:
        return f"it has no function {own[0]}"
    if not lands:
        return "it has none of the functions of this trace"
    return ""


def _other_build(program: Program, facts: Facts, port: Port) -> str:
    """Release or architecture differ from what the text proves."""
    minor = program.go_minor
    if minor is not None and facts.version(minor) is False:
        return f"it was built by Go 1.{minor}, and the text is of another release"
    arch = program.image.arch
    if arch is None:
        return ""
    if port.arch is not None and port.arch != arch:
        return f"it is a program for {arch.name}, and the text is of {port.arch.name}"
    if port.word_size_proven and port.word_size != arch.word_size:
        return f"it has {arch.word_size}-byte words, the text {port.word_size}-byte ones"
    return ""


def _distinct(dump: Dump) -> list[tuple[Call, Site | None]]:
    """Each frame that the function table could know, once. What was inlined lies in its caller."""
    seen = {
        (f.call, f.site): None
        for g in dump.goroutines
        for f in g.frames
        if f.language == "go" and not f.call.inlined and "." in f.function
    }
    return list(seen)


# ---------------------------------------------------------------------- one frame


def landing(program: Program, call: Call, site: Site) -> tuple[Function, ...]:
    """The program's functions that a frame can be of: more than one for instances of a generic."""
    return tuple(
        function
        for function in program.named(call.function)
        if _look_at(program, function, call, site).outcome is _Outcome.LANDS
    )


def _look(program: Program, call: Call, site: Site | None) -> _Look:
    candidates = program.named(call.function)
    if not candidates:
        return _Look(_Outcome.MISSING)
    if site is None or (site.offset is None and not site.line):
        return _Look(_Outcome.SILENT)
    looks = [_look_at(program, candidate, call, site) for candidate in candidates]
    return next((x for x in looks if x.outcome is _Outcome.LANDS), looks[0])


def _look_at(program: Program, function: Function, call: Call, site: Site) -> _Look:
    table = program.table
    assert table is not None
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
    misfit = _misfit(table, function, call, program.image.word_size)
    return _Look(_Outcome.ELSEWHERE, misfit) if misfit else _Look(_Outcome.LANDS)


def _same_place(place: CallSite, site: Site) -> bool:
    """Folders may have been rewritten on either side; names and lines have not."""
    return place.line == site.line and _base(place.file) == _base(site.file)


def _base(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]


def _misfit(table: FunctionTable, function: Function, call: Call, word_size: int) -> str:
    """Why what was printed cannot be this function's arguments; empty where it can."""
    if not call.parenthesised or any(_broken(item) for item in call.items):
        return ""
    tokens = table.arguments(function)
    if tokens is not None:
        expected, printed = "".join(map(_sign, tokens)), "".join(_signs(call.items))
        if expected != printed:
            return f"{call.function} prints {_shape(tokens)} in it, the trace printed {call}"
        return ""
    if table.prints_words and function.args is not None:
        words = function.args // word_size
        printed_words = sum(isinstance(item, Word) for item in call.items)
        if printed_words != min(words, 10):
            return f"{call.function} takes {words} words in it, the trace printed {printed_words}"
    return ""


def _broken(item: Item) -> bool:
    return isinstance(item, Absence) and item.reason is AbsenceReason.TRUNCATED


def _sign(token: ArgToken) -> str:
    return "." if isinstance(token, tuple) else {"...": "~"}.get(token, token)


def _signs(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        match item:
            case Word():
                yield "."
            case Group(items=inner):
                yield "{"
                yield from _signs(inner)
                yield "}"
            case Absence(reason=reason):
                yield "_" if reason is AbsenceReason.TOO_FAR else "~"


def _shape(tokens: Sequence[ArgToken]) -> str:
    text = " ".join("·" if isinstance(token, tuple) else token for token in tokens)
    return f"({text.replace('{ ', '{').replace(' }', '}')})"
