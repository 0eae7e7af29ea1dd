"""Known findings, in a file: what is in it is not reported again.

A finding is known by its rule, its function and its argument: addresses, numbers and lines may
change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator

from gotrace.annotated import AnnotatedFrame, AnnotatedGoroutine
from gotrace.errors import GotraceError
from gotrace.tuples import NamedTuple
from gotrace.value import Finding

SCHEMA = "gotrace-baseline/1"


class Known(NamedTuple):
    """What a finding is known by; ``argument`` is the path to the part of it."""

    code: str
    function: str
    argument: str


def known_in(goroutines: Iterable[AnnotatedGoroutine]) -> set[Known]:
    """All findings of a report."""
    return {known for g in goroutines for f in g.frames for known in _of_frame(f)}


def _of_frame(frame: AnnotatedFrame) -> Iterator[Known]:
    for number, argument in enumerate(frame.arguments):
        for finding in argument.findings:
            yield _known(frame, number, finding)


def _known(frame: AnnotatedFrame, number: int, finding: Finding) -> Known:
    name = finding.path or frame.arguments[number].name or f"#{number}"
    return Known(finding.code, frame.frame.function, name)


def without(
    goroutines: tuple[AnnotatedGoroutine, ...], baseline: frozenset[Known]
) -> tuple[AnnotatedGoroutine, ...]:
    """The goroutines without the findings that are known."""
    return tuple(
        g._replace(frames=tuple(_frame_without(f, baseline) for f in g.frames)) for g in goroutines
    )


def _frame_without(frame: AnnotatedFrame, baseline: frozenset[Known]) -> AnnotatedFrame:
    if not any(known in baseline for known in _of_frame(frame)):
        return frame
    arguments = tuple(
        a._replace(findings=tuple(f for f in a.findings if _known(frame, i, f) not in baseline))
        for i, a in enumerate(frame.arguments)
    )
    return frame._replace(arguments=arguments)


def read(path: str) -> frozenset[Known]:
    """The findings of a baseline file.

    Errors: GotraceError where it cannot be read or is no baseline.
    """
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        if data["schema"] != SCHEMA:
            raise KeyError("schema")
        return frozenset(
            Known(str(f["code"]), str(f["function"]), str(f["argument"])) for f in data["findings"]
        )
    except OSError as error:
        hint = "--write-baseline makes one"
        raise GotraceError(f"{path}: {error.strerror}", hint) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise GotraceError(
            f"{path}: no baseline of gotrace", "--write-baseline makes one"
        ) from error


def write(path: str, known: Iterable[Known]) -> None:
    """A baseline file; it appears only when all of it is written.

    Errors: GotraceError where it cannot be written.
    """
    listed = [one._asdict() for one in sorted(known)]
    part = f"{path}.{os.getpid()}.part"
    try:
        with open(part, "w", encoding="utf-8", errors="backslashreplace") as file:
            json.dump({"schema": SCHEMA, "findings": listed}, file, indent=1)
            file.write("\n")
        os.replace(part, path)
    except OSError as error:
        raise GotraceError(f"{path}: {error.strerror}", "is --write-baseline right?") from error
