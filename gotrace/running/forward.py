"""Output from a program to where it would have gone, at once and untouched."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Mapping
from contextlib import suppress

PIECE = 1 << 16
ROOM = 1 << 20  # bytes a pipe may hold: a program seldom has to wait for us


def pipe() -> tuple[int, int]:
    """A pipe with room."""
    reader, writer = os.pipe()
    with suppress(OSError, ImportError, AttributeError):
        import fcntl  # noqa: PLC0415 - not everywhere

        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, ROOM)
    return reader, writer


def forward(routes: Mapping[int, int], ended: int, saw: Callable[[bytes], None]) -> list[int]:
    """Copy from each pipe to its target until the program has ended and they are empty.

    Shape:  the pipes that somebody else still writes to.
    """
    poll = select.poll()
    for reader in (*routes, ended):
        poll.register(reader, select.POLLIN)
    open_ = set(routes)
    over = False
    while open_:
        ready = dict(poll.poll(0 if over else None))
        if over and not open_ & ready.keys():
            return sorted(open_)
        for reader in [r for r in routes if r in open_ and r in ready]:
            if not _copy(reader, routes[reader], saw):
                poll.unregister(reader)
                os.close(reader)
                open_.discard(reader)
        if ended in ready and not over:
            over = True
            poll.unregister(ended)
    return []


def _copy(reader: int, target: int, saw: Callable[[bytes], None]) -> bool:
    """One piece; False at the end, or where nobody takes it any more: the program must see that
    as it would have without us."""
    piece = os.read(reader, PIECE)
    if not piece:
        return False
    try:
        write(target, piece)
    except BrokenPipeError:
        return False
    saw(piece)
    return True


def write(target: int, data: bytes) -> None:
    """All of it, also to a descriptor that does not block."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(target, rest) :]
        except BlockingIOError:
            select.select([], [target], [])


def stay(routes: Mapping[int, int]) -> None:
    """Go on for what the program left running, in a process of its own."""
    if os.fork():
        return
    with suppress(BaseException):
        os.setsid()
        poll = select.poll()
        for reader in routes:
            poll.register(reader, select.POLLIN)
        left = set(routes)
        while left:
            for reader, _ in poll.poll():
                if not _copy(reader, routes[reader], lambda _: None):
                    poll.unregister(reader)
                    os.close(reader)
                    left.discard(reader)
    os._exit(0)
