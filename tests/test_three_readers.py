"""The pattern, the table and Lark read every line alike: tree, spans and where they stop."""

from __future__ import annotations

import random

import pytest

from gotrace.parsing import _lark, _race_tables, _tables, driver
from gotrace.parsing.records import Reader, flatten
from tests import evidence

READERS = {"traceback": Reader(_tables), "race": Reader(_race_tables)}
STRUCTURE = '(){}[]<>?._,: \t+=0x123abc"\\#@|-'


def compare(grammar: str, line: str) -> list[str]:
    """What the readers say differently of ``line``, a text for each difference."""
    reader = READERS[grammar]
    starts = tuple(reader.table.starts)
    differences = []
    for rule, (_, holes) in reader.patterns.items():
        record = reader.read(rule, line)
        by_table = driver.parse(reader.table, rule, line)
        by_lark = _lark.parse(grammar, starts, rule, line)
        if isinstance(by_table, driver.Failure) or isinstance(by_lark, driver.Failure):
            same = (
                record is None
                and isinstance(by_table, driver.Failure)
                and isinstance(by_lark, driver.Failure)
                and by_table.offset == by_lark.offset
            )
        else:
            same = by_table == by_lark and record == flatten(by_table, line, holes)
        if not same:
            differences.append(f"{rule}: {line!r}\n {record}\n {by_table}\n {by_lark}")
    return differences


def mutated(line: str, random_: random.Random) -> str:
    at = random_.randrange(len(line) + 1)
    other = random_.choice(STRUCTURE)
    match random_.randrange(3):
        case 0:
            return line[:at] + other + line[at:]
        case 1:
            return line[:at] + line[at + 1 :]
    return line[:at] + other + line[at + 1 :]


def check(lines: list[str], mutations: int, seed: int) -> int:
    random_ = random.Random(seed)
    compared = 0
    for line in lines:
        for text in [line] + [mutated(line, random_) for _ in range(mutations)]:
            for grammar in READERS:
                assert compare(grammar, text) == []
            compared += 1
    return compared


def test_every_kind_of_line_and_its_mutations() -> None:
    """One line of every shape in the samples, and mutations of each, are read alike."""
    lines = evidence.distinct_shapes(evidence.sample_lines())
    assert check(lines[:400], mutations=2, seed=1) > 100


@pytest.mark.shared
def test_lines_of_real_outputs() -> None:
    """Every distinct line shape of the 5,249 real outputs, and ≥ 10⁵ mutated lines."""
    lines = evidence.distinct_shapes(evidence.trace_lines())
    mutations = 100_000 // len(lines) + 1
    compared = check(lines, mutations=mutations, seed=2)
    print(f"three readers equal on {compared} lines ({len(lines)} shapes)")
    assert compared - len(lines) >= 100_000
