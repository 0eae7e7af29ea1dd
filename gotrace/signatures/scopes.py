"""Where a name is declared: package clauses, their imports, and the standard library's table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from gotrace.signatures.declarations import Clause, Import, Package, read
from gotrace.signatures.gosyntax import Source
from gotrace.signatures.paths import is_standard, package_names
from gotrace.signatures.stdtypes import CONSTANTS, STANDARD

Packages = dict[tuple[str, str | None], Package]


_BUILT_IN = "built in"


@cache
def standard(path: str) -> Package | None:
    """The standard library's package of this path, as far as the table knows it."""
    types, constants = STANDARD.get(path), CONSTANTS.get(path)
    if types is None and constants is None:
        return None
    text = (
        f'package {package_names(path)[0]} // import "{path}"\n'
        f"type ({' '.join((types or '').split())})\nconst ({constants or ''})"
    )
    return read(Source(text, _BUILT_IN), {})[-1].package


@cache
def _standard_paths() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for path in (*STANDARD, *CONSTANTS):
        name = package_names(path)[0]
        found[name] = (*found.get(name, ()), path)
    return found


def is_built_in(clause: Clause) -> bool:
    """Whether ``clause`` is of the table."""
    return clause.source.file == _BUILT_IN


def imported(clause: Clause, name: str, packages: Packages) -> Iterator[Package]:
    """The packages that ``name`` in front of a dot may mean, the likeliest first.

    An import decides. Without one, a package of that name among the texts, else the standard one.
    """
    for imports in (_named(clause, name), _plain(clause, name, packages)):
        for path in imports:
            yield from by_path(path, packages)
            return
    if not is_built_in(clause):
        yield from _by_name(name, packages)
    if not any(_may_be(i, name) for i in clause.imports):
        yield from filter(None, map(standard, _standard_paths().get(name, ())))


def dot_imported(clause: Clause, packages: Packages) -> Iterator[Package]:
    """The packages whose names stand in ``clause`` without a qualifier."""
    for path, name in clause.imports:
        if name == ".":
            yield from by_path(path, packages)


def by_path(path: str, packages: Packages) -> Iterator[Package]:
    """The package of this path; among texts that give no path, one of its name will do."""
    exact = [p for p in packages.values() if p.path == path]
    yield from exact
    built_in = standard(path)
    if built_in:
        yield built_in
    elif not exact:
        names = package_names(path)
        yield from (p for p in packages.values() if p.path is None and p.name in names)


def _named(clause: Clause, name: str) -> Iterator[str]:
    return (i.path for i in clause.imports if i.name == name)


def _plain(clause: Clause, name: str, packages: Packages) -> Iterator[str]:
    """Imports without a name of their own: the imported package's clause knows it best."""
    known = {p.path: p.name for p in packages.values()}
    for path in (i.path for i in clause.imports if i.name is None):
        if name in ((known[path],) if path in known else package_names(path)):
            yield path


def _by_name(name: str, packages: Packages) -> Iterator[Package]:
    return (p for p in packages.values() if p.name == name)


def _may_be(imported: Import, name: str) -> bool:
    """Whether a package of another path may call itself ``name`` (``github.com/x/go-time``)."""
    return imported.name is None and not is_standard(imported.path) and name in imported.path
