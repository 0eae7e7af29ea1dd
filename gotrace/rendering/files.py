"""Local files of printed paths, and how files are named to other programs."""

from __future__ import annotations

import os
import posixpath

from gotrace.patterns import lazy_pattern

_DRIVE = lazy_pattern(r"[A-Za-z]:/")


def as_printed(file: str) -> str | None:
    """The local file of a printed path where it lies at this very path, else None.

    Only of absolute paths: what a relative one is relative to, nobody printed. Never of a path to
    another machine (``//host/…``): a log must not make us ask for it.
    """
    path = file.replace("\\", "/")
    if path.startswith("//") or not os.path.isabs(file) or "\0" in file:
        return None
    return file if os.path.isfile(file) else None


def repository(folder: str) -> str:
    """The root of the checkout that ``folder`` is in; ``folder`` itself where it is in none."""
    folder = os.path.abspath(folder)
    above = folder
    while not os.path.exists(os.path.join(above, ".git")):
        parent = os.path.dirname(above)
        if parent == above:
            return folder
        above = parent
    return above


def relative(path: str, root: str) -> str | None:
    """``path`` below ``root``, with slashes; None where it is not below it."""
    path = os.path.abspath(path)
    found = os.path.relpath(path, root) if path.startswith(root.rstrip(os.sep) + os.sep) else None
    return None if found is None else found.replace(os.sep, "/")


def uri_of(path: str) -> str:
    """``file:///…`` of an absolute path, else a relative reference without a scheme.

    A path to another machine becomes one of this: a log must not make a viewer ask for it. What a
    `..` leads to depends on the machine: it is resolved by its name.
    """
    from urllib.parse import quote  # noqa: PLC0415 - only where files are named

    path = posixpath.normpath(path.replace("\\", "/"))
    while path.startswith("../"):
        path = path[3:]
    if path.startswith("/"):
        path = "/" + path.lstrip("/")
    elif _DRIVE.match(path):
        path = f"/{path[:2]}" + quote(_bytes(path[2:]))
        return "file://" + path
    quoted = quote(_bytes(path))
    return "file://" + quoted if path.startswith("/") else quoted


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
