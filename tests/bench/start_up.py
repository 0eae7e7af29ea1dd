"""What a run costs before it does anything: CPU over ``python -c pass``.

    python -m tests.bench.start_up [--rounds N] LOG

LOG is a small log; it is annotated with and without a prototypes.go beside it, into a pipe.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.measure import GOTRACE, compiled, in_turns, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("log", help="a log with a prototypes.go beside it")
    options = parser.parse_args()
    compiled()
    log = Path(options.log)
    with tempfile.TemporaryDirectory() as folder:
        bare = shutil.copy(log, folder)
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "gotrace --version": [*GOTRACE, "--version"],
            "gotrace annotate": [*GOTRACE, "annotate", bare],
            "gotrace annotate, prototypes.go": [*GOTRACE, "annotate", str(log)],
            "gotrace group": [*GOTRACE, "group", bare],
        }
        sides = [lambda c=c: run(c, shown=True).seconds for c in commands.values()]
        spent = in_turns(*sides, rounds=options.rounds)
    print("| run | ms | over python |\n|---|---|---|")
    for name, seconds in zip(commands, spent, strict=True):
        print(f"| {name} | {seconds * 1000:.1f} | {(seconds - spent[0]) * 1000:.1f} |")


if __name__ == "__main__":
    main()
