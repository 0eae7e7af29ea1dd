"""The lines that a dump's frames stand at, found in one source tree."""

from __future__ import annotations

from gotrace.source.expressions_line import Line, line_of
from gotrace.source.expressions_members import Members
from gotrace.source.expressions_shapes import Shapes
from gotrace.source.held import Held
from gotrace.source.printed import read_name
from gotrace.source.spots import Spot, find_spot
from gotrace.source.widths import Widths
from gotrace.stack import Site

_MOST_TRIED = 16


class Lines:
    """Finds lines in one source tree; types for one port."""

    def __init__(self, held: Held, widths: Widths) -> None:
        self._held = held
        self._tree = tree = held.tree
        self.members = Members(tree.library)
        self.shapes = Shapes(tree.functions.resolver, self.members, widths)
        self._known: dict[tuple[str, str, int], Line | str] = {}

    def find(self, function: str, site: Site) -> Line | str:
        """The line that a frame stands at.

        Shape:  a Line, or in words why there is none; empty where the source is just not there.
        Errors: none.
        """
        key = (function, site.file, site.line)
        if key not in self._known:
            try:
                self._known[key] = self._find(function, site)
            except RecursionError:
                self._known[key] = f"{site.file}: nests too deep"
        return self._known[key]

    def _find(self, function: str, site: Site) -> Line | str:
        reasons: list[str] = []
        printed = read_name(function)
        for group in self._tree.mapper.candidates(site.file, function):
            seen = [
                find_spot(self._tree.library, path, printed, site.line)
                for path in group[:_MOST_TRIED]
                if path.endswith(".go")
            ]
            spots = [s for s in seen if isinstance(s, Spot)]
            if len(spots) == 1:
                refused = self._held.refused.get(spots[0].file.path)
                return line_of(spots[0], site.line, self._tree.functions, self.shapes, refused)
            if spots:
                return f"{site.file}: could be any of {len(spots)} files"
            reasons += [s for s in seen if isinstance(s, str) and s]
        return reasons[0] if reasons else ""
