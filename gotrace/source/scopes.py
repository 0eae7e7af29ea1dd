"""Where a name is declared: its own package, dot imports, the package in front of the dot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gotrace.signatures.paths import package_names
from gotrace.signatures.stdtypes import CONSTANTS, STANDARD
from gotrace.source.gofile import GoFile
from gotrace.source.modules import Modules
from gotrace.source.packages import Library, Package
from gotrace.tuples import NamedTuple
from gotrace.types import GoType


class Scope(NamedTuple):
    """Where a type expression stands.

    ``bound`` are type parameters and what they are; ``hidden`` the names of types and constants
    that a function declares for itself: what they are is not looked up.
    """

    file: GoFile
    package: Package
    bound: Mapping[str, GoType] = {}
    hidden: frozenset[str] = frozenset()


class Scopes:
    """Finds packages by what a file imports; each import path is looked for once per importer."""

    def __init__(self, library: Library, modules: Modules) -> None:
        self.library = library
        self.modules = modules
        self._found: dict[tuple[str, str], Package | None] = {}
        self._built_in: dict[str, Package | None] = {}

    def package(self, path: str, importer: str) -> Package | None:
        """The package of an import path: below the roots, else as far as the table of the
        standard library's types knows it."""
        key = (path, importer)
        if key not in self._found:
            self._found[key] = self._below_roots(path, importer) or self._table(path)
        return self._found[key]

    def _below_roots(self, path: str, importer: str) -> Package | None:
        for directory in self.modules.directories(path, importer):
            package = self.library.package_in(directory, path)
            if package is not None:
                return package
        return None

    def _table(self, path: str) -> Package | None:
        if path not in self._built_in:
            self._built_in[path] = None
            types, constants = STANDARD.get(path), CONSTANTS.get(path)
            if types is not None or constants is not None:
                name = package_names(path)[0]
                text = f"package {name}\ntype ({_lines(types)}\n)\nconst ({_lines(constants)}\n)\n"
                file = GoFile(path, text.encode())
                self._built_in[path] = Package.of_text(self.library, file, path)
        return self._built_in[path]

    def qualified(self, qualifier: str, scope: Scope) -> Package | None:
        """The package that ``qualifier`` names in this file."""
        if not scope.package.directory and scope.package.path:  # the table has no imports
            return self._table(_standard_path(qualifier))
        for path in self._imported(qualifier, scope):
            return self.package(path, scope.package.directory)
        return None

    def _imported(self, qualifier: str, scope: Scope) -> Iterator[str]:
        """The import paths that ``qualifier`` may stand for; the imported package's own clause
        decides where its path does not end in its name."""
        imports = scope.file.imports
        yield from (i.path for i in imports if i.name == qualifier)
        plain = [i.path for i in imports if i.name is None]
        yield from (
            p for p in plain if qualifier in package_names(p) and self._may_be(p, qualifier, scope)
        )
        for path in plain:
            if qualifier not in package_names(path):
                package = self.package(path, scope.package.directory)
                if package and package.name == qualifier:
                    yield path

    def _may_be(self, path: str, qualifier: str, scope: Scope) -> bool:
        package = self.package(path, scope.package.directory)
        return package is None or package.name == qualifier

    def dot_imported(self, scope: Scope) -> Iterator[Package]:
        """The packages whose names stand in this file without a qualifier."""
        for path, name in scope.file.imports:
            if name == ".":
                package = self.package(path, scope.package.directory)
                if package:
                    yield package

    def package_name(self, qualifier: str, scope: Scope) -> str:
        """The name of the package that ``qualifier`` stands for, which an alias hides."""
        for path, name in scope.file.imports:
            if name == qualifier:
                package = self.package(path, scope.package.directory)
                return package.name if package else package_names(path)[0]
        return qualifier


def _lines(declarations: str | None) -> str:
    return " ".join((declarations or "").split())


def _standard_path(name: str) -> str:
    """The path in the table whose package has this name; empty where several have."""
    paths = [p for p in {**STANDARD, **CONSTANTS} if package_names(p)[0] == name]
    return paths[0] if len(paths) == 1 else ""
