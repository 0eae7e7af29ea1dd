"""SARIF: what a viewer is told of crashes, findings and the run; no text of a log is syntax."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gotrace
from gotrace.cli import main
from gotrace.rendering.formats import Page, writer
from gotrace.rendering.sarif_places import sentence
from gotrace.report import Report
from gotrace.value import Finding, Severity
from tests.evidence import ROOT, SAMPLES
from tests.test_culprit_report import passed, story

HOSTILE = (
    b"panic: </script><img onerror=x> {0} [click](http://evil.example) \x1b]8;;http://evil\x1b\\ "
    b"\xe2\x80\xae\xff @all\n\ngoroutine 1 [running]:\n"
    b"main.f(0x1, 0x2)\n\t//evil.example/share/a{b}.go:3 +0x1d\n"
    b"main.g(...)\n\tjavascript:alert(1):4\nmain.main()\n\t/home/dev/../x y.go:5 +0x1d\n"
)


def document(*reports: Report, page: Page = Page()) -> dict[str, Any]:  # noqa: B008 - immutable
    out = io.StringIO()
    writer("sarif")(reports, out, page)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def run_of(*reports: Report) -> dict[str, Any]:
    found: dict[str, Any] = document(*reports)["runs"][0]
    return found


def hostile() -> Report:
    return gotrace.annotate(gotrace.parse(HOSTILE, source="a b.log").dumps[0])


def suspicious() -> Report:
    """The story with a finding on one of its arguments, as the rules make them."""
    report = gotrace.annotate(story().dump, signatures=[prototypes()])
    goroutine = report.goroutines[0]
    frame = goroutine.frames[0]
    argument = frame.arguments[0]
    word = argument.words[0]
    finding = Finding("nil-pointer", Severity.NOTE, "it is nil", ("why",), word.start, word.end)
    arguments = (argument._replace(findings=(finding,)),)
    frames = (frame._replace(arguments=arguments), *goroutine.frames[1:])
    return report._replace(goroutines=(goroutine._replace(frames=frames),))


def prototypes() -> Any:
    return gotrace.from_prototypes((SAMPLES / "pushd" / "prototypes.go").read_text("utf-8"))


# ---------------------------------------------------------------------- the crash


def test_the_culprit_stands_in_its_source_file() -> None:
    """With the expression's region and the whole line; the log's frame and cause are related."""
    (result,) = run_of(story())["results"]
    assert (result["ruleId"], result["level"]) == ("culprit/nil-dereference", "error")
    assert result["message"]["text"].startswith("rsp is nil (certain). rsp comes from ")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
    assert place["artifactLocation"]["uri"].endswith("/gocmpp/client.go")
    assert (ROOT / place["artifactLocation"]["uri"]).is_file()
    region = {"startLine": 79, "startColumn": 18, "endColumn": 21, "snippet": {"text": "rsp"}}
    assert place["region"] == region
    frame, cause = (r["physicalLocation"]["region"] for r in result["relatedLocations"])
    data = (SAMPLES / "pushd" / "panic.log").read_bytes()
    printed = [data[r["byteOffset"] :][: r["byteLength"]] for r in (frame, cause)]
    assert printed[0].startswith(b"pkg.tonybai.com/")
    assert printed[0].endswith(b"+0x239")
    assert printed[1].startswith(b"panic: ")
    assert (frame["startLine"], frame["endLine"]) == (5, 6)


def test_a_stack_has_decoded_parameters() -> None:
    """Each of them says how far it holds; words without a signature stand as they are."""
    dump = story().dump
    report = gotrace.annotate(dump, signatures=[prototypes()])
    (result,) = run_of(report)["results"]
    (stack,) = result["stacks"]
    assert stack["message"]["text"] == "goroutine 266900 [running]."
    frames = stack["frames"]
    assert "timeout time.Duration = 15s" in frames[0]["parameters"]
    assert frames[2]["parameters"] == ["0xc42071f800", "0x4", "0xaaecd8"]
    assert frames[0]["threadId"] == 266900
    assert frames[0]["module"].endswith("gocmpp")


def test_fingerprints_are_those_of_the_json() -> None:
    report = story()
    (result,) = run_of(report)["results"]
    prints = gotrace.rendering.json.dump(report)["fingerprints"]
    assert result["partialFingerprints"] == {
        "gotrace/site/v1": prints["site"],
        "gotrace/stack/v1": prints["stack"],
    }


def test_callers_are_related_locations(tmp_path: Path) -> None:
    (result,) = run_of(passed(tmp_path))["results"]
    step = result["relatedLocations"][-1]
    assert step["message"]["text"] == "Passed as nil."
    assert step["physicalLocation"]["region"]["startLine"] == 10


def test_without_a_culprit_it_says_that_it_died() -> None:
    """In the log, and it claims no more than the message; a snapshot has no result at all."""
    (result,) = run_of(hostile())["results"]
    assert (result["ruleId"], result["level"]) == ("crash/explicit-panic", "error")
    assert result["message"]["text"].startswith("panic: </script>")
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "a%20b.log"
    snapshot = b"goroutine 1 [running]:\nmain.main()\n\t/x/main.go:5 +0x1d\n"
    assert run_of(gotrace.annotate(gotrace.parse(snapshot).dumps[0]))["results"] == []


def test_a_race_has_both_stacks() -> None:
    log = next((SAMPLES / "race").glob("*.log"))
    report = gotrace.annotate(gotrace.parse(log.read_bytes()).dumps[0])
    result = run_of(report)["results"][0]
    assert result["ruleId"] == "crash/race"
    assert len(result["stacks"]) == 2


# ---------------------------------------------------------------------- findings, the run


def test_a_finding_stands_on_its_words() -> None:
    results = run_of(suspicious())["results"]
    result = next(r for r in results if r["ruleId"] == "nil-pointer")
    assert (result["level"], result["message"]["text"]) == ("note", "it is nil.")
    region = result["locations"][0]["physicalLocation"]["region"]
    data = (SAMPLES / "pushd" / "panic.log").read_bytes()
    assert data[region["byteOffset"] :][: region["byteLength"]] == b"0xc42040c7f0"
    assert result["properties"] == {"evidence": ["why"]}
    assert result["partialFingerprints"]["gotrace/finding/v1"].endswith("Connect|cli")


def test_equal_goroutines_share_a_result() -> None:
    """One result, that says how many there are."""
    report = suspicious()
    (goroutine,) = report.goroutines
    copies = tuple(
        goroutine._replace(goroutine=goroutine.goroutine._replace(id=i, crashed=False))
        for i in (1, 2, 3)
    )
    results = run_of(report._replace(goroutines=copies))["results"]
    counts = [r["occurrenceCount"] for r in results if r["ruleId"] == "nil-pointer"]
    assert counts == [3]


def test_what_could_not_be_read_is_a_notification(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "x.log"
    log.write_bytes(HOSTILE)
    assert main(["annotate", "--format", "sarif", str(log), str(tmp_path / "none")]) == 2
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "none" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    for told in invocation["toolExecutionNotifications"]:
        descriptor = run["tool"]["driver"]["notifications"][told["descriptor"]["index"]]
        assert descriptor["id"] == told["descriptor"]["id"]


def test_rules_are_referred_to_by_index() -> None:
    run = run_of(story(), hostile(), suspicious())
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert [rules[r["ruleIndex"]] for r in run["results"]] == [r["ruleId"] for r in run["results"]]


# ---------------------------------------------------------------------- hostile text


def test_nothing_of_a_log_is_syntax() -> None:
    """No link, no placeholder, no scheme, no other machine; the text is still there."""
    text = json.dumps(run_of(hostile()), ensure_ascii=False)
    (result,) = run_of(hostile())["results"]
    assert "</script>" in result["message"]["text"]
    assert "{{0}} \\[click\\](http" in result["message"]["text"]
    assert "\x1b" not in text
    assert "\u202e" not in text
    frames = result["stacks"][0]["frames"]
    uris = [f["location"]["physicalLocation"]["artifactLocation"] for f in frames]
    assert [u["uri"] for u in uris] == [
        "file:///evil.example/share/a%7Bb%7D.go",
        "javascript%3Aalert%281%29",
        "file:///home/x%20y.go",
    ]
    assert uris[1]["uriBaseId"] == "GO_BUILD"


@given(st.text())
def test_a_message_says_what_it_says(raw: str) -> None:
    """Braces come in pairs, nothing is a link, no control character is left."""
    shown = sentence(raw)
    assert "{" not in shown.replace("{{", "")
    assert "}" not in shown.replace("}}", "")
    assert shown.isprintable()
    assert "](" not in shown.replace("\\](", "")


# ---------------------------------------------------------------------- the validator


@pytest.mark.node
def test_the_official_validator_accepts_it(tmp_path: Path) -> None:
    """`sarif-multitool validate`, from npm's @microsoft/sarif-multitool, on PATH."""
    tool = shutil.which("sarif-multitool")
    if tool is None:
        pytest.skip("NOT RUN: sarif-multitool is not installed (npm: @microsoft/sarif-multitool)")
    logs = sorted(SAMPLES.glob("*/*.log"))
    reports = [
        gotrace.annotate(d)
        for log in logs
        for d in gotrace.parse(log.read_bytes(), source=str(log)).dumps
    ]
    file, told = tmp_path / "all.sarif", tmp_path / "told.sarif"
    page = Page(notes=("a note",), unreadable=("x: no such file",))
    found = document(*reports, hostile(), suspicious(), story(), page=page)
    file.write_text(json.dumps(found, indent=1), "utf-8")
    for kind in ("Sarif", "Ghas"):  # the second are the demands of GitHub's code scanning
        run = subprocess.run(
            [tool, "validate", str(file), "-o", str(told), "--rule-kind", kind],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout
        results = json.loads(told.read_text("utf-8-sig"))["runs"][0]["results"]
        told.unlink()
        # There is no address of the product yet that it could name.
        wrong = [r["message"] for r in results if r["ruleId"] != "SARIF2005"]
        assert wrong == []
