"""Parse a dump in process, against another parser.

    python -m tests.bench.parse [--rounds N] [--peer PROGRAM] DUMP …

Reading the file is not in it, and each run is a fresh process. ``parse`` is gotrace.parse alone,
``numbers`` with all arguments as integers, ``objects`` with every frame, call and word made.
PROGRAM is given a DUMP and prints CPU seconds as its last word; for panicparse it is a few lines
round stack.ScanSnapshot with GuessPaths, AnalyzeSources and NameArguments off, after runtime.GC().
"""

from __future__ import annotations

import argparse
import sys
import time

from tests.bench.measure import compiled, in_turns, run, size

WAYS = ("parse", "numbers", "objects")


def one(way: str, path: str) -> float:
    """CPU seconds of one way to parse, in this process."""
    import gotrace  # noqa: PLC0415
    from gotrace.parsing.columns import Frames  # noqa: PLC0415

    with open(path, "rb") as file:
        data = file.read()
    gotrace.parse(data[: 1 << 15])  # modules are imported, patterns compiled
    start = time.process_time()
    found = gotrace.parse(data)
    stacks = [g.frames for d in found.dumps for g in d.goroutines] if way != "parse" else []
    if way == "numbers":
        kept = [
            s.numbers() if isinstance(s, Frames) else [w.value for f in s for w in f.call.words()]
            for s in stacks
        ]
    else:
        kept = [tuple(s) for s in stacks]
    spent = time.process_time() - start
    assert len(kept) == len(stacks)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peer")
    parser.add_argument("--one", choices=WAYS)
    parser.add_argument("dumps", nargs="+")
    options = parser.parse_args()
    if options.one:
        print(one(options.one, options.dumps[0]))
        return
    compiled()
    peer = " peer MB/s |" if options.peer else ""
    print(f"| dump | {' | '.join(f'{w} MB/s' for w in WAYS)} |{peer}")
    for path in options.dumps:
        commands = [[sys.executable, "-m", "tests.bench.parse", "--one", way, path] for way in WAYS]
        commands += [[options.peer, path]] if options.peer else []
        sides = [lambda c=c: float(run(c, shown=True).text.split()[-1]) for c in commands]
        spent = in_turns(*sides, rounds=options.rounds)
        cells = [f"{size(path) / s:.0f}" for s in spent]
        if options.peer:
            cells = [f"{c} ({spent[-1] / s:.1f}×)" for c, s in zip(cells, spent, strict=True)]
        print(f"| {path.rpartition('/')[2]} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
