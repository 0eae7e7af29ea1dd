"""Where output goes: a file or stdout, in colour or not, and how wide."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TextIO, cast

from gotrace.errors import GotraceError


@contextmanager
def opened(path: str | None, inputs: Sequence[str], *, text: bool) -> Iterator[TextIO]:
    """Where to write: stdout for None, else a file that appears only when all of it is written.

    Errors: GotraceError for a path that cannot be written, or that is one of ``inputs``.
    """
    if path is None:
        if isinstance(sys.stdout, TextIOWrapper):
            # JSON is UTF-8 whatever the terminal speaks (RFC 8259, section 8.1).
            encoding = None if text else "utf-8"
            sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
        yield sys.stdout
        return
    _check(path, inputs)
    special = os.path.exists(path) and not os.path.isfile(path)
    part = path if special else f"{path}.{os.getpid()}.part"
    file = _file(part, path, "w")
    try:
        with file:
            yield file
        if not special:
            os.replace(part, path)
    finally:
        if not special and os.path.exists(part):
            os.remove(part)


@contextmanager
def appended(path: str, inputs: Sequence[str]) -> Iterator[TextIO]:
    """A file that grows line by line, behind what it holds already.

    Errors: those of :func:`opened`.
    """
    _check(path, inputs)
    with _file(path, path, "a") as file:
        yield file


def _check(path: str, inputs: Sequence[str]) -> None:
    written = os.path.exists(path)
    if any(written and os.path.exists(i) and os.path.samefile(i, path) for i in inputs):
        raise GotraceError(f"{path} is an input as well", "name another file with -o")


def _file(path: str, name: str, mode: str) -> TextIO:
    try:
        return cast("TextIO", open(path, mode, encoding="utf-8", errors="backslashreplace"))
    except OSError as error:
        raise GotraceError(f"{name}: {error.strerror}", "is -o right?") from error


def wants_colour(option: str, out: TextIO) -> bool:
    """--color, then NO_COLOR (no-color.org), then FORCE_COLOR, then whether it is a terminal."""
    if option != "auto":
        return option == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if _asked("FORCE_COLOR") or _asked("CLICOLOR_FORCE"):
        return True
    return out.isatty() and os.environ.get("TERM") != "dumb"


def _asked(variable: str) -> bool:
    return os.environ.get(variable, "") not in {"", "0"}


def width_of(out: TextIO) -> int:
    """The terminal's width, 60 at least; 100 where it is none."""
    try:
        return max(60, os.get_terminal_size(out.fileno()).columns)
    except (OSError, ValueError):
        return 100
