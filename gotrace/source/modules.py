"""Import paths to directories: modules, vendor folders, the module cache, GOPATH and GOROOT.

Source: cmd/go/internal/modload, go/build/build.go Import (go1.27.3); golang.org/x/mod/module
(the module cache writes an upper-case letter as `!` and the lower-case one).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from gotrace.patterns import lazy_pattern
from gotrace.source.files import Files
from gotrace.tuples import NamedTuple

_MODULE = lazy_pattern(r'(?m)^[ \t]*module[ \t]+"?([^\s"/][^\s"]*)"?')
_REPLACE = lazy_pattern(
    r'(?m)^[ \t]*(?:replace[ \t]+)?"?([^\s"()]+)"?(?:[ \t]+v\S+)?[ \t]+=>[ \t]+'
    r'"?([^\s"]+)"?(?:[ \t]+(v\S+))?'
)
_REQUIRE = lazy_pattern(r'(?m)^[ \t]*(?:require[ \t]+)?"?([^\s"()]+)"?[ \t]+(v[\w.+-]+)')
_MAJOR = lazy_pattern(r"v[0-9]+")


class Module(NamedTuple):
    """A go.mod file. ``replaced`` maps module paths to a directory, or to ``path@version``."""

    directory: str
    path: str
    required: dict[str, str]
    replaced: dict[str, str]


class Modules:
    """Answers where the package of an import path lies below the roots."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._modules: dict[str, Module | None] = {}
        self._learned: dict[str, str] = {}  # import path to directory, as traces showed them

    def learn(self, path: str, directory: str) -> None:
        """Note that ``directory`` holds the package ``path``, as a trace and a file agree, and with
        it which directory the path's beginning stands for."""
        root = self.root_of(directory)
        while path and directory and root is not None and directory != root:
            self._learned.setdefault(path, directory)
            head, _, last = path.rpartition("/")
            if last != os.path.basename(directory):
                return
            path, directory = head, os.path.dirname(directory)
        if root is not None:
            self._learned.setdefault(path, directory)

    def root_of(self, path: str) -> str | None:
        """The root that ``path`` lies in, the innermost of several."""
        inside = [r for r in self.files.roots if path == r or path.startswith(r.rstrip("/") + "/")]
        return max(inside, key=len, default=None)

    def directories(self, path: str, importer: str = "") -> Iterator[str]:
        """The directories that the import ``path`` may mean, the one Go would take first.

        ``importer`` is the directory of the package that imports it.
        """
        if _unsafe(path):
            return
        for candidate in self._candidates(path, importer):
            directory = os.path.normpath(candidate)
            if self.root_of(directory) is None:  # a `replace` may lead out
                continue
            if any(n.endswith(".go") for n in self.files.listing(directory).files):
                yield directory

    def _candidates(self, path: str, importer: str) -> Iterator[str]:
        ancestors = list(self._ancestors(importer))
        for directory in ancestors:
            if "vendor" in self.files.listing(directory).directories:
                yield os.path.join(directory, "vendor", path)
        module = next(filter(None, map(self.module, ancestors)), None)
        if module:
            yield from self._by_module(module, path)
        for root in self.files.roots:
            at_root = self.module(root)
            if at_root and at_root is not module:
                yield from self._by_module(at_root, path)
        learned = self._by_learning(path)
        if learned:
            yield learned
        for root in self.files.roots:
            yield os.path.join(root, "src", path)
            if not importer or importer.startswith(root):
                yield from self._at_root(root, path)
        if not module:
            yield from self._only_version(path)

    def _at_root(self, root: str, path: str) -> Iterator[str]:
        """Where ``root`` is a GOPATH's or GOROOT's ``src`` itself, or a vendor folder."""
        directories = self.files.listing(root).directories
        if path.partition("/")[0] in directories and (
            "runtime" in directories or "." in path.partition("/")[0]
        ):
            yield os.path.join(root, path)
        if "." in path.partition("/")[0]:
            yield os.path.join(root, "vendor", path)
            yield os.path.join(root, "src", "vendor", path)

    def _ancestors(self, directory: str) -> Iterator[str]:
        root = self.root_of(directory) if directory else None
        while root is not None and len(directory) >= len(root):
            yield directory
            directory = os.path.dirname(directory)

    def _by_module(self, module: Module, path: str) -> Iterator[str]:
        rest = behind(module.path, path)
        if rest is not None:
            yield os.path.join(module.directory, rest)
        names = [m for m in (*module.replaced, *module.required) if behind(m, path) is not None]
        for name in sorted(set(names), key=len, reverse=True):
            rest = behind(name, path) or ""
            target = module.replaced.get(name) or f"{name}@{module.required.get(name, '')}"
            if "@" in target:
                yield from (os.path.join(d, rest) for d in self.cached(target))
            else:
                yield os.path.normpath(os.path.join(module.directory, target, rest))

    def cached(self, versioned: str) -> Iterator[str]:
        """Directories of ``module@version`` in a module cache below the roots."""
        for root in self.files.roots:
            for cache in (os.path.join(root, "pkg", "mod"), root):
                yield os.path.join(cache, escape(versioned))

    def _by_learning(self, path: str) -> str | None:
        head, tail = path, ""
        while head:
            if head in self._learned:
                return os.path.join(self._learned[head], tail)
            head, _, last = head.rpartition("/")
            tail = os.path.join(last, tail) if tail else last
        return None

    def _only_version(self, path: str) -> Iterator[str]:
        """In the module cache, where no go.mod says which version: if there is one only."""
        parts = path.split("/")
        for cut in range(len(parts), 0, -1):
            head, rest = "/".join(parts[:cut]), "/".join(parts[cut:])
            for parent in self.cached(os.path.dirname(head)):
                start = escape(os.path.basename(head)) + "@"
                names = self.files.listing(parent).directories
                versions = [n for n in names if n.startswith(start)]
                if len(versions) == 1:
                    yield os.path.join(parent, versions[0], rest)

    def place_in_module(self, directory: str) -> str | None:
        """Where ``directory`` lies in its module, or its vendor folder; None where there is none.
        The module may begin above the roots."""
        head, vendor, rest = f"{directory}/".rpartition("/vendor/")
        if vendor and head:
            return rest.rstrip("/")
        above, parts = directory, list[str]()
        while (module := self.module(above)) is None:
            above, last = os.path.split(above)
            if not last:
                return None
            parts.append(last)
        return "/".join(reversed(parts)) if module.path != "std" else None

    def module(self, directory: str) -> Module | None:
        """The module whose go.mod stands in ``directory``."""
        if directory not in self._modules:
            self._modules[directory] = self._read(directory)
        return self._modules[directory]

    def _read(self, directory: str) -> Module | None:
        if "go.mod" not in self.files.listing(directory).files:
            return None
        data = self.files.read(os.path.join(directory, "go.mod"))
        text = re.sub(r"//[^\n]*", "", (data or b"").decode("utf-8", "replace"))
        name = _MODULE.search(text)
        if name is None:
            return None
        replaced = {
            old: new if not version else f"{new}@{version}"
            for old, new, version in _REPLACE.findall(text)
        }
        return Module(directory, name[1], dict(_REQUIRE.findall(text)), replaced)


def behind(module: str, path: str) -> str | None:
    """What follows ``module`` in ``path``; None where it is not of that module."""
    if path == module:
        return ""
    return path[len(module) + 1 :] if path.startswith(f"{module}/") else None


def escape(path: str) -> str:
    """As the module cache spells it."""
    return re.sub(r"[A-Z]", lambda m: "!" + m[0].lower(), path)


def unescape(path: str) -> str:
    """As imports spell it."""
    return re.sub(r"!([a-z])", lambda m: m[1].upper(), path)


def _unsafe(path: str) -> bool:
    return not path or path.startswith(("/", "./", "../")) or ".." in path.split("/")
