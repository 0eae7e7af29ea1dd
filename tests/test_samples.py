"""Every trace in samples/: what it shows is as before, and what is claimed is what was passed.

Go is the oracle: ``truth.json`` says what the programs passed (samples/README.md). Rewrite the
goldens with ``GOTRACE_UPDATE=1`` and read their diff as code.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import gotrace
from gotrace.version import VERSION

SAMPLES = Path(__file__).parent.parent / "samples"
LOGS = sorted(SAMPLES.glob("*/*.log"))
NAMES = [str(log.relative_to(SAMPLES)) for log in LOGS]
AS_JSON = {
    "pushd/panic.log",
    "inlined/inlined.log",
    "shapes/go1.15.log",
    "shapes/go1.27.log",
    "generics/go1.23.log",
}
BELIEVED = ("exact", "likely")
# Up to go1.22 a message of several lines is printed as it is: nothing tells these from two
# goroutines, and an issue must say so.
AMBIGUOUS = {"multiline/go1.15.error.log"}

each_log = pytest.mark.parametrize("log", LOGS, ids=NAMES)


def test_there_are_samples() -> None:
    """A glob that finds nothing fails; every trace has a truth."""
    assert len(LOGS) >= 80
    assert set(NAMES) >= AS_JSON
    told = {f"{f.parent.name}/{n}" for f in SAMPLES.glob("*/truth.json") for n in truths(f.parent)}
    assert told == set(NAMES)


def truths(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "truth.json").read_text(encoding="utf-8"))["traces"]
    return found


def reports(log: Path, **believed: str | None) -> list[gotrace.Report]:
    """What a user gets who has the log and its prototypes."""
    text = (log.parent / "prototypes.go").read_text(encoding="utf-8")
    known = gotrace.from_prototypes(text)
    found = gotrace.parse(log.read_bytes(), source=name_of(log))
    assert found.issues == ()
    return [gotrace.annotate(d, signatures=[known], **believed) for d in found.dumps]


def as_named(log: Path) -> dict[str, str | None]:
    """``go`` and ``arch`` from the name of the file."""
    head = re.match(r"go([0-9.]+[0-9])(?:-(\w+))?\.", log.name)
    return {"go": head[1], "arch": head[2] or "amd64"} if head else {"go": None, "arch": None}


# ------------------------------------------------------------------------------------------ goldens


@each_log
def test_golden(log: Path) -> None:
    """The text, and for some the JSON, are as they were when someone looked at them."""
    found = reports(log)
    text = "\n".join(gotrace.render(r, "text", width=100) for r in found)
    compare(log.with_suffix(".golden.txt"), text)
    if name_of(log) in AS_JSON:
        (report,) = found
        document = json.loads(gotrace.render(report, "json"))
        assert document["tool"] == {"name": "gotrace", "version": VERSION}
        document["tool"]["version"] = "…"
        compare(log.with_suffix(".golden.json"), laid_out(document) + "\n")


def laid_out(node: Any, indent: str = "", before: int = 0) -> str:
    """JSON for eyes and diffs: what fits a line stands on one."""
    line = json.dumps(node, ensure_ascii=False)
    if len(indent) + before + len(line) <= 140 or not isinstance(node, dict | list) or not node:
        return line
    deeper = indent + " "
    if isinstance(node, list):
        inner = [laid_out(item, deeper) for item in node]
    else:
        keys = {key: json.dumps(key, ensure_ascii=False) + ": " for key in node}
        inner = [keys[k] + laid_out(v, deeper, len(keys[k])) for k, v in node.items()]
    open_, close = "[]" if isinstance(node, list) else "{}"
    return f"{open_}\n{deeper}" + f",\n{deeper}".join(inner) + f"\n{indent}{close}"


def compare(golden: Path, actual: str) -> None:
    if os.environ.get("GOTRACE_UPDATE") == "1":
        golden.write_text(actual, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == actual


def test_no_golden_without_a_log() -> None:
    expected = {log.with_suffix(".golden.txt") for log in LOGS}
    expected |= {(SAMPLES / name).with_suffix(".golden.json") for name in AS_JSON}
    assert expected == set(SAMPLES.glob("*/*.golden.*"))


# -------------------------------------------------------------------------- what stands in the text


@each_log
def test_structure(log: Path) -> None:
    """Kind, causes, signal, goroutines, their frames, creators, labels and cuts are the truth's."""
    true = truths(log.parent)[log.name]
    found = reports(log)
    assert [f.issues for r in found for g in r.goroutines for f in g.frames if f.issues] == []
    dumps = [r.dump for r in found]
    ambiguous = name_of(log) in AMBIGUOUS
    assert [i.code for d in dumps for i in d.issues] == ["ambiguous-message"] * ambiguous
    assert {d.kind for d in dumps} == {true["kind"] or "panic"}
    causes = [cause_truth(c) for d in dumps for c in d.causes]
    if true["kind"] is None:  # net/http recovered it; the runtime says nothing of that
        causes = [c | {"recovered": False} for c in causes]
    if ambiguous:
        assert [c["message"].split("\n")[0] for c in causes] == ["cannot parse:"]
    else:
        assert causes == true["causes"]
    assert [signal_truth(d.signal, true["signal"]) for d in dumps] == [true["signal"]] * len(dumps)
    assert sum(len(d.registers) for d in dumps) == true["registers"]
    goroutines = [g for d in dumps for g in d.goroutines][ambiguous:]
    if true["kind"] == "race":
        sections = [t for d in dumps for t in race_truth(d.goroutines)]
        assert sections == [(g["title"], g["frames"]) for g in true["goroutines"]]
        return
    expected = true["goroutines"]
    assert [goroutine_truth(g, e) for g, e in zip(goroutines, expected, strict=True)] == expected


def name_of(log: Path) -> str:
    return f"{log.parent.name}/{log.name}"


def race_truth(goroutines: Any) -> Iterator[tuple[str, list[str]]]:
    """The sections of a race report as the truth has them: accesses, then where they started."""
    for g in goroutines:
        previous, access = g.access.previous, g.access.operation
        verb = f"Previous {access}" if previous else access.title()
        by = "main goroutine" if g.id is None else f"goroutine {g.id}"
        address = f"0x{g.access.address:012x}"
        yield f"{verb} at {address} by {by}", [f.function for f in g.frames]
    for g in goroutines:
        if g.created_by is not None:
            yield f"Goroutine {g.id} ({g.state}) created at", [g.created_by.function]


def cause_truth(cause: Any) -> dict[str, Any]:
    kind = "panic" if cause.kind == "panic" else "fatal"
    return {
        **{"kind": kind, "message": cause.message},
        **{"recovered": cause.recovered, "repanicked": cause.repanicked},
    }


def signal_truth(signal: Any, expected: Any) -> dict[str, Any] | None:
    if signal is None or expected is None:
        return None
    address = None if signal.address is None else f"{signal.address:#x}"
    name = f"{signal.name}: {signal.description}"
    found = {"name": name, "code": signal.code, "address": address}
    return found | ({"pc": f"{signal.pc:#x}"} if "pc" in expected else {})


def goroutine_truth(g: Any, expected: dict[str, Any]) -> dict[str, Any]:
    """The goroutine with the keys that the truth has."""
    creator = g.created_by and {
        "function": g.created_by.function,
        "goroutine": g.created_by.goroutine,
    }
    cut = g.elided and {"after": g.elided.after_frame + 1, "count": g.elided.missing}
    answers = {
        "id": g.id,
        "state": g.state,
        "frames": [f.function for f in g.frames],
        "created_by": creator,
        "elided": cut,
        "labels": dict(g.labels),
        "count": g.copies,
    }
    assert set(expected) <= set(answers)
    assert bool(creator) == ("created_by" in expected)
    assert bool(cut) == ("elided" in expected)
    return {key: answers[key] for key in expected}


# --------------------------------------------------------------------------------- what was passed


class Leaf(NamedTuple):
    """A number that was printed: how surely, what is claimed, and what was passed (... unknown)."""

    where: str
    certainty: str
    claimed: Any
    true: Any

    @property
    def right(self) -> bool:
        return bool(self.claimed == self.true)


PARTS = {
    "bool": ("value",),
    "int": ("value",),
    "float": ("value",),
    "complex": ("real", "imag"),
    "string": ("pointer", "len"),
    "slice": ("pointer", "len", "cap"),
    "pointer": ("address",),
    "interface": ("type_word", "data_word"),
}
TOLD = ("nil", "text", "dynamic_type", "typed_nil")  # what is said on top of the numbers


def leaves(where: str, node: Any, true: Any, outer: str) -> Iterator[Leaf]:
    """The printed scalars of a Value object, in memory order, beside those of the truth."""
    certainty = node.get("certainty", outer)
    if node.get("truncated"):
        return
    if true is not None and node["kind"] != "unknown":
        assert node["kind"] == true["kind"], where
    known = true or {}
    for name in TOLD:
        if certainty in BELIEVED and node.get(name) is not None and known.get(name) is not None:
            assert node[name] == known[name], (where, name)
    if node["kind"] == "struct":
        inner = known.get("fields") or [None] * len(node["fields"])
        for field, passed in zip(node["fields"], inner, strict=True):
            assert passed is None or passed["name"] == field["name"], where
            value = passed and passed["value"]
            yield from leaves(f"{where}.{field['name']}", field["value"], value, certainty)
    elif node["kind"] == "array":
        inner = known.get("elements") or [None] * len(node["elements"])
        for i, (element, value) in enumerate(zip(node["elements"], inner, strict=True)):
            yield from leaves(f"{where}[{i}]", element, value, certainty)
    elif node["kind"] == "unknown":
        yield from (Leaf(where, "stale", word, ...) for word in node["words"])
    else:
        each = node.get("certainties", {})
        for name in PARTS[node["kind"]]:
            if node[name] is not None or node.get("raw") is not None:
                passed = known.get(name, ...)
                yield Leaf(f"{where} {name}", each.get(name, certainty), node[name], passed)


class Tally(NamedTuple):
    """``live``: printed without a mark, and what was passed is known. ``right``: of those, claimed
    rightly; ``wrong_…``: claimed wrongly. ``untold``: claimed, but the truth does not say."""

    live: int = 0
    right: int = 0
    wrong_exact: int = 0
    wrong_likely: int = 0
    untold: int = 0
    doubted: int = 0  # live, not claimed

    def __add__(self, other: Any) -> Tally:
        return Tally(*(a + b for a, b in zip(self, other, strict=True)))

    def __str__(self) -> str:
        share = f"{self.right / self.live:7.2%}" if self.live else "      —"
        return (
            f"{self.right:5}/{self.live:<5} {share}  wrong {self.wrong_exact} exact"
            f" {self.wrong_likely} likely; {self.doubted} not claimed, {self.untold} untold"
        )


def judge(log: Path, wrong: list[Any], doubts: Counter[str], **believed: str | None) -> Tally:
    """Hold every argument of every frame whose passed values are known against them."""
    true = truths(log.parent)[log.name]
    dumps = [json.loads(gotrace.render(r, "ndjson")) for r in reports(log, **believed)]
    goroutines = [
        g for d in dumps for g in sorted(d["goroutines"], key=lambda g: g["span"]["start"])
    ]
    total = Tally()
    goroutines = goroutines[name_of(log) in AMBIGUOUS :]
    for told in true["frames"]:
        frame = goroutines[told["goroutine"]]["frames"][told["frame"]]
        assert frame["function"] == told["function"]
        if frame["signature"] is None:  # no closure can be declared
            assert re.search(r"\.func\d", frame["function"]), frame["function"]
            continue
        assert frame["findings"] == [], (log, frame["raw_arguments"])
        if believed or not frame["generic"]:  # the receiver, or a dictionary in its place
            assert frame["unbound_words"] == []
        total += frame_tally(name_of(log), frame, told, wrong, doubts)
    return total


def frame_tally(at: str, frame: Any, told: Any, wrong: list[Any], doubts: Counter[str]) -> Tally:
    """Every printed number is some argument's, and every argument the truth has is there."""
    bound = [w for a in frame["arguments"] for w in a["words"]]
    words = {w["span"]["start"]: w for w in (*bound, *frame["unbound_words"])}
    assert len(words) == frame["raw_arguments"].count("0x")
    assert sum(w["stale"] for w in words.values()) == frame["raw_arguments"].count("?")
    given = [a for a in frame["arguments"] if a["role"] not in ("dictionary", "result")]
    given += [a for a in frame["arguments"] if a["role"] == "result"]
    passed = told["arguments"]
    assert [a["name"] for a in given][: len(passed)] == [p["name"] for p in passed]
    assert [a["type"] for a in given][: len(passed)] == [p["type"] for p in passed]
    total = Tally()
    for argument, true in zip(given, passed, strict=False):
        where = f"{at} {told['function']}({frame['raw_arguments']}) {argument['name']}"
        if argument["role"] == "result":
            assert argument["certainty"] == true["certainty"] == "unset", where
        elif argument["value"] is not None:
            total += argument_tally(where, argument, true["value"], wrong, doubts)
    return total


def argument_tally(
    where: str, argument: Any, true: Any, wrong: list[Any], doubts: Counter[str]
) -> Tally:
    total = Tally()
    found = list(leaves(where, argument["value"], true, argument["certainty"]))
    words = sorted(argument["words"], key=lambda w: (w["span"]["start"], w["offset"]))
    marks = [w["stale"] for w in words]
    # Marks are printed only where each scalar is a word.
    marked = marks if any(marks) else [False] * len(found)
    for leaf, stale in zip(found, marked, strict=True):
        believed = leaf.certainty in BELIEVED
        assert not (believed and stale), leaf
        if believed and leaf.true is not ... and not leaf.right:
            wrong.append((leaf, argument["reason"]))
        if not believed and not stale and leaf.true is not ...:
            doubts[argument["reason"]] += 1
        told = leaf.true is not ...
        total += Tally(
            live=told and not stale,
            right=told and believed and leaf.right,
            wrong_exact=told and leaf.certainty == "exact" and not leaf.right,
            wrong_likely=told and leaf.certainty == "likely" and not leaf.right,
            untold=believed and not told,
            doubted=told and not stale and not believed,
        )
    return total


def table(title: str, rows: dict[str, Tally], doubts: Counter[str]) -> Tally:
    print(f"\n{title}")
    for name, row in rows.items():
        if any(row):
            print(f"  {name:32} {row}")
    for era, pattern in (("≤ 1.16", "go1.15|panic.log"), ("≥ 1.17", r"go1\.(19|2)")):
        part = sum((t for n, t in rows.items() if re.search(pattern, n)), Tally())
        print(f"  {era:32} {part}")
    total = sum(rows.values(), Tally())
    print(f"  {'all':32} {total}")
    for reason, count in doubts.most_common():
        print(f"    not claimed {count}: {reason}")
    return total


# Live as printed, but nothing in text and prototypes shows it to be true (shared/reference,
# 1.B.7): a binary or the source would. No more of them than now.
DOUBTED = {
    "Go's own marks are shifted in this function; nothing shows that this slot was written": 30,
    "printed with `?`: the runtime does not know that the slot still holds it": 6,
}


def judge_all(title: str, *, named: bool) -> tuple[Tally, list[Any], Counter[str]]:
    wrong: list[Any] = []
    doubts: Counter[str] = Counter()
    rows = {}
    for name, log in zip(NAMES, LOGS, strict=True):
        rows[name] = judge(log, wrong, doubts, **(as_named(log) if named else {}))
    return table(title, rows, doubts), wrong, doubts


def test_claims_with_release_and_port_known() -> None:
    """With --go and --arch: nothing claimed is wrong, and 99 % of what is live is claimed.

    What cannot be told from the text is not counted as live, but it is counted.
    """
    total, wrong, doubts = judge_all("release and port known", named=True)
    assert wrong == []
    assert {r: n for r, n in doubts.items() if n > DOUBTED.get(r, 0)} == {}
    assert total.live > 1800
    assert total.right >= 0.99 * (total.live - sum(doubts.values()))
    assert total.right >= 0.98 * total.live


def test_claims_as_inferred() -> None:
    """As a user starts: what is claimed exact is right, whatever had to be assumed."""
    total, wrong, _ = judge_all("inferred from the text", named=False)
    assert [w for w in wrong if w[0].certainty == "exact"] == []
    # Of the byte order nothing in a trace of s390x tells; packed values are likely at most.
    assert {w[0].where.partition(" ")[0] for w in wrong} <= {"shapes/go1.15-s390x.log"}
    assert total.right >= 0.97 * total.live


# ---------------------------------------------------------------------------------- the first story


def test_the_table_that_the_engineer_worked_out() -> None:
    """shared/seed/README.md, word for word: name, type, certainty, words."""
    (report,) = reports(SAMPLES / "pushd" / "panic.log")
    assert report.crashed is not None
    connect, login = report.crashed.frames[:2]
    credentials = [
        ("user", "string", "exact", [0xC420423256, 0x6]),
        ("password", "string", "exact", [0xC420423260, 0x8]),
    ]
    assert table_of(login) == [
        ("dstAddr", "string", "exact", [0xC4203D29C0, 0x11]),
        *credentials,
        ("connectTimeout", "time.Duration", "exact", [0x37E11D600]),
        (None, "*cmpp.Client", "unset", [0xC4203D29C0]),
        (None, "error", "unset", [0x11, 0x73]),
    ]
    assert table_of(connect) == [
        ("cli", "*Client", "exact", [0xC42040C7F0]),
        ("servAddr", "string", "exact", [0xC4203D29C0, 0x11]),
        *credentials,
        ("timeout", "time.Duration", "exact", [0x37E11D600]),
        (None, "error", "unset", [0x0, 0x0]),
    ]
    assert login["connectTimeout"].value.human == "15s"
    assert [a.role for a in connect.arguments] == ["receiver", *["parameter"] * 4, "result"]
    assert login.unbound == connect.unbound == ()


def table_of(frame: Any) -> list[Any]:
    return [
        (a.name, a.type, a.certainty.value, [w.value for w in a.words]) for a in frame.arguments
    ]
