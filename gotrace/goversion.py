"""What each Go release prints. The only place that compares Go versions.

A version is the minor number of Go 1: ``27`` is go1.27. A :class:`Facts` holds the range of
releases that the evidence allows; asked for a fact, it answers yes, no or None (some do, some don't).
"""

from __future__ import annotations

from typing import NamedTuple

from gotrace.arch import Arch
from gotrace.model import Span

NEWEST = 27  # the newest release whose traces were looked at; later ones are read like it


class Fact(NamedTuple):
    """A way of printing, with the releases that have it (``until``: the last one) and the source."""

    name: str
    since: int
    until: int | None
    text: str
    cite: str


class Evidence(NamedTuple):
    """What in the input bounds the Go version: ``min`` and ``max`` minor releases, None: no bound."""

    text: str
    min: int | None
    max: int | None
    span: Span | None


FACTS: dict[str, Fact] = {}


class Facts(NamedTuple):
    """Releases ``min`` to ``max`` (None: any later one) of Go 1 may have printed this."""

    min: int
    max: int | None

    def has(self, name: str) -> bool | None:
        """Whether these releases print as the fact ``name`` says; None: some do, some don't."""
        fact = FACTS[name]
        top = NEWEST if self.max is None else self.max
        last = 10**6 if fact.until is None else fact.until
        if self.min >= fact.since and top <= last:
            return True
        if top < fact.since or self.min > last:
            return False
        return None

    def register_abi(self, arch: Arch | None) -> bool | None:
        """Whether these releases pass arguments in registers on ``arch`` (None: arch unknown)."""
        if arch is None:
            return None if self.has("argument_values") is not False else False
        since = arch.register_abi_since
        if since is None or (self.max is not None and self.max < since):
            return False
        return True if self.min >= since else None

    def version(self, minor: int) -> bool | None:
        """Whether this is release ``minor``: yes, no, or None for maybe."""
        if minor < self.min or (self.max is not None and minor > self.max):
            return False
        return True if self.min == self.max else None
