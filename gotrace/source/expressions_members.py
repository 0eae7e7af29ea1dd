"""Functions, methods and variables of a package, found where an expression names them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from gotrace.source.gofile import Declared, GoFile
from gotrace.source.packages import Library, Package
from gotrace.source.scopes import Scope
from gotrace.source.syntax import Syntax
from gotrace.tuples import NamedTuple


class Member(NamedTuple):
    """A function with the scope that its types stand in."""

    declared: Declared
    scope: Scope


class Variable(NamedTuple):
    """A package variable: its spec, its place among the spec's names, and where that stands."""

    spec: Syntax
    place: int
    scope: Scope


class Members:
    """Looks into files only where their text shows that they may declare what is sought."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._files: dict[str, tuple[GoFile, ...]] = {}
        self._functions: dict[tuple[str, str, str], Member | None] = {}
        self._variables: dict[tuple[str, str], Variable | None] = {}

    def function(self, package: Package, name: str, receiver: str = "") -> Member | None:
        """A function, or the method of the type ``receiver``; None where it is not found."""
        key = (package.directory, receiver, name)
        if key not in self._functions:
            self._functions[key] = next(self._sought(package, name, receiver), None)
        return self._functions[key]

    def _sought(self, package: Package, name: str, receiver: str) -> Iterator[Member]:
        # go1.18 and later: the receiver's type may have parameters.
        head = rb"\([^)]*\b" + receiver.encode() + rb"\b[^)]*\)[ \t]*" if receiver else rb""
        pattern = re.compile(rb"(?m)^func[ \t]*" + head + name.encode() + rb"[ \t]*[(\[]")
        for file in self.files(package):
            if not pattern.search(file.data):
                continue
            for declared in file.functions:
                if declared.name == name and (declared.receiver or "") == receiver:
                    yield Member(declared, Scope(file, package))

    def variable(self, package: Package, name: str) -> Variable | None:
        """A package variable; None where it is not found."""
        key = (package.directory, name)
        if key not in self._variables:
            self._variables[key] = next(self._variable(package, name), None)
        return self._variables[key]

    def _variable(self, package: Package, name: str) -> Iterator[Variable]:
        word = re.compile(rb"(?m)^(?:var\b|[ \t]).*(?<!\w)" + name.encode() + rb"(?!\w)")
        for file in self.files(package):
            if not word.search(file.data):
                continue
            for declaration in file.variables:
                for spec in declaration.descendants(frozenset({"var_spec"}), outermost=True):
                    for place, node in enumerate(spec.fields("name")):
                        if node.text == name:
                            yield Variable(spec, place, Scope(file, package))

    def files(self, package: Package) -> tuple[GoFile, ...]:
        """The files of a package that the build may take."""
        if package.directory not in self._files:
            self._files[package.directory] = tuple(self._read(package))
        return self._files[package.directory]

    def _read(self, package: Package) -> Iterator[GoFile]:
        if not package.directory:
            return
        for name in sorted(self._library.files.listing(package.directory).files):
            if not name.endswith(".go") or name.endswith("_test.go"):
                continue
            file = self._library.file(os.path.join(package.directory, name))
            if file is None or file.package != package.name:
                continue
            if self._library.build.takes(name, file.head) is not False:
                yield file
