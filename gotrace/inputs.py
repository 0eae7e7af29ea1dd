"""An input by the name that a user gives it: a file, standard input, a URL."""

from __future__ import annotations

from collections.abc import Iterable

from gotrace.input.files import read_input

_SCHEMES = ("http://", "https://")


def read_named(name: str) -> bytes:
    """Its bytes. Errors: GotraceError where it cannot be read."""
    if not name.startswith(_SCHEMES):
        return read_input(name)
    from gotrace.live import fetch  # noqa: PLC0415 - only for a URL

    return fetch(name)


def named(names: Iterable[str]) -> str:
    """The inputs as a sentence has them."""
    return ", ".join("standard input" if name == "-" else label(name) for name in names)


def label(name: str) -> str:
    """The name as it may be printed: a URL without its secrets."""
    if not name.startswith(_SCHEMES):
        return name
    from gotrace.live import shown  # noqa: PLC0415 - only for a URL

    return shown(name)
