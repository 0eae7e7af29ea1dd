"""A source tree held against one dump: what the calls between its frames prove of the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gotrace.model import Dump
from gotrace.signature import Signature
from gotrace.source.called import Called, calls_of
from gotrace.source.tree import Place, SourceTree
from gotrace.tuples import NamedTuple


class Held(NamedTuple):
    """``calls`` are those that the dump proves."""

    tree: SourceTree
    calls: tuple[Called, ...]

    @property
    def problems(self) -> Sequence[str]:
        """The tree's."""
        return self.tree.problems

    @property
    def missing(self) -> Sequence[str]:
        """The tree's."""
        return self.tree.missing

    def find_all(self, places: Iterable[Place]) -> dict[Place, Signature | None]:
        """The signatures of the dump's frames; of a file that another version is of, none."""
        return self.tree.find_all(places, self.calls)


def hold(tree: SourceTree, dump: Dump) -> Held:
    """Hold ``tree`` against ``dump``."""
    return Held(tree, calls_of(dump))
