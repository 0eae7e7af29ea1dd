"""Crashes as a table of Spark: the whole-file result for any cut, SQL, streams, tables of lines.

`pytest -m spark` runs them; GOTRACE_SPARK_CUTS says into how many sizes of ranges the eight logs of
`test_any_cut_gives_the_whole` are cut (25: 200 divisions).
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gotrace.errors import GotraceError
from gotrace.fingerprints import fingerprints
from gotrace.scanning import scan
from gotrace.spark.java import check_java
from tests import docs_blocks
from tests.evidence import ROOT
from tests.split_logs import PANIC, mixed_log, wrapped
from tests.test_envelopes import LOGS, SAMPLES, lines_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MISSING = [m for m in ("pyspark", "pandas", "pyarrow") if importlib.util.find_spec(m) is None]
try:
    check_java()
except GotraceError as error:
    MISSING.append(f"Java 17 ({error})")
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(MISSING), reason=f"NOT RUN: needs {', '.join(MISSING)}"),
]
PLAIN = "source, span, kind, stream, timestamp, envelope, causes, fingerprints, notes, state".split(
    ", "
)
FILES, CUTS = 8, int(os.environ.get("GOTRACE_SPARK_CUTS", "25"))  # 200 divisions


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    import gotrace.spark  # noqa: PLC0415 - needs pyspark

    folder = tmp_path_factory.mktemp("spark")
    found = gotrace.spark.local_session(
        2, spark_sql_shuffle_partitions="2", spark_sql_warehouse_dir=str(folder),
        spark_local_dir=str(folder), spark_log_level="ERROR",
        spark_ui_showConsoleProgress="false",
    )  # fmt: skip
    yield found
    found.stop()


def read(session: SparkSession, path: Path, **options: str) -> DataFrame:
    return session.read.format("gopanic").options(**options).load(str(path))


def rows_of(table: DataFrame) -> list[Any]:
    """The rows as values of Python, in the order of their places."""
    found = [row.asDict(recursive=True) for row in table.collect()]
    return sorted(found, key=lambda r: (r["source"], r["span"]["start"], r["span"]["end"]))


def expected(path: Path, names: list[str]) -> list[Any]:
    """What one process finds in the whole files, as rows."""
    from gotrace.spark.columns import columns  # noqa: PLC0415
    from gotrace.spark.options import options_of  # noqa: PLC0415
    from gotrace.spark.rows import Asked, batches  # noqa: PLC0415 - needs pyarrow

    asked = Asked({name: columns()[name] for name in names})
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    found = (dump for f in files if f.is_file() for dump in scan(str(f)))
    rows = [row for batch in batches(found, options_of({}), asked) for row in batch.to_pylist()]
    return sorted(rows, key=lambda r: (r["source"], r["span"]["start"], r["span"]["end"]))


def schema_of(names: list[str]) -> Any:
    from gotrace.spark.source import whole_schema  # noqa: PLC0415 - needs pyspark

    schema = whole_schema()
    return type(schema)([schema[name] for name in names])


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mixed logs, and one that is compressed."""
    folder = tmp_path_factory.mktemp("logs")
    for seed in range(FILES):
        (folder / f"{seed}.log").write_bytes(mixed_log(seed, 1000))
    (folder / "packed.log.gz").write_bytes(gzip.compress(mixed_log(77, 900)))
    return folder


def test_any_cut_gives_the_whole(session: SparkSession, logs: Path) -> None:
    """Ranges of any size, over bare, docker, CRI, JSON and interleaved lines."""
    whole = expected(logs, PLAIN)
    assert len(whole) > 10 * FILES
    dice = random.Random(7)
    reader = session.read.format("gopanic").schema(schema_of(PLAIN))
    for _ in range(CUTS):
        size = dice.randrange(150_000, 1_000_000)
        assert rows_of(reader.option("rangeSize", str(size)).load(str(logs))) == whole, size


def test_a_task_for_each_core(session: SparkSession, tmp_path: Path) -> None:
    """What one task could read is read by two; lines are counted where a column tells them."""
    noise = b"".join(b"line %d\n" % n for n in range(500_000))
    (tmp_path / "app.log").write_bytes(PANIC + noise + PANIC + noise + PANIC)
    for names in (["source", "span"], ["source", "span", "goroutines"], ["kind", "fingerprints"]):
        table = session.read.format("gopanic").schema(schema_of(names)).load(str(tmp_path))
        assert table.rdd.getNumPartitions() == 2
        found = [row.asDict(recursive=True) for row in table.collect()]
        whole = expected(tmp_path, ["source", "span", *names])
        assert found == [fixed({name: row[name] for name in names}) for row in whole]


def test_all_columns(session: SparkSession, logs: Path) -> None:
    """Decoded, cut or not."""
    from gotrace.spark.columns import columns  # noqa: PLC0415

    path = logs / "1.log"
    names = [n for n in columns() if n != "time"]  # Spark gives times in the session's zone
    found = rows_of(read(session, path, rangeSize="200k").select(*names))
    assert found == [fixed(row) for row in expected(path, names)]


def fixed(node: Any) -> Any:
    """Maps as Spark gives them."""
    if isinstance(node, dict):
        return {k: dict(v) if k == "labels" else fixed(v) for k, v in node.items()}
    return [fixed(v) for v in node] if isinstance(node, list) else node


def test_lines_that_nobody_counted(session: SparkSession, logs: Path) -> None:
    """Without a pass over the file before, lines are null, and all else is the same."""
    path = logs / "2.log"
    names = ["source", "span", "fingerprints"]
    reader = session.read.format("gopanic").schema(schema_of(names)).option("rangeSize", "300k")
    found = rows_of(reader.option("lines", "false").load(str(path)))
    assert {row["span"].pop("line") for row in found} == {None}
    whole = expected(path, names)
    for row in whole:
        del row["span"]["line"]
        row["span"].update(first_line=None, last_line=None)
    assert found == whole


def test_sql_over_the_view(session: SparkSession) -> None:
    """Arguments, by name and type, with prototypes; files by pattern."""
    folder = SAMPLES / "pushd"
    session.sql(
        "create or replace temporary view crashes using gopanic options "
        f"(path '{folder}/*.log', signatures '{folder}/prototypes.go')"
    )
    found = session.sql(
        "select f.function, a.name, a.type, get_json_object(a.value, '$.len') as len "
        "from crashes lateral view explode(goroutines) as g lateral view explode(g.frames) as f "
        "lateral view explode(f.arguments) as a where a.type = 'string' and g.crashed"
    ).collect()
    assert [row.name for row in found[:3]] == ["servAddr", "user", "password"]
    assert [row.len for row in found[:3]] == ["17", "6", "8"]
    count = session.sql("select count(*) from crashes where kind = 'panic'").collect()[0][0]
    assert count == sum(d.kind == "panic" for p in folder.glob("*.log") for d in scan(str(p)))


def test_filters_are_pushed_down(session: SparkSession, logs: Path) -> None:
    """Spark has nothing left to filter, and the answer is that of a filter afterwards."""
    whole = expected(logs, [*PLAIN, "function"])
    site = next(r["fingerprints"]["site"] for r in whole if r["function"])
    name = str(logs / "1.log")
    asked: list[tuple[str, Any]] = [
        (f"fingerprints.site = '{site}'", lambda r: r["fingerprints"]["site"] == site),
        (f"source = '{name}' and kind <> 'race'",
         lambda r: r["source"] == name and r["kind"] != "race"),
        ("state in ('running', 'select')", lambda r: r["state"] in {"running", "select"}),
        ("function like 'main.%'", lambda r: (r["function"] or "").startswith("main.")),
        ("stream is null", lambda r: r["stream"] is None),
    ]  # fmt: skip
    for condition, keep in asked:
        table = read(session, logs).where(condition).select("source", "span")
        plan = table._jdf.queryExecution().executedPlan().toString()
        assert "Filter" not in plan.replace("RuntimeFilters", ""), condition
        starts = [(r["source"], r["span"]["start"]) for r in rows_of(table)]
        kept = [(r["source"], r["span"]["start"]) for r in whole if keep(r)]
        assert starts == kept
        assert 0 < len(kept) < len(whole)
    time = read(session, logs).where("time > '2026-11-23T06:33:32'").count()
    assert 0 < time < len(whole)


def test_what_makes_no_sense_is_said(session: SparkSession, tmp_path: Path) -> None:
    for call, said in (
        (lambda: read(session, tmp_path / "none").count(), "none: no such file"),
        (lambda: read(session, SAMPLES, binarry="x").count(), "no option binarry"),
        (lambda: session.read.format("gopanic").load().count(), "no path"),
        (lambda: session.read.format("gopanic").schema("boom int").load(str(SAMPLES)).count(),
         "no column boom"),
        (lambda: read(session, SAMPLES, binary=str(tmp_path / "app")).count(), "app"),
    ):  # fmt: skip
        with pytest.raises(Exception, match=said):
            call()


def test_hostile_text(session: SparkSession, tmp_path: Path) -> None:
    """Bytes that are no UTF-8, and numbers that no column holds, are rows all the same."""
    (tmp_path / "a.log").write_bytes(
        b"panic: caf\xff\x00\n\ngoroutine 99999999999999999999 [running]:\nmain.f(0x1)\n"
        b"\t/main.go:7 +0x1d\n"
    )
    (row,) = rows_of(read(session, tmp_path))
    assert row["causes"][0]["message_escaped"].startswith('"caf\\xff')
    assert row["goroutines"][0]["id"] is None


# ------------------------------------------------------------------------------------------ streams


def started(session: SparkSession, folder: Path, out: Path, **options: str) -> Any:
    table = session.readStream.format("gopanic").options(**options).load(str(folder))
    picked = table.select("source", "span", "fingerprints", "stream")
    writer = picked.writeStream.format("json").option("checkpointLocation", str(out / "points"))
    return writer.trigger(processingTime="100 milliseconds").start(str(out / "rows"))


def streamed(out: Path, count: int, query: Any) -> list[Any]:
    """The rows of complete batches, once there are as many, and no more of them."""
    import time  # noqa: PLC0415

    found: list[Any] = []
    for _ in range(300):
        if query.exception() is not None:
            raise query.exception()
        found = [json.loads(x) for path in complete(out) for x in path.read_bytes().splitlines()]
        if len(found) >= count:
            break
        time.sleep(0.2)
    return sorted(found, key=lambda row: (row["source"], row["span"]["start"]))


def complete(out: Path) -> Iterator[Path]:
    """What the sink stands by: files of a batch that was stopped half way lie there as well."""
    for batch in (out / "rows" / "_spark_metadata").glob("[0-9]*"):
        for line in batch.read_text("utf-8").splitlines()[1:]:
            yield Path(json.loads(line)["path"].removeprefix("file://"))


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_a_folder_that_grows(session: SparkSession, tmp_path: Path) -> None:
    """Each dump comes once: written in parts, after a restart, in a file that was renamed."""
    folder, out = tmp_path / "logs", tmp_path / "out"
    folder.mkdir()
    path = folder / "app.log"
    noise = b"".join(b"line %d\n" % n for n in range(20_000))
    path.write_bytes(noise + PANIC + noise)
    query = started(session, folder, out, idle="1", rangeSize="100k")
    try:
        assert len(streamed(out, 1, query)) == 1
        append(path, PANIC[:150])
        append(path, PANIC[150:] + b"more\n")
        (folder / "b.log").write_bytes(wrapped("cri", lines_of(SAMPLES / "pushd" / "panic.log")))
        (folder / "c.log.gz").write_bytes(gzip.compress(PANIC))
        assert len(streamed(out, 4, query)) == 4
    finally:
        query.stop()
    os.rename(path, folder / "app.log.1")
    append(folder / "app.log.1", b"".join(b"line %d\n" % n for n in range(99)))
    path.write_bytes(b"new\n" + PANIC)
    query = started(session, folder, out, idle="1", rangeSize="100k")
    try:
        found = streamed(out, 5, query)
        query.processAllAvailable()
    finally:
        query.stop()
    assert [(os.path.basename(r["source"]), r["span"]["line"]) for r in found] == [
        ("app.log", 2), ("app.log", 20_001), ("app.log", 40_000 + len(PANIC.splitlines()) + 1),
        ("b.log", 1), ("c.log.gz", 1),
    ]  # fmt: skip
    assert len({r["fingerprints"]["exact"] for r in found}) == 1


# ------------------------------------------------------------------------------------------ lines


def test_a_table_of_lines(session: SparkSession) -> None:
    """Lines of streams that are mixed and in no order: each stream is read in its own."""
    import gotrace.spark  # noqa: PLC0415

    logs = [path for path in LOGS if path.stat().st_size < 5000][:12]
    lines = [
        (str(path.relative_to(SAMPLES)), n, line.decode("utf-8", "replace"))
        for path in logs
        for n, line in enumerate(lines_of(path))
    ]
    random.Random(3).shuffle(lines)
    table = session.createDataFrame(lines, "pod string, n long, line string").repartition(4)
    found = gotrace.spark.decode_lines(table, "line", stream="pod", order="n").collect()
    told = sorted((row.source, row.fingerprints.exact) for row in found)
    whole = [(str(p.relative_to(SAMPLES)), d) for p in logs for d in scan(str(p))]
    assert told == sorted((name, fingerprints(dump).exact) for name, dump in whole)
    assert len({row.source for row in found}) == len(logs)


def test_a_table_of_lines_without_streams(session: SparkSession) -> None:
    import gotrace.spark  # noqa: PLC0415

    rows = [(line,) for line in PANIC.decode().splitlines()]
    table = session.createDataFrame([*rows, (None,), *rows], "value string").coalesce(1)
    found = gotrace.spark.decode_lines(table, signatures=str(SAMPLES / "pushd" / "prototypes.go"))
    assert found.selectExpr("goroutines[0].frames[0].arguments[1].name").collect() == [
        ("servAddr",), ("servAddr",),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no column text: the table has value"):
        gotrace.spark.decode_lines(table, "text")


# ------------------------------------------------------------------------------------------- docs


def test_the_programs_of_the_page(tmp_path: Path) -> None:
    """docs/spark.md: run one after the other, as a reader would."""
    (tmp_path / "samples").symlink_to(SAMPLES)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "app.log").write_bytes(PANIC)
    page = docs_blocks.DOCS / "spark.md"
    blocks = [b.text for b in docs_blocks.blocks(page) if b.language == "python"]
    assert len(blocks) == 5
    told = """
import json, time
time.sleep(2.5)  # nothing of the log came for idle seconds
query.processAllAvailable()
query.stop()
streamed = [tuple(row)[:3] for row in spark.read.parquet("crashes").collect()]
print(json.dumps([kinds, [tuple(r) for r in groups], arguments, [r[1] for r in sites], names,
                  streamed], default=str))
spark.stop()
"""
    program = tmp_path / "page.py"
    program.write_text("\n".join([*blocks, told]), "utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, program], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=env,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    kinds, groups, arguments, sites, names, streamed = json.loads(done.stdout.splitlines()[-1])
    whole = [d for p in (SAMPLES / "envelopes").glob("*") if p.is_file() for d in scan(str(p))]
    assert kinds == {k: sum(d.kind == k for d in whole) for k in {str(d.kind) for d in whole}}
    assert sum(sites) == len(whole)
    assert sum(times for _, _, times, _ in groups) == len(
        [*scan(str(SAMPLES / "pushd" / "panic.log"))]
    )
    assert [row[1] for row in arguments][:3] == ["servAddr", "user", "password"]
    assert names == [["pod-7", ["cli", "servAddr", "user", "password", "timeout", None]]]
    assert streamed == [[str(Path("logs") / "app.log"), "panic", groups[0][1]]]
