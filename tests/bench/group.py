"""Group a goroutine dump, whole process, against Debian's panicparse on the same file.

    python -m tests.bench.group [--rounds N] [--parents N …] [DUMP …]

--parents: a dump of N goroutines with one stack, each created by another goroutine.
Both group by the same rule, words that look like pointers being equal. Each timed run must have
found goroutines, or it counts for nothing: a program that gives up at once is quick. A ratio is
only printed where both have found the same number of them.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.measure import GOTRACE, Spent, compiled, in_turns, run, size

OURS = re.compile(r"^([0-9]+) goroutines? in [0-9]+ groups?", re.MULTILINE)
THEIRS = re.compile(r"^([0-9]+): ", re.MULTILINE)


class Side:
    """One program on one dump: what its runs spent, and how many goroutines each has found."""

    def __init__(self, command: Sequence[str], counted: re.Pattern[str]) -> None:
        self._command = command
        self._counted = counted
        self.found: set[int] = set()
        self.peak = 0.0

    def seconds(self) -> float:
        """CPU of one run."""
        spent: Spent = run(self._command, shown=True)
        self.found.add(sum(map(int, self._counted.findall(spent.text))))
        self.peak = max(self.peak, spent.megabytes)
        return spent.seconds


def row(path: str, rounds: int) -> str:
    """A dump's line of the table."""
    ours = Side([*GOTRACE, "group", path], OURS)
    theirs = Side(["panicparse", path], THEIRS)
    sides: list[Callable[[], float]] = [ours.seconds, theirs.seconds]
    a, b = in_turns(*sides, rounds=rounds)
    if 0 in ours.found or len(ours.found) != 1:
        sys.exit(f"{path}: gotrace group found {sorted(ours.found)} goroutines in its runs")
    same = ours.found == theirs.found
    counts = f"{min(ours.found)} / {' '.join(map(str, sorted(theirs.found)))}"
    ratio = f"{b / a:.1f}×" if same else "not comparable"
    name = path.rpartition("/")[2]
    return (
        f"| {name} | {size(path):.1f} | {counts} | {a:.2f} | {ours.peak:.0f} "
        f"| {b:.2f} | {theirs.peak:.0f} | {ratio} |"
    )


def of_parents(count: int) -> str:
    """Goroutines that differ only in their ids and in who created them."""
    one = (
        "goroutine {0} [chan receive, 5 minutes]:\nmain.worker(0xc000{0:06x}, 0x7)\n"
        "\t/src/worker.go:31 +0x1d\ncreated by main.serve in goroutine {1}\n"
        "\t/src/serve.go:12 +0x5a\n"
    )
    return "\n".join(one.format(count + n, n + 1) for n in range(count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parents", type=int, nargs="+", default=[])
    parser.add_argument("dumps", nargs="*")
    options = parser.parse_args()
    compiled()
    heads = "dump", "MB", "goroutines", "gotrace, s", "MB", "panicparse, s", "MB", "ratio"
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for path in options.dumps:
        print(row(path, options.rounds), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for count in options.parents:
            made = Path(folder, f"{count} parents")
            made.write_text(of_parents(count))
            print(row(str(made), options.rounds), flush=True)


if __name__ == "__main__":
    main()
