"""The files of a running program and of what it started, held open while they last."""

from __future__ import annotations

import os
from contextlib import suppress

from gotrace.patterns import lazy_pattern

_PARENT = lazy_pattern(rb"\) \S (\d+)")  # /proc/PID/stat: pid (name) state parent …


class Executables:
    """``paths`` name them as long as this object lives, even if their files are gone."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], int] = {}  # device and inode → descriptor

    def hold(self, pid: int) -> None:
        """The file of one process; nothing where the system does not show it."""
        with suppress(OSError):
            number = os.open(f"/proc/{pid}/exe", os.O_RDONLY | os.O_CLOEXEC)
            status = os.fstat(number)
            key = (status.st_dev, status.st_ino)
            if key in self._held:
                os.close(number)
            else:
                self._held[key] = number

    def hold_descendants(self, pid: int) -> None:
        """The files of all processes that came from it."""
        for found in descendants(pid):
            self.hold(found)

    @property
    def paths(self) -> list[str]:
        """The latest first: what a tool started is likelier to have crashed than the tool."""
        return [f"/proc/self/fd/{number}" for number in reversed(self._held.values())]


def descendants(pid: int) -> list[int]:
    """The processes below ``pid``, parents before their children."""
    children: dict[int, list[int]] = {}
    with suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdecimal():
                parent = _parent(name)
                if parent is not None:
                    children.setdefault(parent, []).append(int(name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found[1:]


def _parent(name: str) -> int | None:
    try:
        with open(f"/proc/{name}/stat", "rb") as file:
            match = _PARENT.search(file.read())
    except OSError:
        return None
    return int(match[1]) if match else None
