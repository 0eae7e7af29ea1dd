"""The options of the format, and what they name: signatures, programs, sources."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from gotrace.errors import GotraceError
from gotrace.face import from_prototype_files
from gotrace.infer import minor_release
from gotrace.infer_port import architecture
from gotrace.input.envelopes.own import own_prefix
from gotrace.input.files import read_text
from gotrace.signatures.file import is_signature_file, read_signatures
from gotrace.tuples import NamedTuple

if TYPE_CHECKING:
    from gotrace.binary.program import Program
    from gotrace.signatures.matching import Signatures
    from gotrace.source import SourceTree

_UNITS = {"k": 10, "m": 20, "g": 30}
_FLAGS = {"true": True, "false": False}
_KNOWN = (
    "path paths signatures binary source pathmap go arch prefix rangesize maxdump lines redact "
    "stdlib idle"
).split()


class Options(NamedTuple):
    """What was asked for; it travels to the workers, which read what it names."""

    paths: tuple[str, ...]
    signatures: tuple[str, ...]
    binary: tuple[str, ...]
    source: tuple[str, ...]
    path_map: tuple[tuple[str, str], ...]
    go: str | None
    arch: str | None
    prefix: str | None
    range_size: int | None
    max_dump: int
    lines: bool
    redact: bool
    stdlib: bool
    idle: float


class Evidence(NamedTuple):
    """What is known of the program."""

    signatures: list[Signatures]
    binaries: list[Program]
    sources: list[SourceTree]


def options_of(given: Mapping[str, str]) -> Options:
    """The options as Spark hands them over; names in any case.

    Errors: GotraceError for one that is not known or makes no sense.
    """
    known = {name.lower(): value for name, value in given.items()}
    for name in known:
        if name not in _KNOWN:
            raise GotraceError(f"no option {name}", f"known: {', '.join(_KNOWN)}")
    paths = json.loads(known["paths"]) if "paths" in known else [known.get("path", "")]
    options = Options(
        paths=tuple(p for p in paths if p),
        signatures=_several(known, "signatures"),
        binary=_several(known, "binary"),
        source=_several(known, "source"),
        path_map=tuple(map(_mapped, _several(known, "pathmap"))),
        go=known.get("go"),
        arch=known.get("arch"),
        prefix=known.get("prefix"),
        range_size=_size("rangeSize", known["rangesize"]) if "rangesize" in known else None,
        max_dump=_size("maxDump", known.get("maxdump", "64m")),
        lines=_flag(known, "lines", "true"),
        redact=_flag(known, "redact", "false"),
        stdlib=_flag(known, "stdlib", "true"),
        idle=_seconds(known.get("idle", "10")),
    )
    _check(options)
    return options


def files_of(options: Options) -> list[str]:
    """All files that the paths name: folders are read with what is below them, but nothing that is
    hidden or begins with ``_``; patterns are the shell's.

    Errors: GotraceError where a path names nothing.
    """
    found: list[str] = []
    for path in options.paths:
        name = path.removeprefix("file://") if path.startswith("file:///") else path
        name = name.removeprefix("file:")
        if "://" in name:
            raise GotraceError(f"{path}: only files are read", "mount it, or copy it")
        named = [name] if os.path.exists(name) else sorted(glob.glob(name, recursive=True))
        if not named:
            raise GotraceError(f"{path}: no such file", "is the path right?")
        found += [file for each in named for file in _below(each)]
    return list(dict.fromkeys(found))


def _below(path: str) -> list[str]:
    if not os.path.isdir(path):
        return [path]
    found = []
    for folder, below, names in os.walk(path):
        below[:] = sorted(b for b in below if not b.startswith((".", "_")))
        found += [os.path.join(folder, n) for n in sorted(names) if not n.startswith((".", "_"))]
    return found


@lru_cache(maxsize=4)  # a worker decodes many ranges with the same
def evidence_of(options: Options) -> Evidence:
    """Read what the options name. Errors: GotraceError for what cannot be read."""
    texts, stored = [], []
    for name in options.signatures:
        text = read_text(name)
        if is_signature_file(text):
            stored.append(read_signatures(text, name))
        else:
            texts.append((name, text))
    signatures = [*([from_prototype_files(texts)] if texts else []), *stored]
    from gotrace.face import from_binary, from_source  # noqa: PLC0415 - only with a program

    programs = [from_binary(path) for path in options.binary]
    for folder in options.source:
        if not os.path.isdir(folder):
            raise GotraceError(f"{folder}: no such folder", "source takes folders of Go source")
    sources = []
    if options.source or options.path_map:
        sources = [from_source(*options.source, path_maps=options.path_map)]
    return Evidence(signatures, programs, sources)


def _several(known: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(p for part in known.get(name, "").split(",") if (p := part.strip()))


def _mapped(text: str) -> tuple[str, str]:
    printed, _, local = text.rpartition("=")
    if not printed or not local:
        raise GotraceError(f"pathMap {text}: no FROM=TO", "like /app=./src")
    return printed, local


def _size(name: str, text: str) -> int:
    unit = _UNITS.get(text[-1:].lower())
    digits = text[:-1] if unit else text
    if not digits.isascii() or not digits.isdigit() or not int(digits):
        raise GotraceError(f"{name} {text}: no size", "like 64m")
    return int(digits) << (unit or 0)


def _flag(known: Mapping[str, str], name: str, default: str) -> bool:
    text = known.get(name, default).lower()
    if text not in _FLAGS:
        raise GotraceError(f"{name} {text}: true or false")
    return _FLAGS[text]


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text.removesuffix("s")))
    except ValueError as error:
        raise GotraceError(f"idle {text}: no seconds", "like 10") from error


def _check(options: Options) -> None:
    try:
        if options.go is not None:
            minor_release(options.go)
        if options.arch is not None:
            architecture(options.arch)
    except ValueError as error:
        raise GotraceError(str(error)) from error
    if options.prefix is not None:
        own_prefix(options.prefix)
