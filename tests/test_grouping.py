"""Equal stacks are one bucket; what may differ inside one is exactly what is said."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

import gotrace
from gotrace import cli
from gotrace.commands import diff
from gotrace.commands import group as group_command
from gotrace.grouping import Level, columns, group, group_exactly
from gotrace.grouping import buckets as buckets_of
from gotrace.parsing import sections
from gotrace.parsing.columns import Frames
from gotrace.pointers import short_name
from gotrace.rendering import groups
from tests import evidence

GOROUTINE = """goroutine {id} [{state}]:
main.work({word}, 0x2)
\t/home/dev/main.go:{line} +0x10
created by main.main in goroutine {parent}
\t/home/dev/main.go:9 +0x20

"""


def dump(*rows: dict[str, object]) -> gotrace.Dump:
    base: dict[str, object] = {"state": "select", "word": "0xc000010000", "line": 5, "parent": 1}
    text = "".join(GOROUTINE.format(**(base | {"id": 10 + i} | r)) for i, r in enumerate(rows))
    (found,) = gotrace.parse(text.encode()).dumps
    return found


def buckets(*rows: dict[str, object]) -> list[int]:
    return [len(b.goroutines) for b in group_exactly(dump(*rows).goroutines)]


def test_ids_waits_and_parents_do_not_count() -> None:
    rows = ({}, {"state": "select, 5 minutes"}, {"parent": 77})
    assert buckets(*rows) == [3]
    (bucket,) = group_exactly(dump(*rows).goroutines)
    assert bucket.waits == (5, 5)


def test_states_words_and_lines_count() -> None:
    assert buckets({}, {"state": "running"}) == [1, 1]
    assert buckets({}, {"word": "0xc000010008"}) == [1, 1]
    assert buckets({}, {"line": 6}, {}) == [2, 1]


def test_buckets_keep_the_order_of_the_dump() -> None:
    grouped = group_exactly(dump({"line": 7}, {}, {"line": 7}).goroutines)
    assert [b.indices for b in grouped] == [(0, 2), (1,)]


def test_many_goroutines_take_linear_time() -> None:
    """20,000 goroutines with as many parents are one bucket."""
    rows = [{"parent": n} for n in range(20_000)]
    assert buckets(*rows) == [20_000]


def test_text_shows_a_group_once() -> None:
    text = gotrace.render(gotrace.annotate(dump({}, {"line": 8}, {"line": 8}, {"line": 8})))
    assert "3 × [select] main.work main.go:8" in text


def test_short_names_go_on_behind_z() -> None:
    assert [short_name(i) for i in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


# ---------------------------------------------------------------------- levels


def counts(level: Level, *rows: dict[str, object]) -> list[int]:
    return [b.count for b in group(dump(*rows).goroutines, level).values()]


def test_levels() -> None:
    """Exactly; but for words that look like pointers; but for all words."""
    pointer, number, small = {"word": "0x1f937c5fe280"}, {"word": "0x7"}, {"word": "0x8"}
    rows = ({}, pointer, number, small, {"word": "0xffffffffffffffff"})
    assert counts(Level.EXACT, *rows) == [1, 1, 1, 1, 1]
    assert counts(Level.POINTERS, *rows) == [2, 1, 1, 1]
    assert counts(Level.VALUES, *rows) == [5]


@pytest.mark.parametrize(
    ("word", "looks"),
    [
        ("0xfffff", False), ("0x100000", True), ("0x401000", True), ("0xc000010000", True),
        ("0x7fbcfc831000", True), ("0xffffff8000000", True), ("0x100000000000000", False),
        ("0xffffffffffffffff", False), ("0xfffffffffffffffe", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_pointer(word: str, looks: bool) -> None:
    assert counts(Level.POINTERS, {}, {"word": word}) == ([2] if looks else [1, 1])


@pytest.mark.parametrize("level", [*Level])
def test_grouping_without_frames_is_grouping_by_frames(level: Level) -> None:
    """Lazy stacks and tuples of frames have the same keys, so that the same buckets come out."""
    for path in evidence.sample_files():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sections, "SMALL", 0)
            lazy = gotrace.parse(path.read_bytes()).dumps
        for one in lazy:
            plain = one._replace(
                goroutines=tuple(g._replace(frames=tuple(g.frames)) for g in one.goroutines)
            )
            assert group(one.goroutines, level).keys() == group(plain.goroutines, level).keys()
            for a, b in zip(one.goroutines, plain.goroutines, strict=True):
                assert columns(a.frames) == columns(b.frames)


@pytest.mark.parametrize("level", [*Level])
def test_buckets_are_those_of_the_keys(level: Level) -> None:
    """The short way leaves out words that decide nothing; its buckets and their order stay."""
    shared = 0
    for path in evidence.sample_files():
        for one in gotrace.parse(path.read_bytes()).dumps:
            expected = [*group(one.goroutines, level).values()]
            assert expected == buckets_of(one.goroutines, level)
            shared += sum(len(b.goroutines) > 1 for b in expected)
    rows = [{"word": w, "line": n} for w in ("0x7", "0xc000010000", "0x8") for n in (5, 6, 5, 7)]
    mixed = dump(*rows).goroutines
    assert [*group(mixed, level).values()] == buckets_of(mixed, level)
    assert shared > 0


def test_grouping_builds_no_frames() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sections, "SMALL", 0)
        found = dump(*({"line": n} for n in range(50)))
    group(found.goroutines, Level.POINTERS)
    lazy = [g.frames for g in found.goroutines if isinstance(g.frames, Frames)]
    assert len(lazy) >= 49
    assert all(f._made is None for f in lazy[1:])


# ---------------------------------------------------------------------- the commands


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> object:
    """Runs a command on texts in files; its exit code and what it prints."""
    monkeypatch.chdir(tmp_path)
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    for command in (group_command, diff):
        command.add(commands)

    def call(line: str, **files: str) -> tuple[int, str]:
        for name, text in files.items():
            Path(name).write_text(text)
        options = parser.parse_args(line.split())
        code = options.run(options)
        return code, capsys.readouterr().out

    return call


def text_of(*rows: dict[str, object]) -> str:
    base: dict[str, object] = {"state": "select", "word": "0xc000010000", "line": 5, "parent": 1}
    return "".join(GOROUTINE.format(**(base | {"id": 10 + i} | r)) for i, r in enumerate(rows))


STD = """goroutine 3 [syscall, 2 minutes]:
os/signal.signal_recv()
\t/usr/lib/go/src/runtime/sigqueue.go:152 +0x29

"""


def test_group_prints_own_code_first(run) -> None:  # type: ignore[no-untyped-def]
    waits = ({"state": "select, 3 minutes"}, {"state": "select, 48 minutes"}, {"line": 6})
    code, out = run("group log", log=STD + text_of(*waits))
    assert code == 0
    assert (
        out
        == """\
4 goroutines in 3 groups (equal but for pointers)  log:1

     2 × [select, 3–48 minutes]  #10 #11
          main.work  main.go:5
          created by main.main  main.go:9

    #12  [select]
          main.work  main.go:6
          created by main.main  main.go:9

     #3  [syscall, 2 minutes]
          signal.signal_recv  sigqueue.go:152
"""
    )


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ("--state select", 3), ("--state syscall", 1), ("--function main.w", 3),
        ("--function signal_recv", 1), ("--file main.go", 3), ("--file nowhere", 0),
        ("--min-wait 3", 2), ("--min-wait 2", 3), ("--min-wait 3 --function signal", 0),
    ],
)  # fmt: skip
def test_filters(run, options: str, count: int) -> None:  # type: ignore[no-untyped-def]
    waits = ({"state": "select, 3 minutes"}, {"state": "select, 48 minutes"}, {"line": 6})
    code, out = run(f"group --format json {options} log", log=STD + text_of(*waits))
    found = json.loads(out)
    assert sum(g["count"] for d in found["dumps"] for g in d["groups"]) == count
    assert code == (0 if count else 3)


def test_group_as_json(run) -> None:  # type: ignore[no-untyped-def]
    _, out = run("group --format json --by values log", log=text_of({}, {"word": "0x7"}))
    (bucket,) = json.loads(out)["dumps"][0]["groups"]
    assert bucket["count"] == 2
    assert bucket["goroutines"] == [10, 11]
    assert bucket["frames"] == [
        {"function": "main.work", "file": "/home/dev/main.go", "line": 5, "own": True}
    ]


def test_diff(run) -> None:  # type: ignore[no-untyped-def]
    old = text_of({}, {}, {"line": 6}, {"line": 7}, {"line": 7}, {"line": 8})
    new = text_of({}, {}, {}, {"line": 7}, {"line": 8}, {"line": 9, "word": "0x1"})
    code, out = run("diff old new", old=old, new=new)
    assert code == 0
    shown = [line for line in out.splitlines() if line and not line.endswith("main.go:9")]
    assert [line.split("[")[0].strip() for line in shown] == [
        "6 → 6 goroutines",
        "new", "#15", "grown", "2 → 3 ×", "main.work  main.go:5", "shrunk", "2 → 1 ×",
        "main.work  main.go:7", "gone", "#12", "main.work  main.go:6",
        "unchanged: 1 goroutine in 1 group",
    ]  # fmt: skip
    _, out = run("diff --format json old new", old=old, new=new)
    found = json.loads(out)
    assert [(c["change"], c["old_count"], c["new_count"]) for c in found["changes"]] == [
        ("new", 0, 1), ("grown", 2, 3), ("shrunk", 2, 1), ("gone", 1, 0),
    ]  # fmt: skip
    assert found["same"] == {"groups": 1, "goroutines": 1}


def test_a_dump_does_not_differ_from_itself() -> None:
    buckets = group(dump({}, {"line": 6}).goroutines, Level.VALUES)
    found = groups.changes(buckets, buckets)
    assert {kind for kind, changes in found.items() if changes} == {"same"}


def test_no_goroutines(run) -> None:  # type: ignore[no-untyped-def]
    assert run("group log", log="hello\n")[0] == 3
    assert run("diff log log2", log="hello\n", log2=text_of({}))[0] == 3


def test_the_command_has_them() -> None:
    assert {"group", "diff"} <= set(cli.COMMANDS)
