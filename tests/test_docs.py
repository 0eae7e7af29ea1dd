"""The docs say what is so: their commands and programs are run, their links lead somewhere.

GOTRACE_UPDATE=1 writes what the commands print into the pages that show it in full.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import gotrace
from gotrace.culprit.messages import FaultKind
from gotrace.findings.rules import RULES
from gotrace.input.envelopes.registry import ENVELOPES
from gotrace.rendering import pages
from gotrace.rendering.sarif_rules import slug
from tests import docs_blocks
from tests.docs_blocks import DOCS, Block
from tests.evidence import ROOT, SAMPLES

PAGES = docs_blocks.pages()
BLOCKS = [block for page in PAGES for block in docs_blocks.blocks(page)]
# Shown, and nothing that could be run.
SHOWN = {"text", "go", "lua", "elisp", "yaml", "markdown"}
# What a dump says of an envelope that more than one program writes.
WRITTEN = {
    "json": {"docker", "gcp", "cloudwatch", "opentelemetry", "go-test-json", "journald-json"},
}
UPDATE = os.environ.get("GOTRACE_UPDATE") == "1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a reader has in front of them: the samples, and a place to write to."""
    (tmp_path / "samples").symlink_to(SAMPLES)
    return tmp_path


def of(*languages: str) -> list[Block]:
    found = [b for b in BLOCKS if b.language in languages and not b.why]
    assert found
    return found


def test_every_block_says_what_it_is() -> None:
    known = {"console", "sh", "python", "json", "toml"} | SHOWN
    assert [str(b) for b in BLOCKS if b.language not in known] == []
    assert all(b.page.read_text("utf-8").count("```") % 2 == 0 for b in BLOCKS)


@pytest.mark.parametrize("block", of("console"), ids=str)
def test_a_command_prints_what_the_page_shows(block: Block, folder: Path) -> None:
    renewed = ""
    for command, expected in docs_blocks.sessions(block.text):
        code, printed = docs_blocks.run(command, folder)
        assert code in {0, 1}, command
        holds = docs_blocks.fits(expected, printed)
        if not UPDATE:
            assert holds, f"{command}\n{printed}"
        elif not holds:
            assert "..." not in expected.splitlines(), f"{block}: write this one by hand\n{printed}"
        renewed += f"$ {command}\n{expected if holds else printed}"
    if renewed != block.text:
        text = block.page.read_text("utf-8")
        assert text.count(block.text) == 1
        block.page.write_text(text.replace(block.text, renewed), "utf-8")


@pytest.mark.parametrize("block", of("sh"), ids=str)
def test_a_command_runs(block: Block, folder: Path) -> None:
    for command in block.text.replace("\\\n", " ").splitlines():
        assert command.startswith("gotrace "), f"say why this is not run: {command}"
        code, _ = docs_blocks.run(command, folder)
        assert code == 0, command


@pytest.mark.parametrize("block", of("python"), ids=str)
def test_a_program_runs(block: Block, folder: Path) -> None:
    with docs_blocks.inside(folder):
        exec(compile(block.text, str(block), "exec"), {})


@pytest.mark.parametrize("block", of("json", "toml"), ids=str)
def test_data_can_be_read(block: Block) -> None:
    (json.loads if block.language == "json" else tomllib.loads)(block.text)


# ---------------------------------------------------------------------- pages


def site() -> Any:
    return tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]


def leaves(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    return [x for n in (node.values() if isinstance(node, dict) else node) for x in leaves(n)]


def test_every_page_is_in_the_contents_once() -> None:
    assert sorted(leaves(site()["nav"])) == sorted(str(p.relative_to(DOCS)) for p in PAGES)


def test_made_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "docs.py"), "--check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def anchors(page: Path) -> set[str]:
    """As GitHub and the site make them of headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    heads = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(DOCS)))
def test_links_lead_to_pages_and_headings(page: Path) -> None:
    text = re.sub(r"^ {4}.*$|^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if link.startswith(("https://", "http://")):
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert target.is_relative_to(DOCS), f"{link}: the site has no such file"
        assert not heading or heading in anchors(target), link


def kinds() -> list[str]:
    """The codes of culprits, as an editor and SARIF have them."""
    return [pages.CULPRIT + slug(kind.value) for kind in FaultKind]


def issues() -> list[str]:
    """The codes of issues: all that the program makes, and that of its document."""
    texts = [f.read_text("utf-8") for f in sorted((ROOT / "gotrace").rglob("*.py"))]
    made = {code for text in texts for code in re.findall(r'Issue\(\s*"([a-z-]+)"', text)}
    assert len(made) > 15
    return sorted({*made, "unreadable"})


@pytest.mark.parametrize(
    ("folder", "codes"), [("findings", [*RULES]), ("culprits", kinds()), ("issues", issues())]
)
def test_every_code_has_its_page_and_every_page_a_code(folder: str, codes: list[str]) -> None:
    for code in codes:
        assert pages.file(code) == (str(DOCS / pages.page(code)), "")
    there = {f"{folder}/{f.name}" for f in (DOCS / folder).glob("*.md")}
    assert {pages.page(code) for code in codes} == there


@pytest.mark.parametrize("codes", [kinds(), issues()], ids=["culprits", "issues"])
def test_a_page_has_an_example_or_says_when_its_code_comes(codes: list[str]) -> None:
    for code in codes:
        text = (DOCS / pages.page(code)).read_text("utf-8")
        shown = text.split("\n## Example\n\n")[1].split("\n\n## What to do\n\n")
        assert len(shown) == 2, code
        assert ("```console\n$ " in shown[0]) != shown[0].startswith("No sample has it. It "), code


def test_what_has_no_page_of_its_own_has_a_heading() -> None:
    """How a program died where no kind is known, and the notes of a run."""
    for code in ("crash/panic", "crash/fatal", "crash/signal", "crash/race", pages.RUN):
        found = pages.file(code)
        assert found is not None, code
        assert found[1].removeprefix("#") in anchors(Path(found[0])), code
    assert pages.page("crash/nil-dereference") == pages.page("culprit/nil-dereference")


def test_addresses_on_the_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those of the built pages, and none as long as there is no site."""
    assert pages.address("poison") is None
    monkeypatch.setattr(pages, "HOME", "https://docs.example/")
    assert pages.address("poison") == "https://docs.example/findings/poison.html"
    culprit = "https://docs.example/culprits/nil-dereference.html"
    assert pages.address("culprit/nil-dereference") == culprit
    assert pages.address("crash/panic") == "https://docs.example/culprit.html#kinds"
    assert pages.address("truncated") == "https://docs.example/issues/truncated.html"


def test_links_of_sarif_lead_to_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of rules and of notifications, each to the page of its code."""
    monkeypatch.setattr(pages, "HOME", "https://docs.example/")
    logs = ("pushd/panic.log", "multiline/go1.15.error.log", "throw/go1.27.mutex.log")
    found = {}
    for log in logs:
        dump = gotrace.parse((SAMPLES / log).read_bytes(), source=log).dumps[0]
        document = json.loads(gotrace.render(gotrace.annotate(dump, go="1.27"), "sarif"))
        driver = document["runs"][0]["tool"]["driver"]
        for told in (*driver["rules"], *driver["notifications"]):
            found[told["id"]] = told["helpUri"].removeprefix("https://docs.example/")
    assert {"ambiguous-message", "crash/explicit-panic"} <= {*found}
    for code, link in found.items():
        name, _, heading = link.partition("#")
        page = DOCS / name.replace(".html", ".md")
        assert page == DOCS / pages.page(code)
        assert page.exists(), code
        assert not heading or heading in anchors(page), code


def test_each_envelope_has_a_section_with_a_log_of_it() -> None:
    """And that log is read as this envelope, with all that the bare one holds."""
    told: list[tuple[str, str]] = []
    for page in sorted((DOCS / "envelopes").glob("*.md")):
        for section in page.read_text("utf-8").split("\n## ")[1:]:
            told += [(name, section) for name in re.findall(r"`([\w-]+)`$", section.split("\n")[0])]
    assert {name for name, _ in told} == {e.name for e in ENVELOPES}
    for name, section in told:
        logs = re.findall(r"samples/envelopes/[\w-]+\.txt", section)
        assert logs or (name == "log-prefix" and "```console" in section), name
        for log in logs:
            dump = gotrace.parse((ROOT / log).read_bytes()).dumps[0]
            assert {name, *WRITTEN.get(name, ())} & {*dump.envelope}, log
            words = [*dump.goroutines[0].frames[0].call.words()]
            assert words[2].value == 0x11, log


# ---------------------------------------------------------------------- the site


def test_the_site_is_built_and_asks_nobody(tmp_path: Path) -> None:
    """Strictly, and no page takes a script, a style, a font or a picture from a host."""
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("NOT RUN: the site: pip install '.[docs]'")
    for name in ("docs", "zensical.toml"):
        (shutil.copytree if name == "docs" else shutil.copy)(ROOT / name, tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    built = sorted((tmp_path / "site").rglob("*.html"))
    assert {p.name for p in PAGES} - {p.with_suffix(".md").name for p in built} == set()
    for page in built:
        text = page.read_text("utf-8")
        taken = re.findall(r"<(?:script|link|img)\b[^>]*?(?:src|href)=[\"']?([^\"' >]+)", text)
        assert [t for t in taken if re.match(r"(https?:)?//", t)] == [], page
    for style in (tmp_path / "site").rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", style.read_text("utf-8"))
