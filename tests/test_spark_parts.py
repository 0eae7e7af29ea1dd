"""What of gotrace.spark needs no Java: columns, filters, options, ranges; what is said without it.

The table itself is tested in test_spark.py, which starts PySpark with Java.
"""

from __future__ import annotations

import gc
import gzip
import json
import os
import pickle
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gotrace import annotate, parse
from gotrace.errors import GotraceError
from gotrace.fingerprints import blamed
from gotrace.rendering.json import dump as all_keys
from gotrace.rendering.json_plain import plain_keys
from gotrace.scanning import scan
from gotrace.spark import java
from gotrace.spark.columns import DECODED, OWN, columns, misfit, tells_lines
from gotrace.spark.filters import all_hold, can_be_taken, holds, of_files
from gotrace.spark.options import files_of, options_of
from tests.split_logs import PANIC, mixed_log
from tests.test_envelopes import LOGS

# ------------------------------------------------------------------------------------------ columns


def keys(node: Any, path: str = "") -> Iterator[str]:
    """The paths of all keys in a value of JSON."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield f"{path}.{name}"
            yield from keys(value, f"{path}.{name}")
    elif isinstance(node, list):
        for value in node:
            yield from keys(value, path)


def test_every_key_of_a_dump_is_a_column() -> None:
    """What is printed of a dump is the same in the table; nothing is lost on the way."""
    arrow = pytest.importorskip("gotrace.spark.arrow", reason="NOT RUN: needs pyarrow")
    table = arrow.Table(columns())
    for path in LOGS[::3]:
        for dump in parse(path.read_bytes(), source=str(path)).dumps:
            told = all_keys(annotate(dump))
            batch = table.batch([told])
            batch.validate(full=True)
            (row,) = batch.to_pylist()
            for goroutine in row["goroutines"]:
                for name in ("labels", "labels_escaped"):
                    labels = goroutine[name]
                    goroutine[name] = None if labels is None else dict(labels)
                for frame in goroutine["frames"]:
                    for argument in frame["arguments"]:
                        argument["value"] = json.loads(argument["value"] or "null")
            assert without_null(row) == without_null(told)
            assert plain_keys(dump) == {k: told[k] for k in plain_keys(dump)}
            assert not DECODED & plain_keys(dump).keys()


def without_null(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: without_null(v) for k, v in node.items() if v is not None}
    return [without_null(v) for v in node] if isinstance(node, list) else node


def types() -> st.SearchStrategy[Any]:
    """Types of columns, nested."""
    leaves = st.sampled_from(["string", "long", "double", "boolean", "timestamp"])

    def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        fields = st.dictionaries(st.sampled_from("abc"), inner, min_size=1)
        return st.one_of(
            st.tuples(st.just("array"), inner),
            st.tuples(st.just("map"), st.just("string")),
            st.tuples(st.just("struct"), fields),
        )

    return st.recursive(leaves, nested, max_leaves=6)


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of JSON that belong into a column; keys may be missing, and others be there."""
    simple = {
        "string": st.one_of(st.text(), st.just({"x": [1, "é"]}), st.integers()),
        "long": st.integers(-(1 << 65), 1 << 65),
        "double": st.floats(allow_nan=False),
        "boolean": st.booleans(),
        "timestamp": st.integers(0, 1 << 50),
    }  # fmt: skip
    if isinstance(kind, str):
        return st.none() | simple[kind]
    if kind[0] == "array":
        return st.none() | st.lists(values_of(kind[1]), max_size=4)
    if kind[0] == "map":
        return st.none() | st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3)
    fields = {name: values_of(inner) for name, inner in kind[1].items()}
    return st.none() | st.fixed_dictionaries({}, optional={**fields, "z": st.integers()})


def in_a_table(value: Any, kind: Any) -> Any:
    """What the column says of a value: written down type by type, and slowly."""
    if value is None or isinstance(kind, str):
        if kind == "string" and not isinstance(value, str | None):
            return json.dumps(value)
        if kind == "timestamp" and value is not None:
            return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=value)
        fits = kind != "long" or value is None or -(1 << 63) <= value < 1 << 63
        return value if fits else None
    if kind[0] == "array":
        return [in_a_table(each, kind[1]) for each in value]
    if kind[0] == "map":
        return list(value.items())
    return {name: in_a_table(value.get(name), inner) for name, inner in kind[1].items()}


@settings(max_examples=150)
@given(st.data())
def test_columns_say_what_the_values_say(data: st.DataObject) -> None:
    """Of any type, with nulls anywhere; what has no type is text, what has no place is null."""
    arrow = pytest.importorskip("gotrace.spark.arrow", reason="NOT RUN: needs pyarrow")
    kind = data.draw(types())
    values = data.draw(st.lists(values_of(kind), max_size=8))
    column = arrow.builder(kind)(values)
    column.validate(full=True)
    assert column.type == arrow.arrow_type(kind)
    assert column.to_pylist() == [in_a_table(value, kind) for value in values]


def test_a_number_that_no_column_holds() -> None:
    arrow = pytest.importorskip("gotrace.spark.arrow", reason="NOT RUN: needs pyarrow")
    given = [[1, None, 2**63 - 1, 2**63, -(2**63)], [], None]
    expected = [[1, None, 2**63 - 1, None, -(2**63)], [], None]
    assert arrow.builder(("array", "long"))(given).to_pylist() == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["span"], True), (["notes"], True), (["goroutines"], True),
        (["source", "kind", "function", "fingerprints", "time", "registers"], False),
        ({"span": ("struct", {"start": "long"})}, False),
        ({"span": ("struct", {"last_line": "long"})}, True),
        # Lines of source files.
        ({"culprit": ("struct", {"source": ("struct", {"line": "long"})})}, False),
        ({"goroutines": ("array", ("struct", {"frames": ("array", ("struct", {"line": "long"}))}))},
         False),
    ],
)  # fmt: skip
def test_columns_for_which_lines_are_counted(asked: Any, expected: bool) -> None:
    chosen = asked if isinstance(asked, dict) else {name: columns()[name] for name in asked}
    assert misfit(chosen, columns()) is None
    assert tells_lines(chosen) is expected


def test_columns_that_are_asked_for() -> None:
    whole = columns()
    assert whole.keys() >= OWN.keys() | DECODED
    assert misfit(whole, whole) is None
    assert misfit({"fingerprints": ("struct", {"site": "string"})}, whole) is None
    assert misfit({"boom": "string"}, whole) == "no column boom"
    wrong = {"goroutines": ("array", ("struct", {"id": "string"}))}
    assert misfit(wrong, whole) == "column goroutines.id is long, not string"
    assert misfit({"kind": ("array", "string")}, whole) == "column kind is string, not array"


def test_the_function_that_is_blamed() -> None:
    (dump,) = parse(PANIC).dumps
    goroutine, frame = blamed(dump)
    assert goroutine is not None
    assert frame is not None
    assert (goroutine.state, frame.site and frame.site.line) == ("running", 79)


# ------------------------------------------------------------------------------------------ filters


class EqualTo(NamedTuple):
    attribute: tuple[str, ...]
    value: Any


class EqualNullSafe(EqualTo): ...


class In(EqualTo): ...


class StringStartsWith(EqualTo): ...


class GreaterThan(EqualTo): ...


class IsNull(NamedTuple):
    attribute: tuple[str, ...]


class IsNotNull(IsNull): ...


class Not(NamedTuple):
    child: Any


KIND, SITE = ("kind",), ("fingerprints", "site")


@pytest.mark.parametrize(
    ("one", "value", "expected"),
    [
        (EqualTo(KIND, "panic"), "panic", True),
        (EqualTo(KIND, "panic"), "race", False),
        (EqualTo(KIND, "panic"), None, None),
        (Not(EqualTo(KIND, "panic")), None, None),
        (Not(EqualTo(KIND, "panic")), "race", True),
        (EqualNullSafe(KIND, None), None, True),
        (EqualNullSafe(KIND, "panic"), None, False),
        (In(SITE, ("a", "b")), "b", True),
        (In(SITE, ("a", "b")), "c", False),
        (StringStartsWith(SITE, "1:"), "1:77", True),
        (GreaterThan(SITE, "a"), "b", True),
        (IsNull(SITE), None, True),
        (IsNotNull(SITE), None, False),
        (Not(IsNull(SITE)), None, False),
    ],
)
def test_filters_mean_what_sql_means(one: Any, value: str | None, expected: bool | None) -> None:
    """A comparison with null is unknown, its negation too; only what is true is let through."""
    assert can_be_taken(one)
    assert holds(one, lambda path: value) is expected
    assert all_hold([one], lambda path: value) is (expected is True)


def test_filters_that_are_given_back() -> None:
    for one in (EqualTo(("time",), "x"), EqualTo(("goroutines", "id"), 1), In(KIND, ("a", None))):
        assert not can_be_taken(one)
        assert not can_be_taken(Not(one))
    named, other = EqualTo(("source",), "a.log"), EqualTo(KIND, "panic")
    assert of_files([named, other, Not(named)]) == [named, Not(named)]


# ------------------------------------------------------------------------------------------ options


def test_options_are_read_in_any_case(tmp_path: Path) -> None:
    options = options_of({"path": str(tmp_path), "rangesize": "2m", "GO": "1.21", "Lines": "False"})
    assert (options.range_size, options.go, options.lines, options.stdlib) == (
        2 << 20, "1.21", False, True,
    )  # fmt: skip
    assert options_of({"paths": '["a", "b"]'}).paths == ("a", "b")
    assert options_of({"signatures": "a.go, b.go"}).signatures == ("a.go", "b.go")
    assert options_of({"pathMap": "/app=./src"}).path_map == (("/app", "./src"),)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"binarry": "x"}, "no option binarry"),
        ({"rangeSize": "0"}, "rangeSize 0: no size"),
        ({"maxDump": "much"}, "maxDump much: no size"),
        ({"lines": "2"}, "lines 2: true or false"),
        ({"idle": "soon"}, "idle soon: no seconds"),
        ({"go": "x"}, "x"),
        ({"arch": "z80"}, "z80"),
        ({"prefix": "("}, "prefix"),
        ({"pathMap": "x"}, "no FROM=TO"),
    ],
)
def test_options_that_make_no_sense(given: dict[str, str], said: str) -> None:
    with pytest.raises(GotraceError, match=said) as error:
        options_of(given)
    assert "\n" not in str(error.value)


def test_files_of_folders_patterns_and_urls(tmp_path: Path) -> None:
    for name in ("b.log", "a.log", "_SUCCESS", ".hidden", "pods/x/0.log", ".git/1.log"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PANIC)
    all_three = [str(tmp_path / n) for n in ("a.log", "b.log", "pods/x/0.log")]
    assert files_of(options_of({"path": str(tmp_path)})) == all_three
    assert files_of(options_of({"path": f"file://{tmp_path}"})) == all_three
    assert files_of(options_of({"path": str(tmp_path / "?.log")})) == all_three[:2]
    assert files_of(options_of({"paths": json.dumps(all_three[:1] * 2)})) == all_three[:1]
    for path, said in (("s3://bucket/x", "only files"), (str(tmp_path / "none"), "no such file")):
        with pytest.raises(GotraceError, match=said):
            files_of(options_of({"path": path}))


# ------------------------------------------------------------------------------------------ missing


def test_without_the_extra() -> None:
    """One line that says what to install, and nothing of Spark is imported before."""
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "import gotrace.spark as s\nfrom gotrace.errors import GotraceError\n"
        "for call in (lambda: s.register(None), s.local_session, lambda: s.decode_lines(None)):\n"
        "    try: call()\n"
        "    except GotraceError as error: print(error, '|', error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert (
        done == ["Spark needs pyspark, which is not installed | pip install 'gotrace[spark]'"] * 3
    )


def test_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GotraceError, match="Spark needs Java, and none is found"):
        java.check_java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(GotraceError, match="none is found"):
        java.check_java()


@pytest.mark.skipif(sys.platform == "win32", reason="NOT RUN: needs scripts of a shell")
def test_a_java_that_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "bin" / "java"
    fake.parent.mkdir()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    for version, good in (("1.8.0_392", False), ("11.0.2", False), ("17.0.15", True), ("21", True)):
        fake.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        fake.chmod(0o755)
        if good:
            java.check_java()
        else:
            with pytest.raises(GotraceError, match="needs Java 17"):
                java.check_java()
    fake.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(GotraceError, match="does not run"):
        java.check_java()


def test_a_session_without_java(tmp_path: Path) -> None:
    """What PySpark says of it has thirty lines; ours is one, before anything is started."""
    pyspark()
    code = (
        "import gotrace.spark\nfrom gotrace.errors import GotraceError\n"
        "try: gotrace.spark.local_session(2)\n"
        "except GotraceError as error: print(error)\n"
    )
    bare = {k: v for k, v in os.environ.items() if k != "JAVA_HOME"} | {"PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=bare
    )
    assert (done.stdout, done.stderr) == ("Spark needs Java, and none is found\n", "")


# ------------------------------------------------------------------------------------------ ranges


def pyspark() -> None:
    for name in ("pyspark", "pandas", "pyarrow"):
        pytest.importorskip(name, reason="NOT RUN: needs pip install 'gotrace[spark]'")


def asked() -> Any:
    from gotrace.spark.rows import Asked  # noqa: PLC0415 - needs pyarrow

    return Asked({n: columns()[n] for n in ("source", "span", "stream", "fingerprints", "issues")})


def rows(batches: Iterator[Any]) -> list[Any]:
    return rows_sorted([row for batch in batches for row in batch.to_pylist()])


def rows_sorted(found: list[Any]) -> list[Any]:
    return sorted(found, key=lambda row: (row["source"], row["span"]["start"], row["span"]["end"]))


def whole(folder: Path) -> list[Any]:
    """What one process finds."""
    from gotrace.spark.rows import batches  # noqa: PLC0415 - needs pyarrow

    dumps = (dump for path in folder.iterdir() for dump in scan(str(path)))
    return rows(batches(dumps, options_of({}), asked()))


def test_what_the_workers_read_is_the_whole(tmp_path: Path) -> None:
    """Planned, sent to workers and read there, in any order."""
    pyspark()
    from gotrace.spark.source import GoPanicReader  # noqa: PLC0415 - needs pyspark

    for seed in range(3):
        (tmp_path / f"{seed}.log").write_bytes(mixed_log(seed, 500))
    (tmp_path / "packed.log.gz").write_bytes(gzip.compress(mixed_log(9, 100)))
    (tmp_path / "small.log").write_bytes(PANIC)
    expected = whole(tmp_path)
    for size in ("70000", "200k", "1g"):
        reader = GoPanicReader(options_of({"path": str(tmp_path), "rangeSize": size}), asked())
        sent = [pickle.dumps((reader, part)) for part in reader.partitions()]
        assert (len(sent) > 5) == (size != "1g")
        random.Random(1).shuffle(sent)
        read = (worker.read(part) for worker, part in map(pickle.loads, sent))
        assert rows(batch for found in read for batch in found) == expected
    packed = [r for part in reader.partitions() for r in part.ranges if r.name.endswith(".gz")]  # type: ignore[attr-defined]
    assert [(r.start, r.whole) for r in packed] == [(0, True)]


def test_ranges_for_as_many_tasks_as_run_at_once(tmp_path: Path) -> None:
    """Where that is known, and nobody says how large they are to be; they are not too large, nor
    too small, and lines that no column tells are not counted."""
    pyspark()
    from gotrace.spark.rows import Asked  # noqa: PLC0415 - needs pyarrow
    from gotrace.spark.source import LARGEST, LEAST, RANGE, GoPanicReader  # noqa: PLC0415

    path = tmp_path / "app.log"
    path.write_bytes(b"line\n" * 1000)

    def planned(size: int, cores: int | None, **options: str) -> list[tuple[int, int]]:
        os.truncate(path, size)
        given = options_of({"path": str(path), **options})
        reader = GoPanicReader(given, Asked({"kind": "string"}), cores)
        parts = [r for part in reader.partitions() for r in part.ranges]  # type: ignore[attr-defined]
        assert [p.stop for p in parts[:-1]] == [p.start for p in parts[1:]]
        assert (parts[0].start, parts[-1].stop, parts[-1].lines) == (0, size, 0)
        return [(p.start, p.stop) for p in parts]

    assert planned(3 * LEAST, 2) == [(0, 3 * LEAST // 2), (3 * LEAST // 2, 3 * LEAST)]
    assert len(planned(3 * LEAST, 8)) == 3
    assert len(planned(6 * LARGEST, 2)) == 6
    assert len(planned(3 * RANGE, None)) == 3
    assert len(planned(3 * LEAST, 2, rangeSize="1m")) == 12
    assert planned(LEAST - 1, 2) == [(0, LEAST - 1)]


@given(st.lists(st.tuples(st.integers(0, 3000), st.booleans()), max_size=8), st.integers(1, 2000))
def test_tasks_of_the_same_size(files: list[tuple[int, bool]], size: int) -> None:
    """Small files together, large ones cut: nothing is left out, and tasks are full, but for the
    last one, and for those before a file that cannot be cut."""
    pyspark()
    from gotrace.scanning.splitting import Range  # noqa: PLC0415
    from gotrace.spark.source import filled, gathered  # noqa: PLC0415 - needs pyspark

    given = [Range(f"{n}.log", 0, stop, whole=whole) for n, (stop, whole) in enumerate(files)]
    divisions = filled(given, size)
    for file, parts in zip(given, divisions, strict=True):
        assert (parts[0].start, parts[-1].stop) == (0, file.stop)
        assert [p.stop for p in parts[:-1]] == [p.start for p in parts[1:]]
        assert {(p.name, p.whole) for p in parts} == {(file.name, file.whole)}
    ranges = [part for parts in divisions for part in parts]
    tasks = [task.ranges for task in gathered(ranges, size)]
    assert [part for task in tasks for part in task] == ranges
    for task, after in pairwise(tasks):
        bytes_of = sum(part.stop - part.start for part in task)
        assert bytes_of == size or task[-1].whole or after[0].whole
        assert bytes_of <= size or len(task) == 1


def test_what_a_worker_keeps_is_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a worker, and there only; once for tasks that are about the same."""
    pyspark()
    from pyspark import TaskContext  # noqa: PLC0415

    from gotrace.spark.source import GoPanicReader  # noqa: PLC0415

    (tmp_path / "app.log").write_bytes(PANIC)
    reader = GoPanicReader(options_of({"path": str(tmp_path)}), asked())
    (part,) = reader.partitions()

    def frozen() -> int:
        assert len(rows(reader.read(part))) == 1
        assert gc.isenabled()
        return gc.get_freeze_count()

    assert frozen() == 0
    monkeypatch.setattr(TaskContext, "get", object)
    try:
        count = frozen()
        assert count > 10_000
        assert frozen() <= count
        reader.options = reader.options._replace(go="1.21")
        assert abs(frozen() - count) < count / 2
    finally:
        gc.unfreeze()


def test_a_folder_that_grows_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it was written, and renamed: each dump is in one batch, as it is in the whole."""
    pyspark()
    import gotrace.spark.stream as module  # noqa: PLC0415 - needs pyspark

    now = [2e9]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    stream = module.GoPanicStream(options_of({"path": str(tmp_path), "idle": "5"}), asked())
    offset = stream.initialOffset()
    found: list[Any] = []
    batches = 0

    def batch(seconds: float) -> None:
        nonlocal offset, batches
        now[0] += seconds
        end = stream.latestOffset(offset, None)
        if end == offset:  # Spark asks for no batch then
            return
        batches += 1
        for part in stream.partitions(offset, end):
            found.extend(rows(stream.read(pickle.loads(pickle.dumps(part)))))
        offset = json.loads(json.dumps(end))  # as a checkpoint keeps it

    noise = b"".join(b"line %d\n" % n for n in range(90_000))
    data = b"".join((mixed_log(5, 300), noise, mixed_log(6, 300), noise, PANIC))
    dice = random.Random(5)
    log, at = tmp_path / "app.log", 0
    while at < len(data):
        more = data[at : at + dice.randrange(1, 90_000)]
        with log.open("ab") as file:
            file.write(more)
        at += len(more)
        os.utime(log, (now[0], now[0]))
        batch(1)
    assert batches > 3
    assert len(found) < len(whole(tmp_path))
    batch(9)
    expected = whole(tmp_path)
    assert rows_sorted(found) == expected
    log.rename(tmp_path / "app.log.1")
    log.write_bytes(b"new\n" + PANIC)
    os.utime(log, (now[0], now[0]))
    batch(9)
    assert found[len(expected) :] == [r for r in whole(tmp_path) if r["source"] == str(log)]
