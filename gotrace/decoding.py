"""What a command was told — signatures, programs, sources, settings — and dumps decoded with it."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from gotrace.config import Settings, load_settings
from gotrace.errors import GotraceError
from gotrace.exits import FINDINGS, INTERNAL, NOTHING, OK, USAGE, complain, say
from gotrace.face import from_prototype_files
from gotrace.infer import minor_release
from gotrace.infer_port import architecture
from gotrace.input.files import read_text
from gotrace.model import Dump
from gotrace.report import Report, annotate
from gotrace.signatures.file import is_signature_file, read_signatures
from gotrace.signatures.matching import Signatures

if TYPE_CHECKING:
    from gotrace.binary.program import Program
    from gotrace.findings.baseline import Known
    from gotrace.source import SourceTree

BESIDE = "prototypes.go"
_LEVELS = ("note", "warning", "error")


class Run:
    """One run of the command: what it was told, and what happened so far."""

    def __init__(self, options: argparse.Namespace, settings: Settings) -> None:
        self.options = options
        self.settings = settings
        self.go: str | None = options.go or settings.go
        self.arch: str | None = options.arch or settings.arch
        self.redact = settings.redact if options.redact is None else options.redact
        self.discover = settings.discover if options.discover is None else options.discover
        self.failed = False
        self.found = False
        self.defect = False
        self.worst = -1
        self.notes: list[str] = []
        self.unreadable: list[str] = []
        self.known: list[Signatures] = []
        self.binaries: list[Program] = []
        self.sources: list[SourceTree] = []
        self.beside: dict[str, Signatures | None] = {}
        self.disabled = frozenset((*options.disable, *settings.disable))
        self.baseline: frozenset[Known] = frozenset()
        self.found_findings: set[Known] = set()
        self.inputs: dict[str, bytes] = {}

    def code(self) -> int:
        """The exit code; an unreadable input outranks what was found in the others."""
        if self.defect:
            return INTERNAL
        if self.failed:
            return USAGE
        if not self.found:
            return NOTHING
        wanted = self.options.fail_on
        failing = wanted is not None and self.worst >= _LEVELS.index(wanted)
        return FINDINGS if failing else OK


def begin(options: argparse.Namespace) -> Run:
    """Read all that the options and the settings name.

    Errors: GotraceError for options that make no sense and for signatures that cannot be read; a
            program or a folder that cannot be read is reported, and the others still serve.
    """
    run = Run(options, load_settings(os.getcwd(), explicit=options.config))
    _check(run)
    if options.prefix is not None:
        from gotrace.input.envelopes.own import own_prefix  # noqa: PLC0415 - only with a prefix

        own_prefix(options.prefix)
    run.known = _explicit(run)
    run.binaries = _binaries(run)
    run.sources = _sources(run)
    known = options.baseline or run.settings.baseline
    if known is not None:
        from gotrace.findings.baseline import read  # noqa: PLC0415 - only with a baseline

        run.baseline = read(known)
    return run


def decoded(run: Run, dump: Dump, signatures: list[Signatures]) -> Report:
    """The report of one dump, as the options want it; the run remembers what was found."""
    report = annotate(
        dump,
        signatures=signatures,
        binaries=run.binaries,
        sources=run.sources,
        stdlib=run.options.stdlib,
        go=run.go,
        arch=run.arch,
        disabled=run.disabled,
    )
    report = _without_known(run, report)
    _judge(run, report)
    return _redacted(report) if run.redact else report


def signatures_for(run: Run, name: str) -> list[Signatures]:
    """All signatures for one input, with those of a prototypes.go beside it."""
    if name == "-" or not run.discover:
        return run.known
    path = os.path.join(os.path.dirname(name), BESIDE)
    if path not in run.beside:
        run.beside[path] = _discovered(run, path)
    beside = run.beside[path]
    return run.known if beside is None else [*run.known, beside]


def _note(run: Run, text: str) -> None:
    if text not in run.notes:
        run.notes.append(text)
        say(text)


def fail(run: Run, error: GotraceError) -> None:
    """Say what could not be read, and go on."""
    complain(error)
    run.failed = True
    run.unreadable.append(str(error))


def _redacted(report: Report) -> Report:
    from gotrace.redaction import redact  # noqa: PLC0415 - only on demand

    return redact(report)


def _without_known(run: Run, report: Report) -> Report:
    """The report without the findings of the baseline; all are noted where one is to be written."""
    if run.options.write_baseline is None and not run.baseline:
        return report
    from gotrace.findings import baseline  # noqa: PLC0415 - only with a baseline

    run.found_findings |= baseline.known_in(report.goroutines)
    if not run.baseline:
        return report
    return report._replace(goroutines=baseline.without(report.goroutines, run.baseline))


def _judge(run: Run, report: Report) -> None:
    run.found = True
    run.defect |= any(i.code == "internal" for i in report.issues)
    for goroutine in report.goroutines:
        for frame in goroutine.frames:
            if frame.issues:
                run.worst = max(run.worst, _LEVELS.index("warning"))
            for argument in frame.arguments:
                for finding in argument.findings:
                    run.worst = max(run.worst, _LEVELS.index(finding.severity.value))


def _check(run: Run) -> None:
    try:
        if run.go is not None:
            minor_release(run.go)
        if run.arch is not None:
            architecture(run.arch)
    except ValueError as error:
        raise GotraceError(str(error)) from error
    _check_codes(run.disabled)


def _check_codes(codes: frozenset[str]) -> None:
    if not codes:
        return
    from gotrace.findings.rules import RULES  # noqa: PLC0415 - only with the option

    for code in sorted(codes - RULES.keys()):
        raise GotraceError(f"--disable {code}: no such finding", f"known: {', '.join(RULES)}")


# ---------------------------------------------------------------------- signatures


def _explicit(run: Run) -> list[Signatures]:
    """The signatures of the options and the settings; they may use each other's types."""
    files = [*run.options.signatures, *run.settings.signatures]
    texts = [(f"--signature {i}", t) for i, t in enumerate(run.options.signature, 1)]
    stored = []
    for name in files:
        text = read_text(name)
        if is_signature_file(text):
            stored.append(read_signatures(text, name))
        else:
            texts.append((name, text))
    return [*([from_prototype_files(texts)] if texts else []), *stored]


def _binaries(run: Run) -> list[Program]:
    """The program's files; an unreadable one is reported, and the others still serve."""
    paths = [*run.options.binary, *run.settings.binaries]
    if not paths:
        return []
    from gotrace.binary.program import from_binary, paired  # noqa: PLC0415 - only with a binary

    found = []
    for path in paths:
        try:
            found.append(from_binary(path))
        except GotraceError as error:
            fail(run, error)
    return paired(found)


def _sources(run: Run) -> list[SourceTree]:
    """One tree for all folders: packages of one may use those of another."""
    roots = [*run.options.source, *run.settings.sources]
    maps = tuple(map(_path_map, [*run.options.path_map, *run.settings.path_maps]))
    if not roots and not maps:
        return []
    for root in [*roots, *(local for _, local in maps)]:
        if not os.path.isdir(root):
            fail(
                run, GotraceError(f"{root}: no such folder", "--source takes a folder of Go source")
            )
    from gotrace.source import SourceTree  # noqa: PLC0415 - only with a source

    return [SourceTree(roots, maps)]


def _path_map(text: str) -> tuple[str, str]:
    printed, equals, local = text.rpartition("=")
    if not equals or not printed or not local:
        raise GotraceError(f"--path-map {text}: no FROM=TO", "like --path-map /app=./src")
    return printed, local


def _discovered(run: Run, path: str) -> Signatures | None:
    if not os.path.isfile(path):
        return None
    try:
        found = from_prototype_files([(path, read_text(path))])
    except GotraceError as error:
        fail(run, error)
        return None
    _note(run, f"signatures from {path}")
    return found
