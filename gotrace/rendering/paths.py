"""Paths and package names, shortened to what tells them apart."""

from __future__ import annotations

from collections.abc import Iterable

from gotrace.names import split_name


def shorten(paths: Iterable[str]) -> dict[str, str]:
    """Each path with as few of its last elements as keep it different from the others."""
    found: dict[str, str] = {}
    pending = dict.fromkeys(paths)
    for depth in range(1, 32):
        short: dict[str, list[str]] = {}
        for path in pending:
            short.setdefault(_last(path, depth), []).append(path)
        found |= {paths[0]: text for text, paths in short.items() if len(paths) == 1}
        whole = {p for p in pending if _last(p, depth) == p}
        pending = {p: None for p in pending if p not in found}
        found |= {p: p for p in pending if p in whole}
        pending = {p: None for p in pending if p not in whole}
        if not pending:
            return found
    return found | {p: p for p in pending}


def _last(path: str, depth: int) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-depth:])


class ShortNames:
    """Short forms of all functions and files of a dump. Built once, then only asked."""

    def __init__(self, functions: Iterable[str], files: Iterable[str]) -> None:
        packages = (split_name(f).package for f in functions)
        self._packages = shorten(p for p in packages if p is not None)
        self._files = shorten(files)

    def function(self, function: str) -> str:
        """``gocmpp.(*Client).Connect``."""
        name = split_name(function)
        if name.package is None:
            return function
        return f"{self._packages.get(name.package, name.package)}.{name.local}"

    def file(self, file: str) -> str:
        """``client.go``, or with as many folders as needed."""
        return self._files.get(file, file)
