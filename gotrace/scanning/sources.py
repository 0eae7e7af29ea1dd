"""What can be scanned: paths, files, lines, records; all become pieces of bytes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader, FileIO
from typing import Any, BinaryIO

from gotrace.errors import UnreadableFileError
from gotrace.input.compressed import decompressed, is_broken, kind_of
from gotrace.input.files import unreadable
from gotrace.model import Dump
from gotrace.patterns import lazy_pattern
from gotrace.scanning.scanner import BLOCK, Scanner

Source = str | os.PathLike[str] | BinaryIO | Iterable[bytes | str | Mapping[str, Any]]
_ROTATED = lazy_pattern(r"(.*?)(?:[.-]([0-9]{1,12}))?(?:\.(?:gz|bz2|xz|zst|zstd))?", re.S)


def pieces(source: Source) -> Iterator[bytes]:
    """The bytes of ``source``, piece by piece.

    Errors: UnreadableFileError for a path that cannot be read; TypeError for what is no source.
    """
    if isinstance(source, str | os.PathLike):
        yield from _of_path(os.fspath(source))
    elif hasattr(source, "read"):
        while data := source.read(BLOCK):
            if not isinstance(data, bytes):
                raise TypeError("a file must be opened in binary mode")
            yield data
    elif isinstance(source, bytes | bytearray | memoryview) or not isinstance(source, Iterable):
        raise TypeError("a source is a path, a binary file, or an iterable of lines or records")
    else:
        yield from _of_lines(source)


def found_in(source: Source, scanner: Scanner) -> Iterator[list[Dump]]:
    """The dumps of ``source``, as they are complete: a list, often empty, for each piece."""
    if isinstance(source, str | os.PathLike) and os.path.isfile(source):
        yield from _in_file(os.fspath(source), scanner)
        return
    for data in pieces(source):
        yield scanner.feed(data)
    yield scanner.flush()


def _in_file(name: str, scanner: Scanner) -> Iterator[list[Dump]]:
    try:
        with open(name, "rb", buffering=0) as file:
            if kind_of(file.read(8)) is None:
                yield from windows(file, scanner)
                return
    except OSError as error:
        raise unreadable(name, error) from error
    for data in pieces(name):
        yield scanner.feed(data)
    yield scanner.flush()


def windows(file: BufferedReader | FileIO, scanner: Scanner) -> Iterator[list[Dump]]:
    """The dumps of a plain file from where ``scanner`` begins, block by block."""
    file.seek(scanner.position)
    buffer = bytearray(2 * BLOCK)
    kept = 0  # bytes of the line that the last block broke off
    wanted = BLOCK - scanner.position % BLOCK  # blocks are those of `block_end`
    while count := file.readinto(memoryview(buffer)[kept : kept + wanted]):
        filled = kept + count
        end = buffer.rfind(b"\n", kept, filled) + 1
        if count < wanted or (not end and filled > BLOCK):
            kept = filled
            break
        if end:
            yield scanner.take(bytes(memoryview(buffer)[:end]))
        kept, wanted = filled - end, BLOCK
        buffer[:kept] = buffer[end:filled]
    # The end, or a line that is longer than a block.
    data = bytes(memoryview(buffer)[:kept])
    while data:
        yield scanner.feed(data)
        data = file.read(BLOCK)
    yield scanner.flush()


def name_of(source: Source) -> str:
    """What a dump of ``source`` calls it."""
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    name = getattr(source, "name", "-")
    return name if isinstance(name, str) else "-"


def _of_path(name: str) -> Iterator[bytes]:
    try:
        if name == "-":
            if sys.stdin is None:
                raise UnreadableFileError("-: standard input is closed", "name a file")
            file = decompressed(sys.stdin.buffer, name)
            while data := file.read(BLOCK):
                yield data
            return
        with open(name, "rb") as raw:
            file = decompressed(raw, name)
            while data := file.read(BLOCK):
                yield data
    except OSError as error:
        raise unreadable(name, error) from error
    except Exception as error:
        if not is_broken(error):
            raise
        raise UnreadableFileError(f"{name}: {error}", "is the file whole?") from error


def _of_lines(lines: Iterable[Any]) -> Iterator[bytes]:
    """Lines, with or without their line ends; records are lines of JSON."""
    for line in lines:
        if isinstance(line, Mapping):
            import json  # noqa: PLC0415 - only for records

            yield (
                json.dumps(line, ensure_ascii=False, default=str).encode("utf-8", "surrogateescape")
                + b"\n"
            )
            continue
        if isinstance(line, str):
            line = line.encode("utf-8", "surrogateescape")  # noqa: PLW2901
        if not isinstance(line, bytes):
            raise TypeError(
                f"a line is bytes or str, a record a mapping; not {type(line).__name__}"
            )
        yield line if line.endswith(b"\n") else line + b"\n"


def in_time_order(names: list[str]) -> list[str]:
    """Rotated files oldest first: ``app.log.2.gz``, ``app.log.1``, ``app.log``.

    Files of one set stand where the first of them stood. A number of eight digits or more is a
    date: later is newer.
    """
    sets: dict[str, list[str]] = {}
    for name in names:
        sets.setdefault(_stem(name)[0], []).append(name)
    return [n for group in sets.values() for n in sorted(group, key=_age)]


def rotated_with(name: str) -> list[str]:
    """``name`` and the rotated files beside it, oldest first."""
    folder, own = os.path.split(name)
    try:
        beside = os.listdir(folder or ".")
    except OSError:
        return [name]
    found = [n for n in beside if n != own and _stem(n)[0] == own and _stem(n)[1] is not None]
    return in_time_order([*(os.path.join(folder, n) for n in found), name])


def _stem(name: str) -> tuple[str, str | None]:
    match = _ROTATED.fullmatch(name)
    assert match is not None
    return match[1], match[2]


def _age(name: str) -> tuple[int, int]:
    number = _stem(name)[1]
    if number is None:
        return 1, 0
    return 0, int(number) if len(number) >= 8 else -int(number)
