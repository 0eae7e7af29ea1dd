"""The pointers and interfaces that a selector goes through, with offsets.

Source: the Go specification, "Selectors": embedded fields and pointers are followed unwritten.
"""

from __future__ import annotations

from gotrace.source.expressions_members import Member
from gotrace.source.expressions_shapes import UNKNOWN, FieldShape, Shape, Shapes
from gotrace.tuples import NamedTuple
from gotrace.types import Kind

_DEEPEST = 6  # embedded structs


class Access(NamedTuple):
    """A value that must not be nil. ``offset`` is what is added to it, None where not known.

    ``how``: ``field`` (a load or store behind a pointer), ``method`` (of an interface: its table
    is loaded from), ``copy`` (of the receiver of a value method), ``address`` (of a field),
    ``unknown`` (the type is not known).
    """

    text: str
    shape: Shape
    offset: int | None
    how: str


class Selector(NamedTuple):
    """``shape`` is the type of the whole. Of a method: ``receiver`` is the text of what it is
    called on, embedded fields included, ``pointer`` the pointer in that, ``inside`` the receiver's
    offset behind it, ``steps`` the embedded fields."""

    shape: Shape
    accesses: tuple[Access, ...] = ()
    receiver: str = ""
    pointer: str = ""
    inside: int | None = None
    method: Member | None = None
    steps: tuple[str, ...] = ()


class _Path(NamedTuple):
    """Embedded fields to walk, then a field, a method or an interface's method."""

    steps: tuple[FieldShape, ...]
    field: FieldShape | None = None
    method: Member | None = None


class _Walk:
    """The running state of one selector: the last pointer passed and the offset behind it."""

    def __init__(self, text: str, shape: Shape, shapes: Shapes) -> None:
        self.shapes = shapes
        self.text = text
        self.pointer: tuple[str, Shape] | None = None
        self.offset: int | None = 0
        self.accesses: list[Access] = []
        self.current = shape
        if shape.kind is Kind.POINTER:
            self.pointer = (text, shape)
            self.current = shapes.element(shape)

    def take(self, step: FieldShape) -> None:
        """Walk into an embedded field."""
        self.add(step.offset)
        self.text = f"{self.text}.{step.name}"
        self.current = step.shape
        if step.shape.kind is Kind.POINTER:
            self.load("field")
            self.pointer, self.offset = (self.text, step.shape), 0
            self.current = self.shapes.element(step.shape)
        elif step.shape.kind is Kind.INTERFACE:
            self.load("field")
            self.pointer, self.offset = None, None

    def add(self, offset: int | None) -> None:
        known = offset is not None and self.offset is not None
        self.offset = self.offset + offset if known else None  # type: ignore[operator]

    def load(self, how: str) -> None:
        if self.pointer:
            self.accesses.append(Access(*self.pointer, self.offset, how))


class Selectors:
    """Resolves selectors with one tree's types."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def select(self, shape: Shape, text: str, field: str) -> Selector:
        """``text.field`` where ``text`` has the type ``shape``."""
        walk = _Walk(text, shape, self.shapes)
        if walk.current.kind is Kind.INTERFACE and walk.pointer is None:
            return self._of_interface(walk, shape, field)
        path = None
        if walk.current.kind is not Kind.UNKNOWN or walk.current.name:
            path = self._path(walk.current, field)
        if path is None:
            known = walk.pointer is not None
            access = Access(text, shape, None, "field" if known else "unknown")
            return Selector(UNKNOWN, (access,) if known or shape.kind is Kind.UNKNOWN else ())
        for step in path.steps:
            walk.take(step)
        if path.field is not None:
            walk.add(path.field.offset)
            walk.load("field")
            return Selector(path.field.shape, tuple(walk.accesses))
        if path.method is None:
            return self._of_interface(walk, path.steps[-1].shape, field)
        return self._of_method(walk, path.method, path)

    def _of_interface(self, walk: _Walk, shape: Shape, field: str) -> Selector:
        methods = self.shapes.interface_methods(shape)
        offset = None
        function = UNKNOWN
        if methods is not None and field in methods:
            place = sorted(methods).index(field)  # the table is in the order of the names
            offset = self.shapes.methods + self.shapes.word * place
            function = methods[field]
        access = Access(walk.text, shape, offset, "method")
        return Selector(function, (*walk.accesses, access), receiver=walk.text, pointer=walk.text)

    def _of_method(self, walk: _Walk, method: Member, path: _Path) -> Selector:
        pointer = walk.pointer[0] if walk.pointer else ""
        if walk.pointer and not method.declared.pointer:
            walk.load("copy")
        elif walk.pointer and walk.offset != 0:
            walk.load("address")
        function = Shape(Kind.FUNC, method.declared.node, method.scope, name=method.declared.name)
        return Selector(
            function,
            tuple(walk.accesses),
            walk.text,
            pointer,
            walk.offset,
            method,
            tuple(step.name for step in path.steps),
        )

    def _path(self, shape: Shape, name: str) -> _Path | None:
        """The shallowest field or method of that name, breadth first."""
        level: list[tuple[Shape, tuple[FieldShape, ...]]] = [(shape, ())]
        for _ in range(_DEEPEST):
            following: list[tuple[Shape, tuple[FieldShape, ...]]] = []
            for owner, steps in level:
                found = self._direct(owner, steps, name)
                if found is not None:
                    return found
                for field in self.shapes.fields(owner):
                    if field.embedded:
                        inner = field.shape
                        if inner.kind is Kind.POINTER:
                            inner = self.shapes.element(inner)
                        following.append((inner, (*steps, field)))
            level = following
        return None

    def _direct(self, owner: Shape, steps: tuple[FieldShape, ...], name: str) -> _Path | None:
        for field in self.shapes.fields(owner):
            if field.name == name:
                return _Path(steps, field=field)
        method = self.shapes.method(owner, name)
        if method is not None:
            return _Path(steps, method=method)
        if owner.kind is Kind.INTERFACE and steps:
            methods = self.shapes.interface_methods(owner)
            if methods is not None and name in methods:
                return _Path(steps)
        return None
