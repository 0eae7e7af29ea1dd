"""Expressions that may have failed, and what the rules say of each."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from gotrace.annotated import AnnotatedFrame
from gotrace.culprit.culprit import Evidence
from gotrace.culprit.messages import Fault
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.culprit.givens import Given, Givens
    from gotrace.culprit.machine import Machine
    from gotrace.source.expressions_line import Line
    from gotrace.source.syntax import Syntax


class Fit(IntEnum):
    """How the access of a candidate goes with the fault address, from against to for it."""

    MISS = 0
    ZERO = 1  # the address is 0 and the offset is not: only an explicit check explains it
    SOFT = 2  # a copy of a struct, which may fail anywhere in it
    UNKNOWN = 3
    FITS = 4


class Case(NamedTuple):
    """What the rules look at. ``machine`` is what the program's code says of the failure."""

    fault: Fault
    frame: AnnotatedFrame
    line: Line | None = None
    machine: Machine | None = None
    givens: Givens | None = None

    def given(self, node: Syntax | None) -> Given | None:
        """What the callers' lines say of an expression of the line; None: nothing."""
        if self.givens is None or self.line is None or node is None:
            return None
        return self.givens.of(node, self.line)

    @property
    def address(self) -> int | None:
        """The fault address; without a signal line, what the instruction adds to its base."""
        if self.fault.address is not None:
            return self.fault.address
        return self.machine.displacement if self.machine else None


class Candidate:
    """One expression with its score.

    ``dead`` is why it cannot be it; ``guarded`` whether it was checked before; ``suspicion`` the
    part of the score that is no fact; ``quality`` how well the program's code matches it, 0 to 1.
    """

    def __init__(self, text: str, node: Syntax | None = None) -> None:
        self.text = text
        self.node = node
        self.score = 0.0
        self.suspicion = 0.0
        self.evidence: list[Evidence] = []
        self.dead = ""
        self.guarded = False
        self.fit = Fit.UNKNOWN
        self.quality = 0.0
        self.root_cause: str | None = None
        self.index_quality = 0.0

    def add(self, rule: str, weight: float, text: str) -> None:
        """What a rule says, for it or against it."""
        self.score += weight
        self.evidence.append(Evidence(rule, text, round(weight, 2)))

    def suspect(self, rule: str, weight: float, text: str) -> None:
        """What makes it likelier than others without any fact of this failure: it ranks, and
        proves nothing."""
        self.suspicion += weight
        self.add(rule, weight, text)

    def exclude(self, rule: str, weight: float, text: str) -> None:
        """A hard fact against it."""
        self.dead = self.dead or rule
        self.add(rule, weight, text)

    @property
    def alive(self) -> bool:
        """Whether nothing hard speaks against it."""
        return not self.dead and not self.guarded


def ranked(candidates: list[Candidate]) -> list[Candidate]:
    """Best first; equal ones in the order of the line."""
    return sorted(candidates, key=lambda c: -c.score)


def lead(candidates: list[Candidate]) -> float:
    """How far the first is ahead of all others by facts, suspicions left out."""
    others = [c.score - c.suspicion for c in candidates[1:]]
    return candidates[0].score - candidates[0].suspicion - max(others, default=-9.0)
