"""Spark with two workers beside one process of `gotrace scan` on the same large log, wall time.

    GOTRACE_SHARED=… python -m tests.bench.spark [--go GOROOT | --dump FILE…] [--megabytes 1000]

The logs come from the generators below GOTRACE_SHARED: a service that panics every 10,000 lines,
and one that does every 1,000. Spark is started, and answers a query, before anything is measured;
--warm says how many. Its table goes to `noop`, the command's JSON to nowhere; both run in turns,
several times, and what is printed are medians, and how far apart the runs were. Without decoding, a
row is of ten columns that need none, against `scan`; with it, of all columns, against `scan
--full`. The floor is a query of Spark's to a data source that knows its two partitions and yields
one row for each at once.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.measure import GOTRACE, compiled, load
from tests.bench.scan import dump

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

PLAIN = "source span kind stream timestamp envelope causes fingerprints notes state".split()
EVERY = (10_000, 1_000)  # lines
SPREAD = "R.randrange(5000, 15000)"


def written(shared: Path, dumps: list[Path], folder: Path, every: int, megabytes: float) -> Path:
    """A log of a service that panics every so many lines."""
    path = folder / f"{every}.log"
    script = (shared / "bench" / "mklog.py").read_text("utf-8")
    assert script.count(SPREAD) == 2
    text = script.replace(SPREAD, f"R.randrange({every // 2}, {every * 3 // 2})")
    command = [sys.executable, "-c", text, path, str(megabytes), *dumps]
    subprocess.run([*map(str, command)], check=True)
    return path


def table_of(session: SparkSession, path: Path, *, full: bool) -> DataFrame:
    """All dumps of the log, with all columns or ten."""
    from gotrace.spark.source import whole_schema  # noqa: PLC0415 - needs pyspark

    reader = session.read.format("gopanic")
    if not full:
        schema = whole_schema()
        reader = reader.schema(type(schema)([schema[name] for name in PLAIN]))
    return reader.load(str(path))


def floor(session: SparkSession) -> Callable[[], None]:
    """What a query takes in which nothing is read."""
    from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition  # noqa: PLC0415

    class Reader(DataSourceReader):
        def partitions(self) -> list[InputPartition]:
            return [InputPartition(0), InputPartition(1)]

        def read(self, partition: InputPartition) -> Iterator[tuple[int]]:
            yield (partition.value,)

    class Nothing(DataSource):
        @classmethod
        def name(cls) -> str:
            return "nothing"

        def schema(self) -> str:
            return "number int"

        def reader(self, schema: object) -> Reader:
            return Reader()

    session.conf.set("spark.sql.python.filterPushdown.enabled", "true")
    session.dataSource.register(Nothing)
    return lambda: taken(session.read.format("nothing").load())


def taken(table: DataFrame) -> None:
    """Ask for all of it, and keep none."""
    table.write.format("noop").mode("overwrite").save()


def scanned(path: Path, *, full: bool) -> None:
    """One process, from start to end."""
    told = ["--full"] if full else []
    command = [*GOTRACE, "scan", "--no-discover", *told, str(path)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def timed(side: Callable[[], object]) -> float:
    """Seconds of wall time."""
    start = time.perf_counter()
    side()
    return time.perf_counter() - start


def compare(session: SparkSession, path: Path, rounds: int, warm: int, *, full: bool) -> None:
    """Print a row."""
    sides = {
        "scan": lambda: scanned(path, full=full),
        "spark": lambda: taken(table_of(session, path, full=full)),
        "floor": floor(session),
    }
    runs: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(warm):  # files are in the cache, modules are compiled
        for call in sides.values():
            call()
    for _ in range(rounds):
        for side, call in sides.items():
            runs[side].append(timed(call))
    middle = {side: statistics.median(found) for side, found in runs.items()}
    spread = "; ".join(f"{min(runs[x]):.2f} to {max(runs[x]):.2f}" for x in ("scan", "spark"))
    scan, spark, nothing = middle.values()
    asked = "all; `scan --full`" if full else "ten; `scan`"
    print(
        f"| {path.name} | {asked} | {scan:.2f} | {spark:.2f} | {scan / spark:.2f}× | {nothing:.2f} "
        f"| {spread} | {rounds} | {load()} |",
        flush=True,
    )


def main() -> None:
    """Make the logs, start Spark, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--go", type=Path, help="GOROOT to build the service with")
    parser.add_argument("--dump", type=Path, nargs="+", help="dumps to take goroutines from")
    parser.add_argument("--log", type=Path, nargs="+", help="logs that are there already")
    parser.add_argument("--megabytes", type=float, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=int, default=1, help="queries before each row")
    parser.add_argument("--columns", choices=("ten", "all"), nargs="+", default=["ten", "all"])
    options = parser.parse_args()
    shared = os.environ.get("GOTRACE_SHARED")
    if not options.log and not (shared and (options.go or options.dump)):
        raise SystemExit("NOT RUN: needs --log, or GOTRACE_SHARED and --go or --dump")
    compiled()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        logs = options.log
        if not logs:
            assert shared is not None
            dumps = options.dump or [dump(Path(shared), options.go, folder)]
            logs = [written(Path(shared), dumps, folder, n, options.megabytes) for n in EVERY]
        measure(logs, options.columns, options.rounds, options.warm)


def measure(logs: list[Path], columns: list[str], rounds: int, warm: int) -> None:
    """A row for each log and each choice of columns."""
    import gotrace.spark  # noqa: PLC0415 - needs pyspark

    session = gotrace.spark.local_session(2, spark_ui_showConsoleProgress="false")
    session.sparkContext.setLogLevel("ERROR")
    heads = (
        "log", "columns", "scan, s", "Spark, s", "ratio", "floor, s", "runs from … to", "runs",
        "load",
    )  # fmt: skip
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for path in logs:
        for asked in columns:
            compare(session, path, rounds, warm, full=asked == "all")
    session.stop()


if __name__ == "__main__":
    main()
