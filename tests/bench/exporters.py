"""Dumps in the formats of error trackers and log stores, whole command.

python -m tests.bench.exporters [--rounds N] [--crashes N] DUMP …

Beside the DUMPs, a log of as many small crashes as --crashes says, each with all that the tests'
prototypes know of it. MB are those of the dumps that are read.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from gotrace.formats import STREAMED
from tests.bench.measure import GOTRACE, compiled, in_turns, run, size

SMALL = Path(__file__).resolve().parents[2] / "samples" / "pushd"


def crashes(folder: Path, count: int) -> list[str]:
    """The options that read a log of ``count`` crashes; each is another one to the decoder."""
    text = (SMALL / "panic.log").read_bytes()
    path = folder / f"{count} crashes"
    with path.open("wb") as log:
        for number in range(count):
            log.write(text.replace(b"266900", b"%d" % (10_000 + number)) + b"exit status 2\n")
    return ["--signatures", str(SMALL / "prototypes.go"), str(path)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--crashes", type=int, default=5000)
    parser.add_argument("dumps", nargs="*")
    options = parser.parse_args()
    compiled()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = [["--no-discover", path] for path in options.dumps]
        inputs.append(crashes(folder, options.crashes))
        print("| dump | MB | format | s | MB of dump/s | written, MB | peak MB |")
        print("|---|---|---|---|---|---|---|")
        for told in inputs:
            measure(told, folder / "out", options.rounds)


def measure(told: list[str], out: Path, rounds: int) -> None:
    """A row for each format."""

    def command(form: str) -> list[str]:
        full = ["--full"] if form == "ndjson" else []
        return [*GOTRACE, "scan", "--format", form, *full, "-o", str(out), *told]

    def side(form: str) -> Callable[[], float]:
        return lambda: run(command(form)).seconds

    megabytes = size(told[-1])
    spent = in_turns(*map(side, STREAMED), rounds=rounds)
    for form, seconds in zip(STREAMED, spent, strict=True):
        peak = run(command(form)).megabytes
        name = told[-1].rpartition("/")[2]
        form_name = "ndjson, --full" if form == "ndjson" else form
        print(
            f"| {name} | {megabytes:.1f} | {form_name} | {seconds:.2f} | {megabytes / seconds:.1f} "
            f"| {size(str(out)):.1f} | {peak:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
