"""All stacks in one picture: outermost functions on top, as wide as many goroutines run them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from gotrace.rendering.html_buckets import Entry
from gotrace.rendering.html_rows import Row
from gotrace.rendering.html_text import counted

HEIGHT = 22
DEEPEST = 28
NARROWEST = 0.004  # of the whole: what is narrower has no text anyway
MOST = 400  # cells
FEWEST = 3  # groups


class _Cell:
    """A function called by way of those above it."""

    __slots__ = ("anchor", "below", "count", "name", "own")

    def __init__(self, name: str, anchor: str, *, own: bool) -> None:
        self.name = name
        self.anchor = anchor
        self.own = own
        self.count = 0
        self.below: dict[str, _Cell] = {}


def stacks(entries: Sequence[Entry], rows: Sequence[Row]) -> str:
    """The picture; empty for few groups."""
    root = _merged(entries, rows)
    if len(entries) < FEWEST or not root.below:
        return ""
    cells = [cell for cell, _ in zip(_laid_out(root), range(MOST), strict=False)]
    depth = max(level for _, level, _, _ in cells) + 1
    inside = "".join(_shown(cell, root.count) for cell in cells)
    return (
        f'<svg class="icicle" role="group" aria-label="Merged stacks of {root.count:,} goroutines" '
        f'width="100%" height="{depth * HEIGHT}">{inside}</svg>'
    )


def _merged(entries: Sequence[Entry], rows: Sequence[Row]) -> _Cell:
    root = _Cell("", "", own=False)
    for entry in entries:
        root.count += entry.size
        cell = root
        for number in entry.rows[: -DEEPEST - 1 : -1]:
            name = rows[number].short
            below = cell.below.get(name)
            if below is None:
                below = cell.below[name] = _Cell(name, entry.anchor, own=rows[number].own)
            cell = below
            cell.count += entry.size
    return root


def _laid_out(root: _Cell) -> Iterator[tuple[_Cell, int, float, float]]:
    """Cells with level, left edge and width, the widest of a level first."""
    level = [(root, 0.0)]
    for depth in range(DEEPEST):
        following = []
        for parent, left in level:
            edge = left
            for cell in sorted(parent.below.values(), key=lambda c: -c.count):
                width = cell.count / root.count
                if width < NARROWEST:
                    break
                yield cell, depth, edge, width
                following.append((cell, edge))
                edge += width
        level = following


def _shown(laid_out: tuple[_Cell, int, float, float], whole: int) -> str:
    cell, level, left, width = laid_out
    name = escape(cell.name)
    said = f"{name}: {counted(cell.count, 'goroutine')}, {cell.count / whole:.0%}"
    kind = "own" if cell.own else "lib"
    return (
        f'<a href="#{cell.anchor}" class="{kind}" data-name="{name}" aria-label="{said}">'
        f'<svg x="{left:.3%}" y="{level * HEIGHT}" width="{width:.3%}" height="{HEIGHT - 1}">'
        f'<title>{said}</title><rect width="100%" height="100%" rx="2"></rect>'
        f'<text x="5" y="15">{name}</text></svg></a>'
    )
