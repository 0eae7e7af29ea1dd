"""A source tree held against one dump: what its frames and their calls prove of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gotrace.model import Dump
from gotrace.signature import Signature
from gotrace.source.called import calls_of
from gotrace.source.compiled import Compiled
from gotrace.source.tree import Place, SourceTree


class Held:
    """What :class:`SourceTree` tells of one dump's frames, without files of other versions.

    ``compiled`` tells where the programs that printed the dump have a frame's code.
    """

    __slots__ = ("_calls", "_compiled", "_places", "_refused", "tree")

    def __init__(self, tree: SourceTree, dump: Dump, compiled: Compiled | None = None) -> None:
        self.tree = tree
        self._calls = calls_of(dump)
        self._compiled = compiled
        self._places = tuple((f.function, f.site) for g in dump.goroutines for f in g.frames)
        self._refused: Mapping[str, str] | None = None

    @property
    def problems(self) -> Sequence[str]:
        """The tree's."""
        return self.tree.problems

    @property
    def missing(self) -> Sequence[str]:
        """The tree's."""
        return self.tree.missing

    @property
    def refused(self) -> Mapping[str, str]:
        """The local files that are of another version than what printed the dump, and what shows
        it."""
        if self._refused is None:
            self._refused = self._held_against(self._places)[1]
        return self._refused

    def find_all(self, places: Iterable[Place]) -> dict[Place, Signature | None]:
        """The signatures of the dump's frames; of a file that another version is of, none."""
        found, self._refused = self._held_against(places)
        return found

    def _held_against(
        self, places: Iterable[Place]
    ) -> tuple[dict[Place, Signature | None], dict[str, str]]:
        return self.tree.find_and_refuse(places, self._calls, self._compiled)
