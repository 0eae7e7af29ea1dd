"""A page for each code that is no finding: what it means, what gotrace prints, what to do.

An example is what the command prints when the page is made; ``...`` stands for lines left out.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import shlex
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from gotrace.cli import main

ROOT = Path(__file__).resolve().parent.parent
_BEGIN, _END = "<!-- Made by tools/docs.py: -->\n", "<!-- until here. -->\n"
_WIDTH = 100
_MARK = "<!-- not run: tools/docs.py runs it, and --check again -->"


class Told(NamedTuple):
    """What there is to say of a code. ``brief`` stands in the index and begins the page.

    ``sample`` is the command of the example; ``unpack`` the packed program that it has as `app`.
    Where no sample has the code, ``comes`` says when it comes.
    """

    brief: str
    means: str
    todo: str
    sample: str = ""
    comes: str = ""
    unpack: str = ""


def page(title: str, told: Told, whence: str, shown: list[str], behind: str) -> str:
    """The text of a page. ``shown`` is the example, ``behind`` the way back to the index."""
    lines = [f"<!-- Written by tools/docs.py from {whence}. -->", "", f"# {title}", ""]
    lines += [told.means, "", "## Example", ""]
    if told.unpack:
        lines += [f"`app` is `{told.unpack}`, unpacked.", ""]
    if told.sample:
        lines += [_MARK, "```console", f"$ {told.sample}", *shown, "```"]
    else:
        lines += [f"No sample has it. {told.comes}"]
    return "\n".join([*lines, "", "## What to do", "", told.todo, "", behind]) + "\n"


def index(text: str, rows: list[str]) -> str:
    """The shared page, with its list of codes as it is now."""
    head, begun, rest = text.partition(_BEGIN)
    _, ended, behind = rest.partition(_END)
    if not begun or not ended:
        raise SystemExit(f"python tools/docs.py: no place for a list: {_BEGIN}{_END}")
    return "\n".join([head + _BEGIN, *rows, "", _END + behind])


def example(
    told: Told, has: Callable[[Any], bool], shows: Callable[[str], Iterator[str]]
) -> list[str]:
    """What is shown of the output; an error where that is not of the code.

    ``has``: whether a dump of the annotation has the code. ``shows``: the lines of the output.
    """
    if not told.sample:
        return []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "samples").symlink_to(ROOT / "samples")
        if told.unpack:
            (folder / "app").write_bytes(lzma.decompress((ROOT / told.unpack).read_bytes()))
        document = json.loads(_run(f"{told.sample} --format json", folder))
        shown = list(shows(_run(told.sample, folder)))
    if not shown or not any(map(has, document["dumps"])):
        raise SystemExit(f"python tools/docs.py: not in what this prints: {told.sample}")
    return list(_anywhere(shown, (str(ROOT), str(folder))))


def paragraph(lines: list[str], start: int) -> list[str]:
    """A line and those indented below it."""
    end = start + 1
    while end < len(lines) and lines[end].startswith("       "):
        end += 1
    return lines[start:end]


def _anywhere(shown: list[str], places: tuple[str, ...]) -> Iterator[str]:
    """With a folder like a reader's in place of the checkout's: lines break by it too."""
    if not any(place in line for place in places for line in shown):
        yield from shown
        return
    whole = " ".join(line.strip() if i else line for i, line in enumerate(shown) if line != "...")
    for place in places:
        whole = whole.replace(place, "/home/dev/app")
    yield from ("...", *textwrap.wrap(whole, _WIDTH, subsequent_indent=" " * 7), "...")


def _run(command: str, folder: Path) -> str:
    if not command.startswith("gotrace "):
        return _in_shell(command, folder)
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with chdir(folder), redirect_stdout(out), redirect_stderr(io.StringIO()):
        main(shlex.split(command)[1:])
    return out.buffer.getvalue().decode("utf-8")


def _in_shell(command: str, folder: Path) -> str:
    gotrace = f'gotrace() {{ {shlex.quote(sys.executable)} -m gotrace "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", gotrace + command], cwd=folder, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return done.stdout.decode("utf-8")
