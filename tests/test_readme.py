"""The README shows what really comes out, and its example runs."""

from __future__ import annotations

import re

import pytest

from gotrace.cli import build_parser
from tests.evidence import ROOT, SAMPLES

README = (ROOT / "README.md").read_text("utf-8")


def test_the_shown_output_is_the_real_one() -> None:
    golden = (SAMPLES / "pushd" / "panic.golden.txt").read_text("utf-8").rstrip()
    assert f"```\n{golden}\n```" in README


def test_the_python_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    match = re.search(r"```python\n(.*?)```", README, re.S)
    assert match is not None
    monkeypatch.chdir(SAMPLES / "pushd")
    exec(compile(match[1], "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("15s\npanic: runtime error")


def test_every_linked_file_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    for link in links:
        assert (ROOT / link).exists(), link


def test_the_help_lists_the_exit_codes_that_the_readme_lists() -> None:
    told = build_parser().format_help()
    for code in re.findall(r"(\d+) [a-z^]", README.split("Exit codes:")[1].split("\n\n")[0]):
        assert re.search(rf"\b{code} ", told), code
