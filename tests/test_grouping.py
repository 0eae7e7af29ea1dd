"""Equal stacks are one bucket; what may differ inside one is exactly what is said."""

from __future__ import annotations

import gotrace
from gotrace.grouping import group_exactly
from gotrace.pointers import short_name

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
