"""What a printed function name says of the declaration that it stands for."""

from __future__ import annotations

from gotrace.names import split_name
from gotrace.patterns import lazy_pattern
from gotrace.tuples import NamedTuple

_STEP = r"[.\-](?:func|gowrap|deferwrap|range)[0-9]+"
_STEPS = lazy_pattern(rf"(?:{_STEP}|\.[0-9]+)+$")
_ONE = lazy_pattern(r"[.\-](func|gowrap|deferwrap|range)?([0-9]+)")
_OLD_INIT = lazy_pattern(r"init\.[0-9]+")
# Literals that initialise package variables: glob..func1 until go1.21, init.func1 since.
_GLOBAL = frozenset({"glob.", "init", "map.init"})


class Step(NamedTuple):
    """A function inside another: ``form`` is func, gowrap, deferwrap or range."""

    form: str
    number: int


class Printed(NamedTuple):
    """``base`` is the declared function's name (``(*T).M``), ``steps`` lead from it inwards.

    Where a literal was inlined into another function, ``base`` has that function in front
    (``main.(*T).M``, go1.21 to go1.26), or the first step has a bare number (go1.27).
    """

    package: str | None
    local: str
    base: str
    steps: tuple[Step, ...]

    @property
    def in_variable(self) -> bool:
        """Whether the literal initialises a package variable."""
        return self.base in _GLOBAL

    def names(self, declared: str) -> bool:
        """Whether this is (or lies in) the function that a declaration names ``declared``."""
        if self.base == declared:
            return True
        if declared == "init":
            return bool(_OLD_INIT.fullmatch(self.base))
        return bool(self.steps) and self.base.endswith(f".{declared}")


def read_name(function: str) -> Printed:
    """Take the part behind the package apart.

    Source: cmd/compile/internal/ir/func.go closureName (go1.23.12, go1.27.3),
    gc/closure.go closurename (go1.15.15).
    """
    package, local = split_name(function).package, split_name(function).local
    if function == "panic":  # how runtime.gopanic is printed
        return Printed("runtime", local, "gopanic", ())
    start = _OLD_INIT.match(local)  # the number of an init function is none of a literal's
    plain = local.removesuffix("-fm")  # a method value's wrapper takes what the method takes
    steps = _STEPS.search(plain, start.end() if start else 0)
    if steps is None or not steps.start():
        return Printed(package, local, plain, ())
    found = tuple(Step(form or "func", int(number)) for form, number in _ONE.findall(steps[0]))
    return Printed(package, local, local[: steps.start()], found)
