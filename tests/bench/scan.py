"""How much CPU time a scan of a large log takes, beside panicparse on the same file.

    GOTRACE_SHARED=… python -m tests.bench.scan [--go GOROOT | --dump FILE…] [--megabytes 100]

The inputs come from the generators below GOTRACE_SHARED: a service whose goroutines are dumped, a
log in which it panics every 10,000 lines, and that log with tabs, as records of a JSON logger, as
CRI and as docker wrap it. gotrace with the extra `fast`, gotrace without it and panicparse run as
whole processes, in turns, several times; what is printed are medians of CPU time (user and system,
children too). panicparse reads traces that nothing is wrapped round, so what each of them found is
printed as well. A ratio says nothing where one of them found nothing, hence ratios are to
panicparse on the bare log, which had all the work to do.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.measure import GOTRACE, PLAIN, Spent, compiled, load, run

BUCKET = re.compile(rb"(?:\x1b\[[0-9;]*m)*([0-9]+): ")
FIELDS = re.compile(rb"\d{4}-|\{|10\.|I0312")
TRACE = re.compile(
    r"(?:panic: |\tpanic: |fatal error: |\[signal|goroutine \d+ \[|\t|created by "
    r"|[\w./*()-]+\(.*\)$|$|exit status)"
)


def dump(shared: Path, go: Path, folder: Path) -> Path:
    """A dump of the synthetic service's goroutines."""
    shop = folder / "shop"
    shutil.copytree(shared / "bench" / "shop", shop)
    env = {
        **os.environ, "GOROOT": str(go), "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod",
        "CGO_ENABLED": "0", "GO111MODULE": "on",
    }  # fmt: skip
    server = folder / "server"
    command = [go / "bin" / "go", "build", "-o", server, "./cmd/server"]
    subprocess.run(command, cwd=shop, env=env, check=True)
    text = folder / "dump.txt"
    subprocess.run([server, "-n", "660", "-o", text], check=True, stderr=subprocess.DEVNULL)
    subprocess.run([sys.executable, shared / "bench" / "finish.py", text], check=True)
    return text


def stamps() -> Iterator[str]:
    """Times to the nanosecond."""
    for n in range(1 << 40):
        yield f"2026-11-23T06:{33 + n // 10**6 % 20}:32.{n * 1000 % 10**9:09d}Z"


def tabbed(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Tabs between the fields of the application's own lines."""
    return (x.replace(b" ", b"\t") if FIELDS.match(x) else x for x in lines)


def cri(lines: Iterator[bytes]) -> Iterator[bytes]:
    """A record for each line."""
    return (f"{at} stderr F ".encode() + x for x, at in zip(lines, stamps(), strict=False))


def docker(lines: Iterator[bytes]) -> Iterator[bytes]:
    """docker's json-file."""
    for line, at in zip(lines, stamps(), strict=False):
        record = {"log": line.decode(), "stream": "stderr", "time": at}
        yield json.dumps(record, separators=(",", ":")).encode() + b"\n"


def logger(lines: Iterator[bytes]) -> Iterator[bytes]:
    """A JSON logger that catches panics: each trace is one string."""
    trace: list[str] = []
    for raw in lines:
        line = raw.decode().rstrip("\n")
        if TRACE.match(line):
            trace.append(line)
            continue
        if trace:
            yield record("error", "panic recovered", stack="\n".join(trace))
            trace = []
        yield record("info", line)


def record(level: str, said: str, **more: str) -> bytes:
    """A record of that logger."""
    members = {"level": level, "ts": 1795415612.5, "caller": "app/main.go:34", "msg": said, **more}
    return json.dumps(members, separators=(",", ":")).encode() + b"\n"


WRAPPERS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "raw": lambda lines: lines, "tabbed": tabbed, "json": logger, "cri": cri, "docker": docker,
}  # fmt: skip


def wrapped(bare: Path, name: str, size: int) -> Path:
    """The log in an envelope, about as large."""
    path = bare.with_name(f"{name}.log")
    with bare.open("rb") as source, path.open("wb") as out:
        for line in WRAPPERS[name](iter(source)):
            out.write(line)
            if out.tell() >= size:
                break
    return path


def found_by_panicparse(printed: str) -> int:
    """Goroutines: its buckets begin with how many are in them."""
    return sum(
        int(match[1]) for line in printed.encode().splitlines() if (match := BUCKET.match(line))
    )


def compare(name: str, path: Path, rounds: int, bare: float) -> float:
    """Print a row; the median of panicparse's CPU time."""
    commands = [*GOTRACE, "scan", path], [*PLAIN, "scan", path], ["panicparse", path]
    runs: list[list[Spent]] = [[], [], []]
    for _ in range(rounds + 1):
        for spent, command in zip(runs, commands, strict=True):
            kept = BUCKET if command[0] == "panicparse" else None
            spent.append(run([*map(str, command)], shown=True, kept=kept))
    for spent in runs:
        del spent[0]  # files are in the cache, modules are compiled
    fast, plain, other = (1000 * statistics.median(r.seconds for r in x) for x in runs)
    found = {x.text for x in runs[0] + runs[1]}
    if len(found) != 1:
        raise SystemExit(f"{name}: not every scan printed the same")
    dumps = [json.loads(line) for line in found.pop().splitlines()]
    goroutines = sum(d["goroutines"] for d in dumps)
    peak = max(r.megabytes for r in runs[0]), max(r.megabytes for r in runs[1])
    reference = bare or other
    print(
        f"| {name} | {fast:.0f} | {plain:.0f} | {other:.0f} | {reference / fast:.1f} "
        f"| {reference / plain:.1f} | {len(dumps)}, {goroutines} "
        f"| {found_by_panicparse(runs[2][-1].text)} | {peak[0]:.0f}, {peak[1]:.0f} | {load()} |",
        flush=True,
    )
    return reference


def main() -> None:
    """Make the inputs, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--go", type=Path, help="GOROOT to build the service with")
    parser.add_argument("--dump", type=Path, nargs="+", help="dumps to take goroutines from")
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=WRAPPERS, nargs="+", default=list(WRAPPERS))
    options = parser.parse_args()
    shared = os.environ.get("GOTRACE_SHARED")
    if not shared or shutil.which("panicparse") is None or not (options.go or options.dump):
        raise SystemExit("NOT RUN: needs GOTRACE_SHARED, panicparse, and --go or --dump")
    compiled()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dumps = options.dump or [dump(Path(shared), options.go, folder)]
        bare = folder / "app.log"
        script = Path(shared) / "bench" / "mklog.py"
        command = [sys.executable, script, bare, str(options.megabytes), *dumps]
        subprocess.run(command, check=True)
        heads = (
            "log", "fast, ms", "plain, ms", "panicparse, ms", "fast, × to bare", "plain, × to bare",
            "dumps, goroutines", "its", "peak MB", "load",
        )  # fmt: skip
        print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
        reference = 0.0
        for kind in options.only:
            path = wrapped(bare, kind, int(options.megabytes * 1e6))
            reference = compare(kind, path, options.rounds, reference)
            path.unlink()


if __name__ == "__main__":
    main()
