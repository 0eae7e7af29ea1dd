"""Logs in which everything that makes a cut hard stands: formats that change, streams that mix."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from gotrace.model import Dump
from gotrace.scanning.splitting import Range, counted, lines_in, scan_range
from tests.envelope_writers import WRITERS
from tests.test_envelopes import LOGS, SAMPLES, lines_of, model

PANIC = (SAMPLES / "pushd" / "panic.log").read_bytes().rstrip(b"\n") + b"\n"
SMALL = [p for p in LOGS if p.stat().st_size < 5000]
SAID = [
    b'2024-03-01T01:08:01.604Z level=info svc=shop msg="flush lease" n=%d',
    b'{"ts":"2024-03-01T01:49:48.893Z","lvl":"info","caller":"quota/retry.go:770","n":%d}',
    b'10.84.180.251 - - [2024-03-01T00:39:05.408Z] "GET /v1/cart/%d HTTP/1.1" 200 4009',
    b"I0312 06:33:32.147620   25611 worker.go:58] token index %d",
    b'2024-03-01T01:08:01.604Z level=warn msg="goroutine %d slow; last panic: none (0x1f)"',
]
KINDS = (
    "bare",
    "docker",
    "cri",
    "cri partial",
    "zap record",
    "slog json",
    "compose",
    "go test -json",
)


def mixed_log(seed: int, kilobytes: int) -> bytes:
    """Stretches of a few formats, bare and wrapped; dumps in them, whole, alone, or interleaved."""
    dice = random.Random(seed)
    out: list[bytes] = []
    while sum(map(len, out)) < kilobytes << 10:
        kind = dice.choice([k for k in KINDS if k in WRITERS or k == "bare"])
        for _ in range(dice.randrange(1, 4)):
            out.append(wrapped(kind, _said(dice, dice.choice((3, 40, 400, 1200)))))
            out.append(_dump(dice, kind))
        if dice.random() < 0.2:
            out.append(b"x" * dice.randrange(40_000) + b"\n")
    return b"".join(out)


def wrapped(kind: str, lines: list[bytes]) -> bytes:
    """``lines`` as a collector writes them."""
    return b"\n".join(lines) + b"\n" if kind == "bare" else WRITERS[kind][1](lines)


def _said(dice: random.Random, count: int) -> list[bytes]:
    return [dice.choice(SAID) % dice.randrange(10**6) for _ in range(count)]


def _dump(dice: random.Random, kind: str) -> bytes:
    chance = dice.random()
    if chance < 0.2:  # nothing but its cause
        return wrapped(kind, [b"panic: boom %d" % dice.randrange(99)])
    if chance < 0.5:
        return pods(dice)
    return wrapped(kind, lines_of(dice.choice(SMALL)))


def pods(dice: random.Random) -> bytes:
    """Two pods that crash while each other's lines come."""
    ways = [
        [b"[pod/%s/app] %s\n" % (pod, line) for line in lines_of(dice.choice(SMALL))]
        for pod in (b"api-6d5f", b"web-0")
    ]
    out = []
    while any(ways):
        way = dice.choice([w for w in ways if w])
        out.append(way.pop(0))
        if dice.random() < 0.1:
            out.append(b"[pod/job-1/app] %s\n" % _said(dice, 1)[0])
    return b"".join(out)


def cuts_of(dice: random.Random, size: int, hot: list[int]) -> list[int]:
    """From 0 to ``size`` by one to six places: anywhere, or within a few bytes of ``hot`` ones."""
    places = [
        dice.randrange(size) if dice.random() < 0.3 else dice.choice(hot) + dice.randrange(-40, 400)
        for _ in range(dice.randrange(1, 7))
    ]
    return sorted({0, size, *(min(max(p, 0), size) for p in places)})


def ranges(path: Path, cuts: list[int]) -> list[Range]:
    """The ranges between the cuts, their lines counted."""
    parts = [Range(str(path), a, b) for a, b in pairwise(cuts)]
    return counted(parts, [lines_in(p) for p in parts])


def scanned(parts: Iterable[Range], prefix: str | None = None) -> list[Dump]:
    """What is found in the ranges, one after the other."""
    return [d for part in parts for d in scan_range(part, prefix=prefix)]


def told(dumps: Iterable[Dump]) -> list[tuple[int, int, str, str]]:
    """All that is known of them, in the order of their places."""
    found = []
    for dump in dumps:
        at = dump.where(dump.span)
        lines = (dump.first_line, dump.last_line)
        said = (dump.stream, dump.timestamp, dump.envelope, model(dump))
        found.append((at.start, at.end, str(lines), repr(said)))
    return sorted(found)
