"""Which files may be read, and their bytes."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import BinaryIO

from gotrace.errors import GotraceError
from gotrace.input.compressed import decompressed, is_broken
from gotrace.input.files import unreadable

# Not every system has them all.
_FLAGS = os.O_RDONLY | sum(getattr(os, f, 0) for f in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
MOST = 64 << 20  # bytes of a log, unpacked
MOST_TEXT = 4 << 20  # characters of a log that comes with the question


class Roots:
    """The folders that the user allows. ``folders`` are real paths, without symbolic links."""

    def __init__(self, folders: Sequence[str]) -> None:
        for folder in folders:
            if not os.path.isdir(folder):
                raise GotraceError(f"{folder}: no such folder", "--root takes a folder of logs")
        self.folders = tuple(dict.fromkeys(os.path.realpath(f) for f in folders))

    def allowed(self, path: str) -> str:
        """The real path of a file or folder that may be read.

        A relative path is looked for below each folder. What is outside is refused in the same
        words whether it exists or not.
        Errors: GotraceError.
        """
        if not self.folders:
            raise GotraceError("no file may be read", "gotrace mcp --root DIR allows a folder")
        if "\0" in path or not path:
            raise GotraceError("a path is needed")
        found = [os.path.realpath(os.path.join(folder, path)) for folder in self.folders]
        inside = [real for real in found if self._holds(real)]
        if not inside:
            raise GotraceError(
                f"{path}: not below a folder that may be read",
                f"allowed: {', '.join(self.folders)}",
            )
        return next(filter(os.path.exists, inside), inside[0])

    def _holds(self, real: str) -> bool:
        return any(real == f or real.startswith(os.path.join(f, "")) for f in self.folders)


def read_log(path: str, name: str) -> bytes:
    """The bytes of a plain file, unpacked where it is compressed; ``name`` is what errors call it.

    Errors: GotraceError where it cannot be read, is no plain file, or holds more than MOST bytes.
    """
    try:
        # A link that was put there since is not followed, and a pipe does not make us wait.
        number = os.open(path, _FLAGS)
        with open(number, "rb") as file:
            if not stat.S_ISREG(os.fstat(number).st_mode):
                raise GotraceError(f"{name}: not a plain file")
            data = _read(decompressed(file, name))
    except OSError as error:
        raise unreadable(name, error) from error
    except GotraceError:
        raise
    except Exception as error:
        if not is_broken(error):
            raise
        raise GotraceError(f"{name}: {error}", "is the file whole?") from error
    if len(data) > MOST:
        raise GotraceError(
            f"{name}: more than {MOST >> 20} MiB", "cut it, or find the dumps with gotrace scan"
        )
    return data


def _read(stream: BinaryIO) -> bytes:
    """One byte more than may be read, where there are that many."""
    parts = []
    left = MOST + 1
    while left and (part := stream.read(min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
