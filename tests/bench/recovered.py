"""Goroutines that gotrace and panicparse find in real outputs, by Go release.

    GOTRACE_SHARED=DIR python -m tests.bench.recovered

DIR/traces holds a folder for each program with its outputs, ``go1.27.txt`` and the like. What is
there is counted by its headers, at the starts of lines.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from pathlib import Path

import gotrace

HEADER = re.compile(rb"^goroutine -?[0-9]+ (?:gp=[^\n\[]*)?\[.*\].*:\r?$", re.M)
BUCKET = re.compile(r"^([0-9]+): ", re.M)
RELEASE = re.compile(r"go1\.([0-9]+)")


def by_panicparse(path: Path) -> int:
    """The goroutines in the buckets that panicparse prints."""
    found = subprocess.run(["panicparse", str(path)], capture_output=True, check=False)
    return sum(int(n) for n in BUCKET.findall(found.stdout.decode("utf-8", "replace")))


def main() -> None:
    rows: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for path in sorted(Path(os.environ["GOTRACE_SHARED"]).glob("traces/*/go1.*.txt")):
        data = path.read_bytes()
        there = len(HEADER.findall(data))
        if not there:
            continue
        dumps = gotrace.parse(data).dumps
        row = rows[int(RELEASE.match(path.name)[1])]  # type: ignore[index]
        row[0] += there
        row[1] += min(there, sum(g.id is not None for d in dumps for g in d.goroutines))
        row[2] += min(there, by_panicparse(path))
    print("| Go | goroutines | gotrace | panicparse |\n|---|---|---|---|")
    for release, (there, ours, theirs) in sorted(rows.items()):
        print(f"| 1.{release} | {there} | {ours} | {theirs} |")


if __name__ == "__main__":
    main()
