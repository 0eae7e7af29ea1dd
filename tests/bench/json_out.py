"""Full JSON of a dump, whole command.

python -m tests.bench.json_out [--rounds N] DUMP …
"""

from __future__ import annotations

import argparse

from tests.bench.measure import GOTRACE, compiled, in_turns, run, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("dumps", nargs="+")
    options = parser.parse_args()
    compiled()
    print("| dump | MB | s | MB/s | peak MB |\n|---|---|---|---|---|")
    for path in options.dumps:
        command = [*GOTRACE, "annotate", "--format", "json", path]
        peak = run(command).megabytes
        (spent,) = in_turns(lambda c=command: run(c).seconds, rounds=options.rounds)
        name = path.rpartition("/")[2]
        print(
            f"| {name} | {size(path):.1f} | {spent:.2f} | {size(path) / spent:.1f} | {peak:.0f} |"
        )


if __name__ == "__main__":
    main()
