"""Settings: ``gotrace.toml``, or ``[tool.gotrace]`` in ``pyproject.toml``.

The nearest file from the working directory upwards counts. Paths in it are relative to it.
"""

from __future__ import annotations

import os
import re
from typing import Any

from gotrace.errors import GotraceError
from gotrace.tuples import NamedTuple


class Settings(NamedTuple):
    """What the file says; ``path`` is None where there is none.

    ``disable`` are codes of findings that are not looked for, ``baseline`` a file of known ones.
    """

    path: str | None = None
    signatures: tuple[str, ...] = ()
    go: str | None = None
    arch: str | None = None
    discover: bool = True
    redact: bool = False
    binaries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    path_maps: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    baseline: str | None = None


_LISTS = {"signatures", "binaries", "sources", "path_maps", "disable"}
_PATHS = {"signatures", "binaries", "sources", "baseline"}
_TEXTS = {"go", "arch", "baseline"}
_SWITCHES = {"discover", "redact"}


def load_settings(start: str, *, explicit: str | None = None) -> Settings:
    """The settings for the folder ``start``, or those of the file ``explicit``.

    Errors: GotraceError for a file that cannot be read, is not TOML, or says unknown things.
    """
    if explicit is not None:
        return _read(explicit)
    folder = os.path.abspath(start)
    while True:
        own = os.path.join(folder, "gotrace.toml")
        if os.path.isfile(own):
            return _read(own)
        project = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(project) and _mentions_gotrace(project):
            found = _read(project)
            if found != Settings(project):
                return found
        above = os.path.dirname(folder)
        if above == folder:
            return Settings()
        folder = above


def _mentions_gotrace(path: str) -> bool:
    """Whether it speaks of gotrace at all: TOML is only parsed where it does."""
    try:
        with open(path, "rb") as file:
            return re.search(rb"\[\s*tool\s*(?:\.\s*gotrace|\])", file.read()) is not None
    except OSError:
        return False


def _read(path: str) -> Settings:
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        with open(path, "rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise GotraceError(f"{path}: {error.strerror}", "can it be read?") from error
    except ValueError as error:  # TOML's own errors, and bytes that are not UTF-8
        raise GotraceError(f"{path}: {error}", "it has to be TOML") from error
    if os.path.basename(path) == "pyproject.toml":
        table = table.get("tool", {}).get("gotrace", {})
    return _settings(path, table)


def _settings(path: str, table: dict[str, Any]) -> Settings:
    found: dict[str, Any] = {"path": path}
    for key, value in table.items():
        name = key.replace("-", "_")
        if not _fits(name, value):
            known = ", ".join(sorted(_LISTS | _TEXTS | _SWITCHES))
            raise GotraceError(f"{path}: {key} = {value!r} is not a setting", f"known: {known}")
        found[name] = tuple(value) if name in _LISTS else value
        if name in _PATHS:
            folder = os.path.dirname(path)
            joined = [os.path.join(folder, p) for p in ([value] if name in _TEXTS else value)]
            found[name] = joined[0] if name in _TEXTS else tuple(joined)
    return Settings(**found)


def _fits(name: str, value: object) -> bool:
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if name in _TEXTS:
        return isinstance(value, str)
    return name in _SWITCHES and isinstance(value, bool)
