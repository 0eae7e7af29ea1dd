"""An input by the name that a user gives it: a file, standard input, a URL."""

from __future__ import annotations

from collections.abc import Iterable

from gotrace.errors import GotraceError
from gotrace.exits import complain
from gotrace.input import longest
from gotrace.input.files import read_input

_SCHEMES = ("http://", "https://")


def read_named(name: str) -> bytes:
    """Its bytes. Errors: GotraceError where it cannot be read."""
    if not name.startswith(_SCHEMES):
        return read_input(name)
    from gotrace.live import fetch  # noqa: PLC0415 - only for a URL

    return fetch(name)


def complain_of_line(name: str, place: int, most: int) -> None:
    """Say that a line is too long, since a dump in it may have been missed."""
    complain(GotraceError(*longest.said_of(label(name), place, most)))


def look_for_long_lines(name: str, data: bytes) -> None:
    """Say of an input that is read whole if it has a line that is longer than any record."""
    place = longest.first_beyond(data, longest.LONGEST)
    if place is not None:
        complain_of_line(name, place, longest.LONGEST)


def named(names: Iterable[str]) -> str:
    """The inputs as a sentence has them."""
    return ", ".join("standard input" if name == "-" else label(name) for name in names)


def label(name: str) -> str:
    """The name as it may be printed: a URL without its secrets."""
    if not name.startswith(_SCHEMES):
        return name
    from gotrace.live import shown  # noqa: PLC0415 - only for a URL

    return shown(name)
