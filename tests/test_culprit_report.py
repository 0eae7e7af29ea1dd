"""The culprit in reports: as text with a caret, as JSON, with secrets taken out."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gotrace
from gotrace import redaction
from gotrace.cli import main
from gotrace.culprit import Culprit, CulpritCertainty, SourceSpan
from gotrace.rendering import json as rendering
from gotrace.rendering import text
from gotrace.rendering.style import columns, plain
from gotrace.report import Report
from tests.evidence import ROOT, SAMPLES
from tests.source_support import write
from tests.test_json import schema, strict

LOG = SAMPLES / "pushd" / "panic.log"
SOURCE = SAMPLES / "culprit" / "src"

BLAME = """package main

type node struct{ n, m int }

func sum(p, q *node) int {
	return p.m + q.m
}

func main() {
	sum(&node{}, nil)
}
"""
BLAME_LOG = """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x8 pc=0x4b7b8e]

goroutine 1 [running]:
main.sum(...)
	/home/dev/app/main.go:6
main.main()
	/home/dev/app/main.go:10 +0x1d
"""


def story() -> Report:
    dump = gotrace.parse(LOG.read_bytes(), source="panic.log").dumps[0]
    return gotrace.annotate(dump, sources=[gotrace.from_source(str(SOURCE))])


def passed(folder: Path) -> Report:
    """A nil that the caller passed."""
    write(folder, {"main.go": BLAME})
    dump = gotrace.parse(BLAME_LOG.encode()).dumps[0]
    return gotrace.annotate(dump, sources=[gotrace.from_source(str(folder))])


def block(report: Report, *, width: int = 100, explain: bool = False) -> list[str]:
    """The lines of the culprit: from its first to the next empty one."""
    shown = [plain(line) for line in text.lines(report, width=width, explain=explain)]
    start = next(i for i, line in enumerate(shown) if line.startswith("culprit"))
    return shown[start : shown.index("", start)]


# ---------------------------------------------------------------------- text


def test_the_readmes_second_example(capsys: pytest.CaptureFixture[str]) -> None:
    """The command that the README names prints what its picture of it says."""
    readme = (ROOT / "README.md").read_text("utf-8")
    command = "gotrace annotate --source samples/culprit/src samples/pushd/panic.log"
    assert f"```\n{command}\n```" in readme
    picture = re.search(r"(?m)^!\[On a terminal: (.*)\]\(docs/images/terminal\.png\)$", readme)
    assert picture
    shown = "\n".join(block(story()))
    said = shown.replace("^^^", "").split()
    assert re.findall(r"[\w().=]+", " ".join(said)) == re.findall(r"[\w().=]+", picture[1])
    words = command.split()
    assert main([words[1], words[2], str(ROOT / words[3]), str(ROOT / words[4])]) == 0
    assert shown in capsys.readouterr().out


def test_the_way_through_the_callers(tmp_path: Path) -> None:
    """A parameter that the caller passed as nil: no sentence says it twice."""
    assert block(passed(tmp_path), width=80) == [
        "culprit  q is nil (certain)                                            main.go:6",
        "         return p.m + q.m",
        "                      ^",
        "passed   as nil by main.main at main.go:10",
        "because  what is read behind q lies at 0x8, where it failed",
    ]


def test_explain_shows_every_rule() -> None:
    """With its weight, also what only ranks."""
    shown = "\n".join(block(story(), explain=True))
    assert "+1.5 offset-fits: " in shown
    assert "+3.0 flag-unchecked: " in shown
    assert "flag-unchecked" not in "\n".join(block(story()))


def test_a_tie_is_printed_as_one() -> None:
    """All that fit as well are named."""
    report = story()
    assert report.culprit is not None
    tied = report.culprit._replace(alternatives=("a", "b.c"), certainty=CulpritCertainty.POSSIBLE)
    shown = block(report._replace(culprit=tied))
    assert shown[0].startswith("culprit  rsp is nil (possible)")
    assert "or       a, b.c: nothing here tells them apart" in shown


def test_why_a_source_is_refused(tmp_path: Path) -> None:
    """It is said where the culprit would stand; the message's own facts are not said again."""
    write(tmp_path, {"main.go": BLAME.replace("p.m + q.m", "1")})
    dump = gotrace.parse(BLAME_LOG.encode()).dumps[0]
    report = gotrace.annotate(dump, sources=[gotrace.from_source(str(tmp_path))])
    shown = [plain(line) for line in text.lines(report)]
    assert not any(line.startswith("culprit") for line in shown)
    assert any(line.startswith("note     the source was not used:") for line in shown)


def test_no_culprit_without_a_failure() -> None:
    """A snapshot of a healthy program has none."""
    dump = gotrace.parse(b"goroutine 1 [running]:\nmain.main()\n\t/a/main.go:1 +0x1\n").dumps[0]
    assert gotrace.annotate(dump).culprit is None


@given(
    before=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=90
    ),
    expression=st.text("abx.()[]\t 日本", min_size=1, max_size=30),
    after=st.text(max_size=60),
    width=st.integers(40, 120),
)
def test_the_caret_stands_under_the_expression(
    before: str, expression: str, after: str, width: int
) -> None:
    """Whatever stands before it; a line that is too long is cut in front."""
    whole = before + expression + after.replace("\n", "").replace("\r", "")
    column = len(before) + 1
    span = SourceSpan("/x.go", 1, column, column + len(expression), whole)
    report = story()
    failed = Culprit(0, "x", "nil dereference", "x is nil", CulpritCertainty.CERTAIN, span=span)
    lines = list(text.lines(report._replace(culprit=failed), width=width))
    at = next(i for i, line in enumerate(lines) if plain(line).startswith("culprit")) + 1
    while len(lines[at]) != 4:  # the sentence may need several lines
        at += 1
    margin, lead, marked, _ = (piece.text for piece in lines[at])
    gap, carets = (piece.text for piece in lines[at + 1])
    assert len(gap) == columns(margin) + columns(lead)
    assert set(carets) == {"^"}
    assert len(carets) == max(1, min(columns(marked), width - len(gap)))


# ---------------------------------------------------------------------- JSON


@pytest.mark.parametrize("with_blame", [False, True])
def test_the_json_keeps_the_schema(tmp_path: Path, *, with_blame: bool) -> None:
    """Every key is declared; the source place names the expression."""
    report = passed(tmp_path) if with_blame else story()
    entry: Any = rendering.dump(report)
    jsonschema.validate(
        json.loads(json.dumps(rendering.document([report]))),
        strict(schema()),
        cls=jsonschema.Draft202012Validator,
    )
    found = entry["culprit"]
    source = found["source"]
    assert source["text"][source["column"] - 1 : source["end_column"] - 1] == found["expression"]
    assert found["goroutine"] == report.goroutines[0].goroutine.id
    assert [b["expression"] for b in found["blame"]] == (["nil"] if with_blame else [])
    frame = report.goroutines[0].frames[found["frame"]].frame
    assert found["span"]["start"] == report.dump.where(frame.span).start


def test_redaction_takes_the_message_out() -> None:
    """What the program said of itself does not come back in the culprit."""
    log = b"panic: the password is x7\n\ngoroutine 1 [running]:\nmain.main()\n\t/a/main.go:1 +0x1\n"
    report = gotrace.annotate(gotrace.parse(log).dumps[0])
    assert report.culprit is not None
    assert "x7" in json.dumps(rendering.dump(report)["culprit"])
    assert "x7" not in json.dumps(rendering.dump(redaction.redact(report)))


# ---------------------------------------------------------------------- defects


def test_a_defect_leaves_the_rest_standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The arguments are decoded; an issue says what is missing."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("gotrace.culprit.find_culprit", broken)
    monkeypatch.delenv("GOTRACE_DEBUG")
    prototypes = gotrace.from_prototypes((SAMPLES / "pushd" / "prototypes.go").read_text())
    dump = gotrace.parse(LOG.read_bytes()).dumps[0]
    report = gotrace.annotate(dump, signatures=[prototypes])
    assert report.culprit is None
    (issue,) = [i for i in report.issues if i.code == "internal"]
    assert issue.message.startswith("a defect of gotrace (ZeroDivisionError at ")
    assert issue.message.endswith(": the culprit cannot be told")
    assert report.goroutines[0].frames[0]["timeout"].value.human == "15s"
