"""Files below the roots: opened once, listed once, indexed by name where nothing else helps."""

from __future__ import annotations

import os
import stat
from collections import deque

from gotrace.tuples import NamedTuple

LARGEST = 10 << 20  # bytes of a Go file; beyond, it is somebody's data
_MOST_NAMES = 400_000  # files of an index
_DEEPEST = 40
_NEVER_ENTERED = frozenset({"node_modules", "__pycache__"})


class Listing(NamedTuple):
    """What a directory holds, by name."""

    files: frozenset[str]
    directories: frozenset[str]


_EMPTY = Listing(frozenset(), frozenset())


class Files:
    """Reads below ``roots``, remembers what it saw, and logs what it opened in ``opened``."""

    def __init__(self, roots: tuple[str, ...]) -> None:
        self.roots = roots
        self.opened: list[str] = []
        self._listings: dict[str, Listing] = {}
        self._index: dict[str, dict[str, list[str]]] = {}

    def read(self, path: str) -> bytes | None:
        """The bytes of a regular file; None where it cannot be read or is too large."""
        try:
            state = os.stat(path)
            if not stat.S_ISREG(state.st_mode) or state.st_size > LARGEST:
                return None
            self.opened.append(path)
            with open(path, "rb") as file:
                return file.read(LARGEST)
        except (OSError, ValueError):
            return None

    def listing(self, directory: str) -> Listing:
        """The names in a directory; nothing where it cannot be read."""
        known = self._listings.get(directory)
        if known is None:
            known = self._listings[directory] = _listing(directory)
        return known

    def exists(self, path: str) -> bool:
        """Whether ``path`` is a regular file."""
        try:
            return stat.S_ISREG(os.stat(path).st_mode)
        except (OSError, ValueError):
            return False

    def named(self, root: str, name: str) -> list[str]:
        """The files below ``root`` that are called ``name``: names are read, no file is opened."""
        index = self._index.get(root)
        if index is None:
            index = self._index[root] = self._indexed(root)
        return index.get(name, [])

    def _indexed(self, root: str) -> dict[str, list[str]]:
        """Breadth first, so that what a bound leaves out is deep. A directory is entered once,
        whatever links lead to it."""
        found: dict[str, list[str]] = {}
        seen: set[tuple[int, int]] = set()
        waiting = deque([(root, 0)])
        count = 0
        while waiting and count < _MOST_NAMES:
            directory, depth = waiting.popleft()
            identity = _identity(directory)
            if identity is None or identity in seen:
                continue
            seen.add(identity)
            listing = self.listing(directory)
            count += len(listing.files) + 1
            for name in listing.files:
                if name.endswith((".go", ".s")) or name == "go.mod":
                    found.setdefault(name, []).append(os.path.join(directory, name))
            if depth < _DEEPEST:
                waiting.extend(
                    (os.path.join(directory, name), depth + 1)
                    for name in sorted(listing.directories)
                    if not name.startswith(".") and name not in _NEVER_ENTERED
                )
        return found


def _listing(directory: str) -> Listing:
    try:
        with os.scandir(directory) as entries:
            files: list[str] = []
            directories: list[str] = []
            for entry in entries:
                try:
                    (directories if entry.is_dir() else files).append(entry.name)
                except OSError:  # a link to itself
                    continue
            return Listing(frozenset(files), frozenset(directories))
    except (OSError, ValueError):
        return _EMPTY


def _identity(directory: str) -> tuple[int, int] | None:
    try:
        state = os.stat(directory)
    except (OSError, ValueError):
        return None
    return state.st_dev, state.st_ino
