"""The program's table of contents: from a dump to everything we can say about it.

(Shape only for now; ``annotate`` is filled in as the parts land.)
"""

from __future__ import annotations

from typing import NamedTuple

from gotrace.arch import Port
from gotrace.goversion import Evidence, Facts
from gotrace.model import Dump, Frame, Goroutine, Issue, Note
from gotrace.names import FunctionName
from gotrace.signature import Signature
from gotrace.value import Argument, BindIssue, WordUse


class Runtime(NamedTuple):
    """What printed the dump. ``style`` is ``words`` (≤ 1.16), ``values`` (≥ 1.17) or None.

    ``exact`` is set where the very release is known (``1.23.4``). ``assumed`` lists what is used
    without proof (``word_size=8``, ``byte_order=little``).
    """

    style: str | None
    facts: Facts
    evidence: tuple[Evidence, ...]
    port: Port
    os: str | None = None
    exact: str | None = None
    assumed: tuple[str, ...] = ()


class AnnotatedFrame(NamedTuple):
    """A frame with what its words are. Without a signature every word is in ``unbound``."""

    frame: Frame
    name: FunctionName
    in_app: bool
    signature: Signature | None
    arguments: tuple[Argument, ...]
    unbound: tuple[WordUse, ...]
    issues: tuple[BindIssue, ...]

    def __getitem__(self, name: str) -> Argument:
        """The argument of that name; KeyError where there is none."""
        for argument in self.arguments:
            if argument.name == name:
                return argument
        raise KeyError(name)


class AnnotatedGoroutine(NamedTuple):
    """A goroutine with its frames annotated."""

    goroutine: Goroutine
    frames: tuple[AnnotatedFrame, ...]


class SeenIn(NamedTuple):
    """Another place that holds the same pointer: goroutine id, frame index, argument name."""

    goroutine: int | None
    frame: int
    argument: str | None


class Report(NamedTuple):
    """``goroutines`` are in the dump's order. ``pointers`` names pointers printed more than once
    (``{0xc0000b2000: "A"}``); ``seen`` lists where each of those stands."""

    dump: Dump
    runtime: Runtime
    goroutines: tuple[AnnotatedGoroutine, ...]
    pointers: dict[int, str]
    seen: dict[int, tuple[SeenIn, ...]]
    notes: tuple[Note, ...] = ()
    issues: tuple[Issue, ...] = ()

    @property
    def crashed(self) -> AnnotatedGoroutine | None:
        """The goroutine that crashed; None in a snapshot."""
        return next((g for g in self.goroutines if g.goroutine.crashed), None)
