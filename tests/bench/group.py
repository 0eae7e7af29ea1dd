"""Group a goroutine dump, whole process, against Debian's panicparse on the same file.

    python tests/bench/group.py [--rounds N] DUMP …

Both group by the same rule, words that look like pointers being equal; output goes to nowhere.
"""

from __future__ import annotations

import argparse

from measure import GOTRACE, compiled, in_turns, run, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("dumps", nargs="+")
    options = parser.parse_args()
    compiled()
    print("| dump | MB | gotrace group, s | peak MB | panicparse, s | ratio |")
    print("|---|---|---|---|---|---|")
    for path in options.dumps:
        ours, theirs = [*GOTRACE, "group", path], ["panicparse", path]
        peak = run(ours).megabytes
        a, b = in_turns(
            lambda c=ours: run(c).seconds, lambda c=theirs: run(c).seconds, rounds=options.rounds
        )
        name = path.rpartition("/")[2]
        print(f"| {name} | {size(path):.1f} | {a:.2f} | {peak:.0f} | {b:.2f} | {b / a:.1f}× |")


if __name__ == "__main__":
    main()
