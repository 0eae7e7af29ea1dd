"""The code blocks of the docs, and how each is run.

A `console` block holds commands behind `$ ` and what they print; a line `...` stands for any lines,
`…` at the end of a line for the rest of it. An `sh` block holds commands. A comment
`<!-- not run: why -->` above a block says that it is not run.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from gotrace.cli import main
from tests.evidence import ROOT

DOCS = ROOT / "docs"
_FENCE = re.compile(
    r"^(?:<!-- not run: (?P<why>[^\n]+) -->\n)?```(?P<language>\w*)(?P<options>[^\n]*)\n"
    r"(?P<text>.*?)^```$",
    re.M | re.S,
)
# What only a shell can do.
_SHELL = re.compile(r"[|<>;&*$`]")


class Block(NamedTuple):
    """``why`` it is not run, empty where it is; ``start`` and ``end`` of its text in the page."""

    page: Path
    line: int
    language: str
    options: str
    text: str
    why: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.page.relative_to(DOCS)}:{self.line}"


def pages() -> list[Path]:
    """All pages of the site."""
    found = [p for p in sorted(DOCS.rglob("*.md")) if "changes.d" not in p.parts]
    assert len(found) > 40
    return found


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page."""
    text = page.read_text("utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(
            page, line, found["language"], found["options"].strip(), found["text"],
            found["why"] or "", *found.span("text"),
        )  # fmt: skip


def sessions(text: str) -> list[tuple[str, str]]:
    """Each command of a console with what it prints; a command may go on behind a backslash."""
    parts = re.split(r"^\$ ((?:[^\n]*\\\n)*[^\n]*)\n", text, flags=re.M)
    assert parts[0] == "", "a console begins with a command"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def fits(expected: str, printed: str) -> bool:
    """Whether this is what the page shows, where that leaves out nothing but what it says."""
    lines = [re.escape(line) for line in expected.splitlines()]
    lines = [re.sub("…$", "[^\n]*", line) for line in lines]
    pattern = "".join("(?:[^\n]*\n)*?" if line == r"\.\.\." else f"{line}\n" for line in lines)
    return re.fullmatch(pattern, printed) is not None


def run(command: str, folder: Path) -> tuple[int, str]:
    """The exit code and what the command prints on stdout; what it says of files is not shown."""
    command = command.replace("\\\n", " ")
    if command.startswith("gotrace ") and not _SHELL.search(shlex.quote("").join(_bare(command))):
        return _called(shlex.split(command, comments=True)[1:], folder)
    shim = folder / "bin" / "gotrace"
    if not shim.exists():
        shim.parent.mkdir(exist_ok=True)
        shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m gotrace "$@"\n')
        shim.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": f"{shim.parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return done.returncode, done.stdout


def _bare(command: str) -> list[str]:
    """What stands outside of quotes."""
    return re.split(r"'[^']*'", command)


def _called(arguments: list[str], folder: Path) -> tuple[int, str]:
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with inside(folder), redirect_stdout(out), redirect_stderr(io.StringIO()):
        try:
            code = main(arguments)
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 2
    out.flush()
    return code, out.buffer.getvalue().decode()  # type: ignore[attr-defined]


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
