"""Long output on a terminal goes through a pager, as that of git does.

$GOTRACE_PAGER, else $PAGER, else `less`; an empty one and `cat` are none. It is started only when
there is more than the screen holds.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO, cast

from gotrace.patterns import lazy_pattern

if TYPE_CHECKING:
    from subprocess import Popen

LINKS = 566  # since this release less passes links on (its NEWS)
_LINK = lazy_pattern(r"\x1b\]8;[^\x1b]*\x1b\\")
_ESCAPE = lazy_pattern(r"\x1b\[[0-9;]*m")


@contextmanager
def paged(out: TextIO, *, wanted: bool) -> Iterator[TextIO]:
    """Where to write instead of ``out``. When the reader quits the pager, the rest is left out."""
    command = pager() if wanted and out.isatty() else ""
    if not command:
        yield out
        return
    screen = _Screen(out, command)
    try:
        yield cast(TextIO, screen)
    except BrokenPipeError:
        if not screen.paging:
            raise
    finally:
        screen.close()


def pager() -> str:
    """The command of the pager; empty for none."""
    if os.environ.get("TERM") == "dumb":
        return ""
    found = os.environ.get("GOTRACE_PAGER", os.environ.get("PAGER", "less")).strip()
    return "" if found == "cat" else found


class _Screen:
    """Keeps what is written until it is clear whether it fits."""

    def __init__(self, out: TextIO, command: str) -> None:
        self._out = out
        self._command = command
        try:
            self._columns, self._lines = os.get_terminal_size(out.fileno())
        except (OSError, ValueError):
            self._columns, self._lines = 80, 24
        self._kept: list[str] = []
        self._rows = 0
        self._links = True
        self._process: Popen[str] | None = None

    @property
    def paging(self) -> bool:
        """Whether the pager runs."""
        return self._process is not None

    def write(self, text: str) -> int:
        """As a file does."""
        if self._process is None:
            self._kept.append(text)
            self._rows += self._height(text)
            # The prompt of the shell takes a line; a screen of unknown height holds everything.
            if 0 < self._lines <= self._rows:
                self._start()
        elif self._process.stdin is not None:
            self._process.stdin.write(text if self._links else _LINK.sub("", text))
        return len(text)

    def flush(self) -> None:
        """As a file does; the pager gets the text when it is started."""

    def isatty(self) -> bool:
        """What it is shown on."""
        return True

    def _height(self, text: str) -> int:
        """How many rows the lines that end in ``text`` take."""
        width = max(1, self._columns)
        lines = _ESCAPE.sub("", _LINK.sub("", text)).split("\n")
        return sum(max(1, -(-len(line) // width)) for line in lines[:-1])

    def _start(self) -> None:
        import shlex  # noqa: PLC0415 - only for long output
        import shutil  # noqa: PLC0415
        from subprocess import PIPE, Popen  # noqa: PLC0415

        try:
            words = shlex.split(self._command)
        except ValueError:
            words = []
        if not words or shutil.which(words[0]) is None:
            self._lines = 0  # there is none: all of it goes to the screen
            return
        self._links = _passes_links(words[0])
        environment = {"LESS": "FRX", "LV": "-c", **os.environ}
        self._process = Popen(
            self._command,
            shell=True,
            stdin=PIPE,
            env=environment,
            encoding=self._out.encoding,
            errors="backslashreplace",
        )
        kept, self._kept = self._kept, []
        for text in kept:
            self.write(text)

    def close(self) -> None:
        """Show what was kept, or wait until the reader is done."""
        if self._process is None:
            self._out.write("".join(self._kept))
            return
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        while True:
            try:
                self._process.wait()
                return
            except KeyboardInterrupt:  # it is the pager's to act on
                continue


def _passes_links(command: str) -> bool:
    from subprocess import DEVNULL, PIPE, run  # noqa: PLC0415 - only for long output

    if os.path.basename(command) != "less":
        return False
    told = run([command, "--version"], stdout=PIPE, stderr=DEVNULL, stdin=DEVNULL, check=False)
    match = re.match(rb"less (\d+)", told.stdout)
    return match is not None and int(match[1]) >= LINKS
