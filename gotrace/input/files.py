"""Opening what the user names. Large input is mapped, so that memory stays bounded."""

from __future__ import annotations

import mmap
import os
import sys
from typing import BinaryIO

from gotrace.errors import UnreadableFileError
from gotrace.input.compressed import decompressed, is_broken, kind_of

MAPPED = 1 << 20  # bytes from which a file is mapped instead of read
CHUNK = 1 << 20


def read_input(name: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``; what is compressed is unpacked.

    Shape:  bytes, or for large files an ``mmap``, which answers like bytes.
    Errors: UnreadableFileError with what to do next.
    """
    if name == "-":
        if sys.stdin is None:
            raise UnreadableFileError("-: standard input is closed", "name a file")
        return _spooled(decompressed(sys.stdin.buffer, name))
    try:
        with open(name, "rb") as file:
            if kind_of(file.peek(8)[:8]) is not None:
                return _spooled(decompressed(file, name))
            if os.fstat(file.fileno()).st_size >= MAPPED:
                return _mapped(file)
            return file.read()
    except OSError as error:
        raise unreadable(name, error) from error
    except Exception as error:
        if not is_broken(error):
            raise
        raise UnreadableFileError(f"{name}: {error}", "is the file whole?") from error


def unreadable(name: str, error: OSError) -> UnreadableFileError:
    """The error for a path that cannot be read."""
    reason = error.strerror or type(error).__name__
    hint = ""
    if isinstance(error, IsADirectoryError):
        hint = "name a log file in it"
    elif isinstance(error, FileNotFoundError):
        hint = "is the path right? `-` reads standard input"
    return UnreadableFileError(f"{name}: {reason}", hint)


def read_text(name: str) -> str:
    """The text of a file in UTF-8; other bytes survive as surrogates."""
    try:
        with open(name, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError as error:
        raise unreadable(name, error) from error


def _mapped(file: BinaryIO) -> bytes:
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # type: ignore[return-value]


def _spooled(stream: BinaryIO) -> bytes:
    """All of a pipe; what is large goes through a temporary file."""
    head = stream.read(16 * CHUNK)
    if len(head) < 16 * CHUNK:
        return head
    import tempfile  # noqa: PLC0415 - rarely needed

    with tempfile.TemporaryFile() as file:
        file.write(head)
        while chunk := stream.read(CHUNK):
            file.write(chunk)
        file.flush()
        return _mapped(file)
