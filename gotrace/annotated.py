"""A dump's goroutines with what was found out about them."""

from __future__ import annotations

from typing import Any

from gotrace.model import Frame, Goroutine
from gotrace.names import FunctionName
from gotrace.signature import Signature
from gotrace.tuples import NamedTuple
from gotrace.value import Argument, BindIssue, WordUse


class AnnotatedFrame(NamedTuple):
    """A frame with what its words are. Without a signature every word is in ``unbound``."""

    frame: Frame
    name: FunctionName
    in_app: bool
    signature: Signature | None
    arguments: tuple[Argument, ...]
    unbound: tuple[WordUse, ...]
    issues: tuple[BindIssue, ...]

    def __getitem__(self, name: object) -> Any:
        """The argument of that name; KeyError where there is none. Positions work as in a tuple."""
        if not isinstance(name, str):
            return tuple.__getitem__(self, name)  # type: ignore[call-overload]
        for argument in self.arguments:
            if argument.name == name:
                return argument
        raise KeyError(name)


class AnnotatedGoroutine(NamedTuple):
    """A goroutine with its frames annotated."""

    goroutine: Goroutine
    frames: tuple[AnnotatedFrame, ...]
