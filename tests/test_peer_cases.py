"""Texts of others are read: the inputs of panicparse's and gostackparse's own tests as they are
read there, and crash logs from the wild with the counts that a script made of them.

The expected values are the peers'; where a peer drops what can be read, or reads something that is
not there, ``OTHERWISE`` says why we differ. Their texts stay in the shared evidence.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from gotrace.model import DumpKind, Goroutine, Site
from gotrace.parsing import parse
from tests import evidence

pytestmark = pytest.mark.shared

# Cases that we read otherwise than the peer, and why that is right.
OTHERWISE = {
    "TestAggregateDeadlockPanic": "the expected order is that of buckets: 11, 55, 52",
    "TestAggregateAggressive": "the expected waiting time is the least one of a bucket",
    "TestScanSnapshotSynthetic/InconsistentIndent": "the whole dump is indented: an envelope",
    "TestScanSnapshotSynthetic/CreatedError": "no file: we say None, the peer ''",
    "TestScanSnapshotSynthetic/FileError": "no file: we say None, the peer ''",
    "TestScanSnapshotSynthetic/ValueErr": "the peer gives up: the file is readable",
    "TestScanSnapshotSynthetic/OrderErr": "the peer gives up: a frame follows",
    "TestScanSnapshotSynthetic/UnmatchedClosingCurlyBracketErr": "the peer gives up",
    "TestScanSnapshotSynthetic/UnmatchedOpeningCurlyBracketErr": "the peer gives up",
    "TestScanSnapshotSynthetic/MaxNestingDepthExceededErr": "the peer gives up",
    "TestScanSnapshotSynthetic/CreatedErr": "the peer gives up: a line number is a number",
    "TestScanSnapshotSynthetic/LineErr": "the peer gives up: a line number is a number",
    "TestPanic/str": "the peer's test writes 0x123456 for every pointer",
    "TestPanic/race": "the expected lines are of another revision, and the ids are rewritten",
    "crash-regression": "the peer asserts nothing: the expected value is a placeholder",
}


def cases(peer: str) -> list[dict[str, Any]]:
    path = evidence.shared() / "peer_cases" / f"{peer}.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cases"]
    assert len(found) > 100
    return found


def read(case: dict[str, Any]) -> list[Goroutine]:
    return [g for d in parse(case["input"].encode()).dumps for g in d.goroutines]


def unescaped(function: str) -> str:
    return re.sub("%([0-9a-f]{2})", lambda m: chr(int(m[1], 16)), function)


def place(site: Site | None) -> tuple[str | None, int | None]:
    return (None, None) if site is None else (site.file, site.line)


def ours(goroutine: Goroutine) -> dict[str, Any]:
    creator = goroutine.created_by
    return {
        "id": goroutine.id,
        "state": goroutine.state,
        "wait_minutes": goroutine.wait_minutes or 0,
        "locked": goroutine.locked_to_thread,
        "unavailable": goroutine.stack_unavailable,
        "frames": [
            (unescaped(f.function), *place(f.site), f.call.arguments) for f in goroutine.frames
        ],
        "created_by": creator and (unescaped(creator.function), *place(creator.site)),
    }


def theirs(goroutine: dict[str, Any], like: Goroutine) -> dict[str, Any]:
    """The peer's view; arguments only where the peer kept them (``like`` is our view)."""
    creator = goroutine["created_by"]
    shown = [f.call.arguments for f in like.frames]
    frames = [
        (unescaped(f["func"]), f["file"], f["line"], f.get("args", a))
        for f, a in zip(goroutine["frames"], shown, strict=True)
    ]
    return {
        "id": goroutine["id"],
        "state": goroutine["state"],
        "wait_minutes": goroutine["wait_minutes"],
        "locked": goroutine["locked"],
        "unavailable": goroutine.get("stack_unavailable", False),
        "frames": frames,
        "created_by": creator and (unescaped(creator["func"]), creator["file"], creator["line"]),
    }


def same(case: dict[str, Any]) -> bool:
    found, expected = read(case), case["expected"]
    if "goroutine_count" in expected:
        return len(found) == expected["goroutine_count"]
    pairs = list(zip(expected["goroutines"], found, strict=False))
    return len(found) == len(expected["goroutines"]) and all(
        len(e["frames"]) == len(g.frames) and theirs(e, g) == ours(g) for e, g in pairs
    )


@pytest.mark.parametrize("peer", ["panicparse", "gostackparse"])
def test_what_the_peers_read(peer: str) -> None:
    """Goroutines, frames, arguments and creators are those that the peer's test expects."""
    wrong = {
        case["name"]
        for case in cases(peer)
        if "errors" not in case.get("peer_behaviour", {}) and not same(case)
    }
    excused = {c["name"] for c in cases(peer)} & set(OTHERWISE)
    assert wrong == excused


def test_what_gostackparse_gives_up_is_kept() -> None:
    """Where it drops a goroutine for one odd line, we keep the goroutine and what is readable.

    What it does read of such a text, we read too.
    """
    seen = 0
    for case in cases("gostackparse"):
        if "errors" not in case.get("peer_behaviour", {}):
            continue
        seen += 1
        found = read(case)
        ids = re.findall(r"^goroutine (\d+) \[[^\]]+\]:$", case["input"], re.M)
        assert [i for i in ids if int(i) not in {g.id for g in found}] == [], case["name"]
        named = {g.id: g for g in found}
        for expected in case["expected"]["goroutines"]:
            like = named[expected["id"]]
            assert theirs(expected, like) == ours(like), case["name"]
    assert seen > 2000


# Crash logs whose counts differ from the index's, and why; the index was made by a script.
MARGIN = "somebody has taken the blanks before file lines off, or put others there"
SANITIZER = "the index counts a line of the sanitizer's report"
STACKS = "the index counts the stacks of creators and allocations, too"
COUNTED_OTHERWISE = {
    "117": SANITIZER, "118": MARGIN, "119": MARGIN, "120": MARGIN, "121": MARGIN,
    "123": SANITIZER, "125": SANITIZER, "126": "the index misses the frame at the end",
    "128": MARGIN, "198": STACKS, "199": STACKS, "201": STACKS, "202": STACKS,
}  # fmt: skip


def test_crash_logs_from_the_wild() -> None:
    """Goroutines, frames and creators are as many as the index says, where nothing is wrapped."""
    folder = evidence.shared() / "corpus"
    rows = [json.loads(line) for line in (folder / "index.jsonl").open(encoding="utf-8")]
    plain = [row for row in rows if row["prefix_format"] == "none"]
    wrong = set()
    for row in plain:
        dumps = parse((folder / row["file"]).read_bytes()).dumps
        all_ = [g for d in dumps for g in d.goroutines]
        named = [g for d in dumps if d.kind is not DumpKind.RACE for g in d.goroutines]
        ancestors = [a for g in all_ for a in g.ancestors]
        frames = sum(len(s.frames) for s in [*all_, *ancestors])
        creators = sum(s.created_by is not None for s in [*named, *ancestors])
        counts = sum(g.id is not None for g in named), frames, creators
        if counts != (row["n_goroutines"], row["n_frames_total"], row["n_created_by"]):
            wrong.add(row["file"].partition("_")[0])
    assert len(plain) > 80
    assert wrong == set(COUNTED_OTHERWISE)
