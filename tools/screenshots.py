"""Make the pictures of the docs: ``python tools/screenshots.py [NAME ...]``.

Needs ``pip install '.[docs]'``, node, ``npm ci`` in tests/browser, and Chromium (CHROMIUM names it,
else it is on PATH). The pictures of VS Code are made by tests/editors/vscode.sh, which says what it
needs.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
BROWSER = ROOT / "tests" / "browser"
MOST = 200_000  # bytes of a picture

STORY = ("--source", "samples/culprit/src", "samples/pushd/panic.log")
# Of a terminal with a dark page; the codes are those of rendering/style.py.
COLOURS = {"31": "#ff7b72", "33": "#e3b341", "34": "#79c0ff", "35": "#d2a8ff", "36": "#7ee0d2"}
PAGE = """\
<!doctype html><meta charset="utf-8"><title>terminal</title>
<style>
body {{ margin: 0; background: #fff0; }}
#window {{ display: inline-block; background: #0f1318; color: #d7dde4;
  border: 1px solid #39424e; overflow: hidden; }}
#bar {{ background: #1c232b; height: 28px; display: flex; align-items: center; gap: 7px;
  padding: 0 12px; }}
#bar i {{ width: 11px; height: 11px; border-radius: 50%; background: #4a5562; }}
pre {{ margin: 0; padding: 12px 18px 16px; font: 14px/1.42 "DejaVu Sans Mono", monospace; }}
.dim {{ color: #8b97a5; }}
b {{ font-weight: 700; }}
.typed {{ color: #fff; }}
</style>
<div id="window"><div id="bar"><i></i><i></i><i></i></div><pre>{text}</pre></div>
"""


def main() -> int:
    """The exit code."""
    wanted = sys.argv[1:] or list(MAKERS)
    unknown = [name for name in wanted if name not in MAKERS]
    if unknown:
        print(f"no such picture: {', '.join(unknown)} (known: {', '.join(MAKERS)})")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        for name in wanted:
            for picture in MAKERS[name](Path(folder)):
                flattened(picture)
                size = picture.stat().st_size
                print(f"{picture.relative_to(ROOT)}  {size:,} bytes")
                assert size <= MOST, f"{picture} is too large"
    return 0


def flattened(picture: Path) -> None:
    """Leave it 256 colours: text needs no more, and the file is a third."""
    with Image.open(picture) as image:
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


def terminal(folder: Path) -> Iterator[Path]:
    """What `gotrace annotate` prints on a terminal."""
    command = ("annotate", *STORY)
    printed = gotrace(*command, "--color", "always")
    shown = re.split(r"\n\n(?=(?:\x1b\[[\d;]*m)?note )", printed)[0]
    typed = f'<span class="dim">$</span> <span class="typed">gotrace {" ".join(command)}</span>\n'
    page = folder / "terminal.html"
    page.write_text(PAGE.format(text=typed + coloured(shown)), "utf-8")
    yield from taken({"file": str(page), "name": "terminal", "width": 1000, "of": "#window"})


def report(folder: Path) -> Iterator[Path]:
    """The HTML report, light and dark."""
    page = folder / "report.html"
    gotrace("annotate", "--format", "html", "-o", str(page), *STORY)
    for scheme in ("light", "dark"):
        yield from taken(
            {"file": str(page), "name": f"report-{scheme}", "width": 1200, "height": 900,
             "scheme": scheme},
        )  # fmt: skip


def vscode(folder: Path) -> Iterator[Path]:
    """The extension in VS Code."""
    done = subprocess.run(
        ["bash", str(ROOT / "tests" / "editors" / "vscode.sh")],
        env={**os.environ, "GOTRACE_EDITOR_LOGS": str(folder)}, text=True,
        stdout=subprocess.PIPE, check=False,
    )  # fmt: skip
    if done.returncode == 77:
        print(done.stdout.strip().rpartition("\n")[2])
        return
    assert done.returncode == 0, done.stdout
    for name in ("vscode-log.png", "vscode-source.png"):
        shutil.copy(folder / name, IMAGES / name)
        yield IMAGES / name


def gotrace(*arguments: str) -> str:
    """What the command prints."""
    return subprocess.run(
        [sys.executable, "-m", "gotrace", *arguments],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
    ).stdout  # fmt: skip


def coloured(text: str) -> str:
    """Text with the colours of a terminal as HTML."""
    parts = re.split(r"\x1b\[([\d;]*)m", text)
    shown = html.escape(parts[0])
    for codes, piece in zip(parts[1::2], parts[2::2], strict=True):
        styles = codes.split(";")
        inner = html.escape(piece)
        if "2" in styles:
            inner = f'<span class="dim">{inner}</span>'
        for colour in (COLOURS[code] for code in styles if code in COLOURS):
            inner = f'<span style="color: {colour}">{inner}</span>'
        shown += f"<b>{inner}</b>" if "1" in styles else inner
    return shown


def taken(wanted: dict[str, object]) -> Iterator[Path]:
    """The picture of a page, by Chromium."""
    out = IMAGES / f"{wanted.pop('name')}.png"
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or "google-chrome"
    subprocess.run(
        ["node", str(BROWSER / "picture.mjs"), json.dumps([{**wanted, "out": str(out)}])],
        env={**os.environ, "CHROMIUM": chromium}, check=True,
    )  # fmt: skip
    yield out


MAKERS: dict[str, Callable[[Path], Iterator[Path]]] = {
    "terminal": terminal,
    "report": report,
    "vscode": vscode,
}

if __name__ == "__main__":
    sys.exit(main())
