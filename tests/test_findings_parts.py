"""A finding is about a part of an argument: its path names it, its span is that of its words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import gotrace
from gotrace.cli import main
from gotrace.value import Finding

SIGNATURE = """package main

type flags struct { first, second bool }
type config struct { name string; limits [2]flags; next *int64; n int64 }

func serve(c config, on bool)
"""
TRACE = """panic: stop

goroutine 1 [running]:
main.serve({{0x47be3a, 0x3}, {{0x1, 0x0}, {0x1, 0x7}}, 0x8, 0x5}, 0x9)
\t/home/dev/src/app/main.go:9 +0x26
"""


def found_in(text: str) -> list[tuple[Finding, str]]:
    """The findings, each with the words that it points at."""
    (dump,) = gotrace.parse(text.encode()).dumps
    prototypes = gotrace.from_prototypes(SIGNATURE, file="main.go")
    report = gotrace.annotate(dump, signatures=[prototypes], go="1.23", arch="amd64")
    (frame,) = report.goroutines[0].frames
    line = next(x for x in text.split("\n") if x.startswith("main.serve"))
    return [(f, line[f.start : f.end]) for a in frame.arguments for f in a.findings]


def test_paths_and_spans() -> None:
    assert [(f.code, f.path, words) for f, words in found_in(TRACE)] == [
        ("impossible-bool", "c.limits[1].second", "0x7"),
        ("low-pointer", "c.next", "0x8"),
        ("impossible-bool", "on", "0x9"),
    ]


def test_a_string_is_both_of_its_words() -> None:
    first, words = found_in(TRACE.replace("0x47be3a", "0x0"))[0]
    assert (first.path, words) == ("c.name", "0x0, 0x3")


def test_packed_words() -> None:
    """Until go1.16 parts share words: the span is that of the word."""
    text = (
        "panic: stop\n\ngoroutine 1 [running]:\nmain.serve(0x47be3a, 0x3, 0xc007010001, 0x8, 0x5, "
        "0x9)\n\t/home/dev/src/app/main.go:9 +0x26\n"
    )
    (dump,) = gotrace.parse(text.encode()).dumps
    prototypes = gotrace.from_prototypes(SIGNATURE, file="main.go")
    report = gotrace.annotate(dump, signatures=[prototypes], go="1.15", arch="amd64")
    arguments = report.goroutines[0].frames[0].arguments
    line = text.split("\n")[3]
    found = [(f.path, line[f.start : f.end]) for a in arguments for f in a.findings]
    assert found == [
        ("c.limits[1].second", "0xc007010001"),
        ("c.next", "0x8"),
        ("on", "0x9"),
    ]


def test_a_baseline_knows_the_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is known of one field is not known of another."""
    monkeypatch.chdir(tmp_path)
    Path("p.go").write_text(SIGNATURE)
    Path("a.log").write_text(TRACE)
    Path("b.log").write_text(TRACE.replace("{0x1, 0x0}", "{0x3, 0x0}"))
    common = ["annotate", "--signatures", "p.go", "--go", "1.23", "--arch", "amd64"]
    assert main([*common, "a.log", "--write-baseline", "known.json"]) == 0
    told = json.loads(Path("known.json").read_text())["findings"]
    assert [f["argument"] for f in told] == ["c.limits[1].second", "on", "c.next"]
    capsys.readouterr()
    fail = ["--fail-on", "note", "--baseline", "known.json"]
    assert main([*common, "a.log", *fail]) == 0
    assert "impossible-bool" not in capsys.readouterr().out
    assert main([*common, "b.log", *fail]) == 1
    assert "c.limits[0].first" in capsys.readouterr().out


def test_text_has_the_evidence() -> None:
    """Under the message, where there is some."""
    (dump,) = gotrace.parse(TRACE.encode()).dumps
    prototypes = gotrace.from_prototypes(SIGNATURE, file="main.go")
    report = gotrace.annotate(dump, signatures=[prototypes], go="1.23", arch="amd64")
    lines = gotrace.render(report, "text").split("\n")
    (at,) = (i for i, line in enumerate(lines) if "[low-pointer]" in line)
    assert lines[at].startswith("  !! ")
    assert lines[at + 1].strip() == "the runtime takes nothing below 0x1000 for a pointer"
    # The finding above it has none.
    assert "[impossible-bool]" in lines[at - 1]
