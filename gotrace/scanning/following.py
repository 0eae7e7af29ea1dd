"""``--follow``: a file that grows, is cut, or is replaced, as ``tail -F`` follows it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from gotrace.input.files import unreadable
from gotrace.model import Dump
from gotrace.scanning.scanner import MOST, Scanner

IDLE = 1.0  # seconds without more after which a dump is complete
POLL = 0.1
PIECE = 1 << 20


def follow(
    name: str,
    *,
    prefix: str | None = None,
    max_dump_bytes: int = MOST,
    idle: float = IDLE,
    overlong: Callable[[int], None] | None = None,
) -> Iterator[Dump]:
    """The dumps of a file as it grows; ends only where ``name`` is a pipe that ends.

    ``overlong`` is told as soon as a line is too long where it begins; of a file only the first.
    """
    scanner = Scanner(name, prefix=prefix, max_dump_bytes=max_dump_bytes)
    if name == "-" or not os.path.isfile(name):
        yield from _telling(_of_pipe(name, scanner, idle), overlong)
    else:
        yield from _telling(_of_file(name, scanner, idle), overlong)


_Found = Iterator[tuple[Scanner, list[Dump]]]


def _telling(found: _Found, overlong: Callable[[int], None] | None) -> Iterator[Dump]:
    told: Scanner | None = None
    for scanner, dumps in found:
        if scanner.overlong is not None and overlong is not None and scanner is not told:
            told = scanner
            overlong(scanner.overlong)
        yield from dumps


def _of_file(name: str, scanner: Scanner, idle: float) -> _Found:
    file = _opened(name)
    waited = 0.0
    while True:
        data = file.read(PIECE)
        if data:
            waited = 0.0
            yield scanner, scanner.feed(data)
            continue
        if waited >= idle:
            yield scanner, scanner.flush()
            if _was_replaced(file, name):
                file.close()
                file = _opened(name)
                scanner = scanner.anew()
        time.sleep(POLL)
        waited += POLL


def _of_pipe(name: str, scanner: Scanner, idle: float) -> _Found:
    import select  # noqa: PLC0415 - only for pipes

    file: Any = sys.stdin.buffer if name == "-" else _opened(name)
    while True:
        ready, _, _ = select.select([file], [], [], idle)
        if not ready:
            yield scanner, scanner.flush()
            continue
        data = os.read(file.fileno(), PIECE)
        if not data:
            break
        yield scanner, scanner.feed(data)
    yield scanner, scanner.flush()


def _opened(name: str) -> BinaryIO:
    try:
        return cast("BinaryIO", open(name, "rb", buffering=0))
    except OSError as error:
        raise unreadable(name, error) from error


def _was_replaced(file: BinaryIO, name: str) -> bool:
    """Whether ``name`` is another file by now, or shorter than what was read of it."""
    try:
        now = os.stat(name)
    except OSError:
        return False  # between two rotations: it comes again
    own = os.fstat(file.fileno())
    return (now.st_ino, now.st_dev) != (own.st_ino, own.st_dev) or now.st_size < file.tell()
