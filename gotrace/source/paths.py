"""Paths in a trace to files below the roots.

A trace names the files of the machine that built the program. What it says is tried from the most
to the least telling: the user's own maps, the path itself, the module and version in it, the import
path of the function, its ending below a root, and at last the names of all files below the roots.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

from gotrace.names import is_standard, split_name
from gotrace.patterns import lazy_pattern
from gotrace.source.modules import Modules, behind, escape, unescape

_DRIVE = lazy_pattern(r"^[A-Za-z]:/")
_VERSION = lazy_pattern(r"^(?:.*/pkg/mod/)?((?:[^/@]+/)*[^/@]+)@(v[^/]+)/(.+)$")
_MAIN = frozenset({"", "main", "command-line-arguments"})


class PathMapper:
    """Finds candidates for a printed path. ``maps`` are (FROM, TO) pairs; the longest FROM wins."""

    def __init__(self, modules: Modules, maps: Iterable[tuple[str, str]]) -> None:
        self.modules = modules
        self.files = modules.files
        self.maps = sorted(
            ((slashed(old).rstrip("/"), new) for old, new in maps), key=lambda m: -len(m[0])
        )

    def candidates(self, printed: str, function: str | None = None) -> Iterator[list[str]]:
        """Local files that ``printed`` may be, in groups: a later group counts only where nothing
        in an earlier one fits, and of one group only one file may fit.

        ``function`` is the printed name of the function that stands there, where known.
        """
        path = slashed(printed)
        mapped = self._mapped(path)
        if mapped:
            yield [mapped]
        parts = _parts(path)
        if not parts:
            return
        if self._inside(path):
            yield [os.path.normpath(path)]
        yield from self._versioned("/".join(parts))
        if function is not None and is_standard(function):
            package = split_name(function).package or "runtime"
            yield self._standard(f"{package.removesuffix('_test')}/{parts[-1]}")
            yield self._standard("/".join(parts).rpartition("src/")[2])  # linked from elsewhere
            return
        package = split_name(function or "").package or ""
        yield self._by_package(package, parts[-1])
        if not path.startswith("/") and not _DRIVE.match(path):  # -trimpath: the import path
            yield self._by_package("/".join(parts[:-1]), parts[-1])
        known = package.removesuffix("_test") if package not in _MAIN else "/".join(parts[:-1])
        if function is None:
            known = ""
        for group in (*self._endings(parts), *self._anywhere(parts)):
            yield [p for p in group if self._may_be_of(os.path.dirname(p), known)]

    def _may_be_of(self, directory: str, package: str) -> bool:
        """Whether a package, or a directory, called ``package`` may be the local ``directory``:
        whatever a module is called and wherever it lies, inside it paths are the same."""
        place = self.modules.place_in_module(directory) if package else None
        return not place or f"/{package}".endswith(f"/{place}")

    def _mapped(self, path: str) -> str | None:
        for old, new in self.maps:
            rest = behind(old, path) if old else path
            if rest is None or ".." in rest.split("/"):
                continue
            local = os.path.join(new, rest) if rest else new
            if self.files.exists(local):
                return local
        return None

    def _inside(self, path: str) -> bool:
        """Whether ``path`` itself is a file below a root."""
        normal = os.path.normpath(path)
        return self.modules.root_of(normal) is not None and self.files.exists(normal)

    def _versioned(self, path: str) -> Iterator[list[str]]:
        """``…/pkg/mod/module@version/file`` and, with -trimpath, ``module@version/file``."""
        match = _VERSION.match(path)
        if match is None:
            return
        module, version, rest = unescape(match[1]), match[2], match[3]
        yield self._real(os.path.join(d, rest) for d in self.modules.cached(f"{module}@{version}"))
        local = [os.path.join(root, "vendor", module, rest) for root in self.files.roots]
        local += [os.path.join(root, "src", module, rest) for root in self.files.roots]
        for root in self.files.roots:
            own = self.modules.module(root)
            if own and own.path == module:
                local.append(os.path.join(root, rest))
        yield self._real(local)

    def _by_package(self, package: str, name: str) -> list[str]:
        """By the import path of the function's package."""
        if package in _MAIN:
            return []
        directories = self.modules.directories(package.removesuffix("_test"))
        return self._real(os.path.join(d, name) for d in directories)

    def _standard(self, path: str) -> list[str]:
        """In a GOROOT only: a root, its ``src``, or a folder of several (``sdk/go1.23``)."""
        found = []
        for root in self.files.roots:
            directories = self.files.listing(root).directories
            if "runtime" in directories:
                found.append(os.path.join(root, path))
            found.append(os.path.join(root, "src", path))
            found += [os.path.join(root, d, "src", path) for d in sorted(directories)]
            found += [os.path.join(root, d, "go", "src", path) for d in sorted(directories)]
        return self._real(found)

    def _endings(self, parts: Sequence[str]) -> Iterator[list[str]]:
        """The longest ending of the path that exists below a root. A bare name says too little for
        that: it waits for all the others of the same name."""
        for start in range(len(parts) - 1):
            found = self._real(os.path.join(root, *parts[start:]) for root in self.files.roots)
            if found:
                yield found

    def _anywhere(self, parts: Sequence[str]) -> Iterator[list[str]]:
        """Files of that name anywhere, those first whose path ends most alike."""
        ranked: dict[int, list[str]] = {}
        for root in self.files.roots:
            for path in self.files.named(root, parts[-1]):
                ranked.setdefault(_common_end(parts, path.split("/")), []).append(path)
        for length in sorted(ranked, reverse=True):
            yield self._real(ranked[length])

    def _real(self, paths: Iterable[str]) -> list[str]:
        return _distinct(p for p in map(os.path.normpath, paths) if self.files.exists(p))


def slashed(path: str) -> str:
    """With forward slashes."""
    return path.replace("\\", "/")


def _parts(path: str) -> tuple[str, ...]:
    """The elements of a printed path; none where it leads upwards or names nothing."""
    path = _DRIVE.sub("", path)
    parts = tuple(p for p in path.split("/") if p not in {"", "."})
    if parts and parts[0] in {"_", "command-line-arguments"}:  # GOPATH mode, files as arguments
        parts = parts[1:]
    return () if ".." in parts or "\0" in path else parts


def _common_end(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b and escape(a) != b:
            break
        count += 1
    return count


def _distinct(paths: Iterable[str]) -> list[str]:
    """Each file once, whatever names lead to it."""
    return list({os.path.realpath(p): p for p in reversed(list(paths))}.values())[::-1]
