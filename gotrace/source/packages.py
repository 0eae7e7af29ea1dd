"""A package: the files of one directory that a build takes, and where in them a name is declared.

Files are read when a name is first sought in the package, and parsed only where the text shows
that the name may be declared there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from gotrace.source.build import Build
from gotrace.source.files import Files
from gotrace.source.gofile import ConstantDeclaration, Declared, GoFile, TypeDeclaration
from gotrace.tuples import NamedTuple

_Declaration = TypeVar("_Declaration", TypeDeclaration, ConstantDeclaration)


class _Member(NamedTuple):
    """``taken``: whether the build takes the file; None where that is not known."""

    file: GoFile
    taken: bool | None


class Library:
    """All files and packages that were looked at."""

    def __init__(self, files: Files, build: Build, read: dict[str, GoFile | None]) -> None:
        self.files = files
        self.build = build
        self._files = read  # outlives the library: what is parsed stays so for other builds
        self._packages: dict[tuple[str, str, bool], Package] = {}

    def file(self, path: str) -> GoFile | None:
        """The Go file at ``path``; None where it cannot be read."""
        if path not in self._files:
            data = self.files.read(path)
            self._files[path] = None if data is None else GoFile(path, data)
        return self._files[path]

    def package_of(self, file: GoFile, path: str | None) -> Package:
        """The package that ``file`` belongs to; ``path`` is its import path where known."""
        tests = file.path.endswith("_test.go")
        key = (os.path.dirname(file.path), file.package, tests)
        found = self._packages.get(key)
        if found is None:
            found = self._packages[key] = Package(self, *key, path)
        elif found.path is None:
            found.path = path
        return found

    def package_in(self, directory: str, path: str | None) -> Package | None:
        """The package that importing ``path`` takes from ``directory``, if there is one."""
        for name in sorted(self.files.listing(directory).files):
            if not name.endswith(".go") or name.endswith("_test.go"):
                continue
            file = self.file(os.path.join(directory, name))
            if file and self.build.takes(name, file.head) is not False and file.package:
                return self.package_of(file, path)
        return None


class Package:
    """What one package declares. ``directory`` is empty for one that comes from a text."""

    def __init__(
        self, library: Library, directory: str, name: str, tests: bool, path: str | None
    ) -> None:
        self.directory = directory
        self.name = name
        self.path = path
        self._library = library
        self._tests = tests
        self._members: tuple[_Member, ...] | None = None
        self._types: dict[str, tuple[TypeDeclaration, ...]] = {}
        self._constants: dict[str, tuple[ConstantDeclaration, ...]] = {}

    @classmethod
    def of_text(cls, library: Library, file: GoFile, path: str) -> Package:
        """A package that consists of one text."""
        package = cls(library, "", file.package, False, path)
        package._members = (_Member(file, True),)
        return package

    def types(self, name: str) -> tuple[TypeDeclaration, ...]:
        """The declarations of a type; several where files for different builds have one each."""
        if name not in self._types:
            found = self._declarations(name, rb"type", lambda file: file.types)
            self._types[name] = tuple(found)
        return self._types[name]

    def constants(self, name: str) -> tuple[ConstantDeclaration, ...]:
        """The declarations of a constant."""
        if name not in self._constants:
            found = self._declarations(name, rb"const", lambda file: file.constants)
            self._constants[name] = tuple(found)
        return self._constants[name]

    def bodiless(self, name: str) -> Declared | None:
        """The function ``name`` without a body, which assembly implements."""
        pattern = re.compile(rb"(?m)^func[ \t]+" + re.escape(name.encode()) + rb"\(")
        for member in self._all():
            if pattern.search(member.file.data) and member.taken is not False:
                for function in member.file.functions:
                    if function.name == name and function.node.field("body") is None:
                        return function
        return None

    def _all(self) -> tuple[_Member, ...]:
        if self._members is None:
            self._members = tuple(self._read())
        return self._members

    def _read(self) -> Iterator[_Member]:
        for name in sorted(self._library.files.listing(self.directory).files):
            if not name.endswith(".go") or (name.endswith("_test.go") and not self._tests):
                continue
            file = self._library.file(os.path.join(self.directory, name))
            if file is None or file.package != self.name:
                continue
            taken = self._library.build.takes(name, file.head)
            if taken is not False:
                yield _Member(file, taken)

    def _declarations(
        self, name: str, keyword: bytes, table: Callable[[GoFile], dict[str, _Declaration]]
    ) -> Iterator[_Declaration]:
        """Declarations behind the keyword first; in a group, or elsewhere, only where none is
        certain yet, for any indented line looks like one."""
        word = rb"(?<!\w)" + re.escape(name.encode("utf-8", "surrogateescape")) + rb"(?!\w)"
        likely = re.compile(rb"(?m)^" + keyword + rb"[ \t]+" + word)
        possible = re.compile(rb"(?m)^[ \t]*(?:\w+[ \t]*,[ \t]*)*" + word)
        found: dict[int, _Declaration] = {}
        for pattern in (likely, possible, re.compile(word)):
            for member in self._all():
                if id(member.file) not in found and pattern.search(member.file.data):
                    declared = table(member.file).get(name)
                    if declared:
                        found[id(member.file)] = declared
                        if member.taken:
                            return iter((declared,))
            if found and pattern is possible:
                break
        return iter(found.values())
