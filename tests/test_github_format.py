"""Workflow commands: one line each, escaped as the runner unescapes them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given

import gotrace
from gotrace.rendering.formats import Page, writer
from gotrace.report import Report
from tests.evidence import ROOT, SAMPLES
from tests.test_culprit_report import passed, story
from tests.test_markdown import texts, with_text
from tests.test_sarif import hostile, suspicious

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-zA-Z]+=[^,:]*,?)*)::(.*)")


def lines(*reports: Report) -> list[str]:
    out = io.StringIO()
    writer("github")(reports, out, Page())
    # As the runner reads: each of these ends a line.
    return re.split(r"\r\n|\n|\r", out.getvalue())[:-1]


def read(line: str) -> tuple[str, dict[str, str], str]:
    """As the runner does (src/Runner.Common/ActionCommand.cs): what it unescapes."""
    match = COMMAND.fullmatch(line)
    assert match, line
    properties = {}
    for pair in match[2].split(","):
        key, _, value = pair.partition("=")
        for code, character in (("%3A", ":"), ("%2C", ","), ("%25", "%")):
            value = value.replace(code, character)
        properties[key] = value
    message = match[3]
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        message = message.replace(code, character)
    return match[1], properties, message


def test_the_culprit_stands_at_its_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(ROOT))
    (line,) = lines(story())
    level, properties, message = read(line)
    assert level == "error"
    assert properties.pop("file").endswith("gocmpp/client.go")
    assert properties == {
        "line": "79", "col": "18", "endColumn": "21",
        "title": "gotrace: nil dereference (certain)",
    }  # fmt: skip
    assert message.split("\n")[:2] == [
        "rsp is nil",
        "rsp comes from the type assertion at line 78; ok is not checked before this use",
    ]


def test_a_file_outside_the_checkout_is_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runner would put the annotation on another file, or on none."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(ROOT))
    (line,) = lines(passed(tmp_path))
    assert set(read(line)[1]) == {"title"}
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert read(lines(passed(tmp_path))[0])[1]["file"] == "main.go"


def test_findings_have_their_level() -> None:
    found = [read(line) for line in lines(suspicious())]
    assert found[-1][0] == "notice"
    assert found[-1][1]["title"] == "gotrace: nil-pointer"
    assert found[-1][2].startswith("it is nil\nwhy\n")


def test_a_dump_that_somebody_asked_for_is_no_error() -> None:
    log = SAMPLES / "sigquit" / "go1.27.log"
    report = gotrace.annotate(gotrace.parse(log.read_bytes()).dumps[0], stdlib=False)
    assert read(lines(report)[0])[0] == "notice"


def test_hostile_names() -> None:
    (line,) = lines(hostile())
    assert "</script>" in read(line)[2]


def test_a_message_comes_back_as_it_was() -> None:
    """Its lines, and what looks like an escape."""
    (line,) = lines(with_text("100%0A: a,b\nsecond"))
    _, properties, message = read(line)
    assert message.startswith("100%0A: a,b\nsecond, or ")
    assert properties["title"].startswith("gotrace: 100%0A: a,b")


@given(texts)
def test_every_line_is_ours(text: str) -> None:
    """Whatever a log says, it makes no command of its own, and comes back as it was said."""
    for line in lines(with_text(text + "\n::error::mine\r::stop-commands::x")):
        level, properties, _ = read(line)
        assert level == "error"
        assert set(properties) <= {"file", "line", "col", "endColumn", "title"}
