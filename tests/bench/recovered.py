"""Goroutines that gotrace and panicparse find in real outputs, by Go release and by envelope.

    GOTRACE_SHARED=DIR python -m tests.bench.recovered [releases] [envelopes]

DIR/traces holds a folder for each program with its outputs, ``go1.27.txt`` and the like. What is
there is counted by its headers, at the starts of lines. For the envelopes, one output of each
program and of some releases is wrapped by the writers that the tests use.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from gotrace.parsing import each_dump
from tests.envelope_writers import OWN, WRITERS

HEADER = re.compile(rb"^goroutine -?[0-9]+ (?:gp=[^\n\[]*)?\[.*\].*:\r?$", re.M)
BUCKET = re.compile(r"^(?:\x1b\[[0-9;]*m)*([0-9]+): ", re.M)
RELEASE = re.compile(r"go1\.([0-9]+)")
WRAPPED = (15, 21, 22, 27)  # releases whose outputs are wrapped; panicparse 2.3.0 knows up to 1.21


class Counts(NamedTuple):
    """Goroutines: those that are there, and those that were found; no more than are there."""

    there: int = 0
    ours: int = 0
    theirs: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


def counted(there: int, path: Path, prefix: str | None = None) -> Counts:
    """What the two find in a file."""
    dumps = each_dump(path.read_bytes(), prefix=prefix)
    ours = sum(g.id is not None for d in dumps for g in d.goroutines)
    found = subprocess.run(["panicparse", str(path)], capture_output=True, check=False)
    theirs = sum(int(n) for n in BUCKET.findall(found.stdout.decode("utf-8", "replace")))
    return Counts(there, min(there, ours), min(there, theirs))


def outputs(pattern: str) -> Iterator[tuple[int, Path, int]]:
    """The release, the path, and how many goroutines are there; those without any left out."""
    for path in sorted(Path(os.environ["GOTRACE_SHARED"]).glob(f"traces/*/{pattern}")):
        there = len(HEADER.findall(path.read_bytes()))
        match = RELEASE.match(path.name)
        if there and match:
            yield int(match[1]), path, there


def releases() -> None:
    """Of all outputs of each release."""
    rows: dict[int, Counts] = defaultdict(Counts)
    for release, path, there in outputs("go1.*.txt"):
        rows[release] = rows[release].plus(counted(there, path))
    print("| Go | goroutines | gotrace | panicparse |\n|---|---|---|---|")
    for release, row in sorted(rows.items()):
        print(f"| 1.{release} | {row.there} | {row.ours} | {row.theirs} |", flush=True)


def envelopes() -> None:
    """Of one output of each program, in each envelope."""
    found = [(r, p, n) for r in WRAPPED for _, p, n in outputs(f"go1.{r}.txt")]
    heads = "".join(f"| 1.{release} " for release in WRAPPED)
    print(f"| envelope {heads}|\n|---{'|---' * len(WRAPPED)}|")
    row_of("none", found, lambda lines: b"".join(line + b"\n" for line in lines), binary=True)
    for name, (_, write, binary) in WRITERS.items():
        row_of(name, found, write, binary=binary)


def row_of(
    name: str,
    found: list[tuple[int, Path, int]],
    write: Callable[[list[bytes]], bytes],
    *,
    binary: bool,
) -> None:
    """Print an envelope's line of the table: of how many, by gotrace, by panicparse."""
    row: dict[int, Counts] = defaultdict(Counts)
    with tempfile.TemporaryDirectory() as folder:
        wrapped = Path(folder, "log")
        for release, path, there in found:
            data = path.read_bytes()
            if not binary and not _is_text(data):
                continue  # the format holds text only
            wrapped.write_bytes(write(data.rstrip(b"\n").split(b"\n")))
            prefix = OWN if name == "own" else None
            row[release] = row[release].plus(counted(there, wrapped, prefix))
    cells = (f"{c.ours} / {c.theirs} of {c.there}" for c in (row[r] for r in WRAPPED))
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def main() -> None:
    wanted = sys.argv[1:] or ["releases", "envelopes"]
    if "releases" in wanted:
        releases()
    if "envelopes" in wanted:
        envelopes()


if __name__ == "__main__":
    main()
