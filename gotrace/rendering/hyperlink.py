"""Links of a terminal (OSC 8) from a printed place to the local file, as an editor opens it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TextIO

from gotrace.errors import GotraceError
from gotrace.rendering.files import uri_of

# The forms by which the programs are known to open a file at a line.
EDITORS = {
    "file": "file://{host}{path}",
    "vscode": "vscode://file{path}:{line}:{column}",
    "vscodium": "vscodium://file{path}:{line}:{column}",
    "cursor": "cursor://file{path}:{line}:{column}",
    "idea": "idea://open?file={path}&line={line}&column={column}",
    "goland": "goland://open?file={path}&line={line}&column={column}",
    "macvim": "mvim://open?url=file://{path}&line={line}&column={column}",
    "textmate": "txmt://open?url=file://{path}&line={line}&column={column}",
    "kitty": "file://{host}{path}#{line}",
}


def form_of(option: str, out: TextIO) -> str:
    """The form of ``--hyperlink``; empty for no links. ``auto`` makes them on a terminal only.

    Errors: GotraceError for what is neither a known name nor a form with ``{path}``.
    """
    if option == "auto":
        if not out.isatty() or os.environ.get("TERM") == "dumb":
            return ""
        # The terminal inside the editor opens its own links at the line.
        return EDITORS["vscode" if os.environ.get("TERM_PROGRAM") == "vscode" else "file"]
    if option == "never":
        return ""
    form = EDITORS.get(option, option)
    if "{path}" not in form or not form.isprintable():
        raise GotraceError(
            f"--hyperlink {option}: not known",
            f"auto, never, {', '.join(EDITORS)}, or a form with {{path}}, {{line}}, {{column}}",
        )
    return form


class Links:
    """Makes links to local files. ``local`` finds the file of a printed path."""

    def __init__(self, form: str, local: Callable[[str], str | None]) -> None:
        self._form = form.replace("{host}", _host() if "{host}" in form else "")
        self._local = local
        self._paths: dict[str, str] = {}

    def to(self, file: str, line: int, column: int = 1) -> str:
        """The link; empty where the file is not here. Nothing in it can end the escape."""
        path = self._paths.get(file)
        if path is None:
            found = self._local(file)
            path = "" if found is None else _path(found)
            self._paths[file] = path
        if not path:
            return ""
        shown = self._form.replace("{line}", str(line)).replace("{column}", str(column))
        return shown.replace("{path}", path)


def _path(local: str) -> str:
    return uri_of(os.path.abspath(local)).removeprefix("file://")


def _host() -> str:
    """A terminal that is logged in elsewhere must not open its own file of that name."""
    return "" if sys.platform == "win32" else os.uname().nodename
