"""A living program's goroutines over time: which groups grow."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Hashable, Iterable
from typing import TextIO

from gotrace.errors import GotraceError
from gotrace.exits import NOTHING, OK, USAGE, complain, say
from gotrace.grouping import Bucket, Level, group
from gotrace.live import fetch, shown
from gotrace.output import opened, wants_colour
from gotrace.parsing import each_dump
from gotrace.rendering import groups, style
from gotrace.rendering.style import Piece, Style
from gotrace.tuples import NamedTuple

FAILURES = 3  # in a row, after which it gives up
LEAST = 3  # looks that it takes to call a growth a leak candidate
_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Growth(NamedTuple):
    """A group and how many goroutines it had at each look."""

    bucket: Bucket
    counts: tuple[int, ...]

    @property
    def grew(self) -> int:
        """Goroutines more at the end than at the beginning."""
        return self.counts[-1] - self.counts[0]

    @property
    def steady(self) -> bool:
        """A leak candidate: it grew, and never shrank."""
        pairs = zip(self.counts, self.counts[1:], strict=False)
        return len(self.counts) >= LEAST and self.grew > 0 and all(a <= b for a, b in pairs)


def seconds(text: str) -> float:
    """``10s``, ``5m``, ``500ms``, ``10``. Errors: ValueError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h|)", text.strip())
    if found is None or not float(found[1]):
        raise ValueError(f"not a duration: {text!r} (like 10s, 5m)")
    return float(found[1]) * _UNITS[found[2]]


def watch(options: argparse.Namespace) -> int:
    """Look every now and then, print what grew, and return the exit code."""
    (url,) = options.files
    looks: list[dict[Hashable, Bucket]] = []
    try:
        _look_on(url, options.every, options.during, looks.append)
    except KeyboardInterrupt:  # enough was seen
        if len(looks) < 2:
            raise
    if not looks:
        return USAGE
    grown = growths(looks)
    with opened(options.output, [], text=True) as out:
        _print(grown, looks, options, out)
    return OK if any(looks) else NOTHING


def _look_on(
    url: str, every: float, during: float, saw: Callable[[dict[Hashable, Bucket]], None]
) -> None:
    begun = time.monotonic()
    number, failures = 0, 0
    while True:
        try:
            saw(_look(url))
            failures = 0
        except GotraceError as error:
            complain(error)
            failures += 1
            if failures == FAILURES:
                say(f"given up after {FAILURES} failures in a row")
                return
        number += 1
        if number * every > during:
            return
        # Each look has its time from the beginning: a slow one does not move the others.
        time.sleep(max(0.0, begun + number * every - time.monotonic()))


def _look(url: str) -> dict[Hashable, Bucket]:
    found: dict[Hashable, Bucket] = {}
    for dump in each_dump(fetch(url), source=shown(url)):
        found |= group(dump.goroutines, Level.VALUES)
    return found


def growths(looks: Iterable[dict[Hashable, Bucket]]) -> list[Growth]:
    """Every group that was ever seen, what grew most first."""
    looks = list(looks)
    last = {key: bucket for look in looks for key, bucket in look.items()}
    found = [
        Growth(bucket, tuple(look[key].count if key in look else 0 for look in looks))
        for key, bucket in last.items()
    ]
    return sorted(found, key=lambda g: (not g.steady, -g.grew))


def _print(
    grown: list[Growth],
    looks: list[dict[Hashable, Bucket]],
    options: argparse.Namespace,
    out: TextIO,
) -> None:
    paint = style.coloured if wants_colour(options.color, out) else style.plain
    totals = [sum(b.count for b in look.values()) for look in looks]
    head = f"{len(looks)} looks: {_series(totals)} goroutines"
    out.write(paint((Piece(head, Style.HEADING),)) + "\n")
    kinds = {
        "leak candidates: never fewer than before": [g for g in grown if g.steady],
        "grown": [g for g in grown if not g.steady and g.grew > 0],
        "shrunk": [g for g in reversed(grown) if g.grew < 0],
    }
    writer = groups.GroupWriter((g.bucket for g in grown), paint, everything=options.all)
    for kind, listed in kinds.items():
        if listed:
            out.write(f"\n{paint((Piece(kind, Style.HEADING),))}\n")
        for growth in listed:
            out.write(writer.text(growth.bucket, _series(growth.counts)))
    same = [g for g in grown if not g.grew]
    if same:
        count = sum(g.counts[-1] for g in same)
        text = f"as many as at first: {groups.counted(count, len(same))}"
        out.write(f"\n{paint((Piece(text, Style.DIM),))}\n")


def _series(counts: Iterable[int]) -> str:
    """``3 → 5 → 9``; of many, the first, the last and three between them."""
    counts = list(counts)
    if len(counts) > 5:
        step = (len(counts) - 1) / 4
        counts = [counts[round(i * step)] for i in range(5)]
    return " → ".join(map(str, counts))
