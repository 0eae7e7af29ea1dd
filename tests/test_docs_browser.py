"""The docs site, opened from the disk in Chromium.

Needs zensical (the extra `docs`), node, `npm ci` in tests/browser, and Chromium.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.evidence import ROOT
from tests.test_html_browser import FOLDER, chromium

pytestmark = pytest.mark.browser

PAGES = ("index", "tutorial", "findings/low-pointer", "reference/api", "envelopes/loggers")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What tests/browser/site.mjs saw."""
    browser = chromium()
    for name, there in (
        ("node", shutil.which("node")),
        ("npm ci in tests/browser", (FOLDER / "node_modules" / "playwright-core").is_dir()),
        ("pip install '.[docs]'", importlib.util.find_spec("zensical")),
    ):
        if not there:
            pytest.skip(f"NOT RUN: the site in Chromium: {name}")
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    subprocess.run([sys.executable, "-m", "zensical", "build"], cwd=folder, check=True)
    done = subprocess.run(
        ["node", str(FOLDER / "site.mjs"), str(folder / "site"), *(f"{p}.html" for p in PAGES)],
        capture_output=True, text=True, timeout=180, check=False,
        env={**os.environ, "CHROMIUM": browser},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_is_asked_of_a_host(told: Any) -> None:
    assert told["requests"] == []
    assert told["errors"] == []


def test_light_and_dark(told: Any) -> None:
    papers = told["papers"]
    assert {papers[f"{p}.html light"] for p in PAGES} == {"rgb(255, 255, 255)"}
    assert len({papers[f"{p}.html dark"] for p in PAGES}) == 1
    assert papers["index.html dark"] != papers["index.html light"]


def test_accessibility(told: Any) -> None:
    """axe-core finds nothing serious."""
    assert {page: found for page, found in told["violations"].items() if found} == {}
    assert len(told["violations"]) == 2 * len(PAGES)


def test_a_telephone_need_not_scroll_sideways(told: Any) -> None:
    assert told["wide"] == []


def test_the_search_works_without_a_server(told: Any) -> None:
    """Two words lead to the one page that has both."""
    assert told["search"] == "live.html"
