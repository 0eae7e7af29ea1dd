"""The command ``gotrace signatures``: a program's or a folder's signatures to a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from gotrace.errors import GotraceError
from gotrace.exits import say
from gotrace.signature import Signature
from gotrace.signatures.file import Origin, write_signatures


def export(source: str, output: str | None) -> None:
    """Write the signatures of ``source`` to the file ``output``, or to standard output.

    Errors: GotraceError where there are none, or where a file cannot be read or written.
    """
    read = _folder if os.path.isdir(source) else _program
    found, origin = read(source)
    signatures = list(found)
    if not signatures:
        name = f"{os.path.basename(source)}.debug"
        hint = f"a stripped program has none: give its source folder, or put {name} beside it"
        raise GotraceError(f"{source}: no signatures in it", hint)
    text = write_signatures(signatures, origin)
    if output is None:
        sys.stdout.write(text)
    else:
        _write(output, text)
        say(f"{len(signatures)} signatures, {len(text) // 1000 + 1} kB in {output}")


def _program(path: str) -> tuple[Iterator[Signature], Origin]:
    from gotrace.binary.program import from_binary  # noqa: PLC0415 - only for a program

    program = from_binary(path)
    if program.is_debug_file:
        hint = "give the program itself; this file is found beside it"
        raise GotraceError(f"{path} holds debug information and no code", hint)
    image = program.image
    arch = None if image.arch is None else image.arch.name
    build_id = image.go_build_id or image.gnu_build_id
    origin = Origin(os.path.basename(path), program.go_version, arch, build_id)
    return program.signatures(), origin


def _folder(path: str) -> tuple[Iterator[Signature], Origin]:
    from gotrace.source import SourceTree  # noqa: PLC0415 - only for a folder
    from gotrace.source.export import declarations  # noqa: PLC0415

    return declarations(SourceTree([path])), Origin(os.path.basename(os.path.abspath(path)))


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
    except OSError as error:
        raise GotraceError(f"{path}: {error.strerror}", "can it be written there?") from error
