"""``go run`` and ``go test``: the programs that they build, run and delete."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

LONGEST = 300  # seconds that a build may take
# What `go run -exec` starts in place of the program: it keeps a link to it.
_KEEPER = """#!/bin/sh
ln "$1" {folder} 2>/dev/null || cp "$1" {folder} 2>/dev/null
exec "$@"
"""


def builds(command: Sequence[str]) -> bool:
    """Whether it is the go command, which builds from the source that is here."""
    return _is_go(command, "run") or is_go_test(command)


def _is_go(command: Sequence[str], what: str) -> bool:
    return os.path.basename(command[0]) in {"go", "go.exe"} and what in command[1:2]


def is_go_test(command: Sequence[str]) -> bool:
    """Whether it is `go test …`, whose programs write to a pipe of its own."""
    return _is_go(command, "test")


def keeping(command: Sequence[str], folder: str) -> list[str]:
    """The command that also keeps its program in ``folder``: of `go run`, the program is gone
    before anyone can look at it. `go test` is left as it is: with -exec it would cache nothing."""
    if not _is_go(command, "run") or any(a.lstrip("-").startswith("exec") for a in command):
        return list(command)
    keeper = os.path.join(folder, "keep")
    inside = os.path.join(folder, "programs")
    os.mkdir(inside)
    with open(keeper, "w", encoding="utf-8") as file:
        file.write(_KEEPER.format(folder=_quoted(inside)))
    os.chmod(keeper, 0o700)
    return [*command[:2], "-exec", keeper, *command[2:]]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def kept(command: Sequence[str], folder: str) -> list[str]:
    """The programs of a command that has ended: those that were kept, or are built again from the
    go command's cache, by the same command with -c."""
    inside = os.path.join(folder, "programs")
    if is_go_test(command):
        _build_tests(command, inside)
    if not os.path.isdir(inside):
        return []
    return [os.path.join(inside, name) for name in sorted(os.listdir(inside))]


def _build_tests(command: Sequence[str], inside: str) -> None:
    arguments = [a for a in command[2:] if a not in {"-json", "--json"}]
    if "-args" in arguments:
        arguments = arguments[: arguments.index("-args")]
    os.mkdir(inside)
    for target in (inside + os.sep, os.path.join(inside, "package.test")):
        build = [command[0], "test", "-c", "-o", target, *arguments]
        done = subprocess.run(build, capture_output=True, check=False, timeout=LONGEST)
        if done.returncode == 0:  # before go1.21 a folder is no place for it
            return
