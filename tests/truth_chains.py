"""Random chains of Go functions for tests/truth_programs.py: what calls what, and how."""

from __future__ import annotations

import random
from typing import NamedTuple

from tests.truth_types import ANY, INT, PACKAGES, PATHS, STRING, Type, Types, pointer

USES = ("none", "before", "after", "after", "after", "part", "touch", "escape", "set")
COUNTS = (0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12)
Parameters = list[tuple[str, Type]]


class Function(NamedTuple):
    """A function of a chain; ``uses`` says what it does with each named parameter."""

    number: int
    package: str
    kind: str  # func method closure generic gmethod
    link: str  # how it is called: direct defer go variable value face hook
    receiver: tuple[str, Type] | None
    parameters: Parameters
    variadic: bool
    results: Parameters
    inlinable: bool
    arguments: tuple[Type, ...]  # of its type parameters, or of its receiver's
    captures: Parameters  # variables of ``outer``
    outer: int | None
    uses: dict[str, str]

    @property
    def identifier(self) -> str:
        """The name in its package, unique in the module."""
        return f"{self.package[0].upper()}Step{self.number}"

    @property
    def name(self) -> str | None:
        """As a traceback prints it; None for a closure."""
        path = PATHS[self.package].replace("store.v2", "store%2ev2")
        generic = "[...]" if self.arguments else ""
        if self.kind == "closure":
            return None
        if self.receiver is None:
            return f"{path}.{self.identifier}{generic}"
        of = self.receiver[1]
        base = (of.elements[0] if of.kind == "pointer" else of).name + generic
        return f"{path}.{f'(*{base})' if of.kind == 'pointer' else base}.{self.identifier}"

    @property
    def called(self) -> Parameters:
        """Receiver and parameters."""
        return ([self.receiver] if self.receiver else []) + self.parameters


class Chains:
    """Makes chains; ``shape`` decides what stays in another commit, ``types.r`` the rest."""

    def __init__(self, shape: random.Random, types: Types, *, generics: bool) -> None:
        self.shape, self.types, self.r, self.generics = shape, types, types.r, generics
        self.count = 0
        self.boxes: list[Type] = []

    def chain(self) -> list[Function]:
        """Functions that call one another; the packages go down, or up again by a hook."""
        shape, chain, at = self.shape, [], 0
        for i in range(shape.randrange(3, 8)):
            at = min(at + (shape.random() < 0.35), 2)
            before = chain[-1] if chain else None
            kinds = ["func"] * 5 + ["method"] * 5 + ["closure"] * (3 if i else 0)
            more = ["generic"] * 3 + ["gmethod"] * 3
            roll = shape.random()
            kind = shape.choice(kinds)
            kind = shape.choice(more) if roll < 0.3 and self.generics else kind
            links = ["direct"] * 6 + ["defer", "go", "variable"]
            links += ["value", "face"] if kind == "method" else []
            if at and shape.random() < 0.1 and kind != "closure":
                at, links = 0, ["hook"]
            package = before.package if kind == "closure" and before else PACKAGES[at]
            at = PACKAGES.index(package)
            small = kind in ("func", "method") and links[0] != "hook" and shape.random() < 0.2
            link = shape.choice(links)
            chain.append(self._function(package, kind, "direct" if small else link, before, small))
        return chain

    def _function(
        self, package: str, kind: str, link: str, before: Function | None, inlinable: bool
    ) -> Function:
        number = self.count = self.count + 1
        arguments: tuple[Type, ...] = ()
        if kind in ("generic", "gmethod"):
            letters = "TU"[: self.shape.choice([1, 1, 2]) if kind == "generic" else 1]
            arguments = tuple(Type("tparam", x, concrete=self._argument(package)) for x in letters)
        receiver = self._receiver(package, kind, number, arguments)
        parameters = self._parameters(package, kind, number, arguments)
        variadic = bool(parameters) and self.shape.random() < 0.1
        if variadic:
            name, t = parameters[-1]
            parameters[-1] = (name, Type("slice", elements=(t,)))
        counts = [0, 0, 0, 1, 1, 2, 3]
        results = [("", self.types.random(package)) for _ in range(self.shape.choice(counts))]
        captures: Parameters = []
        if kind == "closure" and before and not before.arguments:
            named = [(n, t) for n, t in before.called if n not in ("", "_")]
            captures = self.r.sample(named, min(len(named), self.r.choice([0, 1, 2])))
        called = ([receiver] if receiver else []) + parameters
        named = [n for n, _ in called if n not in ("", "_")]
        uses = {n: "before" if inlinable else self.r.choice(USES) for n in named}
        if before:
            by = {n: before.uses[n] for n, _ in captures}
            uses |= {n: "ref" if u in ("set", "touch", "escape") else "copy" for n, u in by.items()}
        return Function(
            *(number, package, kind, link, receiver, parameters, variadic, results, inlinable),
            *(arguments, captures, before.number if before else None, uses),
        )

    def _receiver(
        self, package: str, kind: str, number: int, arguments: tuple[Type, ...]
    ) -> tuple[str, Type] | None:
        by_value, roll = self.shape.random() < 0.5, self.shape.randrange(20)
        if kind == "gmethod":
            name = f"{package[0].upper()}Box{number}"
            fields = (("V", arguments[0]), ("N", INT), *self.types.random_fields(package, 2))
            base = Type("instance", "", name, package, arguments[:1], fields)
            self.boxes.append(base)
        elif kind == "method":
            base = self.r.choice(self.types.defined[package])
        else:
            return None
        return {0: "", 1: "_"}.get(roll, "on"), base if by_value else pointer(base)

    def _parameters(
        self, package: str, kind: str, number: int, arguments: tuple[Type, ...]
    ) -> Parameters:
        shape, found = self.shape, []
        unnamed = shape.random() < 0.06
        for i in range(shape.choice(COUNTS)):
            # A closure's must not hide those of the function around it.
            name = f"q{number}x{i}" if kind == "closure" else f"p{i}"
            name = "_" if shape.random() < 0.06 else name
            t = self.types.random(package)
            if arguments and shape.random() < 0.4:
                t = self.r.choice([*arguments, Type("slice", elements=(arguments[0],))])
            found.append(("" if unnamed else name, t))
        return found

    def _argument(self, package: str) -> Type:
        named = self.r.choice(self.types.visible(package))
        some = [INT, STRING, named, pointer(named), Type("basic", "float32"), ANY]
        return self.r.choice([*some, Type("slice", elements=(Type("basic", "byte"),))])


def mentions_parameter(t: Type) -> bool:
    """Whether a type parameter is anywhere in a type."""
    if t.concrete is not None:
        return True
    return any(mentions_parameter(e) for e in (*t.elements, *(f for _, f in t.fields)))
