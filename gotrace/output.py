"""Where output goes: a file or stdout, in colour or not, and how wide."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TextIO

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
    written = os.path.exists(path)
    if any(written and os.path.exists(i) and os.path.samefile(i, path) for i in inputs):
        raise GotraceError(f"{path} is an input as well", "name another file with -o")
    special = written and not os.path.isfile(path)
    part = path if special else f"{path}.{os.getpid()}.part"
    try:
        file = open(part, "w", encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    except OSError as error:
        raise GotraceError(f"{path}: {error.strerror}", "is -o right?") from error
    try:
        with file:
            yield file
        if not special:
            os.replace(part, path)
    finally:
        if not special and os.path.exists(part):
            os.remove(part)


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
