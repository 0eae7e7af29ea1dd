"""A page for each rule: what it says, its severity, and what it says of a program that ran."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import gotrace
from gotrace.findings.rule import Rule
from gotrace.findings.rules import RULES
from gotrace.report import Report

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "findings"
_RELEASE = "1.15"  # whose words are all exact
_MARKS = {"error": "`error` (`!!`): cannot be, or has just crashed",
          "warning": "`warning` (`!`): can be, and is hardly ever wanted",
          "note": "`note` (`·`): worth a look"}  # fmt: skip


def pages(catalogue: Path) -> dict[str, str]:
    """The text of each page, by its name below ``docs``; its words are those of the catalogue."""
    told = sections(catalogue.read_text("utf-8"))
    recorded = json.loads((SAMPLES / f"go{_RELEASE}.json").read_text("utf-8"))
    source = gotrace.from_prototypes((SAMPLES / "main.go").read_text("utf-8"), file="main.go")
    made = {}
    for code, rule in RULES.items():
        if code not in told:
            raise SystemExit(f"docs/findings.md has no section for {code}")
        example = None
        if code in recorded:
            dump = gotrace.parse(recorded[code].encode()).dumps[0]
            example = gotrace.annotate(dump, signatures=[source], go=_RELEASE, arch="amd64")
        made[f"findings/{code}.md"] = "\n".join(_lines(rule, told[code], example)) + "\n"
    return made


def sections(text: str) -> dict[str, str]:
    """What the catalogue says of each code."""
    parts = re.split(r"^## (.+)\n", text, flags=re.M)
    return {code: told.strip() for code, told in zip(parts[1::2], parts[2::2], strict=True)}


def _lines(rule: Rule, told: str, example: Report | None) -> Iterator[str]:
    yield "<!-- Written by tools/docs.py from the rule and docs/findings.md. -->"
    yield ""
    yield f"# {rule.code}"
    yield ""
    yield re.sub(r"\]\((\w[\w-]*\.md)", r"](../\1", told)
    yield ""
    yield f"Severity: {_MARKS[rule.severity.value]}."
    if rule.over:
        others = " or ".join(f"[{code}]({code}.md)" for code in RULES if code in rule.over)
        yield ""
        yield f"Not said where {others} has spoken of the same part."
    found = None if example is None else _found(example, rule.code)
    if example is not None and found is not None:
        yield from _example(example, *found)
    yield from (
        "",
        "Not to be told of it:",
        "",
        "<!-- not run: the log is yours -->",
        "```sh",
        f"gotrace annotate --disable {rule.code} panic.log",
        "```",
        "",
        f'or `disable = ["{rule.code}"]` in `gotrace.toml`. [All findings](../findings.md)',
    )


def _found(report: Report, code: str) -> tuple[int, int] | None:
    """The goroutine and frame that have such a finding first."""
    for g, goroutine in enumerate(report.goroutines):
        for f, frame in enumerate(goroutine.frames):
            if any(finding.code == code for a in frame.arguments for finding in a.findings):
                return g, f
    return None


def _example(report: Report, goroutine: int, frame: int) -> Iterator[str]:
    """The frame as Go printed it and as it is decoded."""
    printed = report.goroutines[goroutine].frames[frame].frame
    page = gotrace.render(report, "text", everything=True)
    stack = page.split("\ngoroutine ")[goroutine + 1].split("\n", 1)[1]
    frames = re.split(r"^(?= ?\d+ \S)", stack, flags=re.M)[1:]
    shown = re.split(r"^created by|^\n|^note|^issue", frames[frame], flags=re.M)[0].rstrip()
    yield from ("", f"Of a program that Go {_RELEASE} built, printed and decoded:", "")
    yield from ("```text", f"{printed.call}", "```", "", "```text", shown, "```")
