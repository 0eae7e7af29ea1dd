"""Signatures of the standard library's functions, without any source or binary at hand.

``Library.find`` says all that is known of a function, ``Library.signature`` the one signature that
holds whichever of the possible releases and ports printed it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache, reduce
from operator import or_

from gotrace.goversion import Facts
from gotrace.names import FunctionName, split_name
from gotrace.signature import Signature
from gotrace.stdlib.declared import (
    LITERAL,
    NUMBERED_WRAPPERS,
    WRAPPER,
    WRAPPERS_SINCE,
    Declared,
    resolved,
    spellings,
)
from gotrace.stdlib.layouts import Layouts, scope_of
from gotrace.stdlib.lines import LineTable
from gotrace.stdlib.merging import merged
from gotrace.stdlib.store import FUNCTIONS, Function, Store, open_store
from gotrace.tuples import NamedTuple


class Edition(NamedTuple):
    """A signature, and the releases (minor numbers) and ports (``linux/amd64``) that have it.

    ``assembly``: there is no Go body, so what is printed need not follow the signature: nothing
    where the assembler was told nothing of arguments, ≤ go1.16 ten words of whatever lies there.
    """

    signature: Signature
    releases: tuple[int, ...]
    ports: tuple[str, ...]
    assembly: bool = False

    @property
    def systems(self) -> tuple[str, ...]:
        """The operating systems."""
        return tuple(dict.fromkeys(port.partition("/")[0] for port in self.ports))

    @property
    def arches(self) -> tuple[str, ...]:
        """The architectures."""
        return tuple(dict.fromkeys(port.partition("/")[2] for port in self.ports))


class Disagreement(NamedTuple):
    """Nothing is bound: the possible releases or ports declare ``function`` differently."""

    function: str
    editions: tuple[Edition, ...]

    @property
    def message(self) -> str:
        """One line for the user."""
        declared = "; ".join(map(_said, self.editions[:3]))
        more = "; …" if len(self.editions) > 3 else ""
        return f"{self.function} is not the same in all Go releases it may be of: {declared}{more}"


def _said(edition: Edition) -> str:
    ports = ", ".join(edition.ports[:2]) + (" …" if len(edition.ports) > 2 else "")
    return f"{edition.signature.text} in {span(edition.releases)} on {ports}"


class Library:
    """The standard library of the releases in the data."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lines = LineTable(store)
        self._layouts = Layouts(store)
        self._answer = lru_cache(maxsize=4096)(self._signature)

    def find(self, function: str) -> tuple[Edition, ...]:
        """All editions of a function, the newest first; empty for one that is not known.

        Shape:  ``function`` is the name as a traceback prints it. Fields of structs behind pointers
                are given where all worlds of an edition agree on them.
        Errors: none for any text; GotraceError where the data file is missing.
        """
        return self._editions(self._declared(function, self.store.everywhere))

    def signature(
        self, function: str, facts: Facts, os: str | None = None, arch: str | None = None
    ) -> Signature | Disagreement | None:
        """What the declarations in all releases that ``facts`` allows say, on this port.

        Shape:  None where none of them has the function. A release that is not in the data counts
                as its neighbours do; a port that is not, as those like it. Types that are laid out
                alike but have other names in some are named by their kind (``pointer``).
        Errors: as :meth:`find`.
        """
        return self._answer(function, facts, os, arch)

    def is_assembly(self, function: str) -> bool:
        """Whether some edition of it is assembly: see :class:`Edition`."""
        return any(f.text.endswith("|x") for f in self.stored(function)[1])

    def stored(self, function: str, worlds: int = -1) -> tuple[str, tuple[Function, ...]]:
        """The package's path, and the declarations of a function in some of ``worlds``."""
        name = _name(function)
        path, local = name.package or "", name.local.removesuffix("-fm")
        for candidate in spellings(local):
            found = self.store.functions(path, candidate)
            if there := tuple(f for f in found if f.worlds & worlds):
                return path, there
        return path, ()

    def _signature(
        self, function: str, facts: Facts, os: str | None, arch: str | None
    ) -> Signature | Disagreement | None:
        worlds = self.store.worlds(spoken_for(self.store, facts), self.store.like(os, arch))
        declared = self._declared(function, worlds)
        left = worlds & ~reduce(or_, (d.worlds for d in declared), 0)
        if not declared or self._may_be_wrapper(function, left):
            return None
        editions = self._editions(declared)
        printed = facts.has("results_printed") is not False
        found = merged([e.signature for e in editions], results_printed=printed)
        return found or Disagreement(function, editions)

    def _may_be_wrapper(self, function: str, worlds: int) -> bool:
        """Whether the name may be a wrapper's in some of ``worlds``, which have no such literal:
        go1.18 to go1.21 number the wrappers of go and defer statements behind the literals."""
        era = [r for r in self.store.releases if r in NUMBERED_WRAPPERS]
        outer = LITERAL.sub("", function)
        left = self.store.worlds(era) & worlds
        return outer != function and bool(left and self.stored(outer, left)[1])

    def _declared(self, function: str, worlds: int) -> list[Declared]:
        local = _name(function).local
        if WRAPPER.search(local):
            worlds &= self.store.worlds(r for r in self.store.releases if r >= WRAPPERS_SINCE)
        path, found = self.stored(function, worlds)
        block = self.store.block(path, FUNCTIONS)
        if block is None:
            return []
        scope = scope_of(block)
        return [d for f in found for d in resolved(f, scope, local, worlds, self._layouts)]

    def _editions(self, declared: Sequence[Declared]) -> tuple[Edition, ...]:
        """Join the declarations that say the same, and give each its newest line."""
        if not declared:
            return ()
        path = declared[0].signature.package
        lines = self.lines.of(path, [d.function for d in declared])
        grouped: dict[tuple[Signature, bool], tuple[int, int, Signature]] = {}
        for made, where in zip(declared, lines, strict=True):
            newest = self.store.releases_of(made.worlds)[-1]
            placed = made.signature._replace(line=where[newest][0])
            key = (made.signature._replace(file=None), made.function.text.endswith("|x"))
            worlds, top, best = grouped.get(key, (0, -1, placed))
            best = placed if newest > top else best
            grouped[key] = (worlds | made.worlds, max(newest, top), best)
        editions = [
            Edition(best, self.store.releases_of(worlds), self.store.ports_of(worlds), assembly)
            for (_, assembly), (worlds, _, best) in grouped.items()
        ]
        return tuple(sorted(editions, key=lambda e: e.releases[::-1], reverse=True))


def _name(function: str) -> FunctionName:
    """Tracebacks print ``panic`` for runtime.gopanic."""
    return split_name("runtime.gopanic" if function == "panic" else function)


def spoken_for(store: Store, facts: Facts) -> list[int]:
    """The releases of the data that speak for those that ``facts`` allows.

    One that is not in the data is spoken for by its neighbours on either side; those before the
    first by none where there are others.
    """
    known = store.releases
    top = known[-1] if facts.max is None else facts.max
    inside = {r for r in known if facts.min <= r <= top}
    for wanted in range(max(facts.min, known[0]), top + 1):
        if wanted not in known:
            inside.add(max(r for r in known if r < wanted))
            inside.add(min((r for r in known if r > wanted), default=known[-1]))
    return sorted(inside)


def span(releases: Sequence[int]) -> str:
    """``1.21–1.23, 1.27``: neighbours in the data are joined."""
    known = library().store.releases
    runs: list[list[int]] = []
    for release in releases:
        at = known.index(release)
        if runs and known.index(runs[-1][-1]) == at - 1:
            runs[-1].append(release)
        else:
            runs.append([release])
    return ", ".join(f"1.{r[0]}" + (f"–1.{r[-1]}" if len(r) > 1 else "") for r in runs)


@cache
def library() -> Library:
    """The library of the data file; opened once, read package by package."""
    return Library(open_store())
