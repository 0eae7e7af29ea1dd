"""The HTML report in Chromium: what a reader, a keyboard and a screen reader find there.

Needs node, `npm ci` in tests/browser, and Chromium (CHROMIUM names it, else it is on PATH).
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import gotrace
from gotrace.rendering.formats import Page, writer
from gotrace.report import Report
from tests.browser.large import dump as large
from tests.evidence import ROOT, SAMPLES
from tests.test_culprit_report import story

pytestmark = pytest.mark.browser

FOLDER = ROOT / "tests" / "browser"
HOSTILE = (
    b"panic: </script><img src=x onerror=alert(1)><script>alert(2)</script> \x1b[31mred\x1b[0m "
    b"\xe2\x80\xaegpj\n\ngoroutine 1 [</span><b>running</b>]:\nmain.f(0x1)\n"
    b"\tjavascript:alert(3)//</script><svg onload=alert(4)>.go:7 +0x1d\n\n"
    b"goroutine 2 [select]:\nmain.g(0x2)\n\t/a/</script><img src=x onerror=alert(5)>.go:7 +0x1d\n"
)


def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("NOT RUN: Chromium is missing")
    return found


def ready() -> str:
    """The browser; skips where something is missing."""
    browser = chromium()
    if shutil.which("node") is None:
        pytest.skip("NOT RUN: node is missing")
    if not (FOLDER / "node_modules" / "playwright-core").is_dir():
        pytest.skip("NOT RUN: npm ci in tests/browser was not run")
    return browser


def seen(check: str, file: Path, argument: str = "") -> Any:
    """What a check of tests/browser/check.mjs tells; no request, no error, no dialog."""
    browser = ready()
    done = subprocess.run(
        ["node", str(FOLDER / "check.mjs"), check, str(file), argument],
        capture_output=True, text=True, timeout=180, check=False,
        env={**os.environ, "CHROMIUM": browser},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["requests"] == []
    assert told["errors"] == []
    return told["told"]


def written(folder: Path, name: str, *reports: Report) -> Path:
    out = io.StringIO()
    writer("html")(reports, out, Page())
    file = folder / name
    file.write_text(out.getvalue(), "utf-8", errors="backslashreplace")
    return file


def from_bytes(data: bytes) -> Report:
    return gotrace.annotate(gotrace.parse(data, source="x.log").dumps[0])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    ready()
    folder = tmp_path_factory.mktemp("pages")
    sigquit = from_bytes((SAMPLES / "sigquit" / "go1.27.log").read_bytes())
    return {
        "story": written(folder, "story.html", story()),
        "sigquit": written(folder, "sigquit.html", sigquit),
        "several": written(folder, "several.html", story(), sigquit),
        "hostile": written(folder, "hostile.html", from_bytes(HOSTILE)),
        "large": written(folder, "large.html", from_bytes(large(20_000, 5_000).encode())),
    }


@pytest.mark.parametrize("name", ["story", "sigquit", "several", "hostile"])
def test_with_and_without_scripts(pages: dict[str, Path], name: str) -> None:
    """The same frames and words, light and dark; no tools without scripts; nothing too wide."""
    told = seen("shown", pages[name])
    assert told.pop("narrow") == []
    views = [
        told[f"{kind} {scheme}"] for kind in ("script", "bare") for scheme in ("light", "dark")
    ]
    assert {v["images"] for v in views} == {0}
    assert [v["wide"] for v in views] == [[]] * 4
    assert len({(v["title"], v["frames"], v["groups"]) for v in views}) == 1
    assert views[0]["frames"] > 0
    assert [v["tools"] for v in views] == [1, 1, 0, 0]
    assert views[0]["paper"] == views[2]["paper"] != views[1]["paper"] == views[3]["paper"]


def test_a_hostile_message(pages: dict[str, Path]) -> None:
    """It is read as it was printed, its escapes spelt out."""
    told = seen("shown", pages["hostile"])
    title = "panic: </script><img src=x onerror=alert(1)><script>alert(2)</script>"
    for view in ("script light", "bare dark"):
        assert told[view]["title"].startswith(title)
        assert told[view]["title"].endswith("red \\u202egpj")
    found = seen("search", pages["hostile"], "</script>|onerror=alert(5)")
    assert found["</script>"][0] == "2 of 2 groups"
    assert found["onerror=alert(5)"] == ["1 of 2 groups", 1]


def test_search(pages: dict[str, Path]) -> None:
    """All words must fit; a dash excludes; a number finds a goroutine, wherever it is."""
    told = seen(
        "search", pages["sigquit"], 'relay|#8|runtime gopark main|-gopark|"chan receive"|zzz'
    )
    assert told["all"] == told["cleared"] == "11 groups"
    assert told["relay"] == told["#8"] == told['"chan receive"'] == ["1 of 11 groups", 1]
    assert told["-gopark"][0] == "1 of 11 groups"
    assert told["zzz"] == ["0 of 11 groups", 0]
    told = seen("search", pages["large"], "#15000|audit.(*service).flush|main.")
    assert told["#15000"] == ["1 of 5,001 groups", 1]
    assert 0 < int(told["audit.(*service).flush"][0].split()[0].replace(",", "")) < 1000


@pytest.mark.parametrize(
    ("name", "address", "id_"),
    [
        ("story", "g266900-f3", "g266900-f3"),
        ("sigquit", "g8-f2", "g8-f2"),
        ("several", "d2-g8-f2", "d2-g8-f2"),
        ("sigquit", "g8", "g8"),
    ],
)
def test_permalinks(pages: dict[str, Path], name: str, address: str, id_: str) -> None:
    """A frame of a folded goroutine is unfolded, shown and focused."""
    told = seen("permalink", pages[name], address)
    assert told == {"id": id_, "seen": True, "focused": id_}


def test_a_permalink_to_any_of_many(pages: dict[str, Path]) -> None:
    """Goroutines of a group share its frames."""
    told = seen("permalink", pages["large"], "g15000-f2")
    assert told["seen"]
    assert told["id"].endswith("-f2")
    assert told["focused"] == told["id"]


def test_words_and_arguments_light_each_other(pages: dict[str, Path]) -> None:
    told = seen("linked", pages["story"])
    server = "servAddrstringA  0xc4203d29c0  17 bytesexact"
    assert told["byWord"] == told["byFocus"] == ["0xc4203d29c0", server]
    assert told["byRow"] == ["0xc4203d29c0", "0x11", server]


def test_keys_and_copies(pages: dict[str, Path]) -> None:
    told = seen("keys", pages["story"])
    raw, decoded = told.pop("copies")
    assert told.pop("dark") == "rgb(22, 24, 28)"
    assert told == {
        "filterFocused": "find", "second": "g266900-f1", "back": "g266900", "help": 1,
    }  # fmt: skip
    log = (SAMPLES / "pushd" / "panic.log").read_text("utf-8")
    assert raw in log
    assert "     timeout  time.Duration  15s  exact\n" in decoded


def test_the_script_makes_the_same_elements(pages: dict[str, Path]) -> None:
    """Python and the script write each group alike, byte for byte."""
    for name in ("sigquit", "hostile", "large"):
        told = seen("same", pages[name])
        assert told, name
        for written_, made in told:
            assert written_ == made


@pytest.mark.parametrize("name", ["story", "sigquit", "several", "large"])
def test_accessibility(pages: dict[str, Path], name: str) -> None:
    """axe-core finds nothing at all, light and dark, unfolded, with the help open."""
    for view in seen("axe", pages[name]).values():
        assert view["passed"] > 10
        assert view["violations"] == []


def test_speed(pages: dict[str, Path]) -> None:
    """20,000 goroutines in 5,000 stacks: first paint, scrolling, filtering; in milliseconds."""
    told = seen("speed", pages["large"], "audit.(*service).flush")
    print(told)
    assert told["paint"] <= 2000
    assert max(told["keys"]) <= 50
    for what in ("loading", "scrolling", "filtering", "unfolding"):
        assert max(told[what], default=0) <= 100, (what, told[what])
