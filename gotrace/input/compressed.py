"""Compressed files, told by their first bytes: gzip, bzip2, xz, and zstd where Python can."""

from __future__ import annotations

import sys
from io import BufferedReader
from typing import Any, BinaryIO, cast

from gotrace.errors import GotraceError, UnreadableFileError

# RFC 1952, 2.3.1 · bzip2's "BZh" · the .xz format, 2.1.1.1 · RFC 8878, 3.1.1.
MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\0": "lzma", b"\x28\xb5\x2f\xfd": "zstd"}
_NEED = 6


def kind_of(head: bytes) -> str | None:
    """What compressed a file that begins with ``head``; None for a plain one."""
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)


def decompressed(file: BinaryIO, name: str) -> BinaryIO:
    """``file``, or what it holds compressed; all members and frames one after the other.

    Errors: GotraceError where nothing here can read zstd.
    """
    buffered: Any = file if hasattr(file, "peek") else BufferedReader(cast("Any", file))
    kind = kind_of(buffered.peek(_NEED)[:_NEED])
    if kind is None:
        return cast("BinaryIO", buffered)
    if kind == "gzip":
        import gzip  # noqa: PLC0415 - only for such files

        return cast("BinaryIO", gzip.GzipFile(fileobj=buffered))
    if kind == "bz2":
        import bz2  # noqa: PLC0415

        return cast("BinaryIO", bz2.BZ2File(buffered))
    if kind == "lzma":
        import lzma  # noqa: PLC0415

        return cast("BinaryIO", lzma.LZMAFile(buffered))
    return _zstd(buffered, name)


def _zstd(file: Any, name: str) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415

        return cast("BinaryIO", zstd.ZstdFile(file))
    try:
        from backports import zstd as backport  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415

        return cast("BinaryIO", backport.ZstdFile(file))
    except ImportError:
        pass
    import shutil  # noqa: PLC0415 - only for such files

    command = shutil.which("zstd")
    if command is None:
        raise GotraceError(
            f"{name}: cannot read zstd here",
            "Python 3.14 can; else `pip install 'gotrace[fast]'`, or install the command zstd",
        )
    return cast("BinaryIO", _Piped([command, "-dcq"], file, name))


def is_broken(error: Exception) -> bool:
    """Whether ``error`` says that compressed data are none, or break off."""
    return isinstance(error, EOFError) or type(error).__name__ in {
        "error",
        "LZMAError",
        "ZstdError",
    }


class _Piped:
    """What a command makes of a file."""

    def __init__(self, command: list[str], file: Any, name: str) -> None:
        import os  # noqa: PLC0415
        import subprocess  # noqa: PLC0415 - only for such files

        try:  # it was peeked at, and the command reads it from its start
            os.lseek(file.fileno(), 0, os.SEEK_SET)
        except OSError as error:
            hint = f"zstd -dc | gotrace … {name}"
            raise GotraceError(f"{name}: cannot read zstd from a pipe here", hint) from error
        self._name = name
        self._running = subprocess.Popen(
            command, stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def read(self, size: int = -1) -> bytes:
        """As files do; what was read before an error is given first."""
        assert self._running.stdout is not None
        data = self._running.stdout.read(size)
        if not data or size < 0:
            _, said = self._running.communicate()
            if self._running.returncode:
                told = said.decode("utf-8", "replace").strip().splitlines()
                raise UnreadableFileError(f"{self._name}: {told[-1] if told else 'zstd failed'}")
        return data

    def close(self) -> None:
        """End the command."""
        self._running.kill()
        self._running.wait()
