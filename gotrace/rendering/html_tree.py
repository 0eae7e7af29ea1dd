"""Who created whom: goroutines by the place that started them, below the one that ran it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from gotrace.annotated import AnnotatedGoroutine
from gotrace.model import CreatedBy
from gotrace.rendering.frames import Look
from gotrace.rendering.html_text import shown

DEEPEST = 24
DEEPER = "all that they created"
MOST = 200  # lines
CHILDREN = 30  # of one line


class _Node:
    """Goroutines that run one function, started at one place below one parent."""

    __slots__ = ("below", "count", "depth", "first", "name", "place")

    def __init__(self, name: str, place: str, depth: int) -> None:
        self.name = name
        self.place = place
        self.depth = depth
        self.count = 0
        self.first = -1
        self.below: dict[object, _Node] = {}


def creation_tree(
    goroutines: Sequence[AnnotatedGoroutine], anchors: Mapping[int, str], look: Look
) -> str:
    """Nested lists; empty where nobody is known to have created another."""
    if not any(g.goroutine.created_by for g in goroutines) or len(goroutines) < 2:
        return ""
    tree = _Tree(goroutines, look)
    lines = _Lines(anchors)
    return f'<ul class="tree">{"".join(lines.of(tree.root))}</ul>'


class _Tree:
    """Built goroutine by goroutine; a parent that is gone stands for itself by its function."""

    def __init__(self, goroutines: Sequence[AnnotatedGoroutine], look: Look) -> None:
        self.root = _Node("", "", 0)
        self._look = look
        self._goroutines = goroutines
        self._by_id: dict[int, int] = {}
        for index, annotated in enumerate(goroutines):
            if annotated.goroutine.id is not None:
                self._by_id.setdefault(annotated.goroutine.id, index)
        self._nodes: dict[int, _Node] = {}
        for index, annotated in enumerate(goroutines):
            node = self._node(index)
            node.count += annotated.goroutine.copies or 1
            node.first = index if node.first < 0 else node.first

    def _node(self, index: int) -> _Node:
        """The goroutine's node, those of its creators first."""
        line = {index: None}
        last = index
        while last not in self._nodes:
            parent = self._parent(last)
            if parent is None or parent in line:  # a text can say anything
                break
            line[parent] = None
            last = parent
        node = self._nodes.get(last)
        for step in reversed(line):
            if step not in self._nodes:
                node = self._nodes[step] = self._below(node, step)
        assert node is not None
        return node

    def _parent(self, index: int) -> int | None:
        creator = self._goroutines[index].goroutine.created_by
        if creator is None or creator.goroutine is None:
            return None
        return self._by_id.get(creator.goroutine)

    def _below(self, parent: _Node | None, index: int) -> _Node:
        annotated = self._goroutines[index]
        creator = annotated.goroutine.created_by
        if parent is None:
            parent = self.root if creator is None else self._gone(creator)
        if parent.depth == DEEPEST:
            return parent.below.setdefault(None, _Node(DEEPER, "", DEEPEST + 1))
        if parent.depth > DEEPEST:
            return parent
        name = self._entry_function(annotated)
        key = name, creator and (creator.function, creator.site)
        return parent.below.setdefault(key, _Node(name, self._place(creator), parent.depth + 1))

    def _gone(self, creator: CreatedBy) -> _Node:
        name = self._look.short.function(creator.function)
        return self.root.below.setdefault(("gone", name), _Node(name, "", 1))

    def _entry_function(self, annotated: AnnotatedGoroutine) -> str:
        frames = [f.frame.function for f in annotated.frames]
        while len(frames) > 1 and frames[-1] in {"runtime.goexit", "runtime.main"}:
            frames.pop()
        return self._look.short.function(frames[-1]) if frames else "no frames"

    def _place(self, creator: CreatedBy | None) -> str:
        if creator is None:
            return ""
        site = creator.site
        where = "" if site is None else f" {self._look.short.file(site.file)}:{site.line}"
        return f"by {self._look.short.function(creator.function)}{where}"


class _Lines:
    """Writes the tree, as many lines as fit."""

    def __init__(self, anchors: Mapping[int, str]) -> None:
        self._anchors = anchors
        self._left = MOST

    def of(self, node: _Node) -> Iterator[str]:
        children = sorted(node.below.values(), key=lambda n: -_all(n))
        for number, child in enumerate(children):
            if number == CHILDREN or self._left <= 0:
                yield f'<li class="more">and {len(children) - number:,} more</li>'
                return
            self._left -= 1
            inner = "".join(self.of(child))
            below = f"<ul>{inner}</ul>" if inner else ""
            yield f"<li>{self._line(child)}{below}</li>"

    def _line(self, node: _Node) -> str:
        name = f'<span class="fn">{shown(node.name)}</span>'
        if node.count == 0:
            return f'{name} <span class="note">is gone, or its number is not printed</span>'
        count = f'<span class="count">{node.count:,} ×</span> ' if node.count > 1 else ""
        place = f' <span class="note">{shown(node.place)}</span>' if node.place else ""
        anchor = escape(self._anchors[node.first])
        return f'{count}<a href="#{anchor}">{name}</a>{place}'


def _all(node: _Node) -> int:
    """How many goroutines are in a node and below; not deeper than the tree is."""
    return node.count + sum(map(_all, node.below.values()))
