"""The parts of the public face that join several modules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gotrace.signatures.matching import Signatures

if TYPE_CHECKING:
    from gotrace.binary.program import Program
    from gotrace.report import Report
    from gotrace.source import SourceTree


def from_prototypes(*texts: str, file: str = "prototypes.go") -> Signatures:
    """Signatures from Go text: package clauses, functions, methods, types.

    Shape:  what :func:`gotrace.annotate` takes as one of its ``signatures``.
    Errors: SignatureSyntaxError with line, column and the source line.
    Source: docs/signatures.md.
    """
    return from_prototype_files([(file, text) for text in texts])


def from_prototype_files(files: list[tuple[str, str]]) -> Signatures:
    """Like :func:`from_prototypes`, for ``(file, text)`` pairs that may use each other's types."""
    from gotrace.signatures.prototype import parse_prototype_files  # noqa: PLC0415 - has tables

    read = parse_prototype_files(files)
    names = {p.path: p.name for f in read for p in f.packages}
    return Signatures((s for f in read for s in f.signatures), names)


def from_signature_file(path: str) -> Signatures:
    """What ``gotrace signatures`` wrote.

    Errors: GotraceError where it cannot be read or is no signature file.
    """
    from gotrace.input.files import read_text  # noqa: PLC0415 - opens it
    from gotrace.signatures.file import read_signatures  # noqa: PLC0415

    return read_signatures(read_text(path), path)


def from_binary(path: str, *, debug: str | None = None) -> Program:
    """The program that crashed: ELF, Mach-O or PE, stripped or not.

    Shape:  what :func:`gotrace.annotate` takes as one of its ``binaries``. ``debug`` is a separate
            file with its DWARF; one that lies beside it is found.
    Errors: GotraceError where it cannot be read or is no program of Go's.
    Source: docs/signatures.md.
    """
    from gotrace.binary import program  # noqa: PLC0415 - only with a binary

    return program.from_binary(path, debug)


def from_source(*folders: str, path_maps: Iterable[tuple[str, str]] = ()) -> SourceTree:
    """Go source below ``folders``: modules, GOPATHs, GOROOTs, module caches.

    Shape:  what :func:`gotrace.annotate` takes as one of its ``sources``. ``path_maps`` are pairs
            (FROM, TO): files that the trace puts under FROM lie under TO.
    Errors: none here; what cannot be read has no signature.
    Source: docs/signatures.md.
    """
    from gotrace.source import SourceTree  # noqa: PLC0415 - only with a source

    return SourceTree(folders, path_maps)


def render(
    report: Report,
    format: str = "text",  # noqa: A002 - the word the command uses
    *,
    width: int = 100,
    everything: bool = False,
) -> str:
    """A report as ``text``, ``json`` (a document), ``ndjson`` (one Dump object in a line) or
    another format of the command.

    Units:  ``width`` in characters, of the text; ``everything`` shows all goroutines in full.
    Errors: ValueError for a format that does not exist, or is no text (parquet:
            ``gotrace.rendering.parquet.write_to``).
    """
    from io import StringIO  # noqa: PLC0415

    from gotrace.formats import BINARY  # noqa: PLC0415
    from gotrace.rendering.formats import Page, writer  # noqa: PLC0415

    if format in BINARY:
        raise ValueError(f"{format} is no text: gotrace.rendering.{format}.write_to writes it")
    out = StringIO()
    writer(format)([report], out, Page(width=width, everything=everything))
    return out.getvalue()
