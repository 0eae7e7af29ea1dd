"""NamedTuple as ``typing`` has it, for classes that a command defines by the dozen when it starts.

typing compiles each annotation and collections.namedtuple each constructor, 0.1 ms a class: a sixth
of the time of a whole run on a small log. Here annotations stay what they are, and a constructor is
made when the first object is, from what was compiled for another class with as many fields. Type
checkers see the class of ``typing``.
"""

from __future__ import annotations

__all__ = ["NamedTuple"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import _tuplegetter

    _make_tuple = tuple.__new__

    _function = type(lambda: None)
    _compiled = {}  # constructors' code by number of fields

    def _code(count):
        if count not in _compiled:
            names = ", ".join(f"_{i}" for i in range(count))
            comma = "," if count == 1 else ""
            made = eval(f"lambda _cls, {names}: _make_tuple(_cls, ({names}{comma}))")
            _compiled[count] = made.__code__
        return _compiled[count]

    def _first_new(cls, /, *arguments, **named):
        """Make the constructor of the class, then construct."""
        owner = next(c for c in cls.__mro__ if "_fields" in c.__dict__)
        code = _code(len(owner._fields)).replace(co_varnames=("_cls", *owner._fields))
        space = {"_make_tuple": _make_tuple, "__name__": owner.__module__}
        new = _function(code, space, "__new__", tuple(owner._field_defaults.values()))
        new.__qualname__ = f"{owner.__qualname__}.__new__"
        owner.__new__ = staticmethod(new)
        return new(cls, *arguments, **named)

    def _make(cls, values):
        """An object from its values in order."""
        made = _make_tuple(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **named):
        """A copy with other values."""
        made = _make_tuple(type(self), map(named.pop, self._fields, self))
        if named:
            raise ValueError(f"Got unexpected field names: {[*named]!r}")
        return made

    def _asdict(self):
        """The values by name."""
        return dict(zip(self._fields, self, strict=True))

    def _repr(self):
        shown = ", ".join(f"{n}={v!r}" for n, v in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({shown})"

    def _getnewargs(self):
        return tuple(self)

    _SHARED = {
        "__slots__": (),
        "__new__": _first_new,
        "__repr__": _repr,
        "__getnewargs__": _getnewargs,
        "_make": classmethod(_make),
        "_replace": _replace,
        "_asdict": _asdict,
    }

    class _Meta(type):
        def __new__(cls, name, bases, space):
            if not bases:
                return type.__new__(cls, name, bases, space)
            fields = tuple(space.get("__annotations__", ()))
            defaults = {n: space.pop(n) for n in fields if n in space}
            late = fields[len(fields) - len(defaults) :]
            if tuple(defaults) != late or any(n.startswith("_") for n in fields):
                raise TypeError(f"{name}: a field without a default behind one that has it")
            getters = {n: _tuplegetter(i, None) for i, n in enumerate(fields)}
            own = {"_fields": fields, "_field_defaults": defaults, "__match_args__": fields}
            return type(name, (tuple,), _SHARED | getters | own | space)

    class NamedTuple(metaclass=_Meta):
        """The base of all."""
